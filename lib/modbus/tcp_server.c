/* SPDX-License-Identifier: MIT */
/* Modbus TCP as the answering side sees it. A header that cannot be ends the connection: a stream
 * has no silence at which to begin anew. */
#include "mbap.h"

#include <kwh/responder.h>
#include <string.h>

static struct kwh_request_match match(const uint8_t *bytes, size_t length, bool idle,
                                      const uint8_t *served)
{
    struct kwh_request_match match = {KWH_VERDICT_MORE, KWH_REASON_NOISE, 0, 0, 0, 0, 0};
    (void)idle;
    (void)served;
    if (!kwhi_mbap_plausible(bytes, length)) {
        match.verdict = KWH_VERDICT_BROKEN;
        return match;
    }
    if (length < KWHI_MBAP_SIZE || length < KWHI_MBAP_SIZE + kwhi_mbap_pdu_length(bytes))
        return match;
    match.verdict = KWH_VERDICT_FRAME;
    match.body_at = KWHI_MBAP_SIZE;
    match.body_length = (uint16_t)kwhi_mbap_pdu_length(bytes);
    match.count = (uint16_t)(KWHI_MBAP_SIZE + match.body_length);
    match.id = kwhi_mbap_id(bytes);
    match.address = bytes[6];
    return match;
}

static size_t wrap(uint8_t address, uint16_t id, const uint8_t *pdu, size_t length, uint8_t *frame,
                   size_t capacity)
{
    if (length == 0 || length > KWH_MODBUS_PDU_MAX || length + KWHI_MBAP_SIZE > capacity)
        return 0;
    memmove(frame + KWHI_MBAP_SIZE, pdu, length);
    kwhi_mbap_store(frame, id, address, length);
    return length + KWHI_MBAP_SIZE;
}

KWH_CONST struct kwh_server_framing kwh_modbus_tcp_server = {
    .match = match,
    .wrap = wrap,
    .frame_max = KWHI_MBAP_FRAME_MAX,
    .properties = KWH_FRAMING_HAS_ID | KWH_FRAMING_STREAM,
};
