/* SPDX-License-Identifier: MIT */
#include "../base/decimal_magnitude.h"
#include "row.h"

/* The count in the registers, before the scale. */
static enum kwh_status decode_count(KWH_CONST struct kwh_row *row, uint64_t raw,
                                    struct kwh_decimal *count)
{
    size_t words = kwh_row_words(row);
    uint64_t number = raw;
    switch (kwhi_row_nature(row)) {
    case KWHI_SIGNED:
        *count = kwh_decimal(kwh_registers_signed(raw, words), 0);
        return KWH_STATUS_OK;
    case KWHI_BINARY32:
        if (kwh_decimal_from_binary32((uint32_t)raw, count) == KWH_OK)
            return KWH_STATUS_OK;
        return kwh_binary32_classify((uint32_t)raw) == KWH_BINARY32_NAN ? KWH_STATUS_NAN
                                                                        : KWH_STATUS_INFINITE;
    case KWHI_BCD:
        if (kwh_registers_bcd_load(raw, words, &number) != KWH_OK)
            return KWH_STATUS_BAD_DIGITS;
        break;
    case KWHI_CHARACTERS:
        number = raw & 0xFFu; /* "2R": the second character decides */
        break;
    case KWHI_REST:
        *count = kwh_decimal((int64_t)(raw >> 16) * KWHI_REST_PARTS + (int64_t)(raw & 0xFFFFu), 0);
        return (raw & 0xFFFFu) < KWHI_REST_PARTS ? KWH_STATUS_OK : KWH_STATUS_DOUBTFUL;
    case KWHI_SIGNED_REST: /* nobody says what the rest of a negative number is */
        *count = kwh_decimal(
            kwh_registers_signed(raw >> 16, 2) * KWHI_REST_PARTS + (int64_t)(raw & 0xFFFFu), 0);
        return (raw & 0xFFFFu) < KWHI_REST_PARTS && raw >> 47 == 0 ? KWH_STATUS_OK
                                                                   : KWH_STATUS_DOUBTFUL;
    case KWHI_UNSIGNED:
    case KWHI_HEX:
    case KWHI_SECONDS:
        break;
    }
    if (number > INT64_MAX)
        return KWH_STATUS_OVERFLOW;
    *count = kwh_decimal((int64_t)number, 0);
    return KWH_STATUS_OK;
}

enum kwh_status kwhi_multiply(struct kwh_decimal *value, struct kwh_decimal factor)
{
    bool negative = value->mantissa < 0;
    uint64_t magnitude = kwhi_magnitude(value->mantissa);
    struct kwh_decimal product;
    if (factor.mantissa < 1 || !kwhi_product(magnitude, (uint64_t)factor.mantissa, &magnitude) ||
        magnitude > kwhi_magnitude_max(negative))
        return KWH_STATUS_OVERFLOW;
    product = kwh_decimal(kwhi_mantissa(magnitude, negative), value->exponent);
    return kwh_decimal_shift(product, factor.exponent, value) == KWH_OK ? KWH_STATUS_OK
                                                                        : KWH_STATUS_OVERFLOW;
}

static enum kwh_status scale_count(enum kwh_scale scale, struct kwh_decimal *value)
{
    struct kwh_decimal worth = kwh_scale_value(scale);
    return worth.mantissa == 0 ? KWH_STATUS_NOT_AVAILABLE : kwhi_multiply(value, worth);
}

static enum kwh_status decode_decimal(KWH_CONST struct kwh_row *row, uint64_t raw,
                                      struct kwh_reading *reading)
{
    struct kwh_decimal value = kwh_decimal(0, 0);
    enum kwh_status status = decode_count(row, raw, &value);
    if (status != KWH_STATUS_OK && status != KWH_STATUS_DOUBTFUL)
        return status;
    enum kwh_status scaled = scale_count(kwh_row_scale(row), &value);
    if (scaled != KWH_STATUS_OK)
        return scaled;
    reading->decimal = value;
    return status;
}

/* The number in a float that holds a name; its decimal has no zeros behind the point. */
static enum kwh_status whole_number(KWH_CONST struct kwh_row *row, uint64_t raw, uint64_t *number)
{
    struct kwh_decimal count;
    enum kwh_status status = decode_count(row, raw, &count);
    if (status != KWH_STATUS_OK)
        return status;
    *number = (uint64_t)count.mantissa;
    if (count.mantissa < 0 || count.exponent < 0 || !kwhi_times_ten(number, count.exponent) ||
        *number > INT64_MAX)
        return KWH_STATUS_BAD_DIGITS;
    return KWH_STATUS_OK;
}

static enum kwh_status decode_digits(KWH_CONST struct kwh_row *row, uint64_t raw,
                                     struct kwh_reading *reading)
{
    size_t words = kwh_row_words(row);
    enum kwhi_nature nature = kwhi_row_nature(row);
    uint64_t number = raw;
    if (nature == KWHI_BINARY32) {
        enum kwh_status status = whole_number(row, raw, &number);
        if (status != KWH_STATUS_OK)
            return status;
        nature = KWHI_UNSIGNED;
    }
    if (nature == KWHI_UNSIGNED) { /* a number that is a name: no leading zeros to keep */
        if (kwh_registers_bcd_store(number, 4, &raw) != KWH_OK)
            return KWH_STATUS_OVERFLOW;
        reading->length = kwhi_digits_of(raw);
    } else if (nature == KWHI_HEX || nature == KWHI_BCD) {
        if (nature == KWHI_BCD && kwh_registers_bcd_load(raw, words, &number) != KWH_OK)
            return KWH_STATUS_BAD_DIGITS;
        reading->length = (uint8_t)(4 * words);
    } else {
        return KWH_STATUS_NOT_AVAILABLE;
    }
    reading->digits = raw;
    return KWH_STATUS_OK;
}

static enum kwh_status decode_choice(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                                     uint64_t raw, struct kwh_reading *reading)
{
    struct kwh_decimal code = kwh_decimal(0, 0);
    enum kwh_status status = decode_count(row, raw, &code);
    if (status != KWH_STATUS_OK)
        return status;
    reading->digits = raw;
    kwhi_choice_set(map, code, reading);
    return KWH_STATUS_OK;
}

static bool is_padding(uint8_t character)
{
    return character == 0 || character == ' ';
}

static enum kwh_status decode_text(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                                   const uint8_t *bytes, struct kwh_reading *reading)
{
    size_t size = kwhi_row_characters(row);
    if (kwhi_row_nature(row) != KWHI_CHARACTERS || size > KWH_READING_TEXT_MAX)
        return KWH_STATUS_NOT_AVAILABLE;
    while (size > 0 && is_padding(bytes[kwhi_row_character(map, row, size - 1)]))
        size--;
    for (size_t i = 0; i < size; i++)
        if (!kwhi_is_printable(bytes[kwhi_row_character(map, row, i)]))
            return KWH_STATUS_BAD_DIGITS;
    for (size_t i = 0; i < size; i++)
        reading->text[i] = (char)bytes[kwhi_row_character(map, row, i)];
    reading->length = (uint8_t)size;
    return KWH_STATUS_OK;
}

static enum kwh_status decode_time(KWH_CONST struct kwh_row *row, uint64_t raw,
                                   struct kwh_reading *reading)
{
    if (kwhi_row_nature(row) != KWHI_SECONDS)
        return KWH_STATUS_NOT_AVAILABLE;
    kwhi_time_from_seconds((uint32_t)raw, &reading->time);
    return KWH_STATUS_OK;
}

/* Names and flags may be any number. */
static bool is_absent(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                      enum kwh_form form, uint64_t raw)
{
    uint64_t none;
    if (form == KWH_FORM_DIGITS || form == KWH_FORM_BITS || !kwhi_row_absent(map, row, &none))
        return false;
    enum kwhi_nature nature = kwhi_row_nature(row);
    bool has_rest = nature == KWHI_REST || nature == KWHI_SIGNED_REST;
    return has_rest ? raw >> 16 == none >> 16 : raw == none;
}

static enum kwh_status decode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                              const uint8_t *bytes, struct kwh_reading *reading)
{
    size_t words = kwh_row_words(row);
    if (reading->form == KWH_FORM_TEXT)
        return decode_text(map, row, bytes, reading);
    if (words < 1 || words > 4 || kwhi_row_is_text(row))
        return KWH_STATUS_NOT_AVAILABLE;
    uint64_t raw = kwhi_row_load(map, row, bytes);
    if (is_absent(map, row, (enum kwh_form)reading->form, raw))
        return KWH_STATUS_NOT_AVAILABLE;
    switch ((enum kwh_form)reading->form) {
    case KWH_FORM_DECIMAL:
        return kwhi_row_nature(row) != KWHI_CHARACTERS ? decode_decimal(row, raw, reading)
                                                       : KWH_STATUS_NOT_AVAILABLE;
    case KWH_FORM_DIGITS:
        return decode_digits(row, raw, reading);
    case KWH_FORM_BITS:
        reading->digits = raw;
        reading->length = (uint8_t)(16 * words);
        return KWH_STATUS_OK;
    case KWH_FORM_CHOICE:
        return decode_choice(map, row, raw, reading);
    case KWH_FORM_TIME:
        return decode_time(row, raw, reading);
    case KWH_FORM_TEXT:
        break;
    }
    return KWH_STATUS_NOT_AVAILABLE;
}

void kwh_row_decode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                    const uint8_t *bytes, struct kwh_reading *reading)
{
    kwh_reading_init(reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
    reading->certainty = (uint8_t)kwh_row_certainty(row);
    reading->status = (uint8_t)decode(map, row, bytes, reading);
}
