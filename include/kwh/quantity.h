/* SPDX-License-Identifier: MIT */
/**
 * @file quantity.h
 * Names of everything a meter can tell or be told: 32-bit numbers made of orthogonal fields.
 *
 *     measurement  kind[_nature][_direction][_phase][_tN][_hN][_process][_resettable][_secondary]
 *     device item  item[_phase | _index]
 *     action       action_<verb>_<object>
 *
 * A quantity is the same for every meter and protocol. Numbers and words are frozen. The constants
 * of all names in use are in quantity_names.h.
 */
#ifndef KWH_QUANTITY_H
#define KWH_QUANTITY_H

#include <kwh/error.h>
#include <kwh/quantity_names.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Bits 31-30. */
enum kwh_quantity_class {
    KWH_CLASS_MEASUREMENT,
    KWH_CLASS_ITEM,
    KWH_CLASS_ACTION
};

/** Bits 29-25 of a measurement. 24 to 31 are for users' own maps. */
enum kwh_kind {
    KWH_KIND_VOLTAGE = 1,
    KWH_KIND_CURRENT = 2,
    KWH_KIND_ACTIVE_POWER = 3,
    KWH_KIND_REACTIVE_POWER = 4,
    KWH_KIND_APPARENT_POWER = 5,
    KWH_KIND_POWER_FACTOR = 6,
    KWH_KIND_FREQUENCY = 7,
    KWH_KIND_ACTIVE_ENERGY = 8,
    KWH_KIND_REACTIVE_ENERGY = 9,
    KWH_KIND_APPARENT_ENERGY = 10,
    KWH_KIND_CHARGE = 11,
    KWH_KIND_PHASE_ANGLE = 12,
    KWH_KIND_THD_VOLTAGE = 13,
    KWH_KIND_THD_CURRENT = 14,
    KWH_KIND_OPERATING_TIME = 15,
    KWH_KIND_TEMPERATURE = 16,
    KWH_KIND_THERMAL_ENERGY = 17, /**< Heat or cold. */
    KWH_KIND_THERMAL_POWER = 18,
    KWH_KIND_VOLUME = 19,
    KWH_KIND_VOLUME_FLOW = 20,
    KWH_KIND_TEMPERATURE_DIFFERENCE = 21
};

/** Bits 24-21 of a measurement. */
enum kwh_nature {
    KWH_NATURE_NONE,
    KWH_NATURE_INDUCTIVE,
    KWH_NATURE_CAPACITIVE,
    KWH_NATURE_Q1,
    KWH_NATURE_Q2,
    KWH_NATURE_Q3,
    KWH_NATURE_Q4,
    KWH_NATURE_LEAD_LAG,  /**< Power factor: positive lagging, negative leading. */
    KWH_NATURE_MAGNITUDE, /**< Power factor: unsigned. */
    KWH_NATURE_SUPPLY,    /**< Temperature: of what flows to the consumer. */
    KWH_NATURE_RETURN,    /**< Temperature: of what comes back. */
    KWH_NATURE_EXTERNAL   /**< Temperature: around. */
};

/** Bits 20-18 of a measurement. */
enum kwh_direction {
    KWH_DIRECTION_NONE,
    KWH_DIRECTION_IMPORT,
    KWH_DIRECTION_EXPORT,
    KWH_DIRECTION_NET,     /**< import - export */
    KWH_DIRECTION_GROSS,   /**< import + export */
    KWH_DIRECTION_COMBINED /**< What the meter's combination code or measuring mode says. */
};

/** Bits 17-14 of a measurement or an item. */
enum kwh_phase {
    KWH_PHASE_NONE, /**< The system: the sum, or the one phase of a single-phase meter. */
    KWH_PHASE_L1,
    KWH_PHASE_L2,
    KWH_PHASE_L3,
    KWH_PHASE_N,
    KWH_PHASE_L1_L2,
    KWH_PHASE_L2_L3,
    KWH_PHASE_L3_L1,
    KWH_PHASE_SUM,
    KWH_PHASE_MEAN,
    KWH_PHASE_MEAN_LL
};

/** Bits 5-2 of a measurement. */
enum kwh_process {
    KWH_PROCESS_NONE,
    KWH_PROCESS_DEMAND,
    KWH_PROCESS_MAX_DEMAND,
    KWH_PROCESS_MAX,
    KWH_PROCESS_MIN,
    KWH_PROCESS_DAY,
    KWH_PROCESS_PREVIOUS_DAY,
    KWH_PROCESS_WEEK,
    KWH_PROCESS_PREVIOUS_WEEK,
    KWH_PROCESS_MONTH,
    KWH_PROCESS_PREVIOUS_MONTH,
    KWH_PROCESS_ROLLOVERS,
    KWH_PROCESS_BALANCE
};

/** Base units. KWH_UNIT_NONE: the quantity is no number (digits, text, time, bits, choice). */
enum kwh_unit {
    KWH_UNIT_NONE,
    KWH_UNIT_ONE, /**< Dimensionless number, written "1". */
    KWH_UNIT_VOLT,
    KWH_UNIT_AMPERE,
    KWH_UNIT_WATT,
    KWH_UNIT_VAR,
    KWH_UNIT_VOLT_AMPERE,
    KWH_UNIT_HERTZ,
    KWH_UNIT_WATT_HOUR,
    KWH_UNIT_VAR_HOUR,
    KWH_UNIT_VOLT_AMPERE_HOUR,
    KWH_UNIT_SECOND,
    KWH_UNIT_AMPERE_HOUR,
    KWH_UNIT_DEGREE,
    KWH_UNIT_PERCENT,
    KWH_UNIT_CELSIUS,
    KWH_UNIT_JOULE,
    KWH_UNIT_CUBIC_METER,
    KWH_UNIT_CUBIC_METER_PER_HOUR,
    KWH_UNIT_CUBIC_METER_PER_MINUTE,
    KWH_UNIT_CUBIC_METER_PER_SECOND,
    KWH_UNIT_KILOGRAM,
    KWH_UNIT_KILOGRAM_PER_HOUR,
    KWH_UNIT_JOULE_PER_HOUR,
    KWH_UNIT_KELVIN,
    KWH_UNIT_BAR,
    KWH_UNIT_MONTH,
    KWH_UNIT_YEAR,
    KWH_UNIT_CALORIE,
    KWH_UNIT_CUBIC_FOOT,
    KWH_UNIT_GALLON,
    KWH_UNIT_GALLON_PER_MINUTE,
    KWH_UNIT_GALLON_PER_HOUR,
    KWH_UNIT_FAHRENHEIT,
    KWH_UNIT_DBM
};

/** In what form the value of a quantity comes. */
enum kwh_form {
    KWH_FORM_DECIMAL, /**< A number in the base unit. */
    KWH_FORM_DIGITS,  /**< Digits 0-9 A-F with their leading zeros. */
    KWH_FORM_TEXT,    /**< Printable ASCII. */
    KWH_FORM_TIME,    /**< A date, a time or both. */
    KWH_FORM_BITS,    /**< Independent flags. */
    KWH_FORM_CHOICE   /**< One of a list: a word, or a number that is its own word. */
};

/**
 * A measurement from its fields; constant where the arguments are. Fields outside their bits are
 * cut.
 */
#define KWH_MEASUREMENT(kind, nature, direction, phase, tariff, history, process, resettable,      \
                        secondary)                                                                 \
    ((((uint32_t)(kind)&31u) << 25) | (((uint32_t)(nature)&15u) << 21) |                           \
     (((uint32_t)(direction)&7u) << 18) | (((uint32_t)(phase)&15u) << 14) |                        \
     (((uint32_t)(tariff)&15u) << 10) | (((uint32_t)(history)&15u) << 6) |                         \
     (((uint32_t)(process)&15u) << 2) | ((resettable) ? 2u : 0u) | ((secondary) ? 1u : 0u))

/** A device item from its number, phase and index. Items 3072 to 4095 are for users' own maps. */
#define KWH_ITEM(number, phase, index)                                                             \
    (UINT32_C(0x40000000) | (((uint32_t)(number)&4095u) << 18) | (((uint32_t)(phase)&15u) << 14) | \
     (((uint32_t)(index)&15u) << 10))

/** An action from its number. */
#define KWH_ACTION(number) (UINT32_C(0x80000000) | (((uint32_t)(number)&4095u) << 18))

/** Class of a quantity. */
#define KWH_QUANTITY_CLASS(quantity) ((quantity) >> 30)
/** Kind of a measurement. */
#define KWH_QUANTITY_KIND(quantity) (((quantity) >> 25) & 31u)
/** Nature of a measurement. */
#define KWH_QUANTITY_NATURE(quantity) (((quantity) >> 21) & 15u)
/** Direction of a measurement. */
#define KWH_QUANTITY_DIRECTION(quantity) (((quantity) >> 18) & 7u)
/** Phase of a measurement or an item. */
#define KWH_QUANTITY_PHASE(quantity) (((quantity) >> 14) & 15u)
/** Tariff of a measurement, 0 = all. */
#define KWH_QUANTITY_TARIFF(quantity) (((quantity) >> 10) & 15u)
/** History page of a measurement, 0 = the present. */
#define KWH_QUANTITY_HISTORY(quantity) (((quantity) >> 6) & 15u)
/** Process of a measurement. */
#define KWH_QUANTITY_PROCESS(quantity) (((quantity) >> 2) & 15u)

/** Bytes that hold any printed name with its final NUL. */
#define KWH_QUANTITY_TEXT 96

/**
 * Prints the name of a quantity. Any thread.
 * @retval KWH_ERROR_UNKNOWN_NAME when a field has no word; KWH_ERROR_CAPACITY; the text is then
 * empty
 */
KWH_API KWH_CHECKED enum kwh_error kwh_quantity_print(uint32_t quantity, char *text,
                                                      size_t capacity);

/**
 * Parses a name, also with its unit suffix as in JSON keys ("voltage_l1_v").
 * @retval KWH_ERROR_UNKNOWN_NAME; @p quantity is then 0
 */
KWH_API KWH_CHECKED enum kwh_error kwh_quantity_parse(const char *text, uint32_t *quantity);

/** Base unit of a quantity. KWH_UNIT_NONE for users' own kinds and items: their map knows. */
KWH_API enum kwh_unit kwh_quantity_unit(uint32_t quantity);

/** Form of the value of a quantity. KWH_FORM_DECIMAL for users' own: their map knows. */
KWH_API enum kwh_form kwh_quantity_form(uint32_t quantity);

/** The symbol of a unit in UTF-8: "V", "Wh", "deg", "1"; "" for KWH_UNIT_NONE. */
KWH_API KWH_CONST char *kwh_unit_symbol(enum kwh_unit unit);

/** The ASCII suffix of a unit in JSON keys, "v", "wh"; "" where none is written. */
KWH_API KWH_CONST char *kwh_unit_suffix(enum kwh_unit unit);

#ifdef __cplusplus
}
#endif

#endif
