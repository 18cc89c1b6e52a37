/* SPDX-License-Identifier: MIT */
/* Names that people type: targets, maps, quantities, OBIS codes. */
#ifndef NAMES_H
#define NAMES_H

#include "command.h"

/* A TARGET or LINK, @p what it is called; else a usage error with a hint. */
enum exit_code parse_target(const char *what, const char *text, struct kwh_target *target);

/* The map of a name or alias; else a usage error that suggests near ones. */
enum exit_code find_map(const char *name, const struct kwh_map **map);

/* The same, of a map with this protocol: a family's two sides have one name. */
enum exit_code find_protocol_map(const char *name, enum kwh_protocol protocol,
                                 const struct kwh_map **map);

/* The entry of a map in the list of all. */
const struct kwh_map_entry *map_entry(const struct kwh_map *map);

/* Checks that a NAME can be one, before anything is opened; suggests those of @p map (NULL: all).
 */
enum exit_code check_name(const char *name, const struct kwh_map *map);

/* The quantity that NAME means in a map; a usage error when the model has none. */
enum exit_code find_quantity(const char *name, const struct kwh_map *map, uint16_t profiles,
                             uint32_t *quantity);

/* The name of a quantity; in hexadecimal when it has none. */
#define NAME_TEXT (KWH_QUANTITY_TEXT + 8)
void name_of(uint32_t quantity, char text[NAME_TEXT]);
/* The same with its unit, as in JSON. */
void key_of(uint32_t quantity, char text[NAME_TEXT]);

#endif
