/* SPDX-License-Identifier: MIT */
#include "poll_line.h"

#include "descriptor.h"
#include "host_parts.h"
#include "target.h"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#define CONNECT_TIMEOUT_MS 5000u

/* How soon a simulated meter is looked at, whose answer wakes nobody. */
#define LOOK_US 1000u

/* Whichever protocol: a meter of M-Bus begins with one. */
static struct kwh_meter *meter_of(struct kwhi_poll_meter *meter)
{
    return &meter->of.modbus;
}

static uint32_t count_answers(struct kwhi_poll_meter *meter)
{
    const struct kwh_statistics *statistics = &meter_of(meter)->statistics;

    return statistics->ok + statistics->exceptions;
}

static bool is_serial(const struct kwhi_poll_line *line)
{
    return line->target.scheme == KWH_SCHEME_RTU || line->target.scheme == KWH_SCHEME_MBUS;
}

static bool same_settings(const struct kwh_line_settings *a, const struct kwh_line_settings *b)
{
    return a->baud == b->baud && a->data_bits == b->data_bits && a->parity == b->parity &&
           a->stop_bits == b->stop_bits;
}

/* ------------------------------------------------------------------------------------------------
 * Opening and closing
 */

enum kwh_error kwhi_poll_line_init(struct kwhi_poll_line *line, const struct kwh_target *target)
{
    memset(line, 0, sizeof *line);
    line->target = *target;
    line->target.has_address = false;
    line->target.has_secondary = target->scheme == KWH_SCHEME_SIM && target->has_secondary;
    if (target->scheme == KWH_SCHEME_SIM)
        line->target.has_address = target->has_address; /* at which the meter is made */
    line->dial.descriptor = -1;
    return kwhi_host_prepare(&line->host, &line->target);
}

static void opened(struct kwhi_poll_line *line)
{
    line->state = KWHI_POLL_IDLE;
    line->came_back = line->pause_ms != 0;
    line->pause_ms = 0;
}

enum kwh_error kwhi_poll_line_open(struct kwhi_poll_line *line, uint64_t now_ms)
{
    const struct kwh_target *target = &line->target;

    if (line->state != KWHI_POLL_CLOSED)
        return KWH_OK;
    if (now_ms < line->retry_ms)
        return line->error;
    if (is_serial(line) || target->scheme == KWH_SCHEME_SIM) {
        line->error = kwh_host_open_target(&line->host, target);
        if (line->error == KWH_OK)
            opened(line);
        else
            kwh_host_close(&line->host);
        return line->error;
    }
    line->error = kwhi_dial_begin(&line->dial, target->place, target->port);
    if (line->error == KWH_OK) {
        line->state = KWHI_POLL_DIALING;
        line->dial_until_ms = now_ms +
                              (target->timeout_ms != 0 ? target->timeout_ms : CONNECT_TIMEOUT_MS);
    }
    return line->error;
}

void kwhi_poll_line_close(struct kwhi_poll_line *line)
{
    if (line->adopted)
        (void)close(line->host.descriptor);
    line->adopted = false;
    kwh_host_close(&line->host);
    kwhi_dial_end(&line->dial);
    line->state = KWHI_POLL_CLOSED;
}

/* The next attempt is made after a pause, which doubles. */
static void put_off(struct kwhi_poll_line *line, uint64_t now_ms)
{
    line->pause_ms = kwhi_poll_longer(line->pause_ms, KWHI_POLL_PAUSE_MS, line->longest_pause_ms);
    line->retry_ms = now_ms + line->pause_ms;
}

/* ------------------------------------------------------------------------------------------------
 * Readouts
 */

uint32_t kwhi_poll_longer(uint32_t pause_ms, uint32_t first_ms, uint32_t longest_ms)
{
    if (pause_ms == 0)
        return first_ms;
    if (pause_ms >= longest_ms)
        return pause_ms;
    return pause_ms > longest_ms / 2 ? longest_ms : 2 * pause_ms;
}

/* One value, asked for anew each time: a plan remembers what was refused. */
static struct kwh_plan *make_probe(struct kwhi_poll_meter *meter)
{
    meter->probe = meter->plan;
    meter->probe.entries = &meter->probe_entry;
    meter->probe.capacity = meter->probe.count = 1;
    meter->probe_entry = meter->plan.entries[0];
    kwh_plan_make(&meter->probe, &meter->plan.cost);
    return &meter->probe;
}

/* A meter that did not answer is asked one thing, once; who answers is read at once. */
static void begin(struct kwhi_poll_meter *meter)
{
    struct kwh_meter *base = meter_of(meter);
    struct kwh_plan *plan = meter->plan.map != NULL ? &meter->plan : NULL;

    meter->probing = !meter->answers_us && plan != NULL && plan->count > 0 &&
                     plan->map->protocol == KWH_PROTOCOL_MODBUS;
    meter->answers = count_answers(meter);
    base->dialogue.retries = meter->answers_us ? base->line->retries : 0;
    kwh_meter_begin(base, meter->probing ? make_probe(meter) : plan);
    meter->line->state = KWHI_POLL_READING;
}

/* The first pause of a meter: its period, and no less than a late answer may take. To ask before
 * would be to wait for that on the line, at the expense of the others. */
static uint32_t first_pause_ms(const struct kwhi_poll_line *line,
                               const struct kwhi_poll_meter *meter)
{
    uint32_t latest_ms = line->host.line.timing.latest_us / 1000u;
    uint32_t least_ms = latest_ms > KWHI_POLL_PAUSE_MS ? latest_ms : KWHI_POLL_PAUSE_MS;

    return meter->period_ms > least_ms ? meter->period_ms : least_ms;
}

/* Ends the readout at hand: an event. */
static void finish(struct kwhi_poll_line *line, enum kwh_error error,
                   const struct kwh_failure *failure, uint64_t now_ms, struct kwh_poll_event *event)
{
    struct kwhi_poll_meter *meter = line->reading;
    bool answered = count_answers(meter) != meter->answers;

    line->reading = NULL;
    if (line->state == KWHI_POLL_READING)
        line->state = KWHI_POLL_IDLE;
    meter->answers_us = answered || error == KWH_OK;
    if (meter->answers_us) {
        meter->pause_ms = 0;
        meter->due_ms = meter->begun_ms + meter->period_ms;
        if (meter->due_ms < now_ms)
            meter->due_ms = now_ms;
    } else {
        meter->pause_ms = kwhi_poll_longer(meter->pause_ms, first_pause_ms(line, meter),
                                           line->longest_pause_ms);
        meter->due_ms = now_ms + meter->pause_ms;
    }
    event->kind = KWH_POLL_READOUT;
    event->meter = meter->index;
    event->error = error;
    memset(&event->failure, 0, sizeof event->failure);
    if (failure->error == error)
        event->failure = *failure;
    event->failure.error = error;
    event->duration_ms = (uint32_t)(now_ms - meter->begun_ms);
    event->again_ms = (uint32_t)(meter->due_ms - now_ms);
}

static void fail_to_open(struct kwhi_poll_line *line, uint64_t now_ms, struct kwh_poll_event *event)
{
    struct kwh_failure failure = line->host.line.failure;

    failure.error = line->error;
    if (line->state == KWHI_POLL_DIALING)
        failure.host_errno = line->dial.saved_errno;
    if (now_ms >= line->retry_ms)
        put_off(line, now_ms);
    kwhi_poll_line_close(line);
    finish(line, line->error, &failure, now_ms, event);
}

/* A connection or port that is gone is made anew; a request without its end leaves no line behind
 * that could be used. */
static bool is_lost(const struct kwhi_poll_line *line, enum kwh_error error)
{
    return error == KWH_ERROR_DISCONNECTED || error == KWH_ERROR_IO ||
           line->host.line.exchanges != NULL;
}

/* Sets the port as the meter has it. True: the meters of this line differ in that, for the first
 * time. */
static bool turn_to(struct kwhi_poll_line *line, const struct kwhi_poll_meter *meter,
                    enum kwh_error *error)
{
    bool tell = false;

    *error = KWH_OK;
    if (!is_serial(line) || same_settings(&line->host.settings, &meter->settings))
        return false;
    *error = kwh_host_set_line(&line->host, &meter->settings);
    tell = !line->told;
    line->told = true;
    return tell;
}

bool kwhi_poll_line_read(struct kwhi_poll_line *line, struct kwhi_poll_meter *meter,
                         uint64_t now_ms, struct kwh_poll_event *event)
{
    line->reading = meter;
    meter->begun_ms = now_ms;
    meter->answers = count_answers(meter);
    if (line->state == KWHI_POLL_CLOSED && is_serial(line))
        line->target.settings = meter->settings;
    if (kwhi_poll_line_open(line, now_ms) == KWH_OK)
        return kwhi_poll_line_go_on(line, now_ms, event);
    fail_to_open(line, now_ms, event);
    return true;
}

static bool begin_reading(struct kwhi_poll_line *line, uint64_t now_ms,
                          struct kwh_poll_event *event)
{
    enum kwh_error error;
    bool tell = turn_to(line, line->reading, &error);

    if (error != KWH_OK) {
        finish(line, error, kwh_line_failure(&line->host.line), now_ms, event);
        kwhi_poll_line_close(line);
        return true;
    }
    begin(line->reading);
    if (tell) {
        event->kind = KWH_POLL_SETTINGS;
        event->meter = line->reading->index;
    }
    return tell;
}

/* True when it is over, one way or the other; *failed: an event. */
static bool dial(struct kwhi_poll_line *line, uint64_t now_ms, struct kwh_poll_event *event,
                 bool *failed)
{
    int descriptor;
    bool over = kwhi_dial_is_over(&line->dial, &line->error, &descriptor);

    *failed = false;
    if (!over && now_ms >= line->dial_until_ms) {
        kwhi_dial_give_up(&line->dial);
        line->dial_until_ms = now_ms + CONNECT_TIMEOUT_MS;
        over = kwhi_dial_is_over(&line->dial, &line->error, &descriptor);
    }
    if (!over)
        return false;
    if (line->error == KWH_OK) {
        kwhi_dial_end(&line->dial);
        line->error = kwhi_host_prepare(&line->host, &line->target);
        kwhi_host_adopt(&line->host, descriptor);
        line->adopted = true;
        opened(line);
        return true;
    }
    fail_to_open(line, now_ms, event);
    *failed = true;
    return true;
}

/* What the dialogue of the meter came to. True: an event. */
static bool take_step(struct kwhi_poll_line *line, enum kwh_error error, uint64_t now_ms,
                      struct kwh_poll_event *event, bool *waits)
{
    struct kwhi_poll_meter *meter = line->reading;
    struct kwh_meter *base = meter_of(meter);
    bool answered = count_answers(meter) != meter->answers;
    bool over = error != KWH_OK || line->step.action == KWH_ACTION_FINISHED;

    *waits = !over && line->step.action == KWH_ACTION_RECEIVE;
    if (!over && line->step.action == KWH_ACTION_RESULT && answered && !meter->probing) {
        event->kind = KWH_POLL_READING;
        event->meter = meter->index;
        event->reading = base->reading;
        return true;
    }
    if (!over)
        return false;
    error = error != KWH_OK ? error : base->dialogue.error;
    if (meter->probing && answered && !is_lost(line, error)) {
        meter->answers_us = true;
        begin(meter);
        return false;
    }
    finish(line, error, &base->failure, now_ms, event);
    if (is_lost(line, error))
        kwhi_poll_line_close(line);
    return true;
}

bool kwhi_poll_line_go_on(struct kwhi_poll_line *line, uint64_t now_ms,
                          struct kwh_poll_event *event)
{
    bool waits = false, failed = false;

    if (line->state == KWHI_POLL_DIALING && !dial(line, now_ms, event, &failed))
        return false;
    if (failed)
        return true;
    if (line->state == KWHI_POLL_IDLE && line->reading != NULL &&
        begin_reading(line, now_ms, event))
        return true;
    while (line->state == KWHI_POLL_READING && !waits) {
        enum kwh_error error = kwh_dialogue_poll(&meter_of(line->reading)->dialogue,
                                                 &line->host.line, &line->step);

        if (take_step(line, error, now_ms, event, &waits))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------------------------------------
 * Waiting
 */

void kwhi_poll_line_look(struct kwhi_poll_line *line)
{
    const struct kwh_backend *backend = line->host.line.backend;
    uint8_t stray[64]; /* nobody has asked for it */
    size_t got;

    if (line->state == KWHI_POLL_IDLE && backend != NULL &&
        backend->receive(backend->context, stray, sizeof stray, backend->now_us(backend->context),
                         &got) != KWH_OK)
        kwhi_poll_line_close(line);
}

void kwhi_poll_line_wish(const struct kwhi_poll_line *line, struct kwhi_poll_wish *wish)
{
    const struct kwh_backend *backend = line->host.line.backend;

    *wish = (struct kwhi_poll_wish){.descriptor = line->host.descriptor,
                                    .events = POLLIN,
                                    .until_ms = UINT64_MAX,
                                    .within_us = UINT32_MAX};
    if (line->state == KWHI_POLL_CLOSED)
        wish->descriptor = -1;
    if (line->state == KWHI_POLL_DIALING) {
        wish->descriptor = line->dial.descriptor;
        wish->events = POLLOUT;
        wish->until_ms = line->dial_until_ms;
    }
    if (line->state == KWHI_POLL_READING) {
        uint32_t left_us = line->step.until_us - backend->now_us(backend->context);
        wish->within_us = left_us <= INT32_MAX ? left_us : 0;
        if (line->host.descriptor < 0 && wish->within_us > LOOK_US)
            wish->within_us = LOOK_US;
    }
}
