/* SPDX-License-Identifier: MIT */
/* Whether a map can be that of the meter that sent a telegram. */
#include <kwh/mbus_meter.h>

#include "mbus_row.h"

size_t kwh_mbus_fit(KWH_CONST struct kwh_map *map, const struct kwh_mbus_telegram *telegram,
                    const uint8_t *data, size_t size, size_t *unknown)
{
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    size_t known = 0;

    *unknown = 0;
    if (map->protocol != KWH_PROTOCOL_MBUS || map->mbus == NULL ||
        telegram->manufacturer != map->mbus->manufacturer || telegram->medium != map->mbus->medium)
        return 0;
    kwh_mbus_records_init(&records, telegram);
    while (kwh_mbus_next(&records, data, size, &record))
        if (kwhi_mbus_row(map, KWH_ALL_PROFILES, 0, telegram, data, size, &record) != NULL)
            known++;
        else
            ++*unknown;
    return known;
}
