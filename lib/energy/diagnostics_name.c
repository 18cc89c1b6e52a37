/* SPDX-License-Identifier: MIT */
#include <kwh/diagnostics.h>

#include "../base/words.h"

/* In the order of the flags. */
static KWH_CONST char names[] = "program\0"
                                "eeprom\0"
                                "l1_absent\0"
                                "l2_absent\0"
                                "l3_absent\0"
                                "energy_lost\0"
                                "mantissa_failed\0"
                                "backup_failed\0"
                                "main_failed\0"
                                "mantissa_data\0"
                                "backup_data\0"
                                "main_data\0"
                                "eeprom_not_ready\0";

KWH_CONST char *kwh_diagnostic_name(uint32_t flags)
{
    uint32_t index = 0;

    for (; (flags & 1u) == 0 && index < 32; flags >>= 1)
        index++;
    return kwhi_word(names, index);
}
