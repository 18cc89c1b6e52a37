/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=1,2,16 LONG=512 SOURCES=lib/line/shift.c
// proof: OPTIONS=-eva-precision,1,-eva-split-limit,600
#include "line/line_state.h"

#include "proof.h"

/* Any number of the LEN bytes. */
static uint8_t bytes[LEN];

int main(void)
{
    size_t count = (size_t)ANY_OF(0, LEN + 1);
    uint16_t left;
    MAKE_ANY(bytes);
    //@ split count;
    left = kwhi_shift(bytes, count, LEN);
    MUST(count >= LEN ? left == 0 : left == LEN - count);
    return 0;
}
