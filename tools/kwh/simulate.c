/* SPDX-License-Identifier: MIT */
/* kwh simulate: be a meter, or several on one line. */
#include "capture.h"
#include "names.h"
#include "output.h"
#include "source.h"

#include <kwh/faults.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define METERS_MAX (KWH_MBUS_PRIMARY_MAX + 1)
#define STEP_MS    200 /* how often the load moves, and a signal is noticed */

/* A meter of whose values some are those of another one. */
struct presented {
    struct kwh_slave own;
    const struct source *source;
};

struct fleet {
    struct kwh_simulation *meters[METERS_MAX];
    struct kwh_slave slaves[METERS_MAX];
    struct presented presented[METERS_MAX]; /* with a source */
    struct source *source;                  /* or NULL */
    size_t count;
    struct kwh_target link;
    struct kwh_faults faults;
    struct frame traced; /* the last request that was shown */
};

static enum kwh_protocol protocol_of(const struct fleet *fleet)
{
    return kwh_scheme_protocol(fleet->link.scheme);
}

/* The addresses that a meter may have. */
static unsigned lowest_address(const struct fleet *fleet)
{
    return protocol_of(fleet) == KWH_PROTOCOL_MBUS ? 0 : 1;
}

static unsigned highest_address(const struct fleet *fleet)
{
    return protocol_of(fleet) == KWH_PROTOCOL_MBUS ? KWH_MBUS_PRIMARY_MAX : 247;
}

static bool same_settings(const struct kwh_line_settings *a, const struct kwh_line_settings *b)
{
    return a->baud == b->baud && a->parity == b->parity && a->stop_bits == b->stop_bits;
}

/* Meters of different line settings do not hear each other: one address may be that of both. */
static bool is_taken(const struct fleet *fleet, const struct kwh_line_settings *settings,
                     unsigned address)
{
    for (size_t i = 0; i < fleet->count; i++)
        if (fleet->slaves[i].address == address &&
            (settings == NULL || same_settings(settings, &fleet->slaves[i].line)))
            return true;
    return false;
}

/* The address of the next meter: its own, that of the link, or the next free one. */
static enum exit_code choose_address(const struct fleet *fleet, const char *text,
                                     const struct kwh_line_settings *settings, uint8_t *address)
{
    if (text != NULL && fleet->link.has_address) {
        return usage_error("address %s of the MAP or address %u of the LINK: give one", text,
                           (unsigned)fleet->link.address);
    }
    if (text != NULL) {
        char *end;
        unsigned long number = strtoul(text, &end, 10);
        unsigned lowest = lowest_address(fleet), highest = highest_address(fleet);
        if (text[0] < '0' || text[0] > '9' || *end != '\0' || number < lowest || number > highest)
            return usage_error("address '%s' is not a number from %u to %u", text, lowest, highest);
        if (is_taken(fleet, settings, (unsigned)number))
            return usage_error("address %lu is given twice", number);
        *address = (uint8_t)number;
        return EXIT_CODE_OK;
    }
    unsigned free_one = fleet->link.has_address ? fleet->link.address : 1;
    if (free_one < lowest_address(fleet))
        return usage_error("address %u is that of all meters, not of one", free_one);
    while (is_taken(fleet, settings, free_one))
        free_one++;
    if (free_one > highest_address(fleet))
        return usage_error("no address above %u", highest_address(fleet));
    *address = (uint8_t)free_one;
    return EXIT_CODE_OK;
}

static enum exit_code add_meter(struct fleet *fleet, char *text, const struct options *options)
{
    const struct kwh_map *map;
    uint8_t address = 0;
    char *at = strchr(text, '@');
    if (at != NULL)
        *at++ = '\0';
    enum exit_code code = find_protocol_map(text, protocol_of(fleet), &map);
    const struct kwh_line_settings *settings = NULL;
    if (code == EXIT_CODE_OK && options->as_delivered && map->line_count > 0)
        settings = map->lines;
    if (code == EXIT_CODE_OK)
        code = choose_address(fleet, at, settings, &address);
    if (code != EXIT_CODE_OK)
        return code;
    /* Several meters of one seed would be the same household. */
    uint32_t seed = (uint32_t)options->seed + (uint32_t)fleet->count;
    enum kwh_error error = kwh_simulation_new(&fleet->meters[fleet->count], map, seed);
    if (error != KWH_OK) {
        complain("%s: %s", text, kwh_error_text(error));
        return exit_code_of(error);
    }
    kwh_simulation_faults(fleet->meters[fleet->count], &fleet->faults);
    kwh_simulation_slave(fleet->meters[fleet->count], address, &fleet->slaves[fleet->count]);
    if (settings != NULL)
        fleet->slaves[fleet->count].line = *settings;
    fleet->count++;
    return EXIT_CODE_OK;
}

static enum exit_code add_meters(struct fleet *fleet, const struct options *options)
{
    enum exit_code code = EXIT_CODE_OK;
    char *next = options->arguments[0];
    while (code == EXIT_CODE_OK && next != NULL) {
        char *text = next;
        next = strchr(text, ',');
        if (next != NULL)
            *next++ = '\0';
        if (fleet->count == METERS_MAX)
            return usage_error("more than %d meters", METERS_MAX);
        code = add_meter(fleet, text, options);
    }
    return code;
}

/* ------------------------------------------------------------------------------------------------
 * Values of another meter
 */

static bool is_presented(uint32_t quantity)
{
    return KWH_QUANTITY_CLASS(quantity) == KWH_CLASS_MEASUREMENT || quantity == KWH_SERIAL_NUMBER;
}

/* What is told to be missing stays so; identity and settings are the meter's own. */
static enum kwh_error presented_value(void *context, const struct kwh_row *row,
                                      struct kwh_reading *reading)
{
    const struct presented *presented = context;
    const struct kwh_slave *own = &presented->own;
    enum kwh_error error = own->value(own->context, row, reading);
    if (error == KWH_ERROR_ILLEGAL_DATA_ADDRESS)
        return error;
    return is_presented(row->quantity) || source_is(presented->source, own->map, NULL)
               ? source_value(presented->source, own->map, row, reading)
               : error;
}

static enum kwh_error presented_write(void *context, const struct kwh_row *row,
                                      const struct kwh_reading *reading)
{
    const struct presented *presented = context;
    return presented->own.write(presented->own.context, row, reading);
}

static enum exit_code open_source(struct fleet *fleet, const struct options *options)
{
    if (options->from == NULL)
        return EXIT_CODE_OK;
    enum exit_code code = source_open(&fleet->source, options, options->from);
    for (size_t i = 0; code == EXIT_CODE_OK && i < fleet->count; i++) {
        struct kwh_slave *slave = &fleet->slaves[i];
        fleet->presented[i].source = fleet->source;
        bool rebuilt = source_is(fleet->source, slave->map, &slave->profiles);
        source_want(fleet->source, slave->map, slave->profiles);
        fleet->presented[i].own = *slave;
        slave->value = presented_value;
        slave->write = rebuilt ? NULL : presented_write; /* a report stays as it is */
        slave->context = &fleet->presented[i];
    }
    return code == EXIT_CODE_OK ? source_read(fleet->source) : code;
}

/* A pin holds for all meters that have the value. */
static enum exit_code pin(struct fleet *fleet, const struct options *options, const char *text)
{
    char name[NAME_TEXT];
    const char *value = strchr(text, '=') + 1;
    size_t length = (size_t)(value - text) - 1;
    bool had = false;
    if (length >= sizeof name)
        return usage_error("unknown name '%.*s'", (int)length, text);
    memcpy(name, text, length);
    name[length] = '\0';
    enum exit_code code = check_name(name, fleet->slaves[0].map);
    for (size_t i = 0; code == EXIT_CODE_OK && i < fleet->count; i++) {
        uint32_t quantity;
        const struct kwh_slave *slave = &fleet->slaves[i];
        char canonical[NAME_TEXT];
        struct kwh_obis obis;
        if (kwh_quantity_parse(name, &quantity) != KWH_OK) {
            quantity = kwh_obis_parse(name, &obis) == KWH_OK
                           ? kwh_map_find_obis(slave->map, slave->profiles, obis)
                           : 0;
        }
        if (fleet->source != NULL && quantity != 0 &&
            (is_presented(quantity) || source_is(fleet->source, slave->map, NULL)))
            return usage_error("--set %s: the value comes from %s", text, options->from);
        name_of(quantity, canonical);
        enum kwh_error error = quantity == 0
                                   ? KWH_ERROR_NOT_IN_MAP
                                   : kwh_simulation_pin(fleet->meters[i], canonical, value);
        had = had || error == KWH_OK;
        if (error != KWH_OK && error != KWH_ERROR_NOT_IN_MAP) {
            return usage_error("--set %s: '%s' is no value for it (%s)", text, value,
                               kwh_error_text(error));
        }
    }
    if (code == EXIT_CODE_OK && !had)
        return find_quantity(name, fleet->slaves[0].map, fleet->slaves[0].profiles, &(uint32_t){0});
    return code;
}

static enum exit_code print_targets(const struct fleet *fleet, const struct kwh_target *reachable)
{
    for (size_t i = 0; i < fleet->count; i++) {
        struct kwh_target target = *reachable;
        char text[KWH_TARGET_TEXT];
        target.has_address = true;
        target.address = fleet->slaves[i].address;
        if (fleet->slaves[i].line.baud != 0)
            target.settings = fleet->slaves[i].line;
        if (kwh_target_print(&target, text, sizeof text) != KWH_OK)
            return EXIT_CODE_INTERNAL;
        puts(text);
    }
    flush_output();
    return ferror(stdout) ? EXIT_CODE_INTERNAL : EXIT_CODE_OK;
}

/* Until a signal comes. */
static enum exit_code serve(struct fleet *fleet, struct kwh_listener *listener)
{
    uint32_t then = kwh_host_now_us();
    while (!interrupted()) {
        uint32_t wait_ms = fleet->source != NULL ? source_poll(fleet->source) : STEP_MS;
        enum kwh_error error = kwh_listener_serve(listener, wait_ms < STEP_MS ? wait_ms : STEP_MS);
        uint32_t elapsed_ms = (kwh_host_now_us() - then) / 1000;
        then += elapsed_ms * 1000;
        for (size_t i = 0; i < fleet->count; i++)
            kwh_simulation_advance(fleet->meters[i], elapsed_ms);
        if (error != KWH_OK && error != KWH_ERROR_INTERRUPTED) {
            complain("%s", kwh_error_text(error));
            return exit_code_of(error);
        }
    }
    return EXIT_CODE_OK;
}

static enum exit_code listen_and_serve(struct fleet *fleet, const struct options *options)
{
    struct kwh_listener *listener = NULL;
    catch_signals();
    errno = 0;
    enum kwh_error error = kwh_listener_open(&listener, &fleet->link, fleet->slaves, fleet->count,
                                             NULL);
    if (error != KWH_OK) {
        const char *link = options->arguments[1];
        if (errno != 0)
            complain("%s: %s (%s)", link, kwh_error_text(error), strerror(errno));
        else
            complain("%s: %s", link, kwh_error_text(error));
        return exit_code_of(error);
    }
    if (options->verbose > 0)
        kwh_listener_trace(listener, trace_frames, &fleet->traced);
    enum exit_code code = EXIT_CODE_OK;
    if (kwh_listener_faults(listener, &fleet->faults, (uint32_t)options->seed) != KWH_OK)
        code = usage_error("--fault %s: TCP has no flip, noise or echo; rtutcp: has",
                           options->fault);
    if (code == EXIT_CODE_OK)
        code = print_targets(fleet, kwh_listener_target(listener));
    if (code == EXIT_CODE_OK)
        code = serve(fleet, listener);
    kwh_listener_close(listener);
    return code;
}

static enum exit_code parse_link(struct fleet *fleet, const struct options *options)
{
    enum exit_code code = parse_target("LINK", options->arguments[1], &fleet->link);
    if (code == EXIT_CODE_OK && fleet->link.has_secondary) {
        return usage_error("a secondary address is the meter's own: its number can be pinned, "
                           "--set serial_number=12345678");
    }
    return code;
}

static enum exit_code parse_faults(struct fleet *fleet, const struct options *options)
{
    size_t at;
    if (options->fault == NULL)
        return EXIT_CODE_OK;
    enum kwh_error error = kwh_faults_parse(options->fault, &fleet->faults, &at);
    if (error == KWH_ERROR_UNKNOWN_NAME)
        return usage_error(
            "--fault: '%s': known are drop, flip, noise, delay, echo, limit and hole",
            options->fault + at);
    if (error != KWH_OK)
        return usage_error("--fault: '%s': %s", options->fault + at, kwh_error_text(error));
    return EXIT_CODE_OK;
}

enum exit_code simulate_command(const struct options *options)
{
    static struct fleet fleet;
    if (options->argument_count != 2) {
        return options->argument_count < 2
                   ? usage_error("%s is missing", options->argument_count == 0 ? "MAP" : "LINK")
                   : usage_error("'%s' is too much; several MAPs are joined by commas",
                                 options->arguments[2]);
    }
    enum exit_code code = parse_link(&fleet, options);
    if (code == EXIT_CODE_OK && options->as_delivered &&
        (fleet.link.scheme != KWH_SCHEME_RTU || strcmp(fleet.link.place, "pty") != 0))
        return usage_error("--as-delivered: only rtu:pty shows what the other side has set");
    if (code == EXIT_CODE_OK)
        code = parse_faults(&fleet, options);
    if (code == EXIT_CODE_OK)
        code = add_meters(&fleet, options);
    if (code == EXIT_CODE_OK)
        code = open_source(&fleet, options);
    for (size_t i = 0; code == EXIT_CODE_OK && i < options->pin_count; i++)
        code = pin(&fleet, options, options->pins[i]);
    if (code == EXIT_CODE_OK)
        code = listen_and_serve(&fleet, options);
    for (size_t i = 0; i < fleet.count; i++)
        kwh_simulation_free(fleet.meters[i]);
    source_close(fleet.source);
    return code;
}
