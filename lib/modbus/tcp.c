/* SPDX-License-Identifier: MIT */
/* Modbus TCP as the asking side sees it: MBAP header (transaction, protocol 0, length, unit), PDU.
 */
#include "answer.h"
#include "mbap.h"

#include <string.h>

static size_t wrap(const struct kwh_exchange *exchange, uint8_t *frame, size_t capacity)
{
    size_t head = exchange->head_length;
    size_t body = exchange->body_length;
    size_t length = KWHI_MBAP_SIZE + head + body;
    if (head < 1 || head > sizeof exchange->head || length > KWHI_MBAP_FRAME_MAX ||
        length > capacity)
        return 0;
    kwhi_mbap_store(frame, exchange->id, exchange->address, head + body);
    memcpy(frame + KWHI_MBAP_SIZE, exchange->head, head);
    if (body != 0)
        memcpy(frame + KWHI_MBAP_SIZE + head, exchange->body, body);
    return length;
}

static struct kwh_exchange *find(struct kwh_exchange *exchanges, uint16_t id)
{
    while (exchanges != NULL && (exchanges->state != KWH_EXCHANGE_WAITING || exchanges->id != id))
        exchanges = exchanges->next;
    return exchanges;
}

/* A search takes late answers, too: the unit tells whose they are. */
static struct kwh_exchange *find_anyone(struct kwh_exchange *exchanges)
{
    while (exchanges != NULL && (exchanges->state != KWH_EXCHANGE_WAITING || !exchanges->anyone))
        exchanges = exchanges->next;
    return exchanges;
}

/* A whole frame for an exchange. */
static struct kwh_match judge_answer(const uint8_t *bytes, size_t pdu_length,
                                     struct kwh_exchange *exchange)
{
    size_t count = KWHI_MBAP_SIZE + pdu_length;
    if (!kwhi_answers_from(exchange, bytes[6]))
        return kwh_match_slide(count, KWH_REASON_OTHER_ADDRESS, bytes[6]);
    struct kwh_match match = kwh_match_slide(count, KWH_REASON_NOISE, bytes[6]);
    if (kwhi_answer_length(exchange, bytes + KWHI_MBAP_SIZE, pdu_length) == pdu_length)
        kwhi_answer_take(&match, exchange, bytes, KWHI_MBAP_SIZE, pdu_length);
    else
        match.reason = KWH_REASON_OTHER_ANSWER;
    return match;
}

/* Judges the frame that begins at the first byte. */
static struct kwh_match match(const uint8_t *bytes, size_t length, struct kwh_exchange *exchanges)
{
    struct kwh_exchange *exchange;
    size_t pdu_length;
    if (!kwhi_mbap_plausible(bytes, length))
        return kwh_match_slide(1, KWH_REASON_NOISE, 0);
    if (length < KWHI_MBAP_SIZE)
        return kwh_match_more(KWH_REASON_NOISE);
    exchange = find(exchanges, kwhi_mbap_id(bytes));
    pdu_length = kwhi_mbap_pdu_length(bytes);
    if (length < KWHI_MBAP_SIZE + pdu_length)
        return kwh_match_more(exchange != NULL ? KWH_REASON_NOISE : KWH_REASON_OTHER_ANSWER);
    if (exchange == NULL)
        exchange = find_anyone(exchanges);
    if (exchange == NULL)
        return kwh_match_slide(KWHI_MBAP_SIZE + pdu_length, KWH_REASON_OTHER_ANSWER, 0);
    return judge_answer(bytes, pdu_length, exchange);
}

KWH_CONST struct kwh_framing kwh_modbus_tcp = {
    .wrap = wrap,
    .match = match,
    .frame_max = KWHI_MBAP_FRAME_MAX,
    .overhead = KWHI_MBAP_SIZE,
    .properties = KWH_FRAMING_HAS_ID | KWH_FRAMING_STREAM,
    .address_max = 255,
};
