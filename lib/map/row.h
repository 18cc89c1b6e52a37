/* SPDX-License-Identifier: MIT */
/* What decoding, encoding and parsing of rows share. */
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

static inline bool kwhi_is_printable(uint8_t character)
{
    return character >= 0x20 && character <= 0x7E;
}

#endif
