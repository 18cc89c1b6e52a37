/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/obis.h>

#include "frozen_names.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static struct frozen_name frozen[FROZEN_NAMES + 1];

static int load(void **state)
{
    (void)state;
    return load_frozen_names(frozen, FROZEN_NAMES + 1) == FROZEN_NAMES ? 0 : -1;
}

static struct kwh_obis obis(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint8_t e, uint8_t f)
{
    struct kwh_obis code = {a, b, c, d, e, f};

    return code;
}

static void is_code(struct kwh_obis code, struct kwh_obis expected)
{
    assert_int_equal(code.a, expected.a);
    assert_int_equal(code.b, expected.b);
    assert_int_equal(code.c, expected.c);
    assert_int_equal(code.d, expected.d);
    assert_int_equal(code.e, expected.e);
    assert_int_equal(code.f, expected.f);
}

static uint32_t quantity_of(const char *name)
{
    uint32_t quantity;

    assert_int_equal(kwh_quantity_parse(name, &quantity), KWH_OK);
    return quantity;
}

/* The code of a name as text, "" for none. */
static const char *code_of(uint32_t quantity)
{
    static char text[KWH_OBIS_TEXT];
    struct kwh_obis code = {9, 9, 9, 9, 9, 9};

    if (kwh_quantity_obis(quantity, &code) != KWH_OK) {
        is_code(code, obis(0, 0, 0, 0, 0, 0));
        return "";
    }
    assert_int_equal(kwh_obis_print(code, text, sizeof text), KWH_OK);
    return text;
}

static void test_frozen_names_have_their_codes(void **state)
{
    int coded = 0;
    int i;

    (void)state;
    for (i = 0; i < FROZEN_NAMES; i++) {
        const char *code = code_of(frozen[i].number);

        if (strcmp(code, frozen[i].obis) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", frozen[i].name, code, frozen[i].obis);
        coded += code[0] != '\0';
    }
    assert_int_equal(coded, 153);
}

/* The quantity of a code is its frozen name; with the power factor it is the unmarked one. */
static void test_codes_have_their_frozen_names(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < FROZEN_NAMES; i++) {
        const char *name = frozen[i].name;
        struct kwh_obis code;
        uint32_t quantity;

        if (frozen[i].obis[0] == '\0' || strncmp(name, "power_factor_lead_lag", 21) == 0 ||
            strncmp(name, "power_factor_magnitude", 22) == 0)
            continue;
        assert_int_equal(kwh_obis_parse(frozen[i].obis, &code), KWH_OK);
        assert_int_equal(kwh_obis_quantity(code, &quantity), KWH_OK);
        assert_int_equal(quantity, frozen[i].number);
    }
}

/* Of the standard, beyond the names that maps use. */
static void test_other_names_with_a_code(void **state)
{
    static const struct {
        const char *name, *code;
    } pairs[] = {
        {"active_energy_import_t8", "1-0:1.8.8"},
        {"active_energy_net_l3_t4", "1-0:76.8.4"},
        {"active_energy_q1", "1-0:17.8.0"},
        {"active_energy_q4_l3", "1-0:80.8.0"},
        {"reactive_energy_q2_l1_t2", "1-0:26.8.2"},
        {"active_power_import_l1", "1-0:21.7.0"},
        {"active_power_export_l3", "1-0:62.7.0"},
        {"active_power_gross_l2", "1-0:55.7.0"},
        {"reactive_power_import", "1-0:3.7.0"},
        {"reactive_power_export_l2", "1-0:44.7.0"},
        {"frequency_l1", "1-0:34.7.0"},
        {"voltage_n", "1-0:92.7.0"},
        {"operating_time", "0-0:96.8.0"},
        {"operating_time_t8", "0-0:96.8.8"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(pairs); i++) {
        struct kwh_obis code;
        uint32_t quantity;

        assert_string_equal(code_of(quantity_of(pairs[i].name)), pairs[i].code);
        assert_int_equal(kwh_obis_parse(pairs[i].code, &code), KWH_OK);
        assert_int_equal(kwh_obis_quantity(code, &quantity), KWH_OK);
        assert_int_equal(quantity, quantity_of(pairs[i].name));
    }
}

static void test_names_without_a_code(void **state)
{
    static const char *const names[] = {
        "active_energy",
        "active_energy_combined",
        "active_energy_import_sum",
        "active_energy_import_n",
        "active_energy_import_l1_l2",
        "active_energy_import_mean",
        "active_energy_import_h1",
        "active_energy_import_day",
        "active_energy_import_rollovers",
        "active_energy_import_resettable",
        "active_energy_import_secondary",
        "active_energy_net_balance",
        "active_power_net",
        "active_power_combined",
        "active_power_t1",
        "active_power_demand",
        "active_power_q1",
        "reactive_power",
        "reactive_power_gross",
        "reactive_energy_gross",
        "reactive_energy_net",
        "reactive_energy_inductive_import",
        "apparent_power_import",
        "apparent_energy_export",
        "voltage_mean",
        "voltage_mean_ll",
        "voltage_sum",
        "voltage_t1",
        "voltage_l1_l2_t1",
        "voltage_l1_secondary",
        "current_mean",
        "current_l1_l2",
        "current_sum_t1",
        "current_n_demand",
        "power_factor_mean",
        "power_factor_import",
        "phase_angle",
        "thd_voltage_l1",
        "charge",
        "temperature",
        "operating_time_l1",
        "serial_number_1",
        "serial_number_l1",
        "software_version_l1",
        "tariff_count",
        "error_code_l1",
        "ct_ratio",
        "device_address",
        "action_set_tariff",
    };
    static const uint32_t numbers[] = {0,          0x10042400, 0x1004FC00,
                                       0x30000000, 0xD0040000, 0x40040001};
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(names); i++)
        assert_string_equal(code_of(quantity_of(names[i])), "");
    for (i = 0; i < COUNT(numbers); i++)
        assert_string_equal(code_of(numbers[i]), "");
}

static void test_codes_without_a_name(void **state)
{
    static const struct kwh_obis codes[] = {
        {0, 0, 0, 0, 0, 0},     {1, 0, 0, 0, 0, 255},  /* identification */
        {1, 0, 1, 8, 9, 255},                          /* a ninth tariff */
        {1, 0, 1, 8, 63, 255},  {1, 0, 1, 8, 0, 0},    /* billing periods */
        {1, 0, 1, 8, 0, 101},   {1, 1, 1, 8, 0, 255},  /* channel 1 */
        {0, 0, 1, 8, 0, 255},                          /* no electricity */
        {7, 0, 1, 8, 0, 255},   {1, 0, 81, 8, 0, 255}, /* behind L3 */
        {1, 0, 101, 8, 0, 255}, {1, 0, 1, 7, 1, 255},  /* power has no tariff */
        {1, 0, 1, 6, 0, 255},                          /* maximum */
        {1, 0, 1, 9, 0, 255},                          /* since the billing period */
        {1, 0, 1, 29, 0, 255},  {1, 0, 10, 8, 0, 255}, /* apparent, export */
        {1, 0, 12, 7, 1, 255},                         /* a harmonic */
        {1, 0, 17, 7, 0, 255},  {1, 0, 81, 7, 1, 255}, /* an angle */
        {1, 0, 84, 7, 0, 255},  {1, 0, 110, 7, 0, 255},
        {1, 0, 111, 7, 0, 255}, {1, 0, 124, 7, 1, 255},
        {1, 0, 127, 7, 0, 255}, {1, 0, 144, 7, 0, 255},
        {1, 0, 255, 7, 0, 255}, {1, 0, 96, 1, 0, 255},
        {0, 0, 96, 1, 1, 255},  {0, 0, 96, 8, 9, 255},
        {0, 0, 96, 14, 1, 255}, {0, 0, 116, 8, 0, 255},
        {0, 0, 0, 2, 0, 255},   {1, 0, 20, 2, 0, 255},
        {1, 0, 0, 3, 4, 255},   {255, 255, 255, 255, 255, 255},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(codes); i++) {
        uint32_t quantity = 7;

        if (kwh_obis_quantity(codes[i], &quantity) != KWH_ERROR_NO_CODE || quantity != 0)
            fail_msg("code %u gives 0x%08X", (unsigned int)i, (unsigned int)quantity);
    }
}

/* Each C and D of the media 0 and 1: what has a quantity is the code of that quantity. */
static void test_all_codes(void **state)
{
    static const uint8_t rates[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255};
    unsigned int coded = 0;
    unsigned int i;

    (void)state;
    for (i = 0; i < 0x20000u * COUNT(rates); i++) {
        uint8_t e = rates[i % COUNT(rates)];
        unsigned int acd = i / COUNT(rates);
        struct kwh_obis code = obis((uint8_t)(acd >> 16), 0, (uint8_t)(acd >> 8), (uint8_t)acd, e,
                                    255);
        struct kwh_obis again;
        uint32_t quantity;

        if (kwh_obis_quantity(code, &quantity) != KWH_OK)
            continue;
        coded++;
        assert_int_equal(kwh_quantity_obis(quantity, &again), KWH_OK);
        code.e = e == 255 ? 0 : e;
        is_code(again, code);
    }
    /* 15 energies with 4 phases, 9 rates and 255 for 0; 11 instants with 4 phases, 6 without;
     * 6 of the 1-0:0 group, one of them with E 0; operating time by rate, 4 other of 0-0. */
    assert_int_equal(coded, 15 * 4 * 10 + 11 * 4 * 2 + 6 * 2 + 7 + 10 + 4 * 2);
}

static void test_missing_rate_of_easymeter(void **state)
{
    uint32_t quantity;

    (void)state;
    assert_int_equal(kwh_obis_quantity(obis(1, 0, 21, 7, 255, 255), &quantity), KWH_OK);
    assert_int_equal(quantity, quantity_of("active_power_import_l1"));
}

static void test_power_factor_has_no_sign_convention(void **state)
{
    uint32_t quantity;

    (void)state;
    assert_string_equal(code_of(KWH_POWER_FACTOR_LEAD_LAG_L2), "1-0:53.7.0");
    assert_string_equal(code_of(KWH_POWER_FACTOR_MAGNITUDE), "1-0:13.7.0");
    assert_int_equal(kwh_obis_quantity(obis(1, 0, 13, 7, 0, 255), &quantity), KWH_OK);
    assert_int_equal(quantity, KWH_POWER_FACTOR);
    assert_int_equal(kwh_obis_quantity(obis(1, 0, 53, 7, 0, 255), &quantity), KWH_OK);
    assert_int_equal(quantity, KWH_POWER_FACTOR_L2);
}

static void test_text(void **state)
{
    static const struct {
        const char *text;
        struct kwh_obis code;
        const char *printed;
    } codes[] = {
        {"1-0:1.8.0*255", {1, 0, 1, 8, 0, 255}, "1-0:1.8.0"},
        {"1-0:1.8.0", {1, 0, 1, 8, 0, 255}, "1-0:1.8.0"},
        {"1.8.0", {1, 0, 1, 8, 0, 255}, "1-0:1.8.0"},
        {"1.8", {1, 0, 1, 8, 0, 255}, "1-0:1.8.0"},
        {"32.7", {1, 0, 32, 7, 0, 255}, "1-0:32.7.0"},
        {"1-0:32.7", {1, 0, 32, 7, 0, 255}, "1-0:32.7.0"},
        {"1.6.1*12", {1, 0, 1, 6, 1, 12}, "1-0:1.6.1*12"},
        {"1.8.1&5", {1, 0, 1, 8, 1, 5}, "1-0:1.8.1*5"},
        {"1.8&0", {1, 0, 1, 8, 0, 0}, "1-0:1.8.0*0"},
        {"1-0:21.7.255", {1, 0, 21, 7, 255, 255}, "1-0:21.7.255"},
        {"0-0:96.14.0", {0, 0, 96, 14, 0, 255}, "0-0:96.14.0"},
        {"1-1:1.29", {1, 1, 1, 29, 0, 255}, "1-1:1.29.0"},
        {"10-64:100.209.110*101", {10, 64, 100, 209, 110, 101}, "10-64:100.209.110*101"},
        {"255-255:255.255.255*254", {255, 255, 255, 255, 255, 254}, "255-255:255.255.255*254"},
        {"0.0.0", {1, 0, 0, 0, 0, 255}, "1-0:0.0.0"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(codes); i++) {
        struct kwh_obis code;
        char text[KWH_OBIS_TEXT];

        assert_int_equal(kwh_obis_parse(codes[i].text, &code), KWH_OK);
        is_code(code, codes[i].code);
        assert_int_equal(kwh_obis_print(code, text, sizeof text), KWH_OK);
        assert_string_equal(text, codes[i].printed);
    }
}

static void test_bad_text(void **state)
{
    static const char *const texts[] = {
        "",
        "1",
        "1.",
        ".8",
        "1.8.",
        "1..8",
        "1.8.0.0",
        "1.8.0*",
        "1.8.0&",
        "1.8.0*1*2",
        "1.8.0*&1",
        "1*1",
        "1.8.0 ",
        " 1.8.0",
        "1 .8.0",
        "1-0",
        "1-0:",
        "1-0:1",
        "1-0:1.",
        "1-:1.8.0",
        "-0:1.8.0",
        "1:1.8.0",
        "1-0.1.8.0",
        "1-0:1-0:1.8.0",
        "1-0-1.8.0",
        "1.8:0",
        "256.8.0",
        "1.256.0",
        "1.8.256",
        "1.8.0*256",
        "256-0:1.8.0",
        "1-256:1.8.0",
        "1000.8.0",
        "4294967297.8.0",
        "99999999999999999999999999.8.0",
        "01.8.0",
        "1.08.0",
        "1.8.00",
        "1.8.0*00",
        "+1.8.0",
        "-1.8.0",
        "1.-8.0",
        "1.8.0x",
        "F.F",
        "1,8,0",
        "1/8/0",
        "1;8;0",
        "1.8.0\n",
    };
    size_t i;

    (void)state;
    for (i = 0; i < COUNT(texts); i++) {
        struct kwh_obis code = {9, 9, 9, 9, 9, 9};

        if (kwh_obis_parse(texts[i], &code) != KWH_ERROR_SYNTAX)
            fail_msg("\"%s\" is taken", texts[i]);
        is_code(code, obis(0, 0, 0, 0, 0, 0));
    }
}

static void test_capacity(void **state)
{
    struct kwh_obis code = obis(1, 0, 126, 7, 0, 99); /* 1-0:126.7.0*99 */
    char text[20];
    size_t capacity;

    (void)state;
    for (capacity = 0; capacity < sizeof text; capacity++) {
        memset(text, '#', sizeof text);
        if (capacity >= sizeof "1-0:126.7.0*99") {
            assert_int_equal(kwh_obis_print(code, text, capacity), KWH_OK);
            assert_string_equal(text, "1-0:126.7.0*99");
            continue;
        }
        assert_int_equal(kwh_obis_print(code, text, capacity), KWH_ERROR_CAPACITY);
        if (capacity > 0)
            assert_int_equal(text[0], '\0');
        assert_int_equal(text[capacity], '#');
    }
}

/* Against the list of rows of all meters, where there is one: rank 0, shown, not a part. */
static void test_reference_codes(void **state)
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
        char *columns[13];
        const char *code;

        split_columns(line, columns, COUNT(columns));
        if (strcmp(columns[7], "0") != 0 || columns[8][0] != '\0' || columns[11][0] != '\0')
            continue;
        code = code_of(quantity_of(columns[6]));
        if (strcmp(code, columns[12]) != 0) {
            fail_msg("%s %s %s: \"%s\", not \"%s\"", columns[0], columns[3], columns[6], code,
                     columns[12]);
        }
        rows++;
    }
    fclose(file);
    assert_true(rows > FROZEN_NAMES);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frozen_names_have_their_codes),
        cmocka_unit_test(test_codes_have_their_frozen_names),
        cmocka_unit_test(test_other_names_with_a_code),
        cmocka_unit_test(test_names_without_a_code),
        cmocka_unit_test(test_codes_without_a_name),
        cmocka_unit_test(test_all_codes),
        cmocka_unit_test(test_missing_rate_of_easymeter),
        cmocka_unit_test(test_power_factor_has_no_sign_convention),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_capacity),
        cmocka_unit_test(test_reference_codes),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
