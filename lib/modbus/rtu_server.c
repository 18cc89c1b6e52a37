/* SPDX-License-Identifier: MIT */
/*
 * RTU frames as the answering side sees them. Silence begins a frame; its length follows from the
 * function. What the others on the line say to each other passes by and is recognized as well, so
 * that nothing inside it is mistaken for a request.
 */
#include "rtu_crc.h"

#include <kwh/modbus.h>
#include <kwh/responder.h>
#include <string.h>

#define RTU_FRAME_MAX 256u
#define RTU_OVERHEAD  3u
#define RTU_FRAME_MIN 4u

static struct kwh_request_match make(enum kwh_verdict verdict, enum kwh_reason reason, size_t count)
{
    struct kwh_request_match match = {KWH_VERDICT_MORE, KWH_REASON_NOISE, 0, 0, 0, 0, 0};
    match.verdict = verdict;
    match.reason = reason;
    match.count = (uint16_t)count;
    return match;
}

static bool is_for_us(const uint8_t *served, uint8_t address)
{
    return address == 0 || ((unsigned)served[address >> 3] >> (address & 7u) & 1u) != 0;
}

/*
 * An answer, not a request: ours coming back late, or that of another device with our address.
 * Answering it would never end.
 */
static bool is_answer(const uint8_t *bytes, size_t size)
{
    size_t pdu = size - RTU_OVERHEAD;
    return (bytes[1] & 0x80u) != 0 ||
           (kwh_modbus_answer_length(bytes + 1, size - RTU_OVERHEAD) == pdu &&
            kwh_modbus_request_length(bytes + 1, size - RTU_OVERHEAD) != pdu);
}

/* A whole frame of proven CRC: a request to us, or to be passed over. */
static struct kwh_request_match take(const uint8_t *bytes, size_t size, const uint8_t *served)
{
    struct kwh_request_match match;
    if (!is_for_us(served, bytes[0]))
        return make(KWH_VERDICT_SLIDE, KWH_REASON_OTHER_ADDRESS, size);
    if (is_answer(bytes, size))
        return make(KWH_VERDICT_SLIDE, KWH_REASON_OTHER_ANSWER, size);
    match = make(KWH_VERDICT_FRAME, KWH_REASON_NOISE, size);
    match.address = bytes[0];
    match.body_at = 1;
    match.body_length = (uint16_t)(size - RTU_OVERHEAD);
    return match;
}

/* A frame whose PDU is `body` bytes long stands whole at the front. */
static bool stands(const uint8_t *bytes, size_t length, size_t body)
{
    return body != 0 && body <= KWH_MODBUS_PDU_MAX && length >= body + RTU_OVERHEAD &&
           kwhi_rtu_holds(bytes, body + RTU_OVERHEAD);
}

/* After silence: the whole burst is a frame, or a request to us stands at its end, or all is noise.
 */
static struct kwh_request_match judge_burst(const uint8_t *bytes, size_t length,
                                            const uint8_t *served)
{
    if (length >= RTU_FRAME_MIN && length <= RTU_FRAME_MAX && kwhi_rtu_holds(bytes, length))
        return take(bytes, length, served);
    for (size_t at = 1; at + RTU_FRAME_MIN <= length; at++) {
        size_t body = kwh_modbus_request_length(bytes + at + 1, length - at - 1);
        if (body + RTU_OVERHEAD == length - at && is_for_us(served, bytes[at]) &&
            kwhi_rtu_holds(bytes + at, length - at))
            return make(KWH_VERDICT_SLIDE, KWH_REASON_NOISE, at);
    }
    return make(KWH_VERDICT_SLIDE, KWH_REASON_BAD_CRC, length);
}

static struct kwh_request_match match(const uint8_t *bytes, size_t length, bool idle,
                                      const uint8_t *served)
{
    size_t body = kwh_modbus_request_length(bytes + 1, length - 1);
    if (stands(bytes, length, body))
        return take(bytes, body + RTU_OVERHEAD, served);
    body = kwh_modbus_answer_length(bytes + 1, length - 1);
    if (stands(bytes, length, body))
        return take(bytes, body + RTU_OVERHEAD, served);
    if (idle)
        return judge_burst(bytes, length, served);
    return make(KWH_VERDICT_MORE, KWH_REASON_NOISE, 0);
}

static size_t wrap(uint8_t address, uint16_t id, const uint8_t *pdu, size_t length, uint8_t *frame,
                   size_t capacity)
{
    (void)id;
    if (length == 0 || length > KWH_MODBUS_PDU_MAX || length + RTU_OVERHEAD > capacity)
        return 0;
    memmove(frame + 1, pdu, length);
    frame[0] = address;
    return kwhi_rtu_seal(frame, 1 + length);
}

KWH_CONST struct kwh_server_framing kwh_modbus_rtu_server = {
    .match = match,
    .wrap = wrap,
    .frame_max = RTU_FRAME_MAX,
    .properties = KWH_FRAMING_SERIAL,
};

KWH_CONST struct kwh_server_framing kwh_modbus_rtu_over_tcp_server = {
    .match = match,
    .wrap = wrap,
    .frame_max = RTU_FRAME_MAX,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_STREAM,
};
