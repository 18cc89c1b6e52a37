/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=1,2,3,4,5,6,9,10 LONG=24,64,261
// proof: SOURCES=lib/mbus/mbus_master.c,lib/mbus/mbus_frame.c,lib/mbus/mbus_request.c
// proof: OPTIONS=-eva-precision,1,-eva-auto-loop-unroll,512,-eva-interprocedural-splits
#include <kwh/mbus.h>

#include "proof.h"

/* Any LEN bytes received while any request waits. */
static uint8_t bytes[LEN];
static uint8_t body[KWH_MBUS_DATA_MAX];
static uint8_t frame[KWH_MBUS_FRAME_MAX];

const uint8_t *kwh_line_answer(const struct kwh_line *line, const struct kwh_exchange *exchange,
                               size_t *length)
{
    (void)line;
    (void)exchange;
    *length = 0;
    return bytes;
}

static enum kwh_error ask(struct kwh_exchange *exchange, int kind)
{
    MAKE_ANY(body);
    switch (kind) {
    case 0:
        kwh_mbus_snd_nke(exchange, ANY_BYTE());
        return KWH_OK;
    case 1:
        kwh_mbus_req_ud1(exchange, ANY_BYTE(), ANY_OF(0, 1));
        return KWH_OK;
    case 2:
        kwh_mbus_req_ud2(exchange, ANY_BYTE(), ANY_OF(0, 1));
        return KWH_OK;
    case 3:
        return kwh_mbus_snd_ud2(exchange, ANY_BYTE(), ANY_BYTE(), body,
                                (size_t)ANY_OF(0, KWH_MBUS_DATA_MAX));
    default:
        return kwh_mbus_snd_ud(exchange, ANY_BYTE(), ANY_OF(0, 1), ANY_BYTE(), body,
                               (size_t)ANY_OF(0, KWH_MBUS_DATA_MAX));
    }
}

int main(void)
{
    struct kwh_exchange exchange;
    struct kwh_match match;
    int kind = ANY_OF(0, 4);
    //@ split kind;
    MAKE_ANY(bytes);
    if (ask(&exchange, kind) != KWH_OK)
        return 0;
    exchange.state = KWH_EXCHANGE_WAITING;
    MUST(kwh_mbus_serial.wrap(&exchange, frame, sizeof frame) <= sizeof frame);
    exchange.idle = ANY_OF(0, 1) != 0;
    match = kwh_mbus_serial.match(bytes, LEN, &exchange);
    MUST(match.count <= LEN);
    if (match.verdict == KWH_VERDICT_FRAME) {
        MUST(match.exchange == &exchange);
        MUST(match.body_at + match.body_length <= LEN);
    }
    return 0;
}
