/* SPDX-License-Identifier: MIT */
#include "line_state.h"

#include <string.h>

uint16_t kwhi_shift(uint8_t *bytes, size_t count, size_t length)
{
    size_t left = length > count ? length - count : 0;
    if (left != 0)
        memmove(bytes, bytes + count, left);
    return (uint16_t)left;
}
