/* SPDX-License-Identifier: MIT */
#include "words.h"

const char *kwhi_word(const char *words, uint32_t index)
{
    while (index > 0 && *words != '\0') {
        if (*++words == '\0') {
            words++;
            index--;
        }
    }
    return words;
}

const char *kwhi_numbered_word(const struct kwhi_words *lists, uint32_t number)
{
    while (number < lists->first)
        lists++;
    return kwhi_word(lists->words, number - lists->first);
}
