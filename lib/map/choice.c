/* SPDX-License-Identifier: MIT */
#include "row.h"

/* Strings of no known length, compared without strcmp(): the core calls mem* alone. */
static bool same_word(KWH_CONST char *x, KWH_CONST char *y)
{
    while (*x != '\0' && *x == *y) {
        x++;
        y++;
    }
    return *x == *y;
}

enum kwh_error kwhi_choice_code(KWH_CONST struct kwh_map *map, const struct kwh_reading *reading,
                                struct kwh_decimal *code)
{
    *code = reading->decimal;
    if (reading->word == NULL)
        return KWH_OK;
    KWH_CONST struct kwh_item *item = kwh_map_item(map, reading->quantity);
    for (uint8_t i = 0; item != NULL && i < item->choice_count; i++) {
        KWH_CONST struct kwh_choice *choice = &item->choices[i];
        if (choice->word != NULL && same_word(choice->word, reading->word)) {
            *code = kwh_decimal(choice->code, choice->exponent);
            return KWH_OK;
        }
    }
    return KWH_ERROR_UNKNOWN_NAME;
}

void kwhi_choice_set(KWH_CONST struct kwh_map *map, struct kwh_reading *reading)
{
    KWH_CONST struct kwh_item *item = kwh_map_item(map, reading->quantity);
    KWH_CONST struct kwh_choice *choice = item != NULL ? kwh_item_choice(item, reading->decimal)
                                                       : NULL;
    reading->word = choice != NULL ? choice->word : NULL;
}
