/* SPDX-License-Identifier: MIT */
/*
 * The load behind a simulated meter: a household on one or three phases, with solar power on L3.
 * Integers only; the same seed gives the same load on every machine.
 */
#ifndef KWHI_SIMULATION_LOAD_H
#define KWHI_SIMULATION_LOAD_H

#include <kwh.h>

#define KWHI_LOAD_TARIFFS 4

/* What a phase has at a moment, in the resolution of a good meter. */
enum kwhi_load_slot {
    KWHI_LOAD_CENTIVOLT,
    KWHI_LOAD_MILLIAMPERE, /* negative while the phase exports */
    KWHI_LOAD_DECIWATT,
    KWHI_LOAD_DECIVAR,
    KWHI_LOAD_DECI_VOLT_AMPERE,
    KWHI_LOAD_CENTIDEGREE,
    KWHI_LOAD_SLOTS
};

struct kwhi_load_moment {
    int64_t phase[3][KWHI_LOAD_SLOTS];
};

/* What is counted of each phase and tariff. */
enum kwhi_load_register {
    KWHI_LOAD_IMPORT,
    KWHI_LOAD_EXPORT,
    KWHI_LOAD_Q1,
    KWHI_LOAD_Q2,
    KWHI_LOAD_Q3,
    KWHI_LOAD_Q4,
    KWHI_LOAD_APPARENT,
    KWHI_LOAD_VECTOR_IMPORT, /* of the sum of the phases, on the first phase */
    KWHI_LOAD_VECTOR_EXPORT,
    KWHI_LOAD_TIME, /* milliseconds, on the first phase */
    KWHI_LOAD_REGISTERS
};

/* Counters, in tenths of a watt times milliseconds: 36000 of them are a milliwatt-hour. */
struct kwhi_load_counters {
    int64_t cell[3][KWHI_LOAD_TARIFFS][KWHI_LOAD_REGISTERS];
};

/* A counting window: a day, a week, a month; since the last reset. */
struct kwhi_load_window {
    uint32_t days;                           /* 0: never ends by itself */
    struct kwhi_load_counters start, before; /* of this window, of the one before */
};

enum {
    KWHI_LOAD_RESET,
    KWHI_LOAD_DAY,
    KWHI_LOAD_WEEK,
    KWHI_LOAD_MONTH,
    KWHI_LOAD_WINDOWS
};

struct kwhi_load {
    uint64_t random;
    uint64_t time_ms;  /* since midnight of the first day; starts at noon */
    int64_t wanted[3]; /* milliamperes that the appliances of a phase draw */
    int64_t millihertz;
    unsigned phases;     /* 1 or 3 */
    unsigned tariff;     /* 1 to 4; 0: tariff 2 at night, else 1 */
    bool signed_current; /* the current tells the direction, because the power factor does not */
    enum kwh_combination combination; /* what total, import and export are made of */
    struct kwhi_load_moment now, demand_sum, demand_max;
    struct kwhi_load_counters counters;
    struct kwhi_load_window windows[KWHI_LOAD_WINDOWS];
};

void kwhi_load_init(struct kwhi_load *load, unsigned phases, uint32_t seed);
void kwhi_load_advance(struct kwhi_load *load, uint32_t elapsed_ms);

/* Clears the resettable counters. */
void kwhi_load_reset(struct kwhi_load *load);

/* The tariff that counts now, 1 to 4. */
unsigned kwhi_load_tariff(const struct kwhi_load *load);

/* The quadrant, 1 to 4, of a phase 1 to 3; 0: of the sum. */
unsigned kwhi_load_quadrant(const struct kwhi_load *load, unsigned phase);

/* The value of a measurement in its base unit; KWH_ERROR_NOT_IN_MAP for what it does not know. */
enum kwh_error kwhi_load_value(const struct kwhi_load *load, uint32_t quantity,
                               struct kwh_decimal *value);

#endif
