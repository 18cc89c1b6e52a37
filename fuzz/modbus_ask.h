/* SPDX-License-Identifier: MIT */
/* The same request to the library and to the model, from 8 bytes: unit, function, address, count,
 * value. */
#ifndef FUZZ_MODBUS_ASK_H
#define FUZZ_MODBUS_ASK_H

#include "frame_model.h"

#include <kwh/modbus.h>

enum {
    ASK_BYTES = 8
};

static inline uint16_t load_word(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/* False when there is no such request. */
static inline bool ask(const uint8_t *data, struct kwh_exchange *exchange,
                       struct model_request *request)
{
    static const uint8_t functions[] = {3, 4, 6, 16};
    static const uint8_t values[2 * KWH_MODBUS_WRITE_MAX];
    request->unit = data[0];
    request->function = functions[data[1] % 4];
    request->address = load_word(data + 2);
    request->count = load_word(data + 4);
    request->value = load_word(data + 6);
    request->id = 0;
    if (request->function == 6) {
        kwh_modbus_write_single(exchange, request->unit, request->address, request->value);
        return true;
    }
    if (request->function == 16)
        return kwh_modbus_write_multiple(exchange, request->unit, request->address, request->count,
                                         values) == KWH_OK;
    return kwh_modbus_read(exchange, request->unit, request->function, request->address,
                           request->count) == KWH_OK;
}

#endif
