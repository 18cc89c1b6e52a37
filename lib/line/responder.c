/* SPDX-License-Identifier: MIT */
#include "line_state.h"

#include <kwh/responder.h>
#include <string.h>

enum responder_state {
    LISTENING,
    ASKED,     /* a request is reported and neither answered nor ignored */
    ANSWERING, /* the answer waits for silence */
    SENDING
};

/* Received bytes lie in the first half of the buffer, the answer in the second. */
#define HALF (KWH_RESPONDER_BUFFER / 2u)

/* How long adapters hold bytes back: an echo may come as late as that. */
#define ECHO_US UINT32_C(100000)

/* With nothing to wait for, ask again after 15 minutes: stamps must not grow old. */
#define IDLE_US UINT32_C(900000000)

static bool has(const struct kwh_responder *responder, unsigned property)
{
    return (responder->framing->properties & property) != 0;
}

enum kwh_error kwh_responder_init(struct kwh_responder *responder,
                                  KWH_CONST struct kwh_server_framing *framing, uint8_t *buffer,
                                  size_t capacity)
{
    memset(responder, 0, sizeof *responder);
    responder->framing = framing;
    responder->buffer = buffer;
    responder->timing.character_us = has(responder, KWH_FRAMING_STREAM) ? 1000000 : 10000;
    responder->timing.tick_us = 1;
    if (capacity < KWH_RESPONDER_BUFFER || capacity > 65535)
        return KWH_ERROR_ARGUMENT;
    responder->capacity = HALF;
    return KWH_OK;
}

void kwh_responder_set_speed(struct kwh_responder *responder,
                             const struct kwh_line_settings *settings)
{
    if (has(responder, KWH_FRAMING_STREAM))
        return;
    responder->character_ns = kwh_character_ns(settings);
    responder->timing.character_us = kwh_silence_us(responder->character_ns);
}

void kwh_responder_serve(struct kwh_responder *responder, uint8_t address, bool serve)
{
    uint8_t bit = (uint8_t)(1u << (address & 7u));
    uint8_t *byte = &responder->served[address >> 3];
    *byte = (uint8_t)(serve ? *byte | bit : *byte & ~bit);
}

static void skip(struct kwh_responder *responder, size_t count)
{
    responder->received = kwhi_shift(responder->buffer, count, responder->received);
}

static void give_up(struct kwh_responder *responder, size_t count, uint32_t now_us)
{
    if (count > responder->received)
        count = responder->received;
    if (responder->trace != NULL && count != 0)
        responder->trace(responder->trace_context, KWH_TRACE_SKIPPED, responder->buffer, count,
                         now_us);
    responder->skipped += (uint32_t)count;
    skip(responder, count);
}

/* Nothing counts of a burst with a damaged byte, until it is over. */
static void pass_spoilt(struct kwh_responder *responder, bool over, uint32_t now_us)
{
    if (!responder->spoilt)
        return;
    give_up(responder, responder->received, now_us);
    responder->spoilt = !over;
}

/* Our own answer coming back: what we sent, before anything else. */
enum echo_verdict {
    NOT_ECHO,
    MAY_BE_ECHO,
    IS_ECHO
};

static enum echo_verdict judge_echo(const struct kwh_responder *responder, bool idle)
{
    size_t count = responder->received;
    if (responder->sent_length == 0 || responder->echo == KWH_ECHO_NEVER ||
        (responder->echo == KWH_ECHO_OFF && responder->repeats))
        return NOT_ECHO;
    if (count > responder->sent_length)
        count = responder->sent_length;
    if (memcmp(responder->buffer, responder->buffer + HALF, count) != 0)
        return NOT_ECHO;
    if (count == responder->sent_length)
        return IS_ECHO;
    return idle ? NOT_ECHO : MAY_BE_ECHO;
}

/* Takes our own answer away when it comes back. True: what came may still turn out to be that. An
 * answer that looks like its request teaches nothing: it may be the master, asking again. */
static bool wait_for_echo(struct kwh_responder *responder, bool idle, uint32_t now_us)
{
    enum echo_verdict verdict = responder->received != 0 ? judge_echo(responder, idle) : NOT_ECHO;
    if (verdict == IS_ECHO) {
        give_up(responder, responder->sent_length, now_us);
        responder->sent_length = 0;
        if (!responder->repeats &&
            (responder->echo == KWH_ECHO_LEARN || responder->echo == KWH_ECHO_OFF))
            responder->echo = KWH_ECHO_ON;
    }
    return verdict == MAY_BE_ECHO;
}

/* A request instead of an echo, or nothing for too long: there is none. */
static void no_echo(struct kwh_responder *responder, bool request)
{
    if (request && responder->sent_length != 0 && responder->echo == KWH_ECHO_LEARN)
        responder->echo = KWH_ECHO_OFF;
    responder->sent_length = 0;
}

/* Makes what can be made of the received bytes; true when a request was found or the peer is mad.
 */
static bool listen(struct kwh_responder *responder, bool idle, uint32_t now_us,
                   struct kwh_step *step)
{
    while (responder->received != 0) {
        bool full = responder->received >= responder->capacity;
        struct kwh_request_match match = responder->framing->match(
            responder->buffer, responder->received, idle || full, responder->served);
        if (match.verdict == KWH_VERDICT_MORE && !full)
            return false;
        if (match.verdict == KWH_VERDICT_BROKEN) {
            step->action = KWH_ACTION_CLOSE;
            return true;
        }
        if (match.verdict != KWH_VERDICT_FRAME) {
            give_up(responder, match.count != 0 ? match.count : 1u, now_us);
            continue;
        }
        no_echo(responder, true);
        responder->unit = match.address;
        responder->id = match.id;
        responder->body_at = match.body_at;
        responder->body_length = match.body_length;
        responder->consumed = match.count;
        responder->requests++;
        responder->state = ASKED;
        if (responder->trace != NULL)
            responder->trace(responder->trace_context, KWH_TRACE_FRAME, responder->buffer,
                             match.count, now_us);
        return true;
    }
    return false;
}

static void lend_room(struct kwh_responder *responder, struct kwh_step *step, uint32_t until_us)
{
    if (responder->received >= responder->capacity)
        responder->received = 0;
    step->action = KWH_ACTION_RECEIVE;
    step->room = responder->buffer + responder->received;
    step->capacity = (size_t)responder->capacity - responder->received;
    step->until_us = until_us;
}

static void next_listening(struct kwh_responder *responder, uint32_t now_us, struct kwh_step *step)
{
    const struct kwh_timing *timing = &responder->timing;
    uint32_t silent = responder->last_us + timing->character_us + timing->tick_us;
    uint32_t late = responder->last_us + ECHO_US + timing->tick_us;
    bool heard = responder->received != 0 || responder->spoilt;
    bool idle = heard && kwhi_due(now_us, silent);
    pass_spoilt(responder, idle, now_us);
    if (!wait_for_echo(responder, idle, now_us) && listen(responder, idle, now_us, step)) {
        if (step->action == KWH_ACTION_IDLE)
            step->action = KWH_ACTION_REQUEST;
        return;
    }
    if (!idle && (responder->received != 0 || responder->spoilt)) {
        lend_room(responder, step, silent);
        return;
    }
    if (responder->sent_length == 0 || kwhi_due(now_us, late)) {
        if (responder->echo != KWH_ECHO_ALWAYS)
            no_echo(responder, false);
        late = now_us + IDLE_US;
    }
    lend_room(responder, step, late);
}

/* A slave begins to answer after 3.5 characters of silence. */
static bool may_answer(const struct kwh_responder *responder, uint32_t now_us, uint32_t *until_us)
{
    uint32_t silence = kwh_silence_us(responder->character_ns);
    *until_us = responder->last_us + silence + (silence != 0 ? responder->timing.tick_us : 0);
    return silence == 0 || kwhi_due(now_us, *until_us);
}

void kwh_responder_next(struct kwh_responder *responder, uint32_t now_us, struct kwh_step *step)
{
    uint32_t until;
    memset(step, 0, sizeof *step);
    if (responder->state == ASKED) {
        step->action = KWH_ACTION_REQUEST;
        return;
    }
    if (responder->state == LISTENING) {
        next_listening(responder, now_us, step);
        return;
    }
    if (responder->state == ANSWERING) {
        if (!may_answer(responder, now_us, &until)) {
            lend_room(responder, step, until);
            return;
        }
        responder->state = SENDING;
        pass_spoilt(responder, true, now_us);
        responder->last_us = now_us;
    }
    step->action = KWH_ACTION_SEND;
    step->bytes = responder->buffer + HALF + responder->sent_done;
    step->count = (size_t)responder->sent_length - responder->sent_done;
}

void kwh_responder_sent(struct kwh_responder *responder, size_t count, uint32_t now_us)
{
    size_t offered = responder->sent_length;
    size_t done = (size_t)responder->sent_done + (count < offered ? count : offered);
    if (responder->state != SENDING || count == 0)
        return;
    if (done > offered)
        done = offered;
    count = done - responder->sent_done;
    if (responder->trace != NULL)
        responder->trace(responder->trace_context, KWH_TRACE_SENT,
                         responder->buffer + HALF + responder->sent_done, count, now_us);
    if (kwhi_after(now_us, responder->last_us) > 0)
        responder->last_us = now_us;
    responder->last_us += kwhi_wire_us(responder->character_ns, (uint32_t)count);
    responder->sent_done = (uint16_t)done;
    if (responder->sent_done < responder->sent_length)
        return;
    responder->state = LISTENING;
    if (!has(responder, KWH_FRAMING_SERIAL))
        responder->sent_length = 0;
}

void kwh_responder_got(struct kwh_responder *responder, size_t count, uint32_t now_us)
{
    size_t capacity = responder->capacity;
    size_t received = responder->received + (count < capacity ? count : capacity);
    if (responder->state == ASKED || responder->state == SENDING)
        return;
    if (received > capacity)
        received = capacity;
    count = received - responder->received;
    if (count == 0)
        return;
    if (responder->trace != NULL)
        responder->trace(responder->trace_context, KWH_TRACE_RECEIVED,
                         responder->buffer + responder->received, count, now_us);
    responder->received = (uint16_t)received;
    if (kwhi_after(now_us, responder->last_us) > 0 || responder->received == count)
        responder->last_us = now_us;
}

void kwh_responder_got_damaged(struct kwh_responder *responder, size_t count, uint32_t now_us)
{
    if (count == 0 || (responder->state != LISTENING && responder->state != ANSWERING))
        return;
    kwh_responder_got(responder, count, now_us);
    give_up(responder, responder->received, now_us);
    responder->spoilt = has(responder, KWH_FRAMING_BURST);
}

const uint8_t *kwh_responder_request(const struct kwh_responder *responder, size_t *length)
{
    bool asked = responder->state == ASKED && responder->body_at <= HALF &&
                 responder->body_length <= HALF - responder->body_at;
    *length = asked ? responder->body_length : 0;
    return responder->buffer + (asked ? responder->body_at : 0);
}

/* The answer, `size` bytes, lies in the second half of the buffer. */
static void begin_answer(struct kwh_responder *responder, size_t size)
{
    responder->sent_length = (uint16_t)size;
    responder->sent_done = 0;
    responder->repeats = responder->consumed == responder->sent_length &&
                         memcmp(responder->buffer, responder->buffer + HALF,
                                responder->sent_length) == 0;
    skip(responder, responder->consumed);
    responder->consumed = 0;
    responder->state = ANSWERING;
}

enum kwh_error kwh_responder_answer(struct kwh_responder *responder, const uint8_t *pdu,
                                    size_t length)
{
    if (responder->state != ASKED)
        return KWH_ERROR_BUSY;
    size_t size = responder->framing->wrap(responder->unit, responder->id, pdu, length,
                                           responder->buffer + HALF, HALF);
    if (size == 0)
        return KWH_ERROR_ARGUMENT;
    begin_answer(responder, size);
    return KWH_OK;
}

enum kwh_error kwh_responder_answer_frame(struct kwh_responder *responder, const uint8_t *bytes,
                                          size_t length)
{
    if (responder->state != ASKED)
        return KWH_ERROR_BUSY;
    if (length < 1 || length > HALF)
        return KWH_ERROR_ARGUMENT;
    memcpy(responder->buffer + HALF, bytes, length);
    begin_answer(responder, length);
    return KWH_OK;
}

bool kwh_responder_is_answering(const struct kwh_responder *responder)
{
    return responder->state == ANSWERING || responder->state == SENDING;
}

void kwh_responder_ignore(struct kwh_responder *responder)
{
    if (responder->state != ASKED)
        return;
    skip(responder, responder->consumed);
    responder->consumed = 0;
    responder->state = LISTENING;
}
