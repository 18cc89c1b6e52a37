/* SPDX-License-Identifier: MIT */
/**
 * @file fixed_plan.h
 * Plans that were made at build time, for firmware that makes none: constants, as
 * `kwh plan MAP [NAME...] -o c` prints them, with no more of the map than reading its values needs.
 * Pure functions; any thread.
 */
#ifndef KWH_FIXED_PLAN_H
#define KWH_FIXED_PLAN_H

#include <kwh/plan.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A plan made at build time: each request is sent as it stands, and its answer handed over. */
struct kwh_fixed_plan {
    /**
     * Its rows in the order of the requests, in one block, and the words of its choices; and what
     * the meters ask of the line, which no request tells: @p quiet_ms between an answer and the
     * next request, @p answer_ms until an answer begins (0: 1000). These are for
     * kwh_exchange.quiet_us and answer_us, or for a loop of your own.
     */
    KWH_CONST struct kwh_map *map;
    KWH_CONST struct kwh_plan_request *requests; /**< @p first counts the rows of the map */
    uint16_t request_count;
};

/**
 * Declares a plan as it is printed, by the name of its map, of which a program thus has one plan:
 * KWH_FIXED_PLAN_DECLARE(inepro_pro380);
 */
#define KWH_FIXED_PLAN_DECLARE(name_) extern KWH_CONST struct kwh_fixed_plan kwh_plan_##name_

/**
 * The values of an answered request, one by one: the reading of value @p index, 0 for the first.
 * @p registers are the request->count registers of the answer: of a line kwh_modbus_registers(), of
 * an exchange by itself two bytes behind exchange.answer_at.
 * @return false behind the last value of the request; @p reading is left alone then
 */
KWH_API bool kwh_fixed_plan_reading(KWH_CONST struct kwh_fixed_plan *plan,
                                    KWH_CONST struct kwh_plan_request *request, size_t index,
                                    const uint8_t *registers, struct kwh_reading *reading);

#ifdef __cplusplus
}
#endif

#endif
