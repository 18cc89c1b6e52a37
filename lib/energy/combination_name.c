/* SPDX-License-Identifier: MIT */
#include <kwh/combination.h>

#include "../base/words.h"

/* In the order of enum kwh_combination, from 1. */
static KWH_CONST char names[] = "forward\0"
                                "reverse\0"
                                "forward_plus_reverse\0"
                                "reverse_minus_forward\0"
                                "forward_minus_reverse\0"
                                "forward_minus_reverse_vector\0"
                                "forward_minus_reverse_vector_pulse\0"
                                "reverse_minus_forward_label\0";

KWH_CONST char *kwh_combination_name(enum kwh_combination combination)
{
    return kwhi_word(names, (uint32_t)combination - 1u);
}

static bool is_same(KWH_CONST char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

enum kwh_error kwh_combination_parse(const char *name, enum kwh_combination *combination)
{
    KWH_CONST char *word;

    *combination = KWH_COMBINATION_NONE;
    for (uint32_t i = 0; *(word = kwhi_word(names, i)) != '\0'; i++) {
        if (is_same(word, name)) {
            *combination = (enum kwh_combination)(i + 1);
            return KWH_OK;
        }
    }
    return KWH_ERROR_UNKNOWN_NAME;
}
