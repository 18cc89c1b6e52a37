/* SPDX-License-Identifier: MIT */
/* kwh scan on Modbus: quickly at all line settings, then slowly where nobody has answered. */
#include "names.h"
#include "output.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

#define MAPS_ANSWER_MS 1000u /* of a map that says nothing of it */

/* One that was told, so that it is not told at other line settings that it understands, too. */
struct known {
    const struct kwh_map *map;
    char serial[KWH_READING_TEXT];
    uint8_t address;
};

struct modbus_scan {
    struct scan *scan;
    struct kwh_modbus_search searches[SETTINGS_MAX]; /* one at each line settings */
    struct kwh_line_settings settings[SETTINGS_MAX];
    size_t count, at;
    struct known *known;
    size_t known_count, known_capacity;
};

/* A find and what it is. */
struct find {
    const struct kwh_modbus_found *found;
    const char *kind; /* meter or disturbed */
    char target[KWH_TARGET_TEXT], address[4], serial[KWH_READING_TEXT], code[12];
    enum kwh_error error; /* why it could not be identified */
};

static void show_progress(void *context)
{
    const struct modbus_scan *modbus = context;
    const struct kwh_modbus_search *search = &modbus->searches[modbus->at];
    scan_show_progress(modbus->scan, search->done, search->total);
}

/* ------------------------------------------------------------------------------------------------
 * What was found
 */

static void read_serial(struct link *link, char serial[KWH_READING_TEXT])
{
    struct kwh_meter meter;
    struct kwh_reading reading;
    serial[0] = '\0';
    if (kwh_identify_meter(&link->identify, &meter) != KWH_OK ||
        kwh_map_find(link->map, meter.profiles, KWH_SERIAL_NUMBER) == NULL)
        return;
    if (kwh_meter_read_one(&meter, KWH_SERIAL_NUMBER, &reading) != KWH_OK ||
        kwh_reading_print(&reading, serial, KWH_READING_TEXT) != KWH_OK)
        serial[0] = '\0';
}

/* The TARGET by which the meter can be read, with the line settings at which it answered. */
static void print_target(const struct link *link, uint8_t address, char text[KWH_TARGET_TEXT])
{
    struct kwh_target target = link->target;
    target.has_address = true;
    target.address = address;
    if (link_is_serial(link))
        target.settings = link->host.settings;
    if (kwh_target_print(&target, text, KWH_TARGET_TEXT) != KWH_OK)
        text[0] = '\0';
}

/* Asks who it is; what does not send valid frames is not asked. */
static void identify(struct link *link, const struct kwh_modbus_found *found, struct find *find)
{
    memset(find, 0, sizeof *find);
    find->found = found;
    find->kind = found->answered ? "meter" : "disturbed";
    find->error = found->error;
    snprintf(find->address, sizeof find->address, "%u", (unsigned)found->address);
    print_target(link, found->address, find->target);
    link->address = found->address;
    link->map = NULL;
    link->model = NULL;
    if (!found->answered)
        return;
    find->error = link_ask_modbus(link);
    if (find->error == KWH_OK)
        read_serial(link, find->serial);
    if (link->identify.coded)
        snprintf(find->code, sizeof find->code, "%04lX", (unsigned long)link->identify.code);
}

/* True when it was told before. One without a serial number may be another one each time. */
static bool remember(struct modbus_scan *modbus, const struct find *find)
{
    const struct kwh_map *map = modbus->scan->link.map;
    struct known *known = NULL;
    if (find->serial[0] == '\0')
        return false;
    for (size_t i = 0; i < modbus->known_count; i++) {
        known = &modbus->known[i];
        if (known->map == map && known->address == find->found->address &&
            strcmp(known->serial, find->serial) == 0)
            return true;
    }
    if (modbus->known_count == modbus->known_capacity) {
        size_t capacity = 2 * modbus->known_capacity + 32;
        known = allocate(capacity, sizeof *known);
        if (modbus->known_count > 0)
            memcpy(known, modbus->known, modbus->known_count * sizeof *known);
        free(modbus->known);
        modbus->known = known;
        modbus->known_capacity = capacity;
    }
    known = &modbus->known[modbus->known_count++];
    known->map = map;
    known->address = find->found->address;
    memcpy(known->serial, find->serial, sizeof known->serial);
    return false;
}

static void print_line(const struct link *link, const struct find *find)
{
    if (link->model != NULL) {
        printf("%s  %s%s%s\n", find->target, link->model->name,
               find->serial[0] != '\0' ? ", serial number " : "", find->serial);
    } else if (strcmp(find->kind, "meter") != 0) {
        printf("%s  answers, but without a valid frame; two meters of one address?\n",
               find->target);
    } else if (find->code[0] != '\0') {
        printf("%s  answers, code 0x%s%s%s: %s\n", find->target, find->code,
               link->identify.other != NULL ? ", " : "",
               link->identify.other != NULL ? link->identify.other : "",
               kwh_error_text(find->error));
    } else {
        printf("%s  answers: %s\n", find->target, kwh_error_text(find->error));
    }
    flush_output();
}

static const char *text_or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static void print_json(const struct link *link, const struct find *find)
{
    cJSON *object = json_object();
    json_text(object, "target", find->target);
    json_text(object, "kind", find->kind);
    json_number(object, "address", find->address);
    json_text(object, "map", link->map != NULL ? link->map->name : NULL);
    json_text(object, "model", link->model != NULL ? link->model->name : NULL);
    json_text(object, "serial", text_or_null(find->serial));
    json_text(object, "code", text_or_null(find->code));
    json_text(object, "error", find->error != KWH_OK ? kwh_error_name(find->error) : NULL);
    json_print(object);
}

static void print_csv(struct scan *scan, const struct find *find)
{
    static const char *const titles[] = {"target", "kind",   "address", "map",
                                         "model",  "serial", "code",    "error"};
    const struct link *link = &scan->link;
    scan_csv_titles(scan, titles, KWH_COUNT(titles));
    csv_record((const char *const[]){find->target, find->kind, find->address,
                                     link->map != NULL ? link->map->name : "",
                                     link->model != NULL ? link->model->name : "", find->serial,
                                     find->code,
                                     find->error != KWH_OK ? kwh_error_name(find->error) : ""},
               KWH_COUNT(titles));
    flush_output();
}

static void tell(struct modbus_scan *modbus, const struct kwh_modbus_found *found)
{
    struct scan *scan = modbus->scan;
    struct find find;
    identify(&scan->link, found, &find);
    if (remember(modbus, &find))
        return;
    scan_clear_progress(scan);
    scan->found++;
    switch (scan->options->output) {
    case OUTPUT_TABLE:
        print_line(&scan->link, &find);
        break;
    case OUTPUT_JSON:
        print_json(&scan->link, &find);
        break;
    case OUTPUT_CSV:
        print_csv(scan, &find);
        break;
    }
}

/* ------------------------------------------------------------------------------------------------
 * The passes
 */

static enum kwh_error run_pass(struct modbus_scan *modbus, const char *pass)
{
    struct kwh_modbus_search *search = &modbus->searches[modbus->at];
    struct kwh_modbus_found found;
    scan_begin_pass(modbus->scan, pass);
    while (kwh_modbus_search_next(search, &found))
        tell(modbus, &found);
    scan_clear_progress(modbus->scan);
    return interrupted() ? KWH_ERROR_INTERRUPTED : search->dialogue.error;
}

/* The longest that a family asks for; a person's word goes before. */
static uint32_t longest_answer_us(const struct link *link)
{
    uint32_t longest_ms = 0;
    if (link->host.line.timeout_given)
        return link->host.line.timing.answer_us;
    for (size_t i = 0; i < link->map_count; i++) {
        uint32_t own_ms = link->maps[i]->answer_ms != 0 ? link->maps[i]->answer_ms : MAPS_ANSWER_MS;
        longest_ms = own_ms > longest_ms ? own_ms : longest_ms;
    }
    return longest_ms * 1000u;
}

static enum kwh_error prepare(struct modbus_scan *modbus, struct kwh_modbus_search *search)
{
    const struct options *options = modbus->scan->options;
    struct kwh_line *line = &modbus->scan->link.host.line;
    long first = options->first_address >= 0 ? options->first_address : 1;
    long last = options->first_address >= 0 ? options->last_address : KWH_MODBUS_SEARCH_MAX;
    enum kwh_error error = kwh_modbus_search_init(search, line, (uint8_t)first, (uint8_t)last);
    if (line->timeout_given)
        search->answer_us = line->timing.answer_us;
    return error;
}

/* All line settings but those that the port cannot do. */
static void choose_settings(struct modbus_scan *modbus)
{
    struct link *link = &modbus->scan->link;
    char text[SETTINGS_MAX * (SETTINGS_TEXT + 2)] = "", one[SETTINGS_TEXT];
    size_t count = link_settings_given(link) ? 0 : link_collect_settings(link, modbus->settings);
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(text);
        print_settings(&modbus->settings[i], one);
        snprintf(text + length, sizeof text - length, "%s%s", length > 0 ? ", then " : "", one);
    }
    if (count == 0)
        modbus->settings[count++] = link->host.settings;
    else if (!link->options->quiet)
        complain("%s: at %s", link->target_text, text);
    modbus->count = count;
}

static bool set_line(struct modbus_scan *modbus)
{
    struct link *link = &modbus->scan->link;
    return modbus->count == 1 ||
           kwh_host_set_line(&link->host, &modbus->settings[modbus->at]) == KWH_OK;
}

static void announce_second(const struct modbus_scan *modbus, uint32_t answer_us)
{
    unsigned long silent = 0;
    uint64_t left_us;
    for (size_t i = 0; i < modbus->count; i++)
        silent += modbus->searches[i].silent;
    left_us = (uint64_t)silent * answer_us;
    if (silent > 0 && !modbus->scan->options->quiet)
        complain("%s: once more where nobody has answered, waiting %lu ms for each, at most %lu s "
                 "in all; Ctrl-C ends it",
                 modbus->scan->link.target_text, (unsigned long)answer_us / 1000u,
                 (unsigned long)(left_us / 1000000u) + 1u);
}

static enum kwh_error run_passes(struct modbus_scan *modbus)
{
    uint32_t answer_us = longest_answer_us(&modbus->scan->link);
    enum kwh_error error = KWH_OK;
    bool slower = false;
    for (modbus->at = 0; modbus->at < modbus->count && error == KWH_OK; modbus->at++) {
        struct kwh_modbus_search *search = &modbus->searches[modbus->at];
        error = prepare(modbus, search);
        slower = slower || search->answer_us < answer_us;
        if (error == KWH_OK && set_line(modbus))
            error = run_pass(modbus, "quickly");
    }
    if (error != KWH_OK || modbus->scan->options->quick || !slower)
        return error;
    announce_second(modbus, answer_us);
    for (modbus->at = 0; modbus->at < modbus->count && error == KWH_OK; modbus->at++) {
        kwh_modbus_search_again(&modbus->searches[modbus->at], answer_us);
        if (set_line(modbus))
            error = run_pass(modbus, "slowly");
    }
    return error;
}

enum kwh_error scan_modbus(struct scan *scan)
{
    static struct modbus_scan modbus;
    modbus.scan = scan;
    scan->link.tick = show_progress;
    scan->link.tick_context = &modbus;
    choose_settings(&modbus);
    enum kwh_error error = run_passes(&modbus);
    scan->link.tick = NULL;
    free(modbus.known);
    return error;
}
