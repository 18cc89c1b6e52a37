/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "row.h"

/* value / worth to the nearest integer, ties to even. */
static enum kwh_error divide(struct kwh_decimal value, struct kwh_decimal worth, int64_t *count)
{
    if (worth.mantissa == 1)
        return kwh_decimal_to_int64(value, worth.exponent, KWH_ROUND_HALF_EVEN, count);
    int64_t whole;
    enum kwh_error error = kwh_decimal_to_int64(value, worth.exponent, KWH_ROUND_TO_ZERO, &whole);
    if (error != KWH_OK || worth.mantissa == 0)
        return error != KWH_OK ? error : KWH_ERROR_ARGUMENT;
    bool cut = kwh_decimal_compare(value, kwh_decimal(whole, worth.exponent)) != 0;
    int64_t rest = whole % worth.mantissa;
    int64_t twice = rest < 0 ? -2 * rest : 2 * rest;
    *count = whole / worth.mantissa;
    if (twice > worth.mantissa || (twice == worth.mantissa && (cut || (*count & 1) != 0)))
        *count += value.mantissa < 0 ? -1 : 1;
    return KWH_OK;
}

/* A count of ten-thousandths into a number and its rest. */
static enum kwh_error encode_rest(bool is_signed, int64_t count, uint64_t *raw)
{
    int64_t whole = count / KWHI_REST_PARTS, rest = count % KWHI_REST_PARTS;
    if (rest < 0) {
        rest += KWHI_REST_PARTS;
        whole--;
    }
    int64_t least = is_signed ? INT32_MIN : 0, most = is_signed ? INT32_MAX : UINT32_MAX;
    *raw = ((uint64_t)whole & UINT32_MAX) << 16 | (uint64_t)rest;
    return whole < least || whole > most ? KWH_ERROR_OVERFLOW : KWH_OK;
}

/* A count into the bits of an integer type. */
static enum kwh_error encode_integer(KWH_CONST struct kwh_row *row, int64_t count, uint64_t *raw)
{
    size_t words = kwh_row_words(row);
    enum kwhi_nature nature = kwhi_row_nature(row);
    if (words < 1 || words > 4)
        return KWH_ERROR_ARGUMENT;
    if (kwhi_has_rest(nature))
        return encode_rest(nature == KWHI_SIGNED_REST, count, raw);
    if (nature == KWHI_SIGNED) {
        int64_t top = (int64_t)(UINT64_MAX >> (65 - 16 * words));
        *raw = (uint64_t)count;
        return count > top || count < -top - 1 ? KWH_ERROR_OVERFLOW : KWH_OK;
    }
    if (count < 0)
        return KWH_ERROR_OVERFLOW;
    if (nature == KWHI_BCD)
        return kwh_registers_bcd_store((uint64_t)count, words, raw);
    *raw = (uint64_t)count;
    return *raw > UINT64_MAX >> (64 - 16 * words) ? KWH_ERROR_OVERFLOW : KWH_OK;
}

/* value, with a count worth `worth`, into the bits of a numeric type. */
static enum kwh_error encode_number(KWH_CONST struct kwh_row *row, struct kwh_decimal value,
                                    struct kwh_decimal worth, uint64_t *raw)
{
    int64_t whole = 0;
    if (kwhi_row_nature(row) == KWHI_BINARY32) {
        uint32_t bits = 0;
        struct kwh_decimal count;
        enum kwh_error error = kwh_decimal_shift(value, -worth.exponent, &count);
        if (worth.mantissa != 1) { /* minutes are whole in this form, too */
            error = divide(value, worth, &whole);
            count = kwh_decimal(whole, 0);
        }
        if (error == KWH_OK)
            error = kwh_decimal_to_binary32(count, &bits);
        *raw = bits;
        return error;
    }
    enum kwh_error error = divide(value, worth, &whole);
    return error == KWH_OK ? encode_integer(row, whole, raw) : error;
}

static enum kwh_error encode_digits(KWH_CONST struct kwh_row *row,
                                    const struct kwh_reading *reading, uint64_t *raw)
{
    size_t words = kwh_row_words(row);
    enum kwhi_nature nature = kwhi_row_nature(row);
    uint64_t number = 0;
    if (nature != KWHI_UNSIGNED && nature != KWHI_BCD && nature != KWHI_HEX &&
        nature != KWHI_BINARY32)
        return KWH_ERROR_ARGUMENT;
    *raw = reading->digits;
    if (nature != KWHI_HEX && kwh_registers_bcd_load(reading->digits, 4, &number) != KWH_OK)
        return KWH_ERROR_ARGUMENT;
    if (nature == KWHI_BINARY32)
        return encode_number(row, kwh_decimal((int64_t)number, 0), kwh_decimal(1, 0), raw);
    if (nature == KWHI_UNSIGNED)
        *raw = number;
    return *raw > UINT64_MAX >> (64 - 16 * words) ? KWH_ERROR_OVERFLOW : KWH_OK;
}

static enum kwh_error encode_choice(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                                    const struct kwh_reading *reading, uint64_t *raw)
{
    struct kwh_decimal code;
    enum kwh_error error = kwhi_choice_code(map, reading, &code);
    if (error == KWH_OK)
        error = encode_number(row, code, kwh_decimal(1, 0), raw);
    if (error != KWH_OK || kwhi_row_nature(row) != KWHI_CHARACTERS)
        return error;
    /* "2R": the phase stands before the letter that decides; what was read there is kept. */
    if (*raw > 0xFF)
        return KWH_ERROR_OVERFLOW;
    uint64_t phase = (uint64_t)'0' + KWH_QUANTITY_PHASE(row->quantity);
    bool was_read = reading->digits > 0xFF && (reading->digits & 0xFF) == *raw;
    *raw |= was_read ? reading->digits & 0xFF00 : phase << 8;
    return KWH_OK;
}

static enum kwh_error encode_text(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                                  const struct kwh_reading *reading, uint8_t *bytes)
{
    size_t size = kwhi_row_characters(row);
    if (kwhi_row_nature(row) != KWHI_CHARACTERS || reading->length > KWH_READING_TEXT_MAX)
        return KWH_ERROR_ARGUMENT;
    if (reading->length > size)
        return KWH_ERROR_OVERFLOW;
    for (size_t i = 0; i < 2 * kwh_row_words(row); i++)
        bytes[i] = 0;
    for (size_t i = 0; i < reading->length; i++)
        bytes[kwhi_row_character(map, row, i)] = (uint8_t)reading->text[i];
    return KWH_OK;
}

static enum kwh_error encode_time(KWH_CONST struct kwh_row *row, const struct kwh_reading *reading,
                                  uint64_t *raw)
{
    uint32_t seconds = 0;
    if (kwhi_row_nature(row) != KWHI_SECONDS)
        return KWH_ERROR_ARGUMENT;
    enum kwh_error error = kwhi_seconds_from_time(&reading->time, &seconds);
    *raw = seconds;
    return error;
}

static enum kwh_error encode_raw(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                                 const struct kwh_reading *reading, uint64_t *raw)
{
    switch ((enum kwh_form)reading->form) {
    case KWH_FORM_DECIMAL:
        return kwhi_row_nature(row) != KWHI_CHARACTERS
                   ? encode_number(row, reading->decimal, kwh_scale_value(kwh_row_scale(row)), raw)
                   : KWH_ERROR_ARGUMENT;
    case KWH_FORM_DIGITS:
        return encode_digits(row, reading, raw);
    case KWH_FORM_BITS:
        *raw = reading->digits;
        return *raw > UINT64_MAX >> (64 - 16 * kwh_row_words(row)) ? KWH_ERROR_OVERFLOW : KWH_OK;
    case KWH_FORM_CHOICE:
        return encode_choice(map, row, reading, raw);
    case KWH_FORM_TIME:
        return encode_time(row, reading, raw);
    case KWH_FORM_TEXT:
        break;
    }
    return KWH_ERROR_ARGUMENT;
}

enum kwh_error kwh_row_encode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                              const struct kwh_reading *reading, uint8_t *bytes, size_t capacity)
{
    size_t words = kwh_row_words(row);
    bool has_value = kwh_reading_has_value(reading);
    uint64_t raw = 0;
    if (words == 0 || reading->form != (uint8_t)kwh_quantity_form(row->quantity))
        return KWH_ERROR_ARGUMENT;
    if (!has_value && (reading->status != KWH_STATUS_NOT_AVAILABLE ||
                       !kwhi_row_absent(map, kwhi_row_nature(row), words, &raw)))
        return KWH_ERROR_NO_VALUE;
    if (capacity < 2 * words)
        return KWH_ERROR_CAPACITY;
    if (reading->form == KWH_FORM_TEXT)
        return encode_text(map, row, reading, bytes);
    if (words > 4 || kwhi_row_is_text(row))
        return KWH_ERROR_ARGUMENT;
    enum kwh_error error = has_value ? encode_raw(map, row, reading, &raw) : KWH_OK;
    if (error == KWH_OK)
        kwhi_row_store(map, row, raw, bytes);
    return error;
}
