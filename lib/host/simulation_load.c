/* SPDX-License-Identifier: MIT */
#include "simulation_load.h"

#include <string.h>

#define DAY_MS     UINT64_C(86400000)
#define HOUR_MS    UINT64_C(3600000)
#define SECOND_MS  1000u
#define MILLI_WH   36000 /* of a counter */
#define DEMAND_S   900   /* seconds over which demand is averaged */
#define FIRST_HOUR 12u

/* splitmix64 (Steele, Lea, Flood 2014): any seed is good. */
static uint64_t next_random(struct kwhi_load *load)
{
    load->random += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = load->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* A number from 0 to limit - 1. */
static int64_t below(struct kwhi_load *load, unsigned limit)
{
    return (int64_t)(next_random(load) % limit);
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

static int64_t magnitude(int64_t value)
{
    return value < 0 ? -value : value;
}

/* Floor of the square root of a number that is not negative. */
static int64_t square_root(int64_t value)
{
    int64_t root = 0;
    for (int64_t bit = INT64_C(1) << 31; bit != 0; bit >>= 1) {
        int64_t tried = root | bit;
        if (tried <= value / tried)
            root = tried;
    }
    return root;
}

/* value * factor / divisor, to the nearest, for a positive divisor. */
static int64_t proportion(int64_t value, int64_t factor, int64_t divisor)
{
    int64_t product = value * factor;
    return (product + (product < 0 ? -divisor / 2 : divisor / 2)) / divisor;
}

unsigned kwhi_load_tariff(const struct kwhi_load *load)
{
    if (load->tariff != 0)
        return load->tariff;
    uint64_t hour = load->time_ms % DAY_MS / HOUR_MS;
    return hour >= 7 && hour < 22 ? 1 : 2;
}

/* ------------------------------------------------------------------------------------------------
 * What happens in a second
 */

/* What the roof gives, in milliamperes: a parabola from six to twenty o'clock. */
static int64_t solar(const struct kwhi_load *load)
{
    int64_t minute = (int64_t)(load->time_ms % DAY_MS / 60000);
    int64_t from_noon = minute - 13 * 60;
    int64_t half_day = 7 * 60;
    int64_t left = half_day * half_day - from_noon * from_noon;
    return left <= 0 ? 0 : 9500 * left / (half_day * half_day);
}

/* Appliances go on and off: about twice a minute on each phase. */
static void switch_appliances(struct kwhi_load *load, unsigned phase)
{
    if (below(load, 32) != 0)
        return;
    int64_t heavy = below(load, 4) == 0 ? 4000 + below(load, 6000) : 0;
    load->wanted[phase] = 300 + below(load, 1700) + heavy;
}

static void derive_powers(int64_t *slot)
{
    int64_t volts = slot[KWHI_LOAD_CENTIVOLT], amperes = slot[KWHI_LOAD_MILLIAMPERE];
    int64_t angle = slot[KWHI_LOAD_CENTIDEGREE];
    int64_t apparent = proportion(volts, magnitude(amperes), 10000);
    /* Bhaskara: cos x = (180^2 - 4 x^2) / (180^2 + x^2), x in degrees, right to 0.2 %. */
    int64_t square = angle * angle;
    int64_t active = proportion(apparent, INT64_C(324000000) - 4 * square,
                                INT64_C(324000000) + square);
    int64_t reactive = square_root(apparent * apparent - active * active);
    slot[KWHI_LOAD_DECI_VOLT_AMPERE] = apparent;
    slot[KWHI_LOAD_DECIWATT] = amperes < 0 ? -active : active;
    slot[KWHI_LOAD_DECIVAR] = angle < 0 ? -reactive : reactive;
}

static void move_phase(struct kwhi_load *load, unsigned phase)
{
    int64_t *slot = load->now.phase[phase];
    switch_appliances(load, phase);
    int64_t target = load->wanted[phase] - (phase == 2 ? solar(load) : 0);
    int64_t amperes = slot[KWHI_LOAD_MILLIAMPERE];
    amperes += (target - amperes) / 4 + below(load, 21) - 10;
    slot[KWHI_LOAD_MILLIAMPERE] = amperes;
    slot[KWHI_LOAD_CENTIVOLT] = clamp(slot[KWHI_LOAD_CENTIVOLT] + below(load, 11) - 5, 22700,
                                      23600);
    /* Motors on L1 and L3, electronics on L2. */
    int64_t middle = phase == 1 ? -900 : 1400;
    slot[KWHI_LOAD_CENTIDEGREE] = clamp(slot[KWHI_LOAD_CENTIDEGREE] + below(load, 41) - 20,
                                        middle - 400, middle + 400);
    derive_powers(slot);
}

static void average_demand(struct kwhi_load *load)
{
    for (unsigned phase = 0; phase < load->phases; phase++) {
        for (unsigned slot = 0; slot < KWHI_LOAD_SLOTS; slot++) {
            int64_t *sum = &load->demand_sum.phase[phase][slot];
            int64_t *max = &load->demand_max.phase[phase][slot];
            *sum += load->now.phase[phase][slot] - *sum / DEMAND_S;
            if (*sum / DEMAND_S > *max)
                *max = *sum / DEMAND_S;
        }
    }
}

static void next_second(struct kwhi_load *load)
{
    for (unsigned phase = 0; phase < load->phases; phase++)
        move_phase(load, phase);
    load->millihertz = clamp(load->millihertz + 10 * (below(load, 3) - 1), 49950, 50050);
    average_demand(load);
}

/* ------------------------------------------------------------------------------------------------
 * Counting
 */

static unsigned quadrant(int64_t active, int64_t reactive)
{
    if (reactive >= 0)
        return active >= 0 ? 1 : 2;
    return active >= 0 ? 4 : 3;
}

unsigned kwhi_load_quadrant(const struct kwhi_load *load, unsigned phase)
{
    int64_t active = 0, reactive = 0;
    for (unsigned i = 0; i < 3; i++) {
        if (phase == 0 || phase == i + 1) {
            active += load->now.phase[i][KWHI_LOAD_DECIWATT];
            reactive += load->now.phase[i][KWHI_LOAD_DECIVAR];
        }
    }
    return quadrant(active, reactive);
}

static void count(struct kwhi_load *load, int64_t elapsed_ms)
{
    unsigned tariff = kwhi_load_tariff(load) - 1;
    int64_t *first = load->counters.cell[0][tariff];
    int64_t sum = 0;
    for (unsigned phase = 0; phase < load->phases; phase++) {
        const int64_t *slot = load->now.phase[phase];
        int64_t *cell = load->counters.cell[phase][tariff];
        int64_t active = slot[KWHI_LOAD_DECIWATT], reactive = slot[KWHI_LOAD_DECIVAR];
        cell[active < 0 ? KWHI_LOAD_EXPORT : KWHI_LOAD_IMPORT] += magnitude(active) * elapsed_ms;
        cell[KWHI_LOAD_Q1 + quadrant(active, reactive) - 1] += magnitude(reactive) * elapsed_ms;
        cell[KWHI_LOAD_APPARENT] += slot[KWHI_LOAD_DECI_VOLT_AMPERE] * elapsed_ms;
        sum += active;
    }
    first[sum < 0 ? KWHI_LOAD_VECTOR_EXPORT : KWHI_LOAD_VECTOR_IMPORT] += magnitude(sum) *
                                                                          elapsed_ms;
    first[KWHI_LOAD_TIME] += elapsed_ms;
}

static void begin_window(struct kwhi_load *load, struct kwhi_load_window *window)
{
    window->before = window->start;
    window->start = load->counters;
}

static void close_windows(struct kwhi_load *load)
{
    uint64_t day = load->time_ms / DAY_MS;
    for (unsigned i = 0; i < KWHI_LOAD_WINDOWS; i++) {
        struct kwhi_load_window *window = &load->windows[i];
        if (window->days != 0 && day % window->days == 0)
            begin_window(load, window);
    }
}

void kwhi_load_reset(struct kwhi_load *load)
{
    begin_window(load, &load->windows[KWHI_LOAD_RESET]);
}

void kwhi_load_advance(struct kwhi_load *load, uint32_t elapsed_ms)
{
    while (elapsed_ms > 0) {
        uint32_t step = SECOND_MS - (uint32_t)(load->time_ms % SECOND_MS);
        if (step > elapsed_ms)
            step = elapsed_ms;
        count(load, step);
        load->time_ms += step;
        elapsed_ms -= step;
        if (load->time_ms % SECOND_MS == 0)
            next_second(load);
        if (load->time_ms % DAY_MS == 0)
            close_windows(load);
    }
}

/* ------------------------------------------------------------------------------------------------
 * A meter that has been in service for some years
 */

/* Most of what one phase delivered, others drew at the same time. */
static void count_past_vector(struct kwhi_load *load)
{
    for (unsigned tariff = 0; tariff < KWHI_LOAD_TARIFFS; tariff++) {
        int64_t import = 0, export = 0;
        for (unsigned phase = 0; phase < load->phases; phase++) {
            import += load->counters.cell[phase][tariff][KWHI_LOAD_IMPORT];
            export += load->counters.cell[phase][tariff][KWHI_LOAD_EXPORT];
        }
        int64_t used = export / MILLI_WH / 10 * 6 * MILLI_WH;
        load->counters.cell[0][tariff][KWHI_LOAD_VECTOR_IMPORT] = import - used;
        load->counters.cell[0][tariff][KWHI_LOAD_VECTOR_EXPORT] = export - used;
    }
}

static void count_the_past(struct kwhi_load *load)
{
    static const int32_t kilowatt_hours[3][KWHI_LOAD_REGISTERS] = {
        {4691, 0, 1172, 0, 0, 0, 4835},
        {5750, 0, 0, 0, 0, 913, 5822},
        {2620, 6257, 655, 1564, 0, 0, 9151},
    };
    for (unsigned phase = 0; phase < load->phases; phase++) {
        for (unsigned i = 0; i <= KWHI_LOAD_APPARENT; i++) {
            int64_t milli = (int64_t)kilowatt_hours[phase][i] * 1000000 + below(load, 1000) * 1000;
            if (kilowatt_hours[phase][i] == 0)
                continue;
            load->counters.cell[phase][0][i] = milli / 10 * 7 * MILLI_WH;
            load->counters.cell[phase][1][i] = milli / 10 * 3 * MILLI_WH;
        }
    }
    count_past_vector(load);
    load->counters.cell[0][0][KWHI_LOAD_TIME] = INT64_C(700) * 15 * (int64_t)HOUR_MS;
    load->counters.cell[0][1][KWHI_LOAD_TIME] = INT64_C(700) * 9 * (int64_t)HOUR_MS;
}

/* As if a window had begun when the counters stood @p share thousandths lower. */
static void backdate(struct kwhi_load_counters *then, const struct kwhi_load_counters *now,
                     int64_t share)
{
    for (unsigned phase = 0; phase < 3; phase++)
        for (unsigned tariff = 0; tariff < KWHI_LOAD_TARIFFS; tariff++)
            for (unsigned i = 0; i < KWHI_LOAD_REGISTERS; i++) {
                int64_t milli = now->cell[phase][tariff][i] / MILLI_WH;
                then->cell[phase][tariff][i] = (milli - milli * share / 1000) * MILLI_WH;
            }
}

static void open_windows(struct kwhi_load *load)
{
    static const struct {
        uint32_t days;
        int64_t share, share_before;
    } windows[KWHI_LOAD_WINDOWS] = {{0, 100, 0}, {1, 1, 3}, {7, 5, 15}, {30, 20, 60}};
    for (unsigned i = 0; i < KWHI_LOAD_WINDOWS; i++) {
        struct kwhi_load_window *window = &load->windows[i];
        window->days = windows[i].days;
        backdate(&window->start, &load->counters, windows[i].share);
        backdate(&window->before, &load->counters, windows[i].share_before);
    }
}

void kwhi_load_init(struct kwhi_load *load, unsigned phases, uint32_t seed)
{
    memset(load, 0, sizeof *load);
    load->random = seed;
    load->phases = phases;
    load->time_ms = FIRST_HOUR * HOUR_MS;
    load->combination = KWH_COMBINATION_FORWARD;
    load->millihertz = 50000;
    for (unsigned phase = 0; phase < phases; phase++) {
        int64_t *slot = load->now.phase[phase];
        load->wanted[phase] = 1500 + below(load, 4000);
        slot[KWHI_LOAD_MILLIAMPERE] = load->wanted[phase];
        slot[KWHI_LOAD_CENTIVOLT] = 22900 + below(load, 300);
        for (unsigned i = 0; i < KWHI_LOAD_SLOTS; i++)
            load->demand_sum.phase[phase][i] = 0;
    }
    count_the_past(load);
    open_windows(load);
    /* Let the solar power settle, then begin the demand where the load is. */
    for (unsigned i = 0; i < 30; i++)
        next_second(load);
    for (unsigned phase = 0; phase < phases; phase++)
        for (unsigned i = 0; i < KWHI_LOAD_SLOTS; i++) {
            load->demand_sum.phase[phase][i] = load->now.phase[phase][i] * DEMAND_S;
            load->demand_max.phase[phase][i] = load->now.phase[phase][i];
        }
}

/* ------------------------------------------------------------------------------------------------
 * Quantities
 */

static unsigned phase_of(uint32_t quantity)
{
    unsigned phase = KWH_QUANTITY_PHASE(quantity);
    return phase <= KWH_PHASE_L3 ? phase : 0;
}

/* The sum of a slot over the phases that @p phase, 0 for all, means. */
static int64_t slot_sum(const struct kwhi_load_moment *moment, unsigned phase, unsigned slot)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < 3; i++)
        if (phase == 0 || phase == i + 1)
            sum += moment->phase[i][slot];
    return sum;
}

static int64_t voltage(const struct kwhi_load *load, const struct kwhi_load_moment *moment,
                       uint32_t quantity)
{
    int64_t phases = load->phases;
    int64_t between[3];
    for (unsigned i = 0; i < 3; i++) {
        int64_t a = moment->phase[i][KWHI_LOAD_CENTIVOLT];
        int64_t b = moment->phase[(i + 1) % 3][KWHI_LOAD_CENTIVOLT];
        between[i] = square_root(a * a + b * b + a * b);
    }
    switch (KWH_QUANTITY_PHASE(quantity)) {
    case KWH_PHASE_NONE: /* three-phase meters have none and show 0 */
        return phases == 1 ? moment->phase[0][KWHI_LOAD_CENTIVOLT] : 0;
    case KWH_PHASE_L1_L2:
        return between[0];
    case KWH_PHASE_L2_L3:
        return between[1];
    case KWH_PHASE_L3_L1:
        return between[2];
    case KWH_PHASE_MEAN_LL:
        return proportion(between[0] + between[1] + between[2], 1, 3);
    case KWH_PHASE_MEAN:
        return proportion(slot_sum(moment, 0, KWHI_LOAD_CENTIVOLT), 1, phases);
    default:
        return slot_sum(moment, phase_of(quantity), KWHI_LOAD_CENTIVOLT);
    }
}

/* Of phase currents 120 degrees apart. */
static int64_t neutral_current(const struct kwhi_load *load, const struct kwhi_load_moment *moment)
{
    int64_t a = moment->phase[0][KWHI_LOAD_MILLIAMPERE];
    int64_t b = moment->phase[1][KWHI_LOAD_MILLIAMPERE];
    int64_t c = moment->phase[2][KWHI_LOAD_MILLIAMPERE];
    if (load->phases == 1)
        return magnitude(a);
    return square_root(a * a + b * b + c * c - a * b - b * c - c * a);
}

static int64_t current(const struct kwhi_load *load, const struct kwhi_load_moment *moment,
                       uint32_t quantity)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < 3; i++)
        sum += magnitude(moment->phase[i][KWHI_LOAD_MILLIAMPERE]);
    int64_t mean = proportion(sum, 1, load->phases);
    int64_t one = slot_sum(moment, phase_of(quantity), KWHI_LOAD_MILLIAMPERE);
    switch (KWH_QUANTITY_PHASE(quantity)) {
    case KWH_PHASE_NONE: /* three-phase meters have none and show 0, but as demand */
        return load->phases == 1 || moment != &load->now ? mean : 0;
    case KWH_PHASE_SUM:
        return sum;
    case KWH_PHASE_MEAN:
        return mean;
    case KWH_PHASE_N:
        return neutral_current(load, moment);
    default:
        return load->signed_current ? one : magnitude(one);
    }
}

static int64_t directed(int64_t power, unsigned direction)
{
    switch (direction) {
    case KWH_DIRECTION_IMPORT:
        return power > 0 ? power : 0;
    case KWH_DIRECTION_EXPORT:
        return power < 0 ? -power : 0;
    case KWH_DIRECTION_GROSS:
        return magnitude(power);
    default:
        return power;
    }
}

/* Thousandths. Of the sum it is P / sqrt(P^2 + Q^2), not P / S: the arithmetic sum is larger. */
static int64_t power_factor(const struct kwhi_load_moment *moment, uint32_t quantity)
{
    int64_t active = slot_sum(moment, phase_of(quantity), KWHI_LOAD_DECIWATT);
    int64_t reactive = slot_sum(moment, phase_of(quantity), KWHI_LOAD_DECIVAR);
    int64_t apparent = square_root(active * active + reactive * reactive);
    int64_t factor = apparent == 0 ? 1000 : proportion(magnitude(active), 1000, apparent);
    bool negative = active < 0;
    if (KWH_QUANTITY_NATURE(quantity) == KWH_NATURE_MAGNITUDE)
        negative = false;
    if (KWH_QUANTITY_NATURE(quantity) == KWH_NATURE_LEAD_LAG)
        negative = (active < 0) != (reactive < 0);
    return negative ? -factor : factor;
}

/* Milliwatt-hours of some registers: whole ones of each cell, so that totals are the sums of
 * their parts to the last digit. @p tariff 0: all. */
static int64_t energy(const struct kwhi_load_counters *counters, unsigned phase, unsigned tariff,
                      const int8_t *weights)
{
    int64_t sum = 0;
    for (unsigned p = 0; p < 3; p++)
        for (unsigned t = 0; t < KWHI_LOAD_TARIFFS; t++)
            for (unsigned i = 0; i < KWHI_LOAD_TIME; i++)
                if ((phase == 0 || phase == p + 1) && (tariff == 0 || tariff == t + 1))
                    sum += weights[i] * (counters->cell[p][t][i] / MILLI_WH);
    return sum;
}

/* How import and export, Q+ and Q-, make up a direction. */
static void direction_weights(unsigned direction, int8_t weights[2])
{
    static const int8_t table[][2] = {
        [KWH_DIRECTION_NONE] = {1, 1},   [KWH_DIRECTION_IMPORT] = {1, 0},
        [KWH_DIRECTION_EXPORT] = {0, 1}, [KWH_DIRECTION_NET] = {1, -1},
        [KWH_DIRECTION_GROSS] = {1, 1},
    };
    weights[0] = direction < KWH_COUNT(table) ? table[direction][0] : 0;
    weights[1] = direction < KWH_COUNT(table) ? table[direction][1] : 0;
}

static void energy_weights(uint32_t quantity, unsigned way, int8_t weights[KWHI_LOAD_REGISTERS])
{
    unsigned nature = KWH_QUANTITY_NATURE(quantity);
    int8_t direction[2];
    direction_weights(way, direction);
    memset(weights, 0, KWHI_LOAD_REGISTERS);
    if (KWH_QUANTITY_KIND(quantity) == KWH_KIND_APPARENT_ENERGY) {
        weights[KWHI_LOAD_APPARENT] = 1;
    } else if (KWH_QUANTITY_KIND(quantity) == KWH_KIND_ACTIVE_ENERGY) {
        weights[KWHI_LOAD_IMPORT] = direction[0];
        weights[KWHI_LOAD_EXPORT] = direction[1];
    } else if (nature >= KWH_NATURE_Q1 && nature <= KWH_NATURE_Q4) {
        weights[KWHI_LOAD_Q1 + nature - KWH_NATURE_Q1] = 1;
    } else {
        weights[KWHI_LOAD_Q1] = weights[KWHI_LOAD_Q2] = direction[0];
        weights[KWHI_LOAD_Q3] = weights[KWHI_LOAD_Q4] = direction[1];
        if (nature == KWH_NATURE_INDUCTIVE)
            weights[KWHI_LOAD_Q2] = weights[KWHI_LOAD_Q4] = 0;
        if (nature == KWH_NATURE_CAPACITIVE)
            weights[KWHI_LOAD_Q1] = weights[KWHI_LOAD_Q3] = 0;
    }
}

/* What was counted up to the one, from the other on, if there is one. */
struct span {
    const struct kwhi_load_counters *end, *start;
};

static int64_t energy_over(const struct span *span, uint32_t quantity, const int8_t *weights)
{
    unsigned phase = phase_of(quantity), tariff = KWH_QUANTITY_TARIFF(quantity);
    return energy(span->end, phase, tariff, weights) -
           (span->start != NULL ? energy(span->start, phase, tariff, weights) : 0);
}

/* The total, and of the sum of the phases also the active energy of one direction. */
static bool follows_combination(uint32_t quantity)
{
    unsigned direction = KWH_QUANTITY_DIRECTION(quantity);
    if (direction == KWH_DIRECTION_COMBINED)
        return true;
    return KWH_QUANTITY_KIND(quantity) == KWH_KIND_ACTIVE_ENERGY && phase_of(quantity) == 0 &&
           (direction == KWH_DIRECTION_IMPORT || direction == KWH_DIRECTION_EXPORT);
}

/* Import and export of the phases; of active energy also of their sum at each moment. */
static struct kwh_flows flows_over(const struct span *span, uint32_t quantity)
{
    struct kwh_flows flows = {.vector_known = KWH_QUANTITY_KIND(quantity) ==
                                              KWH_KIND_ACTIVE_ENERGY};
    int8_t weights[KWHI_LOAD_REGISTERS];
    energy_weights(quantity, KWH_DIRECTION_IMPORT, weights);
    flows.phases.forward = kwh_decimal(energy_over(span, quantity, weights), 0);
    energy_weights(quantity, KWH_DIRECTION_EXPORT, weights);
    flows.phases.reverse = kwh_decimal(energy_over(span, quantity, weights), 0);
    flows.vector = flows.phases;
    if (!flows.vector_known || phase_of(quantity) != 0)
        return flows;
    memset(weights, 0, sizeof weights);
    weights[KWHI_LOAD_VECTOR_IMPORT] = 1;
    flows.vector.forward = kwh_decimal(energy_over(span, quantity, weights), 0);
    weights[KWHI_LOAD_VECTOR_IMPORT] = 0;
    weights[KWHI_LOAD_VECTOR_EXPORT] = 1;
    flows.vector.reverse = kwh_decimal(energy_over(span, quantity, weights), 0);
    return flows;
}

static int64_t combined(enum kwh_combination combination, const struct span *span,
                        uint32_t quantity)
{
    static const enum kwh_combined columns[] = {
        [KWH_DIRECTION_IMPORT] = KWH_COMBINED_FORWARD,
        [KWH_DIRECTION_EXPORT] = KWH_COMBINED_REVERSE,
        [KWH_DIRECTION_COMBINED] = KWH_COMBINED_TOTAL,
    };
    enum kwh_combined which = columns[KWH_QUANTITY_DIRECTION(quantity)];
    struct kwh_flows flows = flows_over(span, quantity);
    struct kwh_decimal value;
    int64_t sum = 0;
    if (kwh_combine(combination, which, &flows, &value) != KWH_OK ||
        kwh_decimal_to_int64(value, 0, KWH_ROUND_HALF_EVEN, &sum) != KWH_OK)
        return 0;
    return which == KWH_COMBINED_REVERSE ? magnitude(sum) : sum; /* registers have no minus */
}

static int64_t counted(const struct kwhi_load *load, uint32_t quantity)
{
    static const uint8_t window_of[] = {
        [KWH_PROCESS_DAY] = KWHI_LOAD_DAY,     [KWH_PROCESS_PREVIOUS_DAY] = KWHI_LOAD_DAY,
        [KWH_PROCESS_WEEK] = KWHI_LOAD_WEEK,   [KWH_PROCESS_PREVIOUS_WEEK] = KWHI_LOAD_WEEK,
        [KWH_PROCESS_MONTH] = KWHI_LOAD_MONTH, [KWH_PROCESS_PREVIOUS_MONTH] = KWHI_LOAD_MONTH,
    };
    unsigned process = KWH_QUANTITY_PROCESS(quantity);
    int8_t weights[KWHI_LOAD_REGISTERS];
    if (process == KWH_PROCESS_ROLLOVERS || KWH_QUANTITY_HISTORY(quantity) > 1)
        return 0; /* never full, and only the first ratio was ever set */

    struct span span = {&load->counters, NULL};
    unsigned window = process < KWH_COUNT(window_of) ? window_of[process] : 0;
    if (window != 0) {
        bool previous = process == KWH_PROCESS_PREVIOUS_DAY ||
                        process == KWH_PROCESS_PREVIOUS_WEEK ||
                        process == KWH_PROCESS_PREVIOUS_MONTH;
        span.end = previous ? &load->windows[window].start : span.end;
        span.start = previous ? &load->windows[window].before : &load->windows[window].start;
    } else if ((quantity & 2u) != 0) {
        span.start = &load->windows[KWHI_LOAD_RESET].start;
    }
    if (follows_combination(quantity))
        return combined(load->combination, &span, quantity);
    energy_weights(quantity, KWH_QUANTITY_DIRECTION(quantity), weights);
    return energy_over(&span, quantity, weights);
}

static int64_t operating_seconds(const struct kwhi_load *load, unsigned tariff)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < KWHI_LOAD_TARIFFS; i++)
        if (tariff == 0 || tariff == i + 1)
            sum += load->counters.cell[0][i][KWHI_LOAD_TIME];
    return sum / 1000;
}

/* The moment that a process looks at; @p mean is room for one that has to be made. */
static const struct kwhi_load_moment *moment_of(const struct kwhi_load *load, unsigned process,
                                                struct kwhi_load_moment *mean)
{
    if (process == KWH_PROCESS_MAX_DEMAND || process == KWH_PROCESS_MAX)
        return &load->demand_max;
    if (process != KWH_PROCESS_DEMAND)
        return &load->now;
    *mean = load->now;
    for (unsigned p = 0; p < 3; p++)
        for (unsigned i = 0; i < KWHI_LOAD_SLOTS; i++)
            mean->phase[p][i] = load->demand_sum.phase[p][i] / DEMAND_S;
    return mean;
}

/* What follows from one moment; false for other kinds. */
static bool momentary(const struct kwhi_load *load, const struct kwhi_load_moment *at,
                      uint32_t quantity, struct kwh_decimal *value)
{
    unsigned phase = phase_of(quantity), direction = KWH_QUANTITY_DIRECTION(quantity);

    switch (KWH_QUANTITY_KIND(quantity)) {
    case KWH_KIND_VOLTAGE:
        *value = kwh_decimal(voltage(load, at, quantity), -2);
        return true;
    case KWH_KIND_CURRENT:
        *value = kwh_decimal(current(load, at, quantity), -3);
        return true;
    case KWH_KIND_ACTIVE_POWER:
        *value = kwh_decimal(directed(slot_sum(at, phase, KWHI_LOAD_DECIWATT), direction), -1);
        return true;
    case KWH_KIND_REACTIVE_POWER:
        *value = kwh_decimal(directed(slot_sum(at, phase, KWHI_LOAD_DECIVAR), direction), -1);
        return true;
    case KWH_KIND_APPARENT_POWER:
        *value = kwh_decimal(slot_sum(at, phase, KWHI_LOAD_DECI_VOLT_AMPERE), -1);
        return true;
    case KWH_KIND_POWER_FACTOR:
        *value = kwh_decimal(power_factor(at, quantity), -3);
        return true;
    case KWH_KIND_PHASE_ANGLE:
        *value = kwh_decimal(proportion(slot_sum(at, phase, KWHI_LOAD_CENTIDEGREE), 1,
                                        phase == 0 ? load->phases : 1),
                             -2);
        return true;
    default:
        return false;
    }
}

/* What was counted since, or hardly changes. */
static enum kwh_error lasting(const struct kwhi_load *load, uint32_t quantity,
                              struct kwh_decimal *value)
{
    switch (KWH_QUANTITY_KIND(quantity)) {
    case KWH_KIND_FREQUENCY:
        *value = kwh_decimal(load->millihertz / 10, -2);
        return KWH_OK;
    case KWH_KIND_ACTIVE_ENERGY:
    case KWH_KIND_REACTIVE_ENERGY:
    case KWH_KIND_APPARENT_ENERGY:
        *value = kwh_decimal(counted(load, quantity), -3);
        return KWH_OK;
    case KWH_KIND_CHARGE: /* at 230 V */
        *value = kwh_decimal(counted(load, KWH_APPARENT_ENERGY) / 230, -3);
        return KWH_OK;
    case KWH_KIND_THD_VOLTAGE:
        *value = kwh_decimal(21, -1);
        return KWH_OK;
    case KWH_KIND_THD_CURRENT:
        *value = kwh_decimal(74, -1);
        return KWH_OK;
    case KWH_KIND_OPERATING_TIME:
        *value = kwh_decimal(operating_seconds(load, KWH_QUANTITY_TARIFF(quantity)), 0);
        return KWH_OK;
    case KWH_KIND_TEMPERATURE:
        *value = kwh_decimal(25, 0);
        return KWH_OK;
    default:
        return KWH_ERROR_NOT_IN_MAP;
    }
}

enum kwh_error kwhi_load_value(const struct kwhi_load *load, uint32_t quantity,
                               struct kwh_decimal *value)
{
    struct kwhi_load_moment mean;
    const struct kwhi_load_moment *at = moment_of(load, KWH_QUANTITY_PROCESS(quantity), &mean);

    *value = kwh_decimal(0, 0);
    return momentary(load, at, quantity, value) ? KWH_OK : lasting(load, quantity, value);
}
