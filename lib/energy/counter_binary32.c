/* SPDX-License-Identifier: MIT */
#include "binary32_count.h"

#include <kwh/counter.h>

#define NANO              UINT64_C(1000000000)
#define STEP_EXPONENT_MIN (-16)
#define POWER_MAX         9

/* The distance between neighbors of a binary32 of less than 2^34, in its unit, rounded up. */
static struct kwh_decimal step_of(uint32_t bits)
{
    int exponent = kwhi_binary32_exponent(bits);
    uint64_t nano;

    if (exponent >= 0)
        return kwh_decimal((int64_t)(NANO << exponent % 32), -KWHI_COUNT_DIGITS_MAX);
    if (exponent < STEP_EXPONENT_MIN)
        exponent = STEP_EXPONENT_MIN;
    nano = NANO >> -exponent;
    /* Where a step is no whole count, the values on both sides are rounded, too. */
    if (nano << -exponent != NANO)
        nano += 2;
    return kwh_decimal((int64_t)nano, -KWHI_COUNT_DIGITS_MAX);
}

/* All in the unit of the register; own is the resolution of the counter, or 0. */
static enum kwh_error take(struct kwh_decimal own, uint32_t bits, struct kwh_counter_sample *sample)
{
    int digits = KWHI_COUNT_DIGITS_MAX;
    struct kwh_decimal step;
    int64_t count;
    enum kwh_error error = kwh_binary32_to_count(bits, digits, &count);

    if (error != KWH_OK)
        return error;
    step = step_of(bits);
    if (kwh_decimal_compare(step, own) < 0) {
        digits = own.exponent < 0 ? -own.exponent : 0;
        error = kwh_binary32_to_count(bits, digits, &count);
        sample->resolution = own;
    } else {
        error = kwh_decimal_add(step, own, &sample->resolution);
    }
    sample->value = kwh_decimal(count, (int8_t)-digits);
    return error;
}

enum kwh_error kwh_counter_sample_binary32(const struct kwh_counter *counter, uint32_t bits,
                                           int power, struct kwh_counter_sample *sample)
{
    struct kwh_decimal own = kwh_decimal_reduce(counter->resolution);
    struct kwh_counter_sample taken = {{0, 0}, {0, 0}, 0};
    enum kwh_error error;

    *sample = taken;
    if (power < -POWER_MAX || power > POWER_MAX || own.mantissa < 0 || own.mantissa > 1)
        return KWH_ERROR_ARGUMENT;
    error = kwh_decimal_shift(own, -power, &own);
    if (error == KWH_OK)
        error = take(own, bits, &taken);
    if (error == KWH_OK)
        error = kwh_decimal_shift(taken.value, power, &taken.value);
    if (error == KWH_OK)
        error = kwh_decimal_shift(taken.resolution, power, &taken.resolution);
    if (error == KWH_OK)
        *sample = taken;
    return error;
}
