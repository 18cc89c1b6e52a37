/* SPDX-License-Identifier: MIT */
/* Secondary addresses: on the wire, as text, and whom they select. */
#include <kwh/mbus.h>

#include "../base/hex_digit.h"

#define DIGITS       8u
#define DIGITS_WHOLE 16u
#define ANY_ELSE     UINT32_C(0xFFFFFFFF) /* manufacturer, version, medium */

void kwh_mbus_secondary_encode(const struct kwh_mbus_secondary *secondary,
                               uint8_t bytes[KWH_MBUS_SECONDARY_BYTES])
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(secondary->id >> (8u * i) & 0xFFu);
    bytes[4] = (uint8_t)(secondary->manufacturer & 0xFFu);
    bytes[5] = (uint8_t)(secondary->manufacturer >> 8);
    bytes[6] = secondary->version;
    bytes[7] = secondary->medium;
}

void kwh_mbus_secondary_decode(const uint8_t bytes[KWH_MBUS_SECONDARY_BYTES],
                               struct kwh_mbus_secondary *secondary)
{
    secondary->id = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                    (uint32_t)bytes[3] << 24;
    secondary->manufacturer = (uint16_t)(bytes[4] | (unsigned)bytes[5] << 8);
    secondary->version = bytes[6];
    secondary->medium = bytes[7];
}

struct kwh_mbus_secondary kwh_mbus_secondary_of(const struct kwh_mbus_telegram *telegram)
{
    struct kwh_mbus_secondary secondary;
    secondary.id = telegram->id;
    secondary.manufacturer = telegram->manufacturer;
    secondary.version = telegram->version;
    secondary.medium = telegram->medium;
    return secondary;
}

/* A byte of the pattern is FF, or the same. */
static bool byte_fits(unsigned pattern, unsigned own)
{
    return (pattern & 0xFFu) == 0xFFu || (pattern & 0xFFu) == (own & 0xFFu);
}

bool kwh_mbus_secondary_fits(const struct kwh_mbus_secondary *pattern,
                             const struct kwh_mbus_secondary *own)
{
    for (unsigned shift = 0; shift < 32; shift += 4) {
        uint32_t digit = pattern->id >> shift & 15u;
        if (digit != 15u && digit != (own->id >> shift & 15u))
            return false;
    }
    return byte_fits(pattern->manufacturer, own->manufacturer) &&
           byte_fits(pattern->manufacturer >> 8, own->manufacturer >> 8) &&
           byte_fits(pattern->version, own->version) && byte_fits(pattern->medium, own->medium);
}

/* What stands behind the identification, as text shows it: the manufacturer as on the wire. */
static uint32_t pack(const struct kwh_mbus_secondary *secondary)
{
    return (uint32_t)(secondary->manufacturer & 0xFFu) << 24 |
           (uint32_t)(secondary->manufacturer >> 8) << 16 | (uint32_t)secondary->version << 8 |
           secondary->medium;
}

static void unpack(uint32_t packed, struct kwh_mbus_secondary *secondary)
{
    secondary->manufacturer = (uint16_t)(packed >> 24 | (packed >> 8 & 0xFF00u));
    secondary->version = (uint8_t)(packed >> 8 & 0xFFu);
    secondary->medium = (uint8_t)(packed & 0xFFu);
}

static void print_digits(uint32_t number, char *text)
{
    for (unsigned i = 0; i < DIGITS; i++)
        text[i] = kwhi_hex_digit((unsigned)(number >> (4u * (DIGITS - 1u - i)) & 15u));
    text[DIGITS] = '\0';
}

void kwh_mbus_secondary_print(const struct kwh_mbus_secondary *secondary,
                              char text[KWH_MBUS_SECONDARY_TEXT])
{
    print_digits(secondary->id, text);
    if (pack(secondary) != ANY_ELSE)
        print_digits(pack(secondary), text + DIGITS);
}

static bool parse_digits(const char *text, uint32_t *number)
{
    *number = 0;
    for (unsigned i = 0; i < DIGITS; i++) {
        char c = text[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10u
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10u
                                                : 16u;
        if (digit > 15u)
            return false;
        *number = *number << 4 | digit;
    }
    return true;
}

enum kwh_error kwh_mbus_secondary_parse(const char *text, struct kwh_mbus_secondary *secondary)
{
    uint32_t packed = ANY_ELSE;
    bool good = parse_digits(text, &secondary->id);
    if (good && text[DIGITS] != '\0')
        good = parse_digits(text + DIGITS, &packed) && text[DIGITS_WHOLE] == '\0';
    if (!good)
        secondary->id = packed = 0;
    unpack(packed, secondary);
    return good ? KWH_OK : KWH_ERROR_SYNTAX;
}
