/* SPDX-License-Identifier: MIT */
/*
 * A server's side of a line or connection of Modbus, and calls in any order with any bytes at any
 * time. What is reported as a request came as one, whole and for an address that is served; what is
 * sent is the frame of our answer, once, and only after a request.
 *
 * Input: framing, address; then calls, see responder_calls.h.
 */
#include "frame_model.h"
#include "responder_calls.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = 2
};

static const struct kwh_server_framing *const framings[] = {
    &kwh_modbus_rtu_server, &kwh_modbus_rtu_over_tcp_server, &kwh_modbus_tcp_server};

static bool tcp;

/* The request, made a frame again, was heard. */
static void check_request(void)
{
    uint8_t frame[260];
    uint8_t unit = kwh_responder_unit(&responder);
    size_t length;
    const uint8_t *pdu = kwh_responder_request(&responder, &length);
    must(length >= 1 && length <= 253);
    must(tcp || unit == address || unit == 0);
    memcpy(frame + (tcp ? 7 : 1), pdu, length);
    frame[0] = unit;
    if (tcp)
        model_mbap(frame, responder.id, unit, length);
    must(came(frame, tcp ? 7 + length : model_rtu_seal(frame, 1 + length)));
}

/* A read of a register, right but for the address perhaps. */
static void deliver_request(uint8_t to, size_t count)
{
    static const uint8_t pdu[] = {3, 0, 0, 0, 1};
    uint8_t frame[12];
    size_t length = tcp ? 12 : 8;
    memcpy(frame + (tcp ? 7 : 1), pdu, sizeof pdu);
    frame[0] = to;
    if (tcp)
        model_mbap(frame, 0x1234, to, sizeof pdu);
    else
        model_rtu_seal(frame, 6);
    deliver(frame, count < length ? count : length, false);
}

static uint8_t other_address(uint8_t choice)
{
    return choice;
}

static bool is_pdu(size_t length)
{
    return length != 0;
}

static void frame_answer(const uint8_t *pdu, size_t length)
{
    uint8_t unit = kwh_responder_unit(&responder);
    memcpy(answer + (tcp ? 7 : 1), pdu, length);
    answer[0] = unit;
    if (tcp)
        model_mbap(answer, responder.id, unit, length);
    answer_length = tcp ? 7 + length : model_rtu_seal(answer, 1 + length);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= HEAD)
        return 0;
    tcp = framings[data[0] % 3] == &kwh_modbus_tcp_server;
    address = data[1];
    play(framings[data[0] % 3], data[0], data + HEAD, size - HEAD);
    must(!closed || tcp);
    return 0;
}
