/* SPDX-License-Identifier: MIT */
/* kwh set: what it is about to do, in words. */
#ifndef SET_H
#define SET_H

#include "command.h"

#define SET_TEXT 200

/* What a value would do that is not to be done by accident, and the option that allows it; "" for
 * one of the map without such a risk. `risk` is one bit of enum kwh_risk. */
void describe_risk(uint32_t quantity, unsigned risk, char text[SET_TEXT]);

/* "1 to 247", or "forward, reverse": what may be written; cut with "..." when it is long. */
void describe_values(const struct kwh_map *map, uint32_t quantity, char text[SET_TEXT]);

/* The option without which none, or not each, of its values is written; "" for one without risk. */
const char *describe_need(const struct kwh_item *item);

#endif
