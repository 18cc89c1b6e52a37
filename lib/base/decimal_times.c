/* SPDX-License-Identifier: MIT */
/* Exact products, whose overflow is told by multiplications of 32 bits: no 64-bit division. */
#include "decimal_magnitude.h"

bool kwhi_times(int64_t *mantissa, uint32_t factor)
{
    uint64_t magnitude = kwhi_magnitude(*mantissa);
    uint64_t low = (magnitude & UINT32_MAX) * factor;
    uint64_t high = (magnitude >> 32) * factor + (low >> 32);
    int64_t product = (int64_t)((high & INT32_MAX) << 32 | (low & UINT32_MAX));

    if (factor == 1)
        return true;
    if (high > INT32_MAX)
        return false;
    *mantissa = *mantissa < 0 ? -product : product;
    return true;
}

bool kwhi_lower(struct kwh_decimal *value, int8_t exponent)
{
    for (; value->exponent > exponent; value->exponent--)
        if (!kwhi_times(&value->mantissa, 10))
            return false;
    return true;
}
