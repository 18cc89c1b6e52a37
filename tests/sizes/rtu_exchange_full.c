/* SPDX-License-Identifier: MIT */
/* The same on a port that hears what it sends, with statistics and a trace. */
#include "board.h"

#include <kwh.h>

static uint8_t frame[8 + 256];
static struct kwh_exchange exchange;
static struct kwh_statistics statistics;

static void trace(enum kwh_trace what, const uint8_t *bytes, size_t count)
{
    (void)bytes;
    board_result = (uint32_t)what + (uint32_t)count;
}

static const uint8_t *ask(void)
{
    size_t sent = kwh_exchange_begin(&exchange, &kwh_modbus_rtu, frame, sizeof frame), count;
    uint32_t since_us, until_us;
    exchange.statistics = &statistics;
    board_send(frame, sent);
    trace(KWH_TRACE_SENT, frame, sent);
    since_us = board_now_us();
    until_us = since_us + UINT32_C(1000000);
    do {
        uint8_t *room = frame + sent + exchange.answer_size;
        count = board_receive(room, sizeof frame - sent - exchange.answer_size, until_us);
        trace(KWH_TRACE_RECEIVED, room, count);
    } while (!kwh_exchange_take_echo(&exchange, frame, sent, &count) ||
             !kwh_exchange_look(&exchange, &kwh_modbus_rtu, frame + sent, count));
    kwh_exchange_count(&exchange, board_now_us() - since_us);
    trace(KWH_TRACE_FRAME, frame + sent + exchange.answer_at, exchange.answer_size);
    return exchange.error == KWH_OK ? frame + sent + exchange.answer_at : NULL;
}

#include "rtu_turn.h"

int main(void)
{
    for (;;) {
        turn();
        board_result = statistics.ok;
    }
}
