/* SPDX-License-Identifier: MIT */
#include <kwh/quantity.h>

/* Number of an item or action in its class. */
#define NUMBER(quantity) (((quantity) >> 18) & 4095u)

/* Traits of a quantity in one byte: the unit of a number, or NO_NUMBER and another form. */
#define NO_NUMBER     0x80
#define DECIMAL(unit) (unit)
#define DIGITS        (NO_NUMBER | KWH_FORM_DIGITS)
#define TEXT          (NO_NUMBER | KWH_FORM_TEXT)
#define TIME          (NO_NUMBER | KWH_FORM_TIME)
#define BITS          (NO_NUMBER | KWH_FORM_BITS)
#define CHOICE        (NO_NUMBER | KWH_FORM_CHOICE)
#define UNITLESS      DECIMAL(KWH_UNIT_ONE)

static KWH_CONST uint8_t kinds[] = {
    [KWH_KIND_VOLTAGE] = DECIMAL(KWH_UNIT_VOLT),
    [KWH_KIND_CURRENT] = DECIMAL(KWH_UNIT_AMPERE),
    [KWH_KIND_ACTIVE_POWER] = DECIMAL(KWH_UNIT_WATT),
    [KWH_KIND_REACTIVE_POWER] = DECIMAL(KWH_UNIT_VAR),
    [KWH_KIND_APPARENT_POWER] = DECIMAL(KWH_UNIT_VOLT_AMPERE),
    [KWH_KIND_POWER_FACTOR] = UNITLESS,
    [KWH_KIND_FREQUENCY] = DECIMAL(KWH_UNIT_HERTZ),
    [KWH_KIND_ACTIVE_ENERGY] = DECIMAL(KWH_UNIT_WATT_HOUR),
    [KWH_KIND_REACTIVE_ENERGY] = DECIMAL(KWH_UNIT_VAR_HOUR),
    [KWH_KIND_APPARENT_ENERGY] = DECIMAL(KWH_UNIT_VOLT_AMPERE_HOUR),
    [KWH_KIND_CHARGE] = DECIMAL(KWH_UNIT_AMPERE_HOUR),
    [KWH_KIND_PHASE_ANGLE] = DECIMAL(KWH_UNIT_DEGREE),
    [KWH_KIND_THD_VOLTAGE] = DECIMAL(KWH_UNIT_PERCENT),
    [KWH_KIND_THD_CURRENT] = DECIMAL(KWH_UNIT_PERCENT),
    [KWH_KIND_OPERATING_TIME] = DECIMAL(KWH_UNIT_SECOND),
    [KWH_KIND_TEMPERATURE] = DECIMAL(KWH_UNIT_CELSIUS),
    [KWH_KIND_THERMAL_ENERGY] = DECIMAL(KWH_UNIT_JOULE),
    [KWH_KIND_THERMAL_POWER] = DECIMAL(KWH_UNIT_WATT),
    [KWH_KIND_VOLUME] = DECIMAL(KWH_UNIT_CUBIC_METER),
    [KWH_KIND_VOLUME_FLOW] = DECIMAL(KWH_UNIT_CUBIC_METER_PER_HOUR),
    [KWH_KIND_TEMPERATURE_DIFFERENCE] = DECIMAL(KWH_UNIT_KELVIN),
};

/* clang-format off */
static KWH_CONST uint8_t items[] = {
    [NUMBER(KWH_SERIAL_NUMBER)]              = DIGITS,
    [NUMBER(KWH_METER_CODE)]                 = DIGITS,
    [NUMBER(KWH_DEVICE_ADDRESS)]             = UNITLESS,
    [NUMBER(KWH_BAUD_RATE)]                  = CHOICE,
    [NUMBER(KWH_PARITY)]                     = CHOICE,
    [NUMBER(KWH_STOP_BITS)]                  = CHOICE,
    [NUMBER(KWH_PARITY_STOP_BITS)]           = CHOICE,
    [NUMBER(KWH_PROTOCOL_VERSION)]           = UNITLESS,
    [NUMBER(KWH_SOFTWARE_VERSION)]           = UNITLESS,
    [NUMBER(KWH_HARDWARE_VERSION)]           = UNITLESS,
    [NUMBER(KWH_RATED_CURRENT)]              = DECIMAL(KWH_UNIT_AMPERE),
    [NUMBER(KWH_CT_RATIO)]                   = DIGITS,
    [NUMBER(KWH_CT_PRIMARY)]                 = DECIMAL(KWH_UNIT_AMPERE),
    [NUMBER(KWH_CT_SECONDARY)]               = DECIMAL(KWH_UNIT_AMPERE),
    [NUMBER(KWH_PULSE_RATE)]                 = CHOICE,
    [NUMBER(KWH_PULSE_WIDTH)]                = DECIMAL(KWH_UNIT_SECOND),
    [NUMBER(KWH_PULSE_OUTPUT_MODE)]          = CHOICE,
    [NUMBER(KWH_COMBINATION_CODE)]           = CHOICE,
    [NUMBER(KWH_DISPLAY_CYCLE_TIME)]         = DECIMAL(KWH_UNIT_SECOND),
    [NUMBER(KWH_CURRENT_DIRECTION_L1)]       = CHOICE,
    [NUMBER(KWH_ERROR_CODE)]                 = BITS,
    [NUMBER(KWH_POWER_DOWN_COUNTER)]         = UNITLESS,
    [NUMBER(KWH_QUADRANT)]                   = UNITLESS,
    [NUMBER(KWH_SOFTWARE_CHECKSUM)]          = DIGITS,
    [NUMBER(KWH_SOFTWARE_CHECKSUM_NON_LEGAL)] = DIGITS,
    [NUMBER(KWH_STATUS_WORD)]                = DIGITS,
    [NUMBER(KWH_DATA_TYPE)]                  = CHOICE,
    [NUMBER(KWH_SCREEN_DIRECTION)]           = CHOICE,
    [NUMBER(KWH_OBIS_DISPLAY)]               = CHOICE,
    [NUMBER(KWH_BACKLIGHT_MODE)]             = CHOICE,
    [NUMBER(KWH_BACKLIGHT_TIME)]             = DECIMAL(KWH_UNIT_SECOND),
    [NUMBER(KWH_TARIFF)]                     = UNITLESS,
    [NUMBER(KWH_TARIFF_COUNT)]               = UNITLESS,
    [NUMBER(KWH_NETWORK_TYPE)]               = CHOICE,
    [NUMBER(KWH_PASSWORD)]                   = DIGITS,
    [NUMBER(KWH_RESERVED_1)]                 = UNITLESS,
    [NUMBER(KWH_PHASE_SEQUENCE)]             = CHOICE,
    [NUMBER(KWH_ROLLOVER_VALUE)]             = DECIMAL(KWH_UNIT_WATT_HOUR),
    [NUMBER(KWH_DEMAND_PERIOD)]              = DECIMAL(KWH_UNIT_SECOND),
    [NUMBER(KWH_DEMAND_TIME)]                = TIME,
    [NUMBER(KWH_VENDOR_SIGNATURE)]           = TEXT,
    [NUMBER(KWH_VENDOR_NAME)]                = TEXT,
    [NUMBER(KWH_PRODUCT_FAMILY)]             = CHOICE,
    [NUMBER(KWH_PRODUCT_ID)]                 = UNITLESS,
    [NUMBER(KWH_PRODUCT_CODE)]               = DIGITS,
    [NUMBER(KWH_PRODUCT_NAME)]               = TEXT,
    [NUMBER(KWH_PRODUCT_NAME_EXTENDED)]      = TEXT,
    [NUMBER(KWH_TABLE_VERSION)]              = UNITLESS,
    [NUMBER(KWH_SOFTWARE_PACKAGE)]           = TEXT,
    [NUMBER(KWH_HARDWARE_VERSION_MAJOR)]     = UNITLESS,
    [NUMBER(KWH_HARDWARE_VERSION_MINOR)]     = UNITLESS,
    [NUMBER(KWH_COM_BOARD_VERSION_MAJOR)]    = UNITLESS,
    [NUMBER(KWH_COM_BOARD_VERSION_MINOR)]    = UNITLESS,
    [NUMBER(KWH_COM_BOARD_VERSION_REVISION)] = UNITLESS,
    [NUMBER(KWH_COM_BOARD_VERSION_BUILD)]    = UNITLESS,
    [NUMBER(KWH_COM_BOARD_BUILD_DATE)]       = TIME,
    [NUMBER(KWH_COM_BOARD_PACKAGE)]          = TEXT,
    [NUMBER(KWH_COM_BOARD_ID)]               = CHOICE,
    [NUMBER(KWH_FACTORY_MODE)]               = CHOICE,
    [NUMBER(KWH_MID_STATUS)]                 = CHOICE,
    [NUMBER(KWH_CLOCK_DAY)]                  = UNITLESS,
    [NUMBER(KWH_CLOCK_MONTH)]                = UNITLESS,
    [NUMBER(KWH_CLOCK_YEAR)]                 = UNITLESS,
    [NUMBER(KWH_CLOCK_HOUR)]                 = UNITLESS,
    [NUMBER(KWH_CLOCK_MINUTE)]               = UNITLESS,
    [NUMBER(KWH_CLOCK_SECOND)]               = UNITLESS,
    [NUMBER(KWH_LOAD_CURVE_COUNT)]           = UNITLESS,
    [NUMBER(KWH_LOAD_CURVE_RECORD_SIZE)]     = UNITLESS,
    [NUMBER(KWH_LOAD_CURVE_PERIOD)]          = DECIMAL(KWH_UNIT_SECOND),
    [NUMBER(KWH_LOAD_CURVE_UNIT)]            = CHOICE,
    [NUMBER(KWH_LOAD_CURVE_NUMERATOR)]       = UNITLESS,
    [NUMBER(KWH_LOAD_CURVE_DENOMINATOR)]     = UNITLESS,
    [NUMBER(KWH_LOAD_CURVE_TIME)]            = TIME,
    [NUMBER(KWH_LOAD_CURVE_INCOMPLETE)]      = CHOICE,
    [NUMBER(KWH_LOAD_CURVE_VALUE)]           = DECIMAL(KWH_UNIT_WATT),
    [NUMBER(KWH_MBUS_MANUFACTURER)]          = TEXT,
    [NUMBER(KWH_MBUS_VERSION)]               = UNITLESS,
    [NUMBER(KWH_MBUS_MEDIUM)]                = CHOICE,
    [NUMBER(KWH_MBUS_ACCESS_NUMBER)]         = UNITLESS,
    [NUMBER(KWH_MBUS_STATUS)]                = BITS,
    [NUMBER(KWH_MBUS_SIGNATURE)]             = DIGITS,
};

static KWH_CONST uint8_t actions[] = {
    [NUMBER(KWH_ACTION_UNLOCK_SETTINGS)]                 = DIGITS,
    [NUMBER(KWH_ACTION_RESET_COUNTERS)]                  = CHOICE,
    [NUMBER(KWH_ACTION_SET_TARIFF)]                      = DECIMAL(KWH_UNIT_NONE),
    [NUMBER(KWH_ACTION_RESET_ALL_PARTIAL_ENERGIES)]      = CHOICE,
    [NUMBER(KWH_ACTION_RESET_SELECTED_PARTIAL_ENERGIES)] = BITS,
    [NUMBER(KWH_ACTION_CONTROL_SYSTEM)]                  = CHOICE,
    [NUMBER(KWH_ACTION_RESET_STATISTICS)]                = BITS,
    [NUMBER(KWH_ACTION_RESET_EXTREMES)]                  = BITS,
    [NUMBER(KWH_ACTION_RESET_ENERGIES)]                  = BITS,
    [NUMBER(KWH_ACTION_RESET_PULSE_INPUTS)]              = BITS,
    [NUMBER(KWH_ACTION_RESET_TARIFFS)]                   = BITS,
    [NUMBER(KWH_ACTION_STEP_LOAD_CURVE)]                 = CHOICE,
};
/* clang-format on */

static uint8_t traits_at(KWH_CONST uint8_t *table, size_t count, uint32_t number)
{
    return number < count ? table[number] : DECIMAL(KWH_UNIT_NONE);
}

static uint8_t traits_of(uint32_t quantity)
{
    switch (KWH_QUANTITY_CLASS(quantity)) {
    case KWH_CLASS_MEASUREMENT:
        if (KWH_QUANTITY_PROCESS(quantity) == KWH_PROCESS_ROLLOVERS)
            return UNITLESS;
        return traits_at(kinds, sizeof kinds, KWH_QUANTITY_KIND(quantity));
    case KWH_CLASS_ITEM:
        return traits_at(items, sizeof items, NUMBER(quantity));
    case KWH_CLASS_ACTION:
        return traits_at(actions, sizeof actions, NUMBER(quantity));
    default:
        return DECIMAL(KWH_UNIT_NONE);
    }
}

enum kwh_unit kwh_quantity_unit(uint32_t quantity)
{
    uint8_t traits = traits_of(quantity);
    return (traits & NO_NUMBER) != 0 ? KWH_UNIT_NONE : (enum kwh_unit)traits;
}

enum kwh_form kwh_quantity_form(uint32_t quantity)
{
    uint8_t traits = traits_of(quantity);
    return (traits & NO_NUMBER) != 0 ? (enum kwh_form)(traits & ~NO_NUMBER) : KWH_FORM_DECIMAL;
}
