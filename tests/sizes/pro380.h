/* SPDX-License-Identifier: MIT */
/* What programs do that read a PRO380 by a plan made at build time. */
#ifndef PRO380_H
#define PRO380_H

#include "board.h"

#include <kwh.h>

/* Of all that `kwh maps inepro_pro380` shows; tests/tool/offline.sh says how it was made. */
#include "pro380_plan.c"

static void show(const struct kwh_reading *reading)
{
    board_result = reading->quantity;
    board_result = reading->status;
    board_result = (uint32_t)reading->decimal.mantissa;
    board_result = (uint32_t)reading->decimal.exponent;
}

/* The values of an answered request. */
static void show_values(KWH_CONST struct kwh_plan_request *request, const uint8_t *registers)
{
    struct kwh_reading reading;
    for (size_t i = 0;
         kwh_fixed_plan_reading(&kwh_plan_inepro_pro380, request, i, registers, &reading); i++)
        show(&reading);
}

/* Asks for all values again and again. */
static void read_all(void (*ask_for)(KWH_CONST struct kwh_plan_request *request))
{
    KWH_CONST struct kwh_fixed_plan *plan = &kwh_plan_inepro_pro380;
    for (;;)
        for (uint16_t i = 0; i < plan->request_count; i++)
            ask_for(&plan->requests[i]);
}

#endif
