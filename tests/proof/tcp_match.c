/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=1,3,5,6,7,8,9,12 LONG=259,261
// proof: SOURCES=lib/modbus/tcp.c,lib/modbus/answer.c,lib/base/error.c
// proof: SOURCES=lib/modbus/raw_length.c,lib/modbus/request.c,lib/modbus/pdu_length.c
// proof: OPTIONS=-eva-precision,1,-eva-slevel,100,-eva-auto-loop-unroll,512
// proof: OPTIONS=-eva-interprocedural-splits
#include "ask.h"

/* Any LEN bytes received while two requests wait. */
static uint8_t frame[LEN];

int main(void)
{
    struct kwh_exchange first, second;
    struct kwh_match match;
    MAKE_ANY(frame);
    if (ask(&first) != KWH_OK ||
        kwh_modbus_read(&second, ANY_BYTE(), 3, ANY_WORD(), ANY_WORD()) != KWH_OK)
        return 0;
    first.next = &second;
    first.anyone = ANY_OF(0, 1) != 0;
    first.id = ANY_WORD();
    second.id = ANY_WORD();
    first.state = KWH_EXCHANGE_WAITING;
    second.state = (uint8_t)ANY_OF(KWH_EXCHANGE_QUEUED, KWH_EXCHANGE_OVER);
    match = kwh_modbus_tcp.match(frame, LEN, &first);
    MUST(match.count <= LEN);
    if (match.verdict == KWH_VERDICT_FRAME) {
        MUST(match.exchange == &first || match.exchange == &second);
        MUST(match.body_at + match.body_length <= LEN);
        MUST(match.body_length >= 2);
    }
    return 0;
}
