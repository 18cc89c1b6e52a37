/* SPDX-License-Identifier: MIT */
#include "mbus_row.h"

#include <string.h>

/* How many records up to this one have its header. */
static unsigned occurrence(const struct kwh_mbus_telegram *telegram, const uint8_t *data,
                           size_t size, const struct kwh_mbus_record *record)
{
    struct kwh_mbus_records records;
    struct kwh_mbus_record other;
    unsigned count = 0;

    kwh_mbus_records_init(&records, telegram);
    while (kwh_mbus_next(&records, data, size, &other) && other.header_at <= record->header_at)
        if (other.header_length == record->header_length &&
            memcmp(data + other.header_at, data + record->header_at, record->header_length) == 0)
            count++;
    return count;
}

KWH_CONST struct kwh_record *kwhi_mbus_row(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                           uint8_t asked, const struct kwh_mbus_telegram *telegram,
                                           const uint8_t *data, size_t size,
                                           const struct kwh_mbus_record *record)
{
    const uint8_t *header = data + record->header_at;
    size_t length = record->header_length;
    unsigned nth = 1;

    if (kwh_map_record_repeats(map, profiles, asked, header, length))
        nth = occurrence(telegram, data, size, record);
    return kwh_map_record(map, profiles, asked, header, length, nth);
}
