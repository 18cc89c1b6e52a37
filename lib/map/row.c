/* SPDX-License-Identifier: MIT */
#include "row.h"

struct type {
    uint8_t words, nature;
};

/* TEXT has its words in the row. */
static const struct type types[] = {
    [KWH_TYPE_UINT16] = {1, KWHI_UNSIGNED},    [KWH_TYPE_INT16] = {1, KWHI_SIGNED},
    [KWH_TYPE_UINT32] = {2, KWHI_UNSIGNED},    [KWH_TYPE_INT32] = {2, KWHI_SIGNED},
    [KWH_TYPE_UINT48] = {3, KWHI_UNSIGNED},    [KWH_TYPE_INT48] = {3, KWHI_SIGNED},
    [KWH_TYPE_UINT64] = {4, KWHI_UNSIGNED},    [KWH_TYPE_INT64] = {4, KWHI_SIGNED},
    [KWH_TYPE_FLOAT32] = {2, KWHI_BINARY32},   [KWH_TYPE_BCD16] = {1, KWHI_BCD},
    [KWH_TYPE_BCD32] = {2, KWHI_BCD},          [KWH_TYPE_BCD64] = {4, KWHI_BCD},
    [KWH_TYPE_HEX16] = {1, KWHI_HEX},          [KWH_TYPE_HEX32] = {2, KWHI_HEX},
    [KWH_TYPE_HEX48] = {3, KWHI_HEX},          [KWH_TYPE_HEX64] = {4, KWHI_HEX},
    [KWH_TYPE_ASCII16] = {1, KWHI_CHARACTERS}, [KWH_TYPE_TEXT] = {0, KWHI_CHARACTERS},
};

struct scale {
    uint8_t factor;
    int8_t power;
};

static const struct scale scales[] = {
    [KWH_SCALE_1] = {1, 0},     [KWH_SCALE_MILLI] = {1, -3}, [KWH_SCALE_CENTI] = {1, -2},
    [KWH_SCALE_DECI] = {1, -1}, [KWH_SCALE_10] = {1, 1},     [KWH_SCALE_100] = {1, 2},
    [KWH_SCALE_KILO] = {1, 3},  [KWH_SCALE_10K] = {1, 4},    [KWH_SCALE_100K] = {1, 5},
    [KWH_SCALE_MEGA] = {1, 6},  [KWH_SCALE_36] = {36, 0},    [KWH_SCALE_60] = {6, 1},
};

size_t kwh_row_words(const struct kwh_row *row)
{
    unsigned type = row->format & 31u;
    if (type == KWH_TYPE_TEXT)
        return ((row->format >> 5) & 15u) + 1u;
    return type < KWH_COUNT(types) ? types[type].words : 0;
}

enum kwhi_nature kwhi_row_nature(const struct kwh_row *row)
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
