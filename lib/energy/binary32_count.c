/* SPDX-License-Identifier: MIT */
#include "binary32_count.h"

#include <kwh/counter.h>

#include "../base/decimal_magnitude.h"

#define SIGN UINT32_C(0x80000000)

/* product / 2^places, half to even; places from 1. */
static uint64_t shift_down(uint64_t product, int places)
{
    uint64_t whole, rest, half;

    if (places >= 64)
        return 0; /* product is less than 2^54 */
    whole = product >> places;
    rest = product - (whole << places);
    half = UINT64_C(1) << (places - 1);
    return whole + (rest > half || (rest == half && (whole & 1) != 0));
}

/* product * 2^places; UINT64_MAX when that does not fit. */
static uint64_t shift_up(uint64_t product, int places)
{
    if (places >= 64 || product > UINT64_MAX >> places)
        return UINT64_MAX;
    return product << places;
}

enum kwh_error kwh_binary32_to_count(uint32_t bits, int digits, int64_t *count)
{
    int exponent = kwhi_binary32_exponent(bits);
    uint64_t product;

    *count = 0;
    if (digits < 0 || digits > KWHI_COUNT_DIGITS_MAX)
        return KWH_ERROR_ARGUMENT;
    if (kwh_binary32_classify(bits) != KWH_BINARY32_FINITE)
        return KWH_ERROR_NO_VALUE;
    product = kwhi_binary32_significand(bits) * kwhi_power_of_ten(digits);
    product = exponent < 0 ? shift_down(product, -exponent) : shift_up(product, exponent);
    if (product > INT64_MAX)
        return KWH_ERROR_OVERFLOW;
    *count = kwhi_mantissa(product, (bits & SIGN) != 0);
    return KWH_OK;
}
