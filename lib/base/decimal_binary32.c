/* SPDX-License-Identifier: MIT */
#include <kwh/decimal.h>

#include "decimal_magnitude.h"

#define SIGN           UINT32_C(0x80000000)
#define INFINITE       UINT32_C(0x7F800000)
#define FRACTION       UINT32_C(0x007FFFFF)
#define HIDDEN_BIT     UINT32_C(0x00800000)
#define LOW_HALF(x)    ((x)&UINT32_C(0xFFFFFFFF))
#define FRACTION_BITS  23
#define FIELD_INFINITE 255 /* the exponent field of what is not finite */

/*
 * From binary32, after the Schubfach method (R. Giulietti, "The Schubfach way to render doubles"):
 * a number is counted in the greatest power of ten that is no more than a step to the next
 * binary32. The shortest decimal is then the multiple of ten of them that is within half a step, or
 * if there is none the nearest count. Counts have 35 binary places, which cut off a few of the last
 * below 1 and above 10^27, where powers of ten are not exact: all 2^32 inputs have been tried.
 */
enum {
    PLACES = 35,
    CUT_OFF = 8
};
#define ONE  (UINT64_C(1) << PLACES)
#define HALF UINT32_C(0x80000000) /* in 32 of its places */

/*
 * The step 2^*shift = step * 2^(*shift' - 62) * 10^*power, with *shift' from 0 to 3 and step from
 * 2^62 to before 2^63. Ten times more is a quarter more, three places up.
 */
static uint64_t step_in_tens(int *shift, int *power)
{
    uint64_t step = UINT64_C(1) << 62;

    *power = 0;
    if (*shift > 34) {
        step = UINT64_C(0x40E7599625A1FE7E); /* 10^-31, and a little for what will be cut off */
        *shift -= 103;
        *power = 31;
    } else if (*shift > 0) {
        step = UINT64_C(0x6DF37F675EF6EAE2); /* 10^-10, the same */
        *shift -= 34;
        *power = 10;
    }
    for (; *shift < 0; --*power) {
        step += step >> 2;
        *shift += 3;
        if (step >> 63 != 0) {
            step >>= 1;
            ++*shift;
        }
    }
    return step;
}

/* a * b / 2^32 */
static uint64_t multiply_high(uint64_t a, uint32_t b)
{
    return (a >> 32) * b + (LOW_HALF(a) * b >> 32);
}

/*
 * The shortest count of 10^*power for significand * 2^exponent. An even significand also gets what
 * is just at the bounds of its interval, an odd one does not. Below a power of two steps are half
 * as long: it is counted in a power of ten as for twice the step, lest that be too great for them.
 */
static uint32_t shortest(uint32_t significand, int exponent, bool closer_below, int *power)
{
    int shift = exponent - closer_below;
    uint64_t step = step_in_tens(&shift, power) << closer_below;
    uint64_t value = multiply_high(step, significand << (shift + 5));
    int at_bounds = CUT_OFF - 2 * CUT_OFF * (int)(significand & 1);
    uint64_t half = (step >> (28 - shift)) + (uint64_t)at_bounds;
    uint64_t lower = value - (half >> closer_below);
    uint64_t upper = value + half;
    uint32_t count = (uint32_t)(value >> PLACES);
    uint32_t tens = kwhi_tenth((uint32_t)((lower + 10 * ONE - 1) >> PLACES));

    if ((uint64_t)(10 * tens) << PLACES <= upper)
        count = 10 * tens;
    else
        count += (uint32_t)(value >> (PLACES - 32)) > HALF - (count & 1); /* ties to even */
    for (; tens = kwhi_tenth(count), count == 10 * tens; ++*power)
        count = tens;
    return count;
}

enum kwh_error kwh_decimal_from_binary32(uint32_t bits, struct kwh_decimal *value)
{
    uint32_t significand = bits & FRACTION;
    int field = (int)((bits & INFINITE) >> FRACTION_BITS);
    bool closer_below = significand == 0 && field > 1;
    int power;

    *value = kwh_decimal(0, 0);
    if (field == FIELD_INFINITE)
        return KWH_ERROR_NO_VALUE;
    if (field > 0)
        significand |= HIDDEN_BIT;
    else
        field = 1;
    if (significand == 0)
        return KWH_OK;
    value->mantissa = shortest(significand, field - 150, closer_below, &power);
    value->exponent = (int8_t)power;
    if ((bits & SIGN) != 0)
        value->mantissa = -value->mantissa;
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
