/* SPDX-License-Identifier: MIT */
/*
 * A line, and calls in any order with any bytes at any time: what the targets of all protocols
 * share. Each call is one byte that says which, its high half or the next bytes how much. A target
 * knows its protocol.
 */
#ifndef FUZZ_LINE_CALLS_H
#define FUZZ_LINE_CALLS_H

#include "must.h"

#include <kwh/line.h>
#include <string.h>

enum {
    CANARY = 16,
    ROOM = 522, /* the largest buffer of a line */
    FRAME_ROOM = 261,
    HEARD_MAX = 4096
};

static struct kwh_line line;
static struct kwh_exchange exchange;
static struct kwh_step step;
static bool under_way;
static uint32_t now_us;
static uint8_t memory[CANARY + ROOM + CANARY];
static uint8_t *const buffer = memory + CANARY;
static size_t capacity;
static uint8_t heard[HEARD_MAX]; /* since the request began to leave */
static uint32_t heard_us[HEARD_MAX];
static size_t heard_count;
static bool filled; /* the buffer, at some time */
static uint8_t right[FRAME_ROOM];
static size_t right_length, right_done;

/* The right answer, good or another, in full. */
static void build_right(bool other);
/* The exchange is over: with what came. */
static void check_result(void);
/* What is sent is the request. */
static void check_send(void);

static void check_canaries(void)
{
    for (size_t i = 0; i < CANARY; i++)
        must(memory[i] == 0xC5 && buffer[capacity + i] == 0xC5);
}

static void check_done(void)
{
    must(step.exchange == &exchange && under_way);
    under_way = false;
    check_result();
}

static void next(void)
{
    kwh_line_next(&line, now_us, &step);
    check_canaries();
    switch (step.action) {
    case KWH_ACTION_SEND:
        check_send();
        return;
    case KWH_ACTION_DONE:
        check_done();
        return;
    case KWH_ACTION_IDLE:
        must(!under_way);
        break;
    case KWH_ACTION_RECEIVE:
        break;
    case KWH_ACTION_REQUEST:
    case KWH_ACTION_SETTINGS:
    case KWH_ACTION_RESULT:
    case KWH_ACTION_FINISHED:
    case KWH_ACTION_CLOSE:
        abort();
    }
    must(step.capacity >= 1 && step.room >= buffer);
    must(step.room + step.capacity == buffer + capacity);
}

/* Bytes as a driver hands them over, as many as fit. */
static size_t deliver(const uint8_t *bytes, size_t count, bool damaged)
{
    next();
    if (step.room == NULL)
        return 0;
    if (count > step.capacity)
        count = step.capacity;
    if (count > HEARD_MAX - heard_count)
        count = HEARD_MAX - heard_count;
    memcpy(step.room, bytes, count);
    memcpy(heard + heard_count, bytes, count);
    for (size_t i = 0; i < count; i++)
        heard_us[heard_count++] = now_us;
    filled |= count == step.capacity;
    if (damaged)
        kwh_line_got_damaged(&line, count, now_us);
    else
        kwh_line_got(&line, count, now_us);
    return count;
}

static void start(void)
{
    enum kwh_error error;
    if (under_way)
        return;
    error = exchange.attempt == 0 && exchange.error != KWH_OK && !exchange.writes
                ? kwh_line_retry(&line, &exchange, now_us)
                : kwh_line_start(&line, &exchange, now_us);
    under_way = error == KWH_OK;
    right_length = right_done = 0;
}

static void deliver_right(size_t count, bool exception)
{
    if (right_done == right_length)
        build_right(exception);
    if (count > right_length - right_done)
        count = right_length - right_done;
    right_done += deliver(right + right_done, count, false);
}

/* One call; returns how many bytes of the input it used. */
static size_t call(const uint8_t *data, size_t size)
{
    size_t amount = data[0] >> 4;
    size_t count = amount < size - 1 ? amount : size - 1;
    switch (data[0] & 15) {
    case 0:
        start();
        return 1;
    case 1:
    case 2:
        return 1 + deliver(data + 1, count, (data[0] & 15) == 2);
    case 3:
        deliver_right(amount + 1, (data[0] & 0x10) != 0);
        return 1;
    case 4:
        deliver_right(260, (data[0] & 0x10) != 0);
        return 1;
    case 5:
        next();
        if (step.action == KWH_ACTION_SEND)
            kwh_line_sent(&line, amount + 1, now_us);
        return 1;
    case 6:
        next();
        if (step.action == KWH_ACTION_SEND)
            kwh_line_sent(&line, SIZE_MAX, now_us);
        return 1;
    case 7:
        now_us += UINT32_C(1) << (amount + 8);
        return 1;
    case 8:
        now_us += (uint32_t)amount * 200;
        return 1;
    case 9:
        if (step.action == KWH_ACTION_RECEIVE && (int32_t)(step.until_us - now_us) > 0)
            now_us = step.until_us;
        return 1;
    case 10:
        if (amount == 0)
            kwh_line_cancel(&line, now_us);
        else if (amount == 1)
            kwh_line_failed(&line, KWH_ERROR_IO, 5, now_us);
        return 1;
    case 11: /* more than was lent, and without a question before */
        kwh_line_got(&line, 0, now_us);
        kwh_line_sent(&line, amount, now_us);
        return 1;
    case 12: /* our own request comes back */
        deliver(buffer, line.sent_length, false);
        return 1;
    default:
        next();
        return 1;
    }
}

/* With nothing more to come, the exchange ends. */
static void finish(void)
{
    for (unsigned steps = 0; under_way; steps++) {
        must(steps < 1000);
        next();
        if (step.action == KWH_ACTION_SEND)
            kwh_line_sent(&line, step.count, now_us);
        else if (step.action == KWH_ACTION_RECEIVE && (int32_t)(step.until_us - now_us) > 0)
            now_us = step.until_us;
    }
}

/* A line in memory that it must not leave. */
static bool open_line(const struct kwh_framing *framing, size_t size, uint8_t echo, uint32_t epoch)
{
    memset(memory, 0xC5, sizeof memory);
    memset(&step, 0, sizeof step);
    capacity = size < ROOM ? size : ROOM;
    heard_count = right_length = right_done = 0;
    under_way = filled = false;
    now_us = epoch;
    if (kwh_line_init(&line, framing, buffer, capacity) != KWH_OK)
        return false;
    line.echo = echo;
    return true;
}

static void play(const uint8_t *data, size_t size)
{
    start();
    for (size_t at = 0; at < size;)
        at += call(data + at, size - at);
    finish();
}

#endif
