/* SPDX-License-Identifier: MIT */
/* From a TARGET to a meter that is known. */
#ifndef LINK_H
#define LINK_H

#include "capture.h"
#include "command.h"

struct link {
    struct kwh_host host;
    struct kwh_backend backend; /* that of the host, ended by Ctrl-C */
    const struct kwh_backend *real;
    const struct options *options;
    const char *target_text;
    struct kwh_target target;
    const struct kwh_map **maps; /* those that may fit */
    size_t map_count;
    struct kwh_identify identify;
    const struct kwh_map *map;       /* what it is; NULL: not known */
    const struct kwh_model *model;   /* NULL: the map's word is taken for it */
    enum kwh_error error;            /* the first failure */
    struct kwh_mbus_telegram header; /* on M-Bus: of the meter's telegram */
    const struct kwh_map *also_fits; /* on M-Bus: another map that may be the one, or NULL */
    void (*tick)(void *context);     /* called while the line is waited for, or NULL */
    void *tick_context;
    struct frame traced; /* the last request that was shown */
    uint8_t address;
    struct kwh_line_settings heard_at; /* where a meter of this line answered last; baud 0: none */
    bool warned;                       /* that the meters of the line differ in that */
};

/* A meter of either protocol. */
union any_meter {
    struct kwh_meter meter;
    struct kwh_mbus_meter mbus;
};

/* Opens the link of a TARGET. To be closed, also on failure. */
enum exit_code link_open(struct link *link, const struct options *options, const char *target);

/* Whether a target leads through the line of this link, which may be open or have been. */
bool link_is_same_line(const struct link *link, const struct kwh_target *target);

/* Makes a link ready for a TARGET: opens it, or goes on with the line of the target before if that
 * can be. To be closed in the end, also on failure. */
enum exit_code link_turn_to(struct link *link, const struct options *options, const char *target);

/* The time on the line, which of a simulated meter is not that of the clock. */
uint32_t link_now_us(const struct link *link);

/* Finds out which meter answers, or checks that it is the one of -m; tries the factory line
 * settings of the maps on a serial port for which none were given. */
enum exit_code link_identify(struct link *link);

/* Asks the meter at link->address of Modbus, which is known to answer at the present line settings,
 * which it is; says nothing. */
enum kwh_error link_ask_modbus(struct link *link);

/* Whether the line settings of the link are those of a port of ours. */
bool link_is_serial(const struct link *link);

/* The blocks that the meter has, as far as it could be told. */
uint16_t link_profiles(const struct link *link);

/* A meter for reading; on M-Bus perhaps one without a map. */
enum exit_code link_meter(struct link *link, union any_meter *meter);

static inline bool link_is_mbus(const struct link *link)
{
    return kwh_scheme_protocol(link->target.scheme) == KWH_PROTOCOL_MBUS;
}

/* The TARGET says at which settings; only a serial port has some. */
bool link_settings_given(const struct link *link);

/* The factory settings of the maps without repetition, what is likely first. */
#define SETTINGS_MAX 16
size_t link_collect_settings(const struct link *link,
                             struct kwh_line_settings settings[SETTINGS_MAX]);

/* ---- link_mbus.c ---- */

/* Asks the meter for its telegram and chooses the map by it; on success link->map may be NULL. */
enum kwh_error link_ask_mbus(struct link *link, bool once);
/* What is to be said about the choice. */
enum exit_code link_identify_mbus(struct link *link, enum kwh_error error);

/* "INM 12345678, version 1, medium 2" */
#define MBUS_METER_TEXT 64
void print_mbus_meter(const struct kwh_mbus_telegram *header, char text[MBUS_METER_TEXT]);

/* Says on standard error what failed; @p failure counts when it is of this error. */
void link_complain(const struct link *link, enum kwh_error error,
                   const struct kwh_failure *failure);

void link_close(struct link *link);

/* "9600 8E1" */
#define SETTINGS_TEXT 24
void print_settings(const struct kwh_line_settings *settings, char text[SETTINGS_TEXT]);

#endif
