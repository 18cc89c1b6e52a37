/* SPDX-License-Identifier: MIT */
#include "answer.h"

static bool repeats(const struct kwh_exchange *exchange, const uint8_t *pdu, size_t available)
{
    for (size_t i = 0; i < exchange->same && i < sizeof exchange->head && i < available; i++)
        if (pdu[i] != exchange->head[i])
            return false;
    return true;
}

size_t kwhi_answer_length(const struct kwh_exchange *exchange, const uint8_t *pdu, size_t available)
{
    uint8_t function = exchange->head[0];
    size_t length = exchange->answer_length;
    if (available == 0)
        return 0;
    if (pdu[0] == (function | 0x80u))
        return 2;
    if (pdu[0] != function || !repeats(exchange, pdu, available))
        return KWHI_NO_ANSWER;
    if (exchange->counted && available >= 2 && pdu[1] + 2u != length)
        return KWHI_NO_ANSWER;
    if (length == 0)
        length = exchange->length(pdu, available);
    return length <= KWH_MODBUS_PDU_MAX ? length : KWHI_NO_ANSWER;
}
