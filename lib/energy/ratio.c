/* SPDX-License-Identifier: MIT */
#include "ratio.h"

#define LOW_HALF(x) ((x)&UINT64_C(0xFFFFFFFF))

struct product {
    uint64_t high, low;
};

static struct product multiply(uint64_t a, uint64_t b)
{
    uint64_t low = LOW_HALF(a) * LOW_HALF(b);
    uint64_t middle = (a >> 32) * LOW_HALF(b) + (low >> 32);
    uint64_t other = LOW_HALF(a) * (b >> 32) + LOW_HALF(middle);
    struct product product;

    product.high = (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32);
    product.low = other << 32 | LOW_HALF(low);
    return product;
}

bool kwhi_ratio(uint64_t value, uint64_t multiplier, uint64_t divisor, uint64_t *quotient,
                uint64_t *rest)
{
    struct product product = multiply(value, multiplier);
    uint64_t left = product.high;

    *quotient = 0;
    *rest = 0;
    if (divisor > KWHI_DIVISOR_MAX || left >= divisor)
        return false;
    /* As on paper, a binary digit at a time; those of the quotient enter where those of the product
     * leave. What is left stays below the divisor, so that twice as much has a place. */
    for (int i = 0; i < 64; i++) {
        left = left << 1 | product.low >> 63;
        product.low <<= 1;
        if (left >= divisor) {
            left -= divisor;
            product.low |= 1;
        }
    }
    *quotient = product.low;
    *rest = left;
    return true;
}

bool kwhi_ratio_nearest(uint64_t value, uint64_t multiplier, uint64_t divisor, uint64_t *quotient)
{
    uint64_t rest;
    bool fits = kwhi_ratio(value, multiplier, divisor, quotient, &rest);

    if (fits && rest >= divisor - rest) {
        fits = *quotient < UINT64_MAX;
        *quotient = fits ? *quotient + 1 : 0;
    }
    return fits;
}
