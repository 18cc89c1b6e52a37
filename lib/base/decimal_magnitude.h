/* SPDX-License-Identifier: MIT */
/* Sign and magnitude of a mantissa: INT64_MIN has a magnitude, but no positive twin. */
#ifndef KWHI_DECIMAL_MAGNITUDE_H
#define KWHI_DECIMAL_MAGNITUDE_H

#include <kwh/decimal.h>

enum {
    KWHI_EXPONENT_MIN = -128,
    KWHI_EXPONENT_MAX = 127,
    KWHI_POWER_MAX = 19
};

static inline uint64_t kwhi_magnitude(int64_t mantissa)
{
    return mantissa < 0 ? UINT64_C(0) - (uint64_t)mantissa : (uint64_t)mantissa;
}

/* The greatest magnitude of a mantissa of that sign. */
static inline uint64_t kwhi_magnitude_max(bool negative)
{
    return (uint64_t)INT64_MAX + negative;
}

/* The mantissa of a magnitude that is not above kwhi_magnitude_max(). */
static inline int64_t kwhi_mantissa(uint64_t magnitude, bool negative)
{
    return negative && magnitude != 0 ? -(int64_t)(magnitude - 1) - 1 : (int64_t)magnitude;
}

/* 10^power for power up to KWHI_POWER_MAX. */
static inline uint64_t kwhi_power_of_ten(int power)
{
    uint64_t product = 1;

    for (int i = 0; i < power; i++)
        product *= 10;
    return product;
}

/*
 * number / 10, as compilers divide where 32 by 32 bits are multiplied: a small processor without
 * that has a function for it, but one for divisions is thrice as long.
 */
static inline uint32_t kwhi_tenth(uint32_t number)
{
    return (uint32_t)(number * UINT64_C(0xCCCCCCCD) >> 35);
}

/*
 * magnitude * 10^power for any power that is not negative; false when 64 bits do not hold it, and
 * then *magnitude is of no use. Divides by constants alone: other 64-bit divisions cost a small
 * processor half a kilobyte.
 */
bool kwhi_times_ten(uint64_t *magnitude, int power);

/* Multiplies; false when the product is beyond INT64_MAX, either way, and nothing is changed. */
bool kwhi_times(int64_t *mantissa, uint32_t factor);

/*
 * The same value with an exponent that is not above this one; false when 64 bits do not hold its
 * mantissa, and then *value is one that is on the way.
 */
bool kwhi_lower(struct kwh_decimal *value, int8_t exponent);

#endif
