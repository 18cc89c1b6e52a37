/* SPDX-License-Identifier: MIT */
#include "answer.h"

static bool repeats(const struct kwh_exchange *exchange, const uint8_t *pdu, size_t available)
{
    for (size_t i = 0; i < exchange->same && i < sizeof exchange->head && i < available; i++)
        if (pdu[i] != exchange->head[i])
            return false;
    return true;
}

enum kwhi_fit kwhi_answer_fits(const struct kwh_exchange *exchange, const uint8_t *pdu,
                               size_t available, size_t *length)
{
    uint8_t function = exchange->head[0];
    *length = 0;
    if (available == 0)
        return KWHI_FIT_MORE;
    if (pdu[0] == (function | 0x80u)) {
        *length = 2;
        return KWHI_FIT_YES;
    }
    if (pdu[0] != function || !repeats(exchange, pdu, available))
        return KWHI_FIT_NO;
    if (exchange->counted && available >= 2 && pdu[1] + 2u != exchange->answer_length)
        return KWHI_FIT_NO;
    *length = exchange->answer_length;
    if (*length == 0)
        *length = exchange->length(pdu, available);
    if (*length == 0)
        return KWHI_FIT_MORE;
    return *length <= KWH_MODBUS_PDU_MAX ? KWHI_FIT_YES : KWHI_FIT_NO;
}

struct kwh_match kwhi_answer_match(struct kwh_exchange *exchange, const uint8_t *frame,
                                   size_t count, size_t body_at, size_t body_length)
{
    struct kwh_match match = {KWH_VERDICT_FRAME, KWH_REASON_NOISE, 0, 0, 0, 0, KWH_OK, NULL};
    match.count = (uint16_t)count;
    match.body_at = (uint16_t)body_at;
    match.body_length = (uint16_t)body_length;
    match.exchange = exchange;
    if ((frame[body_at] & 0x80u) != 0)
        match.error = kwh_error_from_exception(frame[body_at + 1]);
    return match;
}
