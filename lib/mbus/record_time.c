/* SPDX-License-Identifier: MIT */
#include "record_time.h"

/* Some bits of a raw number. */
static int16_t bits(uint32_t raw, unsigned low, unsigned count)
{
    return (int16_t)(raw >> low & ((1u << count) - 1));
}

/* Two digits of a year: 81 and later were in the last century. */
static int16_t full_year(int16_t year)
{
    return (int16_t)(year > 80 ? 1900 + year : 2000 + year);
}

/* Into *time when there is such a date; year 127 of the wire, "every", is none. */
static bool set_date(struct kwh_time *time, int16_t year, int16_t month, int16_t day)
{
    if (!kwhi_is_date(year, month, day))
        return false;
    time->year = year;
    time->month = (int8_t)month;
    time->day = (int8_t)day;
    return true;
}

static bool set_clock(struct kwh_time *time, int16_t hour, int16_t minute, int16_t second)
{
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    time->hour = (int8_t)hour;
    time->minute = (int8_t)minute;
    time->second = (int8_t)second;
    return true;
}

/* The two bytes of a date that all types share: day and month, the year in two parts. */
static bool set_packed_date(struct kwh_time *time, uint32_t raw, int16_t hundreds)
{
    int16_t year = (int16_t)(bits(raw, 12, 4) << 3 | bits(raw, 5, 3));

    if (year > 99)
        return false;
    /* Meters from before the hundreds were defined send none of them. */
    year = hundreds == 0 ? full_year(year) : (int16_t)(1900 + 100 * hundreds + year);
    return set_date(time, year, bits(raw, 8, 4), bits(raw, 0, 5));
}

static bool decode_f(uint32_t raw, struct kwh_time *time, bool *summer_time)
{
    bool invalid = bits(raw, 7, 1) != 0;

    *summer_time = bits(raw, 15, 1) != 0;
    return !invalid && set_packed_date(time, raw >> 16, bits(raw, 13, 2)) &&
           set_clock(time, bits(raw, 8, 5), bits(raw, 0, 6), -1);
}

/* Three bytes of clock, and behind them two of a date and the week. */
static bool decode_i(uint32_t clock, uint32_t date, struct kwh_time *time, bool *summer_time)
{
    bool invalid = bits(clock, 15, 1) != 0;

    *summer_time = bits(clock, 6, 1) != 0;
    return !invalid && bits(date, 16, 6) <= 53 && set_packed_date(time, date, 0) &&
           set_clock(time, bits(clock, 16, 5), bits(clock, 8, 6), bits(clock, 0, 6));
}

/* Second, minute and hour, a byte each. */
static bool decode_j(uint32_t raw, struct kwh_time *time)
{
    return set_clock(time, bits(raw, 16, 8), bits(raw, 8, 8), bits(raw, 0, 8));
}

static bool decode(uint64_t raw, size_t length, struct kwh_time *time, bool *summer_time)
{
    uint32_t low = (uint32_t)(raw & UINT32_MAX);

    if (length == 2)
        return set_packed_date(time, low, 0);
    if (length == 3)
        return decode_j(low, time);
    if (length == 4)
        return decode_f(low, time, summer_time);
    return length == 6 && decode_i(low, (uint32_t)(raw >> 24), time, summer_time);
}

bool kwhi_time_decode(uint64_t raw, size_t length, struct kwh_time *time, bool *summer_time)
{
    kwhi_time_clear(time);
    *summer_time = false;
    if (decode(raw, length, time, summer_time))
        return true;
    kwhi_time_clear(time);
    *summer_time = false;
    return false;
}

/* The lowest byte as two decimal digits; of others, a number that is no part of a time. */
static int16_t take_digits(uint64_t *raw)
{
    uint32_t byte = (uint32_t)(*raw & 0xFF);

    *raw >>= 8;
    return (int16_t)(10 * (byte >> 4) + (byte & 15));
}

bool kwhi_time_decode_digits(uint64_t raw, struct kwh_time *time)
{
    int16_t second = take_digits(&raw), minute = take_digits(&raw), hour = take_digits(&raw);
    int16_t day = take_digits(&raw), month = take_digits(&raw), year = take_digits(&raw);

    kwhi_time_clear(time);
    if (year <= 99 && set_date(time, full_year(year), month, day) &&
        set_clock(time, hour, minute, second))
        return true;
    kwhi_time_clear(time);
    return false;
}
