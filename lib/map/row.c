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

struct scale {
    uint8_t factor;
    int8_t power;
};

static KWH_CONST struct scale scales[] = {
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

struct kwh_decimal kwh_scale_value(enum kwh_scale scale)
{
    unsigned index = (unsigned)scale;
    struct kwh_decimal worth = {0, 0};
    if (index < KWH_COUNT(scales)) {
        worth.mantissa = scales[index].factor;
        worth.exponent = scales[index].power;
    }
    return worth;
}

static bool has_rest(KWH_CONST struct kwh_row *row)
{
    return kwhi_row_nature(row) == KWHI_REST || kwhi_row_nature(row) == KWHI_SIGNED_REST;
}

/* The order of words is that within a number: a rest stands behind it in any order. */
uint64_t kwhi_row_load(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                       const uint8_t *bytes)
{
    enum kwh_word_order order = kwhi_map_order(map);
    if (!has_rest(row))
        return kwh_registers_load(bytes, kwh_row_words(row), order);
    return kwh_registers_load(bytes, 2, order) << 16 | kwh_registers_load(bytes + 4, 1, order);
}

void kwhi_row_store(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row, uint64_t raw,
                    uint8_t *bytes)
{
    enum kwh_word_order order = kwhi_map_order(map);
    if (!has_rest(row)) {
        kwh_registers_store(bytes, kwh_row_words(row), order, raw);
        return;
    }
    kwh_registers_store(bytes, 2, order, raw >> 16);
    kwh_registers_store(bytes + 4, 1, order, raw & 0xFFFFu);
}

bool kwhi_row_absent(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row, uint64_t *raw)
{
    size_t words = kwh_row_words(row);
    *raw = 0;
    if (map->top_is_absent == 0 || words < 1 || words > 4)
        return false;
    switch (kwhi_row_nature(row)) {
    case KWHI_UNSIGNED:
    case KWHI_HEX:
    case KWHI_REST:
    case KWHI_SECONDS:
        *raw = UINT64_MAX >> (64 - 16 * words);
        return true;
    case KWHI_SIGNED:
    case KWHI_SIGNED_REST:
        *raw = UINT64_MAX >> (65 - 16 * words);
        return true;
    case KWHI_BINARY32:
    case KWHI_BCD:
    case KWHI_CHARACTERS:
        break;
    }
    return false;
}
