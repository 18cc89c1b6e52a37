/* SPDX-License-Identifier: MIT */
/* A finite binary32 taken apart: significand * 2^exponent. */
#ifndef KWHI_ENERGY_BINARY32_COUNT_H
#define KWHI_ENERGY_BINARY32_COUNT_H

#include <kwh/config.h>

#define KWHI_COUNT_DIGITS_MAX 9 /* significand * 10^9 is less than 2^54 */

/* -149 to 104. */
static inline int kwhi_binary32_exponent(uint32_t bits)
{
    int field = (int)(bits >> 23 & 0xFFu);

    return (field > 0 ? field : 1) - 150;
}

static inline uint32_t kwhi_binary32_significand(uint32_t bits)
{
    uint32_t fraction = bits & UINT32_C(0x7FFFFF);

    return (bits >> 23 & 0xFFu) != 0 ? fraction | UINT32_C(0x800000) : fraction;
}

#endif
