/* SPDX-License-Identifier: MIT */
/* A responder at 9600 8E1 that a test talks to: what it hears and when, what it reports. */
#ifndef TESTS_ANSWERING_H
#define TESTS_ANSWERING_H

#include "hex.h"

#include <kwh/responder.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct kwh_responder responder;
static uint8_t buffer[KWH_RESPONDER_BUFFER];
static uint32_t now_us;
static struct kwh_step step;

static inline void begin_at(KWH_CONST struct kwh_server_framing *framing, uint32_t epoch,
                            uint8_t address)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    now_us = epoch;
    assert_int_equal(kwh_responder_init(&responder, framing, buffer, sizeof buffer), KWH_OK);
    kwh_responder_set_speed(&responder, &settings);
    kwh_responder_serve(&responder, address, true);
}

/* Hands over bytes in chunks and asks after each; one of them, counted from 1, damaged. */
static inline void hear_damaged(const char *text, size_t chunk, size_t damaged)
{
    uint8_t bytes[600];
    size_t count = hex(text, bytes, sizeof bytes);
    for (size_t at = 0; at < count;) {
        size_t n = chunk == 0 || chunk > count - at ? count - at : chunk;
        bool bad = at < damaged && damaged <= at + n;
        n = bad ? damaged - at : n;
        kwh_responder_next(&responder, now_us, &step);
        if (step.action != KWH_ACTION_RECEIVE)
            return;
        assert_true(step.capacity >= n);
        memcpy(step.room, bytes + at, n);
        if (bad)
            kwh_responder_got_damaged(&responder, n, now_us);
        else
            kwh_responder_got(&responder, n, now_us);
        at += n;
    }
    kwh_responder_next(&responder, now_us, &step);
}

static inline void hear(const char *text, size_t chunk)
{
    hear_damaged(text, chunk, 0);
}

static inline void pass(uint32_t us)
{
    now_us += us;
    kwh_responder_next(&responder, now_us, &step);
}

static inline void assert_request(uint8_t unit, const char *pdu)
{
    uint8_t expected[300];
    size_t length, count = hex(pdu, expected, sizeof expected);
    const uint8_t *request = kwh_responder_request(&responder, &length);
    assert_int_equal(step.action, KWH_ACTION_REQUEST);
    assert_int_equal(kwh_responder_unit(&responder), unit);
    assert_int_equal(length, count);
    assert_memory_equal(request, expected, count);
}

#endif
