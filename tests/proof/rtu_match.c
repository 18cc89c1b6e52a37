/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=1,2,3,4,5,7,8,9 LONG=252,256
// proof: SOURCES=lib/modbus/rtu.c,lib/modbus/answer.c,lib/modbus/pdu_length.c,lib/base/error.c
// proof: SOURCES=lib/modbus/raw_length.c,lib/modbus/request.c,tests/proof/stub/crc16.c
// proof: OPTIONS=-eva-precision,1,-eva-auto-loop-unroll,512,-eva-interprocedural-splits
#include "ask.h"

/* Any LEN bytes received while any request waits. */
static uint8_t frame[LEN];

int main(void)
{
    struct kwh_exchange exchange;
    struct kwh_match match;
    MAKE_ANY(frame);
    if (ask(&exchange) != KWH_OK)
        return 0;
    exchange.state = KWH_EXCHANGE_WAITING;
    exchange.anyone = ANY_OF(0, 1) != 0;
    match = kwh_modbus_rtu.match(frame, LEN, &exchange);
    MUST(match.count <= LEN);
    if (match.verdict == KWH_VERDICT_FRAME) {
        MUST(match.exchange == &exchange);
        MUST(match.body_at + match.body_length <= LEN);
    }
    return 0;
}
