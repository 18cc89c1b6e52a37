/* SPDX-License-Identifier: MIT */
/* kwh scan on M-Bus: by secondary address, then by primary address. */
#include "names.h"
#include "output.h"
#include "scan.h"

#include <stdlib.h>
#include <string.h>

struct mbus_scan {
    struct scan *scan;
    struct kwh_mbus_search search;
    struct kwh_mbus_found *known; /* meters found by secondary address at this speed */
    size_t known_count, known_capacity;
};

static void show_progress(void *context)
{
    const struct mbus_scan *mbus = context;
    scan_show_progress(mbus->scan, mbus->search.done, mbus->search.total);
}

/* ------------------------------------------------------------------------------------------------
 * What was found
 */

/* Found by secondary address already: the same one, as far as it is told, and at the same primary
 * address, unless it answered as selected. */
static bool is_known(const struct mbus_scan *mbus, const struct kwh_mbus_found *found)
{
    for (size_t i = 0; i < mbus->known_count; i++) {
        const struct kwh_mbus_found *known = &mbus->known[i];
        if (found->error == KWH_OK && known->error == KWH_OK &&
            memcmp(&known->secondary, &found->secondary, sizeof found->secondary) == 0 &&
            (known->address == found->address || known->address == KWH_MBUS_SELECTED))
            return true;
    }
    return false;
}

static void remember(struct mbus_scan *mbus, const struct kwh_mbus_found *found)
{
    if (mbus->known_count == mbus->known_capacity) {
        size_t capacity = 2 * mbus->known_capacity + 32;
        struct kwh_mbus_found *known = allocate(capacity, sizeof *known);
        if (mbus->known_count > 0)
            memcpy(known, mbus->known, mbus->known_count * sizeof *known);
        free(mbus->known);
        mbus->known = known;
        mbus->known_capacity = capacity;
    }
    mbus->known[mbus->known_count++] = *found;
}

/* The TARGET by which the meter can be read: at this speed, by the address that found it. */
static bool print_target(const struct mbus_scan *mbus, const struct kwh_mbus_found *found,
                         char text[KWH_TARGET_TEXT])
{
    struct kwh_target target = mbus->scan->link.target;
    bool by_secondary = mbus->search.by_secondary;
    target.has_address = !by_secondary;
    target.address = found->address;
    target.has_secondary = by_secondary;
    target.secondary = found->secondary;
    if (link_is_serial(&mbus->scan->link))
        target.settings = mbus->scan->link.host.settings;
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

static void describe(const struct mbus_scan *mbus, const struct kwh_mbus_found *found,
                     struct find_text *text)
{
    if (!print_target(mbus, found, text->target))
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

static void print_json(const struct mbus_scan *mbus, const struct kwh_mbus_found *found,
                       const struct find_text *text)
{
    cJSON *object = json_object();
    bool meter = found->kind == KWH_MBUS_FOUND_METER;
    json_text(object, "target", text->target);
    json_text(object, "kind", text->kind);
    if (mbus->search.by_secondary && !meter)
        json_null(object, "address");
    else
        json_number(object, "address", text->address);
    json_text(object, "secondary", meter || mbus->search.by_secondary ? text->secondary : NULL);
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

static void print_csv(struct mbus_scan *mbus, const struct kwh_mbus_found *found,
                      const struct find_text *text)
{
    static const char *const titles[] = {"target",       "kind",    "address", "secondary", "id",
                                         "manufacturer", "version", "medium",  "error"};
    bool meter = found->kind == KWH_MBUS_FOUND_METER;
    scan_csv_titles(mbus->scan, titles, KWH_COUNT(titles));
    csv_record((const char *const[]){text->target, text->kind, text->address,
                                     meter ? text->secondary : "", meter ? text->id : "",
                                     meter ? text->manufacturer : "", meter ? text->version : "",
                                     meter ? text->medium : "", text->error},
               KWH_COUNT(titles));
    flush_output();
}

static void tell(struct mbus_scan *mbus, const struct kwh_mbus_found *found)
{
    struct find_text text;
    if (found->kind == KWH_MBUS_FOUND_METER) {
        if (!mbus->search.by_secondary && is_known(mbus, found))
            return;
        if (mbus->search.by_secondary)
            remember(mbus, found);
    }
    scan_clear_progress(mbus->scan);
    mbus->scan->found++;
    describe(mbus, found, &text);
    switch (mbus->scan->options->output) {
    case OUTPUT_TABLE:
        print_line(&text);
        break;
    case OUTPUT_JSON:
        print_json(mbus, found, &text);
        break;
    case OUTPUT_CSV:
        print_csv(mbus, found, &text);
        break;
    }
}

/* ------------------------------------------------------------------------------------------------
 * The passes
 */

static enum kwh_error run_search(struct mbus_scan *mbus, const char *pass)
{
    struct kwh_mbus_found found;
    if (mbus->scan->link.target.retries >= 0)
        mbus->search.retries = mbus->scan->link.host.line.retries;
    scan_begin_pass(mbus->scan, pass);
    while (kwh_mbus_search_next(&mbus->search, &found))
        tell(mbus, &found);
    scan_clear_progress(mbus->scan);
    return mbus->search.dialogue.error;
}

/* By secondary address first: it is quick, and finds all meters as delivered. */
static enum kwh_error run_passes(struct mbus_scan *mbus)
{
    const struct kwh_target *target = &mbus->scan->link.target;
    const struct options *options = mbus->scan->options;
    struct kwh_line *line = &mbus->scan->link.host.line;
    enum kwh_error error = KWH_OK;

    mbus->known_count = 0;
    if (!options->primary) {
        kwh_mbus_search_secondary(&mbus->search, line,
                                  target->has_secondary ? &target->secondary : NULL,
                                  options->letters);
        error = run_search(mbus, "by secondary address");
    }
    if (error == KWH_OK && !options->secondary && !target->has_secondary) {
        error = kwh_mbus_search_primary(&mbus->search, line, 0, KWH_MBUS_PRIMARY_MAX);
        if (error == KWH_OK)
            error = run_search(mbus, "by primary address");
    }
    return error;
}

/* At each speed in use, unless one was given. */
static enum kwh_error run_speeds(struct mbus_scan *mbus)
{
    struct kwh_line_settings settings[SETTINGS_MAX];
    struct link *link = &mbus->scan->link;
    size_t count = link_settings_given(link) ? 0 : link_collect_settings(link, settings);
    enum kwh_error error = KWH_OK;
    if (count == 0)
        return run_passes(mbus);
    for (size_t i = 0; i < count && error == KWH_OK; i++)
        if (kwh_host_set_line(&link->host, &settings[i]) == KWH_OK)
            error = run_passes(mbus);
    return error;
}

enum kwh_error scan_mbus(struct scan *scan)
{
    static struct mbus_scan mbus;
    mbus.scan = scan;
    scan->link.tick = show_progress;
    scan->link.tick_context = &mbus;
    enum kwh_error error = run_speeds(&mbus);
    free(mbus.known);
    return error;
}
