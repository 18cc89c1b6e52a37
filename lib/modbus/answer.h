/* SPDX-License-Identifier: MIT */
/* Whether a PDU is the answer to an exchange. */
#ifndef KWHI_ANSWER_H
#define KWHI_ANSWER_H

#include <kwh/modbus.h>

enum kwhi_fit {
    KWHI_FIT_MORE, /* may be the answer: more bytes are needed */
    KWHI_FIT_YES,  /* is the answer if it is *length bytes long */
    KWHI_FIT_NO
};

/*
 * Judges the PDU that begins at `pdu`, of which `available` bytes are there. *length is the length
 * that the answer must have; with KWHI_FIT_YES there may still be fewer bytes than that.
 */
enum kwhi_fit kwhi_answer_fits(const struct kwh_exchange *exchange, const uint8_t *pdu,
                               size_t available, size_t *length);

/* Whether an answer of this function, or a refusal, can be one to the exchange. */
static inline bool kwhi_answers_function(const struct kwh_exchange *exchange, uint8_t function)
{
    return (function & 0x7Fu) == exchange->head[0];
}

/* The answer: a frame of `count` bytes, whose PDU, an exception or not, begins at `body_at`. */
struct kwh_match kwhi_answer_match(struct kwh_exchange *exchange, const uint8_t *frame,
                                   size_t count, size_t body_at, size_t body_length);

#endif
