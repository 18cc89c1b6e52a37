/* SPDX-License-Identifier: MIT */
/* The loop over all lines, and what is due on them. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE /* ppoll() */
#endif

#include <kwh/poll.h>

#include "clock.h"
#include "poll_line.h"
#include "target.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEFAULT_PAUSE_MS 60000u

struct kwh_poll {
    struct kwhi_poll_line **lines;
    struct kwhi_poll_meter **meters;
    struct pollfd *polled; /* one a line */
    size_t line_count, meter_count;
    size_t turn; /* the line that is looked at first */
    uint32_t pause_ms;
};

enum kwh_error kwh_poll_new(struct kwh_poll **poll, const struct kwh_poll_limits *limits)
{
    *poll = calloc(1, sizeof **poll);
    if (*poll == NULL)
        return KWH_ERROR_CAPACITY;
    (*poll)->pause_ms = limits != NULL && limits->pause_ms != 0 ? limits->pause_ms
                                                                : DEFAULT_PAUSE_MS;
    return KWH_OK;
}

static void free_meter(struct kwhi_poll_meter *meter)
{
    if (meter != NULL)
        free(meter->entries);
    free(meter);
}

void kwh_poll_free(struct kwh_poll *poll)
{
    if (poll == NULL)
        return;
    for (size_t i = 0; i < poll->line_count; i++) {
        kwhi_poll_line_close(poll->lines[i]);
        free(poll->lines[i]);
    }
    for (size_t i = 0; i < poll->meter_count; i++)
        free_meter(poll->meters[i]);
    free(poll->lines);
    free(poll->meters);
    free(poll->polled);
    free(poll);
}

/* ------------------------------------------------------------------------------------------------
 * Adding
 */

static bool is_through(const struct kwhi_poll_line *line, const struct kwh_target *target)
{
    return target->scheme != KWH_SCHEME_SIM && line->target.scheme == target->scheme &&
           line->target.port == target->port && strcmp(line->target.place, target->place) == 0;
}

/* Room for another line and another meter. */
static bool grow(struct kwh_poll *poll)
{
    struct kwhi_poll_line **lines = realloc(poll->lines, (poll->line_count + 1) * sizeof *lines);
    struct pollfd *polled;
    struct kwhi_poll_meter **meters;

    if (lines != NULL)
        poll->lines = lines;
    polled = realloc(poll->polled, (poll->line_count + 1) * sizeof *polled);
    if (polled != NULL)
        poll->polled = polled;
    meters = realloc(poll->meters, (poll->meter_count + 1) * sizeof *meters);
    if (meters != NULL)
        poll->meters = meters;
    return lines != NULL && polled != NULL && meters != NULL;
}

/* The line of a target, made if it is the first one there. */
static enum kwh_error find_line(struct kwh_poll *poll, const struct kwh_target *target,
                                struct kwhi_poll_line **line)
{
    enum kwh_error error;

    for (size_t i = 0; i < poll->line_count; i++) {
        *line = poll->lines[i];
        if (is_through(*line, target))
            return KWH_OK;
    }
    *line = calloc(1, sizeof **line);
    if (*line == NULL)
        return KWH_ERROR_CAPACITY;
    error = kwhi_poll_line_init(*line, target);
    if (error != KWH_OK) {
        free(*line);
        return error;
    }
    (*line)->longest_pause_ms = poll->pause_ms;
    poll->lines[poll->line_count++] = *line;
    return KWH_OK;
}

static uint16_t profiles_of(const struct kwh_poll_meter *wanted)
{
    return wanted->profiles != 0 ? wanted->profiles : KWH_ALL_PROFILES;
}

static size_t count_values(const struct kwh_poll_meter *wanted)
{
    struct kwh_map_iterator rows = {wanted->map, profiles_of(wanted), 0, 0};
    size_t count = 0;

    if (wanted->quantities != NULL)
        return wanted->count;
    while (kwh_map_next(&rows) != NULL)
        count++;
    return count;
}

static enum kwh_error make_plan(struct kwhi_poll_meter *meter, const struct kwh_poll_meter *wanted)
{
    const struct kwh_line *line = &meter->line->host.line;
    size_t capacity = count_values(wanted);
    enum kwh_error error = KWH_OK;
    struct kwh_bus_cost cost = kwh_bus_cost_line(line, wanted->map);

    meter->entries = calloc(capacity != 0 ? capacity : 1, sizeof *meter->entries);
    if (meter->entries == NULL)
        return KWH_ERROR_CAPACITY;
    kwh_plan_init(&meter->plan, wanted->map, profiles_of(wanted), meter->entries, capacity);
    if (wanted->quantities == NULL)
        error = kwh_plan_add_readout(&meter->plan);
    for (size_t i = 0; wanted->quantities != NULL && i < wanted->count && error == KWH_OK; i++)
        error = kwh_plan_add(&meter->plan, wanted->quantities[i]);
    if (cost.character_ns != 0)
        cost.character_ns = kwh_character_ns(&meter->settings);
    if (error == KWH_OK && wanted->map->protocol == KWH_PROTOCOL_MODBUS)
        kwh_plan_make(&meter->plan, &cost);
    return error;
}

/* What the target does not say of the line settings, the map does. */
static struct kwh_line_settings settings_of(const struct kwh_poll_meter *wanted)
{
    bool given = wanted->target.settings.baud != 0 || wanted->target.settings.parity != '\0';

    return !given && wanted->map != NULL && wanted->map->line_count > 0
               ? wanted->map->lines[0]
               : kwhi_target_settings(&wanted->target);
}

static enum kwh_error make_meter(struct kwhi_poll_meter *meter, const struct kwh_poll_meter *wanted)
{
    struct kwh_host *host = &meter->line->host;
    const struct kwh_target *target = &wanted->target;
    bool mbus = kwh_scheme_protocol(target->scheme) == KWH_PROTOCOL_MBUS;
    enum kwh_error error;
    uint8_t address = target->has_address ? target->address
                      : mbus              ? KWH_MBUS_ANY
                      : wanted->map != NULL && wanted->map->default_address != 0
                          ? wanted->map->default_address
                          : 1;

    if (!mbus && wanted->map == NULL)
        return KWH_ERROR_UNSUPPORTED;
    if (mbus && target->has_secondary)
        error = kwh_mbus_meter_select(&meter->of.mbus, &host->line, wanted->map,
                                      &target->secondary);
    else if (mbus)
        error = kwh_mbus_meter_init(&meter->of.mbus, &host->line, wanted->map, address);
    else
        error = kwh_meter_init(&meter->of.modbus, &host->line, wanted->map, address);
    meter->of.modbus.profiles = profiles_of(wanted);
    if (error != KWH_OK || wanted->map == NULL)
        return error;
    return make_plan(meter, wanted);
}

enum kwh_error kwh_poll_add(struct kwh_poll *poll, const struct kwh_poll_meter *wanted,
                            size_t *index)
{
    struct kwhi_poll_meter *meter = calloc(1, sizeof *meter);
    enum kwh_error error = KWH_ERROR_CAPACITY;

    if (meter != NULL && grow(poll))
        error = find_line(poll, &wanted->target, &meter->line);
    if (error == KWH_OK) {
        meter->index = poll->meter_count;
        meter->settings = settings_of(wanted);
        meter->period_ms = wanted->period_ms;
        error = make_meter(meter, wanted);
    }
    if (error != KWH_OK) {
        free_meter(meter);
        return error;
    }
    if (index != NULL)
        *index = poll->meter_count;
    poll->meters[poll->meter_count++] = meter;
    return KWH_OK;
}

const struct kwh_statistics *kwh_poll_statistics(const struct kwh_poll *poll, size_t meter)
{
    return &poll->meters[meter]->of.modbus.statistics;
}

/* ------------------------------------------------------------------------------------------------
 * The loop
 */

/* The meter of a line that is due first. NULL: it has none. */
static struct kwhi_poll_meter *first_due(const struct kwh_poll *poll,
                                         const struct kwhi_poll_line *line)
{
    struct kwhi_poll_meter *first = NULL;

    for (size_t i = 0; i < poll->meter_count; i++)
        if (poll->meters[i]->line == line &&
            (first == NULL || poll->meters[i]->due_ms < first->due_ms))
            first = poll->meters[i];
    return first;
}

/* A line that is back: its meters need not wait for the end of their pauses. */
static void welcome(const struct kwh_poll *poll, struct kwhi_poll_line *line, uint64_t now_ms)
{
    if (!line->came_back)
        return;
    line->came_back = false;
    for (size_t i = 0; i < poll->meter_count; i++) {
        struct kwhi_poll_meter *meter = poll->meters[i];
        if (meter->line != line || meter->pause_ms == 0 || meter == line->reading)
            continue;
        meter->pause_ms = 0;
        meter->due_ms = now_ms;
    }
}

/* As far as it goes without waiting. True: an event. */
static bool drive(const struct kwh_poll *poll, struct kwhi_poll_line *line,
                  struct kwh_poll_event *event)
{
    bool happened = false, due = true;

    while (!happened && due) {
        uint64_t now_ms = kwhi_clock_ms();

        if (line->reading != NULL)
            happened = kwhi_poll_line_go_on(line, now_ms, event);
        due = false;
        if (!happened && line->reading == NULL) {
            struct kwhi_poll_meter *meter = first_due(poll, line);
            due = meter != NULL && meter->due_ms <= now_ms;
            if (due)
                happened = kwhi_poll_line_read(line, meter, now_ms, event);
            due = due && line->reading == NULL;
        }
        welcome(poll, line, now_ms);
    }
    return happened;
}

static void shorten(uint64_t *wait_us, uint64_t us)
{
    if (us < *wait_us)
        *wait_us = us;
}

/* Fills in what to wait for; shortens the wait to the next moment of a line. */
static void prepare(const struct kwh_poll *poll, uint64_t *wait_us)
{
    uint64_t now_ms = kwhi_clock_ms();

    for (size_t i = 0; i < poll->line_count; i++) {
        const struct kwhi_poll_line *line = poll->lines[i];
        const struct kwhi_poll_meter *meter = first_due(poll, line);
        struct kwhi_poll_wish wish;

        kwhi_poll_line_wish(line, &wish);
        if (line->reading == NULL && meter != NULL)
            wish.until_ms = meter->due_ms;
        if (wish.until_ms != UINT64_MAX)
            shorten(wait_us, wish.until_ms > now_ms ? (wish.until_ms - now_ms) * 1000u : 0);
        if (wish.within_us != UINT32_MAX)
            shorten(wait_us, wish.within_us);
        poll->polled[i] = (struct pollfd){.fd = wish.descriptor, .events = wish.events};
    }
}

static enum kwh_error wait_for_lines(const struct kwh_poll *poll, uint64_t wait_us)
{
    int ready;
#if defined(__linux__)
    struct timespec timeout = {.tv_sec = (time_t)(wait_us / 1000000u),
                               .tv_nsec = (long)(wait_us % 1000000u) * 1000};

    ready = ppoll(poll->polled, (nfds_t)poll->line_count, &timeout, NULL);
#else
    uint64_t wait_ms = (wait_us + 999u) / 1000u;

    ready = poll(poll->polled, (nfds_t)poll->line_count,
                 wait_ms < INT32_MAX ? (int)wait_ms : INT32_MAX);
#endif
    if (ready < 0)
        return errno == EINTR ? KWH_ERROR_INTERRUPTED : KWH_ERROR_IO;
    for (size_t i = 0; i < poll->line_count && ready > 0; i++)
        if (poll->polled[i].revents != 0)
            kwhi_poll_line_look(poll->lines[i]);
    return KWH_OK;
}

enum kwh_error kwh_poll_next(struct kwh_poll *poll, uint32_t timeout_ms,
                             struct kwh_poll_event *event)
{
    uint64_t until_ms = kwhi_clock_ms() + timeout_ms;

    memset(event, 0, sizeof *event);
    for (;;) {
        uint64_t now_ms, wait_us;
        enum kwh_error error;

        for (size_t i = 0; i < poll->line_count; i++) {
            size_t at = (poll->turn + i) % poll->line_count;
            if (!drive(poll, poll->lines[at], event))
                continue;
            poll->turn = at + (event->kind == KWH_POLL_READING ? 0 : 1);
            return KWH_OK;
        }
        now_ms = kwhi_clock_ms();
        wait_us = now_ms < until_ms ? (until_ms - now_ms) * 1000u : 0;
        prepare(poll, &wait_us);
        error = wait_for_lines(poll, wait_us);
        if (error != KWH_OK)
            return error;
        if (kwhi_clock_ms() >= until_ms && timeout_ms != 0) {
            event->kind = KWH_POLL_NOTHING;
            return KWH_OK;
        }
        if (timeout_ms == 0)
            return KWH_OK;
    }
}
