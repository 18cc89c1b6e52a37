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
    KWHI_MBUS_DATA_AT = 7,        /* behind CI */
    KWHI_MBUS_DATA_OVERHEAD = 9,  /* 68 L L 68 C A CI ... checksum 16 */
    KWHI_MBUS_FROM_MASTER = 0x40, /* bit of C: a request */
    KWHI_MBUS_CI_SELECT_2 = 0x56  /* CI 52 of old masters, most significant byte first */
};

/*
 * Judges the frame that begins at bytes[0], size >= 1: KWH_OK, it is whole, *length bytes;
 * KWH_ERROR_CUT_FRAME, more bytes may make it one; else what is wrong with it. Bytes that follow
 * are not looked at.
 */
enum kwh_error kwhi_mbus_frame_find(const uint8_t *bytes, size_t size, size_t *length);

/* Writes a short frame; returns its length. */
size_t kwhi_mbus_frame_short(uint8_t c, uint8_t address, uint8_t *frame);

/* Writes a control or long frame around the `size` bytes of data, at most KWH_MBUS_DATA_MAX, that
 * lie in it already; returns its length. */
size_t kwhi_mbus_frame_long(uint8_t c, uint8_t address, uint8_t ci, size_t size, uint8_t *frame);

#endif
