/* SPDX-License-Identifier: MIT */
/* The blocking convenience: a loop around the questions. */
#include "line_state.h"

/* When the bytes began to leave: the driver may have kept us until they were out, or have been held
 * up before; or it just took them, and they are leaving now. */
static uint32_t taken_us(const struct kwh_line *line, size_t count, uint32_t began_us,
                         uint32_t now_us)
{
    uint32_t taken = now_us - kwhi_wire_us(line->character_ns, (uint32_t)count);
    return kwhi_after(taken, began_us) > 0 ? taken : began_us;
}

/* Carries out SEND and RECEIVE, the latter until then; a port that fails ends what is under way.
 * False: nothing came. */
static bool carry_out(struct kwh_line *line, const struct kwh_step *step, uint32_t until_us)
{
    const struct kwh_backend *backend = line->backend;
    void *context = backend->context;
    enum kwh_error error = KWH_OK;
    size_t count = 0;

    if (step->action == KWH_ACTION_SEND) {
        uint32_t began_us = backend->now_us(context);
        error = backend->send(context, step->bytes, step->count, &count);
        kwh_line_sent(line, count, taken_us(line, count, began_us, backend->now_us(context)));
    } else if (step->action == KWH_ACTION_RECEIVE) {
        error = backend->receive(context, step->room, step->capacity, until_us, &count);
        if (backend->damaged != NULL && backend->damaged(context))
            kwh_line_got_damaged(line, count, backend->now_us(context));
        else
            kwh_line_got(line, count, backend->now_us(context));
    }
    if (error != KWH_OK)
        kwh_line_failed(line, error, backend->last_errno != NULL ? backend->last_errno(context) : 0,
                        backend->now_us(context));
    return error != KWH_OK || count != 0;
}

enum kwh_error kwh_line_run(struct kwh_line *line, struct kwh_exchange *exchange)
{
    const struct kwh_backend *backend = line->backend;
    struct kwh_step step;
    enum kwh_error error;

    if (backend == NULL)
        return KWH_ERROR_NO_BACKEND;
    if (line->exchanges != NULL)
        return KWH_ERROR_BUSY;
    error = kwh_line_start(line, exchange, backend->now_us(backend->context));
    while (error == KWH_OK) {
        kwh_line_next(line, backend->now_us(backend->context), &step);
        if (step.action == KWH_ACTION_DONE && step.exchange == exchange)
            return exchange->error;
        (void)carry_out(line, &step, step.until_us);
    }
    return error;
}

static enum kwh_error apply_settings(struct kwh_line *line,
                                     const struct kwh_line_settings *settings)
{
    const struct kwh_backend *backend = line->backend;
    enum kwh_error error;
    if (backend->set_line == NULL)
        return KWH_ERROR_UNSUPPORTED;
    error = backend->set_line(backend->context, settings);
    if (error == KWH_OK)
        kwh_line_set_speed(line, settings);
    return error;
}

enum kwh_error kwh_dialogue_run(struct kwh_dialogue *dialogue, struct kwh_line *line, bool *result)
{
    const struct kwh_backend *backend = line->backend;
    struct kwh_step step;
    enum kwh_error error = KWH_OK;

    *result = false;
    if (backend == NULL)
        return KWH_ERROR_NO_BACKEND;
    while (error == KWH_OK) {
        kwh_dialogue_step(dialogue, line, backend->now_us(backend->context), &step);
        if (step.action == KWH_ACTION_FINISHED)
            return dialogue->error;
        if (step.action == KWH_ACTION_DONE)
            return KWH_ERROR_BUSY; /* not ours: the line is shared */
        if (step.action == KWH_ACTION_RESULT) {
            *result = true;
            return KWH_OK;
        }
        if (step.action == KWH_ACTION_SETTINGS)
            error = apply_settings(line, step.settings);
        else
            (void)carry_out(line, &step, step.until_us);
    }
    return error;
}

/* So often bytes are fetched before other lines get their turn: one that never falls silent would
 * keep a loop to itself until its deadline. */
#define FETCHES_MAX 16u

enum kwh_error kwh_dialogue_poll(struct kwh_dialogue *dialogue, struct kwh_line *line,
                                 struct kwh_step *step)
{
    const struct kwh_backend *backend = line->backend;
    enum kwh_error error = KWH_OK;
    unsigned fetches = 0;

    step->action = KWH_ACTION_IDLE;
    if (backend == NULL)
        return KWH_ERROR_NO_BACKEND;
    while (error == KWH_OK) {
        uint32_t now_us = backend->now_us(backend->context);
        kwh_dialogue_step(dialogue, line, now_us, step);
        if (step->action == KWH_ACTION_FINISHED || step->action == KWH_ACTION_RESULT)
            return KWH_OK;
        if (step->action == KWH_ACTION_DONE)
            return KWH_ERROR_BUSY;
        if (step->action == KWH_ACTION_SETTINGS)
            error = apply_settings(line, step->settings);
        else if (!carry_out(line, step, now_us) && step->action == KWH_ACTION_RECEIVE &&
                 (int32_t)(step->until_us - now_us) > 0)
            return KWH_OK;
        else if (step->action == KWH_ACTION_RECEIVE && ++fetches == FETCHES_MAX)
            return KWH_OK;
    }
    return error;
}
