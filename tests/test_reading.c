/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/reading.h>

static struct kwh_reading reading;

static int begin(void **state)
{
    (void)state;
    memset(&reading, 0xA5, sizeof reading);
    kwh_reading_init(&reading, KWH_VOLTAGE_L1, KWH_STATUS_OK);
    return 0;
}

/* Prints, and does not with one byte less. */
static void prints(const char *expected)
{
    char text[KWH_READING_TEXT];
    memset(text, 'x', sizeof text);
    assert_int_equal(kwh_reading_print(&reading, text, strlen(expected) + 1), KWH_OK);
    assert_string_equal(text, expected);
    assert_int_equal(text[strlen(expected) + 1], 'x');
    assert_int_equal(kwh_reading_print(&reading, text, strlen(expected)), KWH_ERROR_CAPACITY);
    assert_int_equal(text[0], '\0');
    assert_int_equal(kwh_reading_print(&reading, text, 0), KWH_ERROR_CAPACITY);
}

static void an_empty_reading_has_the_form_of_its_quantity(void **state)
{
    char text[4] = "abc";
    (void)state;
    kwh_reading_init(&reading, KWH_SERIAL_NUMBER, KWH_STATUS_NO_ANSWER);
    assert_int_equal(reading.quantity, 0x40040000);
    assert_int_equal(reading.form, KWH_FORM_DIGITS);
    assert_int_equal(reading.status, KWH_STATUS_NO_ANSWER);
    assert_int_equal(reading.length, 0);
    assert_int_equal(reading.digits, 0);
    assert_null(reading.word);
    assert_int_equal(reading.time.year, -1);
    assert_int_equal(reading.time.month, -1);
    assert_int_equal(reading.time.day, -1);
    assert_int_equal(reading.time.hour, -1);
    assert_int_equal(reading.time.minute, -1);
    assert_int_equal(reading.time.second, -1);
    assert_false(kwh_reading_has_value(&reading));
    assert_int_equal(kwh_reading_print(&reading, text, sizeof text), KWH_ERROR_NO_VALUE);
    assert_string_equal(text, "");
    assert_int_equal(kwh_reading_print(&reading, text, 0), KWH_ERROR_NO_VALUE);
    kwh_reading_init(&reading, KWH_PARITY, KWH_STATUS_DOUBTFUL);
    assert_int_equal(reading.form, KWH_FORM_CHOICE);
    assert_true(kwh_reading_has_value(&reading));
}

static void decimals(void **state)
{
    (void)state;
    reading.decimal = kwh_decimal(23012, -2);
    prints("230.12");
    reading.decimal = kwh_decimal(-5, 3);
    prints("-5000");
}

static void digits(void **state)
{
    (void)state;
    reading.form = KWH_FORM_DIGITS;
    reading.digits = 0x0943AB02;
    reading.length = 8;
    prints("0943AB02");
    reading.length = 10;
    prints("000943AB02");
    reading.length = 2;
    prints("02");
    reading.digits = UINT64_C(0xFEDCBA9876543210);
    reading.length = 16;
    prints("FEDCBA9876543210");
    reading.length = 255; /* more than there can be */
    prints("FEDCBA9876543210");
}

static void bits(void **state)
{
    (void)state;
    reading.form = KWH_FORM_BITS;
    reading.digits = 5;
    reading.length = 16;
    prints("0x0005");
    reading.length = 8;
    prints("0x05");
    reading.length = 9;
    prints("0x005");
}

static void text(void **state)
{
    (void)state;
    reading.form = KWH_FORM_TEXT;
    prints("");
    memcpy(reading.text, "COUNTIS E43", 11);
    reading.length = 11;
    prints("COUNTIS E43");
    memset(reading.text, 'a', sizeof reading.text);
    reading.length = 255;
    prints("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
}

static void choices(void **state)
{
    static KWH_CONST char even[] = "even", nothing[] = "";
    (void)state;
    reading.form = KWH_FORM_CHOICE;
    reading.decimal = kwh_decimal(9600, 0);
    prints("9600");
    reading.word = even;
    prints("even");
    reading.word = nothing;
    prints("");
}

static void times(void **state)
{
    (void)state;
    reading.form = KWH_FORM_TIME;
    reading.time.year = 2026;
    reading.time.month = 1;
    reading.time.day = 31;
    prints("2026-01-31");
    reading.time.hour = 12;
    reading.time.minute = 5;
    prints("2026-01-31T12:05");
    reading.time.second = 9;
    prints("2026-01-31T12:05:09");
    reading.time.year = -1;
    prints("01-31T12:05:09");
    reading.time.day = -1;
    prints("12:05:09");
    reading.time.hour = -1;
    prints("");
}

static void statuses_and_certainties_have_names(void **state)
{
    static const char *const statuses[] = {"ok",       "not_available", "nan",          "infinite",
                                           "overflow", "bad_digits",    "invalid_date", "no_answer",
                                           "refused",  "encrypted",     "record_error", "doubtful",
                                           ""};
    static const char *const certainties[] = {"inferred", "public", "manual", "hardware", ""};
    (void)state;
    for (unsigned i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        assert_string_equal(kwh_status_name((enum kwh_status)i), statuses[i]);
        kwh_reading_init(&reading, KWH_VOLTAGE_L1, (enum kwh_status)i);
        assert_int_equal(kwh_reading_has_value(&reading), i == 0 || i == 11);
    }
    for (unsigned i = 0; i < sizeof certainties / sizeof certainties[0]; i++)
        assert_string_equal(kwh_certainty_name((enum kwh_certainty)i), certainties[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_empty_reading_has_the_form_of_its_quantity, begin),
        cmocka_unit_test_setup(decimals, begin),
        cmocka_unit_test_setup(digits, begin),
        cmocka_unit_test_setup(bits, begin),
        cmocka_unit_test_setup(text, begin),
        cmocka_unit_test_setup(choices, begin),
        cmocka_unit_test_setup(times, begin),
        cmocka_unit_test_setup(statuses_and_certainties_have_names, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
