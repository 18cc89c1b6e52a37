/* SPDX-License-Identifier: MIT */
/* Which days there are. */
#ifndef KWHI_BASE_CALENDAR_H
#define KWHI_BASE_CALENDAR_H

#include <stdbool.h>
#include <kwh/status.h>

/* A time of which nothing is known. */
void kwhi_time_clear(struct kwh_time *time);

bool kwhi_is_leap_year(int16_t year);
bool kwhi_is_date(int16_t year, int16_t month, int16_t day);

/* Days of a month, 1 to 12; 0 when there is no such month. */
uint32_t kwhi_days_in_month(int16_t year, int16_t month);

#endif
