/* SPDX-License-Identifier: MIT */
#include <kwh/map_record.h>

#include "../mbus/record_bytes.h"
#include "record_reading.h"
#include "row.h"

/* Where a record has its digits and flags; the speed, which is in none, has neither. */
static struct kwhi_place place_of(KWH_CONST struct kwh_record *row)
{
    size_t length = kwhi_type_length(row->header[0]);
    struct kwhi_place place = {10, 0, (uint8_t)(8 * length)};
    if (kwhi_is_bcd_type(row->header[0] & 15u))
        place.digits = (uint8_t)(2 * length);
    return place;
}

/* What the record cannot hold is no value of it; a choice learns its bits. */
static enum kwh_error store(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_record *row,
                            struct kwh_reading *reading)
{
    uint8_t data[KWH_RECORD_HEADER + 1 + KWH_READING_TEXT_MAX];
    struct kwh_reading told;
    size_t size = 0;
    enum kwh_error error = kwh_record_encode(map, row, reading, data, sizeof data, &size);
    if (error != KWH_OK || reading->form != KWH_FORM_CHOICE)
        return error;
    kwhi_record_told(map, row, data, size, &told);
    reading->digits = told.digits;
    return KWH_OK;
}

enum kwh_error kwh_record_parse(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_record *row,
                                const char *text, struct kwh_reading *reading)
{
    struct kwhi_place place = place_of(row);
    kwh_reading_init(reading, row->row.quantity, KWH_STATUS_OK);
    reading->certainty = (uint8_t)kwh_row_certainty(&row->row);
    enum kwh_error error = kwhi_reading_parse(map, &place, text, reading);
    if (error == KWH_OK && row->length > 0)
        error = store(map, row, reading);
    if (error != KWH_OK)
        kwh_reading_init(reading, row->row.quantity, KWH_STATUS_NOT_AVAILABLE);
    return error;
}
