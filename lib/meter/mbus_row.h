/* SPDX-License-Identifier: MIT */
/* Which row of a map a record of a telegram is. */
#ifndef KWHI_MBUS_ROW_H
#define KWHI_MBUS_ROW_H

#include <kwh/map_record.h>

/*
 * The row of a record of the telegram at `data`, which CI field `asked` asked for (0: the usual
 * one); NULL when the map has none. Records with the same header are counted only where the map
 * tells them apart.
 */
KWH_CONST struct kwh_record *kwhi_mbus_row(KWH_CONST struct kwh_map *map, uint16_t profiles,
                                           uint8_t asked, const struct kwh_mbus_telegram *telegram,
                                           const uint8_t *data, size_t size,
                                           const struct kwh_mbus_record *record);

#endif
