/* SPDX-License-Identifier: MIT */
/* A meter that is a report: it answers what it answered then. */
#ifndef RECORDED_H
#define RECORDED_H

#include "dump.h"

struct recorded {
    struct dump dump;
    const struct kwh_map *map; /* NULL: the report names none */
    enum kwh_protocol protocol;
    uint8_t address; /* Modbus */
    struct kwh_backend backend;
    uint8_t answer[KWH_MBUS_FRAME_MAX];
    size_t size;
    uint8_t asked; /* M-Bus: which telegram comes next */
    size_t part;
    bool fcb;
};

/* Loads a report; else a usage error. To be freed, also on failure. */
enum exit_code recorded_load(struct recorded *recorded, const char *path);
void recorded_free(struct recorded *recorded);

/* A link to it, as if opened by link_open(). */
enum exit_code recorded_open(struct link *link, const struct options *options, const char *path,
                             struct recorded *recorded);

#endif
