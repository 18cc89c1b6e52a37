/* SPDX-License-Identifier: MIT */
#include <kwh/counter.h>

#include "../base/decimal_magnitude.h"
#include "ratio.h"

#define UWH           (-6) /* exponent of Wh */
#define MW            (-3) /* exponent of W */
#define MW_MS_PER_UWH 3600u

static bool has_difference(const struct kwh_counter_step *step)
{
    return step->verdict <= KWH_COUNTER_ROLLED_OVER && step->elapsed_ms != 0 &&
           step->elapsed_ms <= KWHI_DIVISOR_MAX;
}

/* Energy over time, both positive. */
static enum kwh_error power_of(uint64_t uwh, uint64_t elapsed_ms, bool up,
                               struct kwh_decimal *power)
{
    uint64_t mw, rest;

    if (!kwhi_ratio(uwh, MW_MS_PER_UWH, elapsed_ms, &mw, &rest) || mw >= INT64_MAX)
        return KWH_ERROR_OVERFLOW;
    if (up ? rest != 0 : rest >= elapsed_ms - rest)
        mw++;
    *power = kwh_decimal((int64_t)mw, MW);
    return KWH_OK;
}

enum kwh_error kwh_counter_power_error(const struct kwh_counter_step *step,
                                       struct kwh_decimal *error)
{
    int64_t uwh;
    enum kwh_error failed;

    *error = kwh_decimal(0, 0);
    if (!has_difference(step))
        return KWH_ERROR_UNDETERMINED;
    failed = kwh_decimal_to_int64(step->resolution, UWH, KWH_ROUND_CEILING, &uwh);
    return failed == KWH_OK ? power_of(kwhi_magnitude(uwh), step->elapsed_ms, true, error) : failed;
}

enum kwh_error kwh_counter_power(const struct kwh_counter_step *step, uint32_t error_max_w,
                                 struct kwh_decimal *power)
{
    struct kwh_decimal off;
    int64_t uwh = 0;
    enum kwh_error error = kwh_counter_power_error(step, &off);

    *power = kwh_decimal(0, 0);
    if (error == KWH_OK && kwh_decimal_compare(off, kwh_decimal(error_max_w, 0)) > 0)
        error = KWH_ERROR_UNDETERMINED;
    if (error == KWH_OK)
        error = kwh_decimal_to_int64(step->difference, UWH, KWH_ROUND_HALF_EVEN, &uwh);
    if (error == KWH_OK)
        error = power_of(kwhi_magnitude(uwh), step->elapsed_ms, false, power);
    if (error == KWH_OK && uwh < 0)
        power->mantissa = -power->mantissa;
    return error;
}
