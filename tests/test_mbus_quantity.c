/* SPDX-License-Identifier: MIT */
/* What EN 13757-3 alone says of a telegram: its header as readings, and quantities of records. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/map_record.h>

#include "hex.h"

/* Media of the header. */
enum {
    OTHER = 0x00,
    ELECTRICITY = 0x02,
    HEAT = 0x04,
    WATER = 0x07
};

static struct kwh_reading reading;

/* Reads the first record behind a header with this medium; returns its quantity. */
static uint32_t read_first(uint8_t medium, const char *bytes)
{
    const struct kwh_mbus_telegram telegram = {
        .ci = 0x78, .content = KWH_MBUS_DATA, .medium = medium};
    uint8_t data[KWH_MBUS_DATA_MAX];
    size_t size = hex(bytes, data, sizeof data);
    struct kwh_mbus_records walk;
    struct kwh_mbus_record record;
    kwh_mbus_records_init(&walk, &telegram);
    assert_true(kwh_mbus_next(&walk, data, size, &record));
    memset(&reading, 0xA5, sizeof reading);
    kwh_mbus_reading(data, size, &record, &reading);
    assert_int_equal(reading.quantity, kwh_mbus_quantity(&record));
    assert_int_equal(reading.certainty, KWH_CERTAINTY_PUBLIC);
    return reading.quantity;
}

static void reads_as(uint8_t medium, const char *bytes, const char *name, const char *value)
{
    char text[KWH_READING_TEXT];
    uint32_t quantity;
    if (name[0] == '\0')
        quantity = 0;
    else
        assert_int_equal(kwh_quantity_parse(name, &quantity), KWH_OK);
    assert_int_equal(read_first(medium, bytes), quantity);
    assert_int_equal(kwh_reading_print(&reading, text, sizeof text), KWH_OK);
    assert_string_equal(text, value);
}

static void electricity(void **state)
{
    (void)state;
    reads_as(ELECTRICITY, "04 03 15 CD 5B 07", "active_energy", "123456789");
    reads_as(ELECTRICITY, "0C 04 14 48 60 01", "active_energy", "16048140");
    reads_as(ELECTRICITY, "04 FB 01 02 00 00 00", "active_energy", "2000000");
    reads_as(ELECTRICITY, "02 2B 00 80", "active_power", "-32768");
    reads_as(ELECTRICITY, "04 FB 82 73 15 CD 5B 07", "reactive_energy", "123456789");
    reads_as(OTHER, "04 FB 84 73 01 00 00 00", "apparent_energy", "1");
    reads_as(OTHER, "03 FB 14 87 D6 12", "reactive_power", "1234567");
    reads_as(OTHER, "03 FB 34 87 D6 12", "apparent_power", "1234567");
    reads_as(OTHER, "02 FD 47 E4 59", "voltage", "230.12");
    reads_as(OTHER, "03 FD 59 1B 87 01", "current", "100.123");
    reads_as(OTHER, "03 FB 2C 37 C7 00", "frequency", "50.999");
    reads_as(OTHER, "02 26 02 00", "operating_time", "7200");
}

static void directions_phases_quadrants(void **state)
{
    (void)state;
    reads_as(ELECTRICITY, "04 83 3B 01 00 00 00", "active_energy_import", "1");
    reads_as(ELECTRICITY, "04 83 3C 01 00 00 00", "active_energy_export", "1");
    reads_as(ELECTRICITY, "04 83 FC 0C 01 00 00 00", "active_energy_net", "1");
    reads_as(ELECTRICITY, "04 83 FC 10 01 00 00 00", "active_energy_gross", "1");
    reads_as(ELECTRICITY, "02 AB BC FC 02 01 00", "active_power_export_l2", "1");
    reads_as(OTHER, "04 FB 82 F3 3C 01 00 00 00", "reactive_energy_export", "1");
    reads_as(OTHER, "04 FB 82 FC 09 01 00 00 00", "reactive_energy_q2", "1000");
    reads_as(OTHER, "02 FD C7 FC 01 E4 59", "voltage_l1", "230.12");
    reads_as(OTHER, "02 FD C8 FC 07 A0 0F", "voltage_l3_l1", "400.0");
    reads_as(OTHER, "02 FD D9 FC 04 01 00", "current_n", "0.001");
}

static void tariffs_and_the_past(void **state)
{
    (void)state;
    reads_as(ELECTRICITY, "84 80 10 03 01 00 00 00", "active_energy_t4", "1");
    reads_as(ELECTRICITY, "84 80 20 83 3C 01 00 00 00", "active_energy_export_t8", "1");
    reads_as(ELECTRICITY, "84 90 20 03 01 00 00 00", "", "1"); /* tariff 9 */
    reads_as(ELECTRICITY, "44 03 01 00 00 00", "active_energy_h1", "1");
    reads_as(ELECTRICITY, "84 24 03 01 00 00 00", "active_energy_t2_h8", "1");
    reads_as(ELECTRICITY, "C4 04 03 01 00 00 00", "", "1"); /* storage 9 */
}

static void heat_water_gas(void **state)
{
    (void)state;
    reads_as(HEAT, "04 06 01 00 00 00", "thermal_energy", "3600000");
    reads_as(0x0A, "04 06 01 00 00 00", "thermal_energy", "3600000");
    reads_as(0x0B, "04 06 01 00 00 00", "thermal_energy", "3600000");
    reads_as(0x0C, "04 0E 01 00 00 00", "thermal_energy", "1000000");
    reads_as(0x0D, "04 FB 08 01 00 00 00", "thermal_energy", "100000000");
    reads_as(HEAT, "02 2D 05 00", "thermal_power", "500");
    reads_as(WATER, "0C 13 78 56 34 12", "volume", "12345.678");
    reads_as(WATER, "04 93 3C 01 00 00 00", "volume_export", "0.001");
    reads_as(WATER, "02 3B 07 00", "volume_flow", "0.007");
    reads_as(WATER, "02 44 07 00", "volume_flow", "0.420");
    reads_as(WATER, "02 4C 07 00", "volume_flow", "0.25200");
    reads_as(HEAT, "02 5A F4 01", "temperature_supply", "50.0");
    reads_as(HEAT, "01 5F 1E", "temperature_return", "30");
    reads_as(HEAT, "02 65 FF FF", "temperature_external", "-0.01");
    reads_as(HEAT, "02 61 E8 03", "temperature_difference", "10.00");
}

/* The old structure with two counters, in a telegram of its own. */
static void fixed_structures(void **state)
{
    uint8_t data[16];
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_records walk;
    struct kwh_mbus_record record;
    (void)state;
    assert_int_equal(hex("78 56 34 12 0A 00 E9 7E 01 00 00 00 35 01 00 00", data, sizeof data), 16);
    assert_int_equal(kwh_mbus_telegram_decode(0x73, data, sizeof data, &telegram), KWH_OK);
    kwh_mbus_records_init(&walk, &telegram);
    assert_true(kwh_mbus_next(&walk, data, sizeof data, &record));
    assert_int_equal(kwh_mbus_quantity(&record), KWH_VOLUME);
    assert_true(kwh_mbus_next(&walk, data, sizeof data, &record));
    assert_int_equal(kwh_mbus_quantity(&record), KWH_VOLUME | 1u << 6); /* volume_h1 */
}

/* The value is there, in the unit of the record; its name is not. */
static void what_the_standard_leaves_open(void **state)
{
    static const struct {
        uint8_t medium;
        const char *bytes, *value;
    } records[] = {
        {ELECTRICITY, "14 03 01 00 00 00", "1"},       /* a maximum */
        {ELECTRICITY, "24 03 01 00 00 00", "1"},       /* a minimum */
        {ELECTRICITY, "34 03 01 00 00 00", "1"},       /* during an error */
        {ELECTRICITY, "84 40 03 01 00 00 00", "1"},    /* subunit 1 */
        {ELECTRICITY, "04 83 FF 01 01 00 00 00", "1"}, /* the maker's VIFE */
        {ELECTRICITY, "04 83 12 01 00 00 00", "1"},    /* an average */
        {ELECTRICITY, "04 83 FC 09 01 00 00 00", "1"}, /* quadrants are of reactive energy */
        {ELECTRICITY, "04 FB 82 BC FC 09 01 00 00 00", "1000"}, /* and are a direction */
        {ELECTRICITY, "04 0E 01 00 00 00", "1000000"},          /* joules of electricity */
        {ELECTRICITY, "02 31 01 00", "10"},                     /* J/h */
        {HEAT, "02 30 01 00", "1"},
        {HEAT, "04 FB 0D 01 00 00 00", "1000000"}, /* calories */
        {HEAT, "04 86 FC 01 01 00 00 00", "1000"}, /* heat has no phases */
        {OTHER, "04 03 01 00 00 00", "1"},         /* energy of what? */
        {WATER, "02 2B 01 00", "1"},
        {OTHER, "04 FB 84 3C 01 00 00 00", "1000"},  /* apparent energy has no direction */
        {OTHER, "02 FD C7 3C 01 00", "0.01"},        /* nor has a voltage */
        {OTHER, "03 FB AC FC 01 01 00 00", "0.001"}, /* nor a frequency a phase */
        {OTHER, "0A FD 3A 00 01", "100"},            /* power factor, ratio, rate... */
        {OTHER, "02 18 01 00", "0.001"},             /* kg */
        {OTHER, "01 FB 59 01", "0.01"},              /* Fahrenheit */
        {OTHER, "02 FB 2B 84 03", "90.0"},           /* a phase angle */
        {OTHER, "02 20 01 00", "1"},                 /* on time */
        {OTHER, "09 7C 01 54 02", "2"},              /* its unit is a text */
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(records); i++)
        reads_as(records[i].medium, records[i].bytes, "", records[i].value);
}

static void other_forms(void **state)
{
    (void)state;
    reads_as(OTHER, "0D 78 03 43 42 41", "", "ABC");
    assert_int_equal(reading.form, KWH_FORM_TEXT);
    reads_as(OTHER, "0D FD 47 01 41", "", "A"); /* a text where a voltage was announced */
    reads_as(OTHER, "02 6C 54 3B", "", "2026-11-20");
    assert_int_equal(reading.form, KWH_FORM_TIME);
    assert_int_equal(read_first(OTHER, "0D FD 3B 02 01 02"), 0); /* bytes of a container */
    assert_int_equal(reading.status, KWH_STATUS_NOT_AVAILABLE);
    assert_int_equal(read_first(ELECTRICITY, "00 03"), 0);
    assert_int_equal(reading.status, KWH_STATUS_NOT_AVAILABLE);
}

static void what_is_no_value_says_why(void **state)
{
    (void)state;
    assert_int_equal(read_first(OTHER, "0C FD 47 00 00 00 A0"), KWH_VOLTAGE);
    assert_int_equal(reading.status, KWH_STATUS_BAD_DIGITS);
    assert_int_equal(read_first(OTHER, "05 FD 49 00 00 C0 7F"), KWH_VOLTAGE);
    assert_int_equal(reading.status, KWH_STATUS_NAN);
    assert_int_equal(read_first(OTHER, "02 FD C7 15 00 00"), 0); /* the meter's own report */
    assert_int_equal(reading.status, KWH_STATUS_RECORD_ERROR);
    /* more joules, and more cubic meters in an hour, than 64 bits hold; and just as many */
    assert_int_equal(read_first(HEAT, "07 03 FF FF FF FF FF FF FF 7F"), KWH_THERMAL_ENERGY);
    assert_int_equal(reading.status, KWH_STATUS_OVERFLOW);
    reads_as(HEAT, "07 03 6F 5E 4D 3C 2B 1A 09 00", "thermal_energy", "9223372036854774000");
    reads_as(HEAT, "07 03 91 A1 B2 C3 D4 E5 F6 FF", "thermal_energy", "-9223372036854774000");
    assert_int_equal(read_first(HEAT, "07 03 70 5E 4D 3C 2B 1A 09 00"), KWH_THERMAL_ENERGY);
    assert_int_equal(reading.status, KWH_STATUS_OVERFLOW);
    assert_int_equal(read_first(HEAT, "07 03 90 A1 B2 C3 D4 E5 F6 FF"), KWH_THERMAL_ENERGY);
    assert_int_equal(reading.status, KWH_STATUS_OVERFLOW);
    reads_as(WATER, "07 47 22 22 22 22 22 22 22 02", "volume_flow", "9223372036854775800");
    assert_int_equal(read_first(WATER, "07 47 23 22 22 22 22 22 22 02"), KWH_VOLUME_FLOW);
    assert_int_equal(reading.status, KWH_STATUS_OVERFLOW);
    reads_as(WATER, "02 FB 22 01 00", "", "0.1"); /* gallons, withdrawn */
    assert_int_equal(reading.status, KWH_STATUS_DOUBTFUL);
}

/* ------------------------------------------------------------------------------------------------
 * Headers
 */

static struct kwh_mbus_telegram telegram;

static void header(uint8_t ci, const char *bytes)
{
    uint8_t data[KWH_MBUS_DATA_MAX];
    size_t size = hex(bytes, data, sizeof data);
    assert_int_equal(kwh_mbus_telegram_decode(ci, data, size, &telegram), KWH_OK);
}

static void tells(uint32_t quantity, const char *value)
{
    char text[KWH_READING_TEXT];
    memset(&reading, 0xA5, sizeof reading);
    assert_int_equal(kwh_mbus_header_reading(&telegram, quantity, &reading), KWH_OK);
    assert_int_equal(reading.quantity, quantity);
    assert_int_equal(reading.form, kwh_quantity_form(quantity));
    assert_int_equal(reading.status, KWH_STATUS_OK);
    assert_int_equal(reading.certainty, KWH_CERTAINTY_MANUAL);
    assert_int_equal(kwh_reading_print(&reading, text, sizeof text), KWH_OK);
    assert_string_equal(text, value);
}

static void lacks(uint32_t quantity)
{
    memset(&reading, 0xA5, sizeof reading);
    assert_int_equal(kwh_mbus_header_reading(&telegram, quantity, &reading), KWH_ERROR_NOT_IN_MAP);
    assert_int_equal(reading.quantity, quantity);
    assert_int_equal(reading.status, KWH_STATUS_NOT_AVAILABLE);
}

static void long_headers(void **state)
{
    (void)state;
    header(0x72, "46 02 02 09 CD 25 01 02 04 10 34 80");
    tells(KWH_SERIAL_NUMBER, "09020246");
    tells(KWH_MBUS_MANUFACTURER, "INM");
    tells(KWH_MBUS_VERSION, "1");
    tells(KWH_MBUS_MEDIUM, "electricity");
    assert_int_equal(reading.digits, 2);
    tells(KWH_MBUS_ACCESS_NUMBER, "4");
    tells(KWH_MBUS_STATUS, "0x10");
    tells(KWH_MBUS_SIGNATURE, "8034");
    lacks(KWH_VOLTAGE_L1);
    lacks(KWH_SERIAL_NUMBER_1);
    lacks(0);
    header(0x72, "EF BE 00 00 00 00 FF FF FF 00 00 00");
    tells(KWH_SERIAL_NUMBER, "0000BEEF");
    tells(KWH_MBUS_MANUFACTURER, "0000");
    tells(KWH_MBUS_MEDIUM, "255");
    tells(KWH_MBUS_ACCESS_NUMBER, "255");
}

static void shorter_headers(void **state)
{
    (void)state;
    header(0x7A, "04 10 00 00");
    tells(KWH_MBUS_ACCESS_NUMBER, "4");
    tells(KWH_MBUS_STATUS, "0x10");
    tells(KWH_MBUS_SIGNATURE, "0000");
    lacks(KWH_SERIAL_NUMBER);
    lacks(KWH_MBUS_MANUFACTURER);
    lacks(KWH_MBUS_VERSION);
    lacks(KWH_MBUS_MEDIUM);
    header(0x52, "78 56 34 12 CD 25 FF 02");
    tells(KWH_SERIAL_NUMBER, "12345678");
    tells(KWH_MBUS_MANUFACTURER, "INM");
    tells(KWH_MBUS_MEDIUM, "electricity");
    lacks(KWH_MBUS_ACCESS_NUMBER);
    header(0x78, "");
    lacks(KWH_SERIAL_NUMBER);
    lacks(KWH_MBUS_ACCESS_NUMBER);
    header(0x73, "78 56 34 12 0A 01 E9 7E 01 00 00 00 35 01 00 00");
    tells(KWH_SERIAL_NUMBER, "12345678");
    tells(KWH_MBUS_ACCESS_NUMBER, "10");
    tells(KWH_MBUS_MEDIUM, "water");
    lacks(KWH_MBUS_STATUS); /* binary or BCD, and which values: nothing that went wrong */
    lacks(KWH_MBUS_MANUFACTURER);
    lacks(KWH_MBUS_VERSION);
    lacks(KWH_MBUS_SIGNATURE);
}

static void words_of_media(void **state)
{
    static const struct {
        uint8_t code;
        const char *word;
    } words[] = {
        {0x00, "other"},
        {0x01, "oil"},
        {0x03, "gas"},
        {0x04, "heat_outlet"},
        {0x05, "steam"},
        {0x06, "warm_water"},
        {0x07, "water"},
        {0x08, "heat_cost_allocator"},
        {0x09, "compressed_air"},
        {0x0A, "cooling_outlet"},
        {0x0B, "cooling_inlet"},
        {0x0C, "heat_inlet"},
        {0x0D, "heat_and_cooling"},
        {0x0E, "system_component"},
        {0x0F, "unknown"},
        {0x10, "16"},
        {0x13, "19"},
        {0x14, "calorific_value"},
        {0x15, "hot_water"},
        {0x16, "cold_water"},
        {0x17, "dual_register_water"},
        {0x18, "pressure"},
        {0x19, "ad_converter"},
        {0x1A, "smoke_detector"},
        {0x1B, "room_sensor"},
        {0x1C, "gas_detector"},
        {0x1D, "29"},
        {0x20, "breaker"},
        {0x21, "valve"},
        {0x22, "34"},
        {0x25, "customer_unit"},
        {0x26, "38"},
        {0x28, "waste_water"},
        {0x29, "garbage"},
        {0x2A, "carbon_dioxide"},
        {0x2B, "43"},
        {0x31, "communication_controller"},
        {0x32, "unidirectional_repeater"},
        {0x33, "bidirectional_repeater"},
        {0x34, "52"},
        {0x36, "radio_converter_system_side"},
        {0x37, "radio_converter_meter_side"},
        {0x38, "wired_adapter"},
        {0x39, "57"},
    };
    (void)state;
    header(0x72, "46 02 02 09 CD 25 01 02 04 10 34 80");
    for (size_t i = 0; i < KWH_COUNT(words); i++) {
        telegram.medium = words[i].code;
        tells(KWH_MBUS_MEDIUM, words[i].word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(electricity),          cmocka_unit_test(directions_phases_quadrants),
        cmocka_unit_test(tariffs_and_the_past), cmocka_unit_test(heat_water_gas),
        cmocka_unit_test(fixed_structures),     cmocka_unit_test(what_the_standard_leaves_open),
        cmocka_unit_test(other_forms),          cmocka_unit_test(what_is_no_value_says_why),
        cmocka_unit_test(long_headers),         cmocka_unit_test(shorter_headers),
        cmocka_unit_test(words_of_media),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
