/* SPDX-License-Identifier: MIT */
/* kwh identify: which meter answers, and why we think so. */
#include "identify.h"
#include "names.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

#define OPEN_MAX  8 /* things that could not be told */
#define OPEN_TEXT 160

/* What is read besides the identification. */
static const uint32_t items[] = {
    KWH_SERIAL_NUMBER,     KWH_SOFTWARE_VERSION,     KWH_HARDWARE_VERSION,  KWH_PROTOCOL_VERSION,
    KWH_SOFTWARE_CHECKSUM, KWH_RATED_CURRENT,        KWH_MBUS_MANUFACTURER, KWH_MBUS_VERSION,
    KWH_MBUS_MEDIUM,       KWH_PRODUCT_NAME_EXTENDED};

struct identity {
    struct link link;
    struct kwh_reading readings[KWH_COUNT(items)];
    size_t count;
    char code[CODE_TEXT], why[WHY_TEXT], open[OPEN_MAX][OPEN_TEXT];
    size_t open_count;
    int64_t time_ms;
    uint32_t duration_us;
};

static void leave_open(struct identity *identity, const char *text)
{
    if (identity->open_count < OPEN_MAX)
        snprintf(identity->open[identity->open_count++], OPEN_TEXT, "%s", text);
}

/* On M-Bus the header of the telegram that is there already tells them. */
static void take_header(struct identity *identity)
{
    for (size_t i = 0; i < KWH_COUNT(items); i++)
        if (kwh_mbus_header_reading(&identity->link.header, items[i],
                                    &identity->readings[identity->count]) == KWH_OK)
            identity->count++;
}

static void read_items(struct identity *identity)
{
    union any_meter any;
    if (link_meter(&identity->link, &any) != EXIT_CODE_OK)
        return;
    for (size_t i = 0; i < KWH_COUNT(items); i++) {
        char name[NAME_TEXT], text[OPEN_TEXT];
        if (kwh_map_find(identity->link.map, any.meter.profiles, items[i]) == NULL)
            continue;
        enum kwh_error error = kwh_meter_read_one(&any.meter, items[i],
                                                  &identity->readings[identity->count]);
        if (error == KWH_OK) {
            identity->count++;
        } else if (error != KWH_ERROR_INTERRUPTED) {
            name_of(items[i], name);
            snprintf(text, sizeof text, "%.80s: %s", name, kwh_error_text(error));
            leave_open(identity, text);
        }
    }
}

/* What the records of the telegram say of the map. */
static void why_mbus(const struct link *link, char why[WHY_TEXT])
{
    char meter[MBUS_METER_TEXT];
    print_mbus_meter(&link->header, meter);
    snprintf(why, WHY_TEXT, "%s; %s", meter,
             link->map != NULL ? "the map knows the records of its telegram"
                               : "no map knows the records of its telegram");
}

/* Which registers said so. */
static void why_modbus(const struct link *link, const char *code, char why[WHY_TEXT])
{
    const struct kwh_map *map = link->map;
    const struct kwh_model *model = link->model;
    char name[NAME_TEXT], further[120] = "";
    if (model->quantity != 0) {
        name_of(model->quantity, name);
        if (model->text != NULL)
            snprintf(further, sizeof further, ", and %.80s begins with %.20s", name, model->text);
        else
            snprintf(further, sizeof further, ", and %.80s is %ld%s", name, (long)model->value,
                     model->most != 0 ? " or more" : "");
    }
    snprintf(why, WHY_TEXT, "%s register 0x%04X holds %s%s",
             map->identity_space == KWH_SPACE_INPUT ? "input" : "holding",
             (unsigned)map->identity_address, code, further);
}

void identity_why(const struct link *link, char code[CODE_TEXT], char why[WHY_TEXT])
{
    code[0] = '\0';
    if (link_is_mbus(link)) {
        why_mbus(link, why);
    } else if (link->model == NULL) {
        snprintf(why, WHY_TEXT, "named by the caller; the meter does not tell");
    } else {
        snprintf(code, CODE_TEXT, link->map->identity_words == 1 ? "%04lX" : "%08lX",
                 (unsigned long)link->identify.code);
        why_modbus(link, code, why);
    }
}

/* What stays open. */
static void explain(struct identity *identity)
{
    const struct link *link = &identity->link;
    char text[OPEN_TEXT];
    identity_why(link, identity->code, identity->why);
    if (link->also_fits != NULL) {
        snprintf(text, sizeof text, "whether it is %s", link->also_fits->title);
        leave_open(identity, text);
    }
    if (link->model == NULL)
        leave_open(identity, "the model");
}

/* Models that give the same answers. */
static void find_doubles(struct identity *identity)
{
    const struct kwh_model *model = identity->link.model;
    char text[OPEN_TEXT];
    for (size_t i = 0; model != NULL && i < kwh_maps_count; i++) {
        const struct kwh_map *map = kwh_maps[i].map;
        bool same_place = map->identity_address == identity->link.map->identity_address &&
                          map->identity_space == identity->link.map->identity_space &&
                          map->identity_words == identity->link.map->identity_words;
        for (unsigned j = 0; same_place && j < map->model_count; j++) {
            const struct kwh_model *other = &map->models[j];
            if (other != model && strcmp(other->name, model->name) != 0 &&
                other->code == model->code && other->quantity == 0 && model->quantity == 0) {
                snprintf(text, sizeof text, "whether it is a %s", other->name);
                leave_open(identity, text);
            }
        }
    }
}

static void print_json(const struct identity *identity)
{
    const struct link *link = &identity->link;
    cJSON *object = json_object(), *values = json_object(), *status = json_object();
    cJSON *open = json_array();
    char text[TIME_TEXT];
    print_time(identity->time_ms, text);
    json_text(object, "time", text);
    json_text(object, "target", link->target_text);
    json_unsigned(object, "address", link->address);
    json_text(object, "map",
              link->map != NULL          ? link->map->name
              : identity->why[0] != '\0' ? "mbus_generic"
                                         : NULL);
    json_text(object, "title", link->map != NULL ? link->map->title : NULL);
    json_text(object, "model", link->model != NULL ? link->model->name : NULL);
    json_text(object, "code", identity->code[0] != '\0' ? identity->code : NULL);
    json_text(object, "why", identity->why[0] != '\0' ? identity->why : NULL);
    cJSON *serial = NULL;
    for (size_t i = 0; i < identity->count; i++) {
        char key[NAME_TEXT], value[KWH_READING_TEXT];
        if (identity->readings[i].quantity == KWH_SERIAL_NUMBER) {
            if (kwh_reading_print(&identity->readings[i], value, sizeof value) == KWH_OK)
                serial = cJSON_CreateString(value);
            continue;
        }
        key_of(identity->readings[i].quantity, key);
        json_reading(values, status, key, &identity->readings[i]);
    }
    json_item(object, "serial", serial != NULL ? serial : cJSON_CreateNull());
    json_item(object, "values", values);
    cJSON_Delete(status); /* only values that were had are listed */
    for (size_t i = 0; i < identity->open_count; i++)
        json_append_text(open, identity->open[i]);
    json_item(object, "unknown", open);
    json_unsigned(object, "duration_ms", (identity->duration_us + 500) / 1000);
    json_text(object, "error", link->error != KWH_OK ? kwh_error_name(link->error) : NULL);
    json_print(object);
}

static void print_table(const struct identity *identity, const struct options *options)
{
    const struct link *link = &identity->link;
    struct style style = output_style(options);
    struct table table;
    char settings[SETTINGS_TEXT];
    if (identity->why[0] == '\0')
        return;
    const char *title = link->map != NULL ? link->map->title : "M-Bus meter";
    printf("%s%s%s at %s\n\n", style_bold(&style), link->model != NULL ? link->model->name : title,
           style_off(&style), link->target_text);
    table_begin(&table, "ll");
    table_row(&table,
              (const char *const[]){"map", link->map != NULL ? link->map->name : "mbus_generic"});
    if (link->map != NULL)
        table_row(&table, (const char *const[]){"family", link->map->title});
    table_row(&table, (const char *const[]){"why", identity->why});
    if (link_is_serial(link)) {
        print_settings(&link->host.settings, settings);
        table_row(&table, (const char *const[]){"line", settings});
    }
    for (size_t i = 0; i < identity->count; i++) {
        char name[NAME_TEXT], value[KWH_READING_TEXT], text[KWH_READING_TEXT + 8];
        name_of(identity->readings[i].quantity, name);
        const char *unit = print_for_people(&identity->readings[i],
                                            power_for_people(&identity->readings[i]), value);
        snprintf(text, sizeof text, "%s%s%s", value, unit[0] != '\0' ? " " : "", unit);
        table_row(&table, (const char *const[]){name, text});
    }
    for (size_t i = 0; i < identity->open_count; i++)
        table_row(&table, (const char *const[]){i == 0 ? "cannot tell" : "", identity->open[i]});
    table_end(&table, &style);
}

static void print_csv(const struct identity *identity)
{
    static const char *const titles[] = {"target", "map", "model", "code", "serial", "error"};
    const struct link *link = &identity->link;
    char serial[KWH_READING_TEXT] = "";
    for (size_t i = 0; i < identity->count; i++)
        if (identity->readings[i].quantity == KWH_SERIAL_NUMBER &&
            kwh_reading_print(&identity->readings[i], serial, sizeof serial) != KWH_OK)
            serial[0] = '\0';
    csv_record(titles, KWH_COUNT(titles));
    csv_record((const char *const[]){link->target_text, link->map != NULL ? link->map->name : "",
                                     link->model != NULL ? link->model->name : "", identity->code,
                                     serial,
                                     link->error != KWH_OK ? kwh_error_name(link->error) : ""},
               KWH_COUNT(titles));
}

static enum exit_code identify_meter(struct identity *identity, const struct options *options)
{
    enum exit_code code = link_open(&identity->link, options, options->arguments[0]);
    if (code != EXIT_CODE_OK)
        return code;
    uint32_t start = link_now_us(&identity->link);
    code = link_identify(&identity->link);
    if (code == EXIT_CODE_OK && link_is_mbus(&identity->link)) {
        explain(identity);
        take_header(identity);
    } else if (code == EXIT_CODE_OK) {
        explain(identity);
        read_items(identity);
        find_doubles(identity);
        code = interrupted() ? EXIT_CODE_INTERRUPTED : EXIT_CODE_OK;
    } else if (code == EXIT_CODE_OTHER_METER && identity->link.identify.coded) {
        snprintf(identity->code, sizeof identity->code, "%04lX",
                 (unsigned long)identity->link.identify.code);
    }
    identity->duration_us = link_now_us(&identity->link) - start;
    return code;
}

enum exit_code identify_command(const struct options *options)
{
    static struct identity identity;
    if (options->argument_count < 1)
        return usage_error("TARGET is missing");
    if (options->argument_count > 1)
        return usage_error("one TARGET at a time, not '%s' too", options->arguments[1]);
    identity.time_ms = utc_now_ms();
    enum exit_code code = identify_meter(&identity, options);
    if (code != EXIT_CODE_USAGE && code != EXIT_CODE_INTERNAL) {
        switch (options->output) {
        case OUTPUT_TABLE:
            print_table(&identity, options);
            break;
        case OUTPUT_JSON:
            print_json(&identity);
            break;
        case OUTPUT_CSV:
            print_csv(&identity);
            break;
        }
    }
    link_close(&identity.link);
    return code;
}
