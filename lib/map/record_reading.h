/* SPDX-License-Identifier: MIT */
/* What readings from records share, by a map or without one. */
#ifndef KWHI_MAP_RECORD_READING_H
#define KWHI_MAP_RECORD_READING_H

#include <kwh/map_record.h>

/* The text of a record, which must be one of printable ASCII. */
enum kwh_status kwhi_record_text(const uint8_t *data, size_t size,
                                 const struct kwh_mbus_record *record, struct kwh_reading *reading);

/* What a record that is sent to a meter, the first at `data`, tells it by its row. */
void kwhi_record_told(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_record *row,
                      const uint8_t *data, size_t size, struct kwh_reading *reading);

/* True for the types of a DIF that store decimal digits. */
static inline bool kwhi_is_bcd_type(unsigned type)
{
    return type >= 9 && type <= 14 && type != 13;
}

/* True for the types of a DIF that store binary integers. */
static inline bool kwhi_is_integer_type(unsigned type)
{
    return type >= 1 && type <= 7 && type != 5;
}

#endif
