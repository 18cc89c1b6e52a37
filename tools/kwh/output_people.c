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

static size_t larger_unit(const struct kwh_reading *reading)
{
    enum kwh_unit unit = kwh_quantity_unit(reading->quantity);
    size_t i = 0;
    while (i < KWH_COUNT(larger_units) && larger_units[i].unit != unit)
        i++;
    return kwh_reading_has_value(reading) && reading->form == KWH_FORM_DECIMAL
               ? i
               : KWH_COUNT(larger_units);
}

int power_for_people(const struct kwh_reading *reading)
{
    size_t i = larger_unit(reading);
    if (i == KWH_COUNT(larger_units))
        return 0;
    if (larger_units[i].always_kilo)
        return 3;
    return reaches(reading->decimal, 6) ? 6 : reaches(reading->decimal, 3) ? 3 : 0;
}

/* The status in words. */
static void print_status(const struct kwh_reading *reading, char text[KWH_READING_TEXT])
{
    snprintf(text, KWH_READING_TEXT, "%s", kwh_status_name((enum kwh_status)reading->status));
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '_' ? ' ' : *c;
}

const char *print_for_people(const struct kwh_reading *reading, int power,
                             char text[KWH_READING_TEXT])
{
    size_t i = larger_unit(reading);
    enum kwh_unit unit = kwh_quantity_unit(reading->quantity);
    struct kwh_reading moved = *reading;
    if (kwh_reading_print(reading, text, KWH_READING_TEXT) != KWH_OK) {
        print_status(reading, text);
        return "";
    }
    if (i == KWH_COUNT(larger_units) || power == 0) {
        bool bare = reading->form != KWH_FORM_DECIMAL || unit == KWH_UNIT_ONE;
        return bare ? "" : kwh_unit_symbol(unit);
    }
    /* Only the point moves, every digit stays; 0 needs none. */
    if (reading->decimal.mantissa != 0 &&
        (kwh_decimal_shift(reading->decimal, -power, &moved.decimal) != KWH_OK ||
         kwh_decimal_print(&moved.decimal, text, KWH_READING_TEXT) != KWH_OK))
        return kwh_unit_symbol(unit);
    return power == 6 ? larger_units[i].mega : larger_units[i].kilo;
}

/* In the order of their numbers, kinds from 1; energies have one group for each direction. */
static const char *const kinds[] = {
    "Voltage",         "Current",         "Active power",   "Reactive power",
    "Apparent power",  "Power factor",    "Frequency",      "Active energy",
    "Reactive energy", "Apparent energy", "Charge",         "Phase angle",
    "THD of voltage",  "THD of current",  "Operating time", "Temperature",
};
static const char *const directions[] = {"", " import", " export", " net", " gross", " combined"};

unsigned group_of(uint32_t quantity)
{
    unsigned kind = KWH_QUANTITY_KIND(quantity), direction = KWH_QUANTITY_DIRECTION(quantity);
    if (KWH_QUANTITY_CLASS(quantity) != KWH_CLASS_MEASUREMENT || kind == 0)
        return 1000;
    bool energy = kind >= KWH_KIND_ACTIVE_ENERGY && kind <= KWH_KIND_APPARENT_ENERGY;
    return kind * 8 + (energy ? direction : 0);
}

void group_title(unsigned group, char text[GROUP_TEXT])
{
    unsigned kind = group / 8, direction = group % 8;
    if (kind == 0 || kind > KWH_COUNT(kinds) || direction >= KWH_COUNT(directions))
        snprintf(text, GROUP_TEXT, "Meter");
    else
        snprintf(text, GROUP_TEXT, "%s%s", kinds[kind - 1], directions[direction]);
}
