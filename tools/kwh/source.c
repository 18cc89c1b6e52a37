/* SPDX-License-Identifier: MIT */
#include "source.h"

#include "recorded.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PERIOD_MS   1000 /* from the beginning of a readout to that of the next */
#define WATCH_MS    10   /* how often a line under way is looked at */
#define PAUSE_MS    1000 /* before a lost link is opened again; doubles */
#define PAUSE_MAX   8000
#define SILENT_MAX  3 /* readouts without any answer, then a connection is taken for lost */
#define VALUES_STEP 64

enum state {
    READING,
    WAITING, /* for the next readout, or to open the link again */
    DIALING  /* the thread opens the link, which is its own until it is done */
};

struct value {
    struct kwh_reading reading;
    int64_t since_ms; /* the beginning of its readout: it is not older than that */
};

struct source {
    const struct options *options;
    struct link link;
    struct recorded recorded;
    bool is_report;
    union any_meter meter;
    struct kwh_plan plan;
    struct kwh_plan_entry *entries;
    struct value *values;
    size_t count, capacity;
    enum state state;
    int64_t since_ms; /* this readout */
    int64_t due_ms;   /* WAITING */
    unsigned silent, pause_ms;
    bool is_whole; /* one readout came to its end: what is not there does not exist */
    bool is_lost;  /* it has been told */
    char serial[KWH_READING_TEXT]; /* "": not known */
    bool is_other;                 /* another meter answers */
    bool is_open_again;            /* and who answers is not known yet */
    bool reopens;
    pthread_t thread;
    pthread_mutex_t mutex;
    bool dialed; /* under the mutex */
    enum kwh_error dial_error;
};

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ------------------------------------------------------------------------------------------------
 * Values
 */

static struct value *find_value(const struct source *source, uint32_t quantity)
{
    for (size_t i = 0; i < source->count; i++)
        if (source->values[i].reading.quantity == quantity)
            return &source->values[i];
    return NULL;
}

/* Nothing of another meter is presented, which was put in the place of the one that was identified.
 */
static void compare_serial(struct source *source, const struct kwh_reading *reading)
{
    char serial[KWH_READING_TEXT];
    if (reading->quantity != KWH_SERIAL_NUMBER || !kwh_reading_has_value(reading) ||
        kwh_reading_print(reading, serial, sizeof serial) != KWH_OK)
        return;
    if (source->serial[0] == '\0')
        memcpy(source->serial, serial, sizeof serial);
    bool is_other = strcmp(source->serial, serial) != 0;
    if (is_other && !source->is_other)
        complain("%s: another meter answers, %s and not %s; its values are not presented",
                 source->link.target_text, serial, source->serial);
    source->is_other = is_other;
    for (size_t i = 0; is_other && i < source->count; i++)
        if (source->values[i].since_ms == source->since_ms) /* came before the number */
            source->values[i].reading.status = KWH_STATUS_NO_ANSWER;
}

static void keep(struct source *source, const struct kwh_reading *reading)
{
    struct value *value = find_value(source, reading->quantity);
    compare_serial(source, reading);
    if (source->is_open_again || source->is_other)
        return; /* what came before counts until it is too old */
    if (reading->quantity == 0)
        return; /* a record that only its maker knows */
    if (value != NULL && reading->status == KWH_STATUS_NO_ANSWER)
        return;
    if (value == NULL) {
        if (source->count == source->capacity) {
            source->capacity += VALUES_STEP;
            struct value *more = allocate(source->capacity, sizeof *more);
            if (source->count > 0)
                memcpy(more, source->values, source->count * sizeof *more);
            free(source->values);
            source->values = more;
        }
        value = &source->values[source->count++];
    }
    value->reading = *reading;
    value->since_ms = source->since_ms;
}

/* The registers of a report, as its own map takes them, whatever their rank. */
static enum kwh_error recorded_value(const struct source *source, const struct kwh_row *row,
                                     struct kwh_reading *reading)
{
    const uint8_t *bytes = dump_registers(&source->recorded.dump, kwh_row_space(row), row->address,
                                          (uint16_t)kwh_row_words(row));
    if (bytes == NULL)
        return KWH_ERROR_ILLEGAL_DATA_ADDRESS;
    kwh_row_decode(source->link.map, row, bytes, reading);
    return kwh_reading_has_value(reading) ? KWH_OK : KWH_ERROR_NO_VALUE;
}

enum kwh_error source_value(const struct source *source, const struct kwh_map *map,
                            const struct kwh_row *row, struct kwh_reading *reading)
{
    const struct value *value = find_value(source, row->quantity);
    if (source_is(source, map, NULL) && map->protocol == KWH_PROTOCOL_MODBUS)
        return recorded_value(source, row, reading);
    if (value == NULL)
        return source->is_whole ? KWH_ERROR_ILLEGAL_DATA_ADDRESS : KWH_ERROR_NO_VALUE;
    if (value->reading.status == KWH_STATUS_NOT_AVAILABLE ||
        value->reading.status == KWH_STATUS_REFUSED)
        return KWH_ERROR_ILLEGAL_DATA_ADDRESS;
    bool old = !source->is_report &&
               now_ms() - value->since_ms > source->options->max_age_s * INT64_C(1000);
    if (old || !kwh_reading_has_value(&value->reading))
        return KWH_ERROR_NO_VALUE;
    *reading = value->reading;
    return KWH_OK;
}

/* ------------------------------------------------------------------------------------------------
 * Opening
 */

/* A TARGET has a scheme; the name of a file is none. */
static bool is_file(const char *text)
{
    struct kwh_target target;
    FILE *file = kwh_target_parse(text, &target, NULL) != KWH_OK ? fopen(text, "r") : NULL;
    if (file == NULL)
        return false;
    fclose(file);
    return true;
}

enum exit_code source_open(struct source **source, const struct options *options, const char *text)
{
    struct source *made = allocate(1, sizeof *made);
    enum exit_code code;
    *source = made;
    made->options = options;
    made->pause_ms = PAUSE_MS;
    if (pthread_mutex_init(&made->mutex, NULL) != 0)
        return EXIT_CODE_INTERNAL;
    made->is_report = is_file(text);
    if (made->is_report) {
        code = recorded_load(&made->recorded, text);
        if (code == EXIT_CODE_OK)
            code = recorded_open(&made->link, options, text, &made->recorded);
    } else if (strchr(text, ':') == NULL) {
        code = usage_error("--from: '%s' is no TARGET, and no file that can be read", text);
    } else {
        code = link_open(&made->link, options, text);
    }
    if (code == EXIT_CODE_OK)
        code = link_identify(&made->link);
    if (code == EXIT_CODE_OK)
        code = link_meter(&made->link, &made->meter);
    if (code != EXIT_CODE_OK || made->link.map == NULL)
        return code;
    struct kwh_map_iterator rows = {made->link.map, link_profiles(&made->link), 0, 0};
    size_t count = 1; /* the serial number of an M-Bus header is no row */
    while (kwh_map_next(&rows) != NULL)
        count++;
    made->entries = allocate(count, sizeof *made->entries);
    kwh_plan_init(&made->plan, rows.map, rows.profiles, made->entries, count);
    return EXIT_CODE_OK;
}

bool source_is(const struct source *source, const struct kwh_map *map, uint16_t *profiles)
{
    bool is = source->is_report && source->link.map == map;
    if (is && profiles != NULL)
        *profiles = link_profiles(&source->link);
    return is;
}

/* It need not have it. */
static void want(struct source *source, uint32_t quantity)
{
    if (kwh_plan_add(&source->plan, quantity) != KWH_OK)
        return;
}

void source_want(struct source *source, const struct kwh_map *map, uint16_t profiles)
{
    struct kwh_map_iterator rows = {map, profiles, 0, 0};
    const struct kwh_row *row;
    bool all = source_is(source, map, NULL);
    if (source->link.map == NULL)
        return; /* a meter of M-Bus that tells what it has */
    while ((row = kwh_map_next(&rows)) != NULL)
        if (all || KWH_QUANTITY_CLASS(row->quantity) == KWH_CLASS_MEASUREMENT)
            want(source, row->quantity);
    want(source, KWH_SERIAL_NUMBER);
}

static void begin(struct source *source)
{
    bool planned = source->link.map != NULL;
    source->since_ms = now_ms();
    source->state = READING;
    kwh_meter_begin(&source->meter.meter, planned ? &source->plan : NULL);
}

enum exit_code source_read(struct source *source)
{
    struct kwh_reading reading;
    struct kwh_meter *meter = &source->meter.meter;
    struct link *link = &source->link;
    if (link->map != NULL) {
        struct kwh_bus_cost cost = kwh_bus_cost_line(&link->host.line, link->map);
        kwh_plan_make(&source->plan, &cost);
    }
    begin(source);
    while (kwh_meter_next(meter, &reading))
        keep(source, &reading);
    source->state = WAITING;
    source->due_ms = source->since_ms + PERIOD_MS;
    source->is_whole = meter->dialogue.error == KWH_OK;
    if (kwh_error_class(meter->dialogue.error) == KWH_ERROR_CLASS_LINE)
        link_complain(link, meter->dialogue.error, &meter->failure);
    return kwh_error_class(meter->dialogue.error) == KWH_ERROR_CLASS_METER
               ? EXIT_CODE_OK
               : exit_code_of(meter->dialogue.error);
}

/* ------------------------------------------------------------------------------------------------
 * Reading on
 */

static void tell(struct source *source, bool is_lost, enum kwh_error error)
{
    if (is_lost == source->is_lost)
        return;
    source->is_lost = is_lost;
    if (source->options->quiet)
        return;
    if (is_lost)
        link_complain(&source->link, error, &source->meter.meter.failure);
    else
        complain("%s: is back", source->link.target_text);
}

static bool is_stream(const struct source *source)
{
    return (source->link.host.line.framing->properties &
            (KWH_FRAMING_STREAM | KWH_FRAMING_HAS_ID)) != 0;
}

static void end_readout(struct source *source, enum kwh_error error)
{
    bool line = kwh_error_class(error) == KWH_ERROR_CLASS_LINE;
    bool gone = error == KWH_ERROR_DISCONNECTED || error == KWH_ERROR_IO;
    source->silent = error == KWH_ERROR_TIMEOUT ? source->silent + 1 : 0;
    source->is_whole = source->is_whole || error == KWH_OK;
    source->is_open_again = source->is_open_again && line;
    source->reopens = gone || (source->silent >= SILENT_MAX && is_stream(source));
    source->state = WAITING;
    source->due_ms = source->reopens ? now_ms() + source->pause_ms : source->since_ms + PERIOD_MS;
    tell(source, line, error);
    if (!line)
        source->pause_ms = PAUSE_MS;
}

/* Opening may wait long for a name or a host: not in the thread that serves. */
static void *dial(void *context)
{
    struct source *source = context;
    enum kwh_error error = kwh_host_reopen(&source->link.host);
    (void)pthread_mutex_lock(&source->mutex);
    source->dial_error = error;
    source->dialed = true;
    (void)pthread_mutex_unlock(&source->mutex);
    return NULL;
}

/* Signals are for the thread that serves. */
static bool begin_dialing(struct source *source)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    source->dialed = false;
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool begun = pthread_create(&source->thread, NULL, dial, source) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    source->state = begun ? DIALING : WAITING;
    return begun;
}

static void end_dialing(struct source *source)
{
    (void)pthread_mutex_lock(&source->mutex);
    bool dialed = source->dialed;
    (void)pthread_mutex_unlock(&source->mutex);
    if (!dialed)
        return;
    (void)pthread_join(source->thread, NULL);
    source->silent = 0;
    source->is_open_again = true;
    source->state = WAITING;
    source->reopens = source->dial_error != KWH_OK;
    source->due_ms = now_ms() + (source->reopens ? source->pause_ms : 0);
    if (source->reopens && source->pause_ms < PAUSE_MAX)
        source->pause_ms *= 2;
}

static void go_on(struct source *source)
{
    struct kwh_meter *meter = &source->meter.meter;
    struct kwh_step step;
    for (;;) {
        enum kwh_error error = kwh_dialogue_poll(&meter->dialogue, meter->line, &step);
        if (error == KWH_OK && step.action == KWH_ACTION_RESULT) {
            keep(source, &meter->reading);
            continue;
        }
        if (error != KWH_OK || step.action == KWH_ACTION_FINISHED)
            end_readout(source, error != KWH_OK ? error : meter->dialogue.error);
        return;
    }
}

uint32_t source_poll(struct source *source)
{
    if (source->is_report)
        return UINT32_MAX;
    if (source->state == DIALING)
        end_dialing(source);
    if (source->state == WAITING && now_ms() >= source->due_ms) {
        if (!source->reopens)
            begin(source);
        else if (!begin_dialing(source))
            source->due_ms = now_ms() + source->pause_ms;
    }
    if (source->state == READING)
        go_on(source);
    if (source->state != WAITING)
        return WATCH_MS;
    int64_t left = source->due_ms - now_ms();
    return left > 0 ? (uint32_t)left : 0;
}

void source_close(struct source *source)
{
    if (source == NULL || source->state == DIALING)
        return; /* the thread has it, and the program ends */
    link_close(&source->link);
    recorded_free(&source->recorded);
    (void)pthread_mutex_destroy(&source->mutex);
    free(source->entries);
    free(source->values);
    free(source);
}
