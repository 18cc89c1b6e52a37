/* SPDX-License-Identifier: MIT */
/* In place of lib/line/shift.c, which shift.c proves: touches the first and the last byte, changes
 * the bytes to any, and leaves no more than there were. */
#include "line/line_state.h"

#include "../proof.h"

uint16_t kwhi_shift(uint8_t *bytes, size_t count, size_t length)
{
    size_t left = ANY_WORD();
    if (count >= length)
        return 0;
    bytes[0] = ANY_BYTE();
    bytes[length - 1] = ANY_BYTE();
    return (uint16_t)(left < length ? left : length - 1);
}
