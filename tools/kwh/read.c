/* SPDX-License-Identifier: MIT */
/* kwh read: one readout. */
#include "link.h"
#include "names.h"
#include "output.h"
#include "plan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WIDE_ENOUGH_FOR_OBIS 78

/* What a meter without a map tells of a record that the standard makes no quantity of. */
struct unnamed {
    unsigned number; /* of the record; 0: it has a quantity */
    char unit[24];
};

struct readout {
    struct link *link;
    struct kwh_plan plan;
    struct kwh_reading *readings;
    struct unnamed *unnamed; /* without a map: one for each reading, else NULL */
    size_t count, capacity;
    bool named; /* values were asked for by name */
    int64_t time_ms;
    uint32_t duration_us;
    uint32_t requests; /* on the line, repeated ones too */
    enum kwh_error error;
    struct kwh_failure failure; /* the first */
};

/* What a value is called: a quantity, or record_N. */
static void value_name(const struct readout *readout, size_t at, char name[NAME_TEXT])
{
    if (readout->unnamed != NULL && readout->unnamed[at].number != 0)
        snprintf(name, NAME_TEXT, "record_%u", readout->unnamed[at].number);
    else
        name_of(readout->readings[at].quantity, name);
}

static void value_key(const struct readout *readout, size_t at, char key[NAME_TEXT])
{
    if (readout->unnamed != NULL && readout->unnamed[at].number != 0)
        value_name(readout, at, key);
    else
        key_of(readout->readings[at].quantity, key);
}

static const char *value_unit(const struct readout *readout, size_t at)
{
    return readout->unnamed != NULL && readout->unnamed[at].number != 0
               ? readout->unnamed[at].unit
               : kwh_unit_symbol(kwh_quantity_unit(readout->readings[at].quantity));
}

/* The map, or how a meter without one is read. */
static const char *map_name(const struct readout *readout)
{
    if (readout->link->map != NULL)
        return readout->link->map->name;
    return link_is_mbus(readout->link) && readout->link->error == KWH_OK ? "mbus_generic" : NULL;
}

static uint32_t duration_ms(const struct readout *readout)
{
    return (readout->duration_us + 500) / 1000;
}

/* ------------------------------------------------------------------------------------------------
 * Reading
 */

/* Values in the order in which they were asked for; without names in that of the meter. */
static void put_in_order(struct readout *readout, char **names, size_t name_count)
{
    size_t at = 0;
    for (size_t i = 0; readout->link->map != NULL && i < name_count; i++) {
        uint32_t quantity = 0;
        (void)find_quantity(names[i], readout->link->map, link_profiles(readout->link), &quantity);
        for (size_t j = at; j < readout->count; j++) {
            if (readout->readings[j].quantity == quantity) {
                struct kwh_reading reading = readout->readings[j];
                memmove(&readout->readings[at + 1], &readout->readings[at],
                        (j - at) * sizeof reading);
                readout->readings[at++] = reading;
                break;
            }
        }
    }
}

static void explain(const struct readout *readout, const struct options *options)
{
    struct style style = output_style(options);
    style.file = stderr;
    style.color = false;
    if (!link_is_mbus(readout->link))
        plan_table(&readout->plan, &style);
    fprintf(stderr, "measured %" PRIu32 ".%" PRIu32 " ms\n", readout->duration_us / 1000,
            readout->duration_us % 1000 / 100);
}

/* Room for another reading. */
static void make_room(struct readout *readout)
{
    if (readout->count < readout->capacity)
        return;
    size_t capacity = 2 * readout->capacity + 32;
    struct kwh_reading *readings = allocate(capacity, sizeof *readings);
    struct unnamed *unnamed = allocate(capacity, sizeof *unnamed);
    if (readout->count > 0) {
        memcpy(readings, readout->readings, readout->count * sizeof *readings);
        memcpy(unnamed, readout->unnamed, readout->count * sizeof *unnamed);
    }
    free(readout->readings);
    free(readout->unnamed);
    readout->readings = readings;
    readout->unnamed = unnamed;
    readout->capacity = capacity;
}

static bool has_quantity(const struct readout *readout, uint32_t quantity)
{
    for (size_t i = 0; i < readout->count; i++)
        if (readout->readings[i].quantity == quantity)
            return true;
    return false;
}

/* A record of a meter without a map. One that comes twice is a quantity only once. */
static void keep_record(struct readout *readout, const struct kwh_mbus_meter *mbus, unsigned number)
{
    struct kwh_reading reading = mbus->meter.reading;
    struct unnamed unnamed = {.number = 0};
    if (reading.quantity == 0 || has_quantity(readout, reading.quantity)) {
        unnamed.number = number;
        reading.quantity = 0;
        if (kwh_mbus_unit_text(mbus->sequence.data, mbus->sequence.size, &mbus->record,
                               unnamed.unit, sizeof unnamed.unit) != KWH_OK)
            unnamed.unit[0] = '\0';
    }
    make_room(readout);
    readout->readings[readout->count] = reading;
    readout->unnamed[readout->count++] = unnamed;
}

static void read_all(struct readout *readout, union any_meter *any)
{
    struct kwh_reading reading;
    if (readout->link->map != NULL) {
        readout->readings = allocate(readout->plan.count, sizeof *readout->readings);
        while (kwh_meter_next(&any->meter, &reading)) /* to the end, which may lead it back */
            if (readout->count < readout->plan.count)
                readout->readings[readout->count++] = reading;
        return;
    }
    for (unsigned number = 1; kwh_meter_next(&any->meter, &reading); number++)
        keep_record(readout, &any->mbus, number);
}

static enum exit_code run_plan(struct readout *readout)
{
    struct link *link = readout->link;
    union any_meter any;
    enum exit_code code = link_meter(link, &any);
    if (code != EXIT_CODE_OK)
        return code;
    if (!link_is_mbus(link)) {
        struct kwh_bus_cost cost = kwh_bus_cost_line(&link->host.line, link->map);
        kwh_plan_make(&readout->plan, &cost);
    }
    readout->time_ms = utc_now_ms();
    uint32_t start = link_now_us(link);
    kwh_meter_begin(&any.meter, link->map != NULL ? &readout->plan : NULL);
    read_all(readout, &any);
    readout->duration_us = link_now_us(link) - start;
    readout->error = any.meter.dialogue.error;
    readout->failure = any.meter.failure;
    readout->requests = any.meter.statistics.sent;
    return EXIT_CODE_OK;
}

/* A value that the meter itself marks as absent is no failure, but one that was asked for by name
 * and did not come on M-Bus; without a map nothing is that the meter tells. */
static bool has_failed(const struct readout *readout, const struct kwh_reading *reading)
{
    if (reading->status == KWH_STATUS_NOT_AVAILABLE && readout->named &&
        link_is_mbus(readout->link))
        return true;
    bool came = reading->status != KWH_STATUS_NO_ANSWER && reading->status != KWH_STATUS_REFUSED &&
                reading->status != KWH_STATUS_ENCRYPTED;
    return !kwh_reading_has_value(reading) && reading->status != KWH_STATUS_NOT_AVAILABLE &&
           !(readout->unnamed != NULL && came);
}

static size_t count_failed(const struct readout *readout)
{
    size_t failed = 0;
    for (size_t i = 0; i < readout->count; i++)
        failed += has_failed(readout, &readout->readings[i]);
    return failed;
}

static enum exit_code judge(const struct readout *readout)
{
    size_t failed = count_failed(readout);
    if (readout->error == KWH_ERROR_INTERRUPTED)
        return EXIT_CODE_INTERRUPTED;
    if (failed == 0)
        return readout->error != KWH_OK && readout->count > 0 ? EXIT_CODE_PARTIAL
                                                              : exit_code_of(readout->error);
    return failed < readout->count || readout->error == KWH_OK ? EXIT_CODE_PARTIAL
                                                               : exit_code_of(readout->error);
}

static void obis_of(uint32_t quantity, char text[KWH_OBIS_TEXT])
{
    struct kwh_obis code;
    if (kwh_quantity_obis(quantity, &code) != KWH_OK ||
        kwh_obis_print(code, text, KWH_OBIS_TEXT) != KWH_OK)
        text[0] = '\0';
}

static bool is_called(const struct readout *readout, size_t at, const char *name)
{
    char own[NAME_TEXT], key[NAME_TEXT], code[KWH_OBIS_TEXT];
    value_name(readout, at, own);
    value_key(readout, at, key);
    obis_of(readout->readings[at].quantity, code);
    return strcmp(name, own) == 0 || strcmp(name, key) == 0 || strcmp(name, code) == 0;
}

static void swap_readings(struct readout *readout, size_t a, size_t b)
{
    struct kwh_reading reading = readout->readings[a];
    struct unnamed unnamed = readout->unnamed[a];
    readout->readings[a] = readout->readings[b];
    readout->unnamed[a] = readout->unnamed[b];
    readout->readings[b] = reading;
    readout->unnamed[b] = unnamed;
}

/* Without a map any name can be asked for, and what was not asked for is dropped. */
static enum exit_code pick_names(struct readout *readout, char **names, size_t name_count)
{
    size_t kept = 0;
    for (size_t i = 0; i < name_count; i++) {
        size_t at = kept;
        while (at < readout->count && !is_called(readout, at, names[i]))
            at++;
        if (at == readout->count)
            return usage_error("the meter sends no %s; without NAME all that it sends is read",
                               names[i]);
        swap_readings(readout, kept++, at);
    }
    readout->count = name_count > 0 ? kept : readout->count;
    return EXIT_CODE_OK;
}

/* ------------------------------------------------------------------------------------------------
 * Printing
 */

static void print_json(const struct readout *readout)
{
    const struct link *link = readout->link;
    cJSON *object = json_object(), *values = json_object(), *status = json_object();
    enum kwh_error error = readout->error != KWH_OK ? readout->error : link->error;
    char text[TIME_TEXT];
    print_time(readout->time_ms, text);
    json_text(object, "time", text);
    json_text(object, "target", link->target_text);
    json_text(object, "map", map_name(readout));
    json_text(object, "model", link->model != NULL ? link->model->name : NULL);
    json_null(object, "serial");
    for (size_t i = 0; i < readout->count; i++) {
        const struct kwh_reading *reading = &readout->readings[i];
        char key[NAME_TEXT], value[KWH_READING_TEXT];
        value_key(readout, i, key);
        json_reading(values, status, key, reading);
        if (reading->quantity == KWH_SERIAL_NUMBER &&
            kwh_reading_print(reading, value, sizeof value) == KWH_OK) {
            cJSON_DeleteItemFromObject(object, "serial");
            json_text(object, "serial", value);
        }
    }
    json_unsigned(object, "duration_ms", duration_ms(readout));
    json_text(object, "error", error != KWH_OK ? kwh_error_name(error) : NULL);
    json_item(object, "values", values);
    json_item(object, "status", status);
    json_print(object);
}

static void print_csv(const struct readout *readout, bool begun)
{
    static const char *const titles[] = {"time", "target", "name", "value", "unit", "status"};
    char time[TIME_TEXT];
    print_time(readout->time_ms, time);
    if (!begun)
        csv_record(titles, KWH_COUNT(titles));
    for (size_t i = 0; i < readout->count; i++) {
        const struct kwh_reading *reading = &readout->readings[i];
        char name[NAME_TEXT], value[KWH_READING_TEXT];
        value_name(readout, i, name);
        if (kwh_reading_print(reading, value, sizeof value) != KWH_OK)
            value[0] = '\0';
        csv_record((const char *const[]){time, readout->link->target_text, name, value,
                                         value_unit(readout, i),
                                         kwh_status_name((enum kwh_status)reading->status)},
                   KWH_COUNT(titles));
    }
}

/* One unit for the whole group: that of its largest value. */
static int group_power(const struct readout *readout, unsigned group)
{
    int power = 0;
    for (size_t i = 0; i < readout->count; i++) {
        int own = power_for_people(&readout->readings[i]);
        if (group_of(readout->readings[i].quantity) == group && own > power)
            power = own;
    }
    return power;
}

static void add_group(struct table *table, const struct readout *readout, unsigned group, bool obis)
{
    bool begun = false;
    int power = group_power(readout, group);
    for (size_t i = 0; i < readout->count; i++) {
        const struct kwh_reading *reading = &readout->readings[i];
        char name[NAME_TEXT], value[KWH_READING_TEXT], code[KWH_OBIS_TEXT], title[GROUP_TEXT];
        if (group_of(reading->quantity) != group)
            continue;
        if (!begun) {
            group_title(group, title);
            table_heading(table, title);
            begun = true;
        }
        value_name(readout, i, name);
        obis_of(reading->quantity, code);
        const char *unit = print_for_people(reading, power, value);
        if (readout->unnamed != NULL && kwh_reading_has_value(reading) && reading->quantity == 0)
            unit = value_unit(readout, i);
        table_row(table, (const char *const[]){name, value, unit, obis ? code : ""});
    }
}

static void print_table(const struct readout *readout, const struct options *options)
{
    const struct link *link = readout->link;
    struct style style = output_style(options);
    bool obis = options->obis || style.width >= WIDE_ENOUGH_FOR_OBIS;
    struct table table;
    if (readout->count == 0)
        return;
    char meter[MBUS_METER_TEXT] = "";
    if (link->map == NULL)
        print_mbus_meter(&link->header, meter);
    printf("%s%s%s at %s\n", style_bold(&style),
           link->model != NULL ? link->model->name
           : link->map != NULL ? link->map->title
                               : meter,
           style_off(&style), link->target_text);
    size_t failed = count_failed(readout);
    printf("%smap %s, ", style_dim(&style), map_name(readout));
    if (failed > 0)
        printf("%zu of ", readout->count - failed);
    printf("%zu value%s in %" PRIu32 " request%s, %" PRIu32 " ms%s\n\n", readout->count,
           readout->count == 1 ? "" : "s", readout->requests, readout->requests == 1 ? "" : "s",
           duration_ms(readout), style_off(&style));
    table_begin(&table, "ldll");
    unsigned group = 0;
    for (;;) { /* the groups that occur, from the lowest on */
        unsigned next = UINT16_MAX;
        for (size_t i = 0; i < readout->count; i++) {
            unsigned own = group_of(readout->readings[i].quantity);
            next = own > group && own < next ? own : next;
        }
        if (next == UINT16_MAX)
            break;
        group = next;
        add_group(&table, readout, group, obis);
    }
    table_end(&table, &style);
}

/* @p begun: something was printed before. */
static void print_readout(const struct readout *readout, bool *begun)
{
    const struct options *options = readout->link->options;
    switch (options->output) {
    case OUTPUT_TABLE:
        if (*begun && readout->count > 0)
            putchar('\n');
        print_table(readout, options);
        break;
    case OUTPUT_JSON:
        print_json(readout);
        break;
    case OUTPUT_CSV:
        print_csv(readout, *begun);
        break;
    }
    *begun = *begun || options->output != OUTPUT_TABLE || readout->count > 0;
    flush_output();
}

/* ------------------------------------------------------------------------------------------------
 * The command
 */

static enum exit_code read_meter(struct readout *readout, char **names, size_t name_count)
{
    struct link *link = readout->link;
    const struct options *options = link->options;
    uint32_t start = link_now_us(link);
    enum exit_code code = link_identify(link);
    readout->duration_us = link_now_us(link) - start; /* when nothing follows */
    if (code == EXIT_CODE_OK && link->map != NULL)
        code = make_entries(link->map, link_profiles(link), names, name_count, &readout->plan);
    if (code == EXIT_CODE_OK)
        code = run_plan(readout);
    if (code != EXIT_CODE_OK)
        return code;
    if (readout->error != KWH_OK && readout->error != KWH_ERROR_INTERRUPTED)
        link_complain(link, readout->error, &readout->failure);
    readout->named = name_count > 0;
    put_in_order(readout, names, name_count);
    if (link->map == NULL && readout->error == KWH_OK)
        code = pick_names(readout, names, name_count);
    if (code != EXIT_CODE_OK)
        return code;
    if (options->explain)
        explain(readout, options);
    return judge(readout);
}

/* ------------------------------------------------------------------------------------------------
 * Several meters
 */

/* What is to be read: TARGETs and NAMEs of the arguments, and the lines that are open. */
struct job {
    const struct options *options;
    char **names;
    struct link *links;
    size_t target_count, name_count, link_count;
    bool begun; /* something was printed */
};

/* A TARGET begins with its scheme. An OBIS code has a colon, too, but begins with a digit. */
static bool is_target(const char *text)
{
    const char *colon = strchr(text, ':');
    return colon != NULL && colon != text && (text[0] < '0' || text[0] > '9');
}

/* The open line of a target; else a place for another one. */
static struct link *find_link(struct job *job, const struct kwh_target *target)
{
    for (size_t i = 0; i < job->link_count; i++)
        if (link_is_same_line(&job->links[i], target))
            return &job->links[i];
    return &job->links[job->link_count++];
}

static enum exit_code read_target(struct job *job, const char *text)
{
    struct readout readout;
    struct kwh_target target;
    enum exit_code code = parse_target("TARGET", text, &target);
    if (code != EXIT_CODE_OK)
        return code;
    memset(&readout, 0, sizeof readout);
    readout.link = find_link(job, &target);
    readout.time_ms = utc_now_ms();
    code = link_turn_to(readout.link, job->options, text);
    if (code == EXIT_CODE_OK)
        code = read_meter(&readout, job->names, job->name_count);
    if (code != EXIT_CODE_USAGE && code != EXIT_CODE_INTERNAL)
        print_readout(&readout, &job->begun);
    free(readout.plan.entries);
    free(readout.readings);
    free(readout.unnamed);
    return code;
}

/* All of them, whatever becomes of one; the first that is not read in full says how it went. */
static enum exit_code read_targets(struct job *job)
{
    enum exit_code first = EXIT_CODE_OK;
    job->links = allocate(job->target_count, sizeof *job->links);
    for (size_t i = 0; i < job->target_count && first != EXIT_CODE_INTERRUPTED; i++) {
        enum exit_code code = read_target(job, job->options->arguments[i]);
        if (first == EXIT_CODE_OK || code == EXIT_CODE_INTERRUPTED)
            first = code;
    }
    for (size_t i = 0; i < job->link_count; i++)
        link_close(&job->links[i]);
    free(job->links);
    return first;
}

/* The map that a target names, if it does. */
static const struct kwh_map *named_map(const struct options *options, const char *text)
{
    struct kwh_target target;
    if (kwh_target_parse(text, &target, NULL) != KWH_OK)
        return NULL;
    const char *name = options->map != NULL              ? options->map
                       : target.scheme == KWH_SCHEME_SIM ? target.place
                                                         : target.map;
    return kwh_host_find_protocol_map(name, kwh_scheme_protocol(target.scheme));
}

/* TARGETs, then NAMEs; what can be told of them before anything is opened. */
static enum exit_code take_arguments(const struct options *options, struct job *job)
{
    size_t count = (size_t)options->argument_count;
    enum exit_code code = EXIT_CODE_OK;
    job->options = options;
    if (count < 1)
        return usage_error("TARGET is missing");
    job->target_count = 1; /* whatever it looks like */
    while (job->target_count < count && is_target(options->arguments[job->target_count]))
        job->target_count++;
    job->names = options->arguments + job->target_count;
    job->name_count = count - job->target_count;
    for (size_t i = 0; i < job->name_count && code == EXIT_CODE_OK; i++) {
        if (is_target(job->names[i]))
            return usage_error("TARGET %s stands behind a NAME; TARGETs come first", job->names[i]);
        code = check_name(job->names[i], job->target_count == 1
                                             ? named_map(options, options->arguments[0])
                                             : NULL);
    }
    for (size_t i = 0; i < job->target_count && code == EXIT_CODE_OK; i++)
        code = parse_target("TARGET", options->arguments[i], &(struct kwh_target){.port = 0});
    return code;
}

enum exit_code read_command(const struct options *options)
{
    struct job job;
    memset(&job, 0, sizeof job);
    enum exit_code code = take_arguments(options, &job);
    return code == EXIT_CODE_OK ? read_targets(&job) : code;
}
