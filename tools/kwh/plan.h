/* SPDX-License-Identifier: MIT */
#ifndef PLAN_H
#define PLAN_H

#include "output.h"

/* A plan for the names, or for a readout without names; its entries are to be freed, also on
 * failure. kwh_plan_make() remains to be done. */
enum exit_code make_entries(const struct kwh_map *map, uint16_t profiles, char **names,
                            size_t name_count, struct kwh_plan *plan);

/* The plan as constants of C. */
void plan_c(const struct kwh_plan *plan);

void plan_table(const struct kwh_plan *plan, const struct style *style);

#endif
