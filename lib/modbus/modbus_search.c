/* SPDX-License-Identifier: MIT */
/*
 * Goes through the addresses without waiting for late answers: they tell whose they are, so they
 * are finds all the same. The address that was being asked then is asked once more.
 */
#include <kwh/modbus_search.h>

#include <string.h>

enum search_state {
    ASK,
    TELL, /* a result lies ready */
    TOLD,
    OVER
};

/* How often an address is asked again: when another one answered, or no valid frame came. */
#define REPEATS 2u

/* After so many addresses in a row that are answered by no valid frame it is the line. */
#define DISTURBED_MAX 8u

/* The serial number of inepro meters, who document no refusals. Others are known to refuse what
 * they do not have; some that also want addresses and counts to be even. */
#define PROBE_ADDRESS 0x4000u
#define PROBE_COUNT   2u

static struct kwh_modbus_search *search_of(struct kwh_dialogue *dialogue)
{
    return (struct kwh_modbus_search *)(void *)dialogue;
}

static bool is_settled(const struct kwh_modbus_search *search, uint8_t address)
{
    return ((unsigned)search->settled[address / 8u] >> (address % 8u) & 1u) != 0;
}

static void settle(struct kwh_modbus_search *search, uint8_t address)
{
    uint8_t *eight = &search->settled[address / 8u];

    *eight = (uint8_t)(*eight | 1u << (address % 8u));
    search->silent--;
}

static void end(struct kwh_modbus_search *search, enum kwh_error error)
{
    search->end = error;
    search->state = OVER;
}

/* Asks the first address from @p address on that is not settled. */
static void go_to(struct kwh_modbus_search *search, unsigned address)
{
    unsigned open = 0;

    for (unsigned at = search->last; at >= address; at--) {
        if (is_settled(search, (uint8_t)at))
            continue;
        search->address = (uint8_t)at;
        open++;
    }
    search->repeats = 0;
    search->done = (uint16_t)(search->total - open);
    search->state = ASK;
    if (open == 0)
        end(search, KWH_OK);
}

static void go_on(struct kwh_modbus_search *search)
{
    go_to(search, search->address + 1u);
}

static void tell(struct kwh_modbus_search *search, uint8_t address, enum kwh_error error,
                 bool answered)
{
    search->found.address = address;
    search->found.error = error;
    search->found.answered = answered;
    search->state = TELL;
}

static bool repeats(struct kwh_modbus_search *search)
{
    if (search->repeats == REPEATS)
        return false;
    search->repeats++;
    search->state = ASK;
    return true;
}

/* A valid frame of this address. */
static void take_answer(struct kwh_modbus_search *search, uint8_t from, enum kwh_error error,
                        uint32_t latency_us)
{
    bool absent = error == KWH_ERROR_GATEWAY_PATH || error == KWH_ERROR_GATEWAY_TARGET;

    search->disturbed = 0;
    if (from >= search->first && from <= search->last && !is_settled(search, from)) {
        settle(search, from);
        search->found.latency_us = from == search->address ? latency_us : 0;
        if (!absent)
            tell(search, from, error, true);
    }
    if (search->state != TELL && (is_settled(search, search->address) || !repeats(search)))
        go_on(search);
}

/* Bytes came, but no valid frame. A late answer may have met our request: so not told at once. */
static void take_disturbance(struct kwh_modbus_search *search, enum kwh_error error)
{
    if (!search->again) {
        go_on(search);
    } else if (!repeats(search)) {
        search->disturbed++;
        if (search->disturbed == DISTURBED_MAX) {
            end(search, KWH_ERROR_NO_FRAME);
            return;
        }
        settle(search, search->address);
        search->found.latency_us = 0;
        tell(search, search->address, error, false);
    }
}

/* An answer, or an exception, also one that has no name. */
static bool is_frame(enum kwh_error error)
{
    return error == KWH_OK || error == KWH_ERROR_REFUSED || kwh_error_exception(error) != 0;
}

static bool is_silence(enum kwh_error error)
{
    return error == KWH_ERROR_TIMEOUT || error == KWH_ERROR_ONLY_ECHO ||
           error == KWH_ERROR_OTHER_ANSWER || error == KWH_ERROR_OTHER_ADDRESS;
}

static void search_outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    struct kwh_modbus_search *search = search_of(dialogue);
    const struct kwh_exchange *exchange = &dialogue->exchange;
    enum kwh_error error = exchange->error;

    (void)line;
    if (search->state == OVER)
        return; /* it was stopped */
    if (is_frame(error)) {
        take_answer(search, exchange->from, error, exchange->latency_us);
    } else if (is_silence(error)) {
        search->disturbed = 0;
        go_on(search);
    } else if (error == KWH_ERROR_NO_FRAME || error == KWH_ERROR_BAD_CRC) {
        take_disturbance(search, error);
    } else {
        end(search, error);
    }
}

static enum kwh_wish finish(struct kwh_modbus_search *search)
{
    search->dialogue.error = search->end;
    return search->end == KWH_OK ? KWH_WISH_DONE : KWH_WISH_FAILED;
}

static size_t length_of_any(const uint8_t *pdu, size_t available)
{
    return kwh_modbus_answer_length(pdu, available);
}

static enum kwh_wish search_next(struct kwh_dialogue *dialogue)
{
    struct kwh_modbus_search *search = search_of(dialogue);
    struct kwh_exchange *exchange = &dialogue->exchange;

    if (search->state == TELL) {
        search->state = TOLD;
        return KWH_WISH_RESULT;
    }
    if (search->state == TOLD && (is_settled(search, search->address) || !repeats(search)))
        go_on(search);
    if (search->state == OVER)
        return finish(search);
    if (kwh_modbus_read(exchange, search->address, KWH_MODBUS_READ_HOLDING, PROBE_ADDRESS,
                        PROBE_COUNT) != KWH_OK) {
        end(search, KWH_ERROR_ARGUMENT);
        return finish(search);
    }
    exchange->anyone = true;
    exchange->answer_length = 0; /* any answer is that of somebody */
    exchange->counted = false;
    exchange->length = length_of_any;
    exchange->answer_us = search->answer_us;
    exchange->statistics = &search->statistics;
    return KWH_WISH_EXCHANGE;
}

static void begin_pass(struct kwh_modbus_search *search)
{
    kwh_dialogue_init(&search->dialogue, search_next, search_outcome);
    search->dialogue.retries = 0;
    search->total = search->silent;
    search->disturbed = 0;
    go_to(search, search->first);
}

enum kwh_error kwh_modbus_search_init(struct kwh_modbus_search *search, struct kwh_line *line,
                                      uint8_t first, uint8_t last)
{
    bool stream = (line->framing->properties & KWH_FRAMING_STREAM) != 0;
    bool possible = first >= 1 && first <= last && last <= KWH_MODBUS_SEARCH_MAX;

    memset(search, 0, sizeof *search);
    search->line = line;
    kwh_dialogue_init(&search->dialogue, search_next, search_outcome);
    end(search, KWH_ERROR_ARGUMENT);
    if ((line->framing->properties & KWH_FRAMING_BURST) != 0)
        return KWH_ERROR_UNSUPPORTED;
    if (!possible)
        return KWH_ERROR_ARGUMENT;
    search->first = first;
    search->last = last;
    search->silent = (uint16_t)(1u + last - first);
    search->answer_us = stream ? KWH_MODBUS_SEARCH_STREAM_US : KWH_MODBUS_SEARCH_QUICK_US;
    begin_pass(search);
    return KWH_OK;
}

void kwh_modbus_search_again(struct kwh_modbus_search *search, uint32_t answer_us)
{
    if (search->first == 0)
        return;
    search->again = true;
    search->answer_us = answer_us;
    begin_pass(search);
}

bool kwh_modbus_search_next(struct kwh_modbus_search *search, struct kwh_modbus_found *found)
{
    bool result = false;
    enum kwh_error error = kwh_dialogue_run(&search->dialogue, search->line, &result);

    if (result)
        *found = search->found;
    else
        search->dialogue.error = error;
    return result;
}

void kwh_modbus_search_stop(struct kwh_modbus_search *search, uint32_t now_us)
{
    end(search, KWH_ERROR_INTERRUPTED);
    kwh_line_cancel(search->line, now_us);
}
