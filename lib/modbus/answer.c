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
    size_t answer = exchange->answer_length;
    *length = 0;
    if (available == 0)
        return KWHI_FIT_MORE;
    if (pdu[0] == (function | 0x80u)) {
        *length = 2;
        return KWHI_FIT_YES;
    }
    if (pdu[0] != function || !repeats(exchange, pdu, available))
        return KWHI_FIT_NO;
    if (exchange->counted && available >= 2 && pdu[1] + 2u != answer)
        return KWHI_FIT_NO;
    if (answer == 0)
        answer = exchange->length(pdu, available);
    *length = answer;
    if (answer == 0)
        return KWHI_FIT_MORE;
    return answer <= KWH_MODBUS_PDU_MAX ? KWHI_FIT_YES : KWHI_FIT_NO;
}
