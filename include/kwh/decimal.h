/* SPDX-License-Identifier: MIT */
/**
 * @file decimal.h
 * Exact decimal numbers: what a meter's registers say, digit for digit, without floating point.
 *
 * Every function here is pure and may be called from any thread or interrupt. After a failure the
 * result is 0.
 */
#ifndef KWH_DECIMAL_H
#define KWH_DECIMAL_H

#include <kwh/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** value = mantissa * 10^exponent. 230.4 is {2304, -1}. Zero is any exponent with mantissa 0. */
struct kwh_decimal {
    int64_t mantissa;
    int8_t exponent;
};

/** Bytes that hold any printed decimal with its final NUL: sign, 19 digits, point, 128 zeros. */
#define KWH_DECIMAL_TEXT 152

/** What happens to digits that do not fit. */
enum kwh_rounding {
    KWH_ROUND_NONE,      /**< They must be zero; else KWH_ERROR_INEXACT. */
    KWH_ROUND_HALF_EVEN, /**< To nearest, ties to the even digit (IEEE 754 default). */
    KWH_ROUND_HALF_AWAY, /**< To nearest, ties away from zero (commercial). */
    KWH_ROUND_TO_ZERO,   /**< Cut off. */
    KWH_ROUND_FLOOR,     /**< Towards minus infinity. */
    KWH_ROUND_CEILING    /**< Towards plus infinity. */
};

/** What the bit pattern of a floating-point register stands for. */
enum kwh_binary32_class {
    KWH_BINARY32_FINITE,
    KWH_BINARY32_INFINITE,
    KWH_BINARY32_NAN
};

/** {@p mantissa, @p exponent} as a decimal. */
static inline struct kwh_decimal kwh_decimal(int64_t mantissa, int8_t exponent)
{
    struct kwh_decimal value;
    value.mantissa = mantissa;
    value.exponent = exponent;
    return value;
}

/**
 * The value as an integer count of 10^@p exponent: 230.12 at -3 is 230120.
 * @retval KWH_ERROR_INEXACT with KWH_ROUND_NONE when digits would be lost
 * @retval KWH_ERROR_OVERFLOW when the count does not fit 64 bits
 * @retval KWH_ERROR_ARGUMENT when @p rounding is none of enum kwh_rounding
 */
KWH_API KWH_CHECKED enum kwh_error kwh_decimal_to_int64(struct kwh_decimal value, int exponent,
                                                        enum kwh_rounding rounding, int64_t *count);

/**
 * The same value with another exponent, -128 to 127; errors as kwh_decimal_to_int64().
 * @retval KWH_ERROR_ARGUMENT also when @p exponent is outside that range
 */
KWH_API KWH_CHECKED enum kwh_error kwh_decimal_rescale(struct kwh_decimal value, int exponent,
                                                       enum kwh_rounding rounding,
                                                       struct kwh_decimal *result);

/** The value times 10^@p power, exactly. KWH_ERROR_OVERFLOW when the exponent leaves its range. */
KWH_API KWH_CHECKED enum kwh_error kwh_decimal_shift(struct kwh_decimal value, int power,
                                                     struct kwh_decimal *result);

/** The same value without trailing zeros, as far as exponents reach; 0 becomes {0, 0}. */
KWH_API struct kwh_decimal kwh_decimal_reduce(struct kwh_decimal value);

/**
 * a + b exactly, with the lower exponent of both (230.0 + 1 is 231.0) or, if it only fits so, a
 * higher one. KWH_ERROR_OVERFLOW when no mantissa and exponent hold the sum.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_decimal_add(struct kwh_decimal a, struct kwh_decimal b,
                                                   struct kwh_decimal *sum);

/** a - b exactly, as kwh_decimal_add(). */
KWH_API KWH_CHECKED enum kwh_error kwh_decimal_subtract(struct kwh_decimal a, struct kwh_decimal b,
                                                        struct kwh_decimal *difference);

/** -1, 0 or 1 as a is less than, equal to or greater than b. Always exact. */
KWH_API int kwh_decimal_compare(struct kwh_decimal a, struct kwh_decimal b);

/**
 * Prints plain digits with a point, never an exponent: {23012, -2} is "230.12", {5, 3} is "5000".
 * Trailing zeros of the mantissa stay: {2300, -1} is "230.0". Independent of the locale.
 * @retval KWH_ERROR_CAPACITY; the text is then empty. KWH_DECIMAL_TEXT is always enough.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_decimal_print(const struct kwh_decimal *value, char *text,
                                                     size_t capacity);

/**
 * Parses [+-]digits[.digits][e[+-]digits], the whole text, digits kept: "230.0" is {2300, -1}.
 * @retval KWH_ERROR_SYNTAX, KWH_ERROR_OVERFLOW (does not fit exactly)
 */
KWH_API KWH_CHECKED enum kwh_error kwh_decimal_parse(const char *text, struct kwh_decimal *value);

/** Class of a binary32 bit pattern (IEEE 754-2008, 3.4). */
static inline enum kwh_binary32_class kwh_binary32_classify(uint32_t bits)
{
    return (bits & UINT32_C(0x7F800000)) != UINT32_C(0x7F800000) ? KWH_BINARY32_FINITE
           : (bits & UINT32_C(0x007FFFFF)) != 0                  ? KWH_BINARY32_NAN
                                                                 : KWH_BINARY32_INFINITE;
}

/**
 * The shortest decimal that reads back as the same binary32, the nearest to it when several are as
 * short: 0x43661EB8 is 230.12. Both zeros become 0. Reduced: no trailing zeros.
 * @retval KWH_ERROR_NO_VALUE for NaN and infinities
 */
KWH_API KWH_CHECKED enum kwh_error kwh_decimal_from_binary32(uint32_t bits,
                                                             struct kwh_decimal *value);

/**
 * The nearest binary32, ties to even, gradual underflow; a negative value may become -0.
 * @retval KWH_ERROR_OVERFLOW when it would round to an infinity
 */
KWH_API KWH_CHECKED enum kwh_error kwh_decimal_to_binary32(struct kwh_decimal value,
                                                           uint32_t *bits);

#ifdef __cplusplus
}
#endif

#endif
