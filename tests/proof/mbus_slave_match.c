/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=1,2,3,4,5,6,9,10 LONG=24,64,261
// proof: SOURCES=lib/mbus/mbus_slave.c,lib/mbus/mbus_frame.c,lib/mbus/mbus_frame_encode.c
// proof: OPTIONS=-eva-precision,1,-eva-auto-loop-unroll,512,-eva-split-limit,300
#include <kwh/mbus.h>

#include "proof.h"

/* Any LEN bytes received, any addresses served, any answer. */
static uint8_t bytes[LEN];
static uint8_t served[32];
static uint8_t answer[LEN];

int main(void)
{
    struct kwh_request_match match;
    size_t size;
    MAKE_ANY(bytes);
    MAKE_ANY(served);
    match = kwh_mbus_serial_server.match(bytes, LEN, ANY_OF(0, 1), served);
    MUST(match.count <= LEN);
    MUST(match.body_at + match.body_length <= LEN);
    size = (size_t)ANY_OF(1, LEN);
    //@ split size;
    size = kwh_mbus_serial_server.wrap(ANY_BYTE(), ANY_WORD(), bytes, size, answer, LEN);
    MUST(size <= LEN);
    return 0;
}
