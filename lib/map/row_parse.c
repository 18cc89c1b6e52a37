/* SPDX-License-Identifier: MIT */
#include "row.h"

enum kwh_error kwh_row_parse(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                             const char *text, struct kwh_reading *reading)
{
    uint8_t bytes[2 * KWHI_ROW_WORDS_MAX];
    size_t words = kwh_row_words(row);
    enum kwhi_nature nature = kwhi_row_nature(row);
    struct kwhi_place place = {10, (uint8_t)(4 * words), (uint8_t)(16 * words)};
    if (nature == KWHI_HEX)
        place.base = 16;
    else if (nature == KWHI_UNSIGNED || nature == KWHI_BINARY32)
        place.digits = 0;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->certainty = (uint8_t)kwh_row_certainty(row);
    enum kwh_error error = kwhi_reading_parse(map, &place, text, reading);
    if (error == KWH_OK) {
        /* What the registers cannot hold is no value of this row; a choice learns its bits. */
        error = kwh_row_encode(map, row, reading, bytes, sizeof bytes);
    }
    if (error != KWH_OK)
        kwh_reading_init(reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
    else if (reading->form == KWH_FORM_CHOICE)
        reading->digits = kwh_registers_load(bytes, kwh_row_words(row), kwhi_map_order(map));
    return error;
}
