/* SPDX-License-Identifier: MIT */
/**
 * @file energy.h
 * The arithmetic of energy, all of it: exact, with integers, without a meter. A firmware links what
 * it calls and no more.
 */
#ifndef KWH_ENERGY_H
#define KWH_ENERGY_H

#include <kwh/balance.h>
#include <kwh/combination.h>
#include <kwh/counter.h>
#include <kwh/ct_ratio.h>
#include <kwh/diagnostics.h>
#include <kwh/edge_counter.h>
#include <kwh/flow.h>
#include <kwh/power_factor.h>
#include <kwh/pulse.h>

#endif
