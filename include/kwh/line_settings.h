/* SPDX-License-Identifier: MIT */
/**
 * @file line_settings.h
 * What both ends of a serial line have to agree on.
 */
#ifndef KWH_LINE_SETTINGS_H
#define KWH_LINE_SETTINGS_H

#include <kwh/config.h>

#ifdef __cplusplus
extern "C" {
#endif

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

/** What is 0 in @p settings becomes as in @p others. */
KWH_API void kwh_line_settings_complete(struct kwh_line_settings *settings,
                                        const struct kwh_line_settings *others);

/** Duration of one character on the wire, start, parity and stop bits included; 0 at no speed. */
KWH_API uint32_t kwh_character_ns(const struct kwh_line_settings *settings);

/**
 * Silence that separates frames on a serial line: 3.5 characters, 1.75 ms above 19200 Bd (MODBUS
 * over Serial Line V1.02, 2.5.1.1); none where characters take no time.
 */
KWH_API uint32_t kwh_silence_us(uint32_t character_ns);

#ifdef __cplusplus
}
#endif

#endif
