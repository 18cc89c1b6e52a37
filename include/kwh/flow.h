/* SPDX-License-Identifier: MIT */
/**
 * @file flow.h
 * Energy that flowed both ways: sums, the net, and energy from power that is known slice by slice.
 *
 * Forward is import, from the grid; reverse is export. Both are amounts, never negative. Active,
 * reactive and apparent energy are treated alike; the unit is the caller's where nothing else is
 * said. Every function may be called from any thread or interrupt, but not for one object at a time
 * from two.
 */
#ifndef KWH_FLOW_H
#define KWH_FLOW_H

#include <kwh/decimal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Energy both ways. */
struct kwh_flow {
    struct kwh_decimal forward, reverse;
};

/**
 * Sums of @p count flows, exact: of phases, or of tariffs. On failure both are 0.
 * @retval KWH_ERROR_ARGUMENT when @p count is 0 or an amount is negative
 * @retval KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_flow_sum(const struct kwh_flow *flows, size_t count,
                                                struct kwh_flow *sum);

/** forward - reverse, exact. KWH_ERROR_ARGUMENT for a negative amount; KWH_ERROR_OVERFLOW. */
KWH_API KWH_CHECKED enum kwh_error kwh_flow_net(const struct kwh_flow *flow,
                                                struct kwh_decimal *net);

/**
 * Adds up power over time, forward and reverse apart, without loss: what is less than a count is
 * kept for the next slice. One for each phase, one for the sum of the phases, and kwh_flows_init()
 * and kwh_flows_set_vector() make combined energies of them. Members are private.
 */
struct kwh_integrator {
    uint64_t forward_uwh, reverse_uwh;   /* microwatt-hours, at most INT64_MAX */
    uint16_t forward_rest, reverse_rest; /* mW ms, less than a microwatt-hour */
};

/** Starts at 0. */
KWH_API void kwh_integrator_init(struct kwh_integrator *integrator);

/**
 * Adds a slice of @p duration_ms during which the power was @p power_mw, positive = forward. Slices
 * must be shorter than the changes of the load; of a sum of phases that were read one after another
 * take the meter's own total, which is of one moment.
 * @retval KWH_ERROR_OVERFLOW beyond 9.2 * 10^9 kWh one way (15 250 years at 69 kW); nothing is
 * added
 */
KWH_API KWH_CHECKED enum kwh_error kwh_integrator_add(struct kwh_integrator *integrator,
                                                      int64_t power_mw, uint32_t duration_ms);

/** What has flowed, in Wh, whole microwatt-hours, rounded down. */
KWH_API struct kwh_flow kwh_integrator_flow(const struct kwh_integrator *integrator);

#ifdef __cplusplus
}
#endif

#endif
