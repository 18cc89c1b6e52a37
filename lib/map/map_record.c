/* SPDX-License-Identifier: MIT */
#include <kwh/map_record.h>

#include "row.h"

/* The block that a row stands in, and its record there; NULL for a row of another map. */
static KWH_CONST struct kwh_block *block_of(KWH_CONST struct kwh_map *map,
                                            KWH_CONST struct kwh_row *row,
                                            KWH_CONST struct kwh_record **record)
{
    *record = NULL;
    for (uint16_t b = 0; b < map->block_count; b++) {
        KWH_CONST struct kwh_block *block = &map->blocks[b];
        for (uint16_t r = 0; block->records != NULL && r < block->count; r++) {
            if (&block->records[r].row == row) {
                *record = &block->records[r];
                return block;
            }
        }
    }
    return NULL;
}

KWH_CONST struct kwh_record *kwh_record_of(KWH_CONST struct kwh_map *map,
                                           KWH_CONST struct kwh_row *row)
{
    KWH_CONST struct kwh_record *record;
    (void)block_of(map, row, &record);
    return record;
}

uint8_t kwh_record_telegram(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_record *record)
{
    KWH_CONST struct kwh_block *block = block_of(map, &record->row, &record);
    return block != NULL ? block->telegram : 0;
}

/* The next record that a meter with these profiles has, or NULL at the end. */
static KWH_CONST struct kwh_record *next_record(struct kwh_map_iterator *iterator)
{
    while (kwh_map_next(iterator) != NULL) {
        KWH_CONST struct kwh_block *block = &iterator->map->blocks[iterator->block];
        if (block->records != NULL)
            return &block->records[iterator->row - 1];
    }
    return NULL;
}

static bool has_header(KWH_CONST struct kwh_record *record, const uint8_t *header, size_t length)
{
    size_t same = 0;
    if (length > KWH_RECORD_HEADER || record->length != length)
        return false;
    while (same < length && record->header[same] == header[same])
        same++;
    return length > 0 && same == length;
}

KWH_CONST struct kwh_record *kwh_map_record(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                            uint8_t telegram, const uint8_t *header, size_t length,
                                            unsigned occurrence)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    KWH_CONST struct kwh_record *record;
    while ((record = next_record(&iterator)) != NULL)
        if (map->blocks[iterator.block].telegram == telegram && record->occurrence == occurrence &&
            !kwh_row_write_only(&record->row) && has_header(record, header, length))
            return record;
    return NULL;
}

bool kwh_map_record_repeats(KWH_CONST struct kwh_map *map, uint16_t profiles, uint8_t telegram,
                            const uint8_t *header, size_t length)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    KWH_CONST struct kwh_record *record;
    while ((record = next_record(&iterator)) != NULL)
        if (map->blocks[iterator.block].telegram == telegram && record->occurrence > 1 &&
            !kwh_row_write_only(&record->row) && has_header(record, header, length))
            return true;
    return false;
}

/* One that is only written counts before one that is read, too. */
KWH_CONST struct kwh_record *kwhi_written_record(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                                 uint32_t quantity)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    KWH_CONST struct kwh_item *item = kwh_map_item(map, quantity);
    KWH_CONST struct kwh_record *record, *found = NULL;
    if (item == NULL || item->write_function == 0)
        return NULL;
    while ((record = next_record(&iterator)) != NULL) {
        if (record->row.quantity != quantity || kwh_row_rank(&record->row) != 0)
            continue;
        if (kwh_row_write_only(&record->row))
            return record;
        if (found == NULL)
            found = record;
    }
    return found;
}

KWH_CONST struct kwh_record *kwh_map_written_record(KWH_CONST struct kwh_map *map,
                                                    uint16_t profiles, const uint8_t *header,
                                                    size_t length)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    KWH_CONST struct kwh_record *record;
    while ((record = next_record(&iterator)) != NULL)
        if (has_header(record, header, length) &&
            kwhi_written_record(map, profiles, record->row.quantity) == record)
            return record;
    return NULL;
}
