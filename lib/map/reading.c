/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <kwh/reading.h>

#include "../base/calendar.h"

void kwh_reading_init(struct kwh_reading *reading, uint32_t quantity, enum kwh_status status)
{
    memset(reading, 0, sizeof *reading);
    reading->quantity = quantity;
    reading->form = (uint8_t)kwh_quantity_form(quantity);
    reading->status = (uint8_t)status;
    reading->word = NULL;
    kwhi_time_clear(&reading->time);
}
