/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=522
// proof: SOURCES=lib/line/responder.c,lib/line/wire_time.c,tests/proof/stub/shift.c
// proof: SOURCES=lib/modbus/rtu_server.c,lib/modbus/tcp_server.c,lib/modbus/pdu_length.c
// proof: SOURCES=tests/proof/stub/crc16.c,lib/mbus/mbus_slave.c,lib/mbus/mbus_frame.c
// proof: SOURCES=lib/mbus/mbus_frame_encode.c
// proof: OPTIONS=-eva-precision,1,-eva-auto-loop-unroll,32
// proof: DEFINES=FRAMING=kwh_modbus_rtu_server,FRAMING=kwh_modbus_tcp_server
// proof: DEFINES=FRAMING=kwh_mbus_serial_server
#include <kwh/mbus.h>

#include "proof.h"

/* A responder with a buffer of LEN bytes, and any sequence of calls, of any length, with any
 * arguments. */
static struct kwh_responder responder;
static struct kwh_server_framing framing;
static uint8_t buffer[LEN];
static uint8_t answer[255];
static struct kwh_step step;

/* In place of match(), all that it may give, as server_match.c and mbus_slave_match.c prove. */
static struct kwh_request_match any_match(const uint8_t *bytes, size_t length, bool idle,
                                          const uint8_t *served)
{
    struct kwh_request_match match = {.count = ANY_WORD(), .id = ANY_WORD(), .address = ANY_BYTE()};
    (void)idle;
    MUST(bytes[0] + bytes[length - 1] + served[0] + served[31] >= 0);
    match.verdict = (enum kwh_verdict)ANY_OF(KWH_VERDICT_MORE, KWH_VERDICT_BROKEN);
    match.body_at = (uint16_t)ANY_OF(0, 7);
    match.body_length = (uint16_t)ANY_OF(0, 255);
    if (match.count > length || match.body_at + match.body_length > length)
        match.verdict = KWH_VERDICT_MORE;
    return match;
}

static void answer_request(void)
{
    size_t length;
    const uint8_t *request = kwh_responder_request(&responder, &length);
    enum kwh_error error;
    MUST(length == 0 || request[0] + request[length - 1] >= 0);
    MAKE_ANY(answer);
    error = kwh_responder_answer(&responder, answer, (size_t)ANY_OF(0, 255));
    (void)error;
}

int main(void)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    framing.match = any_match;
    framing.wrap = FRAMING.wrap;
    framing.frame_max = FRAMING.frame_max;
    framing.properties = FRAMING.properties;
    if (kwh_responder_init(&responder, &framing, buffer, sizeof buffer) != KWH_OK)
        return 1;
    kwh_responder_set_speed(&responder, &settings);
    while (ANY_OF(0, 1)) {
        switch (ANY_OF(0, 6)) {
        case 0:
            kwh_responder_serve(&responder, ANY_BYTE(), ANY_OF(0, 1));
            break;
        case 1:
            kwh_responder_next(&responder, ANY_UINT32(), &step);
            break;
        case 2:
            kwh_responder_sent(&responder, ANY_WORD(), ANY_UINT32());
            break;
        case 3:
            MAKE_ANY(buffer);
            kwh_responder_got(&responder, ANY_WORD(), ANY_UINT32());
            break;
        case 4:
            MAKE_ANY(buffer);
            kwh_responder_got_damaged(&responder, ANY_WORD(), ANY_UINT32());
            break;
        case 5:
            answer_request();
            break;
        default:
            kwh_responder_ignore(&responder);
            break;
        }
    }
    return 0;
}
