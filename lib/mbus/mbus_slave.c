/* SPDX-License-Identifier: MIT */
/*
 * M-Bus frames as the answering side sees them. The PDU of a request is C, address and what
 * follows them; that of an answer is the same, or E5 alone. What the others say passes by.
 */
#include "mbus_frame.h"

#include <string.h>

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
    return address >= KWH_MBUS_SELECTED ||
           ((unsigned)served[address >> 3] >> (address & 7u) & 1u) != 0;
}

/* A whole frame: a request to us, or to be passed over. */
static struct kwh_request_match take(const uint8_t *bytes, size_t length, const uint8_t *served)
{
    bool is_long = bytes[0] == KWHI_MBUS_START_LONG;
    size_t body_at = is_long ? 4 : 1;
    struct kwh_request_match match;
    if (length == 1 || (bytes[body_at] & KWHI_MBUS_FROM_MASTER) == 0)
        return make(KWH_VERDICT_SLIDE, KWH_REASON_OTHER_ANSWER, length);
    if (!is_for_us(served, bytes[body_at + 1]))
        return make(KWH_VERDICT_SLIDE, KWH_REASON_OTHER_ADDRESS, length);
    match = make(KWH_VERDICT_FRAME, KWH_REASON_NOISE, length);
    match.address = bytes[body_at + 1];
    match.body_at = (uint16_t)body_at;
    match.body_length = is_long ? (uint16_t)(length - KWHI_MBUS_LONG_OVERHEAD) : 2;
    return match;
}

/* After silence: a request stands at the end of the burst, or all is noise. */
static struct kwh_request_match judge_burst(const uint8_t *bytes, size_t length)
{
    size_t whole;
    for (size_t at = 1; at + KWHI_MBUS_SHORT_SIZE <= length; at++)
        if (kwhi_mbus_frame_find(bytes + at, length - at, &whole) == KWH_OK && whole == length - at)
            return make(KWH_VERDICT_SLIDE, KWH_REASON_NOISE, at);
    return make(KWH_VERDICT_SLIDE, KWH_REASON_BAD_CRC, length);
}

static struct kwh_request_match match(const uint8_t *bytes, size_t length, bool idle,
                                      const uint8_t *served)
{
    size_t whole;
    if (kwhi_mbus_frame_find(bytes, length, &whole) == KWH_OK)
        return take(bytes, whole, served);
    return idle ? judge_burst(bytes, length) : make(KWH_VERDICT_MORE, KWH_REASON_NOISE, 0);
}

static size_t wrap(uint8_t address, uint16_t id, const uint8_t *pdu, size_t length, uint8_t *frame,
                   size_t capacity)
{
    size_t size;
    (void)address; /* a selected meter answers with its own */
    (void)id;
    if (length == 1 && capacity >= 1) {
        frame[0] = pdu[0];
        return 1;
    }
    if (length < 3 || kwh_mbus_frame_encode(pdu[0], pdu[1], pdu[2], pdu + 3, length - 3, frame,
                                            capacity, &size) != KWH_OK)
        return 0;
    return size;
}

KWH_CONST struct kwh_server_framing kwh_mbus_serial_server = {
    .match = match,
    .wrap = wrap,
    .frame_max = KWH_MBUS_FRAME_MAX,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BURST,
};

KWH_CONST struct kwh_server_framing kwh_mbus_over_tcp_server = {
    .match = match,
    .wrap = wrap,
    .frame_max = KWH_MBUS_FRAME_MAX,
    .properties = KWH_FRAMING_SERIAL | KWH_FRAMING_BURST | KWH_FRAMING_STREAM,
};
