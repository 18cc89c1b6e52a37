/* SPDX-License-Identifier: MIT */
/*
 * Which meter is it? Candidates that keep their code in the same registers are one question. A code
 * that several models share is settled by a further value of the model, and by the selectors of its
 * map. A meter that answers, but has no such code, may be a look-alike that keeps it elsewhere.
 */
#include <kwh/meter.h>
#include <kwh/modbus.h>
#include <string.h>

#include "select.h"
#include "verdict.h"

enum identify_state {
    ASK_CODE, /* of the candidate `at` */
    COMPARE,  /* with the models from `candidate` and `model` on */
    REFINE,   /* the further value of this model */
    SELECT,   /* what the map wants to know of this model */
    LOOK,     /* the code of the look-alike `model` of the candidate `at` */
    OVER
};

static bool can_be_told(KWH_CONST struct kwh_map *map)
{
    return map->protocol == KWH_PROTOCOL_MODBUS &&
           (map->identity_words == 1 || map->identity_words == 2);
}

static bool same_question(KWH_CONST struct kwh_map *a, KWH_CONST struct kwh_map *b)
{
    return can_be_told(a) && can_be_told(b) && a->identity_address == b->identity_address &&
           a->identity_words == b->identity_words && a->identity_space == b->identity_space;
}

static bool was_asked(const struct kwh_identify *identify)
{
    KWH_CONST struct kwh_map *map = identify->candidates[identify->at];
    for (size_t i = 0; i < identify->at; i++)
        if (same_question(identify->candidates[i], map))
            return true;
    return !can_be_told(map);
}

static bool prepare(struct kwh_identify *identify, KWH_CONST struct kwh_map *map, uint8_t space,
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
    if (identify->refusal != KWH_OK)
        return identify->refusal;
    if (identify->coded)
        return KWH_ERROR_UNKNOWN_METER;
    return identify->answered && !is_evasive(identify->why) ? KWH_ERROR_NOT_IDENTIFIED
                                                            : identify->why;
}

/* Look-alikes with a code of their own place, each place once. */
static enum kwh_wish look(struct kwh_identify *identify)
{
    for (; identify->at < identify->candidate_count; identify->at++, identify->model = 0) {
        KWH_CONST struct kwh_map *map = identify->candidates[identify->at];
        for (; can_be_told(map) && identify->model < map->lookalike_count; identify->model++) {
            uint16_t address = map->lookalikes[identify->model].address;
            if (address == 0 || address == identify->looked)
                continue;
            identify->looked = address;
            if (prepare(identify, map, KWH_SPACE_HOLDING, address, map->identity_words))
                return KWH_WISH_EXCHANGE;
        }
    }
    return finish(identify, none_fits(identify));
}

static enum kwh_wish ask_code(struct kwh_identify *identify)
{
    for (; identify->at < identify->candidate_count; identify->at++) {
        KWH_CONST struct kwh_map *map = identify->candidates[identify->at];
        if (!was_asked(identify) &&
            prepare(identify, map, map->identity_space, map->identity_address, map->identity_words))
            return KWH_WISH_EXCHANGE;
    }
    if (identify->coded || !identify->answered)
        return finish(identify, none_fits(identify));
    identify->at = 0;
    identify->model = 0;
    identify->state = LOOK;
    return look(identify);
}

/* The model fits, and so it stays unless a selector of its map refuses it. */
static enum kwh_wish ask_selectors(struct kwh_identify *identify)
{
    KWH_CONST struct kwh_map *map = identify->candidates[identify->candidate];
    KWH_CONST struct kwh_selector *selector = kwhi_select_next(map, &identify->profiles,
                                                               &identify->selection);

    if (selector != NULL)
        return prepare(identify, map, selector->space, selector->address, selector->words)
                   ? KWH_WISH_EXCHANGE
                   : finish(identify, KWH_ERROR_ARGUMENT);
    identify->map = map;
    identify->fits = &map->models[identify->model];
    identify->other = NULL;
    return finish(identify, KWH_OK);
}

static enum kwh_wish fits(struct kwh_identify *identify)
{
    KWH_CONST struct kwh_map *map = identify->candidates[identify->candidate];
    uint16_t profiles = map->models[identify->model].profiles;

    identify->profiles = profiles != 0 ? profiles : KWH_ALL_PROFILES;
    memset(&identify->selection, 0, sizeof identify->selection);
    identify->state = SELECT;
    return ask_selectors(identify);
}

static KWH_CONST struct kwh_row *refining_row(const struct kwh_identify *identify)
{
    KWH_CONST struct kwh_map *map = identify->candidates[identify->candidate];
    KWH_CONST struct kwh_model *model = &map->models[identify->model];
    return kwh_map_find(map, model->profiles == 0 ? KWH_ALL_PROFILES : model->profiles,
                        model->quantity);
}

static void take_other(struct kwh_identify *identify, KWH_CONST char *name, enum kwh_error error)
{
    if (identify->refusal != KWH_OK)
        return;
    identify->other = name;
    identify->refusal = error;
}

/* The look-alikes of a map that keep this code at this address. */
static void compare_lookalikes(struct kwh_identify *identify, KWH_CONST struct kwh_map *map,
                               uint16_t address)
{
    for (uint16_t i = 0; i < map->lookalike_count; i++) {
        KWH_CONST struct kwh_lookalike *lookalike = &map->lookalikes[i];
        enum kwh_error error = (enum kwh_error)lookalike->error;
        if (lookalike->code == identify->code && lookalike->address == address)
            take_other(identify, lookalike->name, error != KWH_OK ? error : KWH_ERROR_OTHER_FAMILY);
    }
}

/* The models of one candidate, from `model` on. False: none of them. */
static bool compare_models(struct kwh_identify *identify, enum kwh_wish *wish)
{
    KWH_CONST struct kwh_map *map = identify->candidates[identify->candidate];

    for (; identify->model < map->model_count; identify->model++) {
        KWH_CONST struct kwh_model *model = &map->models[identify->model];
        if (model->code != identify->code)
            continue;
        if (model->quantity == 0) {
            *wish = fits(identify);
            return true;
        }
        KWH_CONST struct kwh_row *row = refining_row(identify);
        if (row != NULL &&
            prepare(identify, map, (uint8_t)kwh_row_space(row), row->address, kwh_row_words(row))) {
            identify->state = REFINE;
            *wish = KWH_WISH_EXCHANGE;
            return true;
        }
    }
    compare_lookalikes(identify, map, 0);
    return false;
}

static enum kwh_wish compare(struct kwh_identify *identify)
{
    KWH_CONST struct kwh_map *asked = identify->candidates[identify->at];
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
    case SELECT:
        return ask_selectors(identify);
    case LOOK:
        return look(identify);
    case OVER:
        break;
    }
    return finish(identify, identify->why);
}

static char small_letter(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static bool begins_like(const struct kwh_reading *reading, KWH_CONST char *text)
{
    for (size_t i = 0; text[i] != '\0'; i++)
        if (i >= reading->length || i >= KWH_READING_TEXT_MAX ||
            small_letter(reading->text[i]) != small_letter(text[i]))
            return false;
    return true;
}

static bool is_within(struct kwh_decimal value, KWH_CONST struct kwh_model *model)
{
    int32_t most = model->most != 0 ? model->most : model->value;

    return kwh_decimal_compare(value, kwh_decimal(model->value, 0)) >= 0 &&
           kwh_decimal_compare(value, kwh_decimal(most, 0)) <= 0;
}

static bool refinement_fits(const struct kwh_identify *identify, const uint8_t *bytes, size_t count)
{
    KWH_CONST struct kwh_map *map = identify->candidates[identify->candidate];
    KWH_CONST struct kwh_model *model = &map->models[identify->model];
    KWH_CONST struct kwh_row *row = refining_row(identify);
    struct kwh_reading reading;

    if (row == NULL || kwh_row_words(row) > count)
        return false;
    kwh_row_decode(map, row, bytes, &reading);
    if (!kwh_reading_has_value(&reading))
        return false;
    if (reading.form == KWH_FORM_TEXT)
        return model->text != NULL && begins_like(&reading, model->text);
    if (reading.form == KWH_FORM_DIGITS || reading.form == KWH_FORM_BITS)
        return model->value >= 0 && reading.digits == (uint64_t)model->value;
    return is_within(reading.decimal, model);
}

static void code_outcome(struct kwh_identify *identify, enum kwhi_verdict verdict,
                         const uint8_t *bytes, size_t count)
{
    KWH_CONST struct kwh_map *map = identify->candidates[identify->at];

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

/* Another family: not this model. Another reason: this one, but not as it is now. */
static void selector_outcome(struct kwh_identify *identify, const uint8_t *bytes, size_t count)
{
    KWH_CONST struct kwh_map *map = identify->candidates[identify->candidate];
    size_t words = map->selectors[identify->selection.asked].words;
    enum kwh_error error = kwhi_select_take(map, identify->address, &identify->profiles,
                                            &identify->selection, count >= words ? bytes : NULL);

    if (error == KWH_ERROR_OTHER_FAMILY) {
        take_other(identify, NULL, error);
        identify->model++;
        identify->state = COMPARE;
    } else if (error != KWH_OK) {
        identify->other = map->models[identify->model].name;
        identify->why = error;
        identify->state = OVER;
    }
}

/* The code of look-alikes that keep it where it was asked for, whichever map knows them. */
static void look_outcome(struct kwh_identify *identify, const uint8_t *bytes, size_t count)
{
    KWH_CONST struct kwh_map *map = identify->candidates[identify->at];

    if (count < map->identity_words)
        return;
    identify->code = (uint32_t)kwh_registers_load(bytes, map->identity_words,
                                                  (enum kwh_word_order)(map->order & 3u));
    for (size_t i = 0; i < identify->candidate_count; i++)
        compare_lookalikes(identify, identify->candidates[i], identify->looked);
    identify->coded = identify->refusal != KWH_OK;
    if (identify->coded)
        identify->at = identify->candidate_count;
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
    bool halfway = identify->state == REFINE || identify->state == SELECT;
    if (verdict == KWHI_IMPOSSIBLE || ((silent || evasive) && halfway)) {
        identify->why = error; /* a meter half identified is not identified */
        identify->state = OVER;
    } else if (identify->state == SELECT) {
        selector_outcome(identify, verdict == KWHI_ANSWERED ? bytes : NULL, count);
    } else if (identify->state == LOOK) {
        look_outcome(identify, bytes, verdict == KWHI_ANSWERED ? count : 0);
    } else if (identify->state == ASK_CODE) {
        code_outcome(identify, verdict, bytes, count);
    } else if (verdict != KWHI_ANSWERED || !refinement_fits(identify, bytes, count)) {
        identify->model++;
        identify->state = COMPARE;
    }
}

enum kwh_error kwh_identify_init(struct kwh_identify *identify, struct kwh_line *line,
                                 uint8_t address, KWH_CONST struct kwh_map *const *candidates,
                                 size_t count)
{
    bool possible = false;

    memset(identify, 0, sizeof *identify);
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

enum kwh_error kwh_identify_meter(const struct kwh_identify *identify, struct kwh_meter *meter)
{
    memset(meter, 0, sizeof *meter);
    if (identify->map == NULL)
        return KWH_ERROR_ARGUMENT;
    enum kwh_error error = kwh_meter_init(meter, identify->line, identify->map, identify->address);
    meter->profiles = identify->profiles;
    meter->selection = identify->selection;
    return error;
}

enum kwh_error kwh_identify_run(struct kwh_identify *identify)
{
    bool result = true;
    enum kwh_error error = KWH_OK;

    while (error == KWH_OK && result)
        error = kwh_dialogue_run(&identify->dialogue, identify->line, &result);
    return error;
}
