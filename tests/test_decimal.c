/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kwh/decimal.h>

#include "data/decimal_cases.h"

#define COUNT_OF(a) (sizeof(a) / sizeof(a)[0])

/* Says which row it was; plain numbers as they are, because cmocka prints them unsigned. */
#define CHECK(condition, row)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("row %u: %s", (unsigned)(row), #condition);                                   \
    } while (0)

static bool same(struct kwh_decimal a, struct kwh_decimal b)
{
    return a.mantissa == b.mantissa && a.exponent == b.exponent;
}

static void test_counts_in_every_rounding(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        for (int r = 0; r <= KWH_ROUND_CEILING; r++) {
            int64_t count = 1;
            enum kwh_error error = kwh_decimal_to_int64(counts[i].value, counts[i].exponent,
                                                        (enum kwh_rounding)r, &count);
            CHECK(error == counts[i].by_rounding[r].error, i);
            CHECK(count == counts[i].by_rounding[r].count, i);
        }
    }
}

static void test_rescale_counts_likewise(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(counts); i++) {
        for (int r = 0; r <= KWH_ROUND_CEILING; r++) {
            struct kwh_decimal result = {1, 1};
            enum kwh_error error = kwh_decimal_rescale(counts[i].value, counts[i].exponent,
                                                       (enum kwh_rounding)r, &result);
            CHECK(error == counts[i].by_rounding[r].error, i);
            CHECK(result.mantissa == counts[i].by_rounding[r].count, i);
            CHECK(result.exponent == (error == KWH_OK ? counts[i].exponent : 0), i);
        }
    }
}

static void test_counts_far_outside(void **context)
{
    int64_t count = 1;

    (void)context;
    assert_int_equal(kwh_decimal_to_int64(kwh_decimal(1, 0), INT_MIN, KWH_ROUND_NONE, &count),
                     KWH_ERROR_OVERFLOW);
    assert_true(count == 0);
    assert_int_equal(kwh_decimal_to_int64(kwh_decimal(0, 0), INT_MIN, KWH_ROUND_NONE, &count),
                     KWH_OK);
    assert_int_equal(kwh_decimal_to_int64(kwh_decimal(-1, 0), INT_MAX, KWH_ROUND_FLOOR, &count),
                     KWH_OK);
    assert_true(count == -1);
    assert_int_equal(kwh_decimal_to_int64(kwh_decimal(1, 0), INT_MAX, KWH_ROUND_NONE, &count),
                     KWH_ERROR_INEXACT);
    assert_true(count == 0);
}

static void test_arguments(void **context)
{
    int64_t count = 1;
    struct kwh_decimal result = {1, 1};

    (void)context;
    assert_int_equal(kwh_decimal_to_int64(kwh_decimal(1, 0), 0, (enum kwh_rounding)6, &count),
                     KWH_ERROR_ARGUMENT);
    assert_true(count == 0);
    assert_int_equal(kwh_decimal_rescale(kwh_decimal(0, 0), 128, KWH_ROUND_NONE, &result),
                     KWH_ERROR_ARGUMENT);
    assert_true(same(result, kwh_decimal(0, 0)));
    assert_int_equal(kwh_decimal_rescale(kwh_decimal(0, 0), -129, KWH_ROUND_NONE, &result),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_decimal_rescale(kwh_decimal(0, 0), 127, KWH_ROUND_NONE, &result), KWH_OK);
    assert_true(same(result, kwh_decimal(0, 127)));
    assert_int_equal(kwh_decimal_rescale(kwh_decimal(0, 0), -128, KWH_ROUND_NONE, &result), KWH_OK);
    assert_true(same(result, kwh_decimal(0, -128)));
}

static void test_shift(void **context)
{
    static const struct {
        struct kwh_decimal value;
        int power;
        enum kwh_error error;
        struct kwh_decimal result;
    } rows[] = {
        {{23012, -2}, 3, KWH_OK, {23012, 1}},
        {{INT64_MIN, 0}, -128, KWH_OK, {INT64_MIN, -128}},
        {{1, 0}, 127, KWH_OK, {1, 127}},
        {{1, -128}, 255, KWH_OK, {1, 127}},
        {{1, 127}, -255, KWH_OK, {1, -128}},
        {{1, 0}, 128, KWH_ERROR_OVERFLOW, {0, 0}},
        {{1, 0}, -129, KWH_ERROR_OVERFLOW, {0, 0}},
        {{1, -128}, -1, KWH_ERROR_OVERFLOW, {0, 0}},
        {{1, 127}, 1, KWH_ERROR_OVERFLOW, {0, 0}},
        {{1, 127}, INT_MAX, KWH_ERROR_OVERFLOW, {0, 0}},
        {{1, -128}, INT_MIN, KWH_ERROR_OVERFLOW, {0, 0}},
        {{1, 127}, INT_MIN, KWH_ERROR_OVERFLOW, {0, 0}},
        {{1, -128}, INT_MAX, KWH_ERROR_OVERFLOW, {0, 0}},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal result = {1, 1};
        CHECK(kwh_decimal_shift(rows[i].value, rows[i].power, &result) == rows[i].error, i);
        CHECK(same(result, rows[i].result), i);
    }
}

static void test_reduce(void **context)
{
    static const struct {
        struct kwh_decimal value;
        struct kwh_decimal result;
    } rows[] = {
        {{2300, -1}, {23, 1}},
        {{-2300, -1}, {-23, 1}},
        {{23, -1}, {23, -1}},
        {{0, 5}, {0, 0}},
        {{0, -128}, {0, 0}},
        {{INT64_C(1000000000000000000), -18}, {1, 0}},
        {{INT64_MIN, 3}, {INT64_MIN, 3}},
        {{INT64_C(-9223372036854775800), 3}, {INT64_C(-92233720368547758), 5}},
        {{100, 126}, {10, 127}},
        {{100, 127}, {100, 127}},
        {{100, -128}, {1, -126}},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(same(kwh_decimal_reduce(rows[i].value), rows[i].result), i);
}

static void test_sums(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(sums); i++) {
        struct kwh_decimal result = {1, 1};
        enum kwh_error error = sums[i].operation == '+'
                                   ? kwh_decimal_add(sums[i].a, sums[i].b, &result)
                                   : kwh_decimal_subtract(sums[i].a, sums[i].b, &result);
        CHECK(error == sums[i].error, i);
        CHECK(same(error == KWH_OK ? kwh_decimal_reduce(result) : result, sums[i].result), i);
    }
}

/* a + b and b + a. */
static void test_sums_commute(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(sums); i++) {
        struct kwh_decimal result = {1, 1};
        if (sums[i].operation == '+') {
            CHECK(kwh_decimal_add(sums[i].b, sums[i].a, &result) == sums[i].error, i);
            CHECK(same(kwh_decimal_reduce(result), sums[i].result), i);
        }
    }
}

static void test_sums_keep_the_finer_exponent(void **context)
{
    struct kwh_decimal result;

    (void)context;
    assert_int_equal(kwh_decimal_add(kwh_decimal(2300, -1), kwh_decimal(1, 0), &result), KWH_OK);
    assert_true(same(result, kwh_decimal(2310, -1)));
    assert_int_equal(kwh_decimal_subtract(kwh_decimal(5, 0), kwh_decimal(500, -2), &result),
                     KWH_OK);
    assert_true(same(result, kwh_decimal(0, -2)));
}

static void test_compare(void **context)
{
    static const struct kwh_decimal ascending[] = {
        {INT64_MIN, 127}, {INT64_MIN, 1}, {INT64_MIN, 0},
        {-INT64_MAX, 0},  {-1, 18},       {-10001, -4},
        {-1, 0},          {-9999, -4},    {-1, -128},
        {0, 0},           {1, -128},      {INT64_MAX, -128},
        {9, -1},          {1, 0},         {1000001, -6},
        {1, 18},          {INT64_MAX, 0}, {922337203685477581, 1},
        {1, 19},          {1, 127},       {INT64_MAX, 127},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(comparisons); i++) {
        CHECK(kwh_decimal_compare(comparisons[i].a, comparisons[i].b) == comparisons[i].expected,
              i);
        CHECK(kwh_decimal_compare(comparisons[i].b, comparisons[i].a) == -comparisons[i].expected,
              i);
    }
    for (size_t i = 0; i < COUNT_OF(ascending); i++)
        for (size_t k = 0; k < COUNT_OF(ascending); k++)
            CHECK(kwh_decimal_compare(ascending[i], ascending[k]) == (i > k) - (i < k), i);
    assert_int_equal(kwh_decimal_compare(kwh_decimal(0, 127), kwh_decimal(0, -128)), 0);
    assert_int_equal(kwh_decimal_compare(kwh_decimal(100, -128), kwh_decimal(1, -126)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts_in_every_rounding),
        cmocka_unit_test(test_rescale_counts_likewise),
        cmocka_unit_test(test_counts_far_outside),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_shift),
        cmocka_unit_test(test_reduce),
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_sums_commute),
        cmocka_unit_test(test_sums_keep_the_finer_exponent),
        cmocka_unit_test(test_compare),
    };

    return cmocka_run_group_tests_name("decimal", tests, NULL, NULL);
}
