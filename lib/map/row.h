/* SPDX-License-Identifier: MIT */
/* What lookup, decoding, encoding and parsing of rows share, of registers and of records. */
#ifndef KWHI_MAP_ROW_H
#define KWHI_MAP_ROW_H

#include <kwh/map.h>

/* Most registers of a row. */
#define KWHI_ROW_WORDS_MAX 16

/* What the bits of a type are. */
enum kwhi_nature {
    KWHI_UNSIGNED,
    KWHI_SIGNED,
    KWHI_BINARY32,
    KWHI_BCD,
    KWHI_HEX,
    KWHI_CHARACTERS
};

/* The nature of a row's type; KWHI_HEX, the mere bits, for an unknown one. */
enum kwhi_nature kwhi_row_nature(const struct kwh_row *row);

/* The word order of a map, whatever its number. */
static inline enum kwh_word_order kwhi_map_order(const struct kwh_map *map)
{
    return (enum kwh_word_order)(map->order & 3u);
}

/* In a text only the order of the bytes in a word counts: its words stand as they are read. */
static inline bool kwhi_low_byte_first(const struct kwh_map *map)
{
    return kwhi_map_order(map) == KWH_ORDER_BADC || kwhi_map_order(map) == KWH_ORDER_DCBA;
}

/* What a text may become, by where it is stored. */
struct kwhi_place {
    uint8_t base;   /* of digits: 10 or 16 */
    uint8_t digits; /* how many; 0: as many as are written */
    uint8_t bits;   /* how many flags */
};

/* A value from text into a reading that is OK but for the value. */
enum kwh_error kwhi_reading_parse(const struct kwh_map *map, const struct kwhi_place *place,
                                  const char *text, struct kwh_reading *reading);

/* The code of a choice: by its word, because another meter's code for it may be another one. */
enum kwh_error kwhi_choice_code(const struct kwh_map *map, const struct kwh_reading *reading,
                                struct kwh_decimal *code);

/* Makes a choice of a code, with its word if the map has one. */
void kwhi_choice_set(const struct kwh_map *map, struct kwh_decimal code,
                     struct kwh_reading *reading);

/* The record that a setting is written to; NULL when it cannot be written. */
const struct kwh_record *kwhi_written_record(const struct kwh_map *map, uint16_t profiles,
                                             uint32_t quantity);

/* How many digits there are without leading zeros, at least one. */
static inline uint8_t kwhi_digits_of(uint64_t digits)
{
    uint8_t count = 1;
    while ((digits >>= 4) != 0)
        count++;
    return count;
}

static inline bool kwhi_is_printable(uint8_t character)
{
    return character >= 0x20 && character <= 0x7E;
}

/* The row of what the header of every M-Bus telegram tells; NULL when it does not tell this. */
const struct kwh_row *kwhi_mbus_header_row(uint32_t quantity);

#endif
