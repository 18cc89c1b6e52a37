/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kwh/power_factor.h>

#include "energy_check.h"

/* The reference's table: quadrant, signs of P and Q, and of the power factor by convention. */
static const struct {
    enum kwh_quadrant quadrant;
    const char *active, *reactive;
    bool importing, inductive;
    const char *factors[4]; /* in the order of enum kwh_power_factor_sign */
} quadrants[] = {
    {KWH_QUADRANT_1, "1200", "700", true, true, {"0.86", "-0.86", "0.86", "0.86"}},
    {KWH_QUADRANT_2, "-1200", "700", false, false, {"-0.86", "0.86", "-0.86", "0.86"}},
    {KWH_QUADRANT_3, "-1200", "-700", false, true, {"-0.86", "-0.86", "0.86", "0.86"}},
    {KWH_QUADRANT_4, "1200", "-700", true, false, {"0.86", "0.86", "-0.86", "0.86"}},
};

static void test_quadrants(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(quadrants); i++) {
        enum kwh_quadrant quadrant;
        CHECK(kwh_quadrant_of_powers(number(quadrants[i].active), number(quadrants[i].reactive),
                                     &quadrant) == KWH_OK,
              i);
        CHECK(quadrant == quadrants[i].quadrant, i);
        CHECK((unsigned)quadrant == i + 1, i); /* as registers number them */
        CHECK(kwh_quadrant_of(quadrants[i].importing, quadrants[i].inductive) == quadrant, i);
        CHECK(kwh_quadrant_is_import(quadrant) == quadrants[i].importing, i);
        CHECK(kwh_quadrant_is_inductive(quadrant) == quadrants[i].inductive, i);
    }
}

/* Total and phases of the PRO380 whose registers were published: kW, kvar, its own quadrants. */
static void test_quadrants_of_a_real_meter(void **context)
{
    enum kwh_quadrant quadrant;

    (void)context;
    assert_int_equal(kwh_quadrant_of_powers(number("0.175"), number("-0.569"), &quadrant), KWH_OK);
    assert_int_equal(quadrant, 4);
}

static void test_no_quadrant_on_an_axis(void **context)
{
    enum kwh_quadrant quadrant = KWH_QUADRANT_1;

    (void)context;
    assert_int_equal(kwh_quadrant_of_powers(number("1"), number("0"), &quadrant),
                     KWH_ERROR_UNDETERMINED);
    assert_int_equal(quadrant, KWH_QUADRANT_UNKNOWN);
    assert_int_equal(kwh_quadrant_of_powers(number("0"), number("-1"), &quadrant),
                     KWH_ERROR_UNDETERMINED);
    assert_false(kwh_quadrant_is_import(quadrant));
    assert_false(kwh_quadrant_is_inductive(quadrant));
}

/* Every convention into every other, in every quadrant. */
static void test_conversions(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(quadrants); i++) {
        for (unsigned from = 0; from < 4; from++) {
            for (unsigned to = 0; to < 4; to++) {
                struct kwh_decimal converted;
                CHECK(kwh_power_factor_convert(number(quadrants[i].factors[from]),
                                               (enum kwh_power_factor_sign)from,
                                               (enum kwh_power_factor_sign)to,
                                               quadrants[i].quadrant, &converted) == KWH_OK,
                      i);
                assert_number(converted, quadrants[i].factors[to]);
            }
        }
    }
}

static void test_conversions_without_a_quadrant(void **context)
{
    static const struct {
        const char *value;
        enum kwh_power_factor_sign from, to;
        enum kwh_error error;
        const char *converted;
    } rows[] = {
        {"-0.9", KWH_POWER_FACTOR_SIGN_IEEE, KWH_POWER_FACTOR_SIGN_LEAD_LAG, KWH_OK, "0.9"},
        {"0.9", KWH_POWER_FACTOR_SIGN_LEAD_LAG, KWH_POWER_FACTOR_SIGN_IEEE, KWH_OK, "-0.9"},
        {"-0.9", KWH_POWER_FACTOR_SIGN_IEC, KWH_POWER_FACTOR_SIGN_MAGNITUDE, KWH_OK, "0.9"},
        {"-0.9", KWH_POWER_FACTOR_SIGN_IEC, KWH_POWER_FACTOR_SIGN_IEC, KWH_OK, "-0.9"},
        {"0.9", KWH_POWER_FACTOR_SIGN_IEC, KWH_POWER_FACTOR_SIGN_IEEE, KWH_ERROR_UNDETERMINED, "0"},
        {"1", KWH_POWER_FACTOR_SIGN_IEC, KWH_POWER_FACTOR_SIGN_LEAD_LAG, KWH_ERROR_UNDETERMINED,
         "0"},
        {"-0.9", KWH_POWER_FACTOR_SIGN_LEAD_LAG, KWH_POWER_FACTOR_SIGN_IEC, KWH_ERROR_UNDETERMINED,
         "0"},
        {"0.9", KWH_POWER_FACTOR_SIGN_MAGNITUDE, KWH_POWER_FACTOR_SIGN_IEC, KWH_ERROR_UNDETERMINED,
         "0"},
        {"0.9", KWH_POWER_FACTOR_SIGN_MAGNITUDE, KWH_POWER_FACTOR_SIGN_MAGNITUDE, KWH_OK, "0.9"},
        {"0", KWH_POWER_FACTOR_SIGN_MAGNITUDE, KWH_POWER_FACTOR_SIGN_IEC, KWH_OK, "0"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal converted = {1, 0};
        CHECK(kwh_power_factor_convert(number(rows[i].value), rows[i].from, rows[i].to,
                                       KWH_QUADRANT_UNKNOWN, &converted) == rows[i].error,
              i);
        assert_number(converted, rows[i].converted);
    }
}

static void test_values_that_cannot_be(void **context)
{
    static const struct {
        struct kwh_decimal value;
        unsigned from, to, quadrant;
        enum kwh_error error;
    } rows[] = {
        {{-9, -1}, KWH_POWER_FACTOR_SIGN_IEC, KWH_POWER_FACTOR_SIGN_IEEE, 1, KWH_ERROR_BAD_ANSWER},
        {{9, -1}, KWH_POWER_FACTOR_SIGN_IEEE, KWH_POWER_FACTOR_SIGN_IEC, 3, KWH_ERROR_BAD_ANSWER},
        {{-9, -1},
         KWH_POWER_FACTOR_SIGN_MAGNITUDE,
         KWH_POWER_FACTOR_SIGN_IEC,
         0,
         KWH_ERROR_BAD_ANSWER},
        {{1001, -3}, KWH_POWER_FACTOR_SIGN_IEC, KWH_POWER_FACTOR_SIGN_IEC, 1, KWH_ERROR_BAD_ANSWER},
        {{-1001, -3},
         KWH_POWER_FACTOR_SIGN_IEC,
         KWH_POWER_FACTOR_SIGN_IEC,
         2,
         KWH_ERROR_BAD_ANSWER},
        {{1000, -3}, KWH_POWER_FACTOR_SIGN_IEC, KWH_POWER_FACTOR_SIGN_IEC, 1, KWH_OK},
        {{-1000, -3}, KWH_POWER_FACTOR_SIGN_IEC, KWH_POWER_FACTOR_SIGN_IEEE, 2, KWH_OK},
        {{1, 0}, 4, 0, 0, KWH_ERROR_ARGUMENT},
        {{1, 0}, 0, 4, 0, KWH_ERROR_ARGUMENT},
        {{1, 0}, 0, 0, 5, KWH_ERROR_ARGUMENT},
        {{INT64_MIN, -19},
         KWH_POWER_FACTOR_SIGN_IEC,
         KWH_POWER_FACTOR_SIGN_MAGNITUDE,
         0,
         KWH_ERROR_OVERFLOW},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal converted = {1, 0};
        CHECK(kwh_power_factor_convert(rows[i].value, (enum kwh_power_factor_sign)rows[i].from,
                                       (enum kwh_power_factor_sign)rows[i].to,
                                       (enum kwh_quadrant)rows[i].quadrant,
                                       &converted) == rows[i].error,
              i);
        CHECK((rows[i].error == KWH_OK) == (converted.mantissa != 0), i);
    }
}

static void test_conventions_of_quantities(void **context)
{
    (void)context;
    assert_int_equal(kwh_power_factor_sign_of(KWH_POWER_FACTOR_L1), KWH_POWER_FACTOR_SIGN_IEC);
    assert_int_equal(kwh_power_factor_sign_of(KWH_POWER_FACTOR_LEAD_LAG),
                     KWH_POWER_FACTOR_SIGN_LEAD_LAG);
    assert_int_equal(kwh_power_factor_sign_of(KWH_POWER_FACTOR_MAGNITUDE_L3),
                     KWH_POWER_FACTOR_SIGN_MAGNITUDE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quadrants),
        cmocka_unit_test(test_quadrants_of_a_real_meter),
        cmocka_unit_test(test_no_quadrant_on_an_axis),
        cmocka_unit_test(test_conversions),
        cmocka_unit_test(test_conversions_without_a_quadrant),
        cmocka_unit_test(test_values_that_cannot_be),
        cmocka_unit_test(test_conventions_of_quantities),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
