/* SPDX-License-Identifier: MIT */
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

static bool has_slash(const char *text)
{
    size_t length = length_of(text), at = 0;
    while (at < length && text[at] != '/')
        at++;
    return at < length;
}

/* "9995/5": four digits, and as many as there is room for. */
static enum kwh_error parse_ratio(const struct kwhi_place *place, const char *text,
                                  struct kwh_reading *reading)
{
    uint64_t part[2] = {0, 0};
    unsigned at = 0, digits = 0, room = 4;
    for (size_t i = 0; i < length_of(text); i++) {
        if (text[i] == '/' && at == 0 && digits > 0) {
            at = 1;
            digits = 0;
            room = place->digits - 4u;
        } else if (digit_of(text[i]) >= place->base || digits == room) {
            return KWH_ERROR_SYNTAX;
        } else {
            part[at] = part[at] << 4 | digit_of(text[i]);
            digits++;
        }
    }
    reading->digits = part[0] << 4 * (place->digits - 4u) | part[1];
    reading->length = place->digits;
    return at == 1 && digits > 0 ? KWH_OK : KWH_ERROR_SYNTAX;
}

static enum kwh_error parse_digits(const struct kwhi_place *place, const char *text,
                                   struct kwh_reading *reading)
{
    if (reading->quantity == KWH_CT_RATIO && place->digits > 4 && place->digits <= 8 &&
        has_slash(text))
        return parse_ratio(place, text, reading);
    enum kwh_error error = parse_nibbles(text, place->base, &reading->digits);
    size_t length = length_of(text);
    size_t held = place->digits == 0 ? length : place->digits;
    if (error == KWH_OK && length > 16)
        error = KWH_ERROR_OVERFLOW;
    reading->length = (uint8_t)(held < 16 ? held : 16);
    return error;
}

/* "0x0005" or "5". */
static enum kwh_error parse_bits(const struct kwhi_place *place, const char *text,
                                 struct kwh_reading *reading)
{
    struct kwh_decimal number;
    int64_t bits = 0;
    reading->length = place->bits;
    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return parse_nibbles(text + 2, 16, &reading->digits);
    enum kwh_error error = kwh_decimal_parse(text, &number);
    if (error == KWH_OK)
        error = kwh_decimal_to_int64(number, 0, KWH_ROUND_NONE, &bits);
    reading->digits = (uint64_t)bits;
    return error != KWH_OK || bits >= 0 ? error : KWH_ERROR_SYNTAX;
}

static bool is_word(KWH_CONST char *word, const char *text)
{
    size_t length = 0;
    while (length < LONGEST && word[length] != '\0' && word[length] == text[length])
        length++;
    return length < LONGEST && word[length] == text[length];
}

/* A word of the list; or a number, of the list if there is one. */
static enum kwh_error parse_choice(KWH_CONST struct kwh_map *map, const char *text,
                                   struct kwh_reading *reading)
{
    KWH_CONST struct kwh_item *item = kwh_map_item(map, reading->quantity);
    KWH_CONST struct kwh_choice *choice = NULL;
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

enum kwh_error kwhi_reading_parse(KWH_CONST struct kwh_map *map, const struct kwhi_place *place,
                                  const char *text, struct kwh_reading *reading)
{
    switch ((enum kwh_form)reading->form) {
    case KWH_FORM_DECIMAL:
        return kwh_decimal_parse(text, &reading->decimal);
    case KWH_FORM_DIGITS:
        return parse_digits(place, text, reading);
    case KWH_FORM_TEXT:
        return parse_text(text, reading);
    case KWH_FORM_BITS:
        return parse_bits(place, text, reading);
    case KWH_FORM_CHOICE:
        return parse_choice(map, text, reading);
    case KWH_FORM_TIME:
        break;
    }
    return KWH_ERROR_UNSUPPORTED;
}
