/* SPDX-License-Identifier: MIT */
#include <kwh/counter.h>

#include "../base/words.h"

/* In the order of enum kwh_counter_verdict. */
static KWH_CONST char names[] = "ok\0"
                                "stalled\0"
                                "rolled_over\0"
                                "reset\0"
                                "replaced\0"
                                "implausible\0"
                                "ambiguous\0"
                                "first\0";

KWH_CONST char *kwh_counter_verdict_name(enum kwh_counter_verdict verdict)
{
    return kwhi_word(names, (uint32_t)verdict);
}
