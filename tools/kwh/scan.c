/* SPDX-License-Identifier: MIT */
/* kwh scan: which meters are on an M-Bus, each as soon as it is found. */
#include "link.h"
#include "names.h"
#include "output.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct scan {
    struct link link;
    const struct options *options;
    struct kwh_mbus_search search;
    struct kwh_mbus_found *known; /* meters found by secondary address at this speed */
    size_t known_count, known_capacity;
    unsigned found;
    uint32_t start_us, shown_us;
    const char *pass;
    bool progress, titled;
};

/* ------------------------------------------------------------------------------------------------
 * Progress, where somebody looks
 */

#define PROGRESS_US 200000u

static void clear_progress(struct scan *scan)
{
    if (scan->progress && scan->shown_us != 0)
        fprintf(stderr, "\r%78s\r", "");
    scan->shown_us = 0;
}

static void show_progress(void *context)
{
    struct scan *scan = context;
    const struct kwh_mbus_search *search = &scan->search;
    uint32_t now = link_now_us(&scan->link);
    char settings[SETTINGS_TEXT], left[32] = "";
    if (!scan->progress || (scan->shown_us != 0 && now - scan->shown_us < PROGRESS_US))
        return;
    if (search->done > 0 && search->total > search->done) {
        uint64_t each_us = (now - scan->start_us) / search->done;
        snprintf(left, sizeof left, ", %" PRIu64 " s left",
                 each_us * (search->total - search->done) / 1000000u + 1u);
    }
    print_settings(&scan->link.host.settings, settings);
    fprintf(stderr, "\r%s, %s: %" PRIu32 " of %" PRIu32 ", %u found%s   ", settings, scan->pass,
            search->done, search->total, scan->found, left);
    fflush(stderr);
    scan->shown_us = now | 1u;
}

/* ------------------------------------------------------------------------------------------------
 * What was found
 */

/* Found by secondary address already: the same one, as far as it is told, and at the same primary
 * address, unless it answered as selected. */
static bool is_known(const struct scan *scan, const struct kwh_mbus_found *found)
{
    for (size_t i = 0; i < scan->known_count; i++) {
        const struct kwh_mbus_found *known = &scan->known[i];
        if (found->error == KWH_OK && known->error == KWH_OK &&
            memcmp(&known->secondary, &found->secondary, sizeof found->secondary) == 0 &&
            (known->address == found->address || known->address == KWH_MBUS_SELECTED))
            return true;
    }
    return false;
}

static void remember(struct scan *scan, const struct kwh_mbus_found *found)
{
    if (scan->known_count == scan->known_capacity) {
        size_t capacity = 2 * scan->known_capacity + 32;
        struct kwh_mbus_found *known = allocate(capacity, sizeof *known);
        if (scan->known_count > 0)
            memcpy(known, scan->known, scan->known_count * sizeof *known);
        free(scan->known);
        scan->known = known;
        scan->known_capacity = capacity;
    }
    scan->known[scan->known_count++] = *found;
}

/* The TARGET by which the meter can be read: at this speed, by the address that found it. */
static bool print_target(const struct scan *scan, const struct kwh_mbus_found *found,
                         char text[KWH_TARGET_TEXT])
{
    struct kwh_target target = scan->link.target;
    bool by_secondary = scan->search.by_secondary;
    target.has_address = !by_secondary;
    target.address = found->address;
    target.has_secondary = by_secondary;
    target.secondary = found->secondary;
    if (link_is_serial(&scan->link))
        target.settings = scan->link.host.settings;
    return kwh_target_print(&target, text, KWH_TARGET_TEXT) == KWH_OK;
}

static const char *const kinds[] = {
    [KWH_MBUS_FOUND_METER] = "meter",
    [KWH_MBUS_FOUND_MUTE] = "mute",
    [KWH_MBUS_FOUND_SEVERAL] = "several",
};

struct find_text {
    char target[KWH_TARGET_TEXT], secondary[KWH_MBUS_SECONDARY_TEXT], id[9];
    char manufacturer[KWH_MBUS_MANUFACTURER_TEXT], version[4], medium[4], address[4];
    const char *kind, *error;
};

static void describe(const struct scan *scan, const struct kwh_mbus_found *found,
                     struct find_text *text)
{
    if (!print_target(scan, found, text->target))
        text->target[0] = '\0';
    kwh_mbus_secondary_print(&found->secondary, text->secondary);
    snprintf(text->id, sizeof text->id, "%08lX", (unsigned long)found->secondary.id);
    kwh_mbus_manufacturer_print(found->secondary.manufacturer, text->manufacturer);
    snprintf(text->version, sizeof text->version, "%u", (unsigned)found->secondary.version);
    snprintf(text->medium, sizeof text->medium, "%u", (unsigned)found->secondary.medium);
    snprintf(text->address, sizeof text->address, "%u", (unsigned)found->address);
    text->kind = kinds[found->kind];
    text->error = found->error != KWH_OK ? kwh_error_name(found->error) : NULL;
}

static void print_line(const struct find_text *text)
{
    if (strcmp(text->kind, "meter") == 0) {
        printf("%s  %s %s, version %s, medium %s, primary address %s\n", text->target,
               text->manufacturer, text->id, text->version, text->medium, text->address);
    } else if (strcmp(text->kind, "mute") == 0) {
        printf("%s  acknowledges, but sends no telegram\n", text->target);
    } else {
        printf("%s  several meters at once, which cannot be told apart\n", text->target);
    }
    flush_output();
}

static void print_json(const struct scan *scan, const struct kwh_mbus_found *found,
                       const struct find_text *text)
{
    cJSON *object = json_object();
    bool meter = found->kind == KWH_MBUS_FOUND_METER;
    json_text(object, "target", text->target);
    json_text(object, "kind", text->kind);
    if (scan->search.by_secondary && !meter)
        json_null(object, "address");
    else
        json_number(object, "address", text->address);
    json_text(object, "secondary", meter || scan->search.by_secondary ? text->secondary : NULL);
    json_text(object, "id", meter ? text->id : NULL);
    json_text(object, "manufacturer", meter ? text->manufacturer : NULL);
    if (meter) {
        json_number(object, "version", text->version);
        json_number(object, "medium", text->medium);
    } else {
        json_null(object, "version");
        json_null(object, "medium");
    }
    json_text(object, "error", text->error);
    json_print(object);
}

static void print_csv(struct scan *scan, const struct kwh_mbus_found *found,
                      const struct find_text *text)
{
    static const char *const titles[] = {"target",       "kind",    "address", "secondary", "id",
                                         "manufacturer", "version", "medium",  "error"};
    bool meter = found->kind == KWH_MBUS_FOUND_METER;
    if (!scan->titled)
        csv_record(titles, KWH_COUNT(titles));
    scan->titled = true;
    csv_record((const char *const[]){text->target, text->kind, text->address,
                                     meter ? text->secondary : "", meter ? text->id : "",
                                     meter ? text->manufacturer : "", meter ? text->version : "",
                                     meter ? text->medium : "", text->error},
               KWH_COUNT(titles));
    flush_output();
}

static void tell(struct scan *scan, const struct kwh_mbus_found *found)
{
    struct find_text text;
    if (found->kind == KWH_MBUS_FOUND_METER) {
        if (!scan->search.by_secondary && is_known(scan, found))
            return;
        if (scan->search.by_secondary)
            remember(scan, found);
    }
    clear_progress(scan);
    scan->found++;
    describe(scan, found, &text);
    switch (scan->options->output) {
    case OUTPUT_TABLE:
        print_line(&text);
        break;
    case OUTPUT_JSON:
        print_json(scan, found, &text);
        break;
    case OUTPUT_CSV:
        print_csv(scan, found, &text);
        break;
    }
}

/* ------------------------------------------------------------------------------------------------
 * The passes
 */

static enum kwh_error run_search(struct scan *scan, const char *pass)
{
    struct kwh_mbus_found found;
    scan->pass = pass;
    scan->start_us = link_now_us(&scan->link);
    while (kwh_mbus_search_next(&scan->search, &found))
        tell(scan, &found);
    clear_progress(scan);
    return scan->search.dialogue.error;
}

/* By secondary address first: it is quick, and finds all meters as delivered. */
static enum kwh_error run_passes(struct scan *scan)
{
    const struct kwh_target *target = &scan->link.target;
    const struct options *options = scan->options;
    struct kwh_line *line = &scan->link.host.line;
    enum kwh_error error = KWH_OK;

    scan->known_count = 0;
    if (!options->primary) {
        kwh_mbus_search_secondary(&scan->search, line,
                                  target->has_secondary ? &target->secondary : NULL,
                                  options->letters);
        error = run_search(scan, "by secondary address");
    }
    if (error == KWH_OK && !options->secondary && !target->has_secondary) {
        error = kwh_mbus_search_primary(&scan->search, line, 0, KWH_MBUS_PRIMARY_MAX);
        if (error == KWH_OK)
            error = run_search(scan, "by primary address");
    }
    return error;
}

/* At each speed in use, unless one was given. */
static enum kwh_error run_speeds(struct scan *scan)
{
    struct kwh_line_settings settings[SETTINGS_MAX];
    struct link *link = &scan->link;
    size_t count = link_settings_given(link) ? 0 : link_collect_settings(link, settings);
    enum kwh_error error = KWH_OK;
    if (count == 0)
        return run_passes(scan);
    for (size_t i = 0; i < count && error == KWH_OK; i++)
        if (kwh_host_set_line(&link->host, &settings[i]) == KWH_OK)
            error = run_passes(scan);
    return error;
}

static enum exit_code scan_line(struct scan *scan)
{
    enum kwh_error error = run_speeds(scan);
    if (error != KWH_OK && error != KWH_ERROR_INTERRUPTED)
        link_complain(&scan->link, error, kwh_line_failure(&scan->link.host.line));
    if (error != KWH_OK)
        return exit_code_of(error);
    if (scan->found > 0)
        return EXIT_CODE_OK;
    complain("%s: no meter answers; is the bus powered, and do the meters have another speed?",
             scan->link.target_text);
    return EXIT_CODE_NO_ANSWER;
}

/* What can be told of the LINK before it is opened. */
static enum exit_code check_link(const struct options *options)
{
    struct kwh_target target;
    if (options->argument_count != 1)
        return usage_error(options->argument_count < 1 ? "LINK is missing" : "one LINK at a time");
    enum exit_code code = parse_target("LINK", options->arguments[0], &target);
    if (code == EXIT_CODE_OK && kwh_scheme_protocol(target.scheme) != KWH_PROTOCOL_MBUS)
        return usage_error("LINK is not of M-Bus: that begins with mbus: or mbustcp:");
    if (code == EXIT_CODE_OK && target.has_address)
        return usage_error("a LINK has no address; @s with F for open digits limits the search");
    return code;
}

enum exit_code scan_command(const struct options *options)
{
    static struct scan scan;
    enum exit_code code = check_link(options);
    if (code != EXIT_CODE_OK)
        return code;
    scan.options = options;
    scan.progress = !options->quiet && isatty(STDERR_FILENO) != 0;
    code = link_open(&scan.link, options, options->arguments[0]);
    scan.link.tick = show_progress;
    scan.link.tick_context = &scan;
    if (code == EXIT_CODE_OK)
        code = scan_line(&scan);
    link_close(&scan.link);
    free(scan.known);
    return code;
}
