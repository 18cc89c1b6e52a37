/* SPDX-License-Identifier: MIT */
#include "record_time.h"

/* Some bits of a raw number. */
static int16_t bits(uint64_t raw, unsigned low, unsigned count)
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
static bool set_packed_date(struct kwh_time *time, uint64_t raw, int16_t hundreds)
{
    int16_t year = (int16_t)(bits(raw, 12, 4) << 3 | bits(raw, 5, 3));

    if (year > 99)
        return false;
    /* Meters from before the hundreds were defined send none of them. */
    year = hundreds == 0 ? full_year(year) : (int16_t)(1900 + 100 * hundreds + year);
    return set_date(time, year, bits(raw, 8, 4), bits(raw, 0, 5));
}

static bool decode_f(uint64_t raw, struct kwh_time *time, bool *summer_time)
{
    bool invalid = bits(raw, 7, 1) != 0;

    *summer_time = bits(raw, 15, 1) != 0;
    return !invalid && set_packed_date(time, raw >> 16, bits(raw, 13, 2)) &&
           set_clock(time, bits(raw, 8, 5), bits(raw, 0, 6), -1);
}

static bool decode_i(uint64_t raw, struct kwh_time *time, bool *summer_time)
{
    bool invalid = bits(raw, 15, 1) != 0;

    *summer_time = bits(raw, 6, 1) != 0;
    return !invalid && bits(raw, 40, 6) <= 53 && set_packed_date(time, raw >> 24, 0) &&
           set_clock(time, bits(raw, 16, 5), bits(raw, 8, 6), bits(raw, 0, 6));
}

/* Second, minute and hour, a byte each. */
static bool decode_j(uint64_t raw, struct kwh_time *time)
{
    return set_clock(time, bits(raw, 16, 8), bits(raw, 8, 8), bits(raw, 0, 8));
}

static void clear(struct kwh_time *time)
{
    time->year = -1;
    time->month = -1;
    time->day = -1;
    time->hour = -1;
    time->minute = -1;
    time->second = -1;
}

bool kwhi_time_decode(uint64_t raw, size_t length, struct kwh_time *time, bool *summer_time)
{
    bool valid = false;

    clear(time);
    *summer_time = false;
    if (length == 2)
        valid = set_packed_date(time, raw, 0);
    else if (length == 3)
        valid = decode_j(raw, time);
    else if (length == 4)
        valid = decode_f(raw, time, summer_time);
    else if (length == 6)
        valid = decode_i(raw, time, summer_time);
    if (!valid) {
        clear(time);
        *summer_time = false;
    }
    return valid;
}

/* A byte of two decimal digits; of others, a number that is no part of a time. */
static int16_t two_digits(uint64_t raw, unsigned byte)
{
    return (int16_t)(10 * bits(raw, 8 * byte + 4, 4) + bits(raw, 8 * byte, 4));
}

bool kwhi_time_decode_digits(uint64_t raw, struct kwh_time *time)
{
    int16_t year = two_digits(raw, 5);
    bool valid;

    clear(time);
    valid = year <= 99 && set_date(time, full_year(year), two_digits(raw, 4), two_digits(raw, 3)) &&
            set_clock(time, two_digits(raw, 2), two_digits(raw, 1), two_digits(raw, 0));
    if (!valid)
        clear(time);
    return valid;
}
