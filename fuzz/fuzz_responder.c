/* SPDX-License-Identifier: MIT */
/*
 * A server's side of a line or connection, and calls in any order with any bytes at any time. What
 * is reported as a request came as one, whole and for an address that is served; what is sent is
 * the frame of our answer, once, and only after a request.
 *
 * Input: framing, address; then calls, one byte that says which, its high half how much.
 */
#include "frame_model.h"

#include <kwh/responder.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = 2,
    CANARY = 16,
    HEARD_MAX = 4096
};

static const struct kwh_server_framing *const framings[] = {
    &kwh_modbus_rtu_server, &kwh_modbus_rtu_over_tcp_server, &kwh_modbus_tcp_server};

static struct kwh_responder responder;
static struct kwh_step step;
static bool tcp, closed;
static uint8_t address;
static uint32_t now_us;
static uint8_t memory[CANARY + KWH_RESPONDER_BUFFER + CANARY];
static uint8_t *const buffer = memory + CANARY;
static uint8_t heard[HEARD_MAX];
static size_t heard_count;
static uint8_t answer[260]; /* the frame that may be sent, and how much of it was */
static size_t answer_length, answer_done;

static void check_canaries(void)
{
    for (size_t i = 0; i < CANARY; i++)
        must(memory[i] == 0xC5 && buffer[KWH_RESPONDER_BUFFER + i] == 0xC5);
}

static bool came(const uint8_t *frame, size_t length)
{
    for (size_t at = 0; at + length <= heard_count; at++)
        if (memcmp(heard + at, frame, length) == 0)
            return true;
    return false;
}

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

static void check_send(void)
{
    must(step.count == answer_length - answer_done && step.count >= 1);
    must(memcmp(step.bytes, answer + answer_done, step.count) == 0);
}

static void next(void)
{
    kwh_responder_next(&responder, now_us, &step);
    check_canaries();
    switch (step.action) {
    case KWH_ACTION_REQUEST:
        check_request();
        break;
    case KWH_ACTION_SEND:
        check_send();
        break;
    case KWH_ACTION_RECEIVE:
        must(step.capacity >= 1 && step.room >= buffer);
        must(step.room + step.capacity <= buffer + KWH_RESPONDER_BUFFER / 2);
        break;
    case KWH_ACTION_CLOSE:
        must(tcp);
        closed = true;
        break;
    case KWH_ACTION_IDLE:
    case KWH_ACTION_DONE:
    case KWH_ACTION_SETTINGS:
    case KWH_ACTION_RESULT:
    case KWH_ACTION_FINISHED:
        abort();
    }
}

static void deliver(const uint8_t *bytes, size_t count, bool damaged)
{
    next();
    if (step.action != KWH_ACTION_RECEIVE)
        return;
    if (count > step.capacity)
        count = step.capacity;
    if (count > HEARD_MAX - heard_count)
        count = HEARD_MAX - heard_count;
    memcpy(step.room, bytes, count);
    memcpy(heard + heard_count, bytes, count);
    heard_count += count;
    if (damaged)
        kwh_responder_got_damaged(&responder, count, now_us);
    else
        kwh_responder_got(&responder, count, now_us);
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

static void answer_with(const uint8_t *pdu, size_t length)
{
    uint8_t unit = kwh_responder_unit(&responder);
    uint16_t id = responder.id;
    bool asked = step.action == KWH_ACTION_REQUEST;
    enum kwh_error error = kwh_responder_answer(&responder, pdu, length);
    must(error == (!asked ? KWH_ERROR_BUSY : length == 0 ? KWH_ERROR_ARGUMENT : KWH_OK));
    if (error != KWH_OK)
        return;
    memcpy(answer + (tcp ? 7 : 1), pdu, length);
    answer[0] = unit;
    if (tcp)
        model_mbap(answer, id, unit, length);
    answer_length = tcp ? 7 + length : model_rtu_seal(answer, 1 + length);
    answer_done = 0;
}

/* One call; returns how many bytes of the input it used. */
static size_t call(const uint8_t *data, size_t size)
{
    size_t amount = data[0] >> 4;
    size_t count = amount < size - 1 ? amount : size - 1;
    switch (data[0] & 15) {
    case 1:
    case 2:
        deliver(data + 1, count, (data[0] & 15) == 2);
        return 1 + count;
    case 3:
        deliver_request(address, amount == 0 ? 12 : amount);
        return 1;
    case 4:
        deliver_request((uint8_t)amount, 12);
        return 1;
    case 5:
        next();
        answer_with(data + 1, count);
        return 1 + count;
    case 6:
        next();
        if (step.action == KWH_ACTION_REQUEST)
            kwh_responder_ignore(&responder);
        return 1;
    case 7:
        now_us += UINT32_C(1) << (amount + 8);
        return 1;
    case 8:
        next();
        if (step.action == KWH_ACTION_SEND) {
            kwh_responder_sent(&responder, amount + 1, now_us);
            answer_done += amount + 1 < step.count ? amount + 1 : step.count;
        }
        return 1;
    case 9: /* our own answer comes back */
        deliver(answer, answer_length, false);
        return 1;
    default:
        next();
        return 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    const struct kwh_server_framing *framing;
    if (size <= HEAD)
        return 0;
    framing = framings[data[0] % 3];
    memset(memory, 0xC5, sizeof memory);
    memset(&step, 0, sizeof step);
    tcp = framing == &kwh_modbus_tcp_server;
    closed = false;
    address = data[1];
    now_us = (uint32_t)data[0] << 24;
    heard_count = answer_length = answer_done = 0;
    must(kwh_responder_init(&responder, framing, buffer, KWH_RESPONDER_BUFFER) == KWH_OK);
    kwh_responder_set_speed(&responder, &settings);
    kwh_responder_serve(&responder, address, true);
    for (size_t at = HEAD; at < size && !closed;)
        at += call(data + at, size - at);
    return 0;
}
