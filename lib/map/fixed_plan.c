/* SPDX-License-Identifier: MIT */
#include <kwh/fixed_plan.h>

bool kwh_fixed_plan_reading(KWH_CONST struct kwh_fixed_plan *plan,
                            KWH_CONST struct kwh_plan_request *request, size_t index,
                            const uint8_t *registers, struct kwh_reading *reading)
{
    if (index >= request->values)
        return false;
    KWH_CONST struct kwh_row *row = &plan->map->blocks->rows[request->first + index];
    size_t at = (size_t)row->address - request->address;
    kwh_row_decode(plan->map, row, registers + 2 * at, reading);
    return true;
}
