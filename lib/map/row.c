/* SPDX-License-Identifier: MIT */
#include "row.h"

struct type {
    uint8_t words, nature;
};

/* Texts have their words in the row. */
static KWH_CONST struct type types[] = {
    [KWH_TYPE_UINT16] = {1, KWHI_UNSIGNED},    [KWH_TYPE_INT16] = {1, KWHI_SIGNED},
    [KWH_TYPE_UINT32] = {2, KWHI_UNSIGNED},    [KWH_TYPE_INT32] = {2, KWHI_SIGNED},
    [KWH_TYPE_UINT48] = {3, KWHI_UNSIGNED},    [KWH_TYPE_INT48] = {3, KWHI_SIGNED},
    [KWH_TYPE_UINT64] = {4, KWHI_UNSIGNED},    [KWH_TYPE_INT64] = {4, KWHI_SIGNED},
    [KWH_TYPE_FLOAT32] = {2, KWHI_BINARY32},   [KWH_TYPE_BCD16] = {1, KWHI_BCD},
    [KWH_TYPE_BCD32] = {2, KWHI_BCD},          [KWH_TYPE_BCD64] = {4, KWHI_BCD},
    [KWH_TYPE_HEX16] = {1, KWHI_HEX},          [KWH_TYPE_HEX32] = {2, KWHI_HEX},
    [KWH_TYPE_HEX48] = {3, KWHI_HEX},          [KWH_TYPE_HEX64] = {4, KWHI_HEX},
    [KWH_TYPE_ASCII16] = {1, KWHI_CHARACTERS}, [KWH_TYPE_TEXT] = {0, KWHI_CHARACTERS},
    [KWH_TYPE_TEXT16] = {0, KWHI_CHARACTERS},  [KWH_TYPE_TIME32] = {2, KWHI_SECONDS},
    [KWH_TYPE_UINT32_REST] = {3, KWHI_REST},   [KWH_TYPE_INT32_REST] = {3, KWHI_SIGNED_REST},
};

static KWH_CONST struct kwhi_scale scales[] = {
    [KWH_SCALE_1] = {1, 0},     [KWH_SCALE_MILLI] = {1, -3}, [KWH_SCALE_CENTI] = {1, -2},
    [KWH_SCALE_DECI] = {1, -1}, [KWH_SCALE_10] = {1, 1},     [KWH_SCALE_100] = {1, 2},
    [KWH_SCALE_KILO] = {1, 3},  [KWH_SCALE_10K] = {1, 4},    [KWH_SCALE_100K] = {1, 5},
    [KWH_SCALE_MEGA] = {1, 6},  [KWH_SCALE_36] = {36, 0},    [KWH_SCALE_60] = {6, 1},
};

size_t kwh_row_words(KWH_CONST struct kwh_row *row)
{
    unsigned type = row->format & 31u;
    if (kwhi_row_is_text(row))
        return ((row->format >> 5) & 15u) + 1u;
    return type < KWH_COUNT(types) ? types[type].words : 0;
}

enum kwhi_nature kwhi_row_nature(KWH_CONST struct kwh_row *row)
{
    unsigned type = row->format & 31u;
    return type < KWH_COUNT(types) ? (enum kwhi_nature)types[type].nature : KWHI_HEX;
}

static KWH_CONST struct kwhi_scale *scale_of(unsigned index)
{
    return index < KWH_COUNT(scales) ? &scales[index] : NULL;
}

KWH_CONST struct kwhi_scale *kwhi_row_scale(KWH_CONST struct kwh_row *row)
{
    return scale_of((unsigned)kwh_row_scale(row));
}

struct kwh_decimal kwh_scale_value(enum kwh_scale scale)
{
    KWH_CONST struct kwhi_scale *found = scale_of((unsigned)scale);
    return found != NULL ? kwh_decimal(found->factor, found->power) : kwh_decimal(0, 0);
}

/* The order of words is that within a number: a rest stands behind it in any order. */
uint64_t kwhi_row_load(KWH_CONST struct kwh_map *map, enum kwhi_nature nature, size_t words,
                       const uint8_t *bytes)
{
    enum kwh_word_order order = kwhi_map_order(map);
    if (!kwhi_has_rest(nature))
        return kwh_registers_load(bytes, words, order);
    return kwh_registers_load(bytes, 2, order) << 16 | kwh_registers_load(bytes + 4, 1, order);
}

void kwhi_row_store(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row, uint64_t raw,
                    uint8_t *bytes)
{
    enum kwh_word_order order = kwhi_map_order(map);
    size_t words = kwh_row_words(row);
    if (kwhi_has_rest(kwhi_row_nature(row))) {
        kwh_registers_store(bytes + 4, 1, order, raw & 0xFFFFu);
        raw >>= 16;
        words = 2;
    }
    kwh_registers_store(bytes, words, order, raw);
}

bool kwhi_row_absent(KWH_CONST struct kwh_map *map, enum kwhi_nature nature, size_t words,
                     uint64_t *raw)
{
    *raw = 0;
    if (map->top_is_absent == 0 || nature > KWHI_SIGNED_REST || words < 1 || words > 4)
        return false;
    *raw = UINT64_MAX >> ((kwhi_is_signed(nature) ? 65u : 64u) - 16 * words);
    return true;
}
