/* SPDX-License-Identifier: MIT */
#include <kwh/decimal.h>

#include "decimal_magnitude.h"

/* Beyond these exponents every mantissa but 0 overflows or vanishes. */
enum {
    SCALE_MIN = -1000,
    SCALE_MAX = 1000
};

bool kwhi_times_ten(uint64_t *magnitude, int power)
{
    for (; power > 0 && *magnitude != 0; power--) {
        if (*magnitude > UINT64_MAX / 10)
            return false;
        *magnitude *= 10;
    }
    return true;
}

/* What division by a power of ten leaves: the quotient and where the rest lies. */
struct quotient {
    uint64_t whole;
    bool exact;
    int half; /* rest against half a unit: -1, 0, 1 */
};

static struct quotient divide(uint64_t magnitude, int power)
{
    struct quotient q = {0, magnitude == 0, -1};

    /* 10^20 is more than twice any magnitude of a mantissa. */
    if (power <= KWHI_POWER_MAX) {
        uint64_t divisor = kwhi_power_of_ten(power);
        uint64_t rest = magnitude % divisor;
        uint64_t missing = divisor - rest;
        q.whole = magnitude / divisor;
        q.exact = rest == 0;
        q.half = rest < missing ? -1 : rest > missing;
    }
    return q;
}

static enum kwh_error round_quotient(struct quotient q, bool negative, enum kwh_rounding rounding,
                                     uint64_t *rounded)
{
    bool up = false;

    switch (rounding) {
    case KWH_ROUND_NONE:
        if (!q.exact)
            return KWH_ERROR_INEXACT;
        break;
    case KWH_ROUND_HALF_EVEN:
        up = q.half > 0 || (q.half == 0 && (q.whole & 1) != 0);
        break;
    case KWH_ROUND_HALF_AWAY:
        up = q.half >= 0;
        break;
    case KWH_ROUND_TO_ZERO:
        break;
    case KWH_ROUND_FLOOR:
        up = negative && !q.exact;
        break;
    case KWH_ROUND_CEILING:
        up = !negative && !q.exact;
        break;
    default:
        return KWH_ERROR_ARGUMENT;
    }
    *rounded = q.whole + up;
    return KWH_OK;
}

enum kwh_error kwh_decimal_to_int64(struct kwh_decimal value, int exponent,
                                    enum kwh_rounding rounding, int64_t *count)
{
    bool negative = value.mantissa < 0;
    uint64_t magnitude = kwhi_magnitude(value.mantissa);
    enum kwh_error error;
    int power;

    *count = 0;
    exponent = exponent < SCALE_MIN ? SCALE_MIN : exponent > SCALE_MAX ? SCALE_MAX : exponent;
    power = value.exponent - exponent;
    error = round_quotient(divide(magnitude, power < 0 ? -power : 0), negative, rounding,
                           &magnitude);
    if (error != KWH_OK || magnitude == 0)
        return error;
    if (!kwhi_times_ten(&magnitude, power) || magnitude > kwhi_magnitude_max(negative))
        return KWH_ERROR_OVERFLOW;
    *count = kwhi_mantissa(magnitude, negative);
    return KWH_OK;
}

enum kwh_error kwh_decimal_rescale(struct kwh_decimal value, int exponent,
                                   enum kwh_rounding rounding, struct kwh_decimal *result)
{
    int64_t mantissa;
    enum kwh_error error;

    *result = kwh_decimal(0, 0);
    if (exponent < KWHI_EXPONENT_MIN || exponent > KWHI_EXPONENT_MAX)
        return KWH_ERROR_ARGUMENT;
    error = kwh_decimal_to_int64(value, exponent, rounding, &mantissa);
    if (error == KWH_OK)
        *result = kwh_decimal(mantissa, (int8_t)exponent);
    return error;
}

enum kwh_error kwh_decimal_shift(struct kwh_decimal value, int power, struct kwh_decimal *result)
{
    *result = kwh_decimal(0, 0);
    if (power < KWHI_EXPONENT_MIN - value.exponent || power > KWHI_EXPONENT_MAX - value.exponent)
        return KWH_ERROR_OVERFLOW;
    *result = kwh_decimal(value.mantissa, (int8_t)(value.exponent + power));
    return KWH_OK;
}

struct kwh_decimal kwh_decimal_reduce(struct kwh_decimal value)
{
    if (value.mantissa == 0)
        return kwh_decimal(0, 0);
    while (value.exponent < KWHI_EXPONENT_MAX && value.mantissa % 10 == 0) {
        value.mantissa /= 10;
        value.exponent++;
    }
    return value;
}

/* A decimal in sign and magnitude, so that -INT64_MIN and sums just out of range have a place. */
struct term {
    uint64_t magnitude;
    int exponent;
    bool negative;
};

static struct term term(struct kwh_decimal value)
{
    struct term t = {kwhi_magnitude(value.mantissa), value.exponent, value.mantissa < 0};
    return t;
}

/* The same value as high up as it goes; 0 goes all the way. */
static struct term reduced(struct term t)
{
    while (t.exponent < KWHI_EXPONENT_MAX && t.magnitude % 10 == 0) {
        t.magnitude /= 10;
        t.exponent++;
    }
    return t;
}

/* Moves t down to the exponent; false when 64 bits do not hold it. */
static bool align(struct term *t, int exponent)
{
    int power = t->exponent - exponent;

    t->exponent = exponent;
    return kwhi_times_ten(&t->magnitude, power);
}

/* The sum at the lower of both exponents, or one above when that saves it. */
static bool add_terms(struct term a, struct term b, struct kwh_decimal *sum)
{
    int exponent = a.exponent < b.exponent ? a.exponent : b.exponent;
    uint64_t magnitude;
    bool negative;

    /* An aligned term of more than 64 bits cannot be brought back by the other's 63. */
    if (!align(&a, exponent) || !align(&b, exponent))
        return false;
    negative = a.magnitude > b.magnitude ? a.negative : b.negative;
    if (a.negative != b.negative) {
        magnitude = a.magnitude > b.magnitude ? a.magnitude - b.magnitude
                                              : b.magnitude - a.magnitude;
    } else {
        if (a.magnitude > UINT64_MAX - b.magnitude)
            return false;
        magnitude = a.magnitude + b.magnitude;
    }
    if (magnitude > kwhi_magnitude_max(negative) && magnitude % 10 == 0 &&
        exponent < KWHI_EXPONENT_MAX) {
        magnitude /= 10;
        exponent++;
    }
    if (magnitude > kwhi_magnitude_max(negative))
        return false;
    *sum = kwh_decimal(kwhi_mantissa(magnitude, negative), (int8_t)exponent);
    return true;
}

static enum kwh_error add_either_way(struct term a, struct term b, struct kwh_decimal *sum)
{
    *sum = kwh_decimal(0, 0);
    if (add_terms(a, b, sum))
        return KWH_OK;
    /* Trailing zeros may have been in the way. */
    return add_terms(reduced(a), reduced(b), sum) ? KWH_OK : KWH_ERROR_OVERFLOW;
}

enum kwh_error kwh_decimal_add(struct kwh_decimal a, struct kwh_decimal b, struct kwh_decimal *sum)
{
    return add_either_way(term(a), term(b), sum);
}

enum kwh_error kwh_decimal_subtract(struct kwh_decimal a, struct kwh_decimal b,
                                    struct kwh_decimal *difference)
{
    struct term minus_b = term(b);

    minus_b.negative = !minus_b.negative;
    return add_either_way(term(a), minus_b, difference);
}

/* Magnitudes of a * 10^power and b, power >= 0, neither 0. */
static int compare_scaled(uint64_t a, int power, uint64_t b)
{
    if (!kwhi_times_ten(&a, power) || a > b)
        return 1;
    return a < b ? -1 : 0;
}

int kwh_decimal_compare(struct kwh_decimal a, struct kwh_decimal b)
{
    int sign_a = a.mantissa < 0 ? -1 : a.mantissa > 0;
    int sign_b = b.mantissa < 0 ? -1 : b.mantissa > 0;
    int power = a.exponent - b.exponent;
    uint64_t magnitude_a = kwhi_magnitude(a.mantissa);
    uint64_t magnitude_b = kwhi_magnitude(b.mantissa);

    if (sign_a != sign_b)
        return sign_a < sign_b ? -1 : 1;
    if (sign_a == 0)
        return 0;
    return sign_a * (power >= 0 ? compare_scaled(magnitude_a, power, magnitude_b)
                                : -compare_scaled(magnitude_b, -power, magnitude_a));
}
