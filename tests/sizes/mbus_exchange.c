/* SPDX-License-Identifier: MIT */
/*
 * M-Bus without a line: the link and its frame count bit, each request an exchange by itself in a
 * loop of the program's own, and every record of the answer, without names.
 */
#include "mbus_records.h"

static struct kwh_exchange exchange;
static struct kwh_mbus_link link;

static void show(const uint8_t *data, size_t size, const struct kwh_mbus_record *record)
{
    (void)data;
    (void)size;
    mbus_show(record);
}

/* A second for the answer to begin, and what it may pause. */
static enum kwh_error ask(void)
{
    size_t count = kwh_exchange_begin(&exchange, &kwh_mbus_serial, frame, sizeof frame);
    uint32_t wait_us = UINT32_C(1000000);
    board_send(frame, count);
    do {
        uint8_t *room = frame + exchange.answer_size;
        count = board_receive(room, sizeof frame - exchange.answer_size, board_now_us() + wait_us);
        wait_us = UINT32_C(50000);
    } while (!kwh_exchange_look(&exchange, &kwh_mbus_serial, frame, count));
    kwh_mbus_link_done(&link, &exchange);
    return exchange.error;
}

/* Initializes the link, then asks for data. */
static void turn(void)
{
    struct kwh_mbus_frame answer;
    kwh_mbus_link_init(&link, (uint8_t)board_argument);
    kwh_mbus_snd_nke(&exchange, link.address);
    if (ask() != KWH_OK)
        return;
    kwh_mbus_req_ud2(&exchange, link.address, link.request_fcb);
    if (ask() == KWH_OK &&
        kwh_mbus_frame_decode(frame, exchange.answer_at + exchange.answer_size + 2u, &answer) ==
            KWH_OK)
        mbus_show_records(frame, &answer, show);
}

int main(void)
{
    for (;;)
        turn();
}
