/* SPDX-License-Identifier: MIT */
#include <kwh/map_record.h>

#include "../base/words.h"
#include "../mbus/record_parse.h"

static KWH_CONST char types[16][9] = {
    "", "int8", "int16", "int24", "int32", "float32",  "int48", "int64",
    "", "bcd2", "bcd4",  "bcd6",  "bcd8",  "variable", "bcd12", "",
};

KWH_CONST char *kwh_record_type_name(KWH_CONST struct kwh_record *row)
{
    return row->length > 0 ? types[row->header[0] & 15] : kwhi_no_word;
}

struct kwh_decimal kwh_record_scale(KWH_CONST struct kwh_record *row)
{
    uint8_t data[KWH_RECORD_HEADER + 8] = {0};
    size_t length = row->length <= KWH_RECORD_HEADER ? row->length : 0;
    size_t size = length > 0 ? length + kwhi_type_length(row->header[0]) : 0;
    struct kwh_decimal worth = kwh_scale_value(kwh_row_scale(&row->row));
    struct kwhi_mbus_scale scale;
    struct kwh_mbus_record record;
    for (size_t i = 0; i < length; i++)
        data[i] = row->header[i];
    kwhi_record_clear(&record, false);
    if (size == length || worth.mantissa != 1 ||
        kwhi_record_parse(data, size, 0, false, &record, &scale) != KWH_OK ||
        record.header_length != length ||
        kwh_decimal_shift(kwh_decimal(scale.factor, 0), scale.exponent + worth.exponent, &worth) !=
            KWH_OK)
        return kwh_decimal(0, 0);
    return worth;
}
