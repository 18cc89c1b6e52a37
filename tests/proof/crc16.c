/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,1,7,8,9,16,255,256 SOURCES=lib/base/crc16.c
// proof: DEFINES=KWH_CRC16_SLICE8=0,KWH_CRC16_SLICE8=1
#include <kwh/crc16.h>

#include "proof.h"

static uint8_t bytes[PROOF_BYTES(LEN)];

int main(void)
{
    MAKE_ANY(bytes);
    return kwh_crc16(ANY_WORD(), PROOF_START(bytes), LEN) <= 0xFFFF ? 0 : 1;
}
