/* SPDX-License-Identifier: MIT */
/* The patterns that a search tries, one after another: disjoint, so that none is found twice. */
#ifndef KWHI_SEARCH_PATTERN_H
#define KWHI_SEARCH_PATTERN_H

#include <kwh/mbus_search.h>

/* Begins with the first pattern inside `start`. */
void kwhi_pattern_begin(struct kwh_mbus_search *search, const struct kwh_mbus_secondary *start);

/* The part that a collision is split by: 1 to 8 are digits, the rest bytes; 0 = none is left. */
unsigned kwhi_pattern_below(const struct kwh_mbus_search *search);
bool kwhi_pattern_is_digit(unsigned level);

/* Somebody is there, but no single meter. False: too often for any real line. */
bool kwhi_pattern_collides(struct kwh_mbus_search *search);

/* Splits the pattern by the part kwhi_pattern_below(). */
void kwhi_pattern_split(struct kwh_mbus_search *search);

/* The pattern beside this one, or the one above it again when nothing was told inside. False: all
 * were tried. */
bool kwhi_pattern_next(struct kwh_mbus_search *search);

#endif
