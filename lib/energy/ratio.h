/* SPDX-License-Identifier: MIT */
/* value * multiplier / divisor with nothing lost in between, and without 64-bit division. */
#ifndef KWHI_ENERGY_RATIO_H
#define KWHI_ENERGY_RATIO_H

#include <kwh/config.h>

/* The greatest divisor. */
#define KWHI_DIVISOR_MAX (UINT64_C(1) << 63)

/*
 * The whole quotient and what division leaves, less than the divisor. False, and both 0, when the
 * quotient does not fit 64 bits or the divisor is not 1 to KWHI_DIVISOR_MAX.
 */
bool kwhi_ratio(uint64_t value, uint64_t multiplier, uint64_t divisor, uint64_t *quotient,
                uint64_t *rest);

/* The nearest whole quotient, a half up. False, and 0, as above. */
bool kwhi_ratio_nearest(uint64_t value, uint64_t multiplier, uint64_t divisor, uint64_t *quotient);

#endif
