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

static enum kwh_error ask(void)
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
    return exchange.error;
}

int main(void)
{
    static const uint8_t values[4] = {0x12, 0x34, 0x56, 0x78};
    for (;;) {
        uint8_t unit = (uint8_t)board_argument;
        if (kwh_modbus_read(&exchange, unit, (uint8_t)board_argument, board_argument,
                            board_argument) == KWH_OK &&
            ask() == KWH_OK)
            board_result = frame[exchange.answer_at + 2];
        kwh_modbus_write_single(&exchange, unit, board_argument, board_argument);
        board_result = ask();
        if (kwh_modbus_write_multiple(&exchange, unit, board_argument, 2, values) == KWH_OK)
            board_result = ask();
        board_result = statistics.ok;
    }
}
