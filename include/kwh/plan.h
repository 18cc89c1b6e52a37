/* SPDX-License-Identifier: MIT */
/**
 * @file plan.h
 * Plans: the requests that read a set of quantities of a map in the least bus time.
 *
 * The cost of a request is (13 + 2 n) characters + turnaround + quiet time, for n registers. Over
 * values in the order of their addresses, dynamic programming gives the exact minimum under the
 * request limit, the group edges, the alignment and the forbidden registers of the map; other holes
 * are read through where that is cheaper. Of equally cheap plans the one with fewer registers.
 * Pure functions on caller's memory; any thread.
 */
#ifndef KWH_PLAN_H
#define KWH_PLAN_H

#include <kwh/map.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kwh_line;

/** What the bus costs. */
struct kwh_bus_cost {
    uint32_t character_ns;  /**< one character; 0 on TCP */
    uint32_t turnaround_us; /**< from the end of a request to the start of its answer */
    uint32_t quiet_us;      /**< silence before a request */
    uint16_t limit;         /**< registers in a request, 1 to 125; 0 = what the map calls safe; a
                                 value that is wider is asked for alone and whole */
};

/** The cost model of a serial line: 3.5 characters of silence, 1.75 ms above 19200 Bd. */
KWH_API struct kwh_bus_cost kwh_bus_cost_serial(const struct kwh_line_settings *settings,
                                                uint32_t turnaround_us);

/** That of a meter of @p map on @p line, as the line is set now. */
KWH_API struct kwh_bus_cost kwh_bus_cost_line(const struct kwh_line *line,
                                              KWH_CONST struct kwh_map *map);

/** One value of a plan. Private. */
struct kwh_plan_entry {
    KWH_CONST struct kwh_row *row;
    uint32_t registers;
    uint16_t requests, from;
    uint8_t flags;
    bool told; /* M-Bus: in this readout */
};

/**
 * A plan in the caller's memory. Private members; the plan may be used again and again, and
 *  remembers what the meter refused.
 */
struct kwh_plan {
    KWH_CONST struct kwh_map *map;
    struct kwh_plan_entry *entries;
    uint16_t capacity, count;
    uint16_t profiles;
    struct kwh_bus_cost cost;
};

/** One request of a plan. */
struct kwh_plan_request {
    uint8_t function; /**< 3 or 4 */
    uint16_t address, count;
    uint16_t first, values; /**< entries of the plan that it answers */
};

/** An empty plan over @p capacity entries at @p entries, one a value to be read. */
KWH_API void kwh_plan_init(struct kwh_plan *plan, KWH_CONST struct kwh_map *map, uint16_t profiles,
                           struct kwh_plan_entry *entries, size_t capacity);

/**
 * Adds a quantity; adding it twice is the same as once. KWH_ERROR_NOT_IN_MAP, KWH_ERROR_CAPACITY.
 */
KWH_API KWH_CHECKED enum kwh_error kwh_plan_add(struct kwh_plan *plan, uint32_t quantity);

/** Adds all that a readout without names reads (kwh_row_is_readout()). KWH_ERROR_CAPACITY. */
KWH_API KWH_CHECKED enum kwh_error kwh_plan_add_readout(struct kwh_plan *plan);

/** Adds a row of the map, whatever its rank; also hidden ones. KWH_ERROR_CAPACITY. */
KWH_API KWH_CHECKED enum kwh_error kwh_plan_add_row(struct kwh_plan *plan,
                                                    KWH_CONST struct kwh_row *row);

/**
 * Decides the requests; to be called after the last addition. The pause that the map wants before a
 * request counts on top of a shorter one of @p cost. @p cost NULL: 9600 8E1 and the map's
 * turnaround.
 */
KWH_API void kwh_plan_make(struct kwh_plan *plan, const struct kwh_bus_cost *cost);

/**
 * The request at entry @p first or the next one behind it: 0 for the first, then request.first +
 * request.values. Entries that the meter refused before are passed over, kwh_plan_is_refused().
 * @return false behind the last one
 */
KWH_API bool kwh_plan_request(const struct kwh_plan *plan, uint16_t first,
                              struct kwh_plan_request *request);

/** Bus time of one request of @p registers, in nanoseconds. */
KWH_API uint64_t kwh_plan_request_ns(const struct kwh_bus_cost *cost, uint16_t registers);

/** Bus time of the whole plan, in nanoseconds; and, when not NULL, its bytes (RTU). */
KWH_API uint64_t kwh_plan_total_ns(const struct kwh_plan *plan, uint32_t *bytes);

/**
 * Tells the plan that the request at entry @p first was refused or went unanswered: it is split in
 * two, at its widest hole if it has one, and remembered; one of a single value is marked as refused
 * instead. Later plans keep to that.
 * @return true when it was split, so that asking again makes sense
 */
KWH_API bool kwh_plan_refused(struct kwh_plan *plan, uint16_t first);

/** The row of an entry. */
static inline KWH_CONST struct kwh_row *kwh_plan_row(const struct kwh_plan *plan, uint16_t entry)
{
    return plan->entries[entry].row;
}

/** True when the meter refused this single value before. */
KWH_API bool kwh_plan_is_refused(const struct kwh_plan *plan, uint16_t entry);

#ifdef __cplusplus
}
#endif

#endif
