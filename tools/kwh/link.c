/* SPDX-License-Identifier: MIT */
#include "link.h"

#include "names.h"

#include <stdlib.h>
#include <string.h>

#define PATIENCE_US 100000u /* how soon Ctrl-C is noticed */

/* ------------------------------------------------------------------------------------------------
 * A backend that Ctrl-C ends
 */

static uint32_t backend_now(void *context)
{
    const struct link *link = context;
    return link->real->now_us(link->real->context);
}

uint32_t link_now_us(const struct link *link)
{
    return link->real->now_us(link->real->context);
}

static enum kwh_error backend_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    const struct link *link = context;
    *sent = 0;
    return interrupted() ? KWH_ERROR_INTERRUPTED
                         : link->real->send(link->real->context, bytes, count, sent);
}

static enum kwh_error backend_receive(void *context, uint8_t *room, size_t capacity,
                                      uint32_t until_us, size_t *got)
{
    const struct link *link = context;
    *got = 0;
    for (;;) {
        uint32_t now = backend_now(context), wait = until_us - now;
        bool last = wait > UINT32_MAX / 2 || wait <= PATIENCE_US;
        if (link->tick != NULL)
            link->tick(link->tick_context);
        enum kwh_error error = link->real->receive(link->real->context, room, capacity,
                                                   last ? until_us : now + PATIENCE_US, got);
        if (interrupted())
            return KWH_ERROR_INTERRUPTED;
        if (error != KWH_OK || *got > 0 || last)
            return error;
    }
}

static enum kwh_error backend_set_line(void *context, const struct kwh_line_settings *settings)
{
    const struct link *link = context;
    return link->real->set_line != NULL ? link->real->set_line(link->real->context, settings)
                                        : KWH_ERROR_UNSUPPORTED;
}

static int backend_errno(void *context)
{
    const struct link *link = context;
    return link->real->last_errno != NULL ? link->real->last_errno(link->real->context) : 0;
}

static void take_backend(struct link *link)
{
    link->real = link->host.line.backend;
    link->backend.context = link;
    link->backend.now_us = backend_now;
    link->backend.send = backend_send;
    link->backend.receive = backend_receive;
    link->backend.set_line = backend_set_line;
    link->backend.last_errno = backend_errno;
    link->host.line.backend = &link->backend;
}

/* ------------------------------------------------------------------------------------------------
 * Opening
 */

void print_settings(const struct kwh_line_settings *settings, char text[SETTINGS_TEXT])
{
    snprintf(text, SETTINGS_TEXT, "%lu %u%c%u", (unsigned long)settings->baud,
             (unsigned)settings->data_bits, settings->parity, (unsigned)settings->stop_bits);
}

static bool same_settings(const struct kwh_line_settings *a, const struct kwh_line_settings *b)
{
    return a->baud == b->baud && a->data_bits == b->data_bits && a->parity == b->parity &&
           a->stop_bits == b->stop_bits;
}

/* Meters of one line that answered at different settings: they are worth a word. */
static void note_settings(struct link *link)
{
    char before[SETTINGS_TEXT], now[SETTINGS_TEXT];
    const struct kwh_line_settings *own = &link->host.settings;
    if (link->heard_at.baud != 0 && !same_settings(&link->heard_at, own) && !link->warned &&
        !link->options->quiet) {
        print_settings(&link->heard_at, before);
        print_settings(own, now);
        complain("%s: one meter of this line is set to %s, another one to %s; each hears the "
                 "others as noise, so better set them alike",
                 link->target.place, before, now);
        link->warned = true;
    }
    link->heard_at = *own;
}

void link_complain(const struct link *link, enum kwh_error error, const struct kwh_failure *failure)
{
    struct kwh_failure bare = {.error = error};
    char text[400];
    if (failure->error != error)
        failure = &bare;
    if (kwh_failure_print(failure, kwh_host_scheme(&link->host), text, sizeof text) != KWH_OK)
        complain("%s: %s", link->target_text, kwh_error_text(error));
    else
        complain("%s: %s", link->target_text, text);
}

/* The maps to choose from: the one of -m or map=, else all of the link's protocol. */
static enum exit_code choose_maps(struct link *link)
{
    enum kwh_protocol protocol = kwh_scheme_protocol(link->target.scheme);
    const char *name = link->options->map != NULL    ? link->options->map
                       : link->target.map[0] != '\0' ? link->target.map
                                                     : NULL;
    if (name != NULL) {
        enum exit_code code = find_protocol_map(name, protocol, &link->map);
        if (code != EXIT_CODE_OK)
            return code;
    }
    link->maps = allocate(kwh_maps_count, sizeof *link->maps);
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (name != NULL ? kwh_maps[i].map == link->map
                         : kwh_maps[i].map->protocol == (uint8_t)protocol)
            link->maps[link->map_count++] = kwh_maps[i].map;
    return EXIT_CODE_OK;
}

/* The TARGET with what the options say of it. */
static enum exit_code take_target(const struct options *options, const char *text,
                                  struct kwh_target *target)
{
    enum exit_code code = parse_target("TARGET", text, target);
    if (code != EXIT_CODE_OK)
        return code;
    if (kwh_scheme_protocol(target->scheme) == KWH_PROTOCOL_MBUS && target->has_address &&
        target->address == KWH_MBUS_ALL)
        return usage_error("address 255 is that of all meters, and none of them answers");
    if (options->timeout_ms >= 0)
        target->timeout_ms = (uint32_t)options->timeout_ms;
    if (options->retries >= 0)
        target->retries = (int)options->retries;
    return EXIT_CODE_OK;
}

enum exit_code link_open(struct link *link, const struct options *options, const char *target)
{
    memset(link, 0, sizeof *link);
    link->options = options;
    link->target_text = target;
    link->host.descriptor = -1;
    enum exit_code code = take_target(options, target, &link->target);
    if (code == EXIT_CODE_OK)
        code = choose_maps(link);
    if (code != EXIT_CODE_OK)
        return code;
    link->error = kwh_host_open_target(&link->host, &link->target);
    if (link->error == KWH_ERROR_UNKNOWN_NAME) {
        const struct kwh_map *none;
        return find_protocol_map(link->target.place, KWH_PROTOCOL_MODBUS, &none);
    }
    if (link->error != KWH_OK) {
        link_complain(link, link->error, kwh_line_failure(&link->host.line));
        return exit_code_of(link->error);
    }
    take_backend(link);
    catch_signals();
    if (options->verbose > 0) {
        link->host.line.trace = trace_frames;
        link->host.line.trace_context = &link->traced;
    }
    link->address = kwh_host_address(&link->host, link->map);
    return EXIT_CODE_OK;
}

bool link_is_same_line(const struct link *link, const struct kwh_target *target)
{
    const struct kwh_target *own = &link->target;
    return target->scheme != KWH_SCHEME_SIM && own->scheme == target->scheme &&
           own->port == target->port && strcmp(own->place, target->place) == 0;
}

/* Whether a line that was opened for one target is as another one wants it; its settings can be
 * changed. */
static bool is_alike(const struct kwh_target *a, const struct kwh_target *b)
{
    return a->timeout_ms == b->timeout_ms && a->gap_ms == b->gap_ms && a->retries == b->retries &&
           a->allowance_ms == b->allowance_ms && a->echo == b->echo;
}

/* What an error leaves behind: a connection that is gone, or a request without its end. */
static bool is_usable(const struct link *link)
{
    return link->host.open && link->host.line.exchanges == NULL &&
           kwh_line_failure(&link->host.line)->error != KWH_ERROR_DISCONNECTED &&
           kwh_line_failure(&link->host.line)->error != KWH_ERROR_IO;
}

/* The port to the settings of the target, if it says which. */
static enum kwh_error turn_line(struct link *link)
{
    struct kwh_line_settings settings = link->host.settings;
    const struct kwh_line_settings *wanted = &link->target.settings;
    if (!link_is_serial(link) || !link_settings_given(link))
        return KWH_OK;
    settings.baud = wanted->baud != 0 ? wanted->baud : settings.baud;
    if (wanted->parity != '\0') {
        settings.data_bits = wanted->data_bits;
        settings.parity = wanted->parity;
        settings.stop_bits = wanted->stop_bits;
    }
    if (same_settings(&settings, &link->host.settings))
        return KWH_OK;
    return kwh_host_set_line(&link->host, &settings);
}

enum exit_code link_turn_to(struct link *link, const struct options *options, const char *text)
{
    struct kwh_target target;
    struct kwh_line_settings heard_at = link->heard_at;
    bool warned = link->warned;
    enum exit_code code = take_target(options, text, &target);
    if (code != EXIT_CODE_OK)
        return code;
    if (link->options == NULL || !is_usable(link) || !is_alike(&link->target, &target)) {
        if (link->options != NULL)
            link_close(link);
        code = link_open(link, options, text);
        link->warned = warned;
        link->heard_at = heard_at;
        return code;
    }
    free(link->maps);
    link->maps = NULL;
    link->map_count = 0;
    link->map = link->also_fits = NULL;
    link->model = NULL;
    link->target_text = text;
    link->target = target;
    link->host.target = target;
    memset(&link->identify, 0, sizeof link->identify);
    code = choose_maps(link);
    link->error = code == EXIT_CODE_OK ? turn_line(link) : KWH_OK;
    if (link->error != KWH_OK) {
        link_complain(link, link->error, kwh_line_failure(&link->host.line));
        code = exit_code_of(link->error);
    }
    link->address = kwh_host_address(&link->host, link->map);
    return code;
}

void link_close(struct link *link)
{
    kwh_host_close(&link->host);
    free(link->maps);
    link->maps = NULL;
}

/* ------------------------------------------------------------------------------------------------
 * Finding out
 */

/* How many maps name these settings in this place. */
static size_t popularity(const struct link *link, unsigned rank,
                         const struct kwh_line_settings *settings)
{
    size_t maps = 0;
    for (size_t i = 0; i < link->map_count; i++)
        maps += rank < link->maps[i]->line_count &&
                same_settings(&link->maps[i]->lines[rank], settings);
    return maps;
}

/* More maps name them; of as many, the quicker ones, which cost less to try. */
static bool is_better(const struct link *link, unsigned rank, const struct kwh_line_settings *a,
                      const struct kwh_line_settings *b)
{
    size_t of_a = popularity(link, rank, a), of_b = popularity(link, rank, b);
    return of_a != of_b ? of_a > of_b : a->baud > b->baud;
}

/* The best settings of a place that are not among those collected; NULL: no more. */
static const struct kwh_line_settings *next_settings(const struct link *link, unsigned rank,
                                                     const struct kwh_line_settings *settings,
                                                     size_t count)
{
    const struct kwh_line_settings *best = NULL;
    for (size_t i = 0; i < link->map_count; i++) {
        bool known = rank >= link->maps[i]->line_count;
        for (size_t j = 0; j < count && !known; j++)
            known = same_settings(&settings[j], &link->maps[i]->lines[rank]);
        if (!known && (best == NULL || is_better(link, rank, &link->maps[i]->lines[rank], best)))
            best = &link->maps[i]->lines[rank];
    }
    return best;
}

size_t link_collect_settings(const struct link *link,
                             struct kwh_line_settings settings[SETTINGS_MAX])
{
    const struct kwh_line_settings *next;
    size_t count = 0;
    for (unsigned rank = 0; rank < SETTINGS_MAX; rank++)
        while (count < SETTINGS_MAX && (next = next_settings(link, rank, settings, count)) != NULL)
            settings[count++] = *next;
    return count;
}

/* Among the first @p count maps. */
static enum kwh_error ask_among(struct link *link, size_t count, bool once)
{
    enum kwh_error error = kwh_identify_init(&link->identify, &link->host.line, link->address,
                                             link->maps, count);
    if (once)
        link->identify.dialogue.retries = 0;
    return error == KWH_OK ? kwh_identify_run(&link->identify) : error;
}

/* Whether anybody is there: one short question, so that silence costs one wait and not one for
 * every family. */
static enum kwh_error knock(struct link *link, bool once)
{
    struct kwh_line *line = &link->host.line;
    struct kwh_modbus_search search;
    struct kwh_modbus_found found;
    if (kwh_modbus_search_init(&search, line, link->address, link->address) != KWH_OK)
        return KWH_OK; /* an address that only TCP has */
    kwh_modbus_search_again(&search, 0);
    search.dialogue.retries = once ? 0 : line->retries;
    if (kwh_modbus_search_next(&search, &found))
        return found.answered ? KWH_OK : found.error;
    return search.dialogue.error != KWH_OK ? search.dialogue.error : kwh_line_failure(line)->error;
}

static enum kwh_error ask_identity(struct link *link, bool once)
{
    if (link_is_mbus(link))
        return link_ask_mbus(link, once);
    enum kwh_error error = link->map_count > 1 ? knock(link, once) : KWH_OK;
    return error == KWH_OK ? ask_among(link, link->map_count, once) : error;
}

/* Moves the maps whose meters leave the factory like this to the front; returns how many. */
static size_t put_likely_first(struct link *link, const struct kwh_line_settings *settings)
{
    size_t likely = 0;
    for (size_t i = 0; i < link->map_count; i++) {
        const struct kwh_map *map = link->maps[i];
        bool fits = false;
        for (unsigned j = 0; j < map->line_count; j++)
            fits = fits || same_settings(&map->lines[j], settings);
        if (!fits)
            continue;
        memmove(&link->maps[likely + 1], &link->maps[likely], (i - likely) * sizeof map);
        link->maps[likely++] = map;
    }
    return likely;
}

/* What may be there is asked for first; who answers may be anyone. */
static enum kwh_error ask_likely(struct link *link, const struct kwh_line_settings *settings,
                                 bool once)
{
    size_t likely = put_likely_first(link, settings);
    enum kwh_error error = ask_among(link, likely, once);
    bool is_open = error == KWH_ERROR_UNSUPPORTED ||
                   (error != KWH_OK && link->identify.answered && likely < link->map_count);
    return is_open ? ask_among(link, link->map_count, once) : error;
}

static enum kwh_error ask_at(struct link *link, const struct kwh_line_settings *settings, bool once)
{
    if (link_is_mbus(link))
        return link_ask_mbus(link, once);
    enum kwh_error error = knock(link, once);
    return error == KWH_OK ? ask_likely(link, settings, once) : error;
}

enum kwh_error link_ask_modbus(struct link *link)
{
    enum kwh_error error = ask_likely(link, &link->host.settings, false);
    link->error = error;
    link->map = error == KWH_OK ? link->identify.map : NULL;
    link->model = error == KWH_OK ? link->identify.fits : NULL;
    return error;
}

static bool worth_another_speed(enum kwh_error error)
{
    return kwh_error_class(error) == KWH_ERROR_CLASS_LINE && kwh_error_exception(error) == 0 &&
           error != KWH_ERROR_DISCONNECTED && error != KWH_ERROR_IO;
}

bool link_is_serial(const struct link *link)
{
    return link->target.scheme == KWH_SCHEME_RTU || link->target.scheme == KWH_SCHEME_MBUS;
}

bool link_settings_given(const struct link *link)
{
    return !link_is_serial(link) || link->target.settings.baud != 0 ||
           link->target.settings.parity != '\0';
}

/* What a meter of this line has just answered at is what the next one has, most likely. */
static void put_heard_first(const struct link *link, struct kwh_line_settings *settings,
                            size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (!same_settings(&settings[i], &link->heard_at))
            continue;
        memmove(&settings[1], &settings[0], i * sizeof settings[0]);
        settings[0] = link->heard_at;
    }
}

/* The factory settings one after another, each asked once unless told otherwise. */
static enum kwh_error try_settings(struct link *link)
{
    struct kwh_line_settings settings[SETTINGS_MAX];
    char text[SETTINGS_TEXT], tried[SETTINGS_MAX * (SETTINGS_TEXT + 2)] = "";
    size_t count = link_collect_settings(link, settings);
    enum kwh_error first = KWH_OK;
    bool once = link->target.retries < 0 && count > 1;
    if (link->heard_at.baud != 0)
        put_heard_first(link, settings, count);
    for (size_t i = 0; i < count; i++) {
        print_settings(&settings[i], text);
        if (!same_settings(&settings[i], &link->host.settings) &&
            kwh_host_set_line(&link->host, &settings[i]) != KWH_OK)
            continue; /* the port cannot do it */
        enum kwh_error error = ask_at(link, &settings[i], once);
        if (!worth_another_speed(error)) {
            if (link->identify.answered && !link->options->quiet)
                complain("%s answers at %s", link->target_text, text);
            return error;
        }
        first = first == KWH_OK ? error : first;
        size_t length = strlen(tried);
        snprintf(tried + length, sizeof tried - length, "%s%s", length > 0 ? ", " : "", text);
    }
    if (first == KWH_OK)
        return ask_identity(link, false);
    if (!link->options->quiet)
        complain("tried %s", tried);
    return first;
}

/* The meter is not the one of -m: which is it? */
static enum exit_code complain_other(struct link *link, enum kwh_error error)
{
    const char *wanted = link->options->map != NULL || link->target.map[0] != '\0' ? link->map->name
                                                                                   : NULL;
    const char *found = link->identify.other;
    char code[24];
    snprintf(code, sizeof code, "code 0x%04lX", (unsigned long)link->identify.code);
    for (size_t i = 0; wanted != NULL && found == NULL && i < kwh_maps_count; i++) {
        if (kwh_maps[i].map == link->map)
            continue;
        for (unsigned j = 0; j < kwh_maps[i].map->model_count && found == NULL; j++) {
            const struct kwh_model *model = &kwh_maps[i].map->models[j];
            bool same_place = kwh_maps[i].map->identity_address == link->map->identity_address &&
                              kwh_maps[i].map->identity_words == link->map->identity_words;
            found = same_place && model->code == link->identify.code ? model->name : NULL;
        }
    }
    if (error == KWH_ERROR_NOT_IDENTIFIED) {
        complain("%s: a meter answers, but refuses what would identify it; name its map with -m",
                 link->target_text);
    } else if (error == KWH_ERROR_DATA_TYPE || error == KWH_ERROR_OTHER_ENCODING) {
        complain("%s: %s (%s, %s)", link->target_text, kwh_error_text(error), code,
                 found != NULL ? found : "unknown");
    } else if (wanted != NULL) {
        complain("%s: the meter (%s, %s) is no %s", link->target_text, code,
                 found != NULL ? found : "unknown", wanted);
    } else {
        complain("%s: the meter (%s, %s) is one that no known map describes", link->target_text,
                 code, found != NULL ? found : "unknown");
    }
    link->map = NULL;
    return EXIT_CODE_OTHER_METER;
}

/* The bus, or a meter that answers but refuses, leaves it open: the caller's word counts. */
static bool cannot_be_told(const struct link *link)
{
    return link->error == KWH_ERROR_UNSUPPORTED ||
           (kwh_error_class(link->error) == KWH_ERROR_CLASS_METER && link->identify.answered &&
            !link->identify.coded);
}

enum exit_code link_identify(struct link *link)
{
    bool named = link->map != NULL;
    link->error = link_settings_given(link) ? ask_identity(link, false) : try_settings(link);
    if (link->identify.answered && link_is_serial(link))
        note_settings(link);
    if (link_is_mbus(link) && (link->error == KWH_OK || link->error == KWH_ERROR_OTHER_FAMILY))
        return link_identify_mbus(link, link->error);
    if (link->error == KWH_OK) {
        link->model = link->identify.fits;
        link->map = link->identify.map;
        return EXIT_CODE_OK;
    }
    if (named && !link_is_mbus(link) && cannot_be_told(link)) {
        if (!link->options->quiet) {
            complain("%s: the meter cannot be identified, it is taken for %s", link->target_text,
                     link->map->name);
        }
        link->error = KWH_OK;
        return EXIT_CODE_OK;
    }
    enum exit_code code = exit_code_of(link->error);
    if (code == EXIT_CODE_OTHER_METER)
        return complain_other(link, link->error);
    if (code != EXIT_CODE_INTERRUPTED)
        link_complain(link, link->error, kwh_line_failure(&link->host.line));
    return code;
}

uint16_t link_profiles(const struct link *link)
{
    return link->model != NULL ? link->identify.profiles : KWH_ALL_PROFILES;
}

enum exit_code link_meter(struct link *link, union any_meter *meter)
{
    struct kwh_line *line = &link->host.line;
    if (link_is_mbus(link) && link->target.has_secondary)
        link->error = kwh_mbus_meter_select(&meter->mbus, line, link->map, &link->target.secondary);
    else if (link_is_mbus(link))
        link->error = kwh_mbus_meter_init(&meter->mbus, line, link->map, link->address);
    else if (link->model != NULL)
        link->error = kwh_identify_meter(&link->identify, &meter->meter);
    else
        link->error = kwh_meter_init(&meter->meter, line, link->map, link->address);
    return exit_code_of(link->error);
}
