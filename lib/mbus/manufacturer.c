/* SPDX-License-Identifier: MIT */
#include <kwh/mbus_telegram.h>

#include "../base/hex_digit.h"

/* The three letters, 1 to 26 in five bits each; bit 15 is no part of them. */
static unsigned letter(uint16_t manufacturer, unsigned index)
{
    return (unsigned)manufacturer >> (10 - 5 * index) & 31;
}

void kwh_mbus_manufacturer_print(uint16_t manufacturer, char text[KWH_MBUS_MANUFACTURER_TEXT])
{
    bool letters = true;

    for (unsigned i = 0; i < 3; i++) {
        unsigned number = letter(manufacturer, i);
        letters = letters && number >= 1 && number <= 26;
        text[i] = (char)('@' + number);
    }
    text[3] = '\0';
    for (unsigned i = 0; i < 4 && !letters; i++)
        text[i] = kwhi_hex_digit((unsigned)manufacturer >> (12 - 4 * i));
    text[4] = '\0';
}

/* The value of a digit, or 16. */
static unsigned hex_digit(char character)
{
    if (character >= '0' && character <= '9')
        return (unsigned)(character - '0');
    if (character >= 'A' && character <= 'F')
        return (unsigned)(character - 'A') + 10;
    if (character >= 'a' && character <= 'f')
        return (unsigned)(character - 'a') + 10;
    return 16;
}

enum kwh_error kwh_mbus_manufacturer_parse(const char *text, uint16_t *manufacturer)
{
    unsigned letters = 0;
    unsigned digits = 0;
    bool is_name = true;
    bool is_number = true;
    size_t length = 0;

    *manufacturer = 0;
    for (; length < 5 && text[length] != '\0'; length++) {
        is_name = is_name && text[length] >= 'A' && text[length] <= 'Z';
        is_number = is_number && hex_digit(text[length]) < 16;
        if (is_name && length < 3)
            letters = letters << 5 | (unsigned)(text[length] - '@');
        if (is_number && length < 4)
            digits = digits << 4 | hex_digit(text[length]);
    }
    if (length == 3 && is_name)
        *manufacturer = (uint16_t)letters;
    else if (length == 4 && is_number)
        *manufacturer = (uint16_t)digits;
    else
        return KWH_ERROR_SYNTAX;
    return KWH_OK;
}
