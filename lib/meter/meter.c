/* SPDX-License-Identifier: MIT */
/*
 * The readout of a plan as a dialogue. Values come out in the order of the plan, straight from the
 * answer in the line's buffer. Silence after a long request may mean that the meter is gone or that
 * it cannot answer so much: one short request finds out, before the plan is touched.
 */
#include <kwh/meter.h>
#include <kwh/modbus.h>
#include <string.h>

#include "select.h"
#include "verdict.h"

/* Kept in meter.state, which kwh_meter_begin() sets to 0. */
enum meter_state {
    ASK,    /* the next request */
    YIELD,  /* the values of the request, or why there are none */
    PROBE,  /* does it answer a short request? */
    SELECT, /* what does the map want to know before? */
    REJECT, /* the meter must not be read by this map */
    GIVE_UP /* the rest is not asked for */
};

static bool is_over(const struct kwh_meter *meter)
{
    return meter->plan == NULL || meter->value >= meter->plan->count;
}

static uint8_t function_of(KWH_CONST struct kwh_row *row)
{
    return kwh_row_space(row) == KWH_SPACE_INPUT ? KWH_MODBUS_READ_INPUT : KWH_MODBUS_READ_HOLDING;
}

/* The failure of the request that is over, as the line tells it until the next one. */
static void keep_failure(struct kwh_meter *meter, enum kwh_error error)
{
    const struct kwh_failure *told = kwh_line_failure(meter->line);

    if (meter->dialogue.error != KWH_OK)
        return;
    if (told->error == error)
        meter->failure = *told;
    else
        memset(&meter->failure, 0, sizeof meter->failure);
    meter->failure.error = error;
}

static void note_failure(struct kwh_meter *meter, enum kwh_error error)
{
    if (meter->state != PROBE || meter->failure.error != error) /* that before the probe counts */
        keep_failure(meter, error);
    if (meter->dialogue.error == KWH_OK)
        meter->dialogue.error = error;
}

/* A value that the meter refused in an earlier readout: nothing was asked. */
static void note_refused(struct kwh_meter *meter)
{
    KWH_CONST struct kwh_row *row = kwh_plan_row(meter->plan, meter->value);

    if (meter->dialogue.error != KWH_OK)
        return;
    note_failure(meter, KWH_ERROR_REFUSED);
    meter->failure.address = meter->address;
    meter->failure.function = function_of(row);
    meter->failure.span_address = row->address;
    meter->failure.span_count = (uint16_t)kwh_row_words(row);
}

static enum kwh_wish yield_status(struct kwh_meter *meter, enum kwh_status status)
{
    KWH_CONST struct kwh_row *row = kwh_plan_row(meter->plan, meter->value);
    kwh_reading_init(&meter->reading, row->quantity, status);
    meter->reading.certainty = (uint8_t)kwh_row_certainty(row);
    meter->value++;
    return KWH_WISH_RESULT;
}

/* A plan that was made before the selectors were asked may have rows of other profiles. */
static bool has_row(const struct kwh_meter *meter, KWH_CONST struct kwh_row *row)
{
    return meter->map->selector_count == 0 ||
           kwh_map_at(meter->map, meter->profiles, kwh_row_space(row), row->address) == row;
}

static enum kwh_wish yield_value(struct kwh_meter *meter)
{
    KWH_CONST struct kwh_row *row = kwh_plan_row(meter->plan, meter->value);
    size_t count = 0;
    const uint8_t *bytes = kwh_modbus_registers(meter->line, &meter->dialogue.exchange, &count);
    size_t at = (size_t)row->address - meter->request.address;

    if (row->address < meter->request.address || at > count || kwh_row_words(row) > count - at)
        return yield_status(meter, KWH_STATUS_NO_ANSWER);
    if (!has_row(meter, row))
        return yield_status(meter, KWH_STATUS_NOT_AVAILABLE);
    kwh_row_decode(meter->map, row, bytes + 2 * at, &meter->reading);
    kwhi_select_correct(&meter->selection, &meter->reading);
    meter->value++;
    return KWH_WISH_RESULT;
}

/* The result that lies ready, if one does. */
static bool yield(struct kwh_meter *meter, enum kwh_wish *wish)
{
    enum kwhi_verdict why = kwhi_verdict(meter->why);

    if (kwh_plan_is_refused(meter->plan, meter->value)) {
        note_refused(meter);
        *wish = yield_status(meter, KWH_STATUS_REFUSED);
    } else if (meter->state == GIVE_UP || meter->state == REJECT) {
        *wish = yield_status(meter, meter->state == GIVE_UP ? KWH_STATUS_NO_ANSWER
                                                            : KWH_STATUS_NOT_AVAILABLE);
    } else if (meter->state != YIELD ||
               meter->value >= meter->request.first + meter->request.values) {
        return false;
    } else if (why == KWHI_ANSWERED) {
        *wish = yield_value(meter);
    } else {
        *wish = yield_status(meter,
                             why == KWHI_REFUSED ? KWH_STATUS_REFUSED : KWH_STATUS_NO_ANSWER);
    }
    return true;
}

/* The least that can be asked: a value that was answered before, else the first of the request. */
static bool probe_request(const struct kwh_meter *meter, struct kwh_plan_request *request)
{
    uint16_t at = meter->answered > 0 ? (uint16_t)(meter->answered - 1) : meter->request.first;
    struct kwh_plan_entry entry = meter->plan->entries[at];
    struct kwh_plan plan = *meter->plan;
    plan.entries = &entry;
    plan.capacity = plan.count = 1;
    kwh_plan_make(&plan, &plan.cost);
    return kwh_plan_request(&plan, 0, request);
}

static bool prepare_read(struct kwh_meter *meter, uint8_t function, uint16_t address,
                         uint16_t count)
{
    struct kwh_exchange *exchange = &meter->dialogue.exchange;

    if (kwh_modbus_read(exchange, meter->address, function, address, count) != KWH_OK)
        return false;
    exchange->statistics = &meter->statistics;
    kwhi_take_times(exchange, meter->line, meter->map);
    return true;
}

static bool prepare(struct kwh_meter *meter)
{
    struct kwh_plan_request request;
    bool found = meter->state == PROBE ? probe_request(meter, &request)
                                       : kwh_plan_request(meter->plan, meter->value, &request);

    if (!found || !prepare_read(meter, request.function, request.address, request.count))
        return false;
    if (meter->state != PROBE) {
        meter->request = request;
        meter->state = ASK;
    }
    return true;
}

/* The next question of the map, if one is left. */
static bool select_next(struct kwh_meter *meter)
{
    if (meter->plan == NULL || meter->state == REJECT || meter->state == GIVE_UP)
        return false;
    KWH_CONST struct kwh_selector *selector = kwhi_select_next(meter->map, &meter->profiles,
                                                               &meter->selection);
    if (selector == NULL)
        return false;
    uint8_t function = selector->space == KWH_SPACE_INPUT ? KWH_MODBUS_READ_INPUT
                                                          : KWH_MODBUS_READ_HOLDING;
    meter->state = SELECT;
    if (prepare_read(meter, function, selector->address, selector->words))
        return true;
    note_failure(meter, KWH_ERROR_ARGUMENT);
    meter->state = GIVE_UP;
    return false;
}

static enum kwh_wish meter_next(struct kwh_dialogue *dialogue)
{
    struct kwh_meter *meter = (struct kwh_meter *)(void *)dialogue;
    enum kwh_wish wish;

    if (select_next(meter))
        return KWH_WISH_EXCHANGE;
    if (is_over(meter)) {
        meter->plan = NULL;
        return dialogue->error == KWH_OK ? KWH_WISH_DONE : KWH_WISH_FAILED;
    }
    if (yield(meter, &wish))
        return wish;
    if (prepare(meter))
        return KWH_WISH_EXCHANGE;
    note_failure(meter, KWH_ERROR_ARGUMENT);
    meter->state = GIVE_UP;
    return yield_status(meter, KWH_STATUS_NO_ANSWER);
}

static void give_up(struct kwh_meter *meter, enum kwh_error error)
{
    note_failure(meter, error);
    meter->state = GIVE_UP;
}

/* The values of the request get the status that goes with the error. KWH_OK also forgets a silence
 * that shorter requests got over. */
static void settle(struct kwh_meter *meter, enum kwh_error error)
{
    note_failure(meter, error);
    meter->why = error;
    meter->state = YIELD;
}

/* Two in a row, and the meter is gone. */
static void unanswered(struct kwh_meter *meter, enum kwh_error error)
{
    if (meter->state == PROBE) {
        give_up(meter, meter->why);
    } else if (meter->silent) {
        give_up(meter, error);
    } else if (meter->request.values > 1) {
        meter->why = error;
        keep_failure(meter, error);
        meter->state = PROBE;
    } else {
        settle(meter, error);
    }
    meter->silent = true;
}

/* Cuts the request in two; a single value is marked and will be yielded as refused. */
static void split(struct kwh_meter *meter, enum kwh_error error)
{
    if (!kwh_plan_refused(meter->plan, meter->request.first))
        note_failure(meter, error);
    meter->state = ASK;
}

static void selector_outcome(struct kwh_meter *meter, enum kwh_error error)
{
    size_t count = 0;
    const uint8_t *bytes = kwh_modbus_registers(meter->line, &meter->dialogue.exchange, &count);

    if (error != KWH_OK && !kwhi_has_no_registers(error)) {
        give_up(meter, error);
        return;
    }
    error = kwhi_select_take(meter->map, meter->address, &meter->profiles, &meter->selection,
                             error == KWH_OK ? bytes : NULL);
    if (error != KWH_OK)
        note_failure(meter, error);
    meter->state = error == KWH_OK ? ASK : REJECT;
}

static void meter_outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    struct kwh_meter *meter = (struct kwh_meter *)(void *)dialogue;
    enum kwh_error error = dialogue->exchange.error;
    enum kwhi_verdict verdict = kwhi_verdict(error);

    (void)line;
    if (meter->state == SELECT) {
        selector_outcome(meter, error);
        return;
    }
    if (verdict == KWHI_UNANSWERED) {
        unanswered(meter, error);
        return;
    }
    meter->silent = false;
    if (verdict == KWHI_IMPOSSIBLE) {
        give_up(meter, error);
    } else if (verdict == KWHI_TOO_MUCH || meter->state == PROBE) {
        split(meter, meter->state == PROBE ? meter->why : error);
    } else {
        settle(meter, error);
        if (verdict == KWHI_ANSWERED)
            meter->answered = (uint16_t)(meter->request.first + 1);
    }
}

enum kwh_error kwh_meter_init(struct kwh_meter *meter, struct kwh_line *line,
                              KWH_CONST struct kwh_map *map, uint8_t address)
{
    memset(meter, 0, sizeof *meter);
    kwh_dialogue_init(&meter->dialogue, meter_next, meter_outcome);
    meter->dialogue.retries = line->retries;
    meter->line = line;
    meter->map = map;
    meter->address = address;
    meter->profiles = KWH_ALL_PROFILES;
    return map->protocol == KWH_PROTOCOL_MODBUS &&
                   (line->framing->properties & KWH_FRAMING_BURST) == 0
               ? KWH_OK
               : KWH_ERROR_UNSUPPORTED;
}
