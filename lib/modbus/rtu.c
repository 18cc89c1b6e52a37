/* SPDX-License-Identifier: MIT */
/* RTU frames as the asking side sees them: address, PDU, CRC. */
#include "answer.h"
#include "rtu_crc.h"

#include <string.h>

#define RTU_FRAME_MAX   256u
#define RTU_OVERHEAD    3u
#define RTU_ADDRESS_MAX 247u

static size_t wrap(const struct kwh_exchange *exchange, uint8_t *frame, size_t capacity)
{
    size_t head = exchange->head_length;
    size_t body = exchange->body_length;
    size_t length = 1 + head + body + 2;
    if (head < 1 || head > sizeof exchange->head || length > RTU_FRAME_MAX || length > capacity)
        return 0;
    frame[0] = exchange->address;
    memcpy(frame + 1, exchange->head, head);
    if (body != 0)
        memcpy(frame + 1 + head, exchange->body, body);
    return kwhi_rtu_seal(frame, 1 + head + body);
}

/*
 * Judges the frame that begins at the first byte. One that is not the answer is skipped whole, so
 * that nothing inside it is mistaken for one.
 */
static struct kwh_match match(const uint8_t *bytes, size_t length, struct kwh_exchange *exchange)
{
    struct kwh_match match = {KWH_VERDICT_MORE, KWH_REASON_OTHER_ADDRESS, 0, 0, 0, 0, KWH_OK, NULL};
    size_t body = KWHI_NO_ANSWER, size;
    bool fits = false;

    if (kwhi_answers_from(exchange, bytes[0])) {
        body = kwhi_answer_length(exchange, bytes + 1, length - 1);
        fits = body != KWHI_NO_ANSWER;
        match.reason = fits ? KWH_REASON_NOISE : KWH_REASON_OTHER_ANSWER;
    }
    if (!fits)
        body = kwh_modbus_answer_length(bytes + 1, length - 1);
    size = body <= KWH_MODBUS_PDU_MAX ? body + RTU_OVERHEAD : 1;
    if (body == 0 || length < size)
        return match;
    match.verdict = KWH_VERDICT_SLIDE;
    match.count = (uint16_t)size;
    if (body > KWH_MODBUS_PDU_MAX || !kwhi_rtu_holds(bytes, size)) {
        match.reason = fits ? KWH_REASON_BAD_CRC : KWH_REASON_NOISE;
        match.count = 1;
        return match;
    }
    match.address = bytes[0];
    if (fits)
        kwhi_answer_take(&match, exchange, bytes, 1, body);
    return match;
}

KWH_CONST struct kwh_framing kwh_modbus_rtu = {
    .wrap = wrap,
    .match = match,
    .frame_max = RTU_FRAME_MAX,
    .overhead = RTU_OVERHEAD,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BROADCAST,
    .address_max = RTU_ADDRESS_MAX,
};

KWH_CONST struct kwh_framing kwh_modbus_rtu_over_tcp = {
    .wrap = wrap,
    .match = match,
    .frame_max = RTU_FRAME_MAX,
    .overhead = RTU_OVERHEAD,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BROADCAST | KWH_FRAMING_STREAM,
    .address_max = RTU_ADDRESS_MAX,
};
