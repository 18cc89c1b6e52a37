/* SPDX-License-Identifier: MIT */
/*
 * What a search asks, and what it makes of what comes. The acknowledgments of several meters may
 * look like one, and a late one may answer behind a quick one; so after anything that came the line
 * is listened to until all answers must have begun, and only a telegram that stood alone counts.
 */
#include <kwh/mbus_search.h>

#include <string.h>

#include "header_layout.h"
#include "search_pattern.h"

enum search_stage {
    RESET_SELECTED, /* SND_NKE to those that are selected */
    RESET_ALL,      /* and to all */
    KNOCK,          /* SND_NKE to the address, or select by the pattern */
    READ,           /* REQ_UD2 */
    CONFIRM,        /* select by the address that the telegram told */
    DESELECT
};

enum search_state {
    ASK,
    LISTEN, /* does more come? */
    TELL,   /* a result lies ready */
    TOLD,
    OVER
};

enum heard {
    NOTHING,
    ACKNOWLEDGMENT,
    TELEGRAM,
    MUDDLE
};

#define GLITCH_MAX 4u

/* As often as EN 13757-2 repeats a request. */
#define REPEATS 2u

/* Rounds of listening in which more came: the longest frame, three characters a round. */
#define ROUNDS_MAX (KWH_MBUS_FRAME_MAX / 3u)

static KWH_CONST struct kwh_mbus_secondary any_meter = {UINT32_C(0xFFFFFFFF), 0xFFFF, 0xFF, 0xFF};

static struct kwh_mbus_search *search_of(struct kwh_dialogue *dialogue)
{
    return (struct kwh_mbus_search *)(void *)dialogue;
}

static void ask_for(struct kwh_mbus_search *search, enum search_stage stage)
{
    search->stage = (uint8_t)stage;
    search->state = ASK;
    search->attempt = 0;
}

static void end(struct kwh_mbus_search *search, enum kwh_error error)
{
    search->end = error;
    search->state = OVER;
}

/* ------------------------------------------------------------------------------------------------
 * What follows from what was heard
 */

/* The address or pattern is settled. */
static void go_on(struct kwh_mbus_search *search)
{
    search->done++;
    search->repeats = 0;
    search->again = false;
    ask_for(search, KNOCK);
    if (search->by_secondary) {
        if (!kwhi_pattern_next(search))
            ask_for(search, DESELECT);
    } else if (search->address < search->last) {
        search->address++;
    } else {
        end(search, KWH_OK);
    }
}

static void tell(struct kwh_mbus_search *search, enum kwh_mbus_find kind)
{
    search->found.kind = (uint8_t)kind;
    search->told = UINT16_MAX;
    search->state = TELL;
}

/* What cannot be told by the address in a telegram is told by what was asked. */
static void tell_asked(struct kwh_mbus_search *search, enum kwh_mbus_find kind,
                       enum kwh_error error)
{
    search->found.secondary = search->by_secondary ? search->pattern : any_meter;
    if (kind != KWH_MBUS_FOUND_METER)
        search->found.address = search->by_secondary ? KWH_MBUS_SELECTED : search->address;
    search->found.error = error;
    tell(search, kind);
}

/* Whether it pays to split the pattern: several answer, or one that has digits left to be named. */
static bool is_worth_splitting(const struct kwh_mbus_search *search, enum kwh_mbus_find kind)
{
    unsigned level = kwhi_pattern_below(search);
    return search->by_secondary && !search->again && level != 0 &&
           (kind == KWH_MBUS_FOUND_SEVERAL || kwhi_pattern_is_digit(level));
}

static bool repeats(struct kwh_mbus_search *search)
{
    if (search->repeats == REPEATS)
        return false;
    search->repeats++;
    ask_for(search, KNOCK);
    return true;
}

static void split(struct kwh_mbus_search *search)
{
    kwhi_pattern_split(search);
    search->done++;
    search->repeats = 0;
    ask_for(search, KNOCK);
}

/*
 * Somebody is there, but no meter that can be told. A disturbance must not look like one: the
 * question is repeated where nobody answered its second part, before much work or a verdict, and
 * always on a line that has turned out to be disturbed.
 */
static void look_closer(struct kwh_mbus_search *search, enum kwh_mbus_find kind,
                        enum kwh_error error)
{
    bool worth = is_worth_splitting(search, kind);
    bool cheap = worth && kwhi_pattern_is_digit(kwhi_pattern_below(search));
    bool silent = search->heard == NOTHING;

    if ((silent || !cheap || search->disturbed) && repeats(search))
        return;
    if (silent && search->stage == READ && !search->acknowledged && !cheap && !search->again)
        go_on(search); /* there was nobody */
    else if (search->by_secondary && !kwhi_pattern_collides(search))
        end(search, KWH_ERROR_NO_FRAME);
    else if (worth)
        split(search);
    else
        tell_asked(search, kind, error);
}

static bool is_pattern(const struct kwh_mbus_search *search,
                       const struct kwh_mbus_secondary *secondary)
{
    return secondary->id == search->pattern.id &&
           secondary->manufacturer == search->pattern.manufacturer &&
           secondary->version == search->pattern.version &&
           secondary->medium == search->pattern.medium;
}

/* A meter that was not asked, for it has missed that others were; or it answers to anything. */
static void answered_by_another(struct kwh_mbus_search *search)
{
    if (search->repeats != 0 || !repeats(search))
        go_on(search);
}

/*
 * A telegram that stood alone. Of several in step 0 overlaps 1, and what comes may be the telegram
 * of a meter that does not exist: somebody must be there under the very address that it tells.
 */
static void judge_telegram(struct kwh_mbus_search *search)
{
    if (!search->by_secondary)
        tell(search, KWH_MBUS_FOUND_METER);
    else if (search->found.error != KWH_OK)
        look_closer(search, KWH_MBUS_FOUND_METER, search->found.error);
    else if (!kwh_mbus_secondary_fits(&search->pattern, &search->found.secondary))
        answered_by_another(search);
    else if (is_pattern(search, &search->found.secondary))
        tell(search, KWH_MBUS_FOUND_METER);
    else
        ask_for(search, CONFIRM);
}

static void judge_read(struct kwh_mbus_search *search)
{
    enum kwh_mbus_find mute = search->acknowledged ? KWH_MBUS_FOUND_MUTE : KWH_MBUS_FOUND_SEVERAL;

    if (search->crowded)
        look_closer(search, KWH_MBUS_FOUND_SEVERAL, KWH_ERROR_COLLISION);
    else if (search->heard == TELEGRAM)
        judge_telegram(search);
    else if (search->heard == ACKNOWLEDGMENT)
        look_closer(search, mute, KWH_ERROR_NO_DATA);
    else if (search->heard == NOTHING)
        look_closer(search, mute, search->error);
    else
        look_closer(search, KWH_MBUS_FOUND_SEVERAL, search->error);
}

static void judge(struct kwh_mbus_search *search)
{
    bool silent = search->heard == NOTHING && !search->crowded;

    switch ((enum search_stage)search->stage) {
    case RESET_SELECTED:
        ask_for(search, RESET_ALL);
        break;
    case RESET_ALL:
        ask_for(search, KNOCK);
        break;
    case KNOCK:
        search->acknowledged = search->heard == ACKNOWLEDGMENT && !search->crowded;
        if (!silent) {
            ask_for(search, READ);
            break;
        }
        search->disturbed = search->disturbed || search->again;
        go_on(search);
        break;
    case READ:
        judge_read(search);
        break;
    case CONFIRM:
        if (silent)
            look_closer(search, KWH_MBUS_FOUND_SEVERAL, KWH_ERROR_BAD_ANSWER);
        else
            tell(search, KWH_MBUS_FOUND_METER);
        break;
    case DESELECT:
        end(search, KWH_OK);
        break;
    }
}

/* ------------------------------------------------------------------------------------------------
 * What is next
 */

static enum kwh_wish select(struct kwh_mbus_search *search,
                            const struct kwh_mbus_secondary *secondary)
{
    struct kwh_exchange *exchange = &search->dialogue.exchange;

    kwh_mbus_secondary_encode(secondary, search->selection);
    if (kwh_mbus_snd_ud(exchange, KWH_MBUS_SELECTED, true, KWH_MBUS_CI_SELECT, search->selection,
                        sizeof search->selection) != KWH_OK)
        return KWH_WISH_FAILED;
    exchange->answer_length = 1; /* E5 and nothing else, which also needs less room */
    return KWH_WISH_EXCHANGE;
}

static enum kwh_wish ask(struct kwh_mbus_search *search)
{
    struct kwh_exchange *exchange = &search->dialogue.exchange;
    uint8_t address = search->by_secondary ? KWH_MBUS_SELECTED : search->address;
    enum kwh_wish wish = KWH_WISH_EXCHANGE;

    switch ((enum search_stage)search->stage) {
    case RESET_SELECTED:
    case DESELECT:
        kwh_mbus_snd_nke(exchange, KWH_MBUS_SELECTED);
        break;
    case RESET_ALL:
        kwh_mbus_snd_nke(exchange, KWH_MBUS_ALL);
        break;
    case KNOCK:
        if (search->by_secondary)
            wish = select(search, &search->pattern);
        else
            kwh_mbus_snd_nke(exchange, address);
        break;
    case READ:
        kwh_mbus_req_ud2(exchange, address, true);
        break;
    case CONFIRM:
        wish = select(search, &search->found.secondary);
        break;
    }
    exchange->statistics = &search->statistics;
    return wish;
}

/* True: let dialogue.wait_us pass. First what is left of the time for an answer, then, as long as
 * bytes come, the time between two. */
static bool goes_on_listening(struct kwh_mbus_search *search)
{
    const struct kwh_line *line = search->line;
    bool first = search->rounds == 0, more = line->bytes_seen != search->seen;

    search->crowded = search->crowded || more;
    search->seen = line->bytes_seen;
    search->dialogue.wait_us = first ? search->rest_us
                                     : line->timing.character_us + line->timing.tick_us;
    if (search->rounds > ROUNDS_MAX || (!first && !more))
        return false;
    search->rounds++;
    return true;
}

static enum kwh_wish search_next(struct kwh_dialogue *dialogue)
{
    struct kwh_mbus_search *search = search_of(dialogue);

    if (search->state == TOLD)
        go_on(search);
    if (search->state == LISTEN) {
        if (goes_on_listening(search))
            return KWH_WISH_WAIT;
        judge(search);
    }
    if (search->state == ASK)
        return ask(search);
    if (search->state == TELL) {
        search->state = TOLD;
        return KWH_WISH_RESULT;
    }
    dialogue->error = search->end;
    return search->end == KWH_OK ? KWH_WISH_DONE : KWH_WISH_FAILED;
}

/* ------------------------------------------------------------------------------------------------
 * What was heard
 */

/* The port, the program or the caller; or a line that is never silent. */
static bool is_fatal(const struct kwh_exchange *exchange)
{
    enum kwh_error error = exchange->error;
    return error == KWH_ERROR_DISCONNECTED || error == KWH_ERROR_IO ||
           kwh_error_class(error) == KWH_ERROR_CLASS_CALLER ||
           (error == KWH_ERROR_NO_FRAME && exchange->sendings == 0);
}

static enum heard heard_in(const struct kwh_exchange *exchange)
{
    if (exchange->error == KWH_ERROR_TIMEOUT || exchange->error == KWH_ERROR_ONLY_ECHO)
        return NOTHING;
    if (exchange->error != KWH_OK)
        return MUDDLE;
    return exchange->answer_size > 1    ? TELEGRAM
           : exchange->answer_size == 1 ? ACKNOWLEDGMENT
                                        : NOTHING; /* of a broadcast */
}

/* The address in a header, if there is one. */
static void take_address(struct kwh_mbus_found *found, const struct kwh_mbus_telegram *telegram)
{
    if (telegram->header_length == KWHI_HEADER_LONG)
        found->secondary = kwh_mbus_secondary_of(telegram);
    else if (telegram->header_length == KWHI_HEADER_FIXED)
        found->secondary.id = telegram->id;
    else if (telegram->content == KWH_MBUS_REPORT)
        found->error = kwh_error_from_mbus(telegram->code);
    else
        found->error = KWH_ERROR_SHORT_HEADER;
}

static void take_telegram(struct kwh_mbus_search *search, const struct kwh_line *line)
{
    struct kwh_mbus_found *found = &search->found;
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_frame frame;
    const uint8_t *bytes = kwh_mbus_answer(line, &search->dialogue.exchange, &frame);

    if (bytes == NULL) {
        search->heard = MUDDLE;
        search->error = KWH_ERROR_BAD_ANSWER;
        return;
    }
    found->address = frame.address;
    found->secondary = any_meter;
    found->error = kwh_mbus_telegram_decode(frame.ci, bytes + frame.data_at, frame.data_length,
                                            &telegram);
    if (found->error == KWH_OK)
        take_address(found, &telegram);
}

/* How long others may still begin to answer; and at least until the line is silent. */
static uint32_t rest_of_answers(const struct kwh_exchange *exchange, const struct kwh_line *line)
{
    const struct kwh_timing *timing = &line->timing;
    uint32_t elapsed_us = exchange->error == KWH_OK ? exchange->latency_us
                                                    : kwh_line_failure(line)->elapsed_us;
    uint32_t rest_us = elapsed_us < timing->latest_us ? timing->latest_us - elapsed_us : 0;
    return (rest_us > timing->character_us ? rest_us : timing->character_us) + timing->tick_us;
}

/* A glitch of a converter, shorter than any frame, may stand before a telegram; nothing behind. */
static bool stood_alone(const struct kwh_line *line)
{
    uint32_t before = line->bytes_seen - line->received;
    uint32_t echo = line->echo_swallowed ? line->sent_length : 0;
    return before - echo <= GLITCH_MAX && line->received == line->consumed;
}

static void search_outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    struct kwh_mbus_search *search = search_of(dialogue);
    const struct kwh_exchange *exchange = &dialogue->exchange;

    if (search->state == OVER)
        return;
    if (is_fatal(exchange)) {
        end(search, exchange->error);
        return;
    }
    search->error = exchange->error;
    search->heard = (uint8_t)heard_in(exchange);
    if (search->heard == TELEGRAM)
        take_telegram(search, line);
    search->crowded = search->heard == TELEGRAM && !stood_alone(line);
    search->seen = line->bytes_seen;
    search->rest_us = rest_of_answers(exchange, line);
    search->rounds = 0;
    search->state = LISTEN;
    if (search->heard != NOTHING)
        return;
    if (exchange->error != KWH_OK && search->attempt < search->retries) {
        search->attempt++;
        search->statistics.retries++;
        search->state = ASK;
    } else {
        judge(search);
    }
}

/* ------------------------------------------------------------------------------------------------
 * Begin and end
 */

static void begin(struct kwh_mbus_search *search, struct kwh_line *line)
{
    memset(search, 0, sizeof *search);
    kwh_dialogue_init(&search->dialogue, search_next, search_outcome);
    search->dialogue.retries = 0; /* a collision is an answer: only silence is asked again */
    search->line = line;
}

enum kwh_error kwh_mbus_search_primary(struct kwh_mbus_search *search, struct kwh_line *line,
                                       uint8_t first, uint8_t last)
{
    begin(search, line);
    if (first > last || last > KWH_MBUS_PRIMARY_MAX) {
        end(search, KWH_ERROR_ARGUMENT);
        return KWH_ERROR_ARGUMENT;
    }
    search->pattern = any_meter;
    search->address = first;
    search->last = last;
    search->total = (unsigned)(last - first) + 1u;
    ask_for(search, KNOCK);
    return KWH_OK;
}

void kwh_mbus_search_secondary(struct kwh_mbus_search *search, struct kwh_line *line,
                               const struct kwh_mbus_secondary *pattern, bool letters)
{
    struct kwh_mbus_secondary any = any_meter;

    begin(search, line);
    search->by_secondary = true;
    search->letters = letters;
    search->address = KWH_MBUS_SELECTED;
    kwhi_pattern_begin(search, pattern != NULL ? pattern : &any);
    ask_for(search, RESET_SELECTED);
}

bool kwh_mbus_search_next(struct kwh_mbus_search *search, struct kwh_mbus_found *found)
{
    bool result = false;
    enum kwh_error error = kwh_dialogue_run(&search->dialogue, search->line, &result);

    if (result)
        *found = search->found;
    else
        search->dialogue.error = error;
    return result;
}

void kwh_mbus_search_stop(struct kwh_mbus_search *search, uint32_t now_us)
{
    end(search, KWH_ERROR_INTERRUPTED);
    kwh_line_cancel(search->line, now_us);
}
