/* SPDX-License-Identifier: MIT */
/* From received bytes to the end of an exchange. */
#include "answer_at_end.h"
#include "debt.h"
#include "line_state.h"
#include "statistics.h"

#include <string.h>

void kwhi_skip(struct kwh_line *line, size_t count, struct kwh_exchange *exchange, uint32_t now_us)
{
    uint8_t *received = line->buffer + kwhi_receive_at(line);
    size_t skipped = count < line->received ? count : line->received;
    if (count == 0 || line->received == 0)
        return;
    if (line->trace != NULL)
        line->trace(line->trace_context, KWH_TRACE_SKIPPED, received, skipped, now_us);
    if (exchange != NULL && exchange->statistics != NULL)
        exchange->statistics->skipped_bytes += (uint32_t)skipped;
    line->received = kwhi_shift(received, count, line->received);
}

static void remember_failure(struct kwh_line *line, const struct kwh_exchange *exchange,
                             uint32_t now_us)
{
    struct kwh_failure *failure = &line->failure;
    memset(failure, 0, sizeof *failure);
    failure->error = exchange->error;
    failure->address = exchange->address;
    failure->other_address = line->other_address;
    failure->function = exchange->head[0];
    failure->attempt = (uint8_t)(exchange->attempt < UINT8_MAX ? exchange->attempt + 1 : UINT8_MAX);
    failure->span_address = exchange->span_address;
    failure->span_count = exchange->span_count;
    failure->bytes_seen = line->bytes_seen;
    if (kwhi_after(now_us, exchange->sent_us) > 0)
        failure->elapsed_us = now_us - exchange->sent_us;
}

/* The attempt may be answered although we have given up. */
static void owe(struct kwh_line *line, const struct kwh_exchange *exchange)
{
    if (!kwhi_has(line, KWH_FRAMING_HAS_ID))
        kwhi_debt_add(line, exchange,
                      exchange->sent_us + line->timing.latest_us + kwhi_frame_us(line, exchange) +
                          line->timing.tick_us);
}

/* Ends an exchange without an answer and without a debt. */
static void lose(struct kwh_line *line, struct kwh_exchange *exchange, enum kwh_error error,
                 uint32_t now_us)
{
    if (exchange->statistics != NULL && exchange->state != KWH_EXCHANGE_QUEUED)
        exchange->statistics->timeouts++;
    exchange->error = error;
    exchange->state = KWH_EXCHANGE_OVER;
    remember_failure(line, exchange, now_us);
}

void kwhi_fail(struct kwh_line *line, struct kwh_exchange *exchange, enum kwh_error error,
               uint32_t now_us)
{
    if (exchange->state == KWH_EXCHANGE_QUEUED)
        exchange->sent_us = now_us;
    if (exchange->state == KWH_EXCHANGE_SENDING)
        exchange->sent_us = line->last_us;
    if (exchange->state == KWH_EXCHANGE_SENDING || exchange->state == KWH_EXCHANGE_WAITING)
        owe(line, exchange);
    lose(line, exchange, error, now_us);
}

/* True when a good answer looks exactly like its request, as with functions 05, 06 and 08. */
static bool repeats_request(const struct kwh_exchange *exchange)
{
    return exchange->answer_length != 0 && exchange->same == exchange->answer_length &&
           exchange->answer_length == exchange->head_length + exchange->body_length;
}

static bool echo_excluded(const struct kwh_line *line)
{
    return line->echo == KWH_ECHO_OFF || line->echo == KWH_ECHO_NEVER ||
           !kwhi_has(line, KWH_FRAMING_SERIAL);
}

/* An answer that differs from its request, with nothing before it, shows that nothing echoes. */
static void learn_no_echo(struct kwh_line *line)
{
    if (!line->echo_swallowed && line->saw == 0 &&
        (line->echo == KWH_ECHO_LEARN || line->echo == KWH_ECHO_ON))
        line->echo = KWH_ECHO_OFF;
}

static void succeed(struct kwh_line *line, const struct kwh_match *match, uint32_t now_us)
{
    struct kwh_exchange *exchange = match->exchange;
    size_t at = kwhi_receive_at(line) + match->body_at;
    bool refused = match->error != KWH_OK;
    bool ambiguous = !refused && repeats_request(exchange);

    exchange->state = KWH_EXCHANGE_OVER;
    exchange->answer_at = (uint16_t)at;
    exchange->answer_size = match->body_length;
    exchange->latency_us = kwhi_after(now_us, exchange->sent_us) > 0 ? now_us - exchange->sent_us
                                                                     : 0;
    exchange->error = match->error;
    exchange->from = match->address != 0 ? match->address : exchange->address;
    if (!ambiguous)
        learn_no_echo(line);
    exchange->proven = !ambiguous || echo_excluded(line);
    if (exchange->sendings > 1 || !exchange->proven || exchange->from != exchange->address)
        owe(line, exchange);
    if (exchange->statistics != NULL)
        kwhi_count_answer(exchange->statistics, refused, exchange->latency_us);
    if (refused)
        remember_failure(line, exchange, now_us);
    if (line->trace != NULL)
        line->trace(line->trace_context, KWH_TRACE_FRAME, line->buffer + kwhi_receive_at(line),
                    match->count, now_us);
    line->consumed = match->count;
    line->answered = exchange;
}

/* Bytes of our own request that have come back, at the front of what was received. */
static size_t echoed(const struct kwh_line *line)
{
    const uint8_t *received = line->buffer + kwhi_receive_at(line);
    size_t count = line->received < line->sent_length ? line->received : line->sent_length;
    if (line->echo_swallowed || line->echo == KWH_ECHO_NEVER || !kwhi_has(line, KWH_FRAMING_SERIAL))
        return 0;
    for (size_t i = 0; i < count; i++)
        if (line->buffer[i] != received[i])
            return 0;
    return count;
}

static void swallow_echo(struct kwh_line *line, struct kwh_exchange *exchange, uint32_t now_us)
{
    line->echo_swallowed = true;
    if (line->saw == 0)
        line->saw = KWHI_SAW_ECHO;
    if (line->echo != KWH_ECHO_ALWAYS)
        line->echo = KWH_ECHO_ON;
    kwhi_skip(line, line->sent_length, exchange, now_us);
}

/*
 * Whether the front of what was received is our own request, to be taken away. A frame that may
 * still become the answer goes first: an answer can begin with the very bytes of its request.
 */
static bool is_echo(const struct kwh_line *line, const struct kwh_exchange *exchange,
                    const struct kwh_match *match, bool idle)
{
    if (echoed(line) != line->sent_length || line->sent_length == 0)
        return false;
    if (repeats_request(exchange))
        return line->echo == KWH_ECHO_ON || line->echo == KWH_ECHO_ALWAYS;
    if (match->verdict == KWH_VERDICT_FRAME)
        return match->count < line->sent_length;
    return idle || match->verdict != KWH_VERDICT_MORE || match->reason != KWH_REASON_NOISE;
}

/* Whether all that came so far may be the beginning of our own request. */
static bool may_become_echo(const struct kwh_line *line, const struct kwh_match *match)
{
    if (line->received >= line->sent_length || echoed(line) != line->received)
        return false;
    return match->verdict != KWH_VERDICT_FRAME || !echo_excluded(line);
}

static void note_reason(struct kwh_line *line, struct kwh_exchange *exchange,
                        const struct kwh_match *match)
{
    static KWH_CONST uint8_t saw[] = {KWHI_SAW_NOISE, KWHI_SAW_BAD_CRC, KWHI_SAW_OTHER_ADDRESS,
                                      KWHI_SAW_OTHER_ANSWER};
    line->saw |= saw[match->reason];
    if (match->reason == KWH_REASON_OTHER_ADDRESS)
        line->other_address = match->address;
    if (match->reason == KWH_REASON_BAD_CRC && exchange->statistics != NULL)
        exchange->statistics->bad_crc++;
}

struct kwh_exchange *kwhi_find(const struct kwh_line *line, enum kwh_exchange_state state)
{
    struct kwh_exchange *exchange = line->exchanges;
    while (exchange != NULL && exchange->state != (uint8_t)state)
        exchange = exchange->next;
    return exchange;
}

/* Behind the deadline, and what came up to it was fetched: a caller may be late, and its driver
 * full. */
static bool is_past(const struct kwh_exchange *exchange, uint32_t now_us)
{
    return exchange->listened && kwhi_due(now_us, exchange->due_us);
}

/*
 * Whether there is no more time or room for what may still become a frame. On a line with ids
 * others may still wait for the rest.
 */
static bool must_end(const struct kwh_line *line, const struct kwh_exchange *exchange,
                     uint32_t now_us)
{
    if (kwhi_receive_at(line) + line->received >= line->capacity)
        return true;
    return !kwhi_has(line, KWH_FRAMING_HAS_ID) && is_past(exchange, now_us);
}

void kwhi_spoil(struct kwh_line *line, size_t count)
{
    size_t sum = line->spoilt + (count < UINT8_MAX ? count : UINT8_MAX);
    line->spoilt = (uint8_t)(sum < UINT8_MAX ? sum : UINT8_MAX);
}

/* A glitch of a converter, which the answer may still follow, is shorter than any telegram. */
#define GLITCH_MAX 4u

/*
 * So many bytes were no frame, and silence followed: several answered at once, or somebody was
 * disturbed. Where several were asked, they all have answered. A converter that glitches after
 * every request would hide its meters: when asked again, the answer behind a glitch is awaited.
 */
static void collide(struct kwh_line *line, struct kwh_exchange *exchange, size_t count,
                    enum kwh_error error, uint32_t now_us)
{
    line->spoilt = 0;
    if (error == KWH_OK)
        error = KWH_ERROR_COLLISION;
    if (exchange->collides)
        lose(line, exchange, error, now_us);
    else if (count > GLITCH_MAX || exchange->sendings == 1)
        kwhi_fail(line, exchange, error, now_us);
    kwhi_skip(line, KWHI_ALL, exchange, now_us);
}

/* A burst with a damaged byte: nothing of it counts, only that it ends. */
static void pass_spoilt(struct kwh_line *line, struct kwh_exchange *exchange, bool idle,
                        uint32_t now_us)
{
    kwhi_spoil(line, line->received);
    kwhi_skip(line, KWHI_ALL, exchange, now_us);
    if (idle)
        collide(line, exchange, line->spoilt, KWH_ERROR_COLLISION, now_us);
}

/*
 * What begins at the first byte decides; silence alone ends nothing. But when nothing more comes
 * and a whole answer stands at the very end, then what precedes it was no frame.
 */
static struct kwh_match judge(const struct kwh_line *line, struct kwh_exchange *exchange, bool idle)
{
    const uint8_t *received = line->buffer + kwhi_receive_at(line);
    size_t noise = 0;
    exchange->idle = idle;
    struct kwh_match match = line->framing->match(received, line->received, exchange);
    if (idle && match.verdict == KWH_VERDICT_MORE)
        noise = kwhi_answer_at_end(line->framing, received, line->received, exchange);
    if (noise != 0) {
        match.verdict = KWH_VERDICT_SLIDE;
        match.reason = KWH_REASON_NOISE;
        match.count = (uint16_t)noise;
    }
    return match;
}

/* One look at the front of what was received; false when nothing more can be made of it now. */
static bool look(struct kwh_line *line, struct kwh_exchange *exchange, bool idle, uint32_t now_us)
{
    bool end = must_end(line, exchange, now_us);
    struct kwh_match match = judge(line, exchange, idle || end);

    if (is_echo(line, exchange, &match, idle)) {
        swallow_echo(line, exchange, now_us);
        return true;
    }
    if (!idle && may_become_echo(line, &match))
        return false;
    if (end &&
        (match.verdict == KWH_VERDICT_MORE || (match.verdict == KWH_VERDICT_COLLISION && !idle))) {
        line->saw |= KWHI_SAW_NOISE;
        kwhi_skip(line, 1, exchange, now_us);
        return true;
    }
    switch (match.verdict) {
    case KWH_VERDICT_SLIDE:
        note_reason(line, exchange, &match);
        kwhi_skip(line, match.count, exchange, now_us);
        return true;
    case KWH_VERDICT_FRAME:
        succeed(line, &match, now_us);
        return false;
    case KWH_VERDICT_COLLISION:
        note_reason(line, exchange, &match);
        collide(line, exchange, match.count, match.error, now_us);
        return false;
    case KWH_VERDICT_BROKEN:
        kwhi_fail(line, exchange, KWH_ERROR_NO_FRAME, now_us);
        return false;
    case KWH_VERDICT_MORE:
        break;
    }
    return false;
}

/* What nobody answered, told apart. */
static enum kwh_error failure_of(const struct kwh_line *line)
{
    if (line->bytes_seen == 0)
        return KWH_ERROR_TIMEOUT;
    if ((line->saw & KWHI_SAW_BAD_CRC) != 0)
        return KWH_ERROR_BAD_CRC;
    if ((line->saw & KWHI_SAW_OTHER_ANSWER) != 0)
        return KWH_ERROR_OTHER_ANSWER;
    if ((line->saw & KWHI_SAW_OTHER_ADDRESS) != 0)
        return KWH_ERROR_OTHER_ADDRESS;
    if (line->saw == KWHI_SAW_ECHO && line->received == 0)
        return KWH_ERROR_ONLY_ECHO;
    return KWH_ERROR_NO_FRAME;
}

static void expire(struct kwh_line *line, uint32_t now_us)
{
    for (struct kwh_exchange *exchange = line->exchanges; exchange != NULL;
         exchange = exchange->next) {
        if (exchange->state == KWH_EXCHANGE_TURNAROUND && kwhi_due(now_us, exchange->due_us)) {
            exchange->state = KWH_EXCHANGE_OVER;
            exchange->proven = true;
            if (exchange->statistics != NULL)
                exchange->statistics->ok++;
        }
        if (exchange->state != KWH_EXCHANGE_WAITING)
            continue;
        if (is_past(exchange, now_us))
            kwhi_fail(line, exchange, failure_of(line), now_us);
        exchange->listened = kwhi_due(now_us, exchange->due_us);
    }
}

void kwhi_receive(struct kwh_line *line, uint32_t now_us)
{
    uint32_t silent = line->last_us + line->timing.character_us + line->timing.tick_us;
    bool idle = kwhi_due(now_us, silent);
    struct kwh_exchange *exchange = kwhi_find(line, KWH_EXCHANGE_WAITING);

    if (exchange != NULL && line->spoilt != 0 && line->consumed == 0)
        pass_spoilt(line, exchange, idle || is_past(exchange, now_us), now_us);
    while (exchange != NULL && exchange->state == KWH_EXCHANGE_WAITING && line->consumed == 0 &&
           line->received != 0) {
        bool last = idle || is_past(exchange, now_us);
        if (!look(line, exchange, last, now_us))
            break;
    }
    if (line->consumed == 0)
        expire(line, now_us);
    if (line->consumed == 0 && kwhi_find(line, KWH_EXCHANGE_WAITING) == NULL) {
        kwhi_skip(line, KWHI_ALL, exchange, now_us);
        line->spoilt = 0;
    }
}
