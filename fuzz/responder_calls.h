/* SPDX-License-Identifier: MIT */
/*
 * A responder, and calls in any order with any bytes at any time: what the targets of all protocols
 * share. Each call is one byte that says which, its high half how much. A target knows its
 * protocol.
 */
#ifndef FUZZ_RESPONDER_CALLS_H
#define FUZZ_RESPONDER_CALLS_H

#include "must.h"

#include <kwh/responder.h>
#include <string.h>

enum {
    CANARY = 16,
    FRAME_ROOM = 261,
    HEARD_MAX = 4096
};

static struct kwh_responder responder;
static struct kwh_step step;
static bool closed;
static uint8_t address; /* that is served */
static uint32_t now_us;
static uint8_t memory[CANARY + KWH_RESPONDER_BUFFER + CANARY];
static uint8_t *const buffer = memory + CANARY;
static uint8_t heard[HEARD_MAX]; /* what a request may be made of */
static size_t heard_count;
static uint32_t last_us;           /* when bytes came */
static bool spoilt;                /* what comes before the next silence makes no request */
static uint8_t answer[FRAME_ROOM]; /* the frame that may be sent, and how much of it was */
static size_t answer_length, answer_done;

/* What was reported was heard. */
static void check_request(void);
/* Begins the request of a meter's master, right but for the address perhaps. */
static void deliver_request(uint8_t to, size_t count);
/* Another address for it, of 16. */
static uint8_t other_address(uint8_t choice);
/* Whether a PDU has this length. */
static bool is_pdu(size_t length);
/* Makes `answer` the frame of a PDU. */
static void frame_answer(const uint8_t *pdu, size_t length);

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

static void check_send(void)
{
    must(step.count == answer_length - answer_done && step.count >= 1);
    must(memcmp(step.bytes, answer + answer_done, step.count) == 0);
}

static void next(void)
{
    const struct kwh_timing *timing = &responder.timing;
    kwh_responder_next(&responder, now_us, &step);
    check_canaries();
    if (step.action == KWH_ACTION_SEND ||
        now_us - last_us >= timing->character_us + timing->tick_us)
        spoilt = false;
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
    if (count == 0)
        return;
    memcpy(step.room, bytes, count);
    last_us = now_us;
    if (!damaged && !spoilt) {
        memcpy(heard + heard_count, bytes, count);
        heard_count += count;
    }
    if (!damaged) {
        kwh_responder_got(&responder, count, now_us);
        return;
    }
    kwh_responder_got_damaged(&responder, count, now_us);
    heard_count = 0;
    spoilt = (responder.framing->properties & KWH_FRAMING_BURST) != 0;
}

static void answer_with(const uint8_t *pdu, size_t length)
{
    bool asked = step.action == KWH_ACTION_REQUEST;
    enum kwh_error error;
    if (asked && is_pdu(length))
        frame_answer(pdu, length); /* needs what answering forgets */
    error = kwh_responder_answer(&responder, pdu, length);
    must(error == (!asked ? KWH_ERROR_BUSY : is_pdu(length) ? KWH_OK : KWH_ERROR_ARGUMENT));
    if (error == KWH_OK)
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
        deliver_request(address, amount == 0 ? FRAME_ROOM : amount);
        return 1;
    case 4:
        deliver_request(other_address((uint8_t)amount), FRAME_ROOM);
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

static void play(const struct kwh_server_framing *framing, uint8_t epoch, const uint8_t *data,
                 size_t size)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    memset(memory, 0xC5, sizeof memory);
    memset(&step, 0, sizeof step);
    closed = spoilt = false;
    now_us = last_us = (uint32_t)epoch << 24;
    heard_count = answer_length = answer_done = 0;
    must(kwh_responder_init(&responder, framing, buffer, KWH_RESPONDER_BUFFER) == KWH_OK);
    kwh_responder_set_speed(&responder, &settings);
    kwh_responder_serve(&responder, address, true);
    for (size_t at = 0; at < size && !closed;)
        at += call(data + at, size - at);
}

#endif
