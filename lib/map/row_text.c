/* SPDX-License-Identifier: MIT */
#include <kwh/map.h>

#include "../base/words.h"

static KWH_CONST char names[][12] = {
    [KWH_TYPE_UINT16] = "uint16",
    [KWH_TYPE_INT16] = "int16",
    [KWH_TYPE_UINT32] = "uint32",
    [KWH_TYPE_INT32] = "int32",
    [KWH_TYPE_UINT48] = "uint48",
    [KWH_TYPE_INT48] = "int48",
    [KWH_TYPE_UINT64] = "uint64",
    [KWH_TYPE_INT64] = "int64",
    [KWH_TYPE_FLOAT32] = "float32",
    [KWH_TYPE_BCD16] = "bcd16",
    [KWH_TYPE_BCD32] = "bcd32",
    [KWH_TYPE_BCD64] = "bcd64",
    [KWH_TYPE_HEX16] = "hex16",
    [KWH_TYPE_HEX32] = "hex32",
    [KWH_TYPE_HEX48] = "hex48",
    [KWH_TYPE_HEX64] = "hex64",
    [KWH_TYPE_ASCII16] = "ascii16",
    [KWH_TYPE_TEXT] = "text",
    [KWH_TYPE_RECORD] = "",
    [KWH_TYPE_TEXT16] = "text16",
    [KWH_TYPE_TIME32] = "time32",
    [KWH_TYPE_UINT32_REST] = "uint32_rest",
    [KWH_TYPE_INT32_REST] = "int32_rest",
};

KWH_CONST char *kwh_type_name(enum kwh_type type)
{
    unsigned index = (unsigned)type;
    return index < KWH_COUNT(names) ? names[index] : kwhi_no_word;
}
