/* SPDX-License-Identifier: MIT */
#include <kwh/counter.h>

#include "ratio.h"

#define MWH (-3) /* exponent of Wh */
/* 3600 ms of 1 W are 1 mWh; of 1.2 W, what may flow, less do. */
#define LIMIT_MS 3000u

static bool at_most(struct kwh_decimal a, struct kwh_decimal b)
{
    return kwh_decimal_compare(a, b) <= 0;
}

/* -limit <= value <= limit */
static bool is_within(struct kwh_decimal value, struct kwh_decimal limit)
{
    return limit.mantissa >= 0 && at_most(value, limit) &&
           at_most(kwh_decimal(-limit.mantissa, limit.exponent), value);
}

static bool is_valid(const struct kwh_counter *counter, const struct kwh_counter_sample *sample)
{
    return counter->power_max_w != 0 && counter->modulus.mantissa >= 0 &&
           sample->resolution.mantissa > 0;
}

/* Can the register hold this value? Rounding may reach the modulus itself. */
static bool in_range(const struct kwh_counter *counter, struct kwh_decimal value)
{
    if (!counter->both_ways && value.mantissa < 0)
        return false;
    if (counter->modulus.mantissa == 0)
        return true;
    /* Both ways half of the modulus is on either side of 0. */
    if (counter->both_ways && kwh_decimal_add(value, value, &value) != KWH_OK)
        return false;
    return is_within(value, counter->modulus);
}

/* The most that may have been counted: what flows at 1.2 times the greatest power, and a step. */
static struct kwh_decimal limit_of(uint32_t power_w, uint64_t elapsed_ms,
                                   struct kwh_decimal resolution)
{
    struct kwh_decimal flow = kwh_decimal(INT64_MAX, MWH);
    struct kwh_decimal limit;
    uint64_t mwh, rest;

    if (kwhi_ratio(power_w, elapsed_ms, LIMIT_MS, &mwh, &rest) && mwh < INT64_MAX)
        flow.mantissa = (int64_t)mwh;
    if (kwh_decimal_add(flow, resolution, &limit) == KWH_OK)
        return limit;
    return at_most(flow, resolution) ? resolution : flow; /* beside one the other is nothing */
}

/* May it have gone round more than once, or either way? */
static bool is_ambiguous(const struct kwh_counter *counter, struct kwh_decimal limit)
{
    if (counter->modulus.mantissa == 0)
        return false;
    if (counter->both_ways && kwh_decimal_add(limit, limit, &limit) != KWH_OK)
        return true;
    return at_most(counter->modulus, limit);
}

/* The difference the other way round the register; false when there is none. */
static bool around(const struct kwh_counter *counter, struct kwh_decimal difference,
                   struct kwh_decimal *other)
{
    struct kwh_decimal turn = counter->modulus;

    if (turn.mantissa == 0)
        return false;
    if (difference.mantissa > 0)
        turn.mantissa = -turn.mantissa;
    return kwh_decimal_add(difference, turn, other) == KWH_OK;
}

/* What a difference means in a register that counts up; may replace it by that across 0. */
static enum kwh_counter_verdict judge(const struct kwh_counter *counter, struct kwh_decimal current,
                                      struct kwh_decimal resolution, struct kwh_decimal limit,
                                      struct kwh_decimal *difference)
{
    struct kwh_decimal other;

    if (difference->mantissa > 0)
        return at_most(*difference, limit) ? KWH_COUNTER_OK : KWH_COUNTER_IMPLAUSIBLE;
    if (is_within(*difference, resolution))
        return KWH_COUNTER_STALLED;
    if (around(counter, *difference, &other) && at_most(other, limit)) {
        *difference = other;
        return KWH_COUNTER_ROLLED_OVER;
    }
    return at_most(current, limit) ? KWH_COUNTER_RESET : KWH_COUNTER_REPLACED;
}

/* The same in a register that counts both ways. */
static enum kwh_counter_verdict judge_net(const struct kwh_counter *counter,
                                          struct kwh_decimal current, struct kwh_decimal limit,
                                          struct kwh_decimal *difference)
{
    struct kwh_decimal other;

    if (difference->mantissa == 0)
        return KWH_COUNTER_STALLED;
    if (is_within(*difference, limit))
        return KWH_COUNTER_OK;
    if (around(counter, *difference, &other) && is_within(other, limit)) {
        *difference = other;
        return KWH_COUNTER_ROLLED_OVER;
    }
    return is_within(current, limit) ? KWH_COUNTER_RESET : KWH_COUNTER_IMPLAUSIBLE;
}

static bool is_another_meter(const struct kwh_counter_sample *a, const struct kwh_counter_sample *b)
{
    return a->meter != 0 && b->meter != 0 && a->meter != b->meter;
}

enum kwh_error kwh_counter_step(const struct kwh_counter *counter,
                                const struct kwh_counter_sample *previous,
                                const struct kwh_counter_sample *current, uint64_t elapsed_ms,
                                struct kwh_counter_step *step)
{
    struct kwh_decimal difference, limit;
    enum kwh_error error;

    step->verdict = KWH_COUNTER_IMPLAUSIBLE;
    step->difference = kwh_decimal(0, 0);
    step->resolution = at_most(previous->resolution, current->resolution) ? current->resolution
                                                                          : previous->resolution;
    step->elapsed_ms = elapsed_ms;
    if (!is_valid(counter, previous) || !is_valid(counter, current))
        return KWH_ERROR_ARGUMENT;
    if (is_another_meter(previous, current)) {
        step->verdict = KWH_COUNTER_REPLACED;
        return KWH_ERROR_UNDETERMINED;
    }
    if (!in_range(counter, previous->value) || !in_range(counter, current->value))
        return KWH_ERROR_UNDETERMINED;
    error = kwh_decimal_subtract(current->value, previous->value, &difference);
    if (error != KWH_OK)
        return error;
    limit = limit_of(counter->power_max_w, elapsed_ms, step->resolution);
    if (is_ambiguous(counter, limit))
        step->verdict = KWH_COUNTER_AMBIGUOUS;
    else if (counter->both_ways)
        step->verdict = judge_net(counter, current->value, limit, &difference);
    else
        step->verdict = judge(counter, current->value, step->resolution, limit, &difference);
    if (step->verdict > KWH_COUNTER_ROLLED_OVER)
        return KWH_ERROR_UNDETERMINED;
    step->difference = difference;
    return KWH_OK;
}
