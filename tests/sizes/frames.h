/* SPDX-License-Identifier: MIT */
/* Exchanges without a line: requests wrapped and answers matched by the framing alone. */
#ifndef FRAMES_H
#define FRAMES_H

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

#endif
