/* SPDX-License-Identifier: MIT */
/* The selectors of a map, asked of one meter: what to ask next, and what the answer decides. */
#ifndef KWHI_METER_SELECT_H
#define KWHI_METER_SELECT_H

#include <kwh/meter.h>

/* The selector to be asked next; NULL when all are settled. */
KWH_CONST struct kwh_selector *kwhi_select_next(KWH_CONST struct kwh_map *map, uint16_t *profiles,
                                                struct kwh_selection *selection);

/*
 * Settles the selector that was asked, and those behind it that ask the same: registers at `bytes`,
 * NULL when the meter at `address` has none. An error says why the meter must not be read; it is
 * asked again then.
 */
enum kwh_error kwhi_select_take(KWH_CONST struct kwh_map *map, uint8_t address, uint16_t *profiles,
                                struct kwh_selection *selection, const uint8_t *bytes);

/* Multiplies a value that lacks the CT ratio. */
void kwhi_select_correct(const struct kwh_selection *selection, struct kwh_reading *reading);

/* True for what a meter without the registers asked for answers. */
static inline bool kwhi_has_no_registers(enum kwh_error error)
{
    return error == KWH_ERROR_ILLEGAL_FUNCTION || error == KWH_ERROR_ILLEGAL_DATA_ADDRESS ||
           error == KWH_ERROR_ILLEGAL_DATA_VALUE;
}

#endif
