/* SPDX-License-Identifier: MIT */
/* One exchange with a meter, asked again as often as it changes nothing. */
#ifndef ASK_H
#define ASK_H

#include "link.h"

struct question {
    struct kwh_dialogue dialogue; /* its exchange is to be filled behind ask_init() */
    bool asked;
    uint8_t answer[KWH_MBUS_FRAME_MAX]; /* Modbus: the PDU; M-Bus: the frame */
    size_t size;
};

/* Prepares a question; what it asks is then filled into question->dialogue.exchange. */
void ask_init(struct question *question);

/* Asks, and keeps the answer; of an exception, too. */
enum kwh_error ask(struct link *link, struct question *question);

/* The frame that would be sent on a link of this scheme; returns its length. */
#define ASK_FRAME 264
size_t ask_frame(enum kwh_scheme scheme, const struct question *question, uint8_t frame[ASK_FRAME]);

/* Selects the meter of a secondary address, if the target has one. */
enum kwh_error ask_select(struct link *link);

#endif
