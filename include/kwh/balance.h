/* SPDX-License-Identifier: MIT */
/**
 * @file balance.h
 * The energy balance of Socomec Countis E43 and E44: what was imported less what was exported, over
 * tariffs.
 */
#ifndef KWH_BALANCE_H
#define KWH_BALANCE_H

#include <kwh/flow.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Tariffs of which the manual makes the balance: (+T1) - (-T1) + (+T2) - (-T2). */
#define KWH_BALANCE_TARIFFS 2
/** Tariffs that a Countis has. */
#define KWH_BALANCE_TARIFFS_MAX 4

/**
 * Forward less reverse energy of the first @p count tariffs; signed, exact, in their unit, active
 * and reactive alike. The manual (547981A, 4.6.2) names T1 and T2 only, although there are four;
 * the maker's register table of a two-tariff sister sums over all it has. Whether T3 and T4 count
 * in the balance of a four-tariff meter is not known: with KWH_BALANCE_TARIFFS_MAX it is import -
 * export of the whole meter. Pure; any thread, any interrupt. On failure it is 0.
 * @retval KWH_ERROR_ARGUMENT @p count is not 1 to 4, or an amount is negative
 * @retval KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_balance(const struct kwh_flow *tariffs, size_t count,
                                               struct kwh_decimal *balance);

#ifdef __cplusplus
}
#endif

#endif
