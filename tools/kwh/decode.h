/* SPDX-License-Identifier: MIT */
/* kwh decode: what is kept from one captured frame to the next, and a file for each protocol. */
#ifndef DECODE_H
#define DECODE_H

#include "capture.h"
#include "output.h"

struct decoder {
    const struct options *options;
    const struct kwh_map *modbus, *mbus; /* the sides of the map; NULL: no names */
    struct style style;
    struct frame request; /* the last one of Modbus */
    uint8_t telegram;     /* the CI field by which the last M-Bus request for one asked; 0: none */
    bool has_request, refused, found; /* any frame */
};

/* Prints a frame; a request is remembered for the answer that follows it. */
enum exit_code decode_modbus(struct decoder *decoder, struct frame *frame);
void decode_mbus(struct decoder *decoder, const struct mbus_frame *frame);

/* Remembers a request without printing it. */
void decode_modbus_request(struct decoder *decoder, const struct frame *frame);
void decode_mbus_request(struct decoder *decoder, const struct mbus_frame *frame);

#endif
