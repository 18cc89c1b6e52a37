/* SPDX-License-Identifier: MIT */
/* Where a frame begins and ends. */
#ifndef KWHI_MBUS_FRAME_H
#define KWHI_MBUS_FRAME_H

#include <kwh/mbus.h>

enum {
    KWHI_MBUS_E5 = 0xE5,
    KWHI_MBUS_A2 = 0xA2,
    KWHI_MBUS_START_SHORT = 0x10,
    KWHI_MBUS_START_LONG = 0x68,
    KWHI_MBUS_STOP = 0x16,
    KWHI_MBUS_SHORT_SIZE = 5,
    KWHI_MBUS_LONG_OVERHEAD = 6,  /* 68 L L 68 ... checksum 16 */
    KWHI_MBUS_FROM_MASTER = 0x40, /* bit of C: a request */
    KWHI_MBUS_CI_SELECT_2 = 0x56  /* CI 52 of old masters, most significant byte first */
};

/*
 * Judges the frame that begins at bytes[0], size >= 1: KWH_OK, it is whole, *length bytes;
 * KWH_ERROR_CUT_FRAME, more bytes may make it one; else what is wrong with it. Bytes that follow
 * are not looked at.
 */
enum kwh_error kwhi_mbus_frame_find(const uint8_t *bytes, size_t size, size_t *length);

#endif
