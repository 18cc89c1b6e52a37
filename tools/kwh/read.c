/* SPDX-License-Identifier: MIT */
/* kwh read and get: one readout, of measurements or of what the meter tells of itself. */
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
    struct link link;
    struct kwh_plan plan;
    struct kwh_reading *readings;
    struct unnamed *unnamed; /* without a map: one for each reading, else NULL */
    size_t count, capacity;
    bool named; /* values were asked for by name */
    bool items; /* kwh get */
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
    if (readout->link.map != NULL)
        return readout->link.map->name;
    return link_is_mbus(&readout->link) && readout->link.error == KWH_OK ? "mbus_generic" : NULL;
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
    for (size_t i = 0; readout->link.map != NULL && i < name_count; i++) {
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
    if (!link_is_mbus(&readout->link))
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
    if (readout->link.map != NULL) {
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
    struct link *link = &readout->link;
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
        link_is_mbus(&readout->link))
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
    const struct link *link = &readout->link;
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

static void print_csv(const struct readout *readout)
{
    static const char *const titles[] = {"time", "target", "name", "value", "unit", "status"};
    char time[TIME_TEXT];
    print_time(readout->time_ms, time);
    csv_record(titles, KWH_COUNT(titles));
    for (size_t i = 0; i < readout->count; i++) {
        const struct kwh_reading *reading = &readout->readings[i];
        char name[NAME_TEXT], value[KWH_READING_TEXT];
        value_name(readout, i, name);
        if (kwh_reading_print(reading, value, sizeof value) != KWH_OK)
            value[0] = '\0';
        csv_record((const char *const[]){time, readout->link.target_text, name, value,
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
    const struct link *link = &readout->link;
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

/* Settings and identity, on M-Bus what the header tells among them. */
static enum exit_code make_item_entries(const struct kwh_map *map, uint16_t profiles,
                                        struct kwh_plan *plan)
{
    static const uint32_t header[] = {KWH_SERIAL_NUMBER, KWH_MBUS_MANUFACTURER, KWH_MBUS_VERSION,
                                      KWH_MBUS_MEDIUM};
    struct kwh_map_iterator rows = {map, profiles, 0, 0}, count = rows;
    size_t capacity = KWH_COUNT(header);
    const struct kwh_row *row;
    enum kwh_error error = KWH_OK;
    while (kwh_map_next(&count) != NULL)
        capacity++;
    kwh_plan_init(plan, map, profiles, allocate(capacity, sizeof(struct kwh_plan_entry)), capacity);
    while (error == KWH_OK && (row = kwh_map_next(&rows)) != NULL)
        if (KWH_QUANTITY_CLASS(row->quantity) == KWH_CLASS_ITEM &&
            kwh_map_find(map, profiles, row->quantity) == row)
            error = kwh_plan_add(plan, row->quantity);
    for (size_t i = 0; error == KWH_OK && i < KWH_COUNT(header); i++)
        if (map->protocol == KWH_PROTOCOL_MBUS)
            error = kwh_plan_add(plan, header[i]);
    return error == KWH_OK ? EXIT_CODE_OK : EXIT_CODE_INTERNAL;
}

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
    if (code == EXIT_CODE_OK && readout->link.map != NULL) {
        const struct kwh_map *map = readout->link.map;
        uint16_t profiles = link_profiles(&readout->link);
        code = readout->items && name_count == 0
                   ? make_item_entries(map, profiles, &readout->plan)
                   : make_entries(map, profiles, names, name_count, &readout->plan);
    }
    if (code == EXIT_CODE_OK)
        code = run_plan(readout);
    if (code != EXIT_CODE_OK)
        return code;
    if (readout->error != KWH_OK && readout->error != KWH_ERROR_INTERRUPTED)
        link_complain(&readout->link, readout->error, &readout->failure);
    readout->named = name_count > 0;
    put_in_order(readout, names, name_count);
    if (readout->link.map == NULL && readout->error == KWH_OK)
        code = pick_names(readout, names, name_count);
    if (code != EXIT_CODE_OK)
        return code;
    if (options->explain)
        explain(readout, options);
    return judge(readout);
}

/* The map that the arguments name, if they do. */
static const struct kwh_map *named_map(const struct options *options)
{
    struct kwh_target target;
    if (kwh_target_parse(options->arguments[0], &target, NULL) != KWH_OK)
        return NULL;
    const char *name = options->map != NULL              ? options->map
                       : target.scheme == KWH_SCHEME_SIM ? target.place
                                                         : target.map;
    return kwh_host_find_protocol_map(name, kwh_scheme_protocol(target.scheme));
}

static enum exit_code run_readout(const struct options *options, bool items)
{
    struct readout readout;
    memset(&readout, 0, sizeof readout);
    readout.items = items;
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
    free(readout.unnamed);
    return code;
}

enum exit_code read_command(const struct options *options)
{
    return run_readout(options, false);
}

enum exit_code get_command(const struct options *options)
{
    return run_readout(options, true);
}
