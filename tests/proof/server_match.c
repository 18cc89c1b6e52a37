/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=1,2,3,4,7,8,9 LONG=16,253,260
// proof: SOURCES=lib/modbus/rtu_server.c,lib/modbus/tcp_server.c,lib/modbus/pdu_length.c
// proof: SOURCES=tests/proof/stub/crc16.c
// proof: OPTIONS=-eva-precision,1,-eva-auto-loop-unroll,512,-eva-split-limit,300
// proof: DEFINES=FRAMING=kwh_modbus_rtu_server,FRAMING=kwh_modbus_tcp_server
#include <kwh/responder.h>

#include "proof.h"

/* Any LEN bytes received, any addresses served, any answer. */
static uint8_t frame[LEN];
static uint8_t served[32];
static uint8_t answer[LEN];

int main(void)
{
    struct kwh_request_match match;
    size_t size;
    MAKE_ANY(frame);
    MAKE_ANY(served);
    match = FRAMING.match(frame, LEN, ANY_OF(0, 1), served);
    MUST(match.count <= LEN);
    MUST(match.body_at + match.body_length <= LEN);
    size = (size_t)ANY_OF(1, LEN);
    //@ split size;
    size = FRAMING.wrap(ANY_BYTE(), ANY_WORD(), frame, size, answer, LEN);
    MUST(size <= LEN);
    return 0;
}
