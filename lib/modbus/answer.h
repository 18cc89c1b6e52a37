/* SPDX-License-Identifier: MIT */
/* Whether a PDU is the answer to an exchange. */
#ifndef KWHI_ANSWER_H
#define KWHI_ANSWER_H

#include <kwh/modbus.h>

/* What kwhi_answer_length() says of a PDU that is no answer to the exchange. */
#define KWHI_NO_ANSWER SIZE_MAX

/*
 * How long the PDU that begins at `pdu`, of which `available` bytes are there, must be to be the
 * answer to an exchange; there may still be fewer bytes than that. 0: more are needed to tell.
 */
size_t kwhi_answer_length(const struct kwh_exchange *exchange, const uint8_t *pdu,
                          size_t available);

/* Whether this unit may have answered. 0 is nobody's: of whom a search finds, it would be said that
 * it is the one that was asked. */
static inline bool kwhi_answers_from(const struct kwh_exchange *exchange, uint8_t unit)
{
    return unit == exchange->address || (exchange->anyone && unit != 0);
}

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
