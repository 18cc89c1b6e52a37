/* SPDX-License-Identifier: MIT */
#include "row.h"

/* The count in the registers, before the scale. */
static enum kwh_status decode_count(const struct kwh_row *row, uint64_t raw,
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
    case KWHI_UNSIGNED:
    case KWHI_HEX:
        break;
    }
    if (number > INT64_MAX)
        return KWH_STATUS_OVERFLOW;
    *count = kwh_decimal((int64_t)number, 0);
    return KWH_STATUS_OK;
}

static enum kwh_status scale_count(enum kwh_scale scale, struct kwh_decimal *value)
{
    struct kwh_decimal worth = kwh_scale_value(scale);
    if (worth.mantissa == 0)
        return KWH_STATUS_NOT_AVAILABLE;
    if (value->mantissa > INT64_MAX / worth.mantissa ||
        value->mantissa < INT64_MIN / worth.mantissa)
        return KWH_STATUS_OVERFLOW;
    value->mantissa *= worth.mantissa;
    return kwh_decimal_shift(*value, worth.exponent, value) == KWH_OK ? KWH_STATUS_OK
                                                                      : KWH_STATUS_OVERFLOW;
}

static enum kwh_status decode_decimal(const struct kwh_row *row, uint64_t raw,
                                      struct kwh_reading *reading)
{
    struct kwh_decimal value = kwh_decimal(0, 0);
    enum kwh_status status = decode_count(row, raw, &value);
    if (status == KWH_STATUS_OK)
        status = scale_count(kwh_row_scale(row), &value);
    if (status == KWH_STATUS_OK)
        reading->decimal = value;
    return status;
}

static enum kwh_status decode_digits(const struct kwh_row *row, uint64_t raw,
                                     struct kwh_reading *reading)
{
    size_t words = kwh_row_words(row);
    enum kwhi_nature nature = kwhi_row_nature(row);
    uint64_t number;
    if (nature == KWHI_UNSIGNED) { /* a number that is a name: no leading zeros to keep */
        if (kwh_registers_bcd_store(raw, 4, &raw) != KWH_OK)
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

static enum kwh_status decode_choice(const struct kwh_map *map, const struct kwh_row *row,
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

static enum kwh_status decode_text(const struct kwh_map *map, const struct kwh_row *row,
                                   const uint8_t *bytes, struct kwh_reading *reading)
{
    size_t size = 2 * kwh_row_words(row);
    size_t swap = kwhi_low_byte_first(map) ? 1 : 0;
    if (kwhi_row_nature(row) != KWHI_CHARACTERS || size > KWH_READING_TEXT_MAX)
        return KWH_STATUS_NOT_AVAILABLE;
    while (size > 0 && (bytes[(size - 1) ^ swap] == 0 || bytes[(size - 1) ^ swap] == ' '))
        size--;
    for (size_t i = 0; i < size; i++)
        if (!kwhi_is_printable(bytes[i ^ swap]))
            return KWH_STATUS_BAD_DIGITS;
    for (size_t i = 0; i < size; i++)
        reading->text[i] = (char)bytes[i ^ swap];
    reading->length = (uint8_t)size;
    return KWH_STATUS_OK;
}

static enum kwh_status decode(const struct kwh_map *map, const struct kwh_row *row,
                              const uint8_t *bytes, struct kwh_reading *reading)
{
    size_t words = kwh_row_words(row);
    if (reading->form == KWH_FORM_TEXT)
        return decode_text(map, row, bytes, reading);
    if (words < 1 || words > 4 || kwh_row_type(row) == KWH_TYPE_TEXT)
        return KWH_STATUS_NOT_AVAILABLE;
    uint64_t raw = kwh_registers_load(bytes, words, kwhi_map_order(map));
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
    case KWH_FORM_TEXT:
    case KWH_FORM_TIME:
        break;
    }
    return KWH_STATUS_NOT_AVAILABLE;
}

void kwh_row_decode(const struct kwh_map *map, const struct kwh_row *row, const uint8_t *bytes,
                    struct kwh_reading *reading)
{
    kwh_reading_init(reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
    reading->certainty = (uint8_t)kwh_row_certainty(row);
    reading->status = (uint8_t)decode(map, row, bytes, reading);
}
