/* SPDX-License-Identifier: MIT */
/*
 * Modbus RTU without a line: requests wrapped and answers matched by the framing alone, in a loop
 * of the program's own. Noise before an answer is skipped and the answer is proven; echoes, late
 * answers, retries and statistics are the program's business.
 */
#include "board.h"

#include <kwh.h>

static uint8_t frame[256];
static struct kwh_exchange exchange;

static void drop(size_t count, size_t *length)
{
    *length -= count;
    for (size_t i = 0; i < *length; i++)
        frame[i] = frame[i + count];
}

/* Sends the request, and receives until its answer stands at the front of the frame. */
static enum kwh_error ask(struct kwh_match *match)
{
    uint32_t until_us = board_now_us() + UINT32_C(1000000);
    size_t length = 0, got;
    board_send(frame, kwh_modbus_rtu.wrap(&exchange, frame, sizeof frame));
    do {
        got = board_receive(frame + length, sizeof frame - length, until_us);
        length += got;
        while (length != 0) {
            *match = kwh_modbus_rtu.match(frame, length, got == 0, &exchange);
            if (match->verdict == KWH_VERDICT_FRAME)
                return match->error;
            if (match->verdict == KWH_VERDICT_MORE)
                break;
            drop(match->count, &length);
        }
    } while (got != 0);
    return KWH_ERROR_TIMEOUT;
}

int main(void)
{
    static const uint8_t values[4] = {0x12, 0x34, 0x56, 0x78};
    struct kwh_match match;
    for (;;) {
        uint8_t unit = (uint8_t)board_argument;
        if (kwh_modbus_read(&exchange, unit, (uint8_t)board_argument, board_argument,
                            board_argument) == KWH_OK &&
            ask(&match) == KWH_OK)
            board_result = frame[match.body_at + 2];
        kwh_modbus_write_single(&exchange, unit, board_argument, board_argument);
        board_result = ask(&match);
        if (kwh_modbus_write_multiple(&exchange, unit, board_argument, 2, values) == KWH_OK)
            board_result = ask(&match);
    }
}
