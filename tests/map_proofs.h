/* SPDX-License-Identifier: MIT */
#ifndef KWH_TESTS_MAP_PROOFS_H
#define KWH_TESTS_MAP_PROOFS_H

#include <kwh/map.h>

/* The proof images of all maps, in the order of kwh_maps[]; NULL where a map has none. Generated.
 */
extern const struct kwh_map_proof *const map_proofs[];

#endif
