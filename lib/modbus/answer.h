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
 * that the answer must have; with KWHI_FIT_YES there may still be fewer bytes than that, with
 * KWHI_FIT_MORE it is 0.
 */
enum kwhi_fit kwhi_answer_fits(const struct kwh_exchange *exchange, const uint8_t *pdu,
                               size_t available, size_t *length);

/* Makes the match of a whole frame, its bytes already counted, that of the answer, whose PDU, an
 * exception or not, begins at `body_at`. */
static inline void kwhi_answer_take(struct kwh_match *match, struct kwh_exchange *exchange,
                                    const uint8_t *frame, size_t body_at, size_t body_length)
{
    match->verdict = KWH_VERDICT_FRAME;
    match->exchange = exchange;
    match->body_at = (uint16_t)body_at;
    match->body_length = (uint16_t)body_length;
    if ((frame[body_at] & 0x80u) != 0)
        match->error = kwh_error_from_exception(frame[body_at + 1]);
}

#endif
