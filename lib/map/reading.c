/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <kwh/reading.h>

void kwh_reading_init(struct kwh_reading *reading, uint32_t quantity, enum kwh_status status)
{
    memset(reading, 0, sizeof *reading);
    reading->quantity = quantity;
    reading->form = (uint8_t)kwh_quantity_form(quantity);
    reading->status = (uint8_t)status;
    reading->word = NULL;
    reading->time.year = -1;
    reading->time.month = -1;
    reading->time.day = -1;
    reading->time.hour = -1;
    reading->time.minute = -1;
    reading->time.second = -1;
}
