/* SPDX-License-Identifier: MIT */
/**
 * @file edge_counter.h
 * Counts the pulses at a pin of a microcontroller: debounced, not too short, not too soon.
 *
 * kwh_edge_counter_input() takes the level of the pin and the time. Call it
 *
 * - from a polled loop or a timer tick, at least twice in the shortest ON and OFF time; or
 * - from the interrupt of the pin, on both edges, with the level as it is then; a pulse is then
 *   counted at its end;
 * - either way at least once in 2^32 us, 71 minutes, because the time wraps. A loop that does this
 *   beside the interrupt masks it.
 *
 * One counter belongs to one context at a time: mask the interrupt to read or copy it elsewhere.
 * Nothing here waits, divides or calls out.
 *
 *     void pin_changed(void) { kwh_edge_counter_input(&counter, pin_is_low(), now_us()); }
 */
#ifndef KWH_EDGE_COUNTER_H
#define KWH_EDGE_COUNTER_H

#include <kwh/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What makes a pulse. */
struct kwh_edge_settings {
    /**
     * How long a level must last to be believed, ON and OFF alike; 0: at once. An optocoupler needs
     *  100 to 1000; never more than a quarter of the shortest ON time.
     */
    uint32_t debounce_us;
    /** Least ON time, debounced; below kwh_pulse_widths(). 0: any. */
    uint32_t width_min_us;
    /**
     * Least time from the start of a pulse to that of the next, 0: any. 0.9 times
     * kwh_pulse_period() at the greatest power: what comes sooner is a bounce, or the rate is
     * wrong.
     */
    uint32_t interval_min_us;
};

/** A counter. Members are private where not described. */
struct kwh_edge_counter {
    uint64_t pulses;      /**< counted since the start */
    uint64_t rejected;    /**< too short or too soon */
    uint64_t last_us;     /**< start of the last pulse; of two copies of a counter, pulses and time
                               apart are what kwh_pulse_power() takes */
    uint64_t interval_us; /**< from the start of the pulse before it; 0: there is none */
    uint64_t now_us;      /**< time since the start, at the last call */
    uint64_t raw_since_us, on_since_us;
    uint32_t stamp_us;
    struct kwh_edge_settings settings;
    bool raw;     /* as at the last call */
    bool on;      /* as believed */
    bool pending; /* this ON has not been counted or rejected yet */
};

/** Starts at 0 pulses; @p active is the level now: true while the output of the meter conducts. */
KWH_API void kwh_edge_counter_init(struct kwh_edge_counter *counter,
                                   const struct kwh_edge_settings *settings, bool active,
                                   uint32_t now_us);

/**
 * Takes the level of the pin at @p now_us, a clock that wraps. True when a pulse was counted, at
 * most one a call.
 */
KWH_API bool kwh_edge_counter_input(struct kwh_edge_counter *counter, bool active, uint32_t now_us);

/**
 * The interval for the present power: that between the last two pulses, or the time since the last
 * one once it is longer, so that the power fades instead of standing still.
 * @retval KWH_ERROR_UNDETERMINED before the second pulse; the interval is 0
 */
KWH_API KWH_CHECKED enum kwh_error kwh_edge_counter_interval(const struct kwh_edge_counter *counter,
                                                             uint64_t *interval_us);

#ifdef __cplusplus
}
#endif

#endif
