/* SPDX-License-Identifier: MIT */
/* The facts of a map besides its rows. */
#ifndef MAPS_FACTS_H
#define MAPS_FACTS_H

#include "output.h"

/* The profiles of which a meter must have one for it to be in its rows; 0: each has it. */
unsigned profiles_with(const struct kwh_map_entry *entry, uint32_t quantity);

/* Adds the facts to the object of a map, as JSON. */
void json_map_facts(cJSON *object, const struct kwh_map_entry *entry);

#endif
