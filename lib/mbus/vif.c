/* SPDX-License-Identifier: MIT */
#include "vif.h"

/* Kind and unit of a row, in few letters. */
#define ROW(first, last, kind, unit, scale, marks)                                                 \
    {                                                                                              \
        first, last, KWH_MBUS_KIND_##kind, KWH_UNIT_##unit, scale, marks                           \
    }

enum {
    TIMES = KWHI_TIMES,
    UNSIGNED = KWHI_UNSIGNED_DATA,
    DATE = KWHI_DATE,
    DOUBTFUL = KWHI_DOUBTFUL,
    CONTAINER = KWHI_CONTAINER,
    FLAT = KWHI_FLAT
};

/* clang-format off */
static KWH_CONST struct kwhi_vif primary[] = {
    ROW(0x00, 0x07, ENERGY,                  WATT_HOUR,              -3, 0),
    ROW(0x08, 0x0F, ENERGY,                  JOULE,                   0, 0),
    ROW(0x10, 0x17, VOLUME,                  CUBIC_METER,            -6, 0),
    ROW(0x18, 0x1F, MASS,                    KILOGRAM,               -3, 0),
    ROW(0x20, 0x23, ON_TIME,                 SECOND,                  0, TIMES),
    ROW(0x24, 0x27, OPERATING_TIME,          SECOND,                  0, TIMES),
    ROW(0x28, 0x2F, POWER,                   WATT,                   -3, 0),
    ROW(0x30, 0x37, POWER,                   JOULE_PER_HOUR,          0, 0),
    ROW(0x38, 0x3F, VOLUME_FLOW,             CUBIC_METER_PER_HOUR,   -6, 0),
    ROW(0x40, 0x47, VOLUME_FLOW,             CUBIC_METER_PER_MINUTE, -7, 0),
    ROW(0x48, 0x4F, VOLUME_FLOW,             CUBIC_METER_PER_SECOND, -9, 0),
    ROW(0x50, 0x57, MASS_FLOW,               KILOGRAM_PER_HOUR,      -3, 0),
    ROW(0x58, 0x5B, FLOW_TEMPERATURE,        CELSIUS,                -3, 0),
    ROW(0x5C, 0x5F, RETURN_TEMPERATURE,      CELSIUS,                -3, 0),
    ROW(0x60, 0x63, TEMPERATURE_DIFFERENCE,  KELVIN,                 -3, 0),
    ROW(0x64, 0x67, EXTERNAL_TEMPERATURE,    CELSIUS,                -3, 0),
    ROW(0x68, 0x6B, PRESSURE,                BAR,                    -3, 0),
    ROW(0x6C, 0x6C, DATE,                    NONE,                    0, DATE),
    ROW(0x6D, 0x6D, DATE_TIME,               NONE,                    0, DATE),
    ROW(0x6E, 0x6E, HEAT_COST,               NONE,                    0, 0),
    ROW(0x70, 0x73, AVERAGING_DURATION,      SECOND,                  0, TIMES),
    ROW(0x74, 0x77, ACTUALITY_DURATION,      SECOND,                  0, TIMES),
    ROW(0x78, 0x78, FABRICATION_NUMBER,      NONE,                    0, UNSIGNED),
    ROW(0x79, 0x79, ENHANCED_IDENTIFICATION, NONE,                    0, UNSIGNED),
    ROW(0x7A, 0x7A, BUS_ADDRESS,             NONE,                    0, UNSIGNED),
    ROW(0x7C, 0x7C, PLAIN_TEXT,              NONE,                    0, 0),
    ROW(0x7E, 0x7E, ANY,                     NONE,                    0, 0),
    ROW(0x7F, 0x7F, MANUFACTURER_SPECIFIC,   NONE,                    0, 0),
};

static KWH_CONST struct kwhi_vif fb[] = {
    ROW(0x00, 0x01, ENERGY,              WATT_HOUR,            5, 0),         /* 0.1 MWh */
    ROW(0x02, 0x03, REACTIVE_ENERGY,     VAR_HOUR,             3, 0),
    ROW(0x04, 0x05, APPARENT_ENERGY,     VOLT_AMPERE_HOUR,     3, 0),
    ROW(0x06, 0x06, CODE,                NONE,                -1, DOUBTFUL),  /* performance */
    ROW(0x08, 0x09, ENERGY,              JOULE,                8, 0),         /* 0.1 GJ */
    ROW(0x0C, 0x0F, ENERGY,              CALORIE,              5, 0),         /* 0.1 Mcal */
    ROW(0x10, 0x11, VOLUME,              CUBIC_METER,          2, 0),
    ROW(0x14, 0x17, REACTIVE_POWER,      VAR,                  0, 0),
    ROW(0x18, 0x19, MASS,                KILOGRAM,             5, 0),         /* 100 t */
    ROW(0x1A, 0x1B, RELATIVE_HUMIDITY,   PERCENT,             -1, 0),
    ROW(0x20, 0x20, VOLUME,              CUBIC_FOOT,           0, 0),
    ROW(0x21, 0x21, VOLUME,              CUBIC_FOOT,          -1, 0),
    ROW(0x22, 0x23, VOLUME,              GALLON,              -1, DOUBTFUL),
    ROW(0x24, 0x24, VOLUME_FLOW,         GALLON_PER_MINUTE,   -3, DOUBTFUL),
    ROW(0x25, 0x25, VOLUME_FLOW,         GALLON_PER_MINUTE,    0, DOUBTFUL),
    ROW(0x26, 0x26, VOLUME_FLOW,         GALLON_PER_HOUR,      0, DOUBTFUL),
    ROW(0x28, 0x29, POWER,               WATT,                 5, 0),         /* 0.1 MW */
    ROW(0x2A, 0x2A, PHASE_ANGLE_VOLTAGE, DEGREE,              -1, DOUBTFUL),  /* no edition says */
    ROW(0x2B, 0x2B, PHASE_ANGLE_CURRENT, DEGREE,              -1, DOUBTFUL),  /* 0.1 */
    ROW(0x2C, 0x2F, FREQUENCY,           HERTZ,               -3, 0),
    ROW(0x30, 0x31, POWER,               JOULE_PER_HOUR,       8, 0),         /* 0.1 GJ/h */
    ROW(0x34, 0x37, APPARENT_POWER,      VOLT_AMPERE,          0, 0),
    ROW(0x58, 0x5B, FLOW_TEMPERATURE,       FAHRENHEIT,       -3, DOUBTFUL),
    ROW(0x5C, 0x5F, RETURN_TEMPERATURE,     FAHRENHEIT,       -3, DOUBTFUL),
    ROW(0x60, 0x63, TEMPERATURE_DIFFERENCE, FAHRENHEIT,       -3, DOUBTFUL),
    ROW(0x64, 0x67, EXTERNAL_TEMPERATURE,   FAHRENHEIT,       -3, DOUBTFUL),
    ROW(0x70, 0x73, TEMPERATURE_LIMIT,      FAHRENHEIT,       -3, DOUBTFUL),
    ROW(0x74, 0x77, TEMPERATURE_LIMIT,      CELSIUS,          -3, 0),
    ROW(0x78, 0x7F, MAXIMUM_POWER,          WATT,             -3, 0),
};

static KWH_CONST struct kwhi_vif fd[] = {
    ROW(0x00, 0x03, CREDIT,                 NONE,   -3, 0),
    ROW(0x04, 0x07, DEBIT,                  NONE,   -3, 0),
    ROW(0x08, 0x1D, CODE,                   NONE,    0, UNSIGNED | FLAT), /* identity to delay */
    ROW(0x1F, 0x23, CODE,                   NONE,    0, UNSIGNED | FLAT), /* storage blocks */
    ROW(0x24, 0x27, STORAGE_INTERVAL,       SECOND,  0, TIMES),
    ROW(0x28, 0x28, STORAGE_INTERVAL,       MONTH,   0, 0),
    ROW(0x29, 0x29, STORAGE_INTERVAL,       YEAR,    0, 0),
    ROW(0x2A, 0x2A, CODE,                   NONE,    0, UNSIGNED),        /* the operator's data */
    ROW(0x2C, 0x2F, SINCE_READOUT,          SECOND,  0, TIMES),
    ROW(0x30, 0x30, CODE,                   NONE,    0, DATE),            /* start of tariff */
    ROW(0x31, 0x33, TARIFF_DURATION,        SECOND,  1, TIMES),
    ROW(0x34, 0x37, TARIFF_PERIOD,          SECOND,  0, TIMES),
    ROW(0x38, 0x38, TARIFF_PERIOD,          MONTH,   0, 0),
    ROW(0x39, 0x39, TARIFF_PERIOD,          YEAR,    0, 0),
    ROW(0x3B, 0x3B, CODE,                   NONE,    0, CONTAINER),       /* wireless M-Bus */
    ROW(0x3C, 0x3F, TRANSMISSION_PERIOD,    SECOND,  0, TIMES),
    ROW(0x40, 0x4F, VOLTAGE,                VOLT,   -9, 0),
    ROW(0x50, 0x5F, CURRENT,                AMPERE, -12, 0),
    ROW(0x66, 0x66, CODE,                   NONE,    0, UNSIGNED),        /* parameter activation */
    ROW(0x68, 0x69, SINCE_CUMULATION,       SECOND,  2, TIMES),
    ROW(0x6A, 0x6A, SINCE_CUMULATION,       MONTH,   0, 0),
    ROW(0x6B, 0x6B, SINCE_CUMULATION,       YEAR,    0, 0),
    ROW(0x6C, 0x6D, BATTERY_OPERATING_TIME, SECOND,  2, TIMES),
    ROW(0x6E, 0x6E, BATTERY_OPERATING_TIME, MONTH,   0, 0),
    ROW(0x6F, 0x6F, BATTERY_OPERATING_TIME, YEAR,    0, 0),
    ROW(0x70, 0x70, CODE,                   NONE,    0, DATE),            /* of battery change */
    ROW(0x71, 0x71, RF_LEVEL,               DBM,     0, 0),
    ROW(0x74, 0x74, BATTERY_LIFE,           SECOND,  3, TIMES | UNSIGNED),
    ROW(0x75, 0x75, CODE,                   NONE,    0, UNSIGNED),        /* times stopped */
    ROW(0x76, 0x76, CODE,                   NONE,    0, CONTAINER),       /* the maker's protocol */
};

static KWH_CONST struct kwhi_vif fd_fd[] = {
    ROW(0x00, 0x00, CODE,         NONE,  0, UNSIGNED), /* selected application */
    ROW(0x02, 0x02, BATTERY_LIFE, MONTH, 0, UNSIGNED),
    ROW(0x03, 0x03, BATTERY_LIFE, YEAR,  0, UNSIGNED),
};

/* Each unit of the fixed structure thrice, times 1, 10 and 100: so they run on in powers of ten. */
static KWH_CONST struct kwhi_vif fixed_units[] = {
    ROW(0x02, 0x0A, ENERGY,      WATT_HOUR,             0, 0),
    ROW(0x0B, 0x13, ENERGY,      JOULE,                 3, 0),
    ROW(0x14, 0x1C, POWER,       WATT,                  0, 0),
    ROW(0x1D, 0x25, POWER,       JOULE_PER_HOUR,        3, 0),
    ROW(0x26, 0x2E, VOLUME,      CUBIC_METER,          -6, 0),
    ROW(0x2F, 0x37, VOLUME_FLOW, CUBIC_METER_PER_HOUR, -6, 0),
    ROW(0x38, 0x38, TEMPERATURE, CELSIUS,              -3, 0),
    ROW(0x39, 0x39, HEAT_COST,   NONE,                  0, 0),
};
/* clang-format on */

#define ROWS(rows) (sizeof(rows) / sizeof(rows)[0])

static KWH_CONST struct kwhi_vif unknown = ROW(0, 0x7F, CODE, NONE, 0, FLAT);

/* By halves; the rows are in the order of their codes. */
static KWH_CONST struct kwhi_vif *find(KWH_CONST struct kwhi_vif *rows, size_t count, uint8_t code)
{
    size_t low = 0;
    size_t high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (middle >= count) /* cannot be, but then every step is proven by itself */
            break;
        if (rows[middle].last < code)
            low = middle + 1;
        else if (rows[middle].first > code)
            high = middle;
        else
            return &rows[middle];
    }
    return &unknown;
}

KWH_CONST struct kwhi_vif *kwhi_vif(enum kwh_mbus_table table, uint8_t code)
{
    switch (table) {
    case KWH_MBUS_PRIMARY:
        return find(primary, ROWS(primary), code);
    case KWH_MBUS_FB:
        return find(fb, ROWS(fb), code);
    case KWH_MBUS_FD:
        return find(fd, ROWS(fd), code);
    case KWH_MBUS_FD_FD:
        return find(fd_fd, ROWS(fd_fd), code);
    }
    return &unknown;
}

KWH_CONST struct kwhi_vif *kwhi_fixed_unit(uint8_t code)
{
    return find(fixed_units, ROWS(fixed_units), code);
}

void kwhi_vif_apply(KWH_CONST struct kwhi_vif *row, uint8_t code, struct kwh_mbus_record *record,
                    struct kwhi_mbus_scale *scale)
{
    static KWH_CONST int32_t seconds[] = {1, 60, 3600, 86400};
    int step = (row->marks & KWHI_FLAT) != 0 ? 0 : code - row->first;

    record->kind = row->kind;
    record->unit = row->unit;
    scale->marks = row->marks;
    scale->offset = 0;
    if ((row->marks & KWHI_TIMES) != 0) {
        scale->factor = seconds[(row->scale + step) & 3];
        scale->exponent = 0;
    } else {
        scale->factor = 1;
        scale->exponent = (int16_t)(row->scale + step);
    }
}
