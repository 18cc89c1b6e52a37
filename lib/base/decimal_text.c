/* SPDX-License-Identifier: MIT */
#include <kwh/decimal.h>

#include "decimal_magnitude.h"

enum {
    DIGITS_MAX = 20
};

/* The digits of a magnitude, last one first; at least one. */
static int split_digits(uint64_t magnitude, char digits[DIGITS_MAX])
{
    int count = 0;

    do {
        digits[count++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude != 0 && count < DIGITS_MAX);
    return count;
}

enum kwh_error kwh_decimal_print(const struct kwh_decimal *value, char *text, size_t capacity)
{
    char digits[DIGITS_MAX];
    int count = split_digits(kwhi_magnitude(value->mantissa), digits);
    int exponent = value->mantissa == 0 && value->exponent > 0 ? 0 : value->exponent;
    int first = count + exponent > 0 ? count + exponent - 1 : 0; /* powers of ten of the digits */
    int last = exponent < 0 ? exponent : 0;
    size_t used = 0;

    if (capacity > 0)
        text[0] = '\0';
    if (capacity < (size_t)(first - last) + 2 + (value->mantissa < 0) + (last < 0))
        return KWH_ERROR_CAPACITY;
    if (value->mantissa < 0)
        text[used++] = '-';
    for (int power = first; power >= last; power--) {
        int digit = power - exponent;
        text[used++] = digit >= 0 && digit < count ? digits[digit] : '0';
        if (power == 0 && last < 0)
            text[used++] = '.';
    }
    text[used] = '\0';
    return KWH_OK;
}

/* Far beyond any exponent, and far from the limits of its type. */
#define SCALE_LIMIT INT32_C(100000)

/* A number while it is read: magnitude * 10^scale. */
struct number {
    uint64_t magnitude;
    uint64_t magnitude_max;
    int32_t scale;
    bool lost; /* a digit that is not 0 had no room */
    bool far;  /* the scale is not known: it went beyond SCALE_LIMIT */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int32_t saturated(int32_t scale, struct number *n)
{
    if (scale >= -SCALE_LIMIT && scale <= SCALE_LIMIT)
        return scale;
    n->far = true;
    return scale < 0 ? -SCALE_LIMIT : SCALE_LIMIT;
}

static void append_digit(struct number *n, unsigned digit, bool behind_point)
{
    bool fits = n->magnitude <= (n->magnitude_max - digit) / 10;

    if (fits)
        n->magnitude = 10 * n->magnitude + digit;
    else
        n->lost |= digit != 0;
    /* A zero in front of the point without room is a factor, one behind it is nothing. */
    n->scale = saturated(n->scale + !fits - behind_point, n);
}

/* Reads digits; false when there is none. */
static bool parse_digits(const char **text, struct number *n, bool behind_point)
{
    const char *start = *text;

    for (; is_digit(**text); ++*text)
        append_digit(n, (unsigned)(**text - '0'), behind_point);
    return *text != start;
}

static bool parse_sign(const char **text)
{
    bool negative = **text == '-';

    if (negative || **text == '+')
        ++*text;
    return negative;
}

static bool parse_exponent(const char **text, struct number *n)
{
    bool negative = parse_sign(text);
    const char *start = *text;
    int32_t exponent = 0;

    for (; is_digit(**text); ++*text)
        exponent = saturated(10 * exponent + (**text - '0'), n);
    n->scale += negative ? -exponent : exponent;
    return *text != start;
}

/* Brings the scale into the range of an exponent, exactly; false when it cannot be done. */
static bool normalize(struct number *n)
{
    if (n->lost || (n->far && n->magnitude != 0))
        return false;
    if (n->magnitude == 0 && n->scale < KWHI_EXPONENT_MIN)
        n->scale = KWHI_EXPONENT_MIN;
    if (n->magnitude == 0 && n->scale > KWHI_EXPONENT_MAX)
        n->scale = KWHI_EXPONENT_MAX;
    for (; n->scale < KWHI_EXPONENT_MIN && n->magnitude % 10 == 0; n->scale++)
        n->magnitude /= 10;
    for (; n->scale > KWHI_EXPONENT_MAX && n->magnitude <= n->magnitude_max / 10; n->scale--)
        n->magnitude *= 10;
    return n->scale >= KWHI_EXPONENT_MIN && n->scale <= KWHI_EXPONENT_MAX;
}

enum kwh_error kwh_decimal_parse(const char *text, struct kwh_decimal *value)
{
    struct number n = {0, 0, 0, false, false};
    bool negative = parse_sign(&text);
    bool valid;

    *value = kwh_decimal(0, 0);
    n.magnitude_max = kwhi_magnitude_max(negative);
    valid = parse_digits(&text, &n, false);
    if (valid && *text == '.') {
        text++;
        valid = parse_digits(&text, &n, true);
    }
    if (valid && *text == 'e') {
        text++;
        valid = parse_exponent(&text, &n);
    }
    if (!valid || *text != '\0')
        return KWH_ERROR_SYNTAX;
    if (!normalize(&n))
        return KWH_ERROR_OVERFLOW;
    *value = kwh_decimal(kwhi_mantissa(n.magnitude, negative), (int8_t)n.scale);
    return KWH_OK;
}
