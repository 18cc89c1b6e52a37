/* SPDX-License-Identifier: MIT */
/* A line of a poll list: one port or connection, and the meter that is being read on it. */
#ifndef KWHI_HOST_POLL_LINE_H
#define KWHI_HOST_POLL_LINE_H

#include "dial.h"

#include <kwh/poll.h>

/* A meter of the list. */
struct kwhi_poll_meter {
    struct kwhi_poll_line *line;
    size_t index;
    struct kwh_target target;
    struct kwh_line_settings settings;
    uint32_t period_ms;
    union {
        struct kwh_meter modbus;
        struct kwh_mbus_meter mbus;
    } of;
    struct kwh_plan plan, probe; /* the probe is one value of the plan */
    struct kwh_plan_entry *entries, probe_entry;
    uint64_t due_ms, begun_ms;
    uint32_t answers;  /* that had come when the readout began */
    uint32_t pause_ms; /* since it does not answer; 0: it does */
    bool answers_us;   /* it has answered last time */
    bool probing;
};

enum kwhi_poll_state {
    KWHI_POLL_CLOSED,
    KWHI_POLL_DIALING,
    KWHI_POLL_IDLE,
    KWHI_POLL_READING
};

struct kwhi_poll_line {
    struct kwh_host host;
    struct kwh_target target; /* of its first meter, as it was given */
    enum kwhi_poll_state state;
    struct kwhi_dial dial;
    struct kwhi_poll_meter *reading;
    uint64_t dial_until_ms;
    uint64_t retry_ms; /* not to be opened before */
    uint32_t pause_ms; /* since it cannot be opened; 0: it could */
    enum kwh_error error;
    struct kwh_step step; /* of the meter that is being read: RECEIVE */
    uint32_t longest_pause_ms;
    bool adopted;   /* we close the descriptor */
    bool came_back; /* it could not be opened before, and now it is */
    bool told;      /* that settings differ */
};

/* What a line wants of the loop; 0 and -1: nothing. */
struct kwhi_poll_wish {
    int descriptor;
    short events;
    uint64_t until_ms;  /* look again by then; UINT64_MAX: never */
    uint32_t within_us; /* or within so long; UINT32_MAX: never */
};

/* Prepares a line for a target; opens nothing. */
enum kwh_error kwhi_poll_line_init(struct kwhi_poll_line *line, const struct kwh_target *target);

/* The first pause of who does not answer. */
#define KWHI_POLL_PAUSE_MS 1000u

/* The pause after this one: 0 is none yet. */
uint32_t kwhi_poll_longer(uint32_t pause_ms, uint32_t first_ms, uint32_t longest_ms);

/* Begins to read a due meter, opening the line if need be. True: *event happened. */
bool kwhi_poll_line_read(struct kwhi_poll_line *line, struct kwhi_poll_meter *meter,
                         uint64_t now_ms, struct kwh_poll_event *event);

/* Opens a closed line, or begins to. KWH_OK: it is open or being opened. */
enum kwh_error kwhi_poll_line_open(struct kwhi_poll_line *line, uint64_t now_ms);

/* Goes on with what is under way, as far as it goes without waiting. True: *event happened. */
bool kwhi_poll_line_go_on(struct kwhi_poll_line *line, uint64_t now_ms,
                          struct kwh_poll_event *event);

/* Something stirs on an idle line: perhaps it is gone. */
void kwhi_poll_line_look(struct kwhi_poll_line *line);

void kwhi_poll_line_wish(const struct kwhi_poll_line *line, struct kwhi_poll_wish *wish);

void kwhi_poll_line_close(struct kwhi_poll_line *line);

#endif
