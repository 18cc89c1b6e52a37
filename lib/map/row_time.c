/* SPDX-License-Identifier: MIT */
/* Seconds since 2000-01-01 as a date and a time, and back: 32 bits, at most 136 steps. */
#include "../base/calendar.h"
#include "row.h"

#define FIRST_YEAR 2000
#define LAST_YEAR  2136 /* in which 32 bits end */
#define DAY        UINT32_C(86400)

static uint32_t days_in_year(int16_t year)
{
    return kwhi_is_leap_year(year) ? 366u : 365u;
}

/* Takes a unit off as often as it goes, at most `most` times; says how often: no division. */
static int8_t take(uint32_t *seconds, uint32_t unit, int8_t most)
{
    int8_t count = 0;

    for (; count < most && *seconds >= unit; count++)
        *seconds -= unit;
    return count;
}

void kwhi_time_from_seconds(uint32_t seconds, struct kwh_time *time)
{
    int16_t year = FIRST_YEAR, month = 1;

    while (year < LAST_YEAR && take(&seconds, DAY * days_in_year(year), 1) != 0)
        year++;
    while (month < 12 && take(&seconds, DAY * kwhi_days_in_month(year, month), 1) != 0)
        month++;
    time->year = year;
    time->month = (int8_t)month;
    time->day = (int8_t)(1 + take(&seconds, DAY, 30));
    time->hour = take(&seconds, 3600, 23);
    time->minute = take(&seconds, 60, 59);
    time->second = (int8_t)seconds;
}

static bool is_clock(const struct kwh_time *time)
{
    return time->hour >= 0 && time->hour <= 23 && time->minute >= 0 && time->minute <= 59 &&
           time->second >= 0 && time->second <= 59;
}

enum kwh_error kwhi_seconds_from_time(const struct kwh_time *time, uint32_t *seconds)
{
    uint32_t days = 0, second = (uint32_t)time->second;

    *seconds = 0;
    if (!kwhi_is_date(time->year, time->month, time->day) || !is_clock(time))
        return KWH_ERROR_ARGUMENT;
    if (time->year < FIRST_YEAR || time->year >= LAST_YEAR)
        return KWH_ERROR_OVERFLOW;
    for (int16_t year = FIRST_YEAR; year < time->year; year++)
        days += days_in_year(year);
    for (int16_t month = 1; month < time->month; month++)
        days += kwhi_days_in_month(time->year, month);
    days += (uint32_t)(time->day - 1);
    second += (uint32_t)time->minute * 60;
    second += (uint32_t)time->hour * 3600;
    *seconds = days * DAY + second;
    return KWH_OK;
}
