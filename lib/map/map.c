/* SPDX-License-Identifier: MIT */
#include "../base/decimal_magnitude.h"
#include "row.h"

static bool is_present(KWH_CONST struct kwh_block *block, uint16_t profiles)
{
    return block->profiles == 0 || (block->profiles & profiles) != 0;
}

static KWH_CONST struct kwh_row *row_of(KWH_CONST struct kwh_block *block, uint16_t at)
{
    return block->records != NULL ? &block->records[at].row : &block->rows[at];
}

KWH_CONST struct kwh_row *kwh_map_next(struct kwh_map_iterator *iterator)
{
    KWH_CONST struct kwh_map *map = iterator->map;
    while (iterator->block < map->block_count) {
        KWH_CONST struct kwh_block *block = &map->blocks[iterator->block];
        if (iterator->row < block->count && is_present(block, iterator->profiles))
            return row_of(block, iterator->row++);
        iterator->block++;
        iterator->row = 0;
    }
    return NULL;
}

KWH_CONST struct kwh_row *kwh_map_find(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                       uint32_t quantity)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    KWH_CONST struct kwh_row *row;
    while ((row = kwh_map_next(&iterator)) != NULL)
        if (row->quantity == quantity && kwh_row_rank(row) == 0 && !kwh_row_hidden(row) &&
            !kwh_row_write_only(row))
            return row;
    return map->protocol == KWH_PROTOCOL_MBUS ? kwhi_mbus_header_row(quantity) : NULL;
}

KWH_CONST struct kwh_row *kwh_map_at(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                     enum kwh_space space, uint16_t address)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    KWH_CONST struct kwh_row *row;
    while ((row = kwh_map_next(&iterator)) != NULL)
        if (kwh_row_space(row) == space && address >= row->address &&
            (size_t)(address - row->address) < kwh_row_words(row))
            return row;
    return NULL;
}

/* An edge with values on its far side makes them values of another group. */
static bool is_cut(KWH_CONST struct kwh_map *map, uint16_t first, uint16_t last)
{
    for (uint16_t i = 0; i < map->edge_count; i++)
        if (map->edges[i] > first && map->edges[i] <= last)
            return true;
    return false;
}

bool kwh_map_is_hole(KWH_CONST struct kwh_map *map, uint16_t profiles, enum kwh_space space,
                     uint16_t address)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    KWH_CONST struct kwh_row *row;
    bool before = false, behind = false;
    if (map->holes_read_zero == 0 || kwh_map_at(map, profiles, space, address) != NULL)
        return false;
    while ((row = kwh_map_next(&iterator)) != NULL) {
        if (kwh_row_space(row) != space)
            continue;
        if (row->address < address)
            before = before || !is_cut(map, row->address, address);
        else
            behind = behind || !is_cut(map, address, row->address);
    }
    return before && behind;
}

KWH_CONST struct kwh_item *kwh_map_item(KWH_CONST struct kwh_map *map, uint32_t quantity)
{
    for (uint16_t i = 0; i < map->item_count; i++)
        if (map->items[i].quantity == quantity)
            return &map->items[i];
    return NULL;
}

KWH_CONST struct kwh_choice *kwh_item_choice(KWH_CONST struct kwh_item *item,
                                             struct kwh_decimal code)
{
    for (uint8_t i = 0; item->choices != NULL && i < item->choice_count; i++) {
        KWH_CONST struct kwh_choice *choice = &item->choices[i];
        struct kwh_decimal own = kwh_decimal(choice->code, choice->exponent), other = code;
        if (kwhi_lower(&own, code.exponent) && kwhi_lower(&other, choice->exponent) &&
            own.mantissa == other.mantissa)
            return choice;
    }
    return NULL;
}

/* The number that a value is judged as; false for texts and times, which are not judged. */
static bool number_of(const struct kwh_reading *reading, struct kwh_decimal *number)
{
    uint64_t digits = reading->digits;
    if (reading->form == KWH_FORM_DIGITS && kwh_registers_bcd_load(digits, 4, &digits) != KWH_OK)
        return false;
    if (reading->form == KWH_FORM_DIGITS || reading->form == KWH_FORM_BITS) {
        *number = kwh_decimal((int64_t)(digits & INT64_MAX), 0);
        return digits <= INT64_MAX;
    }
    *number = reading->decimal;
    return reading->form == KWH_FORM_DECIMAL || reading->form == KWH_FORM_CHOICE;
}

bool kwh_item_allows(KWH_CONST struct kwh_item *item, const struct kwh_reading *reading)
{
    struct kwh_decimal number;
    if (!kwh_reading_has_value(reading) || !number_of(reading, &number))
        return false;
    if (item->choices != NULL)
        return kwh_item_choice(item, number) != NULL;
    return kwh_decimal_compare(number, kwh_decimal(item->minimum, item->exponent)) >= 0 &&
           kwh_decimal_compare(number, kwh_decimal(item->maximum, item->exponent)) <= 0;
}

bool kwh_row_is_readout(KWH_CONST struct kwh_row *row)
{
    bool wanted = KWH_QUANTITY_CLASS(row->quantity) == KWH_CLASS_MEASUREMENT
                      ? KWH_QUANTITY_HISTORY(row->quantity) == 0
                      : row->quantity == KWH_TARIFF;
    return wanted && kwh_row_rank(row) == 0 && !kwh_row_hidden(row) && !kwh_row_write_only(row);
}
