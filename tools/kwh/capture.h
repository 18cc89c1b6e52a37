/* SPDX-License-Identifier: MIT */
/* Frames of any protocol, told apart by what they are. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "frame.h"
#include "mbus_frame.h"

enum capture_protocol {
    CAPTURE_MODBUS,
    CAPTURE_MBUS,
    CAPTURE_NEITHER
};

struct capture {
    enum capture_protocol protocol;
    size_t length;          /* bytes that belong to the frame */
    struct frame modbus;    /* of CAPTURE_MODBUS */
    struct mbus_frame mbus; /* of CAPTURE_MBUS */
};

/* Takes one frame from the front of @p length bytes, at least one; of a frame that may be of
 * either protocol the one that holds. Of a damaged one no more than what stands before a whole
 * long frame of M-Bus. */
void capture_parse(const uint8_t *bytes, size_t length, struct capture *capture);

/* A trace hook that prints frames with their meaning on standard error; its context is a struct
 * frame, at first all 0, that keeps a Modbus request for the answer. */
kwh_trace_function trace_frames;

#endif
