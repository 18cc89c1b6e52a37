/* SPDX-License-Identifier: MIT */
/* kwh decode: what is kept from one captured frame to the next, and a file for each protocol. */
#ifndef DECODE_H
#define DECODE_H

#include "capture.h"
#include "output.h"

struct decoder {
    const struct options *options;
    const struct kwh_map *map; /* NULL: no names */
    struct style style;
    struct frame request;             /* the last one */
    bool has_request, refused, found; /* any frame */
};

/* Prints a frame; a request is remembered for the answer that follows it. */
enum exit_code decode_modbus(struct decoder *decoder, struct frame *frame);
void decode_mbus(struct decoder *decoder, const struct mbus_frame *frame);

#endif
