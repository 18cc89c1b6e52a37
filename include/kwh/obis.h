/* SPDX-License-Identifier: MIT */
/**
 * @file obis.h
 * OBIS codes (IEC 62056-6-1) of quantities, both ways. Pure functions; any thread.
 */
#ifndef KWH_OBIS_H
#define KWH_OBIS_H

#include <kwh/quantity.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A-B:C.D.E*F; F 255 = none. */
struct kwh_obis {
    uint8_t a, b, c, d, e, f;
};

/** Bytes that hold any printed code with its final NUL. */
#define KWH_OBIS_TEXT 24

/** The code of a quantity. KWH_ERROR_NO_CODE when the standard has none; @p code is then all 0. */
KWH_API KWH_CHECKED enum kwh_error kwh_quantity_obis(uint32_t quantity, struct kwh_obis *code);

/**
 * The quantity of a code. A code of the power factor says nothing of its sign convention: it gives
 * the unmarked `power_factor`; a map may have another (kwh_map_find_obis()).
 * @retval KWH_ERROR_NO_CODE; @p quantity is then 0
 */
KWH_API KWH_CHECKED enum kwh_error kwh_obis_quantity(struct kwh_obis code, uint32_t *quantity);

/** Prints "1-0:1.8.0", with "*F" unless F is 255. KWH_ERROR_CAPACITY leaves the text empty. */
KWH_API KWH_CHECKED enum kwh_error kwh_obis_print(struct kwh_obis code, char *text,
                                                  size_t capacity);

/**
 * Parses [A-B:]C.D[.E][*F] or [A-B:]C.D[.E][&F]; A-B defaults to 1-0, E to 0, F to 255.
 * KWH_ERROR_SYNTAX.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_obis_parse(const char *text, struct kwh_obis *code);

#ifdef __cplusplus
}
#endif

#endif
