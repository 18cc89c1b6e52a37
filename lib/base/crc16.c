/* SPDX-License-Identifier: MIT */
#include <kwh/crc16.h>

#if KWH_CRC16_SLICE8

#include "crc16_slice8.h"

uint16_t kwh_crc16(uint16_t crc, const uint8_t *bytes, size_t length)
{
    unsigned state = crc;
    size_t i = 0;

    for (; length - i >= 8; i += 8) {
        const uint8_t *step = bytes + i;
        state = (unsigned)slices[7][(state ^ step[0]) & 0xFF] ^
                slices[6][(state >> 8 ^ step[1]) & 0xFF] ^ slices[5][step[2]] ^ slices[4][step[3]] ^
                slices[3][step[4]] ^ slices[2][step[5]] ^ slices[1][step[6]] ^ slices[0][step[7]];
    }
    for (; i < length; i++)
        state = state >> 8 ^ slices[0][(state ^ bytes[i]) & 0xFF];
    return (uint16_t)state;
}

#else

/* Remainders of the four low bits. */
static KWH_CONST uint16_t nibbles[16] = {
    0x0000, 0xCC01, 0xD801, 0x1400, 0xF001, 0x3C00, 0x2800, 0xE401,
    0xA001, 0x6C00, 0x7800, 0xB401, 0x5000, 0x9C01, 0x8801, 0x4400,
};

uint16_t kwh_crc16(uint16_t crc, const uint8_t *bytes, size_t length)
{
    unsigned state = crc;

    for (size_t i = 0; i < length; i++) {
        state ^= bytes[i];
        state = state >> 4 ^ nibbles[state & 0xF];
        state = state >> 4 ^ nibbles[state & 0xF];
    }
    return (uint16_t)state;
}

#endif
