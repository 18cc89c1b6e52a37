/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ctype.h>
#include <cmocka.h>

#include <kwh/quantity.h>

#include "frozen_names.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct frozen_name frozen[FROZEN_NAMES + 1];

static int load(void **state)
{
    (void)state;
    return load_frozen_names(frozen, FROZEN_NAMES + 1) == FROZEN_NAMES ? 0 : -1;
}

static void prints(uint32_t quantity, const char *name)
{
    char text[KWH_QUANTITY_TEXT];

    assert_int_equal(kwh_quantity_print(quantity, text, sizeof text), KWH_OK);
    assert_string_equal(text, name);
}

static void prints_nothing(uint32_t quantity)
{
    char text[KWH_QUANTITY_TEXT] = "untouched";

    assert_int_equal(kwh_quantity_print(quantity, text, sizeof text), KWH_ERROR_UNKNOWN_NAME);
    assert_string_equal(text, "");
}

static void parses(const char *name, uint32_t expected)
{
    uint32_t quantity = 0xDEADBEEFu;

    assert_int_equal(kwh_quantity_parse(name, &quantity), KWH_OK);
    assert_int_equal(quantity, expected);
}

static void refuses(const char *name)
{
    uint32_t quantity = 0xDEADBEEFu;

    if (kwh_quantity_parse(name, &quantity) != KWH_ERROR_UNKNOWN_NAME || quantity != 0)
        fail_msg("\"%s\" gives 0x%08X", name, (unsigned int)quantity);
}

static void test_frozen_names_print_and_parse(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < FROZEN_NAMES; i++) {
        prints(frozen[i].number, frozen[i].name);
        parses(frozen[i].name, frozen[i].number);
    }
}

/* A measurement of each word, beyond the names that maps use. */
static void test_every_word(void **state)
{
    static const struct {
        const char *name;
        uint32_t quantity;
    } words[] = {
        {"temperature_return_max", 0x2140000C},
        {"volume_flow_external", 0x29600000},
        {"thermal_energy_export_t2_h8", 0x22080A00},
        {"reactive_power_inductive", 0x08200000},
        {"reactive_power_capacitive", 0x08400000},
        {"active_energy_q1", 0x10600000},
        {"active_energy_q4", 0x10C00000},
        {"voltage_n", 0x02010000},
        {"voltage_sum", 0x02020000},
        {"charge_t5", 0x16001400},
        {"charge_t8", 0x16002000},
        {"voltage_l1_max", 0x0200400C},
        {"voltage_l1_min", 0x02004010},
        {"voltage_max_demand", 0x02000008},
        {"active_energy_net_balance", 0x100C0030},
        {"current_direction", 0x40500000},
        {"reserved", 0x40900000},
        {"serial_number_15", 0x40043C00},
        {"baud_rate_mean_ll", 0x40128000},
        {"reactive_energy_capacitive_combined_mean_ll_t8_h8_previous_month_resettable_secondary",
         0x1256A22B},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(words); i++) {
        prints(words[i].quantity, words[i].name);
        parses(words[i].name, words[i].quantity);
    }
}

static void test_unit_suffixes_are_accepted(void **state)
{
    (void)state;
    parses("voltage_l1_v", KWH_VOLTAGE_L1);
    parses("current_n_a", KWH_CURRENT_N);
    parses("active_power_l2_w", KWH_ACTIVE_POWER_L2);
    parses("reactive_power_var", KWH_REACTIVE_POWER);
    parses("apparent_power_va", KWH_APPARENT_POWER);
    parses("frequency_hz", KWH_FREQUENCY);
    parses("active_energy_import_wh", KWH_ACTIVE_ENERGY_IMPORT);
    parses("reactive_energy_q1_t1_varh", KWH_REACTIVE_ENERGY_Q1_T1);
    parses("apparent_energy_resettable_vah", KWH_APPARENT_ENERGY_RESETTABLE);
    parses("charge_ah", KWH_CHARGE);
    parses("phase_angle_l1_deg", KWH_PHASE_ANGLE_L1);
    parses("thd_voltage_mean_ll_percent", KWH_THD_VOLTAGE_MEAN_LL);
    parses("thd_current_l1_percent", KWH_THD_CURRENT_L1);
    parses("operating_time_t1_s", KWH_OPERATING_TIME_T1);
    parses("temperature_celsius", KWH_TEMPERATURE);
    parses("temperature_difference_k", KWH_TEMPERATURE_DIFFERENCE);
    parses("thermal_energy_j", KWH_THERMAL_ENERGY);
    parses("thermal_power_w", KWH_THERMAL_POWER);
    parses("volume_m3", KWH_VOLUME);
    parses("volume_flow_m3_h", KWH_VOLUME_FLOW);
    parses("ct_primary_a", KWH_CT_PRIMARY);
    parses("rollover_value_wh", KWH_ROLLOVER_VALUE);
    parses("pulse_width_s", KWH_PULSE_WIDTH);
    parses("load_curve_value_w", KWH_LOAD_CURVE_VALUE);
}

static void test_other_suffixes_are_refused(void **state)
{
    static const char *const names[] = {
        "voltage_l1_a",
        "voltage_l1_v_v",
        "voltage_l1_v_",
        "voltage_l1_V",
        "voltage_v_l1",
        "v",
        "_v",
        "active_energy_import_kwh",
        "active_energy_import_w",
        "active_energy_import_whx",
        "active_energy_import_rollovers_wh",
        "active_energy_import_rollovers_1",
        "power_factor_1",
        "power_factor_",
        "baud_rate_s",
        "serial_number_",
        "action_set_tariff_1",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(names); i++)
        refuses(names[i]);
}

static void test_only_canonical_names_parse(void **state)
{
    static const char *const names[] = {
        "",
        "_",
        "__",
        "l1",
        "import",
        "t1",
        "secondary",
        "1",
        "voltage ",
        " voltage",
        "voltage_",
        "_voltage",
        "voltage__l1",
        "voltage_l1_",
        "Voltage",
        "voltage_L1",
        "VOLTAGE",
        "voltage-l1",
        "voltage.l1",
        "voltag",
        "voltages",
        "voltagel1",
        "voltage_l",
        "voltage_l4",
        "voltage_l1_l1",
        "voltage_l2_l1",
        "voltage_l1_l3",
        "voltage_l1_l2_l3",
        "voltage_l1_n",
        "voltage_mean_l1",
        "voltage_ll",
        "voltage_current",
        "voltage_voltage",
        "active",
        "power",
        "energy_active_import",
        "active_energy_import_import",
        "active_energy_import_export",
        "active_energy_l1_import",
        "active_energy_t1_import",
        "active_energy_import_t1_l1",
        "active_energy_import_h1_t1",
        "active_energy_import_t1_t2",
        "active_energy_import_t0",
        "active_energy_import_t9",
        "active_energy_import_t01",
        "active_energy_import_h0",
        "active_energy_import_h9",
        "active_energy_import_demand_max",
        "active_energy_import_max_max_demand",
        "active_energy_import_day_week",
        "active_energy_import_secondary_resettable",
        "active_energy_import_resettable_resettable",
        "active_energy_resettable_day",
        "reactive_energy_import_q1",
        "reactive_energy_q1_import",
        "reactive_energy_q2_net",
        "reactive_energy_q3_combined",
        "reactive_energy_q4_export_t1",
        "reactive_energy_q5",
        "power_factor_lead",
        "lead_lag_power_factor",
        "serial",
        "serial_number_0",
        "serial_number_01",
        "serial_number_16",
        "serial_number_1_2",
        "serial_number_l1_1",
        "serial_number_1_l1",
        "serial_number_t1",
        "serial_number_import",
        "tariff_counts",
        "tariff_t1",
        "product_name_long",
        "software_checksum_non",
        "action",
        "action_",
        "action_set",
        "set_tariff",
        "action_set_tariff_l1",
        "action_action_set_tariff",
        "action_set_tariff_tariff",
        "current_direction_forward",
        "current_l1_direction",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(names); i++)
        refuses(names[i]);
}

/* What is left of a name is refused, or is a name itself: "reactive_energy_n" in "..._net". */
static void test_damaged_names(void **state)
{
    char text[KWH_QUANTITY_TEXT + 2];
    int i;

    (void)state;
    for (i = 0; i < FROZEN_NAMES; i++) {
        size_t length = strlen(frozen[i].name);
        size_t cut;

        snprintf(text, sizeof text, "%s_", frozen[i].name);
        refuses(text);
        snprintf(text, sizeof text, "_%s", frozen[i].name);
        refuses(text);
        snprintf(text, sizeof text, "%s_x", frozen[i].name);
        refuses(text);
        for (cut = 0; cut < length; cut++) {
            uint32_t quantity;

            memcpy(text, frozen[i].name, cut);
            text[cut] = '\0';
            if (kwh_quantity_parse(text, &quantity) == KWH_OK)
                prints(quantity, text);
            text[cut] = (char)toupper((unsigned char)frozen[i].name[cut]);
            snprintf(text + cut + 1, sizeof text - cut - 1, "%s", frozen[i].name + cut + 1);
            if (strcmp(text, frozen[i].name) != 0)
                refuses(text);
        }
    }
}

static void test_numbers_without_a_name(void **state)
{
    static const uint32_t numbers[] = {
        0x00000000, 0x00004000, /* kind 0 */
        0x2C000000, 0x2E000000, /* kinds not given */
        0x30000000, 0x3E000000, /* users' own kinds */
        0x03800000, 0x03E00000, /* nature 12, 15 */
        0x02180000, 0x021C0000, /* direction 6, 7 */
        0x0202C000, 0x0203C000, /* phase 11, 15 */
        0x02002400, 0x02003C00, /* tariff 9, 15 */
        0x02000240, 0x020003C0, /* history 9, 15 */
        0x02000034, 0x0200003C, /* process 13, 15 */
        0x12640000, 0x12CC0000, /* a quadrant with a direction */
        0x40000000, 0x40004000, /* item 0 */
        0x41480000, 0x6FFC0000, /* items not given */
        0x70000000, 0x7FFC0000, /* users' own items */
        0x40044400,             /* an item with phase and index */
        0x40040001, 0x40040200, /* bits that an item has not */
        0x80000000,             /* action 0 */
        0x80340000, 0xBFFC0000, /* actions not given */
        0x80044000, 0x80040001, /* bits that an action has not */
        0xC0000000, 0xC0040000, 0xC2000000, 0xFFFFFFFF,
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(numbers); i++)
        prints_nothing(numbers[i]);
}

/* Whatever prints parses back: a million numbers spread over all 32 bits, from a fixed seed. */
static void test_print_then_parse_is_identity(void **state)
{
    uint32_t quantity = 1;
    unsigned int named = 0;
    int i;

    (void)state;
    for (i = 0; i < 1000000; i++) {
        char text[KWH_QUANTITY_TEXT];
        uint32_t again;

        quantity ^= quantity << 13;
        quantity ^= quantity >> 17;
        quantity ^= quantity << 5;
        if (kwh_quantity_print(quantity & 0x5FFFFFFFu, text, sizeof text) != KWH_OK)
            continue;
        named++;
        assert_int_equal(kwh_quantity_parse(text, &again), KWH_OK);
        assert_int_equal(again, quantity & 0x5FFFFFFFu);
    }
    assert_in_range(named, 10000, 990000);
}

static void test_capacity(void **state)
{
    char text[16];
    size_t capacity;

    (void)state;
    for (capacity = 0; capacity <= sizeof text; capacity++) {
        memset(text, '#', sizeof text);
        if (capacity > strlen("active_power_l1")) {
            assert_int_equal(kwh_quantity_print(KWH_ACTIVE_POWER_L1, text, capacity), KWH_OK);
            assert_string_equal(text, "active_power_l1");
            continue;
        }
        assert_int_equal(kwh_quantity_print(KWH_ACTIVE_POWER_L1, text, capacity),
                         KWH_ERROR_CAPACITY);
        if (capacity > 0)
            assert_int_equal(text[0], '\0');
        assert_int_equal(text[capacity], '#');
    }
}

static void test_units_and_forms(void **state)
{
    static const char *const forms[] = {"decimal", "digits", "text", "time", "bits", "choice"};
    int i;

    (void)state;
    for (i = 0; i < FROZEN_NAMES; i++) {
        enum kwh_form form = kwh_quantity_form(frozen[i].number);

        assert_in_range(form, KWH_FORM_DECIMAL, KWH_FORM_CHOICE);
        assert_string_equal(forms[form], frozen[i].form);
        assert_string_equal(kwh_unit_symbol(kwh_quantity_unit(frozen[i].number)), frozen[i].unit);
    }
}

static void test_units_of_numbers_without_a_name(void **state)
{
    static const uint32_t numbers[] = {0x00000000, 0x2C000000, 0x30000000, 0x3E000000,
                                       0x40000000, 0x41480000, 0x70000000, 0x7FFC0000,
                                       0x80340000, 0xC0040000, 0xFFFFFFFF};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(numbers); i++) {
        assert_int_equal(kwh_quantity_unit(numbers[i]), KWH_UNIT_NONE);
        assert_int_equal(kwh_quantity_form(numbers[i]), KWH_FORM_DECIMAL);
    }
    assert_int_equal(kwh_quantity_unit(0x20000000), KWH_UNIT_CELSIUS);
}

static void test_unit_words(void **state)
{
    static const struct {
        enum kwh_unit unit;
        const char *symbol, *suffix;
    } units[] = {
        {KWH_UNIT_NONE, "", ""},
        {KWH_UNIT_ONE, "1", ""},
        {KWH_UNIT_VOLT, "V", "v"},
        {KWH_UNIT_AMPERE, "A", "a"},
        {KWH_UNIT_WATT, "W", "w"},
        {KWH_UNIT_VAR, "var", "var"},
        {KWH_UNIT_VOLT_AMPERE, "VA", "va"},
        {KWH_UNIT_HERTZ, "Hz", "hz"},
        {KWH_UNIT_WATT_HOUR, "Wh", "wh"},
        {KWH_UNIT_VAR_HOUR, "varh", "varh"},
        {KWH_UNIT_VOLT_AMPERE_HOUR, "VAh", "vah"},
        {KWH_UNIT_SECOND, "s", "s"},
        {KWH_UNIT_AMPERE_HOUR, "Ah", "ah"},
        {KWH_UNIT_DEGREE, "deg", "deg"},
        {KWH_UNIT_PERCENT, "%", "percent"},
        {KWH_UNIT_CELSIUS, "\xC2\xB0\x43", "celsius"},
        {KWH_UNIT_JOULE, "J", "j"},
        {KWH_UNIT_CUBIC_METER, "m^3", "m3"},
        {KWH_UNIT_CUBIC_METER_PER_HOUR, "m^3/h", "m3_h"},
        {KWH_UNIT_CUBIC_METER_PER_MINUTE, "m^3/min", "m3_min"},
        {KWH_UNIT_CUBIC_METER_PER_SECOND, "m^3/s", "m3_s"},
        {KWH_UNIT_KILOGRAM, "kg", "kg"},
        {KWH_UNIT_KILOGRAM_PER_HOUR, "kg/h", "kg_h"},
        {KWH_UNIT_JOULE_PER_HOUR, "J/h", "j_h"},
        {KWH_UNIT_KELVIN, "K", "k"},
        {KWH_UNIT_BAR, "bar", "bar"},
        {KWH_UNIT_MONTH, "month", "month"},
        {KWH_UNIT_YEAR, "year", "year"},
        {KWH_UNIT_CALORIE, "cal", "cal"},
        {KWH_UNIT_CUBIC_FOOT, "ft^3", "ft3"},
        {KWH_UNIT_GALLON, "gal", "gal"},
        {KWH_UNIT_GALLON_PER_MINUTE, "gal/min", "gal_min"},
        {KWH_UNIT_GALLON_PER_HOUR, "gal/h", "gal_h"},
        {KWH_UNIT_FAHRENHEIT, "\xC2\xB0\x46", "fahrenheit"},
        {KWH_UNIT_DBM, "dBm", "dbm"},
        {(enum kwh_unit)35, "", ""},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(units); i++) {
        assert_int_equal(units[i].unit, i);
        assert_string_equal(kwh_unit_symbol(units[i].unit), units[i].symbol);
        assert_string_equal(kwh_unit_suffix(units[i].unit), units[i].suffix);
    }
}

static void test_macros(void **state)
{
    (void)state;
    assert_int_equal(KWH_MEASUREMENT(KWH_KIND_REACTIVE_ENERGY, KWH_NATURE_CAPACITIVE,
                                     KWH_DIRECTION_COMBINED, KWH_PHASE_MEAN_LL, 8, 8,
                                     KWH_PROCESS_PREVIOUS_MONTH, 1, 1),
                     0x1256A22Bu);
    assert_int_equal(KWH_ITEM(20, KWH_PHASE_L3, 0), KWH_CURRENT_DIRECTION_L3);
    assert_int_equal(KWH_ITEM(1, KWH_PHASE_NONE, 4), KWH_SERIAL_NUMBER_4);
    assert_int_equal(KWH_ACTION(12), KWH_ACTION_STEP_LOAD_CURVE);
    assert_int_equal(KWH_QUANTITY_CLASS(0x9256A22Bu), KWH_CLASS_ACTION);
    assert_int_equal(KWH_QUANTITY_KIND(0x1256A22Bu), KWH_KIND_REACTIVE_ENERGY);
    assert_int_equal(KWH_QUANTITY_NATURE(0x1256A22Bu), KWH_NATURE_CAPACITIVE);
    assert_int_equal(KWH_QUANTITY_DIRECTION(0x1256A22Bu), KWH_DIRECTION_COMBINED);
    assert_int_equal(KWH_QUANTITY_PHASE(0x1256A22Bu), KWH_PHASE_MEAN_LL);
    assert_int_equal(KWH_QUANTITY_TARIFF(0x1256A22Bu), 8);
    assert_int_equal(KWH_QUANTITY_HISTORY(0x1256A22Bu), 8);
    assert_int_equal(KWH_QUANTITY_PROCESS(0x1256A22Bu), KWH_PROCESS_PREVIOUS_MONTH);
}

static const struct frozen_name *find_frozen(const char *name)
{
    int i;

    for (i = 0; i < FROZEN_NAMES; i++)
        if (strcmp(frozen[i].name, name) == 0)
            return &frozen[i];
    return NULL;
}

/* Each constant of quantity_names.h is a frozen name, and each frozen name has its constant. */
static void test_constants_of_the_header(void **state)
{
    FILE *file = fopen(KWH_SOURCE_ROOT "/include/kwh/quantity_names.h", "r");
    char line[256];
    int seen = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        char constant[KWH_QUANTITY_TEXT];
        char number[16];
        const struct frozen_name *name;
        size_t i;

        if (sscanf(line, "#define KWH_%95s UINT32_C(%15[0-9A-Fx])", constant, number) != 2)
            continue;
        for (i = 0; constant[i] != '\0'; i++)
            constant[i] = (char)tolower((unsigned char)constant[i]);
        name = find_frozen(constant);
        if (name == NULL || name->number != strtoul(number, NULL, 16))
            fail_msg("%s %s is not what is frozen", constant, number);
        seen++;
    }
    fclose(file);
    assert_int_equal(seen, FROZEN_NAMES);
}

/* Against the list of rows of all meters, where there is one. */
static void test_reference_names(void **state)
{
    const char *folder = getenv("KWH_REFERENCE_MAPS");
    char path[512];
    char line[1024];
    FILE *file;
    int rows = 0;

    (void)state;
    if (folder == NULL) {
        print_message("# KWH_REFERENCE_MAPS is not set\n");
        skip();
    }
    snprintf(path, sizeof path, "%s/names.csv", folder);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(line, sizeof line, file));
    while (fgets(line, sizeof line, file) != NULL) {
        char *columns[7];
        uint32_t quantity;

        split_columns(line, columns, COUNT(columns));
        if (kwh_quantity_parse(columns[6], &quantity) != KWH_OK)
            fail_msg("%s %s: \"%s\" does not parse", columns[0], columns[3], columns[6]);
        prints(quantity, columns[6]);
        assert_non_null(find_frozen(columns[6]));
        rows++;
    }
    fclose(file);
    assert_true(rows > FROZEN_NAMES);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frozen_names_print_and_parse),
        cmocka_unit_test(test_every_word),
        cmocka_unit_test(test_unit_suffixes_are_accepted),
        cmocka_unit_test(test_other_suffixes_are_refused),
        cmocka_unit_test(test_only_canonical_names_parse),
        cmocka_unit_test(test_damaged_names),
        cmocka_unit_test(test_numbers_without_a_name),
        cmocka_unit_test(test_print_then_parse_is_identity),
        cmocka_unit_test(test_capacity),
        cmocka_unit_test(test_units_and_forms),
        cmocka_unit_test(test_units_of_numbers_without_a_name),
        cmocka_unit_test(test_unit_words),
        cmocka_unit_test(test_macros),
        cmocka_unit_test(test_constants_of_the_header),
        cmocka_unit_test(test_reference_names),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
