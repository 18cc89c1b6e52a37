/* SPDX-License-Identifier: MIT */
/*
 * A slave's side of an M-Bus, and calls in any order with any bytes at any time. What is reported
 * as a request came as one, whole, in a burst that nothing spoilt, and for an address that is
 * served; what is sent is the frame of our answer, once, and only after a request.
 *
 * Input: framing, address; then calls, see responder_calls.h.
 */
#include "mbus_model.h"
#include "responder_calls.h"

#include <kwh/mbus.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = 2
};

/* The request, made a frame again, was heard. */
static void check_request(void)
{
    uint8_t frame[FRAME_ROOM];
    size_t length;
    const uint8_t *pdu = kwh_responder_request(&responder, &length);
    must(length == 2 || (length >= 3 && length <= 255));
    must((pdu[0] & 0x40) != 0 && pdu[1] == kwh_responder_unit(&responder));
    must(pdu[1] == address || pdu[1] >= 253);
    must(came(frame, model_seal(pdu, length, frame)));
}

static void deliver_request(uint8_t to, size_t count)
{
    const uint8_t pdu[] = {0x7B, to};
    uint8_t frame[FRAME_ROOM];
    size_t length = model_seal(pdu, sizeof pdu, frame);
    deliver(frame, count < length ? count : length, false);
}

static uint8_t other_address(uint8_t choice)
{
    return (uint8_t)(0xF8 + choice); /* F8 to FF, 0 to 7 */
}

static bool is_pdu(size_t length)
{
    return length == 1 || length >= 3;
}

static void frame_answer(const uint8_t *pdu, size_t length)
{
    answer[0] = pdu[0];
    answer_length = length == 1 ? 1 : model_seal(pdu, length, answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size <= HEAD)
        return 0;
    address = data[1];
    play((data[0] & 1u) != 0 ? &kwh_mbus_over_tcp_server : &kwh_mbus_serial_server, data[0],
         data + HEAD, size - HEAD);
    must(!closed);
    return 0;
}
