/* SPDX-License-Identifier: MIT */
/* Where the measurements of a presented meter come from: another meter, which is read again and
 * again, or a report. */
#ifndef SOURCE_H
#define SOURCE_H

#include "command.h"

struct source;

/* Opens a TARGET or a report, and finds out which meter it is. To be closed, also on failure. */
enum exit_code source_open(struct source **source, const struct options *options, const char *text);

/* What a slave of @p map takes from it; before the first reading. */
void source_want(struct source *source, const struct kwh_map *map, uint16_t profiles);

/* Reads it once, waiting. */
enum exit_code source_read(struct source *source);

/* Goes on reading, without waiting; returns after how many milliseconds at most to do so again. */
uint32_t source_poll(struct source *source);

/* Whether it is a report of a meter of @p map; then also of these profiles, and all of the meter
 * comes from it. */
bool source_is(const struct source *source, const struct kwh_map *map, uint16_t *profiles);

/* The value of a row of @p map. KWH_ERROR_ILLEGAL_DATA_ADDRESS: the source has no such value;
 * KWH_ERROR_NO_VALUE: none just now, or only one that is too old. */
enum kwh_error source_value(const struct source *source, const struct kwh_map *map,
                            const struct kwh_row *row, struct kwh_reading *reading);

void source_close(struct source *source);

#endif
