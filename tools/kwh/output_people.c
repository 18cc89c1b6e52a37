/* SPDX-License-Identifier: MIT */
/* What people like to read: kilowatts, groups, times. */
#include "output.h"

#include <string.h>
#include <time.h>

int64_t utc_now_ms(void)
{
    struct timespec now = {0, 0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void print_time(int64_t utc_ms, char text[TIME_TEXT])
{
    time_t seconds = (time_t)(utc_ms / 1000);
    struct tm parts;
    memset(&parts, 0, sizeof parts);
    (void)gmtime_r(&seconds, &parts);
    size_t length = strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(text + length, TIME_TEXT - length, ".%03dZ", (int)(utc_ms % 1000));
}

/* Units and what they are called a thousand and a million times as large. */
static const struct {
    enum kwh_unit unit;
    bool always_kilo; /* as on the meter's own display */
    const char *kilo, *mega;
} larger_units[] = {
    {KWH_UNIT_WATT, false, "kW", "MW"},          {KWH_UNIT_VAR, false, "kvar", "Mvar"},
    {KWH_UNIT_VOLT_AMPERE, false, "kVA", "MVA"}, {KWH_UNIT_WATT_HOUR, true, "kWh", "kWh"},
    {KWH_UNIT_VAR_HOUR, true, "kvarh", "kvarh"}, {KWH_UNIT_VOLT_AMPERE_HOUR, true, "kVAh", "kVAh"},
};

static bool reaches(struct kwh_decimal value, int8_t exponent)
{
    return kwh_decimal_compare(value, kwh_decimal(1, exponent)) >= 0 ||
           kwh_decimal_compare(value, kwh_decimal(-1, exponent)) <= 0;
}

static size_t larger_unit(enum kwh_unit unit)
{
    size_t i = 0;
    while (i < KWH_COUNT(larger_units) && larger_units[i].unit != unit)
        i++;
    return i;
}

static int power_of(struct kwh_decimal value, enum kwh_unit unit)
{
    size_t i = larger_unit(unit);
    if (i == KWH_COUNT(larger_units))
        return 0;
    if (larger_units[i].always_kilo)
        return 3;
    return reaches(value, 6) ? 6 : reaches(value, 3) ? 3 : 0;
}

static bool is_number(const struct kwh_reading *reading)
{
    return kwh_reading_has_value(reading) && reading->form == KWH_FORM_DECIMAL;
}

int power_for_people(const struct kwh_reading *reading)
{
    return is_number(reading) ? power_of(reading->decimal, kwh_quantity_unit(reading->quantity))
                              : 0;
}

void print_status(enum kwh_status status, char text[KWH_READING_TEXT])
{
    snprintf(text, KWH_READING_TEXT, "%s", kwh_status_name(status));
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '_' ? ' ' : *c;
}

/* Moves the point of a printed number; returns the unit that goes with it. */
static const char *move_point(struct kwh_decimal value, enum kwh_unit unit, int power,
                              char text[KWH_DECIMAL_TEXT])
{
    size_t i = larger_unit(unit);
    struct kwh_decimal moved;
    if (i == KWH_COUNT(larger_units) || power == 0)
        return unit == KWH_UNIT_ONE ? "" : kwh_unit_symbol(unit);
    /* Only the point moves, every digit stays; 0 needs none. */
    if (value.mantissa != 0 && (kwh_decimal_shift(value, -power, &moved) != KWH_OK ||
                                kwh_decimal_print(&moved, text, KWH_DECIMAL_TEXT) != KWH_OK))
        return kwh_unit_symbol(unit);
    return power == 6 ? larger_units[i].mega : larger_units[i].kilo;
}

const char *print_number_for_people(struct kwh_decimal value, enum kwh_unit unit,
                                    char text[KWH_DECIMAL_TEXT])
{
    if (kwh_decimal_print(&value, text, KWH_DECIMAL_TEXT) != KWH_OK)
        return "";
    return move_point(value, unit, power_of(value, unit), text);
}

const char *print_for_people(const struct kwh_reading *reading, int power,
                             char text[KWH_READING_TEXT])
{
    if (kwh_reading_print(reading, text, KWH_READING_TEXT) != KWH_OK) {
        print_status((enum kwh_status)reading->status, text);
        return "";
    }
    return is_number(reading)
               ? move_point(reading->decimal, kwh_quantity_unit(reading->quantity), power, text)
               : "";
}

/* In the order of their numbers, kinds from 1; energies have one group for each direction. */
static const char *const kinds[] = {
    "Voltage",         "Current",         "Active power",   "Reactive power",
    "Apparent power",  "Power factor",    "Frequency",      "Active energy",
    "Reactive energy", "Apparent energy", "Charge",         "Phase angle",
    "THD of voltage",  "THD of current",  "Operating time", "Temperature",
};
static const char *const directions[] = {"", " import", " export", " net", " gross", " combined"};

/* Behind all kinds. */
enum {
    GROUP_METER = 1000,
    GROUP_RECORDS
};

unsigned group_of(uint32_t quantity)
{
    unsigned kind = KWH_QUANTITY_KIND(quantity), direction = KWH_QUANTITY_DIRECTION(quantity);
    if (quantity == 0)
        return GROUP_RECORDS;
    if (KWH_QUANTITY_CLASS(quantity) != KWH_CLASS_MEASUREMENT || kind == 0)
        return GROUP_METER;
    bool energy = kind >= KWH_KIND_ACTIVE_ENERGY && kind <= KWH_KIND_APPARENT_ENERGY;
    return kind * 8 + (energy ? direction : 0);
}

void group_title(unsigned group, char text[GROUP_TEXT])
{
    unsigned kind = group / 8, direction = group % 8;
    if (group == GROUP_RECORDS)
        snprintf(text, GROUP_TEXT, "Other records");
    else if (kind == 0 || kind > KWH_COUNT(kinds) || direction >= KWH_COUNT(directions))
        snprintf(text, GROUP_TEXT, "Meter");
    else
        snprintf(text, GROUP_TEXT, "%s%s", kinds[kind - 1], directions[direction]);
}
