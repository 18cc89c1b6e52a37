/* SPDX-License-Identifier: MIT */
#include "calendar.h"

#include <kwh/config.h>

void kwhi_time_clear(struct kwh_time *time)
{
    time->year = -1;
    time->month = -1;
    time->day = -1;
    time->hour = -1;
    time->minute = -1;
    time->second = -1;
}

bool kwhi_is_leap_year(int16_t year)
{
    unsigned number = (unsigned)year;

    return number % 4 == 0 && (number % 100 != 0 || number % 400 == 0);
}

uint32_t kwhi_days_in_month(int16_t year, int16_t month)
{
    static KWH_CONST uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month < 1 || month > 12)
        return 0;
    return month == 2 && kwhi_is_leap_year(year) ? 29 : days[month - 1];
}

bool kwhi_is_date(int16_t year, int16_t month, int16_t day)
{
    return day >= 1 && (uint32_t)day <= kwhi_days_in_month(year, month);
}
