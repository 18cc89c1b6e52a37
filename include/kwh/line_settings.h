/* SPDX-License-Identifier: MIT */
/**
 * @file line_settings.h
 * What both ends of a serial line have to agree on.
 */
#ifndef KWH_LINE_SETTINGS_H
#define KWH_LINE_SETTINGS_H

#include <kwh/config.h>

/** Settings of a serial line. */
struct kwh_line_settings {
    uint32_t baud;
    uint8_t data_bits; /**< 7 or 8 */
    char parity;       /**< 'N', 'E' or 'O' */
    uint8_t stop_bits; /**< 1 or 2 */
};

/** Initializer: what holds where nobody says anything else, 9600 8E1 (MODBUS over Serial Line). */
#define KWH_LINE_SETTINGS_DEFAULT                                                                  \
    {                                                                                              \
        9600, 8, 'E', 1                                                                            \
    }

#endif
