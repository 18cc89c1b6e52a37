/* SPDX-License-Identifier: MIT */
/**
 * @file diagnostics.h
 * What meters say of their own health, as flags with names: the same flag for the same trouble,
 * wherever it is said. 0 is a healthy meter. Pure; any thread, any interrupt.
 */
#ifndef KWH_DIAGNOSTICS_H
#define KWH_DIAGNOSTICS_H

#include <kwh/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @name Flags
 * Frozen.
 * @{
 */
#define KWH_DIAGNOSTIC_PROGRAM          UINT32_C(0x0001) /**< program code check failed */
#define KWH_DIAGNOSTIC_EEPROM           UINT32_C(0x0002) /**< EEPROM check failed */
#define KWH_DIAGNOSTIC_L1_ABSENT        UINT32_C(0x0004) /**< phase A not available: wiring */
#define KWH_DIAGNOSTIC_L2_ABSENT        UINT32_C(0x0008) /**< phase B not available */
#define KWH_DIAGNOSTIC_L3_ABSENT        UINT32_C(0x0010) /**< phase C not available */
#define KWH_DIAGNOSTIC_ENERGY_LOST      UINT32_C(0x0020) /**< main and backup energy bad */
#define KWH_DIAGNOSTIC_MANTISSA_FAILED  UINT32_C(0x0040) /**< energy mantissa area not usable */
#define KWH_DIAGNOSTIC_BACKUP_FAILED    UINT32_C(0x0080) /**< energy backup area not usable */
#define KWH_DIAGNOSTIC_MAIN_FAILED      UINT32_C(0x0100) /**< main energy area not usable */
#define KWH_DIAGNOSTIC_MANTISSA_DATA    UINT32_C(0x0200) /**< data error in the mantissa area */
#define KWH_DIAGNOSTIC_BACKUP_DATA      UINT32_C(0x0400) /**< data error in the backup area */
#define KWH_DIAGNOSTIC_MAIN_DATA        UINT32_C(0x0800) /**< data error in the main area */
#define KWH_DIAGNOSTIC_EEPROM_NOT_READY UINT32_C(0x1000) /**< EEPROM not fully initialized */
/** Flags at which the manuals have the meter exchanged, or it has stopped by itself. */
#define KWH_DIAGNOSTIC_DEFECT                                                                      \
    (KWH_DIAGNOSTIC_PROGRAM | KWH_DIAGNOSTIC_EEPROM | KWH_DIAGNOSTIC_ENERGY_LOST)
/** @} */

/**
 * Flags from the status word of a PRO380 (KWH_STATUS_WORD, register 0x401D): digits 0011 0111 are a
 * healthy meter. That they are those of the display is inferred from one real meter.
 * @retval KWH_ERROR_BAD_ANSWER digits that are none of these; no flags
 */
KWH_API KWH_CHECKED enum kwh_error kwh_diagnostics_pro380(uint32_t status_word, uint32_t *flags);

/**
 * Flags from the display of a PRO380: "S11111", blanks between the digits allowed. Program, EEPROM,
 * phases A, B, C; 1 is good (manual 7.1).
 * @retval KWH_ERROR_SYNTAX; no flags
 */
KWH_API KWH_CHECKED enum kwh_error kwh_diagnostics_pro380_display(const char *text,
                                                                  uint32_t *flags);

/**
 * Flag from the display of a PRO1, "Err 01" or "Err 02" (manual 8.1). What register 0x4015 holds is
 * described nowhere.
 * @retval KWH_ERROR_BAD_ANSWER another number; no flags
 */
KWH_API KWH_CHECKED enum kwh_error kwh_diagnostics_pro1(uint32_t number, uint32_t *flags);

/** Flags from the two hexadecimal digits on the display of a 2PU, 4PU or 4PS (manual 8.1). */
KWH_API uint32_t kwh_diagnostics_2pu(uint8_t number);

/** The name of the lowest of the flags, `eeprom`; "" for none. Never NULL. */
KWH_API KWH_CONST char *kwh_diagnostic_name(uint32_t flags);

#ifdef __cplusplus
}
#endif

#endif
