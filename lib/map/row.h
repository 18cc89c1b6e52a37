/* SPDX-License-Identifier: MIT */
/* What lookup, decoding, encoding and parsing of rows share, of registers and of records. */
#ifndef KWHI_MAP_ROW_H
#define KWHI_MAP_ROW_H

#include <kwh/map.h>

/* Most registers of a row. */
#define KWHI_ROW_WORDS_MAX 16

/* The part of a number that a rest counts: ten-thousandths. */
#define KWHI_REST_PARTS 10000

/* What the bits of a type are: first those that may have a largest number, the signed ones last. */
enum kwhi_nature {
    KWHI_UNSIGNED,
    KWHI_HEX,
    KWHI_REST,    /* UNSIGNED, and a register of its ten-thousandths */
    KWHI_SECONDS, /* since 2000 */
    KWHI_SIGNED,
    KWHI_SIGNED_REST, /* SIGNED, and a register of its ten-thousandths */
    KWHI_BINARY32,
    KWHI_BCD,
    KWHI_CHARACTERS
};

static inline bool kwhi_is_signed(enum kwhi_nature nature)
{
    return nature == KWHI_SIGNED || nature == KWHI_SIGNED_REST;
}

static inline bool kwhi_has_rest(enum kwhi_nature nature)
{
    return nature == KWHI_REST || nature == KWHI_SIGNED_REST;
}

/* The nature of a row's type; KWHI_HEX, the mere bits, for an unknown one. */
enum kwhi_nature kwhi_row_nature(KWH_CONST struct kwh_row *row);

/* The word order of a map, whatever its number. */
static inline enum kwh_word_order kwhi_map_order(KWH_CONST struct kwh_map *map)
{
    return (enum kwh_word_order)(map->order & 3u);
}

/* In a text only the order of the bytes in a word counts: its words stand as they are read. */
static inline bool kwhi_low_byte_first(KWH_CONST struct kwh_map *map)
{
    return kwhi_map_order(map) == KWH_ORDER_BADC || kwhi_map_order(map) == KWH_ORDER_DCBA;
}

/* True for a text, whose words are in the row. */
static inline bool kwhi_row_is_text(KWH_CONST struct kwh_row *row)
{
    return kwh_row_type(row) == KWH_TYPE_TEXT || kwh_row_type(row) == KWH_TYPE_TEXT16;
}

/* How many characters a row of text has. */
static inline size_t kwhi_row_characters(KWH_CONST struct kwh_row *row)
{
    return kwh_row_type(row) == KWH_TYPE_TEXT16 ? kwh_row_words(row) : 2 * kwh_row_words(row);
}

/* The byte of its registers that a character of a text is in. */
static inline size_t kwhi_row_character(KWH_CONST struct kwh_map *map,
                                        KWH_CONST struct kwh_row *row, size_t index)
{
    size_t swap = kwhi_low_byte_first(map) ? 1 : 0;
    return (kwh_row_type(row) == KWH_TYPE_TEXT16 ? 2 * index + 1 : index) ^ swap;
}

/* The registers of a row that is no text, as one number, the first of them highest. */
uint64_t kwhi_row_load(KWH_CONST struct kwh_map *map, enum kwhi_nature nature, size_t words,
                       const uint8_t *bytes);
void kwhi_row_store(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row, uint64_t raw,
                    uint8_t *bytes);

/* What registers hold when the meters of a map have no value for them; false: no such. */
bool kwhi_row_absent(KWH_CONST struct kwh_map *map, enum kwhi_nature nature, size_t words,
                     uint64_t *raw);

/* What a count is worth: factor * 10^power. */
struct kwhi_scale {
    uint8_t factor;
    int8_t power;
};

/* The scale of a row; NULL for one that this library does not know. */
KWH_CONST struct kwhi_scale *kwhi_row_scale(KWH_CONST struct kwh_row *row);

void kwhi_time_from_seconds(uint32_t seconds, struct kwh_time *time);

/* KWH_ERROR_ARGUMENT when there is no such time, KWH_ERROR_OVERFLOW before 2000 and from 2136 on.
 */
enum kwh_error kwhi_seconds_from_time(const struct kwh_time *time, uint32_t *seconds);

/* What a text may become, by where it is stored. */
struct kwhi_place {
    uint8_t base;   /* of digits: 10 or 16 */
    uint8_t digits; /* how many; 0: as many as are written */
    uint8_t bits;   /* how many flags */
};

/* A value from text into a reading that is OK but for the value. */
enum kwh_error kwhi_reading_parse(KWH_CONST struct kwh_map *map, const struct kwhi_place *place,
                                  const char *text, struct kwh_reading *reading);

/* The code of a choice: by its word, because another meter's code for it may be another one. */
enum kwh_error kwhi_choice_code(KWH_CONST struct kwh_map *map, const struct kwh_reading *reading,
                                struct kwh_decimal *code);

/* The word of a choice that has its code, if the map has one. */
void kwhi_choice_set(KWH_CONST struct kwh_map *map, struct kwh_reading *reading);

/* The record that a setting is written to; NULL when it cannot be written. */
KWH_CONST struct kwh_record *kwhi_written_record(KWH_CONST struct kwh_map *map, uint16_t profiles,
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
KWH_CONST struct kwh_row *kwhi_mbus_header_row(uint32_t quantity);

#endif
