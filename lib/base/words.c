/* SPDX-License-Identifier: MIT */
#include "words.h"

KWH_CONST char kwhi_no_word[1] = "";

KWH_CONST char *kwhi_word(KWH_CONST char *words, uint32_t index)
{
    while (index > 0 && *words != '\0') {
        if (*++words == '\0') {
            words++;
            index--;
        }
    }
    return words;
}

KWH_CONST char *kwhi_numbered_word(KWH_CONST struct kwhi_words *lists, uint32_t number)
{
    while (number < lists->first)
        lists++;
    return kwhi_word(lists->words, number - lists->first);
}
