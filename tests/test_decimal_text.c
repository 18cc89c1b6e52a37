/* SPDX-License-Identifier: MIT */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/decimal.h>

#define COUNT_OF(a) (sizeof(a) / sizeof(a)[0])

#define ZEROS_9     "000000000"
#define ZEROS_18    ZEROS_9 ZEROS_9
#define ZEROS_108   ZEROS_18 ZEROS_18 ZEROS_18 ZEROS_18 ZEROS_18 ZEROS_18
#define ZEROS_127   ZEROS_108 ZEROS_18 "0"

static const struct {
    struct kwh_decimal value;
    const char *text;
} prints[] = {
    {{23012, -2}, "230.12"},
    {{5, 3}, "5000"},
    {{2300, -1}, "230.0"},
    {{0, 0}, "0"},
    {{0, 3}, "0"},
    {{0, 127}, "0"},
    {{0, -2}, "0.00"},
    {{5, -1}, "0.5"},
    {{-5, -3}, "-0.005"},
    {{-12, 0}, "-12"},
    {{-12, 1}, "-120"},
    {{123, -3}, "0.123"},
    {{1234, -3}, "1.234"},
    {{10, -1}, "1.0"},
    {{INT64_MAX, 0}, "9223372036854775807"},
    {{INT64_MIN, 0}, "-9223372036854775808"},
    {{INT64_MIN, -18}, "-9.223372036854775808"},
    {{INT64_MIN, -19}, "-0.9223372036854775808"},
    {{INT64_MIN, -20}, "-0.09223372036854775808"},
    {{INT64_MIN, 127}, "-9223372036854775808" ZEROS_127},
    {{INT64_MIN, -128},
     "-0." ZEROS_108 "0"
     "9223372036854775808"},
    {{1, 127}, "1" ZEROS_127},
    {{1, -128}, "0." ZEROS_127 "1"},
    {{0, -128}, "0." ZEROS_127 "0"},
};

static void test_print(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(prints); i++) {
        char text[KWH_DECIMAL_TEXT];
        assert_int_equal(kwh_decimal_print(&prints[i].value, text, sizeof text), KWH_OK);
        assert_string_equal(text, prints[i].text);
    }
}

static void test_print_needs_its_room(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(prints); i++) {
        size_t needed = strlen(prints[i].text) + 1;
        char text[KWH_DECIMAL_TEXT + 1];
        for (size_t capacity = 0; capacity <= needed; capacity++) {
            memset(text, '#', sizeof text);
            assert_int_equal(kwh_decimal_print(&prints[i].value, text, capacity),
                             capacity < needed ? KWH_ERROR_CAPACITY : KWH_OK);
            assert_int_equal(text[capacity], '#');
            if (capacity > 0)
                assert_string_equal(text, capacity < needed ? "" : prints[i].text);
        }
    }
}

static const struct {
    const char *text;
    enum kwh_error error;
    struct kwh_decimal value;
} parses[] = {
    {"0", KWH_OK, {0, 0}},
    {"-0", KWH_OK, {0, 0}},
    {"230.0", KWH_OK, {2300, -1}},
    {"+230.12", KWH_OK, {23012, -2}},
    {"-0.005", KWH_OK, {-5, -3}},
    {"007", KWH_OK, {7, 0}},
    {"5000", KWH_OK, {5000, 0}},
    {"5e3", KWH_OK, {5, 3}},
    {"5e+3", KWH_OK, {5, 3}},
    {"5.25e-3", KWH_OK, {525, -5}},
    {"5.25e0003", KWH_OK, {525, 1}},
    {"0.00", KWH_OK, {0, -2}},
    {"9223372036854775807", KWH_OK, {INT64_MAX, 0}},
    {"-9223372036854775807", KWH_OK, {-INT64_MAX, 0}},
    {"-9223372036854775808", KWH_OK, {INT64_MIN, 0}},
    {"9223372036854775808", KWH_ERROR_OVERFLOW, {0, 0}},
    {"-9223372036854775809", KWH_ERROR_OVERFLOW, {0, 0}},
    {"-922337203685477580.8", KWH_OK, {INT64_MIN, -1}},
    {"922337203685477580.8", KWH_ERROR_OVERFLOW, {0, 0}},
    {"0.9223372036854775807", KWH_OK, {INT64_MAX, -19}},
    {"92233720368547758070", KWH_OK, {INT64_MAX, 1}},
    {"92233720368547758071", KWH_ERROR_OVERFLOW, {0, 0}},
    {"9223372036854775807.000", KWH_OK, {INT64_MAX, 0}},
    {"9223372036854775807.001", KWH_ERROR_OVERFLOW, {0, 0}},
    {"92233720368547758070.00", KWH_OK, {INT64_MAX, 1}},
    {"92233720368547758070e-1", KWH_OK, {INT64_MAX, 0}},
    {"1" ZEROS_127, KWH_OK, {INT64_C(1000000000000000000), 109}},
    {"0." ZEROS_127 "1", KWH_OK, {1, -128}},
    {"0." ZEROS_127 "01", KWH_ERROR_OVERFLOW, {0, 0}},
    {"0." ZEROS_127 "10", KWH_OK, {1, -128}},
    {"0." ZEROS_127 ZEROS_127, KWH_OK, {0, -128}},
    {"1." ZEROS_127 ZEROS_127, KWH_OK, {INT64_C(1000000000000000000), -18}},
    {"1e127", KWH_OK, {1, 127}},
    {"1e-128", KWH_OK, {1, -128}},
    {"1e128", KWH_OK, {10, 127}},
    {"1e145", KWH_OK, {INT64_C(1000000000000000000), 127}},
    {"922337203685477580e128", KWH_OK, {INT64_C(9223372036854775800), 127}},
    {"-9e145", KWH_OK, {INT64_C(-9000000000000000000), 127}},
    {"1e146", KWH_ERROR_OVERFLOW, {0, 0}},
    {"1e-129", KWH_ERROR_OVERFLOW, {0, 0}},
    {"100e-130", KWH_OK, {1, -128}},
    {"100e-131", KWH_ERROR_OVERFLOW, {0, 0}},
    {"0e999999999999999999999", KWH_OK, {0, 127}},
    {"0e-999999999999999999999", KWH_OK, {0, -128}},
    {"1e99999", KWH_ERROR_OVERFLOW, {0, 0}},
    {"1e999999999999999999999", KWH_ERROR_OVERFLOW, {0, 0}},
    {"1e-999999999999999999999", KWH_ERROR_OVERFLOW, {0, 0}},
    {"", KWH_ERROR_SYNTAX, {0, 0}},
    {"+", KWH_ERROR_SYNTAX, {0, 0}},
    {"-", KWH_ERROR_SYNTAX, {0, 0}},
    {"+-1", KWH_ERROR_SYNTAX, {0, 0}},
    {".5", KWH_ERROR_SYNTAX, {0, 0}},
    {"5.", KWH_ERROR_SYNTAX, {0, 0}},
    {"5.e1", KWH_ERROR_SYNTAX, {0, 0}},
    {"1e", KWH_ERROR_SYNTAX, {0, 0}},
    {"1e+", KWH_ERROR_SYNTAX, {0, 0}},
    {"1e1.5", KWH_ERROR_SYNTAX, {0, 0}},
    {"1E5", KWH_ERROR_SYNTAX, {0, 0}},
    {"1,5", KWH_ERROR_SYNTAX, {0, 0}},
    {"1 ", KWH_ERROR_SYNTAX, {0, 0}},
    {" 1", KWH_ERROR_SYNTAX, {0, 0}},
    {"1.2.3", KWH_ERROR_SYNTAX, {0, 0}},
    {"0x10", KWH_ERROR_SYNTAX, {0, 0}},
    {"nan", KWH_ERROR_SYNTAX, {0, 0}},
    {"1/", KWH_ERROR_SYNTAX, {0, 0}},
    {"1:", KWH_ERROR_SYNTAX, {0, 0}},
    {"99999999999999999999x", KWH_ERROR_SYNTAX, {0, 0}},
};

static void test_parse(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(parses); i++) {
        struct kwh_decimal value = {1, 1};
        if (kwh_decimal_parse(parses[i].text, &value) != parses[i].error ||
            value.mantissa != parses[i].value.mantissa ||
            value.exponent != parses[i].value.exponent)
            fail_msg("\"%s\"", parses[i].text);
    }
}

/* A scale beyond what is counted must not come back as a wrong number. */
static void test_parse_of_a_very_long_text(void **context)
{
    enum {
        ZEROS = 150000
    };
    static char text[ZEROS + 20] = "0.";
    struct kwh_decimal value = {1, 1};

    (void)context;
    memset(text + 2, '0', ZEROS);
    assert_int_equal(kwh_decimal_parse(text, &value), KWH_OK);
    assert_true(value.mantissa == 0 && value.exponent == -128);
    memcpy(text + 2 + ZEROS, "1e150001", sizeof "1e150001");
    assert_int_equal(kwh_decimal_parse(text, &value), KWH_ERROR_OVERFLOW);
    assert_true(value.mantissa == 0 && value.exponent == 0);
    /* Up to 100000 is counted. */
    memcpy(text + 2 + 99999, "1e99990", sizeof "1e99990");
    assert_int_equal(kwh_decimal_parse(text, &value), KWH_OK);
    assert_true(value.mantissa == 1 && value.exponent == -10);
}

static void test_print_then_parse(void **context)
{
    static const int64_t mantissas[] = {0, 1, -1, 10, -10, 2300, -99999, INT64_MAX, INT64_MIN};

    (void)context;
    for (size_t i = 0; i < COUNT_OF(mantissas); i++) {
        for (int exponent = -128; exponent <= 127; exponent++) {
            struct kwh_decimal value = kwh_decimal(mantissas[i], (int8_t)exponent);
            struct kwh_decimal back;
            char text[KWH_DECIMAL_TEXT];
            assert_int_equal(kwh_decimal_print(&value, text, sizeof text), KWH_OK);
            assert_int_equal(kwh_decimal_parse(text, &back), KWH_OK);
            value = kwh_decimal_reduce(value);
            if (exponent <= 0)
                assert_int_equal(back.mantissa, mantissas[i]);
            back = kwh_decimal_reduce(back);
            assert_true(value.mantissa == back.mantissa && value.exponent == back.exponent);
        }
    }
}

/* In a locale with a decimal comma, where the machine has one. */
static void test_no_locale(void **context)
{
    static const char *const with_comma[] = {"de_DE.UTF-8", "de_DE", "nl_NL.UTF-8", "fr_FR.UTF-8"};
    char text[KWH_DECIMAL_TEXT];
    struct kwh_decimal value;

    (void)context;
    for (size_t i = 0; i < COUNT_OF(with_comma); i++)
        if (setlocale(LC_ALL, with_comma[i]) != NULL)
            break;
    struct kwh_decimal long_number = kwh_decimal(INT64_C(123456789), -2);
    assert_int_equal(kwh_decimal_print(&long_number, text, sizeof text), KWH_OK);
    assert_string_equal(text, "1234567.89");
    assert_int_equal(kwh_decimal_parse("230.12", &value), KWH_OK);
    assert_int_equal(kwh_decimal_parse("230,12", &value), KWH_ERROR_SYNTAX);
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print),
        cmocka_unit_test(test_print_needs_its_room),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_parse_of_a_very_long_text),
        cmocka_unit_test(test_print_then_parse),
        cmocka_unit_test(test_no_locale),
    };

    return cmocka_run_group_tests_name("decimal_text", tests, NULL, NULL);
}
