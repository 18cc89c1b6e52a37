/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "row.h"

/* Far more than a value can need: keeps every loop over a text bounded. */
#define LONGEST KWH_DECIMAL_TEXT

static size_t length_of(const char *text)
{
    size_t length = 0;
    while (length < LONGEST && text[length] != '\0')
        length++;
    return length;
}

/* 16 for a character that is no hexadecimal digit. */
static unsigned digit_of(char character)
{
    if (character >= '0' && character <= '9')
        return (unsigned)(character - '0');
    if (character >= 'A' && character <= 'F')
        return (unsigned)(character - 'A') + 10;
    if (character >= 'a' && character <= 'f')
        return (unsigned)(character - 'a') + 10;
    return 16;
}

/* The whole text as digits of one nibble each. */
static enum kwh_error parse_nibbles(const char *text, unsigned base, uint64_t *nibbles)
{
    size_t length = length_of(text);
    *nibbles = 0;
    if (length == 0)
        return KWH_ERROR_SYNTAX;
    for (size_t i = 0; i < length; i++) {
        if (digit_of(text[i]) >= base)
            return KWH_ERROR_SYNTAX;
        if (*nibbles >> 60 != 0)
            return KWH_ERROR_OVERFLOW;
        *nibbles = *nibbles << 4 | digit_of(text[i]);
    }
    return KWH_OK;
}

/* "9995/5": four digits each. */
static enum kwh_error parse_ratio(const char *text, struct kwh_reading *reading)
{
    uint64_t part[2] = {0, 0};
    unsigned at = 0, digits = 0;
    for (size_t i = 0; i < length_of(text); i++) {
        if (text[i] == '/' && at == 0 && digits > 0) {
            at = 1;
            digits = 0;
        } else if (digit_of(text[i]) > 9 || digits == 4) {
            return KWH_ERROR_SYNTAX;
        } else {
            part[at] = part[at] << 4 | digit_of(text[i]);
            digits++;
        }
    }
    reading->digits = part[0] << 16 | part[1];
    reading->length = 8;
    return at == 1 && digits > 0 ? KWH_OK : KWH_ERROR_SYNTAX;
}

static enum kwh_error parse_digits(const struct kwh_row *row, const char *text,
                                   struct kwh_reading *reading)
{
    if (row->quantity == KWH_CT_RATIO && kwh_row_words(row) == 2)
        return parse_ratio(text, reading);
    enum kwhi_nature nature = kwhi_row_nature(row);
    enum kwh_error error = parse_nibbles(text, nature == KWHI_HEX ? 16 : 10, &reading->digits);
    size_t length = length_of(text);
    bool counted = nature == KWHI_UNSIGNED || nature == KWHI_BINARY32;
    size_t held = counted ? length : 4 * kwh_row_words(row);
    if (error == KWH_OK && length > 16)
        error = KWH_ERROR_OVERFLOW;
    reading->length = (uint8_t)(held < 16 ? held : 16);
    return error;
}

/* "0x0005" or "5". */
static enum kwh_error parse_bits(const struct kwh_row *row, const char *text,
                                 struct kwh_reading *reading)
{
    struct kwh_decimal number;
    int64_t bits = 0;
    reading->length = (uint8_t)(16 * kwh_row_words(row));
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return parse_nibbles(text + 2, 16, &reading->digits);
    enum kwh_error error = kwh_decimal_parse(text, &number);
    if (error == KWH_OK)
        error = kwh_decimal_to_int64(number, 0, KWH_ROUND_NONE, &bits);
    reading->digits = (uint64_t)bits;
    return error != KWH_OK || bits >= 0 ? error : KWH_ERROR_SYNTAX;
}

static bool is_word(const char *word, const char *text)
{
    size_t length = length_of(text);
    return length_of(word) == length && memcmp(word, text, length) == 0;
}

/* A word of the list; or a number, of the list if there is one. */
static enum kwh_error parse_choice(const struct kwh_map *map, const struct kwh_row *row,
                                   const char *text, struct kwh_reading *reading)
{
    const struct kwh_item *item = kwh_map_item(map, row->quantity);
    const struct kwh_choice *choice = NULL;
    if (item == NULL || item->choices == NULL)
        return kwh_decimal_parse(text, &reading->decimal);
    for (uint8_t i = 0; i < item->choice_count && choice == NULL; i++)
        if (item->choices[i].word != NULL && is_word(item->choices[i].word, text))
            choice = &item->choices[i];
    if (choice == NULL && kwh_decimal_parse(text, &reading->decimal) == KWH_OK) {
        choice = kwh_item_choice(item, reading->decimal);
        choice = choice != NULL && choice->word == NULL ? choice : NULL;
    }
    if (choice == NULL)
        return KWH_ERROR_UNKNOWN_NAME;
    reading->word = choice->word;
    reading->decimal = kwh_decimal(choice->code, choice->exponent);
    return KWH_OK;
}

static enum kwh_error parse_text(const char *text, struct kwh_reading *reading)
{
    size_t length = length_of(text);
    if (length > KWH_READING_TEXT_MAX)
        return KWH_ERROR_OVERFLOW;
    for (size_t i = 0; i < length; i++) {
        if (!kwhi_is_printable((uint8_t)text[i]))
            return KWH_ERROR_SYNTAX;
        reading->text[i] = text[i];
    }
    reading->length = (uint8_t)length;
    return KWH_OK;
}

static enum kwh_error parse(const struct kwh_map *map, const struct kwh_row *row, const char *text,
                            struct kwh_reading *reading)
{
    switch ((enum kwh_form)reading->form) {
    case KWH_FORM_DECIMAL:
        return kwh_decimal_parse(text, &reading->decimal);
    case KWH_FORM_DIGITS:
        return parse_digits(row, text, reading);
    case KWH_FORM_TEXT:
        return parse_text(text, reading);
    case KWH_FORM_BITS:
        return parse_bits(row, text, reading);
    case KWH_FORM_CHOICE:
        return parse_choice(map, row, text, reading);
    case KWH_FORM_TIME:
        break;
    }
    return KWH_ERROR_UNSUPPORTED;
}

enum kwh_error kwh_row_parse(const struct kwh_map *map, const struct kwh_row *row, const char *text,
                             struct kwh_reading *reading)
{
    uint8_t bytes[2 * KWHI_ROW_WORDS_MAX];
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->certainty = (uint8_t)kwh_row_certainty(row);
    enum kwh_error error = parse(map, row, text, reading);
    if (error == KWH_OK) {
        /* What the registers cannot hold is no value of this row; a choice learns its bits. */
        error = kwh_row_encode(map, row, reading, bytes, sizeof bytes);
    }
    if (error != KWH_OK)
        kwh_reading_init(reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
    else if (reading->form == KWH_FORM_CHOICE)
        reading->digits = kwh_registers_load(bytes, kwh_row_words(row), kwhi_map_order(map));
    return error;
}
