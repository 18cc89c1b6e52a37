/* SPDX-License-Identifier: MIT */
/* kwh plan: requests and bus time, offline. Also what --explain prints. */
#include "plan.h"

#include "names.h"
#include "output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum exit_code make_entries(const struct kwh_map *map, uint16_t profiles, char **names,
                            size_t name_count, struct kwh_plan *plan)
{
    size_t capacity = name_count;
    struct kwh_map_iterator rows = {map, profiles, 0, 0};
    while (name_count == 0 && kwh_map_next(&rows) != NULL)
        capacity++;
    struct kwh_plan_entry *entries = allocate(capacity, sizeof *entries);
    kwh_plan_init(plan, map, profiles, entries, capacity);
    if (name_count == 0)
        return kwh_plan_add_readout(plan) == KWH_OK ? EXIT_CODE_OK : EXIT_CODE_INTERNAL;
    for (size_t i = 0; i < name_count; i++) {
        uint32_t quantity;
        enum exit_code code = find_quantity(names[i], map, profiles, &quantity);
        if (code != EXIT_CODE_OK)
            return code;
        if (kwh_plan_add(plan, quantity) != KWH_OK) {
            complain("%s cannot be read", names[i]);
            return EXIT_CODE_INTERNAL;
        }
    }
    return EXIT_CODE_OK;
}

/* Tenths of a millisecond, rounded, "364.3". */
static void print_ms(uint64_t ns, char text[24])
{
    uint64_t tenths = (ns + 50000) / 100000;
    snprintf(text, 24, "%" PRIu64 ".%u", tenths / 10, (unsigned)(tenths % 10));
}

void plan_table(const struct kwh_plan *plan, const struct style *style)
{
    static const char *const titles[] = {"function", "address", "registers",
                                         "values",   "bytes",   "ms"};
    struct kwh_plan_request request;
    struct table table;
    unsigned registers = 0, values = 0;
    uint32_t bytes;
    char ms[24], text[5][16];
    table_begin(&table, "lrrrrd");
    table_titles(&table, titles);
    for (uint16_t at = 0; kwh_plan_request(plan, at, &request);
         at = (uint16_t)(request.first + request.values)) {
        snprintf(text[0], 16, "%02X", (unsigned)request.function);
        snprintf(text[1], 16, "0x%04X", (unsigned)request.address);
        snprintf(text[2], 16, "%u", (unsigned)request.count);
        snprintf(text[3], 16, "%u", (unsigned)request.values);
        snprintf(text[4], 16, "%u", 13u + 2u * request.count);
        print_ms(kwh_plan_request_ns(&plan->cost, request.count), ms);
        table_row(&table, (const char *const[]){text[0], text[1], text[2], text[3], text[4], ms});
        registers += request.count;
        values += request.values;
    }
    print_ms(kwh_plan_total_ns(plan, &bytes), ms);
    snprintf(text[2], 16, "%u", registers);
    snprintf(text[3], 16, "%u", values);
    snprintf(text[4], 16, "%" PRIu32, bytes);
    table_row(&table, (const char *const[]){"total", "", text[2], text[3], text[4], ms});
    table_end(&table, style);
}

static void plan_json(const struct kwh_plan *plan)
{
    struct kwh_plan_request request;
    cJSON *object = json_object(), *requests = json_array();
    uint32_t bytes;
    char ms[24];
    for (uint16_t at = 0; kwh_plan_request(plan, at, &request);
         at = (uint16_t)(request.first + request.values)) {
        cJSON *item = json_object();
        json_unsigned(item, "function", request.function);
        json_unsigned(item, "address", request.address);
        json_unsigned(item, "count", request.count);
        json_append(requests, item);
    }
    print_ms(kwh_plan_total_ns(plan, &bytes), ms);
    json_item(object, "requests", requests);
    json_unsigned(object, "bytes", bytes);
    json_number(object, "predicted_ms", ms);
    json_print(object);
}

static void plan_csv(const struct kwh_plan *plan)
{
    static const char *const titles[] = {"function", "address", "count", "values", "predicted_ms"};
    struct kwh_plan_request request;
    char text[4][16], ms[24];
    csv_record(titles, KWH_COUNT(titles));
    for (uint16_t at = 0; kwh_plan_request(plan, at, &request);
         at = (uint16_t)(request.first + request.values)) {
        snprintf(text[0], 16, "%02X", (unsigned)request.function);
        snprintf(text[1], 16, "0x%04X", (unsigned)request.address);
        snprintf(text[2], 16, "%u", (unsigned)request.count);
        snprintf(text[3], 16, "%u", (unsigned)request.values);
        print_ms(kwh_plan_request_ns(&plan->cost, request.count), ms);
        csv_record((const char *const[]){text[0], text[1], text[2], text[3], ms}, 5);
    }
}

static enum exit_code bus_cost(const struct options *options, const struct kwh_map *map,
                               struct kwh_bus_cost *cost)
{
    struct kwh_line_settings settings = KWH_LINE_SETTINGS_DEFAULT;
    uint32_t turnaround_us = kwh_map_turnaround_us(map);
    if (options->line != NULL && kwh_line_settings_parse(options->line, &settings) != KWH_OK)
        return usage_error("--line %s: not of the form 8E1", options->line);
    if (options->baud > 0)
        settings.baud = (uint32_t)options->baud;
    if (options->turnaround_ms >= 0)
        turnaround_us = (uint32_t)options->turnaround_ms * 1000;
    *cost = kwh_bus_cost_serial(&settings, turnaround_us);
    cost->limit = options->max_registers > 0 ? (uint16_t)options->max_registers : 0;
    return EXIT_CODE_OK;
}

/* A value cannot be read in parts. */
static enum exit_code check_limit(const struct options *options, const struct kwh_plan *plan)
{
    struct kwh_plan_request request;
    char name[NAME_TEXT];
    for (uint16_t at = 0; kwh_plan_request(plan, at, &request);
         at = (uint16_t)(request.first + request.values)) {
        if (options->max_registers > 0 && request.count > options->max_registers) {
            name_of(kwh_plan_row(plan, request.first)->quantity, name);
            return usage_error("--max-registers %ld: %s alone takes %u", options->max_registers,
                               name, (unsigned)request.count);
        }
    }
    return EXIT_CODE_OK;
}

enum exit_code plan_command(const struct options *options)
{
    const struct kwh_map *map;
    struct kwh_plan plan;
    struct kwh_bus_cost cost;
    struct style style = output_style(options);
    if (options->argument_count < 1)
        return usage_error("MAP is missing");
    enum exit_code code = find_map(options->arguments[0], &map);
    if (code == EXIT_CODE_OK && map->protocol == KWH_PROTOCOL_MBUS)
        return usage_error("%s speaks M-Bus: it sends whole telegrams, there is nothing to plan",
                           map->name);
    if (code == EXIT_CODE_OK)
        code = bus_cost(options, map, &cost);
    if (code != EXIT_CODE_OK)
        return code;
    code = make_entries(map, map->model_count > 0 ? map->models[0].profiles : KWH_ALL_PROFILES,
                        options->arguments + 1, (size_t)options->argument_count - 1, &plan);
    if (code == EXIT_CODE_OK) {
        kwh_plan_make(&plan, &cost);
        code = check_limit(options, &plan);
    }
    if (code == EXIT_CODE_OK && options->as_c) {
        plan_c(&plan);
    } else if (code == EXIT_CODE_OK) {
        switch (options->output) {
        case OUTPUT_TABLE:
            plan_table(&plan, &style);
            break;
        case OUTPUT_JSON:
            plan_json(&plan);
            break;
        case OUTPUT_CSV:
            plan_csv(&plan);
            break;
        }
    }
    free(plan.entries);
    return code;
}
