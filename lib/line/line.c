/* SPDX-License-Identifier: MIT */
#include "debt.h"
#include "line_state.h"

#include <string.h>

enum kwh_error kwh_line_init(struct kwh_line *line, KWH_CONST struct kwh_framing *framing,
                             uint8_t *buffer, size_t capacity)
{
    memset(line, 0, sizeof *line);
    line->framing = framing;
    line->buffer = buffer;
    line->timing.answer_us = 1000000;
    line->timing.character_us = 50000;
    line->timing.latest_us = 2000000;
    line->timing.turnaround_us = 100000;
    line->timing.tick_us = 1;
    line->retries = 2;
    if (capacity < 16 || capacity > 65535)
        return KWH_ERROR_ARGUMENT;
    line->capacity = (uint16_t)capacity;
    return KWH_OK;
}

void kwh_line_set_speed(struct kwh_line *line, const struct kwh_line_settings *settings)
{
    line->character_ns = kwhi_has(line, KWH_FRAMING_STREAM) ? 0 : kwh_character_ns(settings);
    line->quiet = false; /* those of this speed have heard noise up to now */
    line->started = false;
}

/* With ids, requests leave while answers arrive, so each has a half. Without, the answer lies
 * behind its request, which stays for comparison with its echo. */
size_t kwhi_receive_at(const struct kwh_line *line)
{
    return kwhi_has(line, KWH_FRAMING_HAS_ID) ? line->capacity / 2u : line->sent_length;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static bool fits(const struct kwh_line *line, const struct kwh_exchange *exchange)
{
    size_t overhead = line->framing->overhead;
    size_t request = overhead + exchange->head_length + exchange->body_length;
    size_t answer = overhead + (exchange->answer_length > 2u ? exchange->answer_length : 2u);
    if (request > line->framing->frame_max)
        return false;
    if (kwhi_has(line, KWH_FRAMING_SERIAL) && line->echo != KWH_ECHO_NEVER && request > answer)
        answer = request; /* its echo lies where the answer will */
    if (kwhi_has(line, KWH_FRAMING_HAS_ID))
        return request <= line->capacity / 2u && answer <= line->capacity - line->capacity / 2u;
    return request + answer <= line->capacity;
}

static bool is_broadcast(const struct kwh_line *line, const struct kwh_exchange *exchange)
{
    return kwhi_has(line, KWH_FRAMING_BROADCAST) && exchange->address == line->framing->broadcast;
}

static enum kwh_error refuse(const struct kwh_line *line, const struct kwh_exchange *exchange)
{
    if (line->exchanges != NULL && !kwhi_has(line, KWH_FRAMING_HAS_ID))
        return KWH_ERROR_BUSY;
    for (const struct kwh_exchange *other = line->exchanges; other != NULL; other = other->next)
        if (other == exchange)
            return KWH_ERROR_BUSY;
    if (exchange->head_length == 0 || exchange->address > line->framing->address_max)
        return KWH_ERROR_ARGUMENT;
    if (is_broadcast(line, exchange) && !exchange->writes)
        return KWH_ERROR_BROADCAST_READ;
    return fits(line, exchange) ? KWH_OK : KWH_ERROR_CAPACITY;
}

/* How long the silence before a request must be. */
static uint32_t silence_needed(const struct kwh_line *line, const struct kwh_exchange *exchange)
{
    return larger(kwh_silence_us(line->character_ns),
                  larger(line->timing.quiet_us, exchange->quiet_us));
}

/* When a request that finds no silence is given up, `from_us` being when silence could begin. */
static uint32_t patience_ends(const struct kwh_line *line, const struct kwh_exchange *exchange,
                              uint32_t from_us)
{
    uint32_t wait = exchange->answer_us != 0 ? exchange->answer_us : line->timing.answer_us;
    return from_us + silence_needed(line, exchange) + wait + 2u * line->timing.tick_us;
}

/* A silence that seems to have begun in the future began before the clock wrapped. */
static void renew_silence(struct kwh_line *line, uint32_t now_us)
{
    if (!line->started || kwhi_after(line->last_us, now_us) >
                              (int32_t)kwhi_wire_us(line->character_ns, line->framing->frame_max))
        line->last_us = now_us;
    line->started = true;
}

static void queue(struct kwh_line *line, struct kwh_exchange *exchange, uint32_t now_us)
{
    struct kwh_exchange **end = &line->exchanges;
    exchange->next = NULL;
    exchange->state = KWH_EXCHANGE_QUEUED;
    exchange->error = KWH_OK;
    exchange->answer_at = 0;
    exchange->answer_size = 0;
    exchange->proven = false;
    exchange->from = 0;
    exchange->listened = false;
    memset(&line->failure, 0, sizeof line->failure);
    line->drained = false;
    if (line->exchanges == NULL)
        renew_silence(line, now_us);
    exchange->limit_us = patience_ends(
        line, exchange, kwhi_after(line->last_us, now_us) > 0 ? line->last_us : now_us);
    line->bytes_seen = 0;
    while (*end != NULL)
        end = &(*end)->next;
    *end = exchange;
}

enum kwh_error kwh_line_start(struct kwh_line *line, struct kwh_exchange *exchange, uint32_t now_us)
{
    enum kwh_error error = refuse(line, exchange);
    if (error != KWH_OK)
        return error;
    exchange->attempt = 0;
    exchange->sendings = 0;
    queue(line, exchange, now_us);
    return KWH_OK;
}

enum kwh_error kwh_line_retry(struct kwh_line *line, struct kwh_exchange *exchange, uint32_t now_us)
{
    enum kwh_error error = exchange->writes ? KWH_ERROR_ARGUMENT : refuse(line, exchange);
    if (error != KWH_OK)
        return error;
    if (exchange->attempt < UINT8_MAX)
        exchange->attempt++;
    queue(line, exchange, now_us);
    return KWH_OK;
}

/* True when the line has been silent long enough for a request; else *until_us says when to look.
 */
static bool is_quiet(struct kwh_line *line, const struct kwh_exchange *exchange, uint32_t now_us,
                     uint32_t *until_us)
{
    uint32_t need = silence_needed(line, exchange);
    if (!kwhi_has(line, KWH_FRAMING_SERIAL))
        return true;
    if (!line->quiet) {
        *until_us = line->last_us + need + (need != 0 ? line->timing.tick_us : 0);
        line->quiet = kwhi_due(now_us, *until_us);
    }
    return line->quiet;
}

/* What was received before a request answers nothing. */
static void drain(struct kwh_line *line, struct kwh_exchange *exchange, uint32_t now_us)
{
    if (!kwhi_has(line, KWH_FRAMING_SERIAL))
        return;
    kwhi_skip(line, KWHI_ALL, exchange, now_us);
    line->sent_length = 0;
}

/* The answer to either attempt is right; but where an answer must stand alone, a request must not
 * meet the late one of the attempt before. */
static bool waits_for_debt(const struct kwh_line *line, const struct kwh_exchange *exchange)
{
    return exchange->sendings == 0 || kwhi_has(line, KWH_FRAMING_BURST);
}

/* Whether the request may go out; else *until_us says when to look again. A serial line has been
 * listened to at least once before, so that nothing old waits in a driver. */
static bool may_send(struct kwh_line *line, struct kwh_exchange *exchange, uint32_t now_us,
                     uint32_t *until_us)
{
    drain(line, exchange, now_us);
    if (!is_quiet(line, exchange, now_us, until_us)) {
        line->drained = false;
        return false;
    }
    if (kwhi_has(line, KWH_FRAMING_HAS_ID))
        return true;
    if (kwhi_debt_blocks(line, exchange, now_us, until_us) && waits_for_debt(line, exchange)) {
        exchange->limit_us = patience_ends(line, exchange, *until_us);
        line->drained = false;
        return false;
    }
    if (line->drained)
        return true;
    line->drained = true;
    if (!exchange->listened) /* a caller may be late: patience begins when it listens */
        exchange->limit_us = patience_ends(line, exchange, now_us);
    exchange->listened = true;
    *until_us = now_us;
    return false;
}

static void begin_sending(struct kwh_line *line, struct kwh_exchange *exchange, uint32_t now_us)
{
    size_t room = kwhi_has(line, KWH_FRAMING_HAS_ID) ? line->capacity / 2u : line->capacity;
    if (exchange->sendings == 0)
        exchange->id = ++line->next_id; /* kept, so that the answer to any attempt is known */
    line->sent_length = (uint16_t)line->framing->wrap(exchange, line->buffer, room);
    line->sent_done = 0;
    line->bytes_seen = line->received;
    line->saw = 0;
    line->echo_swallowed = false;
    line->last_us = now_us;
    exchange->state = KWH_EXCHANGE_SENDING;
    if (exchange->statistics != NULL) {
        exchange->statistics->sent++;
        exchange->statistics->retries += exchange->sendings != 0 ? 1u : 0u;
    }
    if (exchange->sendings < UINT8_MAX)
        exchange->sendings++;
}

/* The request has left: from here the answer is awaited. */
static void begin_waiting(struct kwh_line *line, struct kwh_exchange *exchange)
{
    const struct kwh_timing *timing = &line->timing;
    uint32_t wait = exchange->answer_us != 0 ? exchange->answer_us
                                             : timing->answer_us + kwhi_frame_us(line, exchange);
    bool broadcast = is_broadcast(line, exchange);
    exchange->state = broadcast ? KWH_EXCHANGE_TURNAROUND : KWH_EXCHANGE_WAITING;
    exchange->listened = false;
    exchange->sent_us = line->last_us;
    exchange->due_us = line->last_us + (broadcast ? timing->turnaround_us : wait) + timing->tick_us;
    exchange->limit_us = exchange->due_us + timing->character_us + timing->tick_us +
                         kwhi_wire_us(line->character_ns, line->framing->frame_max);
}

/* Something is on the wire. */
static void hear(struct kwh_line *line, uint32_t now_us)
{
    line->quiet = false;
    if (kwhi_after(now_us, line->last_us) > 0)
        line->last_us = now_us;
}

void kwh_line_sent(struct kwh_line *line, size_t count, uint32_t now_us)
{
    struct kwh_exchange *exchange = kwhi_find(line, KWH_EXCHANGE_SENDING);
    size_t done = (size_t)line->sent_done + (count < line->sent_length ? count : line->sent_length);
    if (exchange == NULL || count == 0)
        return;
    if (done > line->sent_length)
        done = line->sent_length;
    count = done - line->sent_done;
    if (line->trace != NULL)
        line->trace(line->trace_context, KWH_TRACE_SENT, line->buffer + line->sent_done, count,
                    now_us);
    hear(line, now_us);
    line->last_us += kwhi_wire_us(line->character_ns, (uint32_t)count);
    line->sent_done = (uint16_t)done;
    if (line->sent_done == line->sent_length)
        begin_waiting(line, exchange);
}

/* An answer that has begun gets the time between two characters, but not for ever. */
static void extend(struct kwh_line *line, uint32_t now_us)
{
    uint32_t due = now_us + line->timing.character_us + line->timing.tick_us;
    for (struct kwh_exchange *exchange = line->exchanges; exchange != NULL;
         exchange = exchange->next) {
        if (exchange->state != KWH_EXCHANGE_WAITING || kwhi_after(due, exchange->due_us) <= 0)
            continue;
        exchange->due_us = kwhi_after(due, exchange->limit_us) < 0 ? due : exchange->limit_us;
    }
}

void kwh_line_got(struct kwh_line *line, size_t count, uint32_t now_us)
{
    uint32_t at = (uint32_t)kwhi_receive_at(line);
    uint32_t received = line->received + (count < line->lent ? (uint32_t)count : line->lent);
    count = (size_t)(received - line->received);
    if (count == 0 || at + received > line->capacity)
        return;
    if (line->trace != NULL)
        line->trace(line->trace_context, KWH_TRACE_RECEIVED, line->buffer + at + line->received,
                    count, now_us);
    line->lent = (uint16_t)(line->lent - count);
    line->received = (uint16_t)received;
    line->bytes_seen += (uint32_t)count;
    hear(line, now_us);
    extend(line, now_us);
}

/* An answer that was whole before the damage counts; anything else that has begun cannot become
 * one. */
void kwh_line_got_damaged(struct kwh_line *line, size_t count, uint32_t now_us)
{
    if (count > line->lent)
        count = line->lent;
    if (count == 0)
        return;
    kwh_line_got(line, count - 1, now_us);
    line->lent = 0; /* what is given up moves what follows */
    kwhi_receive(line, now_us);
    line->bytes_seen++;
    line->saw |= KWHI_SAW_NOISE;
    hear(line, now_us);
    if (line->consumed != 0)
        return;
    if (kwhi_has(line, KWH_FRAMING_BURST))
        kwhi_spoil(line, line->received + 1u);
    kwhi_skip(line, KWHI_ALL, line->exchanges, now_us);
}

void kwh_line_failed(struct kwh_line *line, enum kwh_error error, int host_errno, uint32_t now_us)
{
    for (struct kwh_exchange *exchange = line->exchanges; exchange != NULL;
         exchange = exchange->next)
        if (exchange->state != KWH_EXCHANGE_OVER)
            kwhi_fail(line, exchange, error, now_us);
    line->failure.host_errno = host_errno;
    if (line->received > line->consumed) /* an answer that was taken stays to be handed out */
        line->received = line->consumed;
    line->lent = 0;
}

void kwh_line_cancel(struct kwh_line *line, uint32_t now_us)
{
    for (struct kwh_exchange *exchange = line->exchanges; exchange != NULL;
         exchange = exchange->next)
        if (exchange->state != KWH_EXCHANGE_OVER)
            kwhi_fail(line, exchange, KWH_ERROR_INTERRUPTED, now_us);
}

/* Drops the answer that was handed out with the last step, and on a serial line what followed it.
 */
static void drop_answer(struct kwh_line *line, uint32_t now_us)
{
    size_t count = line->consumed;
    if (count == 0)
        return;
    line->answered = NULL;
    line->consumed = 0;
    line->received = kwhi_shift(line->buffer + kwhi_receive_at(line), count, line->received);
    if (kwhi_has(line, KWH_FRAMING_SERIAL))
        kwhi_skip(line, KWHI_ALL, NULL, now_us);
}

static bool take_over(struct kwh_line *line, struct kwh_step *step)
{
    for (struct kwh_exchange **link = &line->exchanges; *link != NULL; link = &(*link)->next) {
        if ((*link)->state != KWH_EXCHANGE_OVER)
            continue;
        step->action = KWH_ACTION_DONE;
        step->exchange = *link;
        *link = step->exchange->next;
        return true;
    }
    return false;
}

static void lend_room(struct kwh_line *line, struct kwh_step *step)
{
    size_t at = kwhi_receive_at(line) + line->received;
    step->room = line->buffer + at;
    step->capacity = line->capacity - at;
    line->lent = (uint16_t)step->capacity;
}

static bool offer_request(struct kwh_line *line, struct kwh_step *step)
{
    if (kwhi_find(line, KWH_EXCHANGE_SENDING) == NULL)
        return false;
    step->action = KWH_ACTION_SEND;
    step->bytes = line->buffer + line->sent_done;
    step->count = (size_t)line->sent_length - line->sent_done;
    return true;
}

static void earliest(bool *any, uint32_t *until_us, uint32_t stamp_us)
{
    if (!*any || kwhi_after(stamp_us, *until_us) < 0)
        *until_us = stamp_us;
    *any = true;
}

/* When something happens by itself: a deadline, or silence after bytes. */
static void next_moment(const struct kwh_line *line, uint32_t now_us, bool *any, uint32_t *until_us)
{
    uint32_t silent = line->last_us + line->timing.character_us + line->timing.tick_us;
    for (const struct kwh_exchange *e = line->exchanges; e != NULL; e = e->next)
        if (e->state == KWH_EXCHANGE_WAITING || e->state == KWH_EXCHANGE_TURNAROUND)
            earliest(any, until_us, e->due_us);
    if ((line->received != 0 || line->spoilt != 0) && !kwhi_due(now_us, silent))
        earliest(any, until_us, silent);
}

void kwh_line_next(struct kwh_line *line, uint32_t now_us, struct kwh_step *step)
{
    struct kwh_exchange *queued;
    bool any = false;
    memset(step, 0, sizeof *step);
    line->lent = 0;
    if (kwhi_find(line, KWH_EXCHANGE_OVER) == NULL) /* else an answer has not been handed out yet */
        drop_answer(line, now_us);
    kwhi_receive(line, now_us);
    if (take_over(line, step) || offer_request(line, step))
        return;
    queued = kwhi_find(line, KWH_EXCHANGE_QUEUED);
    if (queued != NULL) {
        if (may_send(line, queued, now_us, &step->until_us)) {
            begin_sending(line, queued, now_us);
            step->until_us = 0;
            (void)offer_request(line, step);
            return;
        }
        if (kwhi_has(line, KWH_FRAMING_SERIAL) && !line->quiet &&
            kwhi_due(now_us, queued->limit_us)) {
            kwhi_fail(line, queued, KWH_ERROR_NO_FRAME, now_us); /* somebody babbles */
            (void)take_over(line, step);
            return;
        }
        any = true;
    }
    next_moment(line, now_us, &any, &step->until_us);
    step->action = any ? KWH_ACTION_RECEIVE : KWH_ACTION_IDLE;
    if (!any) {
        kwhi_skip(line, KWHI_ALL, NULL, now_us);
        line->sent_length = 0;
    }
    lend_room(line, step);
}

const uint8_t *kwh_line_answer(const struct kwh_line *line, const struct kwh_exchange *exchange,
                               size_t *length)
{
    size_t at = exchange->answer_at;
    size_t size = exchange->answer_size;
    if (line->answered != exchange || at > line->capacity || size > line->capacity - at)
        size = at = 0;
    *length = size;
    return line->buffer + at;
}
