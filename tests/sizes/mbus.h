/* SPDX-License-Identifier: MIT */
/* What the masters of M-Bus do. */
#ifndef MBUS_H
#define MBUS_H

#include "mbus_records.h"

static struct kwh_line line;
static struct kwh_exchange exchange;

static inline bool mbus_begin(void)
{
    static const struct kwh_line_settings settings = {2400, 8, 'E', 1};
    if (kwh_line_init(&line, &kwh_mbus_serial, frame, sizeof frame) != KWH_OK)
        return false;
    kwh_mbus_set_speed(&line, &settings, 0);
    line.echo = KWH_ECHO_NEVER;
    return true;
}

static enum kwh_error mbus_run(struct kwh_mbus_link *link)
{
    struct kwh_step step;
    enum kwh_error error = kwh_line_start(&line, &exchange, board_now_us());
    while (error == KWH_OK) {
        kwh_line_next(&line, board_now_us(), &step);
        if (step.action == KWH_ACTION_DONE) {
            kwh_mbus_link_done(link, &exchange);
            return exchange.error;
        }
        if (step.action == KWH_ACTION_SEND) {
            board_send(step.bytes, step.count);
            kwh_line_sent(&line, step.count, board_now_us());
        } else {
            size_t count = board_receive(step.room, step.capacity, step.until_us);
            kwh_line_got(&line, count, board_now_us());
        }
    }
    return error;
}

/* Initializes the link, then asks for data. */
static inline void mbus_turn(mbus_shower *show)
{
    struct kwh_mbus_frame answer;
    struct kwh_mbus_link link;
    const uint8_t *bytes;

    kwh_mbus_link_init(&link, (uint8_t)board_argument);
    kwh_mbus_snd_nke(&exchange, link.address);
    if (mbus_run(&link) != KWH_OK)
        return;
    kwh_mbus_req_ud2(&exchange, link.address, link.request_fcb);
    if (mbus_run(&link) != KWH_OK)
        return;
    bytes = kwh_mbus_answer(&line, &exchange, &answer);
    if (bytes != NULL)
        mbus_show_records(bytes, &answer, show);
}

#endif
