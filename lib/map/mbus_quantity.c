/* SPDX-License-Identifier: MIT */
#include <kwh/map_record.h>

#include "record_reading.h"

/* What the medium must be, for it decides what energy and power are of; what VIFE may say. */
enum {
    ELECTRICITY = 1,
    HEAT = 2, /* or cold */
    DIRECTION = 4,
    PHASE = 8,
    BOTH = DIRECTION | PHASE,
    QUADRANT = 16
};

/* What the standard means by a kind in a unit. */
struct meaning {
    uint8_t kind; /* enum kwh_mbus_kind */
    uint8_t unit; /* enum kwh_unit */
    uint8_t marks;
    uint32_t quantity;
};

#define ROW(kind, unit, name, marks)                                                               \
    {                                                                                              \
        KWH_MBUS_KIND_##kind, KWH_UNIT_##unit, marks, KWH_##name                                   \
    }

/* Electricity in joules, power in J/h and calories are no exact number of a base unit. */
/* clang-format off */
static KWH_CONST struct meaning meanings[] = {
    ROW(ENERGY,                 WATT_HOUR,              ACTIVE_ENERGY,          ELECTRICITY | BOTH),
    ROW(POWER,                  WATT,                   ACTIVE_POWER,           ELECTRICITY | BOTH),
    ROW(REACTIVE_ENERGY,        VAR_HOUR,               REACTIVE_ENERGY,        BOTH | QUADRANT),
    ROW(REACTIVE_POWER,         VAR,                    REACTIVE_POWER,         BOTH),
    ROW(APPARENT_ENERGY,        VOLT_AMPERE_HOUR,       APPARENT_ENERGY,        PHASE),
    ROW(APPARENT_POWER,         VOLT_AMPERE,            APPARENT_POWER,         PHASE),
    ROW(VOLTAGE,                VOLT,                   VOLTAGE,                PHASE),
    ROW(CURRENT,                AMPERE,                 CURRENT,                PHASE),
    ROW(FREQUENCY,              HERTZ,                  FREQUENCY,              0),
    ROW(OPERATING_TIME,         SECOND,                 OPERATING_TIME,         0),
    ROW(ENERGY,                 WATT_HOUR,              THERMAL_ENERGY,         HEAT | DIRECTION),
    ROW(ENERGY,                 JOULE,                  THERMAL_ENERGY,         HEAT | DIRECTION),
    ROW(POWER,                  WATT,                   THERMAL_POWER,          HEAT | DIRECTION),
    ROW(VOLUME,                 CUBIC_METER,            VOLUME,                 DIRECTION),
    ROW(VOLUME_FLOW,            CUBIC_METER_PER_HOUR,   VOLUME_FLOW,            DIRECTION),
    ROW(VOLUME_FLOW,            CUBIC_METER_PER_MINUTE, VOLUME_FLOW,            DIRECTION),
    ROW(VOLUME_FLOW,            CUBIC_METER_PER_SECOND, VOLUME_FLOW,            DIRECTION),
    ROW(TEMPERATURE,            CELSIUS,                TEMPERATURE,            0),
    ROW(FLOW_TEMPERATURE,       CELSIUS,                TEMPERATURE_SUPPLY,     0),
    ROW(RETURN_TEMPERATURE,     CELSIUS,                TEMPERATURE_RETURN,     0),
    ROW(EXTERNAL_TEMPERATURE,   CELSIUS,                TEMPERATURE_EXTERNAL,   0),
    ROW(TEMPERATURE_DIFFERENCE, KELVIN,                 TEMPERATURE_DIFFERENCE, 0),
};
/* clang-format on */

/* Highest tariff and storage number that have a name. */
enum {
    TARIFF_MAX = 8,
    HISTORY_MAX = 8
};

static unsigned medium_of(uint8_t code)
{
    switch (code) {
    case 0x02:
        return ELECTRICITY;
    case 0x04: /* heat, volume measured at the outlet */
    case 0x0A: /* cooling, outlet */
    case 0x0B: /* cooling, inlet */
    case 0x0C: /* heat, inlet */
    case 0x0D: /* heat and cooling */
        return HEAT;
    default:
        return 0;
    }
}

static KWH_CONST struct meaning *meaning_of(const struct kwh_mbus_record *record)
{
    for (size_t i = 0; i < KWH_COUNT(meanings); i++) {
        KWH_CONST struct meaning *meaning = &meanings[i];
        unsigned medium = meaning->marks & (ELECTRICITY | HEAT);
        if (meaning->kind == record->kind && meaning->unit == record->unit &&
            (medium == 0 || medium == medium_of(record->medium)))
            return meaning;
    }
    return NULL;
}

/* Nothing in the record but what the standard has a quantity for. */
static bool is_plain(const struct kwh_mbus_record *record, KWH_CONST struct meaning *meaning)
{
    bool quadrant = record->nature != KWH_NATURE_NONE;
    bool direction = record->direction != KWH_DIRECTION_NONE;
    return record->form == KWH_MBUS_FORM_NUMBER && record->function == KWH_MBUS_INSTANTANEOUS &&
           record->subunit == 0 && !record->manufacturer && !record->modified &&
           record->report == 0 && record->tariff <= TARIFF_MAX && record->storage <= HISTORY_MAX &&
           !(quadrant && direction) && (!quadrant || (meaning->marks & QUADRANT) != 0) &&
           (!direction || (meaning->marks & DIRECTION) != 0) &&
           (record->phase == KWH_PHASE_NONE || (meaning->marks & PHASE) != 0);
}

uint32_t kwh_mbus_quantity(const struct kwh_mbus_record *record)
{
    KWH_CONST struct meaning *meaning = meaning_of(record);
    if (meaning == NULL || !is_plain(record, meaning))
        return 0;
    return meaning->quantity | KWH_MEASUREMENT(0, record->nature, record->direction, record->phase,
                                               record->tariff, record->storage, 0, 0, 0);
}

/* Into the base unit; false when 64 bits do not hold it. The bounds are constants: no division. */
static bool convert(KWH_CONST struct meaning *meaning, struct kwh_decimal *value)
{
    bool minutes = meaning->unit == KWH_UNIT_CUBIC_METER_PER_MINUTE;
    int64_t most = minutes ? INT64_MAX / 60 : INT64_MAX / 3600;
    if (meaning->unit == (uint8_t)kwh_quantity_unit(meaning->quantity))
        return true;
    if (value->mantissa > most || value->mantissa < -most)
        return false;
    value->mantissa *= minutes ? 60 : 3600;
    return true;
}

static enum kwh_status read_number(const struct kwh_mbus_record *record,
                                   struct kwh_reading *reading)
{
    KWH_CONST struct meaning *meaning = reading->quantity != 0 ? meaning_of(record) : NULL;
    struct kwh_decimal value = record->value;
    if (!record->is_number)
        return KWH_STATUS_NOT_AVAILABLE;
    if (meaning != NULL && !convert(meaning, &value))
        return KWH_STATUS_OVERFLOW;
    reading->decimal = value;
    return KWH_STATUS_OK;
}

static enum kwh_status read_value(const uint8_t *data, size_t size,
                                  const struct kwh_mbus_record *record, struct kwh_reading *reading)
{
    switch ((enum kwh_mbus_form)record->form) {
    case KWH_MBUS_FORM_NUMBER:
        return read_number(record, reading);
    case KWH_MBUS_FORM_TEXT:
        reading->form = KWH_FORM_TEXT;
        return kwhi_record_text(data, size, record, reading);
    case KWH_MBUS_FORM_TIME:
        reading->form = KWH_FORM_TIME;
        reading->time = record->time;
        return KWH_STATUS_OK;
    case KWH_MBUS_FORM_NOTHING:
    case KWH_MBUS_FORM_BYTES:
        break;
    }
    return KWH_STATUS_NOT_AVAILABLE;
}

void kwh_mbus_reading(const uint8_t *data, size_t size, const struct kwh_mbus_record *record,
                      struct kwh_reading *reading)
{
    enum kwh_status status = (enum kwh_status)record->status;
    kwh_reading_init(reading, kwh_mbus_quantity(record), KWH_STATUS_NOT_AVAILABLE);
    reading->certainty = KWH_CERTAINTY_PUBLIC;
    if (status == KWH_STATUS_OK || status == KWH_STATUS_DOUBTFUL) {
        enum kwh_status own = read_value(data, size, record, reading);
        status = own != KWH_STATUS_OK ? own : status;
    }
    reading->status = (uint8_t)status;
}
