/* SPDX-License-Identifier: MIT */
/* The guard in front of everything that is written to a meter, of registers and of records. */
#ifndef KWHI_WRITE_GUARD_H
#define KWHI_WRITE_GUARD_H

#include <kwh/map.h>

/* The number that a value is judged and compared by; false when its form has none. */
bool kwhi_number_of(KWH_CONST struct kwh_map *map, const struct kwh_reading *value,
                    struct kwh_decimal *number);

/*
 * May this value be written, with these risks allowed? KWH_ERROR_ARGUMENT: it is not one of the
 * item; KWH_ERROR_RISK. The number and the risk are set when it is one.
 */
enum kwh_error kwhi_write_guard(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_item *item,
                                const struct kwh_reading *value, unsigned allowed,
                                struct kwh_decimal *number, unsigned *risk);

#endif
