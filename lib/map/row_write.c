/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "row.h"
#include "write_guard.h"

/* Holding registers, whether they can be read, and are published, or not. */
static KWH_CONST struct kwh_row *written_row(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                             uint32_t quantity)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    KWH_CONST struct kwh_row *row;
    while ((row = kwh_map_next(&iterator)) != NULL)
        if (row->quantity == quantity && kwh_row_rank(row) == 0 &&
            kwh_row_space(row) == KWH_SPACE_HOLDING)
            return row;
    return NULL;
}

/* Registers can be too coarse for a value: what they say must be the value itself. */
static bool tells(KWH_CONST struct kwh_map *map, const struct kwh_row_write *write,
                  struct kwh_decimal number)
{
    struct kwh_reading told;
    struct kwh_decimal again;
    kwh_row_decode(map, write->row, write->bytes, &told);
    return kwh_reading_has_value(&told) && kwhi_number_of(map, &told, &again) &&
           kwh_decimal_compare(again, number) == 0;
}

static enum kwh_error make(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_item *item,
                           const struct kwh_reading *value, unsigned allowed,
                           struct kwh_row_write *write)
{
    struct kwh_decimal number;
    unsigned risk;
    enum kwh_error error = kwhi_write_guard(map, item, value, allowed, &number, &risk);
    bool single = item->write_function == 6;
    if (error != KWH_OK)
        return error;
    if (kwh_row_encode(map, write->row, value, write->bytes, sizeof write->bytes) != KWH_OK ||
        !tells(map, write, number) || (single && kwh_row_words(write->row) != 1))
        return KWH_ERROR_ARGUMENT;
    write->function = single ? 6 : 16;
    write->risk = (uint8_t)risk;
    return KWH_OK;
}

enum kwh_error kwh_row_write(KWH_CONST struct kwh_map *map, uint16_t profiles,
                             const struct kwh_reading *value, unsigned allowed,
                             struct kwh_row_write *write)
{
    KWH_CONST struct kwh_item *item = kwh_map_item(map, value->quantity);
    enum kwh_error error = KWH_ERROR_NOT_IN_MAP;
    memset(write, 0, sizeof *write);
    write->row = written_row(map, profiles, value->quantity);
    if (write->row != NULL && item != NULL && item->write_function != 0 &&
        map->protocol == KWH_PROTOCOL_MODBUS)
        error = make(map, item, value, allowed, write);
    if (error != KWH_OK)
        memset(write, 0, sizeof *write);
    return error;
}
