/* SPDX-License-Identifier: MIT */
/*
 * Which meter is it? Candidates that keep their code in the same registers are one question. A code
 * that several models share is settled by a further value of the model.
 */
#include <kwh/meter.h>
#include <kwh/modbus.h>

#include "verdict.h"

enum identify_state {
    ASK_CODE, /* of the candidate `at` */
    COMPARE,  /* with the models from `candidate` and `model` on */
    REFINE,   /* the further value of this model */
    OVER
};

static bool can_be_told(const struct kwh_map *map)
{
    return map->protocol == KWH_PROTOCOL_MODBUS &&
           (map->identity_words == 1 || map->identity_words == 2);
}

static bool same_question(const struct kwh_map *a, const struct kwh_map *b)
{
    return can_be_told(a) && can_be_told(b) && a->identity_address == b->identity_address &&
           a->identity_words == b->identity_words && a->identity_space == b->identity_space;
}

static bool was_asked(const struct kwh_identify *identify)
{
    const struct kwh_map *map = identify->candidates[identify->at];
    for (size_t i = 0; i < identify->at; i++)
        if (same_question(identify->candidates[i], map))
            return true;
    return !can_be_told(map);
}

static bool prepare(struct kwh_identify *identify, const struct kwh_map *map, uint8_t space,
                    uint16_t address, size_t words)
{
    struct kwh_exchange *exchange = &identify->dialogue.exchange;
    uint8_t function = space == KWH_SPACE_INPUT ? KWH_MODBUS_READ_INPUT : KWH_MODBUS_READ_HOLDING;

    if (kwh_modbus_read(exchange, identify->address, function, address, (uint16_t)words) != KWH_OK)
        return false;
    exchange->statistics = &identify->statistics;
    kwhi_take_times(exchange, identify->line, map);
    return true;
}

static enum kwh_wish finish(struct kwh_identify *identify, enum kwh_error error)
{
    identify->state = OVER;
    identify->dialogue.error = error;
    return error == KWH_OK ? KWH_WISH_DONE : KWH_WISH_FAILED;
}

/* It answered, and left open whether it has these registers: busy, out of order, forbidden. */
static bool is_evasive(enum kwh_error error)
{
    return kwhi_verdict(error) == KWHI_REFUSED && error != KWH_ERROR_ILLEGAL_FUNCTION;
}

/* All questions were asked and no model fits. */
static enum kwh_error none_fits(const struct kwh_identify *identify)
{
    if (identify->other != NULL)
        return KWH_ERROR_OTHER_FAMILY;
    if (identify->coded)
        return KWH_ERROR_UNKNOWN_METER;
    return identify->answered && !is_evasive(identify->why) ? KWH_ERROR_NOT_IDENTIFIED
                                                            : identify->why;
}

static enum kwh_wish ask_code(struct kwh_identify *identify)
{
    for (; identify->at < identify->candidate_count; identify->at++) {
        const struct kwh_map *map = identify->candidates[identify->at];
        if (!was_asked(identify) &&
            prepare(identify, map, map->identity_space, map->identity_address, map->identity_words))
            return KWH_WISH_EXCHANGE;
    }
    return finish(identify, none_fits(identify));
}

static enum kwh_wish fits(struct kwh_identify *identify)
{
    identify->map = identify->candidates[identify->candidate];
    identify->fits = &identify->map->models[identify->model];
    identify->other = NULL;
    return finish(identify, KWH_OK);
}

static const struct kwh_row *refining_row(const struct kwh_identify *identify)
{
    const struct kwh_map *map = identify->candidates[identify->candidate];
    const struct kwh_model *model = &map->models[identify->model];
    return kwh_map_find(map, model->profiles == 0 ? KWH_ALL_PROFILES : model->profiles,
                        model->quantity);
}

/* The models of one candidate, from `model` on. False: none of them. */
static bool compare_models(struct kwh_identify *identify, enum kwh_wish *wish)
{
    const struct kwh_map *map = identify->candidates[identify->candidate];

    for (; identify->model < map->model_count; identify->model++) {
        const struct kwh_model *model = &map->models[identify->model];
        if (model->code != identify->code)
            continue;
        if (model->quantity == 0) {
            *wish = fits(identify);
            return true;
        }
        const struct kwh_row *row = refining_row(identify);
        if (row != NULL &&
            prepare(identify, map, (uint8_t)kwh_row_space(row), row->address, kwh_row_words(row))) {
            identify->state = REFINE;
            *wish = KWH_WISH_EXCHANGE;
            return true;
        }
    }
    for (uint16_t i = 0; i < map->lookalike_count && identify->other == NULL; i++)
        if (map->lookalikes[i].code == identify->code)
            identify->other = map->lookalikes[i].name;
    return false;
}

static enum kwh_wish compare(struct kwh_identify *identify)
{
    const struct kwh_map *asked = identify->candidates[identify->at];
    enum kwh_wish wish;

    for (; identify->candidate < identify->candidate_count; identify->candidate++) {
        if (same_question(identify->candidates[identify->candidate], asked) &&
            compare_models(identify, &wish))
            return wish;
        identify->model = 0;
    }
    identify->at++;
    identify->state = ASK_CODE;
    return ask_code(identify);
}

static enum kwh_wish identify_next(struct kwh_dialogue *dialogue)
{
    struct kwh_identify *identify = (struct kwh_identify *)(void *)dialogue;

    switch ((enum identify_state)identify->state) {
    case ASK_CODE:
        return ask_code(identify);
    case COMPARE:
        return compare(identify);
    case REFINE:
        return fits(identify);
    case OVER:
        break;
    }
    return finish(identify, identify->why);
}

static bool refinement_fits(const struct kwh_identify *identify, const uint8_t *bytes, size_t count)
{
    const struct kwh_map *map = identify->candidates[identify->candidate];
    const struct kwh_model *model = &map->models[identify->model];
    const struct kwh_row *row = refining_row(identify);
    struct kwh_reading reading;

    if (row == NULL || kwh_row_words(row) > count)
        return false;
    kwh_row_decode(map, row, bytes, &reading);
    if (!kwh_reading_has_value(&reading) || reading.form == KWH_FORM_TEXT)
        return false;
    if (reading.form == KWH_FORM_DIGITS || reading.form == KWH_FORM_BITS)
        return model->value >= 0 && reading.digits == (uint64_t)model->value;
    return kwh_decimal_compare(reading.decimal, kwh_decimal(model->value, 0)) == 0;
}

static void code_outcome(struct kwh_identify *identify, enum kwhi_verdict verdict,
                         const uint8_t *bytes, size_t count)
{
    const struct kwh_map *map = identify->candidates[identify->at];

    if (verdict != KWHI_ANSWERED || count < map->identity_words) {
        identify->at++;
        return;
    }
    identify->code = (uint32_t)kwh_registers_load(bytes, map->identity_words,
                                                  (enum kwh_word_order)(map->order & 3u));
    identify->coded = true;
    identify->candidate = identify->at;
    identify->model = 0;
    identify->state = COMPARE;
}

static void identify_outcome(struct kwh_dialogue *dialogue, const struct kwh_line *line)
{
    struct kwh_identify *identify = (struct kwh_identify *)(void *)dialogue;
    enum kwh_error error = dialogue->exchange.error;
    enum kwhi_verdict verdict = kwhi_verdict(error);
    size_t count = 0;
    const uint8_t *bytes = kwh_modbus_registers(line, &dialogue->exchange, &count);
    bool silent = verdict == KWHI_UNANSWERED, evasive = is_evasive(error);

    identify->answered = identify->answered || !(silent || verdict == KWHI_IMPOSSIBLE);
    if ((silent && identify->why == KWH_OK) || (evasive && !is_evasive(identify->why)))
        identify->why = error;
    if (verdict == KWHI_IMPOSSIBLE || ((silent || evasive) && identify->state == REFINE)) {
        identify->why = error; /* a meter half identified is not identified */
        identify->state = OVER;
    } else if (identify->state == ASK_CODE) {
        code_outcome(identify, verdict, bytes, count);
    } else if (verdict != KWHI_ANSWERED || !refinement_fits(identify, bytes, count)) {
        identify->model++;
        identify->state = COMPARE;
    }
}

enum kwh_error kwh_identify_init(struct kwh_identify *identify, struct kwh_line *line,
                                 uint8_t address, const struct kwh_map *const *candidates,
                                 size_t count)
{
    static const struct kwh_identify none;
    bool possible = false;

    *identify = none;
    kwh_dialogue_init(&identify->dialogue, identify_next, identify_outcome);
    identify->dialogue.retries = line->retries;
    identify->line = line;
    identify->address = address;
    identify->candidates = candidates;
    identify->candidate_count = count;
    for (size_t i = 0; i < count; i++)
        possible = possible || can_be_told(candidates[i]);
    if (possible)
        return KWH_OK;
    identify->candidate_count = 0;
    identify->why = KWH_ERROR_UNSUPPORTED;
    return KWH_ERROR_UNSUPPORTED;
}

enum kwh_error kwh_identify_run(struct kwh_identify *identify)
{
    bool result = true;
    enum kwh_error error = KWH_OK;

    while (error == KWH_OK && result)
        error = kwh_dialogue_run(&identify->dialogue, identify->line, &result);
    return error;
}
