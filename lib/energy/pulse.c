/* SPDX-License-Identifier: MIT */
#include <kwh/pulse.h>

#include "ratio.h"

#define UWH_PER_KWH   UINT64_C(1000000000)
#define UWH           (-6) /* exponent of Wh */
#define MW_US_PER_KWH UINT64_C(3600000000000000)
#define MW            (-3) /* exponent of W */
#define W_US_PER_KWH  UINT64_C(3600000000000)
#define UNITS_MAX     1000u /* three decimals */
#define RATE_MAX      UINT32_C(1000000)

/* A rate without a decimal point: so many pulses in so many kWh. */
struct fraction {
    uint32_t pulses; /* at most RATE_MAX times kwh */
    uint32_t kwh;    /* 1 to UNITS_MAX */
};

static bool fraction_of(struct kwh_decimal rate, struct fraction *fraction)
{
    uint32_t pulses, kwh = 1;
    int exponent = rate.exponent;

    if (rate.mantissa <= 0 || rate.mantissa > (int64_t)RATE_MAX * UNITS_MAX)
        return false;
    pulses = (uint32_t)rate.mantissa;
    for (; exponent < 0 && pulses % 10 == 0; exponent++)
        pulses /= 10;
    for (; exponent < 0 && kwh < UNITS_MAX; exponent++)
        kwh *= 10;
    for (; exponent > 0 && pulses <= RATE_MAX; exponent--)
        pulses *= 10;
    fraction->pulses = pulses;
    fraction->kwh = kwh;
    return exponent >= 0 && pulses <= RATE_MAX * kwh;
}

enum kwh_error kwh_pulse_energy(uint64_t pulses, struct kwh_decimal rate,
                                struct kwh_decimal *energy)
{
    struct fraction fraction;
    uint64_t uwh, rest;

    *energy = kwh_decimal(0, 0);
    if (!fraction_of(rate, &fraction))
        return KWH_ERROR_ARGUMENT;
    if (!kwhi_ratio(pulses, UWH_PER_KWH * fraction.kwh, fraction.pulses, &uwh, &rest) ||
        uwh > INT64_MAX)
        return KWH_ERROR_OVERFLOW;
    *energy = kwh_decimal((int64_t)uwh, UWH);
    return KWH_OK;
}

/* Intervals over time; up or down to a milliwatt. */
static enum kwh_error power_of(uint64_t intervals, uint64_t elapsed_us, struct kwh_decimal rate,
                               bool nearest, struct kwh_decimal *power)
{
    struct fraction fraction;
    uint64_t divisor, mw, rest;
    bool fits;

    *power = kwh_decimal(0, 0);
    if (!fraction_of(rate, &fraction))
        return KWH_ERROR_ARGUMENT;
    if (intervals == 0 || elapsed_us == 0)
        return KWH_ERROR_UNDETERMINED;
    if (!kwhi_ratio(elapsed_us, fraction.pulses, 1, &divisor, &rest))
        return KWH_ERROR_OVERFLOW;
    fits = nearest ? kwhi_ratio_nearest(intervals, MW_US_PER_KWH * fraction.kwh, divisor, &mw)
                   : kwhi_ratio(intervals, MW_US_PER_KWH * fraction.kwh, divisor, &mw, &rest);
    if (!fits || mw > INT64_MAX)
        return KWH_ERROR_OVERFLOW;
    *power = kwh_decimal((int64_t)mw, MW);
    return KWH_OK;
}

enum kwh_error kwh_pulse_power(uint64_t intervals, uint64_t elapsed_us, struct kwh_decimal rate,
                               struct kwh_decimal *power)
{
    return power_of(intervals, elapsed_us, rate, true, power);
}

enum kwh_error kwh_pulse_power_max(uint32_t width_us, uint32_t off_us, struct kwh_decimal rate,
                                   struct kwh_decimal *power)
{
    return power_of(1, (uint64_t)width_us + off_us, rate, false, power);
}

enum kwh_error kwh_pulse_period(uint32_t power_w, struct kwh_decimal rate, uint64_t *period_us)
{
    struct fraction fraction;

    *period_us = 0;
    if (!fraction_of(rate, &fraction))
        return KWH_ERROR_ARGUMENT;
    if (power_w == 0)
        return KWH_ERROR_UNDETERMINED;
    /* The divisor is less than 2^62, the quotient less than 2^52. */
    (void)kwhi_ratio_nearest(W_US_PER_KWH, fraction.kwh, (uint64_t)fraction.pulses * power_w,
                             period_us);
    return KWH_OK;
}

enum kwh_error kwh_pulse_off_time(uint32_t power_w, struct kwh_decimal rate, uint32_t width_us,
                                  uint64_t *off_us)
{
    uint64_t period_us;
    enum kwh_error error = kwh_pulse_period(power_w, rate, &period_us);

    *off_us = 0;
    if (error == KWH_OK && period_us <= width_us)
        error = KWH_ERROR_OVERFLOW;
    if (error == KWH_OK)
        *off_us = period_us - width_us;
    return error;
}
