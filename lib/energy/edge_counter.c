/* SPDX-License-Identifier: MIT */
#include <kwh/edge_counter.h>

void kwh_edge_counter_init(struct kwh_edge_counter *counter,
                           const struct kwh_edge_settings *settings, bool active, uint32_t now_us)
{
    counter->pulses = 0;
    counter->rejected = 0;
    counter->last_us = 0;
    counter->interval_us = 0;
    counter->now_us = 0;
    counter->raw_since_us = 0;
    counter->on_since_us = 0;
    counter->stamp_us = now_us;
    counter->settings = *settings;
    counter->raw = active;
    counter->on = active;
    counter->pending = false; /* of a pulse that has begun before, the start is not known */
}

static bool is_too_soon(const struct kwh_edge_counter *counter)
{
    return counter->pulses != 0 &&
           counter->on_since_us - counter->last_us < counter->settings.interval_min_us;
}

static void count(struct kwh_edge_counter *counter)
{
    if (is_too_soon(counter)) {
        counter->rejected++;
        return;
    }
    if (counter->pulses != 0)
        counter->interval_us = counter->on_since_us - counter->last_us;
    counter->last_us = counter->on_since_us;
    counter->pulses++;
}

/* Believes a level that has lasted, and counts a pulse as soon as it is wide enough. */
static void settle(struct kwh_edge_counter *counter)
{
    const struct kwh_edge_settings *settings = &counter->settings;

    if (counter->raw != counter->on &&
        counter->now_us - counter->raw_since_us >= settings->debounce_us) {
        counter->on = counter->raw;
        if (counter->on)
            counter->on_since_us = counter->raw_since_us;
        else
            counter->rejected += counter->pending; /* it was looked at until its end */
        counter->pending = counter->on;
    }
    if (counter->pending && counter->raw &&
        counter->now_us - counter->on_since_us >= settings->width_min_us) {
        counter->pending = false;
        count(counter);
    }
}

bool kwh_edge_counter_input(struct kwh_edge_counter *counter, bool active, uint32_t now_us)
{
    uint64_t before = counter->pulses;

    counter->now_us += (uint32_t)(now_us - counter->stamp_us);
    counter->stamp_us = now_us;
    settle(counter); /* the level so far lasted until now */
    if (active != counter->raw) {
        counter->raw = active;
        counter->raw_since_us = counter->now_us;
        settle(counter);
    }
    return counter->pulses != before;
}

enum kwh_error kwh_edge_counter_interval(const struct kwh_edge_counter *counter,
                                         uint64_t *interval_us)
{
    uint64_t since_us = counter->now_us - counter->last_us;

    *interval_us = 0;
    if (counter->interval_us == 0)
        return KWH_ERROR_UNDETERMINED;
    *interval_us = since_us > counter->interval_us ? since_us : counter->interval_us;
    return KWH_OK;
}
