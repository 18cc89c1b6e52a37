/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/counter.h>

#include "energy_check.h"

#define SECOND UINT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define YEAR   (8766 * HOUR)

/* The value in so many decimals, as a table prints it. */
static void check_rounded(struct kwh_decimal value, const char *text, unsigned row)
{
    struct kwh_decimal rounded;

    CHECK(kwh_decimal_rescale(value, number(text).exponent, KWH_ROUND_HALF_EVEN, &rounded) ==
              KWH_OK,
          row);
    CHECK(kwh_decimal_compare(rounded, number(text)) == 0, row);
}

/* ------------------------------------------------------------------------------------------------
 * binary32 to integers
 */

static void test_binary32_to_count(void **context)
{
    static const struct {
        uint32_t bits;
        int digits;
        enum kwh_error error;
        int64_t count;
    } rows[] = {
        {0x43661EB8, 3, KWH_OK, 230120},    /* 230.12 V in mV */
        {0x43661EB8, 6, KWH_OK, 230119995}, /* in uV the encoding shows */
        {0x42480000, 3, KWH_OK, 50000},
        {0x4247EB85, 3, KWH_OK, 49980},
        {0x467AC08F, 3, KWH_OK, 16048140},
        {0x467AC08F, 6, KWH_OK, INT64_C(16048139648)},
        {0x455FC3AE, 3, KWH_OK, 3580230},
        {0x47F12065, 3, KWH_OK, 123456789},
        {0x47C34FF3, 3, KWH_OK, 99999898},
        {0x47C34FF3, 1, KWH_OK, 999999},
        {0x49742400, 3, KWH_OK, 1000000000},
        {0x3A83126F, 6, KWH_OK, 1000},
        {0x38D1B717, 6, KWH_OK, 100},
        {0xC1400000, 3, KWH_OK, -12000},
        {0x3D800000, 3, KWH_OK, 62}, /* ties */
        {0x3E400000, 3, KWH_OK, 188},
        {0xBD800000, 3, KWH_OK, -62},
        {0x3F000000, 0, KWH_OK, 0},
        {0x3FC00000, 0, KWH_OK, 2},
        {0x00000001, 9, KWH_OK, 0}, /* subnormals */
        {0x007FFFFF, 9, KWH_OK, 0},
        {0x00800000, 9, KWH_OK, 0},
        {0x00000000, 9, KWH_OK, 0},
        {0x80000000, 9, KWH_OK, 0},
        {0x4B800000, 6, KWH_OK, INT64_C(16777216000000)},
        {0x5EFFFFFF, 0, KWH_OK, INT64_C(9223371487098961920)},
        {0x5F000000, 0, KWH_ERROR_OVERFLOW, 0}, /* 2^63 */
        {0xDF000000, 0, KWH_ERROR_OVERFLOW, 0},
        {0x5009705F, 9, KWH_OK, INT64_C(9223371776000000000)},
        {0x50097060, 9, KWH_ERROR_OVERFLOW, 0},
        {0x5F800000, 0, KWH_ERROR_OVERFLOW, 0}, /* 2^64 */
        {0x6B000000, 0, KWH_ERROR_OVERFLOW, 0}, /* 2^87, 64 places up */
        {0x2B000000, 9, KWH_OK, 0},             /* 2^-41, 64 places down */
        {0x7F7FFFFF, 0, KWH_ERROR_OVERFLOW, 0},
        {0x7F800000, 3, KWH_ERROR_NO_VALUE, 0},
        {0xFF800000, 3, KWH_ERROR_NO_VALUE, 0},
        {0x7FC00000, 3, KWH_ERROR_NO_VALUE, 0},
        {0x7F800001, 3, KWH_ERROR_NO_VALUE, 0},
        {0xFFFFFFFF, 3, KWH_ERROR_NO_VALUE, 0},
        {0x42480000, -1, KWH_ERROR_ARGUMENT, 0},
        {0x42480000, 10, KWH_ERROR_ARGUMENT, 0},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t count = 1;
        CHECK(kwh_binary32_to_count(rows[i].bits, rows[i].digits, &count) == rows[i].error, i);
        CHECK(count == rows[i].count, i);
    }
}

/* ------------------------------------------------------------------------------------------------
 * binary32 as a counter
 */

/* A register in kWh; 69 kW. */
static const struct kwh_counter any_kwh = {.power_max_w = 69000};

static struct kwh_counter_sample sample32(const struct kwh_counter *counter, uint32_t bits)
{
    struct kwh_counter_sample sample;

    assert_int_equal(kwh_counter_sample_binary32(counter, bits, 3, &sample), KWH_OK);
    return sample;
}

/* The distance between neighbors, in Wh, at the readings of the reference's table. */
static void test_steps_of_binary32(void **context)
{
    static const struct {
        uint32_t bits;
        const char *value, *step;
    } rows[] = {
        {0x44000000, "512000", "0.0610"},    {0x44800000, "1024000", "0.122"},
        {0x45000000, "2048000", "0.244"},    {0x45800000, "4096000", "0.488"},
        {0x46000000, "8192000", "0.977"},    {0x46800000, "16384000", "1.953"},
        {0x47000000, "32768000", "3.906"},   {0x47800000, "65536000", "7.8125"},
        {0x48000000, "131072000", "15.625"}, {0x48800000, "262144000", "31.25"},
        {0x49000000, "524288000", "62.5"},   {0x49800000, "1048576000", "125"},
        {0x4B000000, "8388608000", "1000"},  {0x4B189680, "10000000000", "1000"},
        {0x4B800000, "16777216000", "2000"}, {0x47C35000, "100000000", "7.81"},
        {0x461C4000, "10000000", "0.977"},   {0x43000000, "128000", "0.0153"}, /* 2^-16 kWh */
        {0x42C80000, "100000", "0.0153"},                                      /* finer in truth */
        {0x00000000, "0", "0.0153"},         {0x80000000, "0", "0.0153"},
        {0x00000001, "0", "0.0153"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_counter_sample sample = sample32(&any_kwh, rows[i].bits);
        CHECK(kwh_decimal_compare(sample.value, number(rows[i].value)) == 0, i);
        check_rounded(sample.resolution, rows[i].step, (unsigned)i);
        CHECK(sample.meter == 0, i);
    }
    /* Half a count and what the values are rounded by: 2^-10 and 2^-9 kWh. */
    assert_number(sample32(&any_kwh, 0x461C4000).resolution, "0.976564");
    assert_number(sample32(&any_kwh, 0x46800000).resolution, "1.953125");
}

/* Where a step of the counter is lost: the last reading that is told apart, and the first not. */
static void test_first_collisions(void **context)
{
    static const struct {
        struct kwh_decimal own;   /* Wh */
        const char *last, *first; /* kWh */
        const char *last_wh, *first_wh, *resolution;
    } rows[] = {
        {{1, -1}, "1023.9999", "1024.0002", "1023999.9", "1024000.244141", "0.22207"},
        {{1, 0}, "16383.999", "16384.001", "16383999", "16384001.953125", "2.953125"},
        {{1, 1}, "131071.99", "131072.01", "131071990", "131072015.625", "25.625"},
        {{10, 0}, "131071.99", "131072.02", "131071990", "131072015.625", "25.625"},
        {{1, 2}, "1048575.9", "1048576.2", "1048575900", "1048576250", "225"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_counter counter = any_kwh;
        struct kwh_counter_sample sample;
        uint32_t bits;
        counter.resolution = rows[i].own;
        CHECK(kwh_decimal_to_binary32(number(rows[i].last), &bits) == KWH_OK, i);
        sample = sample32(&counter, bits);
        assert_number(sample.value, rows[i].last_wh);
        CHECK(kwh_decimal_compare(sample.resolution, rows[i].own) == 0, i);
        CHECK(kwh_decimal_to_binary32(number(rows[i].first), &bits) == KWH_OK, i);
        sample = sample32(&counter, bits);
        assert_number(sample.value, rows[i].first_wh);
        check_rounded(sample.resolution, rows[i].resolution, (unsigned)i);
    }
}

/* Below the limit every reading of a 10 Wh counter comes back digit for digit. */
static void test_readings_come_back(void **context)
{
    struct kwh_counter counter = any_kwh;

    (void)context;
    counter.resolution = kwh_decimal(1, 1);
    for (int64_t count = 0; count < 13107200; count += 397) {
        struct kwh_counter_sample sample;
        uint32_t bits;
        assert_int_equal(kwh_decimal_to_binary32(kwh_decimal(count, -2), &bits), KWH_OK);
        sample = sample32(&counter, bits);
        assert_true(kwh_decimal_compare(sample.value, kwh_decimal(count, 1)) == 0);
        assert_number(sample.resolution, "10");
    }
}

/* A counter coarser than the unit of its register, and registers in Wh and MWh. */
static void test_other_units(void **context)
{
    struct kwh_counter counter = any_kwh;
    struct kwh_counter_sample sample;

    (void)context;
    counter.resolution = kwh_decimal(1, 4);
    sample = sample32(&counter, 0x42480000);
    assert_number(sample.value, "50000");
    assert_number(sample.resolution, "10000");

    counter.resolution = kwh_decimal(1, 0);
    assert_int_equal(kwh_counter_sample_binary32(&counter, 0x42480000, 0, &sample), KWH_OK);
    assert_number(sample.value, "50");
    assert_number(sample.resolution, "1");
    assert_int_equal(kwh_counter_sample_binary32(&counter, 0x42480000, 6, &sample), KWH_OK);
    assert_number(sample.value, "50000000");
    check_rounded(sample.resolution, "16.3", 0);
    assert_int_equal(kwh_counter_sample_binary32(&counter, 0xC2480000, 0, &sample), KWH_OK);
    assert_number(sample.value, "-50");
}

static void test_binary32_refuses(void **context)
{
    struct kwh_counter counter = any_kwh;
    static const struct {
        struct kwh_decimal own;
        uint32_t bits;
        int power;
        enum kwh_error error;
    } rows[] = {
        {{0, 0}, 0x7FC00000, 3, KWH_ERROR_NO_VALUE},
        {{0, 0}, 0xFF800000, 3, KWH_ERROR_NO_VALUE},
        {{0, 0}, 0x5009705F, 3, KWH_OK},
        {{0, 0}, 0x50097060, 3, KWH_ERROR_OVERFLOW},
        {{2, 0}, 0x42480000, 3, KWH_ERROR_ARGUMENT},
        {{-1, 0}, 0x42480000, 3, KWH_ERROR_ARGUMENT},
        {{1, 0}, 0x42480000, 10, KWH_ERROR_ARGUMENT},
        {{1, 0}, 0x42480000, -10, KWH_ERROR_ARGUMENT},
        {{1, -128}, 0x42480000, 9, KWH_ERROR_OVERFLOW},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_counter_sample sample = {{1, 0}, {1, 0}, 1};
        counter.resolution = rows[i].own;
        CHECK(kwh_counter_sample_binary32(&counter, rows[i].bits, rows[i].power, &sample) ==
                  rows[i].error,
              i);
        if (rows[i].error != KWH_OK) {
            CHECK(sample.value.mantissa == 0 && sample.resolution.mantissa == 0, i);
            CHECK(sample.meter == 0, i);
        }
    }
}

/* ------------------------------------------------------------------------------------------------
 * Power from two readings
 */

/* From one reading to the next representable one after it. */
static struct kwh_counter_step step32(const struct kwh_counter *counter, uint32_t bits,
                                      uint32_t steps, uint64_t elapsed_ms)
{
    struct kwh_counter_sample before = sample32(counter, bits);
    struct kwh_counter_sample after = sample32(counter, bits + steps);
    struct kwh_counter_step step;

    assert_int_equal(kwh_counter_step(counter, &before, &after, elapsed_ms, &step), KWH_OK);
    return step;
}

/* The reference's table: how much power one step of binary32 is. */
static void test_error_of_power(void **context)
{
    static const struct {
        uint32_t bits;
        uint64_t elapsed_ms;
        const char *error_w;
    } rows[] = {
        {0x461C4000, SECOND, "3516"},      {0x461C4000, 10 * SECOND, "352"},
        {0x461C4000, 60 * SECOND, "59"},   {0x461C4000, 15 * MINUTE, "3.9"},
        {0x47C35000, 60 * SECOND, "469"},  {0x47C35000, 15 * MINUTE, "31"},
        {0x49742400, 60 * SECOND, "3750"}, {0x49742400, 15 * MINUTE, "250"},
        {0x49742400, HOUR, "62.5"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_counter_step step = step32(&any_kwh, rows[i].bits, 0, rows[i].elapsed_ms);
        struct kwh_decimal error, power;
        CHECK(kwh_counter_power_error(&step, &error) == KWH_OK, i);
        check_rounded(error, rows[i].error_w, (unsigned)i);
        /* It stands still, which is no proof that nothing flows. */
        CHECK(kwh_counter_power(&step, 1, &power) == KWH_ERROR_UNDETERMINED, i);
        CHECK(power.mantissa == 0, i);
    }
}

/* 1 kW at 131 072 kWh: a step of 15.625 Wh every 56 s, which over 10 s would be 5625 W. */
static void test_staircase_is_no_power(void **context)
{
    struct kwh_counter counter = any_kwh;
    struct kwh_counter_step step;
    struct kwh_decimal value;

    (void)context;
    counter.resolution = kwh_decimal(1, 1);
    step = step32(&counter, 0x48000000, 1, 10 * SECOND);
    assert_int_equal(step.verdict, KWH_COUNTER_OK);
    assert_number(step.difference, "15.625");
    assert_number(step.resolution, "25.625");
    assert_int_equal(kwh_counter_power_error(&step, &value), KWH_OK);
    assert_number(value, "9225");
    assert_int_equal(kwh_counter_power(&step, 9224, &value), KWH_ERROR_UNDETERMINED);
    assert_number(value, "0");
    assert_int_equal(kwh_counter_power(&step, 9225, &value), KWH_OK);
    assert_number(value, "5625");

    /* Over a quarter of an hour 16 steps are 1 kW, within 102.5 W. */
    step = step32(&counter, 0x48000000, 16, 15 * MINUTE);
    assert_number(step.difference, "250");
    assert_int_equal(kwh_counter_power(&step, 102, &value), KWH_ERROR_UNDETERMINED);
    assert_int_equal(kwh_counter_power(&step, 103, &value), KWH_OK);
    assert_number(value, "1000");
}

static void test_power(void **context)
{
    static const struct {
        enum kwh_counter_verdict verdict;
        struct kwh_decimal difference, resolution;
        uint64_t elapsed_ms;
        enum kwh_error error;
        const char *power, *off;
    } rows[] = {
        {KWH_COUNTER_OK, {1, 3}, {1, 0}, HOUR, KWH_OK, "1000", "1"},
        {KWH_COUNTER_ROLLED_OVER, {1, 3}, {1, 0}, HOUR, KWH_OK, "1000", "1"},
        {KWH_COUNTER_STALLED, {-1, 0}, {1, 0}, HOUR, KWH_OK, "-1", "1"},
        {KWH_COUNTER_OK, {1, -6}, {1, -6}, 7 * HOUR, KWH_OK, "0", "0.001"},
        {KWH_COUNTER_OK, {500, -6}, {1, -6}, HOUR, KWH_OK, "0.001", "0.001"}, /* a half goes up */
        {KWH_COUNTER_OK, {499, -6}, {1, -6}, HOUR, KWH_OK, "0", "0.001"},
        {KWH_COUNTER_OK, {-500, -6}, {1001, -6}, HOUR, KWH_OK, "-0.001", "0.002"},
        {KWH_COUNTER_OK, {1, 0}, {1, -7}, 1, KWH_OK, "3600000", "3.6"},
        {KWH_COUNTER_OK, {1, 0}, {1, 0}, 0, KWH_ERROR_UNDETERMINED, "0", "0"},
        {KWH_COUNTER_RESET, {0, 0}, {1, 0}, HOUR, KWH_ERROR_UNDETERMINED, "0", "0"},
        {KWH_COUNTER_FIRST, {0, 0}, {1, 0}, HOUR, KWH_ERROR_UNDETERMINED, "0", "0"},
        {KWH_COUNTER_OK, {1, 0}, {1, 0}, UINT64_MAX, KWH_ERROR_UNDETERMINED, "0", "0"},
        {KWH_COUNTER_OK, {1, 15}, {1, 0}, HOUR, KWH_ERROR_OVERFLOW, "0", "1"},
        {KWH_COUNTER_OK, {9, 12}, {1, 0}, 1, KWH_ERROR_OVERFLOW, "0", "3600000"},
        {KWH_COUNTER_OK, {1, 0}, {1, 15}, HOUR, KWH_ERROR_OVERFLOW, "0", "0"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const struct kwh_counter_step step = {rows[i].verdict, rows[i].difference,
                                              rows[i].resolution, rows[i].elapsed_ms};
        struct kwh_decimal value = {1, 0};
        CHECK(kwh_counter_power(&step, UINT32_MAX, &value) == rows[i].error, i);
        CHECK(kwh_decimal_compare(value, number(rows[i].power)) == 0, i);
        (void)!kwh_counter_power_error(&step, &value);
        CHECK(kwh_decimal_compare(value, number(rows[i].off)) == 0, i);
    }
}

/* ------------------------------------------------------------------------------------------------
 * Verdicts
 */

/* Counts of 1 Wh up to 10^9 (2PU), of 10 Wh up to 10^8 (M-Bus of PRO1), of 1 Wh up to 2^32. */
static const struct kwh_counter display_2pu = {{1, 9}, {1, 0}, 69000, false};
static const struct kwh_counter bcd8 = {{1, 9}, {1, 1}, 69000, false};
static const struct kwh_counter uint32 = {{INT64_C(4294967296), 0}, {1, 0}, 69000, false};
static const struct kwh_counter int32 = {{INT64_C(4294967296), 0}, {1, 0}, 69000, true};
static const struct kwh_counter endless = {{0, 0}, {1, 0}, 69000, false};
static const struct kwh_counter net = {{0, 0}, {1, 0}, 69000, true};

/* In a minute at 69 kW, 1380 Wh may be counted and one step more. */
static void test_verdicts(void **context)
{
    static const struct {
        const struct kwh_counter *counter;
        struct kwh_decimal previous, current;
        uint64_t elapsed_ms;
        enum kwh_counter_verdict verdict;
        struct kwh_decimal difference;
    } rows[] = {
        /* the examples of the reference */
        {&display_2pu, {999999900, 0}, {400, 0}, MINUTE, KWH_COUNTER_ROLLED_OVER, {500, 0}},
        {&bcd8, {99999990, 1}, {5, 1}, MINUTE, KWH_COUNTER_ROLLED_OVER, {150, 0}},
        {&uint32, {INT64_C(4294967286), 0}, {20, 0}, MINUTE, KWH_COUNTER_ROLLED_OVER, {30, 0}},
        {&display_2pu, {5000, 0}, {4999, 0}, MINUTE, KWH_COUNTER_STALLED, {-1, 0}},
        {&display_2pu, {123456, 0}, {0, 0}, MINUTE, KWH_COUNTER_RESET, {0, 0}},

        {&display_2pu, {5000, 0}, {5000, 0}, MINUTE, KWH_COUNTER_STALLED, {0, 0}},
        {&display_2pu, {5000, 0}, {5001, 0}, MINUTE, KWH_COUNTER_OK, {1, 0}},
        {&display_2pu, {5000, 0}, {6381, 0}, MINUTE, KWH_COUNTER_OK, {1381, 0}},
        {&display_2pu, {5000, 0}, {6382, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&display_2pu, {5000, 0}, {5001, 0}, 0, KWH_COUNTER_OK, {1, 0}},
        {&display_2pu, {5000, 0}, {5002, 0}, 0, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&display_2pu, {5000, 0}, {1381, 0}, MINUTE, KWH_COUNTER_RESET, {0, 0}},
        {&display_2pu, {5000, 0}, {1382, 0}, MINUTE, KWH_COUNTER_REPLACED, {0, 0}},
        {&display_2pu, {5000, 0}, {4998, 0}, MINUTE, KWH_COUNTER_REPLACED, {0, 0}},
        {&display_2pu, {999998620, 0}, {1, 0}, MINUTE, KWH_COUNTER_ROLLED_OVER, {1381, 0}},
        {&display_2pu, {999998619, 0}, {1, 0}, MINUTE, KWH_COUNTER_RESET, {0, 0}},
        {&display_2pu, {999999999, 0}, {0, 0}, MINUTE, KWH_COUNTER_ROLLED_OVER, {1, 0}},
        {&display_2pu, {5000, 0}, {-1, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&display_2pu, {-1, 0}, {0, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&display_2pu, {999999999, 0}, {1000000001, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&display_2pu, {1000000001, 0}, {5, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        /* 999 999.99 kWh is 1 000 000 kWh in binary32 */
        {&display_2pu, {999999000, 0}, {1000000000, 0}, MINUTE, KWH_COUNTER_OK, {1000, 0}},
        {&display_2pu, {1000000000, 0}, {7, 0}, MINUTE, KWH_COUNTER_ROLLED_OVER, {7, 0}},
        /* 1.2 times 69 kW go round 10^9 Wh in 12077.3 hours, 1.4 years */
        {&display_2pu, {5, 0}, {4, 0}, 12077 * HOUR, KWH_COUNTER_STALLED, {-1, 0}},
        {&display_2pu, {5, 0}, {6, 0}, 12078 * HOUR, KWH_COUNTER_AMBIGUOUS, {0, 0}},
        {&display_2pu, {5, 0}, {6, 0}, UINT64_MAX, KWH_COUNTER_AMBIGUOUS, {0, 0}},

        {&endless, {999999900, 0}, {400, 0}, MINUTE, KWH_COUNTER_RESET, {0, 0}},
        {&endless, {999999900, 0}, {5000, 0}, MINUTE, KWH_COUNTER_REPLACED, {0, 0}},
        {&endless, {0, 0}, {1, 12}, UINT64_MAX, KWH_COUNTER_OK, {1, 12}},
        {&endless, {0, 0}, {1, 12}, YEAR, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},

        {&net, {5, 0}, {-1376, 0}, MINUTE, KWH_COUNTER_OK, {-1381, 0}},
        {&net, {-5, 0}, {1376, 0}, MINUTE, KWH_COUNTER_OK, {1381, 0}},
        {&net, {-5, 0}, {-5, 0}, MINUTE, KWH_COUNTER_STALLED, {0, 0}},
        {&net, {5, 0}, {4, 0}, MINUTE, KWH_COUNTER_OK, {-1, 0}},
        {&net, {9000, 0}, {-1381, 0}, MINUTE, KWH_COUNTER_RESET, {0, 0}},
        {&net, {9000, 0}, {-1382, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&net, {9000, 0}, {90000, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&int32, {2147483640, 0}, {-2147483640, 0}, MINUTE, KWH_COUNTER_ROLLED_OVER, {16, 0}},
        {&int32, {-2147483640, 0}, {2147483640, 0}, MINUTE, KWH_COUNTER_ROLLED_OVER, {-16, 0}},
        {&int32, {-2147483640, 0}, {2147480000, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&int32, {2147483640, 0}, {0, 0}, MINUTE, KWH_COUNTER_RESET, {0, 0}},
        {&int32, {0, 0}, {INT64_C(2147483649), 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&int32, {INT64_C(-2147483649), 0}, {0, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        {&int32, {INT64_MAX, 0}, {0, 0}, MINUTE, KWH_COUNTER_IMPLAUSIBLE, {0, 0}},
        /* half of 2^32 Wh in 25935.8 hours, 3 years */
        {&int32, {1, 0}, {0, 0}, 25935 * HOUR, KWH_COUNTER_OK, {-1, 0}},
        {&int32, {1, 0}, {0, 0}, 25936 * HOUR, KWH_COUNTER_AMBIGUOUS, {0, 0}},
        {&int32, {1, 0}, {0, 0}, UINT64_MAX, KWH_COUNTER_AMBIGUOUS, {0, 0}},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool known = rows[i].verdict <= KWH_COUNTER_ROLLED_OVER;
        struct kwh_counter_sample before = kwh_counter_sample(rows[i].counter, rows[i].previous);
        struct kwh_counter_sample after = kwh_counter_sample(rows[i].counter, rows[i].current);
        struct kwh_counter_step step = {KWH_COUNTER_FIRST, {1, 0}, {99, 0}, 1};
        CHECK(kwh_counter_step(rows[i].counter, &before, &after, rows[i].elapsed_ms, &step) ==
                  (known ? KWH_OK : KWH_ERROR_UNDETERMINED),
              i);
        CHECK(step.verdict == rows[i].verdict, i);
        CHECK(kwh_decimal_compare(step.difference, rows[i].difference) == 0, i);
        CHECK(kwh_decimal_compare(step.resolution, rows[i].counter->resolution) == 0, i);
        CHECK(step.elapsed_ms == rows[i].elapsed_ms, i);
    }
}

/* A serial number proves a replacement where the count alone would not; unknown proves nothing. */
static void test_serial_numbers(void **context)
{
    static const struct {
        uint64_t before, after;
        enum kwh_counter_verdict verdict;
    } rows[] = {
        {0x19430102, 0x19430103, KWH_COUNTER_REPLACED},
        {0x19430102, 0x19430102, KWH_COUNTER_OK},
        {0, 0x19430102, KWH_COUNTER_OK},
        {0x19430102, 0, KWH_COUNTER_OK},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_counter_sample before = kwh_counter_sample(&endless, kwh_decimal(5, 0));
        struct kwh_counter_sample after = kwh_counter_sample(&endless, kwh_decimal(6, 0));
        struct kwh_counter_step step;
        before.meter = rows[i].before;
        after.meter = rows[i].after;
        (void)!kwh_counter_step(&endless, &before, &after, MINUTE, &step);
        CHECK(step.verdict == rows[i].verdict, i);
    }
}

/* The coarser of two samples counts: here across a power of two. */
static void test_resolution_of_a_step(void **context)
{
    struct kwh_counter_sample below = sample32(&any_kwh, 0x47FFFFFF);
    struct kwh_counter_sample above = sample32(&any_kwh, 0x48000000);
    struct kwh_counter_step step;

    (void)context;
    assert_int_equal(kwh_counter_step(&any_kwh, &below, &above, MINUTE, &step), KWH_OK);
    assert_number(step.difference, "7.8125");
    assert_number(step.resolution, "15.625");
    assert_int_equal(kwh_counter_step(&any_kwh, &above, &below, MINUTE, &step), KWH_OK);
    assert_int_equal(step.verdict, KWH_COUNTER_STALLED);
    assert_number(step.difference, "-7.8125");
    assert_number(step.resolution, "15.625");
}

static void test_step_refuses(void **context)
{
    struct kwh_counter counter = endless;
    struct kwh_counter_sample before = kwh_counter_sample(&endless, kwh_decimal(0, 0));
    struct kwh_counter_sample after = kwh_counter_sample(&endless, kwh_decimal(1, 0));
    struct kwh_counter_sample vague = {{1, 0}, {0, 0}, 0};
    struct kwh_counter_step step;

    (void)context;
    counter.power_max_w = 0;
    assert_int_equal(kwh_counter_step(&counter, &before, &after, 1, &step), KWH_ERROR_ARGUMENT);
    assert_int_equal(step.verdict, KWH_COUNTER_IMPLAUSIBLE);
    assert_number(step.difference, "0");
    counter = endless;
    counter.modulus.mantissa = -1;
    assert_int_equal(kwh_counter_step(&counter, &before, &after, 1, &step), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_counter_step(&endless, &vague, &after, 1, &step), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_counter_step(&endless, &before, &vague, 1, &step), KWH_ERROR_ARGUMENT);

    /* Too far apart for 64 bits. */
    before.value = kwh_decimal(INT64_MIN, 0);
    after.value = kwh_decimal(INT64_MAX, 0);
    assert_int_equal(kwh_counter_step(&net, &before, &after, 1, &step), KWH_ERROR_OVERFLOW);
    assert_int_equal(step.verdict, KWH_COUNTER_IMPLAUSIBLE);

    /* Beside such a resolution nothing is too much, and after so long neither. */
    before.value = kwh_decimal(0, 0);
    before.resolution = kwh_decimal(1, 127);
    assert_int_equal(kwh_counter_step(&net, &before, &after, 1, &step), KWH_OK);
    after.value = kwh_decimal(9, 15);
    before.resolution = kwh_decimal(1, -128);
    assert_int_equal(kwh_counter_step(&net, &before, &after, UINT64_MAX, &step), KWH_OK);
    after.value = kwh_decimal(1, 16);
    assert_int_equal(kwh_counter_step(&net, &before, &after, UINT64_MAX, &step),
                     KWH_ERROR_UNDETERMINED);
}

static void test_names(void **context)
{
    static const char *const names[] = {"ok",       "stalled",     "rolled_over", "reset",
                                        "replaced", "implausible", "ambiguous",   "first"};

    (void)context;
    for (unsigned i = 0; i < COUNT_OF(names); i++)
        assert_string_equal(kwh_counter_verdict_name((enum kwh_counter_verdict)i), names[i]);
    assert_string_equal(kwh_counter_verdict_name((enum kwh_counter_verdict)8), "");
    assert_int_equal(KWH_COUNTER_FIRST, 7);
}

/* ------------------------------------------------------------------------------------------------
 * Following a counter
 */

struct event {
    struct kwh_decimal value;
    uint64_t elapsed_ms, meter;
    enum kwh_counter_verdict verdict;
    const char *total;
    uint32_t breaks;
};

static void follow(const struct kwh_counter *counter, const struct event *events, size_t count)
{
    struct kwh_counter_track track;
    uint64_t since_ms = 0; /* of the last sample that was believed */

    kwh_counter_track_init(&track, counter);
    assert_number(track.total, "0");
    for (size_t i = 0; i < count; i++) {
        uint32_t breaks = track.breaks;
        struct kwh_counter_sample sample = kwh_counter_sample(counter, events[i].value);
        bool counted = events[i].verdict <= KWH_COUNTER_ROLLED_OVER;
        struct kwh_counter_step step;
        sample.meter = events[i].meter;
        CHECK(kwh_counter_track_sample(&track, &sample, events[i].elapsed_ms, &step) ==
                  (counted ? KWH_OK : KWH_ERROR_UNDETERMINED),
              i);
        CHECK(step.verdict == events[i].verdict, i);
        CHECK(kwh_decimal_compare(track.total, number(events[i].total)) == 0, i);
        CHECK(track.breaks == events[i].breaks, i);
        if (events[i].verdict != KWH_COUNTER_FIRST && i != 0)
            CHECK(step.elapsed_ms == since_ms + events[i].elapsed_ms, i);
        since_ms += events[i].elapsed_ms;
        if (counted || events[i].verdict == KWH_COUNTER_FIRST || breaks != track.breaks)
            since_ms = 0;
    }
}

static void test_follows_over_a_rollover(void **context)
{
    static const struct event events[] = {
        {{999999000, 0}, 0, 0, KWH_COUNTER_FIRST, "0", 0},
        {{999999900, 0}, MINUTE, 0, KWH_COUNTER_OK, "900", 0},
        {{999999900, 0}, MINUTE, 0, KWH_COUNTER_STALLED, "900", 0},
        {{400, 0}, MINUTE, 0, KWH_COUNTER_ROLLED_OVER, "1400", 0},
        {{399, 0}, MINUTE, 0, KWH_COUNTER_STALLED, "1399", 0},
        {{400, 0}, MINUTE, 0, KWH_COUNTER_OK, "1400", 0},
    };

    (void)context;
    follow(&display_2pu, events, COUNT_OF(events));
}

/* One wrong sample, even the first, changes nothing; the time it took still counts. */
static void test_one_wrong_sample(void **context)
{
    static const struct event events[] = {
        {{-7, 0}, 0, 0, KWH_COUNTER_IMPLAUSIBLE, "0", 0},
        {{5000, 0}, MINUTE, 0, KWH_COUNTER_FIRST, "0", 0},
        {{900000, 0}, MINUTE, 0, KWH_COUNTER_IMPLAUSIBLE, "0", 0},
        {{7700, 0}, MINUTE, 0, KWH_COUNTER_OK, "2700", 0}, /* in two minutes */
        {{0, 0}, MINUTE, 0, KWH_COUNTER_RESET, "2700", 0},
        {{9000, 0}, MINUTE, 0, KWH_COUNTER_OK, "4000", 0},
        {{500000, 0}, MINUTE, 0, KWH_COUNTER_IMPLAUSIBLE, "4000", 0},
        {{700000, 0}, MINUTE, 0, KWH_COUNTER_IMPLAUSIBLE, "4000", 0}, /* does not bear it out */
        {{10000, 0}, MINUTE, 0, KWH_COUNTER_OK, "5000", 0},
        {{10000, 0}, MINUTE, 0, KWH_COUNTER_STALLED, "5000", 0},
    };

    (void)context;
    follow(&display_2pu, events, COUNT_OF(events));
}

/* Two that agree are a new base; what went on between them counts, what came before does not. */
static void test_two_samples_that_agree(void **context)
{
    static const struct event events[] = {
        {{123456, 0}, 0, 0x11, KWH_COUNTER_FIRST, "0", 0},
        {{123500, 0}, MINUTE, 0x11, KWH_COUNTER_OK, "44", 0},
        {{3, 0}, MINUTE, 0x11, KWH_COUNTER_RESET, "44", 0},
        {{10, 0}, MINUTE, 0x11, KWH_COUNTER_RESET, "51", 1},
        {{20, 0}, MINUTE, 0x11, KWH_COUNTER_OK, "61", 1},
        {{30, 0}, MINUTE, 0x12, KWH_COUNTER_REPLACED, "61", 1},
        {{31, 0}, MINUTE, 0x12, KWH_COUNTER_REPLACED, "62", 2},
        {{33, 0}, MINUTE, 0x12, KWH_COUNTER_OK, "64", 2},
        {{800000000, 0}, MINUTE, 0, KWH_COUNTER_IMPLAUSIBLE, "64", 2},
        {{800000000, 0}, MINUTE, 0, KWH_COUNTER_IMPLAUSIBLE, "64", 3},
        {{800000001, 0}, MINUTE, 0, KWH_COUNTER_OK, "65", 3},
        {{900000000, 0}, 2 * YEAR, 0, KWH_COUNTER_AMBIGUOUS, "65", 3},
        {{900000001, 0}, MINUTE, 0, KWH_COUNTER_AMBIGUOUS, "66", 4},
        /* never two out of range */
        {{-5, 0}, MINUTE, 0, KWH_COUNTER_IMPLAUSIBLE, "66", 4},
        {{-5, 0}, MINUTE, 0, KWH_COUNTER_IMPLAUSIBLE, "66", 4},
        {{900000002, 0}, MINUTE, 0, KWH_COUNTER_OK, "67", 4},
    };

    (void)context;
    follow(&display_2pu, events, COUNT_OF(events));
}

/* The total of a binary32 counter is that of its register, step by step, without drift. */
static void test_follows_binary32(void **context)
{
    struct kwh_counter_track track;
    struct kwh_counter_step step;

    (void)context;
    kwh_counter_track_init(&track, &any_kwh);
    for (uint32_t i = 0; i <= 10000; i++) {
        struct kwh_counter_sample sample = sample32(&any_kwh, 0x43000000 + i);
        assert_int_equal(kwh_counter_track_sample(&track, &sample, MINUTE, &step),
                         i == 0 ? KWH_ERROR_UNDETERMINED : KWH_OK);
    }
    /* 10 000 times 2^-16 kWh */
    check_rounded(track.total, "152.587891", 0);
}

static void test_track_refuses(void **context)
{
    struct kwh_counter counter = endless;
    struct kwh_counter_track track;
    struct kwh_counter_step step;
    struct kwh_counter_sample sample = {{INT64_MAX, 0}, {1, 0}, 0};

    (void)context;
    counter.power_max_w = 0;
    kwh_counter_track_init(&track, &counter);
    assert_int_equal(kwh_counter_track_sample(&track, &sample, 1, &step), KWH_ERROR_ARGUMENT);
    counter = endless;
    assert_int_equal(kwh_counter_track_sample(&track, &sample, 1, &step), KWH_ERROR_UNDETERMINED);
    sample.resolution.mantissa = 0;
    assert_int_equal(kwh_counter_track_sample(&track, &sample, 1, &step), KWH_ERROR_ARGUMENT);

    /* The total is full: no sample is taken, the base stays. */
    sample = kwh_counter_sample(&net, kwh_decimal(0, 0));
    kwh_counter_track_init(&track, &net);
    assert_int_equal(kwh_counter_track_sample(&track, &sample, 1, &step), KWH_ERROR_UNDETERMINED);
    track.total = kwh_decimal(INT64_MAX, 0);
    sample.value = kwh_decimal(1, 0);
    assert_int_equal(kwh_counter_track_sample(&track, &sample, MINUTE, &step), KWH_ERROR_OVERFLOW);
    assert_true(track.total.mantissa == INT64_MAX);
    assert_number(track.base.value, "0");
    sample.value = kwh_decimal(9000, 0);
    assert_int_equal(kwh_counter_track_sample(&track, &sample, 0, &step), KWH_ERROR_UNDETERMINED);
    sample.value = kwh_decimal(9001, 0);
    assert_int_equal(kwh_counter_track_sample(&track, &sample, 0, &step), KWH_ERROR_OVERFLOW);
    assert_int_equal(track.breaks, 0);

    /* Ages end at the end of 64 bits. */
    track.total = kwh_decimal(0, 0);
    sample.value = kwh_decimal(INT64_C(1000000000000000), 0);
    assert_int_equal(kwh_counter_track_sample(&track, &sample, UINT64_MAX, &step), KWH_OK);
    assert_true(step.elapsed_ms == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_binary32_to_count),
        cmocka_unit_test(test_steps_of_binary32),
        cmocka_unit_test(test_first_collisions),
        cmocka_unit_test(test_readings_come_back),
        cmocka_unit_test(test_other_units),
        cmocka_unit_test(test_binary32_refuses),
        cmocka_unit_test(test_error_of_power),
        cmocka_unit_test(test_staircase_is_no_power),
        cmocka_unit_test(test_power),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_serial_numbers),
        cmocka_unit_test(test_resolution_of_a_step),
        cmocka_unit_test(test_step_refuses),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_follows_over_a_rollover),
        cmocka_unit_test(test_one_wrong_sample),
        cmocka_unit_test(test_two_samples_that_agree),
        cmocka_unit_test(test_follows_binary32),
        cmocka_unit_test(test_track_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
