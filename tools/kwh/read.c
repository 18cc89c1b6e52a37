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

struct readout {
    struct link link;
    struct kwh_plan plan;
    struct kwh_reading *readings;
    size_t count;
    int64_t time_ms;
    uint32_t duration_us;
    uint32_t requests; /* on the line, repeated ones too */
    enum kwh_error error;
    struct kwh_failure failure; /* the first */
};

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
    for (size_t i = 0; i < name_count; i++) {
        uint32_t quantity = 0;
        (void)find_quantity(names[i], readout->link.map, link_profiles(&readout->link), &quantity);
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
    plan_table(&readout->plan, &style);
    fprintf(stderr, "measured %" PRIu32 ".%" PRIu32 " ms\n", readout->duration_us / 1000,
            readout->duration_us % 1000 / 100);
}

static enum exit_code run_plan(struct readout *readout)
{
    struct kwh_bus_cost cost = kwh_bus_cost_line(&readout->link.host.line, readout->link.map);
    struct kwh_meter meter;
    enum exit_code code = link_meter(&readout->link, &meter);
    if (code != EXIT_CODE_OK)
        return code;
    kwh_plan_make(&readout->plan, &cost);
    readout->readings = allocate(readout->plan.count, sizeof *readout->readings);
    readout->time_ms = utc_now_ms();
    uint32_t start = link_now_us(&readout->link);
    kwh_meter_begin(&meter, &readout->plan);
    while (readout->count < readout->plan.count &&
           kwh_meter_next(&meter, &readout->readings[readout->count]))
        readout->count++;
    readout->duration_us = link_now_us(&readout->link) - start;
    readout->error = meter.dialogue.error;
    readout->failure = meter.failure;
    readout->requests = meter.statistics.sent;
    return EXIT_CODE_OK;
}

/* A value that the meter itself marks as absent is no failure. */
static bool has_failed(const struct kwh_reading *reading)
{
    return !kwh_reading_has_value(reading) && reading->status != KWH_STATUS_NOT_AVAILABLE;
}

static size_t count_failed(const struct readout *readout)
{
    size_t failed = 0;
    for (size_t i = 0; i < readout->count; i++)
        failed += has_failed(&readout->readings[i]);
    return failed;
}

static enum exit_code judge(const struct readout *readout)
{
    size_t failed = count_failed(readout);
    if (readout->error == KWH_ERROR_INTERRUPTED)
        return EXIT_CODE_INTERRUPTED;
    if (failed == 0)
        return exit_code_of(readout->error);
    return failed < readout->count || readout->error == KWH_OK ? EXIT_CODE_PARTIAL
                                                               : exit_code_of(readout->error);
}

/* ------------------------------------------------------------------------------------------------
 * Printing
 */

static void print_json(const struct readout *readout)
{
    const struct link *link = &readout->link;
    cJSON *object = json_object(), *values = json_object(), *status = json_object();
    enum kwh_error error = readout->error != KWH_OK ? readout->error : link->error;
    char text[TIME_TEXT];
    print_time(readout->time_ms, text);
    json_text(object, "time", text);
    json_text(object, "target", link->target_text);
    json_text(object, "map", link->map != NULL ? link->map->name : NULL);
    json_text(object, "model", link->model != NULL ? link->model->name : NULL);
    json_null(object, "serial");
    for (size_t i = 0; i < readout->count; i++) {
        const struct kwh_reading *reading = &readout->readings[i];
        char key[NAME_TEXT], value[KWH_READING_TEXT];
        key_of(reading->quantity, key);
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

static void print_csv(const struct readout *readout)
{
    static const char *const titles[] = {"time", "target", "name", "value", "unit", "status"};
    char time[TIME_TEXT];
    print_time(readout->time_ms, time);
    csv_record(titles, KWH_COUNT(titles));
    for (size_t i = 0; i < readout->count; i++) {
        const struct kwh_reading *reading = &readout->readings[i];
        char name[NAME_TEXT], value[KWH_READING_TEXT];
        name_of(reading->quantity, name);
        if (kwh_reading_print(reading, value, sizeof value) != KWH_OK)
            value[0] = '\0';
        csv_record((const char *const[]){time, readout->link.target_text, name, value,
                                         kwh_unit_symbol(kwh_quantity_unit(reading->quantity)),
                                         kwh_status_name((enum kwh_status)reading->status)},
                   KWH_COUNT(titles));
    }
}

static void obis_of(uint32_t quantity, char text[KWH_OBIS_TEXT])
{
    struct kwh_obis code;
    if (kwh_quantity_obis(quantity, &code) != KWH_OK ||
        kwh_obis_print(code, text, KWH_OBIS_TEXT) != KWH_OK)
        text[0] = '\0';
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
        name_of(reading->quantity, name);
        obis_of(reading->quantity, code);
        const char *unit = print_for_people(reading, power, value);
        table_row(table, (const char *const[]){name, value, unit, obis ? code : ""});
    }
}

static void print_table(const struct readout *readout, const struct options *options)
{
    const struct link *link = &readout->link;
    struct style style = output_style(options);
    bool obis = options->obis || style.width >= WIDE_ENOUGH_FOR_OBIS;
    struct table table;
    if (readout->count == 0)
        return;
    printf("%s%s%s at %s\n", style_bold(&style),
           link->model != NULL ? link->model->name : link->map->title, style_off(&style),
           link->target_text);
    size_t failed = count_failed(readout);
    printf("%smap %s, ", style_dim(&style), link->map->name);
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

static void print_readout(const struct readout *readout, const struct options *options)
{
    switch (options->output) {
    case OUTPUT_TABLE:
        print_table(readout, options);
        break;
    case OUTPUT_JSON:
        print_json(readout);
        break;
    case OUTPUT_CSV:
        print_csv(readout);
        break;
    }
}

/* ------------------------------------------------------------------------------------------------
 * The command
 */

static enum exit_code read_meter(struct readout *readout, const struct options *options)
{
    char **names = options->arguments + 1;
    size_t name_count = (size_t)options->argument_count - 1;
    enum exit_code code = link_open(&readout->link, options, options->arguments[0]);
    if (code == EXIT_CODE_OK) {
        uint32_t start = link_now_us(&readout->link);
        code = link_identify(&readout->link);
        readout->duration_us = link_now_us(&readout->link) - start; /* when nothing follows */
    }
    if (code == EXIT_CODE_OK) {
        code = make_entries(readout->link.map, link_profiles(&readout->link), names, name_count,
                            &readout->plan);
    }
    if (code == EXIT_CODE_OK)
        code = run_plan(readout);
    if (code != EXIT_CODE_OK)
        return code;
    if (readout->error != KWH_OK && readout->error != KWH_ERROR_INTERRUPTED)
        link_complain(&readout->link, readout->error, &readout->failure);
    put_in_order(readout, names, name_count);
    if (options->explain)
        explain(readout, options);
    return judge(readout);
}

/* The map that the arguments name, if they do. */
static const struct kwh_map *named_map(const struct options *options)
{
    struct kwh_target target;
    if (options->map != NULL)
        return kwh_host_find_map(options->map);
    if (kwh_target_parse(options->arguments[0], &target, NULL) != KWH_OK)
        return NULL;
    return kwh_host_find_map(target.scheme == KWH_SCHEME_SIM ? target.place : target.map);
}

enum exit_code read_command(const struct options *options)
{
    struct readout readout;
    memset(&readout, 0, sizeof readout);
    if (options->argument_count < 1)
        return usage_error("TARGET is missing");
    for (int i = 1; i < options->argument_count; i++) {
        enum exit_code code = check_name(options->arguments[i], named_map(options));
        if (code != EXIT_CODE_OK)
            return code;
    }
    readout.time_ms = utc_now_ms();
    enum exit_code code = read_meter(&readout, options);
    if (code != EXIT_CODE_USAGE && code != EXIT_CODE_INTERNAL)
        print_readout(&readout, options);
    link_close(&readout.link);
    free(readout.plan.entries);
    free(readout.readings);
    return code;
}
