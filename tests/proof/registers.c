/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,2,4,6,8 SOURCES=lib/base/registers.c
#include <kwh/registers.h>

#include "proof.h"

static uint8_t bytes[PROOF_BYTES(LEN)];

int main(void)
{
    enum kwh_word_order order = (enum kwh_word_order)ANY_OF(0, 3);
    uint64_t raw, number;
    enum kwh_error error;

    MAKE_ANY(bytes);
    raw = kwh_registers_load(PROOF_START(bytes), LEN / 2, order);
    kwh_registers_store(PROOF_START(bytes), LEN / 2, order, ANY_UINT64());
    error = kwh_registers_bcd_load(raw, LEN / 2, &number);
    if (error == KWH_OK)
        error = kwh_registers_bcd_store(number, LEN / 2, &raw);
    return kwh_registers_signed(raw, LEN / 2) < 0 ? 1 : (int)error;
}
