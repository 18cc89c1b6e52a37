/* SPDX-License-Identifier: MIT */
/*
 * Lists of words: one string that holds them all, each ended by a NUL, "one\0two\0three\0". The
 * literal's own NUL is the empty word that ends the list. Costs its letters and nothing else: no
 * pointers, nothing to relocate.
 */
#ifndef KWHI_BASE_WORDS_H
#define KWHI_BASE_WORDS_H

#include <kwh/config.h>

/* A list whose first word has the number `first`. */
struct kwhi_words {
    uint32_t first;
    KWH_CONST char *words;
};

/* The word that is none, "". */
extern KWH_CONST char kwhi_no_word[1];

/* Word `index` of a list, from 0; "" behind its end. */
KWH_CONST char *kwhi_word(KWH_CONST char *words, uint32_t index);

/* The word with a number, out of lists with falling `first`, the last of them 0; "" in a gap. */
KWH_CONST char *kwhi_numbered_word(KWH_CONST struct kwhi_words *lists, uint32_t number);

#endif
