/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kwh/diagnostics.h>

#include "energy_check.h"

static void test_status_word_of_the_pro380(void **context)
{
    static const struct {
        uint32_t word;
        enum kwh_error error;
        uint32_t flags;
    } rows[] = {
        {0x00110111, KWH_OK, 0}, /* seen on a healthy meter */
        {0x00010111, KWH_OK, KWH_DIAGNOSTIC_PROGRAM},
        {0x00100111, KWH_OK, KWH_DIAGNOSTIC_EEPROM},
        {0x00110011, KWH_OK, KWH_DIAGNOSTIC_L1_ABSENT},
        {0x00110101, KWH_OK, KWH_DIAGNOSTIC_L2_ABSENT},
        {0x00110110, KWH_OK, KWH_DIAGNOSTIC_L3_ABSENT},
        {0x00000000, KWH_OK, 0x1F},
        {0x00110211, KWH_ERROR_BAD_ANSWER, 0},
        {0x00111111, KWH_ERROR_BAD_ANSWER, 0},
        {0x01110111, KWH_ERROR_BAD_ANSWER, 0},
        {0xFFFFFFFF, KWH_ERROR_BAD_ANSWER, 0},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t flags = 1;
        CHECK(kwh_diagnostics_pro380(rows[i].word, &flags) == rows[i].error, i);
        CHECK(flags == rows[i].flags, i);
    }
}

static void test_display_of_the_pro380(void **context)
{
    static const struct {
        const char *text;
        enum kwh_error error;
        uint32_t flags;
    } rows[] = {
        {"S11111", KWH_OK, 0},
        {"S11 111", KWH_OK, 0},
        {"S 11 101", KWH_OK, KWH_DIAGNOSTIC_L2_ABSENT},
        {"S01111", KWH_OK, KWH_DIAGNOSTIC_PROGRAM},
        {"S10111", KWH_OK, KWH_DIAGNOSTIC_EEPROM},
        {"S11011", KWH_OK, KWH_DIAGNOSTIC_L1_ABSENT},
        {"S11110", KWH_OK, KWH_DIAGNOSTIC_L3_ABSENT},
        {"S1111", KWH_ERROR_SYNTAX, 0},
        {"S111111", KWH_ERROR_SYNTAX, 0},
        {"S11211", KWH_ERROR_SYNTAX, 0},
        {"S00111 ", KWH_ERROR_SYNTAX, 0},
        {"11111", KWH_ERROR_SYNTAX, 0},
        {"S", KWH_ERROR_SYNTAX, 0},
        {"", KWH_ERROR_SYNTAX, 0},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t flags = 1;
        CHECK(kwh_diagnostics_pro380_display(rows[i].text, &flags) == rows[i].error, i);
        CHECK(flags == rows[i].flags, i);
    }
}

static void test_errors_of_the_pro1(void **context)
{
    uint32_t flags = 1;

    (void)context;
    assert_int_equal(kwh_diagnostics_pro1(1, &flags), KWH_OK);
    assert_int_equal(flags, KWH_DIAGNOSTIC_EEPROM);
    assert_int_equal(kwh_diagnostics_pro1(2, &flags), KWH_OK);
    assert_int_equal(flags, KWH_DIAGNOSTIC_PROGRAM);
    assert_int_equal(kwh_diagnostics_pro1(0, &flags), KWH_ERROR_BAD_ANSWER);
    assert_int_equal(flags, 0);
    assert_int_equal(kwh_diagnostics_pro1(3, &flags), KWH_ERROR_BAD_ANSWER);
}

static void test_errors_of_the_2pu(void **context)
{
    static const uint32_t bits[] = {
        KWH_DIAGNOSTIC_ENERGY_LOST, KWH_DIAGNOSTIC_MANTISSA_FAILED,  KWH_DIAGNOSTIC_BACKUP_FAILED,
        KWH_DIAGNOSTIC_MAIN_FAILED, KWH_DIAGNOSTIC_MANTISSA_DATA,    KWH_DIAGNOSTIC_BACKUP_DATA,
        KWH_DIAGNOSTIC_MAIN_DATA,   KWH_DIAGNOSTIC_EEPROM_NOT_READY,
    };

    (void)context;
    assert_int_equal(kwh_diagnostics_2pu(0), 0);
    for (unsigned i = 0; i < 8; i++)
        assert_int_equal(kwh_diagnostics_2pu((uint8_t)(1u << i)), bits[i]);
    assert_int_equal(kwh_diagnostics_2pu(0x41),
                     KWH_DIAGNOSTIC_ENERGY_LOST | KWH_DIAGNOSTIC_MAIN_DATA);
    assert_int_equal(kwh_diagnostics_2pu(0xFF), 0x1FE0);
}

static void test_names(void **context)
{
    static const char *const names[] = {
        "program",     "eeprom",          "l1_absent",        "l2_absent",   "l3_absent",
        "energy_lost", "mantissa_failed", "backup_failed",    "main_failed", "mantissa_data",
        "backup_data", "main_data",       "eeprom_not_ready",
    };

    (void)context;
    for (unsigned i = 0; i < COUNT_OF(names); i++)
        assert_string_equal(kwh_diagnostic_name(UINT32_C(1) << i), names[i]);
    assert_string_equal(kwh_diagnostic_name(0), "");
    assert_string_equal(kwh_diagnostic_name(UINT32_C(1) << 13), "");
    assert_string_equal(kwh_diagnostic_name(UINT32_C(1) << 31), "");
    assert_string_equal(kwh_diagnostic_name(KWH_DIAGNOSTIC_MAIN_DATA | KWH_DIAGNOSTIC_L3_ABSENT),
                        "l3_absent");
    assert_int_equal(KWH_DIAGNOSTIC_DEFECT, 0x23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_status_word_of_the_pro380),
        cmocka_unit_test(test_display_of_the_pro380),
        cmocka_unit_test(test_errors_of_the_pro1),
        cmocka_unit_test(test_errors_of_the_2pu),
        cmocka_unit_test(test_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
