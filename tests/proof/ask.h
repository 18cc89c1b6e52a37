/* SPDX-License-Identifier: MIT */
/* Any request that a client can make. */
#ifndef PROOF_ASK_H
#define PROOF_ASK_H

#include <kwh/modbus.h>

#include "proof.h"

static uint8_t body[2 * KWH_MODBUS_WRITE_MAX];

static enum kwh_error ask(struct kwh_exchange *exchange)
{
    int kind = ANY_OF(0, 5);
    //@ split kind;
    MAKE_ANY(body);
    switch (kind) {
    case 0:
        return kwh_modbus_read(exchange, ANY_BYTE(), ANY_BYTE(), ANY_WORD(), ANY_WORD());
    case 1:
        kwh_modbus_write_single(exchange, ANY_BYTE(), ANY_WORD(), ANY_WORD());
        return KWH_OK;
    case 2:
        return kwh_modbus_write_multiple(exchange, ANY_BYTE(), ANY_WORD(), ANY_WORD(), body);
    case 3:
        kwh_modbus_report_server_id(exchange, ANY_BYTE());
        return KWH_OK;
    case 4:
        return kwh_modbus_read_device_id(exchange, ANY_BYTE(), ANY_BYTE(), ANY_BYTE());
    default:
        return kwh_modbus_raw(exchange, ANY_BYTE(), body, (size_t)ANY_OF(0, 246),
                              kwh_modbus_length_counted, ANY_OF(0, 1));
    }
}

#endif
