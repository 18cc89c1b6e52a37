/* SPDX-License-Identifier: MIT */
/* The CRC of an RTU frame. */
#ifndef KWHI_RTU_CRC_H
#define KWHI_RTU_CRC_H

#include <kwh/crc16.h>

/* True when a frame of `length` bytes ends in its CRC. */
static inline bool kwhi_rtu_holds(const uint8_t *frame, size_t length)
{
    return kwh_crc16(KWH_CRC16_START, frame, length) == 0;
}

/* Appends the CRC to `length` bytes; there must be room for two more. */
static inline size_t kwhi_rtu_seal(uint8_t *frame, size_t length)
{
    uint16_t crc = kwh_crc16(KWH_CRC16_START, frame, length);
    frame[length] = (uint8_t)(crc & 0xFFu);
    frame[length + 1] = (uint8_t)(crc >> 8);
    return length + 2;
}

#endif
