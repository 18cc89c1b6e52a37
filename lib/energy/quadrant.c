/* SPDX-License-Identifier: MIT */
#include <kwh/power_factor.h>

enum kwh_error kwh_quadrant_of_powers(struct kwh_decimal active, struct kwh_decimal reactive,
                                      enum kwh_quadrant *quadrant)
{
    *quadrant = KWH_QUADRANT_UNKNOWN;
    if (active.mantissa == 0 || reactive.mantissa == 0)
        return KWH_ERROR_UNDETERMINED;
    *quadrant = kwh_quadrant_of(active.mantissa > 0,
                                (active.mantissa > 0) == (reactive.mantissa > 0));
    return KWH_OK;
}
