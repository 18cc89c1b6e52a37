/* SPDX-License-Identifier: MIT */
#include <kwh/power_factor.h>

#define QUADRANTS 4u

/* In the order of enum kwh_power_factor_sign; the sign in quadrants 1 to 4. */
static KWH_CONST int8_t signs[][QUADRANTS] = {
    {+1, -1, -1, +1},
    {-1, +1, -1, +1},
    {+1, -1, +1, -1},
    {+1, +1, +1, +1},
};
#define CONVENTIONS (sizeof signs / sizeof signs[0])

enum kwh_error kwh_power_factor_convert(struct kwh_decimal value, enum kwh_power_factor_sign from,
                                        enum kwh_power_factor_sign to, enum kwh_quadrant quadrant,
                                        struct kwh_decimal *converted)
{
    const struct kwh_decimal one = {1, 0};
    bool negative = value.mantissa < 0;
    bool positive_there = false, negative_there = false;

    *converted = kwh_decimal(0, 0);
    if (from >= CONVENTIONS || to >= CONVENTIONS || quadrant > QUADRANTS)
        return KWH_ERROR_ARGUMENT;
    if (kwh_decimal_compare(value, one) > 0 || kwh_decimal_compare(value, kwh_decimal(-1, 0)) < 0)
        return KWH_ERROR_BAD_ANSWER;
    if (value.mantissa == 0)
        return KWH_OK;
    /* What the sign becomes in all quadrants that have it. */
    for (unsigned i = 0; i < QUADRANTS; i++) {
        if ((quadrant == KWH_QUADRANT_UNKNOWN || i + 1u == quadrant) &&
            (signs[from][i] < 0) == negative) {
            positive_there = positive_there || signs[to][i] > 0;
            negative_there = negative_there || signs[to][i] < 0;
        }
    }
    if (positive_there == negative_there)
        return positive_there ? KWH_ERROR_UNDETERMINED : KWH_ERROR_BAD_ANSWER;
    if (negative != negative_there)
        return kwh_decimal_subtract(kwh_decimal(0, value.exponent), value, converted);
    *converted = value;
    return KWH_OK;
}
