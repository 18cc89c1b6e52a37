/* SPDX-License-Identifier: MIT */
#include "row.h"

static bool is_present(const struct kwh_block *block, uint16_t profiles)
{
    return block->profiles == 0 || (block->profiles & profiles) != 0;
}

static const struct kwh_row *row_of(const struct kwh_block *block, uint16_t at)
{
    return block->records != NULL ? &block->records[at].row : &block->rows[at];
}

const struct kwh_row *kwh_map_next(struct kwh_map_iterator *iterator)
{
    const struct kwh_map *map = iterator->map;
    while (iterator->block < map->block_count) {
        const struct kwh_block *block = &map->blocks[iterator->block];
        if (iterator->row < block->count && is_present(block, iterator->profiles))
            return row_of(block, iterator->row++);
        iterator->block++;
        iterator->row = 0;
    }
    return NULL;
}

const struct kwh_row *kwh_map_find(const struct kwh_map *map, uint16_t profiles, uint32_t quantity)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    const struct kwh_row *row;
    while ((row = kwh_map_next(&iterator)) != NULL)
        if (row->quantity == quantity && kwh_row_rank(row) == 0 && !kwh_row_hidden(row) &&
            !kwh_row_write_only(row))
            return row;
    return map->protocol == KWH_PROTOCOL_MBUS ? kwhi_mbus_header_row(quantity) : NULL;
}

const struct kwh_row *kwh_map_at(const struct kwh_map *map, uint16_t profiles, enum kwh_space space,
                                 uint16_t address)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    const struct kwh_row *row;
    while ((row = kwh_map_next(&iterator)) != NULL)
        if (kwh_row_space(row) == space && address >= row->address &&
            (size_t)(address - row->address) < kwh_row_words(row))
            return row;
    return NULL;
}

const struct kwh_item *kwh_map_item(const struct kwh_map *map, uint32_t quantity)
{
    for (uint16_t i = 0; i < map->item_count; i++)
        if (map->items[i].quantity == quantity)
            return &map->items[i];
    return NULL;
}

const struct kwh_choice *kwh_item_choice(const struct kwh_item *item, struct kwh_decimal code)
{
    for (uint8_t i = 0; item->choices != NULL && i < item->choice_count; i++) {
        const struct kwh_choice *choice = &item->choices[i];
        if (kwh_decimal_compare(kwh_decimal(choice->code, choice->exponent), code) == 0)
            return choice;
    }
    return NULL;
}

bool kwh_row_is_readout(const struct kwh_row *row)
{
    bool wanted = KWH_QUANTITY_CLASS(row->quantity) == KWH_CLASS_MEASUREMENT
                      ? KWH_QUANTITY_HISTORY(row->quantity) == 0
                      : row->quantity == KWH_TARIFF;
    return wanted && kwh_row_rank(row) == 0 && !kwh_row_hidden(row) && !kwh_row_write_only(row);
}
