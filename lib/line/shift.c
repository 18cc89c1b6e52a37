/* SPDX-License-Identifier: MIT */
#include "shift.h"

/* Without memmove(), which is more code than all of this where nothing else needs it. */
uint16_t kwhi_shift(uint8_t *bytes, size_t count, size_t length)
{
    size_t left = length > count ? length - count : 0;
    for (size_t i = 0; i < left; i++)
        bytes[i] = bytes[count + i];
    return (uint16_t)left;
}
