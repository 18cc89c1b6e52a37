/* SPDX-License-Identifier: MIT */
#include <kwh/line_settings.h>

uint32_t kwh_character_ns(const struct kwh_line_settings *settings)
{
    uint32_t bits = 1u + settings->data_bits + (settings->parity != 'N' ? 1u : 0u) +
                    settings->stop_bits;
    uint64_t character_ns;
    if (settings->baud == 0)
        return 0;
    character_ns = (UINT64_C(1000000000) * bits + settings->baud / 2u) / settings->baud;
    return character_ns < UINT32_MAX ? (uint32_t)character_ns : UINT32_MAX;
}

/* Ten bits at 19200 Bd; what is faster has a fixed silence. */
#define CHARACTER_19200_NS UINT32_C(520833)

uint32_t kwh_silence_us(uint32_t character_ns)
{
    if (character_ns == 0)
        return 0;
    if (character_ns < CHARACTER_19200_NS)
        return 1750;
    return (uint32_t)((UINT64_C(7) * character_ns + 1999u) / 2000u);
}
