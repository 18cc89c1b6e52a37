/* SPDX-License-Identifier: MIT */
/* The facts of a map besides its rows, as JSON. */
#ifndef MAPS_FACTS_H
#define MAPS_FACTS_H

#include "output.h"

/* Adds them to the object of a map. */
void json_map_facts(cJSON *object, const struct kwh_map_entry *entry);

#endif
