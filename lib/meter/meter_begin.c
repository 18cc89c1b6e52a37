/* SPDX-License-Identifier: MIT */
/* The beginning of a readout, the same for every protocol. */
#include <kwh/meter.h>

void kwh_meter_begin(struct kwh_meter *meter, struct kwh_plan *plan)
{
    uint8_t retries = meter->dialogue.retries;

    kwh_dialogue_init(&meter->dialogue, meter->dialogue.next, meter->dialogue.outcome);
    meter->dialogue.retries = retries;
    meter->plan = plan;
    meter->value = 0;
    meter->answered = 0;
    meter->silent = false;
    meter->why = KWH_OK;
    meter->state = 0;
    meter->failure.error = KWH_OK;
}
