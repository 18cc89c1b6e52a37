/* SPDX-License-Identifier: MIT */
/*
 * A wire with a clock of its own, for tests of the line: what arrives and when is written down
 * before, relative to the moment a request has left. Time begins wherever the test wants and ticks
 * as coarsely.
 */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

#include "hex.h"

#include <kwh/map.h>
#include <kwh/modbus.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Less where memory is short: a test that needs more aborts. */
#if UINT_MAX > 0xFFFF
#define WIRE_DELIVERIES 64
#define WIRE_REQUESTS   24
#define WIRE_BYTES      600
#define WIRE_SENT       300
#else
#define WIRE_DELIVERIES 10
#define WIRE_REQUESTS   10
#define WIRE_BYTES      270
#define WIRE_SENT       256
#endif

struct delivery {
    uint64_t at_us; /* when the bytes are there */
    uint8_t bytes[WIRE_BYTES];
    size_t count;
    size_t damaged; /* the byte that comes with a parity error, counted from 1; 0: none */
};

/* What arrives after the n-th request, `delay_us` after its end. */
struct reply {
    unsigned request;
    uint32_t delay_us;
    uint8_t bytes[WIRE_BYTES];
    size_t count;
    size_t damaged;
};

struct wire {
    struct kwh_line line;
    uint8_t *buffer; /* exactly as long as the line was told: a byte beyond is found */
    uint64_t now_us; /* true time */
    uint32_t epoch;  /* what the clock shows at true time 0 */
    uint32_t tick_us;
    uint32_t chunk; /* bytes handed over at once, 0 = all */
    struct delivery deliveries[WIRE_DELIVERIES];
    size_t delivery_count;
    struct reply replies[WIRE_DELIVERIES];
    size_t reply_count;
    uint8_t sent[WIRE_REQUESTS][WIRE_SENT];
    size_t sent_count[WIRE_REQUESTS];
    uint64_t sent_at[WIRE_REQUESTS];
    unsigned requests;
    unsigned spurious; /* extra questions asked at every step */
};

static const struct kwh_line_settings wire_9600_8e1 = {9600, 8, 'E', 1};

static inline void wire_open(struct wire *wire, KWH_CONST struct kwh_framing *framing,
                             size_t capacity, uint32_t tick_us, uint32_t epoch)
{
    memset(wire, 0, sizeof *wire);
    wire->tick_us = tick_us;
    wire->epoch = epoch;
    wire->buffer = malloc(capacity);
    if (wire->buffer == NULL ||
        kwh_line_init(&wire->line, framing, wire->buffer, capacity) != KWH_OK)
        abort();
    kwh_line_set_speed(&wire->line, &wire_9600_8e1);
    wire->line.timing.tick_us = tick_us;
    wire->line.timing.answer_us = 200000;
    wire->line.timing.latest_us = 500000;
}

static inline void wire_close(struct wire *wire)
{
    free(wire->buffer);
}

static inline uint32_t wire_clock(const struct wire *wire)
{
    return wire->epoch + (uint32_t)(wire->now_us / wire->tick_us * wire->tick_us);
}

/* Bytes that arrive at a true time, whatever is asked. */
static inline void wire_deliver(struct wire *wire, uint64_t at_us, const void *bytes, size_t count)
{
    struct delivery *delivery = &wire->deliveries[wire->delivery_count++];
    if (wire->delivery_count > WIRE_DELIVERIES || count > sizeof delivery->bytes)
        abort();
    delivery->at_us = at_us;
    memcpy(delivery->bytes, bytes, count);
    delivery->count = count;
    delivery->damaged = 0;
}

/* Bytes that arrive `delay_us` after the end of the n-th request, counted from 0. */
static inline void wire_reply_bytes(struct wire *wire, unsigned request, uint32_t delay_us,
                                    const void *bytes, size_t count)
{
    struct reply *reply = &wire->replies[wire->reply_count++];
    if (wire->reply_count > WIRE_DELIVERIES || count > sizeof reply->bytes)
        abort();
    reply->request = request;
    reply->delay_us = delay_us;
    memcpy(reply->bytes, bytes, count);
    reply->count = count;
    reply->damaged = 0;
}

/* The byte of the reply that was written down last arrives damaged, counted from 0. */
static inline void wire_damage(struct wire *wire, size_t at)
{
    wire->replies[wire->reply_count - 1].damaged = at + 1;
}

static inline void wire_reply(struct wire *wire, unsigned request, uint32_t delay_us,
                              const char *text)
{
    uint8_t bytes[WIRE_BYTES];
    wire_reply_bytes(wire, request, delay_us, bytes, hex(text, bytes, sizeof bytes));
}

static inline void wire_take_request(struct wire *wire, const struct kwh_step *step)
{
    unsigned n = wire->requests;
    uint64_t end = wire->now_us + (uint64_t)wire->line.character_ns * step->count / 1000u;
    if (n >= WIRE_REQUESTS || step->count > sizeof wire->sent[0])
        abort();
    memcpy(wire->sent[n], step->bytes, step->count);
    wire->sent_count[n] = step->count;
    wire->sent_at[n] = wire->now_us;
    wire->requests++;
    for (size_t i = 0; i < wire->reply_count; i++) {
        const struct reply *reply = &wire->replies[i];
        if (reply->request != n)
            continue;
        wire_deliver(wire, end + reply->delay_us, reply->bytes, reply->count);
        wire->deliveries[wire->delivery_count - 1].damaged = reply->damaged;
    }
    kwh_line_sent(&wire->line, step->count, wire_clock(wire));
}

static inline struct delivery *wire_earliest(struct wire *wire)
{
    struct delivery *earliest = NULL;
    for (size_t i = 0; i < wire->delivery_count; i++) {
        struct delivery *delivery = &wire->deliveries[i];
        if (delivery->count != 0 && (earliest == NULL || delivery->at_us < earliest->at_us))
            earliest = delivery;
    }
    return earliest;
}

/* Lets time pass until bytes arrive or the line wants to be asked again. */
static inline void wire_receive(struct wire *wire, const struct kwh_step *step)
{
    struct delivery *delivery = wire_earliest(wire);
    int32_t wait = (int32_t)(step->until_us - wire_clock(wire));
    uint64_t until = wire->now_us + (wait > 0 ? (uint64_t)wait : 0u);
    size_t count = 0;
    bool damaged = false;

    if (delivery != NULL && delivery->at_us <= until) {
        if (delivery->at_us > wire->now_us)
            wire->now_us = delivery->at_us;
        count = delivery->count;
        if (count > step->capacity)
            count = step->capacity;
        if (wire->chunk != 0 && count > wire->chunk)
            count = (size_t)wire->chunk;
        damaged = delivery->damaged != 0 && count >= delivery->damaged;
        count = damaged ? delivery->damaged : count;
        delivery->damaged -= delivery->damaged != 0 ? count : 0;
        memcpy(step->room, delivery->bytes, count);
        memmove(delivery->bytes, delivery->bytes + count, delivery->count - count);
        delivery->count -= count;
    } else {
        wire->now_us = until + wire->tick_us;
        wire->now_us -= wire->now_us % wire->tick_us;
        if (wire->now_us < until)
            wire->now_us = until;
    }
    if (damaged)
        kwh_line_got_damaged(&wire->line, count, wire_clock(wire));
    else
        kwh_line_got(&wire->line, count, wire_clock(wire));
}

/* Carries on until an exchange is over; NULL when the line has become idle. */
static inline struct kwh_exchange *wire_next(struct wire *wire)
{
    struct kwh_step step;
    for (unsigned steps = 0; steps < 100000; steps++) {
        kwh_line_next(&wire->line, wire_clock(wire), &step);
        if (step.action == KWH_ACTION_DONE)
            return step.exchange;
        if (step.action == KWH_ACTION_IDLE)
            return NULL;
        for (unsigned i = 0; i < wire->spurious; i++)
            kwh_line_next(&wire->line, wire_clock(wire), &step);
        if (step.action == KWH_ACTION_SEND)
            wire_take_request(wire, &step);
        else if (step.action == KWH_ACTION_RECEIVE)
            wire_receive(wire, &step);
    }
    abort(); /* the line asks for ever */
}

/* One exchange from start to end. */
static inline enum kwh_error wire_run(struct wire *wire, struct kwh_exchange *exchange)
{
    enum kwh_error error = kwh_line_start(&wire->line, exchange, wire_clock(wire));
    if (error != KWH_OK)
        return error;
    return wire_next(wire) == exchange ? exchange->error : KWH_ERROR_BUSY;
}

/* True when the answer's PDU is exactly these bytes. */
static inline bool wire_answered(const struct wire *wire, const struct kwh_exchange *exchange,
                                 const char *text)
{
    uint8_t expected[300];
    size_t length, count = hex(text, expected, sizeof expected);
    const uint8_t *pdu = kwh_line_answer(&wire->line, exchange, &length);
    return length == count && memcmp(pdu, expected, count) == 0;
}

#endif
