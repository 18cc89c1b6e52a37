/* SPDX-License-Identifier: MIT */
/* RTU frames as the asking side sees them: address, PDU, CRC. */
#include "answer.h"
#include "judge.h"
#include "rtu_crc.h"

#include <string.h>

#define RTU_FRAME_MAX   256u
#define RTU_OVERHEAD    3u
#define RTU_ADDRESS_MAX 247u

static size_t wrap(const struct kwh_exchange *exchange, uint8_t *frame, size_t capacity)
{
    size_t head = exchange->head_length <= sizeof exchange->head ? exchange->head_length : 0;
    size_t body = exchange->body_length;
    size_t length = 1 + head + body + 2;
    if (length > RTU_FRAME_MAX || length > capacity)
        return 0;
    frame[0] = exchange->address;
    memcpy(frame + 1, exchange->head, head);
    if (body != 0)
        memcpy(frame + 1 + head, exchange->body, body);
    return kwhi_rtu_seal(frame, 1 + head + body);
}

/* A frame that is not the answer is skipped whole, so that nothing inside it is mistaken for one.
 */
static struct kwh_match judge_other(const uint8_t *bytes, size_t length,
                                    const struct kwh_exchange *exchange)
{
    enum kwh_reason reason = bytes[0] == exchange->address ? KWH_REASON_OTHER_ANSWER
                                                           : KWH_REASON_OTHER_ADDRESS;
    size_t body = kwh_modbus_answer_length(bytes + 1, length - 1);
    if (body == 0)
        return kwh_match_more(reason);
    if (body > KWH_MODBUS_PDU_MAX)
        return kwh_match_slide(1, KWH_REASON_NOISE, 0);
    if (length < body + RTU_OVERHEAD)
        return kwh_match_more(reason);
    if (!kwhi_rtu_holds(bytes, body + RTU_OVERHEAD))
        return kwh_match_slide(1, KWH_REASON_NOISE, 0);
    return kwh_match_slide(body + RTU_OVERHEAD, reason, bytes[0]);
}

/* An answer to this function, refusals among them, of whoever sends it. */
static struct kwh_match judge_anyone(const uint8_t *bytes, size_t length,
                                     struct kwh_exchange *exchange)
{
    size_t body;
    struct kwh_match match;
    if (bytes[0] == 0 || bytes[0] > RTU_ADDRESS_MAX)
        return kwh_match_slide(1, KWH_REASON_NOISE, 0);
    if (length == 1)
        return kwh_match_more(KWH_REASON_NOISE);
    if (!kwhi_answers_function(exchange, bytes[1]))
        return judge_other(bytes, length, exchange);
    body = kwh_modbus_answer_length(bytes + 1, length - 1);
    if (body > KWH_MODBUS_PDU_MAX)
        return kwh_match_slide(1, KWH_REASON_NOISE, 0);
    if (body == 0 || length < body + RTU_OVERHEAD)
        return kwh_match_more(KWH_REASON_NOISE);
    if (!kwhi_rtu_holds(bytes, body + RTU_OVERHEAD))
        return kwh_match_slide(1, KWH_REASON_BAD_CRC, 0);
    match = kwhi_answer_match(exchange, bytes, body + RTU_OVERHEAD, 1, body);
    match.address = bytes[0];
    return match;
}

/* Judges the frame that begins at the first byte. */
static struct kwh_match judge(const uint8_t *bytes, size_t length, struct kwh_exchange *exchange)
{
    size_t body;
    if (exchange->anyone)
        return judge_anyone(bytes, length, exchange);
    if (bytes[0] != exchange->address)
        return judge_other(bytes, length, exchange);
    switch (kwhi_answer_fits(exchange, bytes + 1, length - 1, &body)) {
    case KWHI_FIT_MORE:
        return kwh_match_more(KWH_REASON_NOISE);
    case KWHI_FIT_NO:
        return judge_other(bytes, length, exchange);
    case KWHI_FIT_YES:
        break;
    }
    if (length < body + RTU_OVERHEAD)
        return kwh_match_more(KWH_REASON_NOISE);
    if (!kwhi_rtu_holds(bytes, body + RTU_OVERHEAD))
        return kwh_match_slide(1, KWH_REASON_BAD_CRC, 0);
    return kwhi_answer_match(exchange, bytes, body + RTU_OVERHEAD, 1, body);
}

static struct kwh_match match(const uint8_t *bytes, size_t length, bool idle,
                              struct kwh_exchange *exchanges)
{
    return kwhi_judge_through(judge, bytes, length, idle, exchanges);
}

const struct kwh_framing kwh_modbus_rtu = {
    .wrap = wrap,
    .match = match,
    .frame_max = RTU_FRAME_MAX,
    .overhead = RTU_OVERHEAD,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BROADCAST,
    .address_max = RTU_ADDRESS_MAX,
};

const struct kwh_framing kwh_modbus_rtu_over_tcp = {
    .wrap = wrap,
    .match = match,
    .frame_max = RTU_FRAME_MAX,
    .overhead = RTU_OVERHEAD,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BROADCAST | KWH_FRAMING_STREAM,
    .address_max = RTU_ADDRESS_MAX,
};
