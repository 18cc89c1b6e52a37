/* SPDX-License-Identifier: MIT */
/**
 * @file pulse.h
 * Pulse outputs (S0, IEC 62053-31) and metering LEDs: energy from pulses, power from the time
 * between them, and what the outputs of known meters can do. Integers only.
 *
 * A rate is in imp/kWh, as a decimal, 0.001 to 1 000 000 with at most three decimals: the reading
 * of KWH_PULSE_RATE as it is. Count pulses, not energy, and convert the count: then nothing is
 * lost, also where a pulse is no whole number of microwatt-hours (375 imp/kWh).
 *
 * Pulses of a meter behind transformers may count the energy of the secondary side; no inepro
 * manual says which (see kwh/ct_ratio.h).
 *
 * Every function is pure; any thread, any interrupt. On failure results are 0. Arithmetic fails
 * with KWH_ERROR_ARGUMENT for a rate out of range.
 */
#ifndef KWH_PULSE_H
#define KWH_PULSE_H

#include <kwh/decimal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Shortest ON time of an output and shortest OFF time behind it by IEC 62053-31. */
#define KWH_PULSE_IEC_US UINT32_C(30000)

/**
 * Energy of @p pulses in Wh, whole microwatt-hours, rounded down.
 * @retval KWH_ERROR_OVERFLOW beyond 9.2 * 10^9 kWh: 15 250 years at 69 kW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_pulse_energy(uint64_t pulses, struct kwh_decimal rate,
                                                    struct kwh_decimal *energy);

/**
 * Mean power in W, to the nearest milliwatt, of @p intervals between pulses in @p elapsed_us: n
 * pulses have n - 1 intervals. One interval that has not ended yet gives what the power is at most.
 * A tick of the clock moves the result by the fraction tick / elapsed: take microseconds, or many
 * intervals.
 * @retval KWH_ERROR_UNDETERMINED no interval, or no time
 * @retval KWH_ERROR_OVERFLOW of power, or beyond 9.2 * 10^18 us times imp/kWh (29 years at 10 000)
 */
KWH_API KWH_CHECKED enum kwh_error kwh_pulse_power(uint64_t intervals, uint64_t elapsed_us,
                                                   struct kwh_decimal rate,
                                                   struct kwh_decimal *power);

/**
 * Microseconds from pulse to pulse at a power, to the nearest.
 * @retval KWH_ERROR_UNDETERMINED at 0 W
 */
KWH_API KWH_CHECKED enum kwh_error kwh_pulse_period(uint32_t power_w, struct kwh_decimal rate,
                                                    uint64_t *period_us);

/**
 * Microseconds that are left between pulses of @p width_us. A receiver by IEC 62053-31 needs
 * KWH_PULSE_IEC_US; some want as much as the width.
 * @retval KWH_ERROR_UNDETERMINED at 0 W
 * @retval KWH_ERROR_OVERFLOW the pulses run into each other
 */
KWH_API KWH_CHECKED enum kwh_error kwh_pulse_off_time(uint32_t power_w, struct kwh_decimal rate,
                                                      uint32_t width_us, uint64_t *off_us);

/**
 * The greatest power in W, rounded down to a milliwatt, at which pulses of @p width_us leave
 * @p off_us between them.
 * @retval KWH_ERROR_UNDETERMINED when both are 0
 * @retval KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_pulse_power_max(uint32_t width_us, uint32_t off_us,
                                                       struct kwh_decimal rate,
                                                       struct kwh_decimal *power);

/**
 * The rate of an output that is given by its weight, Wh per pulse, 1 to 1 000 000: 25 is 40
 * imp/kWh.
 * @retval KWH_ERROR_ARGUMENT @p weight_wh
 * @retval KWH_ERROR_INEXACT no rate with three decimals is that weight
 */
KWH_API KWH_CHECKED enum kwh_error kwh_pulse_rate_of_weight(uint32_t weight_wh,
                                                            struct kwh_decimal *rate);

/**
 * The weight of the output of a Countis E43 or E44 in Wh per pulse, which follows its transformers:
 * 1, 5, 25, 125, 1000, 10000. Their step of 5 breaks after 125; that is how it is printed. The
 * manual says "CT ratio", 1 to 12000, and leaves open whether that is the ratio or the primary
 * current in A: @p ct is the number that is set at the meter.
 * @retval KWH_ERROR_ARGUMENT @p ct is not 1 to 12000
 */
KWH_API KWH_CHECKED enum kwh_error kwh_countis_pulse_weight(uint32_t ct, uint32_t *weight_wh);

/** Meters whose outputs are known. */
enum kwh_pulse_meter {
    KWH_PULSE_PRO1,
    KWH_PULSE_PRO380,
    KWH_PULSE_PRO380_V1_19, /**< PRO380 with software V1.19 (009D1081) */
    KWH_PULSE_2PU,          /**< 2PU CT, 4PU, 4PS */
    KWH_PULSE_SDM72,  /**< Eastron SDM72D-M-2, also the three-phase 100 A meter without name */
    KWH_PULSE_COUNTIS /**< Countis E43, E44: rates follow from kwh_countis_pulse_weight() */
};

/** True when the output of this meter can be set to the rate. */
KWH_API bool kwh_pulse_rate_exists(enum kwh_pulse_meter meter, struct kwh_decimal rate);

/** Shortest and longest width of a pulse; the same, where the meter decides. */
struct kwh_pulse_width {
    uint32_t shortest_us, longest_us;
};

/**
 * The widths that pulses of this meter may have at a rate and a power in whole W. PRO meters choose
 * by power (of the sum of the phases or of the channel: the manuals do not say); where a table
 * leaves a boundary out, 40 000 and 50 000 W, it goes up. Others are set: 2PU, SDM72.
 * Widths below 30 ms are not those of IEC 62053-31, yet real: set debouncing by them.
 * @retval KWH_ERROR_UNSUPPORTED the meter has no such rate
 * @retval KWH_ERROR_NO_VALUE the manual gives no width: Countis; V1.19 at rates but 1000 and 2000
 */
KWH_API KWH_CHECKED enum kwh_error kwh_pulse_widths(enum kwh_pulse_meter meter,
                                                    struct kwh_decimal rate, uint32_t power_w,
                                                    struct kwh_pulse_width *width);

/**
 * Whether a pulse of @p width_us can be one of this meter: KWH_OK.
 * @retval KWH_ERROR_ARGUMENT it cannot
 * @retval KWH_ERROR_UNSUPPORTED, KWH_ERROR_NO_VALUE as above
 */
KWH_API KWH_CHECKED enum kwh_error kwh_pulse_check_width(enum kwh_pulse_meter meter,
                                                         struct kwh_decimal rate, uint32_t power_w,
                                                         uint32_t width_us);

#ifdef __cplusplus
}
#endif

#endif
