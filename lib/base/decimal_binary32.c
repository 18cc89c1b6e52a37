/* SPDX-License-Identifier: MIT */
#include <kwh/decimal.h>

#include "decimal_magnitude.h"

#define SIGN          UINT32_C(0x80000000)
#define INFINITE      UINT32_C(0x7F800000)
#define FRACTION      UINT32_C(0x007FFFFF)
#define HIDDEN_BIT    UINT32_C(0x00800000)
#define LOW_HALF(x)   ((x)&UINT32_C(0xFFFFFFFF))
#define FRACTION_BITS 23

/*
 * From binary32: the Schubfach method (R. Giulietti, "The Schubfach way to render doubles"), with
 * the 77 powers of ten it needs made of 7 + 13 smaller ones.
 */

/* floor(log10(2^q)), and of 2^q * 3/4 for the interval of a power of two; q from -149 to 104. */
static int32_t floor_log10_pow2(int32_t q, bool three_quarters)
{
    const int32_t bias = 64;

    return ((q * 1262611 + (bias << 22) - (three_quarters ? 524031 : 0)) >> 22) - bias;
}

/* floor(log2(10^power)), power from -31 to 45. */
static int32_t floor_log2_pow10(int32_t power)
{
    const int32_t bias = 128;

    return ((power * 1741647 + (bias << 19)) >> 19) - bias;
}

/* The leading 64 bits of 10^power, -31 to 45: exact where they can be, else up to 3 too great. */
static uint64_t leading_bits_pow10(int32_t power)
{
    enum {
        STEP = 13,
        LOWEST = -39
    };
    static KWH_CONST uint64_t steps[7] = {
        UINT64_C(0xAE397D8AA96C1B78), /* 10^-39 */
        UINT64_C(0xC612062576589DDB), /* 10^-26 */
        UINT64_C(0xE12E13424BB40E14), /* 10^-13 */
        UINT64_C(0x8000000000000000), /* 10^0 */
        UINT64_C(0x9184E72A00000000), /* 10^13 */
        UINT64_C(0xA56FA5B99019A5C8), /* 10^26 */
        UINT64_C(0xBC143FA4E250EB32), /* 10^39 */
    };
    static KWH_CONST uint32_t within_step[STEP] = {
        0x80000000, 0xA0000000, 0xC8000000, 0xFA000000, 0x9C400000, 0xC3500000, 0xF4240000,
        0x98968000, 0xBEBC2000, 0xEE6B2800, 0x9502F900, 0xBA43B740, 0xE8D4A510,
    };
    uint32_t above = (uint32_t)(power - LOWEST);
    uint64_t step = steps[above / STEP];
    uint32_t factor = within_step[above % STEP];
    uint64_t low = LOW_HALF(step) * factor;
    uint64_t high = (step >> 32) * factor + (low >> 32);

    low = LOW_HALF(low);
    if (high >> 63 == 0) {
        high = high << 1 | low >> 31;
        low = LOW_HALF(low << 1);
    }
    return high + (low != 0);
}

/* power * multiplier / 2^64; the last bit also stands for everything behind it. */
static uint32_t multiply_to_odd(uint64_t power, uint32_t multiplier)
{
    uint64_t low = LOW_HALF(power) * multiplier;
    uint64_t high = (power >> 32) * multiplier + (low >> 32);

    /* Up to 1 in the low half is what the power was too great by. */
    return (uint32_t)(high >> 32) | (LOW_HALF(high) > 1);
}

/*
 * The shortest count of 10^*exponent within half a step of significand * 2^binary_exponent, the
 * nearest when several are as short. All bounds are four times what they stand for.
 */
static uint32_t shortest(uint32_t significand, int32_t binary_exponent, bool closer_below,
                         int32_t *exponent)
{
    int32_t k = floor_log10_pow2(binary_exponent, closer_below);
    int32_t shift = binary_exponent + floor_log2_pow10(-k) + 1;
    uint64_t power = leading_bits_pow10(-k);
    uint32_t odd = significand & 1; /* An even significand also gets what is just at its bounds. */
    uint32_t lower = multiply_to_odd(power, (4 * significand - 2 + closer_below) << shift) + odd;
    uint32_t value = multiply_to_odd(power, (4 * significand) << shift);
    uint32_t upper = multiply_to_odd(power, (4 * significand + 2) << shift) - odd;
    uint32_t count = value / 4;
    uint32_t tens = count / 10;
    bool below, above;

    *exponent = k + 1;
    below = lower <= 40 * tens;
    above = 40 * tens + 40 <= upper;
    if (tens > 0 && below != above)
        return tens + above;
    *exponent = k;
    below = lower <= 4 * count;
    above = 4 * count + 4 <= upper;
    if (below != above)
        return count + above;
    return count + (value % 4 > 2 || (value % 4 == 2 && (count & 1) != 0));
}

enum kwh_error kwh_decimal_from_binary32(uint32_t bits, struct kwh_decimal *value)
{
    uint32_t fraction = bits & FRACTION;
    int32_t field = (int32_t)((bits & INFINITE) >> FRACTION_BITS);
    int32_t exponent;
    uint32_t count;

    *value = kwh_decimal(0, 0);
    if (kwh_binary32_classify(bits) != KWH_BINARY32_FINITE)
        return KWH_ERROR_NO_VALUE;
    if ((bits & ~SIGN) == 0)
        return KWH_OK;
    count = shortest(field > 0 ? fraction | HIDDEN_BIT : fraction, (field > 0 ? field : 1) - 150,
                     fraction == 0 && field > 1, &exponent);
    for (; count % 10 == 0; count /= 10)
        exponent++;
    *value = kwh_decimal((bits & SIGN) != 0 ? -(int64_t)count : (int64_t)count, (int8_t)exponent);
    return KWH_OK;
}

/*
 * To binary32: the value in full as a fixed-point number, 160 bits before the point and 160 behind
 * it (binary32 reaches from 2^127 to 2^-149), and what division still leaves as one sticky bit.
 */
enum {
    LIMBS = 10,
    UNIT = 5,
    SUBNORMAL_BIT = 160 - 149,
    NORMAL_BITS = 24
};

struct fixed_point {
    uint32_t limb[LIMBS]; /* least significant first; limb[UNIT] counts 1 */
    bool sticky;
};

/* 10^9 is the greatest power of ten in a limb. */
static uint32_t power_of_ten_of_limb(int *power)
{
    uint32_t factor = 1;

    for (int i = 0; i < 9 && *power > 0; i++, --*power)
        factor *= 10;
    return factor;
}

static void multiply(struct fixed_point *x, uint32_t factor)
{
    uint64_t carry = 0;

    for (int i = UNIT; i < LIMBS; i++) {
        carry += (uint64_t)x->limb[i] * factor;
        x->limb[i] = (uint32_t)LOW_HALF(carry);
        carry >>= 32;
    }
}

static void divide(struct fixed_point *x, uint32_t divisor)
{
    uint64_t rest = 0;

    /* What is divided was a mantissa: two limbs in front of the point. */
    for (int i = UNIT + 2; i > 0; i--) {
        rest = rest << 32 | x->limb[i - 1];
        x->limb[i - 1] = (uint32_t)(rest / divisor);
        rest %= divisor;
    }
    x->sticky |= rest != 0;
}

/* The 32 bits from bit `low` up. */
static uint32_t window(const struct fixed_point *x, int low)
{
    int i = low / 32;
    uint64_t high = i + 1 < LIMBS ? x->limb[i + 1] : 0;

    return (uint32_t)LOW_HALF((high << 32 | x->limb[i]) >> low % 32);
}

/* One above the highest bit that is set, or 0. */
static int bit_length(const struct fixed_point *x)
{
    int used = LIMBS;
    int length;

    while (used > 0 && x->limb[used - 1] == 0)
        used--;
    length = 32 * used;
    while (length > 0 && (x->limb[(length - 1) / 32] >> (length - 1) % 32 & 1) == 0)
        length--;
    return length;
}

static bool any_below(const struct fixed_point *x, int bit)
{
    uint32_t any = x->limb[bit / 32] & ((UINT32_C(1) << bit % 32) - 1);

    for (int i = 0; i < bit / 32; i++)
        any |= x->limb[i];
    return any != 0 || x->sticky;
}

/* The bits of binary32 without sign; from INFINITE up it is an overflow. */
static uint32_t round_to_binary32(const struct fixed_point *x)
{
    int length = bit_length(x);
    int low = length > SUBNORMAL_BIT + NORMAL_BITS ? length - NORMAL_BITS : SUBNORMAL_BIT;
    uint32_t with_half = window(x, low - 1) & (2 * (FRACTION | HIDDEN_BIT) + 1);
    uint32_t significand = with_half >> 1;

    if ((with_half & 1) != 0 && ((significand & 1) != 0 || any_below(x, low - 1)))
        significand++;
    /* The hidden bit, or a carry out of the significand, counts the exponent up by itself. */
    return ((uint32_t)(low - SUBNORMAL_BIT) << FRACTION_BITS) + significand;
}

enum kwh_error kwh_decimal_to_binary32(struct kwh_decimal value, uint32_t *bits)
{
    uint64_t magnitude = kwhi_magnitude(value.mantissa);
    struct fixed_point x = {{0}, false};
    int power = value.exponent < 0 ? -value.exponent : value.exponent;
    uint32_t rounded;

    *bits = 0;
    x.limb[UNIT] = (uint32_t)LOW_HALF(magnitude);
    x.limb[UNIT + 1] = (uint32_t)(magnitude >> 32);
    while (power > 0 && x.limb[LIMBS - 1] == 0) {
        uint32_t factor = power_of_ten_of_limb(&power);
        if (value.exponent < 0)
            divide(&x, factor);
        else
            multiply(&x, factor);
    }
    rounded = round_to_binary32(&x);
    if (rounded >= INFINITE)
        return KWH_ERROR_OVERFLOW;
    *bits = value.mantissa < 0 ? rounded | SIGN : rounded;
    return KWH_OK;
}
