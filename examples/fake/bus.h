/* SPDX-License-Identifier: MIT */
/* A stage set: a bus in memory with one meter of any map on it, at address 1. */
#ifndef BUS_H
#define BUS_H

#include <kwh.h>

/** The line that leads to the meter. NULL when the map cannot be served. */
struct kwh_line *bus_with(const struct kwh_map *map);

#endif
