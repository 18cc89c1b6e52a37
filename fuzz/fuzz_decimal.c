/* SPDX-License-Identifier: MIT */
/*
 * What must hold for any decimals, any text and any bits: printing and parsing, changing the
 * exponent, adding and subtracting, and binary32 are the inverse of each other where they succeed.
 *
 * Input: mantissa, exponent, mantissa, exponent, exponent, rounding, 4 bytes of binary32; then
 * text.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <kwh/decimal.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    NUMBERS = 24
};

static void must(bool condition)
{
    if (!condition)
        abort();
}

static uint64_t load(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;

    for (size_t i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return value;
}

static struct kwh_decimal load_decimal(const uint8_t *bytes)
{
    return kwh_decimal((int64_t)load(bytes, 8), (int8_t)bytes[8]);
}

static bool same(struct kwh_decimal a, struct kwh_decimal b)
{
    return a.mantissa == b.mantissa && a.exponent == b.exponent;
}

static bool is_zero(struct kwh_decimal value)
{
    return value.mantissa == 0 && value.exponent == 0;
}

static void check_text(struct kwh_decimal value)
{
    char text[KWH_DECIMAL_TEXT];
    struct kwh_decimal back;

    must(kwh_decimal_print(&value, text, sizeof text) == KWH_OK);
    must(kwh_decimal_parse(text, &back) == KWH_OK);
    must(kwh_decimal_compare(value, back) == 0);
    must(value.exponent > 0 || same(value, back));
    must(kwh_decimal_print(&value, text, strlen(text)) == KWH_ERROR_CAPACITY && text[0] == '\0');
}

static void check_parse(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct kwh_decimal value;

    if (text == NULL)
        return;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    if (kwh_decimal_parse(text, &value) == KWH_OK)
        check_text(value);
    else
        must(is_zero(value));
    free(text);
}

static void check_rescale(struct kwh_decimal value, int exponent, enum kwh_rounding rounding)
{
    struct kwh_decimal result, exact;
    enum kwh_error error = kwh_decimal_rescale(value, exponent, rounding, &result);
    enum kwh_error exact_error = kwh_decimal_rescale(value, exponent, KWH_ROUND_NONE, &exact);
    int order = kwh_decimal_compare(result, value);

    must(error == KWH_OK || is_zero(result));
    if (exact_error == KWH_OK)
        must(error == KWH_OK && same(result, exact) && order == 0);
    if (error == KWH_OK && exact_error == KWH_ERROR_INEXACT) {
        must(order != 0);
        must(rounding != KWH_ROUND_FLOOR || order < 0);
        must(rounding != KWH_ROUND_CEILING || order > 0);
        must(rounding != KWH_ROUND_TO_ZERO || order == (value.mantissa < 0 ? 1 : -1));
    }
}

static void check_sums(struct kwh_decimal a, struct kwh_decimal b)
{
    struct kwh_decimal sum, difference, back;
    int order = kwh_decimal_compare(a, b);
    enum kwh_error error;

    must(order == -kwh_decimal_compare(b, a));
    if (kwh_decimal_add(a, b, &sum) == KWH_OK)
        must(kwh_decimal_subtract(sum, b, &back) == KWH_OK && kwh_decimal_compare(back, a) == 0);
    else
        must(is_zero(sum));
    error = kwh_decimal_subtract(a, b, &difference);
    if (error == KWH_OK)
        must(kwh_decimal_compare(difference, kwh_decimal(0, 0)) == order);
    else
        must(is_zero(difference));
    must(kwh_decimal_compare(kwh_decimal_reduce(a), a) == 0);
}

static void check_binary32(uint32_t bits)
{
    struct kwh_decimal value;
    uint32_t back;

    if (kwh_binary32_classify(bits) != KWH_BINARY32_FINITE) {
        must(kwh_decimal_from_binary32(bits, &value) == KWH_ERROR_NO_VALUE && is_zero(value));
        return;
    }
    must(kwh_decimal_from_binary32(bits, &value) == KWH_OK);
    must(same(value, kwh_decimal_reduce(value)));
    must(kwh_decimal_to_binary32(value, &back) == KWH_OK);
    must(back == (bits == UINT32_C(0x80000000) ? 0 : bits));
}

/* Rounding never changes the order. */
static void check_order_in_binary32(struct kwh_decimal a, struct kwh_decimal b)
{
    struct kwh_decimal near_a, near_b;
    uint32_t bits_a, bits_b;

    if (kwh_decimal_to_binary32(a, &bits_a) != KWH_OK ||
        kwh_decimal_to_binary32(b, &bits_b) != KWH_OK)
        return;
    must(kwh_decimal_from_binary32(bits_a, &near_a) == KWH_OK);
    must(kwh_decimal_from_binary32(bits_b, &near_b) == KWH_OK);
    must(kwh_decimal_compare(near_a, near_b) * kwh_decimal_compare(a, b) >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t numbers[NUMBERS] = {0};
    size_t used = size < NUMBERS ? size : NUMBERS;
    struct kwh_decimal a, b;

    if (size > 0)
        memcpy(numbers, data, used);
    a = load_decimal(numbers);
    b = load_decimal(numbers + 9);
    check_text(a);
    check_rescale(a, (int8_t)numbers[18], (enum kwh_rounding)(numbers[19] % 6));
    check_sums(a, b);
    check_order_in_binary32(a, b);
    check_binary32((uint32_t)load(numbers + 20, 4));
    check_parse(data, size);
    check_parse(data + used, size - used);
    return 0;
}
