/* SPDX-License-Identifier: MIT */
/* In 32 bits: a 64-bit division alone costs a small processor half a kilobyte. */
#include "line_state.h"

#define SECOND_NS UINT32_C(1000000000)
/* Beyond, no line is a line of characters, and the arithmetic below ends. */
#define BAUD_MIN 4u
#define BAUD_MAX UINT32_C(100000000)

uint32_t kwh_character_ns(const struct kwh_line_settings *settings)
{
    uint32_t bits = 1u + settings->data_bits + (settings->parity != 'N' ? 1u : 0u) +
                    settings->stop_bits;
    uint32_t baud = settings->baud < BAUD_MAX ? settings->baud : BAUD_MAX;
    if (baud == 0)
        return 0;
    if (baud < BAUD_MIN)
        return UINT32_MAX;
    return bits * (SECOND_NS / baud) + (bits * (SECOND_NS % baud) + baud / 2u) / baud;
}

/* nanoseconds * factor / divisor, rounded up; factor * divisor must fit 32 bits. */
static uint32_t scaled(uint32_t nanoseconds, uint32_t factor, uint32_t divisor)
{
    return factor * (nanoseconds / divisor) +
           (factor * (nanoseconds % divisor) + divisor - 1u) / divisor;
}

uint32_t kwhi_wire_us(uint32_t character_ns, uint32_t characters)
{
    return scaled(character_ns, characters, 1000);
}

/* Ten bits at 19200 Bd; what is faster has a fixed silence. */
#define CHARACTER_19200_NS UINT32_C(520833)

uint32_t kwh_silence_us(uint32_t character_ns)
{
    if (character_ns == 0)
        return 0;
    if (character_ns < CHARACTER_19200_NS)
        return 1750;
    return scaled(character_ns, 7, 2000);
}
