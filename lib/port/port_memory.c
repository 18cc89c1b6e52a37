/* SPDX-License-Identifier: MIT */
#include <kwh/port_memory.h>

#include <string.h>

/* Questions to the other end in one go; it needs two or three for a request. */
#define ROUNDS 64

static int32_t after(uint32_t a_us, uint32_t b_us)
{
    return (int32_t)(a_us - b_us);
}

static uint32_t later(uint32_t a_us, uint32_t b_us)
{
    return after(a_us, b_us) > 0 ? a_us : b_us;
}

static uint32_t wire_us(const struct kwh_port_memory *port, size_t characters)
{
    return (uint32_t)(((uint64_t)port->character_ns * characters + 999u) / 1000u);
}

uint32_t kwh_port_memory_now(const struct kwh_port_memory *port)
{
    return (port->clock != NULL ? port->clock(port->clock_context) : 0u) + port->ahead_us;
}

void kwh_port_memory_pass(struct kwh_port_memory *port, uint32_t duration_us)
{
    port->ahead_us += duration_us;
}

/* How far the other end can be ahead of the clock: the wire time of what is under way and its own
 * pauses. More means that the clock has wrapped since. */
static int32_t ahead_max_us(struct kwh_port_memory *port)
{
    const struct kwh_timing *timing = &port->responder->timing;

    return (int32_t)(wire_us(port, 2u * KWH_RESPONDER_BUFFER) + port->turnaround_us +
                     4u * (timing->character_us + timing->tick_us));
}

static bool is_outdated(struct kwh_port_memory *port, uint32_t stamp_us, uint32_t now_us)
{
    return after(stamp_us, now_us) < 0 || after(stamp_us, now_us) > ahead_max_us(port);
}

/* The other end and what it sent do not live in the past. */
static void catch_up(struct kwh_port_memory *port)
{
    uint32_t now_us = kwh_port_memory_now(port);

    if (is_outdated(port, port->server_us, now_us))
        port->server_us = now_us;
    if (is_outdated(port, port->arrives_us, now_us))
        port->arrives_us = now_us;
}

static void jump_to(struct kwh_port_memory *port, uint32_t until_us)
{
    int32_t left = after(until_us, kwh_port_memory_now(port));

    if (left > 0)
        port->ahead_us += (uint32_t)left;
}

/* Bytes that set out for the line; those without room are lost. */
static void pend(struct kwh_port_memory *port, const uint8_t *bytes, size_t count,
                 uint32_t arrives_us)
{
    size_t used = (size_t)port->first + port->count;

    if (port->first != 0 && count > sizeof port->pending - used) {
        memmove(port->pending, port->pending + port->first, port->count);
        port->first = 0;
        used = port->count;
    }
    if (count > sizeof port->pending - used) {
        port->lost += (uint32_t)count;
        return;
    }
    port->arrives_us = port->count != 0 ? later(port->arrives_us, arrives_us) : arrives_us;
    memcpy(port->pending + used, bytes, count);
    port->count = (uint16_t)(port->count + count);
}

void kwh_port_memory_inject(struct kwh_port_memory *port, const uint8_t *bytes, size_t count)
{
    pend(port, bytes, count, kwh_port_memory_now(port));
}

static void take_answer(struct kwh_port_memory *port, const struct kwh_step *step)
{
    uint32_t arrives_us = port->server_us + port->turnaround_us + wire_us(port, step->count);

    pend(port, step->bytes, step->count, arrives_us);
    kwh_responder_sent(port->responder, step->count, port->server_us);
}

/* Lets the other end do what it can do before @p until_us; ends with the step that waits for bytes.
 */
static void run_other_end(struct kwh_port_memory *port, uint32_t until_us, struct kwh_step *step)
{
    for (int round = 0; round < ROUNDS && !port->closed; round++) {
        port->next(port->next_context, port->server_us, step);
        if (step->action == KWH_ACTION_SEND)
            take_answer(port, step);
        else if (step->action == KWH_ACTION_REQUEST && port->answer != NULL)
            port->answer(port->answer_context, port->responder);
        else if (step->action == KWH_ACTION_CLOSE)
            port->closed = true;
        else if (step->action == KWH_ACTION_SETTINGS)
            continue; /* a wire in memory has no speed of its own */
        else if (step->action == KWH_ACTION_RECEIVE && after(step->until_us, port->server_us) > 0 &&
                 after(step->until_us, until_us) <= 0)
            port->server_us = step->until_us;
        else
            return;
    }
}

static uint32_t backend_now(void *context)
{
    return kwh_port_memory_now(context);
}

static enum kwh_error backend_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    struct kwh_port_memory *port = context;
    struct kwh_step step = {.action = KWH_ACTION_IDLE};

    *sent = 0;
    if (port->failure != KWH_OK)
        return port->failure;
    /* The silence before the request counts, the answer to an earlier one goes out first. */
    catch_up(port);
    run_other_end(port, port->server_us, &step);
    if (port->closed)
        return KWH_ERROR_DISCONNECTED;
    *sent = count;
    port->server_us += wire_us(port, count);
    while (count > 0 && step.capacity > 0) {
        size_t part = count < step.capacity ? count : step.capacity;

        memcpy(step.room, bytes, part);
        kwh_responder_got(port->responder, part, port->server_us);
        bytes += part;
        count -= part;
        step.capacity = 0;
        run_other_end(port, port->server_us, &step);
    }
    port->lost += (uint32_t)count;
    return KWH_OK;
}

static enum kwh_error backend_receive(void *context, uint8_t *room, size_t capacity,
                                      uint32_t until_us, size_t *got)
{
    struct kwh_port_memory *port = context;
    struct kwh_step step;
    size_t part;

    *got = 0;
    if (port->failure != KWH_OK)
        return port->failure;
    /* What the other end did while the caller was away, at the time at which it did it. */
    run_other_end(port, kwh_port_memory_now(port), &step);
    catch_up(port);
    run_other_end(port, later(until_us, port->server_us), &step);
    if (port->count == 0 ||
        after(port->arrives_us, later(until_us, kwh_port_memory_now(port))) > 0) {
        jump_to(port, until_us);
        return port->count == 0 && port->closed ? KWH_ERROR_DISCONNECTED : KWH_OK;
    }
    jump_to(port, port->arrives_us);
    part = port->count < capacity ? port->count : capacity;
    memcpy(room, port->pending + port->first, part);
    port->first = (uint16_t)(port->first + part);
    port->count = (uint16_t)(port->count - part);
    *got = part;
    return KWH_OK;
}

void kwh_port_memory_init(struct kwh_port_memory *port, struct kwh_responder *responder,
                          kwh_port_memory_next *next, void *next_context,
                          kwh_port_memory_clock *clock, void *clock_context)
{
    memset(port, 0, sizeof *port);
    port->backend.context = port;
    port->backend.now_us = backend_now;
    port->backend.send = backend_send;
    port->backend.receive = backend_receive;
    port->responder = responder;
    port->next = next;
    port->next_context = next_context;
    port->clock = clock;
    port->clock_context = clock_context;
}

static void responder_next(void *context, uint32_t now_us, struct kwh_step *step)
{
    kwh_responder_next(context, now_us, step);
}

void kwh_port_memory_responder(struct kwh_port_memory *port, struct kwh_responder *responder,
                               kwh_port_memory_answer *answer, void *context)
{
    kwh_port_memory_init(port, responder, responder_next, responder, NULL, NULL);
    port->answer = answer;
    port->answer_context = context;
}
