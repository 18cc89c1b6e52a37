/* SPDX-License-Identifier: MIT */
#include "record_time.h"

/* As set_packed_date() takes it apart. */
static bool pack_date(const struct kwh_time *time, uint64_t *raw)
{
    uint64_t year;

    if (time->year < 1981 || time->year > 2080 || !kwhi_is_date(time->year, time->month, time->day))
        return false;
    year = (uint64_t)(time->year % 100);
    *raw = (uint64_t)time->day | (year & 7) << 5 | (uint64_t)time->month << 8 | year >> 3 << 12;
    return true;
}

static bool is_clock(const struct kwh_time *time, bool seconds)
{
    return time->hour >= 0 && time->hour <= 23 && time->minute >= 0 && time->minute <= 59 &&
           time->second >= (seconds ? 0 : -1) && time->second <= 59;
}

static uint64_t hundreds(int16_t year)
{
    return year < 2000 ? 0 : 1;
}

bool kwhi_time_encode(const struct kwh_time *time, size_t length, uint64_t *raw)
{
    uint64_t date = 0;
    uint64_t hour, minute, second;

    *raw = 0;
    if (length != 3 && !pack_date(time, &date))
        return false;
    if (length == 2) {
        *raw = date;
        return true;
    }
    if (!is_clock(time, length != 4))
        return false;
    hour = (uint64_t)time->hour;
    minute = (uint64_t)time->minute;
    second = length != 4 ? (uint64_t)time->second : 0;
    if (length == 3)
        *raw = second | minute << 8 | hour << 16;
    else if (length == 4)
        *raw = minute | (hour | hundreds(time->year) << 5) << 8 | date << 16;
    else if (length == 6)
        *raw = second | (kwhi_is_leap_year(time->year) ? 0x80u : 0u) | minute << 8 | hour << 16 |
               date << 24;
    else
        return false;
    return true;
}
