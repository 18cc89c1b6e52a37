/* SPDX-License-Identifier: MIT */
/* Drives any dialogue: next wish, carry it out on the line, tell the outcome. */
#include <kwh/line.h>
#include <string.h>

enum dialogue_state {
    ASKING,     /* the dialogue says what it wants */
    EXCHANGING, /* its exchange is on the line */
    PASSING,    /* time passes */
    RESTING,    /* a busy meter is left alone, then asked again */
    OVER
};

/* How long: a meter at work on something, not one on its way to the answer. */
#define BUSY_US UINT32_C(100000)

void kwh_dialogue_init(struct kwh_dialogue *dialogue, enum kwh_wish (*next)(struct kwh_dialogue *),
                       void (*outcome)(struct kwh_dialogue *, const struct kwh_line *))
{
    memset(dialogue, 0, sizeof *dialogue);
    dialogue->next = next;
    dialogue->outcome = outcome;
    dialogue->retries = 2;
}

static void tell_outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    dialogue->state = ASKING;
    dialogue->outcome(dialogue, line);
}

static bool worth_a_retry(const struct kwh_dialogue *dialogue)
{
    const struct kwh_exchange *exchange = &dialogue->exchange;
    enum kwh_error error = exchange->error;
    if (exchange->writes || exchange->attempt >= dialogue->retries)
        return false;
    if (error == KWH_ERROR_DISCONNECTED || error == KWH_ERROR_IO)
        return false;
    return kwh_error_class(error) == KWH_ERROR_CLASS_LINE;
}

static void retry(struct kwh_dialogue *dialogue, struct kwh_line *line, uint32_t now_us)
{
    dialogue->state = EXCHANGING;
    if (kwh_line_retry(line, &dialogue->exchange, now_us) != KWH_OK)
        tell_outcome(dialogue, line);
}

/* The exchange is over: once more, or tell how it went. */
static void conclude(struct kwh_dialogue *dialogue, struct kwh_line *line, uint32_t now_us)
{
    if (!worth_a_retry(dialogue)) {
        tell_outcome(dialogue, line);
    } else if (kwh_error_is_busy(dialogue->exchange.error)) {
        dialogue->since_us = now_us;
        dialogue->state = RESTING;
    } else {
        retry(dialogue, line, now_us);
    }
}

static void start(struct kwh_dialogue *dialogue, struct kwh_line *line, uint32_t now_us)
{
    enum kwh_error error = kwh_line_start(line, &dialogue->exchange, now_us);
    dialogue->state = EXCHANGING;
    if (error == KWH_OK)
        return;
    dialogue->exchange.error = error;
    dialogue->exchange.answer_size = 0;
    tell_outcome(dialogue, line);
}

/* Follows the line while the exchange lasts. True: the caller has something to do. */
static bool follow(struct kwh_dialogue *dialogue, struct kwh_line *line, uint32_t now_us,
                   struct kwh_step *step)
{
    kwh_line_next(line, now_us, step);
    if (step->action == KWH_ACTION_DONE && step->exchange == &dialogue->exchange) {
        conclude(dialogue, line, now_us);
        return false;
    }
    if (step->action == KWH_ACTION_IDLE) { /* somebody else took its end, and the answer is gone */
        dialogue->exchange.error = KWH_ERROR_INTERRUPTED;
        dialogue->exchange.answer_size = 0;
        tell_outcome(dialogue, line);
        return false;
    }
    return true;
}

static bool pass_time(struct kwh_dialogue *dialogue, struct kwh_line *line, uint32_t now_us,
                      struct kwh_step *step)
{
    bool rests = dialogue->state == RESTING;
    uint32_t until = dialogue->since_us + (rests ? BUSY_US : dialogue->wait_us);
    if ((int32_t)(now_us - until) >= 0) {
        dialogue->state = ASKING;
        if (rests)
            retry(dialogue, line, now_us);
        return false;
    }
    kwh_line_next(line, now_us, step);
    if (step->action == KWH_ACTION_IDLE) {
        step->action = KWH_ACTION_RECEIVE;
        step->until_us = until;
    }
    return true;
}

/* True: the caller has something to do. */
static bool ask(struct kwh_dialogue *dialogue, struct kwh_line *line, uint32_t now_us,
                struct kwh_step *step)
{
    switch (dialogue->next(dialogue)) {
    case KWH_WISH_EXCHANGE:
        start(dialogue, line, now_us);
        return false;
    case KWH_WISH_WAIT:
        dialogue->since_us = now_us;
        dialogue->state = PASSING;
        return false;
    case KWH_WISH_SETTINGS:
        step->action = KWH_ACTION_SETTINGS;
        step->settings = dialogue->settings;
        return true;
    case KWH_WISH_RESULT:
        step->action = KWH_ACTION_RESULT;
        return true;
    case KWH_WISH_DONE:
        dialogue->error = KWH_OK;
        dialogue->state = OVER;
        return false;
    case KWH_WISH_FAILED:
        dialogue->state = OVER;
        return false;
    }
    return false;
}

void kwh_dialogue_step(struct kwh_dialogue *dialogue, struct kwh_line *line, uint32_t now_us,
                       struct kwh_step *step)
{
    for (;;) {
        memset(step, 0, sizeof *step);
        if (dialogue->state == OVER) {
            step->action = KWH_ACTION_FINISHED;
            return;
        }
        if (dialogue->state == EXCHANGING ? follow(dialogue, line, now_us, step)
            : dialogue->state == ASKING   ? ask(dialogue, line, now_us, step)
                                          : pass_time(dialogue, line, now_us, step))
            return;
    }
}
