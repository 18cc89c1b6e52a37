/* SPDX-License-Identifier: MIT */
/**
 * @file crc16.h
 * CRC-16/MODBUS (MODBUS over Serial Line V1.02, 6.2.2): polynomial 0x8005 reflected, start 0xFFFF.
 */
#ifndef KWH_CRC16_H
#define KWH_CRC16_H

#include <kwh/config.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The value a CRC starts from. */
#define KWH_CRC16_START UINT16_C(0xFFFF)

/**
 * Continues @p crc over @p length bytes; start from KWH_CRC16_START. On the wire the low byte comes
 * first, and the CRC of a frame with its CRC is 0. Any thread, any interrupt.
 */
KWH_API uint16_t kwh_crc16(uint16_t crc, const uint8_t *bytes, size_t length);

#ifdef __cplusplus
}
#endif

#endif
