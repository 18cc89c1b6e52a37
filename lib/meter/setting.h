/* SPDX-License-Identifier: MIT */
/* What the settings of both protocols share: the order of things, and who does them. */
#ifndef KWHI_METER_SETTING_H
#define KWHI_METER_SETTING_H

#include <kwh/setting.h>

#include "../map/write_guard.h"

/* What was seen of the meter at a place. */
enum kwhi_seen {
    KWHI_SEEN_NOTHING, /* it does not answer there */
    KWHI_SEEN_REFUSAL, /* it answers, but does not tell the value */
    KWHI_SEEN_VALUE    /* setting.after */
};

/* What is written, in this order. */
enum kwhi_write {
    KWHI_WRITE_UNLOCK,
    KWHI_WRITE_SETTING,
    KWHI_WRITE_SAVE,
    KWHI_WRITE_RESTART,
    KWHI_WRITES
};

/* setting.seen: the meter has not been looked at. */
#define KWHI_NOT_LOOKED 0xFF

/*
 * What differs between the protocols. Members that make an exchange return false when there is none
 * to be made; those that are NULL are never needed.
 */
struct kwh_setter {
    /* Who is it? Until DONE, or FAILED and setting.why. */
    enum kwh_wish (*identify)(struct kwh_setting *setting);
    void (*identified)(struct kwh_setting *setting, const struct kwh_line *line);
    /* Is somebody at the new address? Any meter answers. */
    bool (*probe)(struct kwh_setting *setting, struct kwh_exchange *exchange);
    /* May settings be written now? */
    bool (*lock)(struct kwh_setting *setting, struct kwh_exchange *exchange);
    bool (*is_open)(const struct kwh_setting *setting, const struct kwh_line *line);
    /* Looks at the meter where it is expected, until DONE: sets seen, after, and why for nothing.
     */
    void (*look_begin)(struct kwh_setting *setting);
    enum kwh_wish (*look)(struct kwh_setting *setting);
    void (*looked)(struct kwh_setting *setting, const struct kwh_line *line);
    /* Whether the meter shows the value anywhere. */
    bool (*shows)(const struct kwh_setting *setting);
    /* Brings meter and line in step before the write; whether it may go wrong. */
    bool (*contact)(struct kwh_setting *setting, struct kwh_exchange *exchange);
    bool (*needs_contact)(const struct kwh_setting *setting);
    /* What is written; four of its bytes may lie in `bytes`. */
    bool (*write)(const struct kwh_setting *setting, enum kwhi_write which, uint8_t bytes[4],
                  struct kwh_exchange *exchange);
};

/*
 * What both begin with. `error` is that of the guard, and setting.risk what it said; the setting
 * has its line, map, address and value.
 */
enum kwh_error kwhi_setting_begin(struct kwh_setting *setting, KWH_CONST struct kwh_setter *setter,
                                  enum kwh_error error);

/* Where the meter is reached after the change: fills in to, moves_link and moves_line. */
void kwhi_setting_move(struct kwh_setting *setting);

static inline bool kwhi_same_line(const struct kwh_line_settings *a,
                                  const struct kwh_line_settings *b)
{
    return a->baud == b->baud && a->data_bits == b->data_bits && a->parity == b->parity &&
           a->stop_bits == b->stop_bits;
}

/* An exchange of this dialogue, with the times of the map. */
void kwhi_setting_times(const struct kwh_setting *setting, struct kwh_exchange *exchange);

#endif
