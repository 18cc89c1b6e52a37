/* SPDX-License-Identifier: MIT */
#include "../base/decimal_magnitude.h"
#include "row.h"

/* The registers of a row as one number, and how it is to be taken. */
struct held {
    uint64_t raw;
    size_t words;
    enum kwhi_nature nature;
};

/* The count in the registers, before the scale; 0 when there is none. */
static enum kwh_status decode_count(const struct held *held, struct kwh_decimal *count)
{
    uint64_t number = held->raw;
    uint32_t rest = (uint32_t)(number & 0xFFFFu);
    size_t words = held->words;
    *count = kwh_decimal(0, 0);
    if (held->nature == KWHI_BINARY32) {
        uint32_t bits = (uint32_t)number;
        if (kwh_decimal_from_binary32(bits, count) == KWH_OK)
            return KWH_STATUS_OK;
        return kwh_binary32_classify(bits) == KWH_BINARY32_NAN ? KWH_STATUS_NAN
                                                               : KWH_STATUS_INFINITE;
    }
    if (held->nature == KWHI_BCD && kwh_registers_bcd_load(number, words, &number) != KWH_OK)
        return KWH_STATUS_BAD_DIGITS;
    if (held->nature == KWHI_CHARACTERS)
        number &= 0xFFu; /* "2R": the second character decides */
    if (kwhi_has_rest(held->nature)) {
        number >>= 16;
        words = 2;
    }
    if (kwhi_is_signed(held->nature))
        count->mantissa = kwh_registers_signed(number, words);
    else if (number <= INT64_MAX)
        count->mantissa = (int64_t)number;
    else
        return KWH_STATUS_OVERFLOW;
    if (!kwhi_has_rest(held->nature))
        return KWH_STATUS_OK;
    /* Nobody says what the rest of a negative number is. */
    bool doubtful = rest >= KWHI_REST_PARTS || count->mantissa < 0;
    count->mantissa = count->mantissa * KWHI_REST_PARTS + rest;
    return doubtful ? KWH_STATUS_DOUBTFUL : KWH_STATUS_OK;
}

static enum kwh_status decode_decimal(KWH_CONST struct kwh_row *row, const struct held *held,
                                      struct kwh_decimal *value)
{
    KWH_CONST struct kwhi_scale *scale = kwhi_row_scale(row);
    if (scale == NULL || held->nature == KWHI_CHARACTERS)
        return KWH_STATUS_NOT_AVAILABLE;
    enum kwh_status status = decode_count(held, value);
    if (!kwhi_times(&value->mantissa, scale->factor)) {
        *value = kwh_decimal(0, 0);
        return KWH_STATUS_OVERFLOW;
    }
    value->exponent = (int8_t)(value->exponent + scale->power);
    return status;
}

/* The digits of a number that is a name: no leading zeros to keep. */
static enum kwh_status decode_name(const struct held *held, struct kwh_reading *reading)
{
    struct kwh_decimal name;
    enum kwh_status status = decode_count(held, &name);
    if (status != KWH_STATUS_OK)
        return status;
    if (name.mantissa < 0 || name.exponent < 0 || !kwhi_lower(&name, 0))
        return KWH_STATUS_BAD_DIGITS;
    if (kwh_registers_bcd_store((uint64_t)name.mantissa, 4, &reading->digits) != KWH_OK)
        return KWH_STATUS_OVERFLOW;
    reading->length = kwhi_digits_of(reading->digits);
    return KWH_STATUS_OK;
}

static enum kwh_status decode_digits(const struct held *held, struct kwh_reading *reading)
{
    uint64_t number;
    if (held->nature == KWHI_BINARY32 || held->nature == KWHI_UNSIGNED)
        return decode_name(held, reading);
    if (held->nature != KWHI_HEX && held->nature != KWHI_BCD)
        return KWH_STATUS_NOT_AVAILABLE;
    if (held->nature == KWHI_BCD &&
        kwh_registers_bcd_load(held->raw, held->words, &number) != KWH_OK)
        return KWH_STATUS_BAD_DIGITS;
    reading->digits = held->raw;
    reading->length = (uint8_t)(4 * held->words);
    return KWH_STATUS_OK;
}

static bool is_padding(char character)
{
    return character == 0 || character == ' ';
}

static enum kwh_status decode_text(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                                   const uint8_t *bytes, struct kwh_reading *reading)
{
    size_t size = kwhi_row_characters(row);
    if (kwhi_row_nature(row) != KWHI_CHARACTERS || size > KWH_READING_TEXT_MAX)
        return KWH_STATUS_NOT_AVAILABLE;
    for (size_t i = 0; i < size; i++)
        reading->text[i] = (char)bytes[kwhi_row_character(map, row, i)];
    for (; size > 0 && is_padding(reading->text[size - 1]); size--)
        reading->text[size - 1] = 0;
    for (size_t i = 0; i < size; i++)
        if (!kwhi_is_printable((uint8_t)reading->text[i]))
            return KWH_STATUS_BAD_DIGITS;
    reading->length = (uint8_t)size;
    return KWH_STATUS_OK;
}

/* Names and flags may be any number. */
static bool is_absent(KWH_CONST struct kwh_map *map, const struct held *held, enum kwh_form form)
{
    uint64_t none;
    unsigned rest = kwhi_has_rest(held->nature) ? 16 : 0;
    return form != KWH_FORM_DIGITS && form != KWH_FORM_BITS &&
           kwhi_row_absent(map, held->nature, held->words, &none) &&
           held->raw >> rest == none >> rest;
}

static enum kwh_status decode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                              const uint8_t *bytes, struct kwh_reading *reading)
{
    enum kwh_form form = (enum kwh_form)reading->form;
    struct held held = {0, kwh_row_words(row), kwhi_row_nature(row)};
    if (form == KWH_FORM_TEXT)
        return decode_text(map, row, bytes, reading);
    if (held.words < 1 || held.words > 4 || kwhi_row_is_text(row))
        return KWH_STATUS_NOT_AVAILABLE;
    held.raw = kwhi_row_load(map, held.nature, held.words, bytes);
    if (is_absent(map, &held, form))
        return KWH_STATUS_NOT_AVAILABLE;
    if (form == KWH_FORM_DECIMAL)
        return decode_decimal(row, &held, &reading->decimal);
    if (form == KWH_FORM_DIGITS)
        return decode_digits(&held, reading);
    if (form == KWH_FORM_TIME) {
        if (held.nature != KWHI_SECONDS)
            return KWH_STATUS_NOT_AVAILABLE;
        kwhi_time_from_seconds((uint32_t)held.raw, &reading->time);
        return KWH_STATUS_OK;
    }
    reading->digits = held.raw;
    if (form == KWH_FORM_BITS) {
        reading->length = (uint8_t)(16 * held.words);
        return KWH_STATUS_OK;
    }
    enum kwh_status status = decode_count(&held, &reading->decimal);
    if (status == KWH_STATUS_OK)
        kwhi_choice_set(map, reading);
    return status;
}

void kwh_row_decode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                    const uint8_t *bytes, struct kwh_reading *reading)
{
    kwh_reading_init(reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
    reading->certainty = (uint8_t)kwh_row_certainty(row);
    reading->status = (uint8_t)decode(map, row, bytes, reading);
}
