/* SPDX-License-Identifier: MIT */
/* The same request to the library and to the model, from 2 bytes: which, and the address. */
#ifndef FUZZ_MBUS_ASK_H
#define FUZZ_MBUS_ASK_H

#include "mbus_model.h"

#include <kwh/mbus.h>

enum {
    MBUS_ASK_BYTES = 2
};

static inline void mbus_ask(const uint8_t *data, struct kwh_exchange *exchange,
                            struct model_ask *ask)
{
    static const uint8_t body[252] = {0x01, 0x7A, 0x08};
    static const uint8_t cis[] = {0x50, 0x51, 0x52, 0xB1, 0xBD, 0x68, 0x10, 0xE5};
    bool fcb = (data[0] & 8u) != 0;
    uint8_t ci = cis[data[0] >> 4 & 7u];
    size_t size = (data[0] & 0x80u) != 0 ? sizeof body : data[0] >> 4;

    ask->address = data[1];
    ask->ack_only = false;
    ask->short_frame = true;
    switch (data[0] & 7u) {
    case 0:
        ask->c = 0x40;
        ask->ack_only = true;
        kwh_mbus_snd_nke(exchange, ask->address);
        return;
    case 1:
    case 2:
        ask->c = fcb ? 0x7A : 0x5A;
        kwh_mbus_req_ud1(exchange, ask->address, fcb);
        return;
    case 3:
    case 4:
        ask->c = fcb ? 0x7B : 0x5B;
        kwh_mbus_req_ud2(exchange, ask->address, fcb);
        return;
    case 5:
        ask->c = 0x43;
        ask->short_frame = false;
        ask->ack_only = ci == 0x52; /* a selection */
        must(kwh_mbus_snd_ud2(exchange, ask->address, ci, body, size) == KWH_OK);
        return;
    default:
        ask->c = ask->address == 255 ? 0x43 : fcb ? 0x73 : 0x53;
        ask->short_frame = false;
        ask->ack_only = ci == 0x52;
        must(kwh_mbus_snd_ud(exchange, ask->address, fcb, ci, body, size) == KWH_OK);
        return;
    }
}

#endif
