/* SPDX-License-Identifier: MIT */
/* An exchange by itself, on Modbus RTU. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include "board.h"

#include <kwh.h>

static uint8_t frame[256];
static struct kwh_exchange exchange;

/* Sends the request, and receives until its answer stands in the frame: its PDU, or NULL. */
static const uint8_t *ask(void)
{
    uint32_t until_us = board_now_us() + UINT32_C(1000000);
    size_t count = kwh_exchange_begin(&exchange, &kwh_modbus_rtu, frame, sizeof frame);
    board_send(frame, count);
    do {
        uint8_t *room = frame + exchange.answer_size;
        count = board_receive(room, sizeof frame - exchange.answer_size, until_us);
    } while (!kwh_exchange_look(&exchange, &kwh_modbus_rtu, frame, count));
    return exchange.error == KWH_OK ? frame + exchange.answer_at : NULL;
}

#endif
