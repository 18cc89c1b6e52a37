/* SPDX-License-Identifier: MIT */
#include <kwh/ct_ratio.h>

#include "../base/decimal_magnitude.h"
#include "ratio.h"

/* value * factor * 10^exponent */
static enum kwh_error multiply(struct kwh_decimal value, uint32_t factor, int exponent,
                               struct kwh_decimal *product)
{
    bool negative = value.mantissa < 0;
    uint64_t magnitude, rest;
    enum kwh_error error = kwh_decimal_shift(value, exponent, &value);

    if (error != KWH_OK)
        return error;
    if (!kwhi_ratio(kwhi_magnitude(value.mantissa), factor, 1, &magnitude, &rest) ||
        magnitude > kwhi_magnitude_max(negative))
        return KWH_ERROR_OVERFLOW;
    *product = kwh_decimal(kwhi_mantissa(magnitude, negative), value.exponent);
    return KWH_OK;
}

enum kwh_error kwh_ct_to_primary(struct kwh_ct_ratio ratio, enum kwh_ct_side side,
                                 struct kwh_decimal value, struct kwh_decimal *primary)
{
    enum kwh_error error;

    *primary = kwh_decimal(0, 0);
    if (ratio.primary == 0 || (ratio.secondary != 1 && ratio.secondary != 5))
        return KWH_ERROR_ARGUMENT;
    if (side == KWH_CT_SIDE_PRIMARY) {
        *primary = value;
        return KWH_OK;
    }
    if (side != KWH_CT_SIDE_SECONDARY)
        return KWH_ERROR_UNDETERMINED;
    /* A fifth is two tenths, where it is no whole number. */
    if (ratio.primary % ratio.secondary == 0)
        error = multiply(value, (uint32_t)(ratio.primary / ratio.secondary), 0, primary);
    else
        error = multiply(value, 2u * (uint32_t)ratio.primary, -1, primary);
    return error;
}
