/* SPDX-License-Identifier: MIT */
/* The same with plans made on the way, and all that a meter does when it is asked too much. */
#include "client.h"

KWH_MAP_DECLARE(inepro_pro380_modbus);

#define VALUES 16

static struct kwh_meter meter;
static struct kwh_plan plan;
static struct kwh_plan_entry entries[VALUES];

int main(void)
{
    struct kwh_step step;
    if (!client_begin(KWH_ECHO_NEVER) ||
        kwh_meter_init(&meter, &line, &kwh_map_inepro_pro380_modbus, 1) != KWH_OK)
        return 1;
    kwh_plan_init(&plan, meter.map, KWH_ALL_PROFILES, entries, VALUES);
    while (plan.count < VALUES)
        board_result = kwh_plan_add(&plan, board_argument);
    kwh_plan_make(&plan, NULL);
    kwh_meter_begin(&meter, &plan);
    for (;;) {
        kwh_dialogue_step(&meter.dialogue, &line, board_now_us(), &step);
        if (step.action == KWH_ACTION_SEND) {
            board_send(step.bytes, step.count);
            kwh_line_sent(&line, step.count, board_now_us());
        } else if (step.action == KWH_ACTION_RECEIVE) {
            size_t count = board_receive(step.room, step.capacity, step.until_us);
            kwh_line_got(&line, count, board_now_us());
        } else if (step.action == KWH_ACTION_RESULT) {
            board_result = (uint32_t)meter.reading.decimal.mantissa;
        } else if (step.action == KWH_ACTION_FINISHED) {
            kwh_meter_begin(&meter, &plan);
        }
    }
}
