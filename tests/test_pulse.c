/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kwh/pulse.h>

#include "energy_check.h"

static void test_energy_of_a_pulse(void **context)
{
    /* Wh, at each constant of the reference's table; a third of a microwatt-hour is cut off. */
    static const struct {
        const char *rate, *energy;
    } rows[] = {
        {"10000", "0.1"},      {"2000", "0.5"},  {"1000", "1"},           {"100", "10"},
        {"10", "100"},         {"1", "1000"},    {"0.1", "10000"},        {"0.01", "100000"},
        {"3200", "0.3125"},    {"800", "1.25"},  {"375", "2.666666"},     {"200", "5"},
        {"40", "25"},          {"8", "125"},     {"1e6", "0.001"},        {"0.001", "1000000"},
        {"10.5", "95.238095"}, {"1000.00", "1"}, {"999999.999", "0.001"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal energy = {1, 0};
        CHECK(kwh_pulse_energy(1, number(rows[i].rate), &energy) == KWH_OK, i);
        CHECK(kwh_decimal_compare(energy, number(rows[i].energy)) == 0, i);
        CHECK(kwh_pulse_energy(0, number(rows[i].rate), &energy) == KWH_OK, i);
        CHECK(energy.mantissa == 0, i);
    }
}

/* Nothing is lost when pulses are counted and not energies: 375 of them are a kilowatt-hour. */
static void test_energy_of_many_pulses(void **context)
{
    static const struct {
        uint64_t pulses;
        const char *rate, *energy;
    } rows[] = {
        {3, "375", "8"},
        {374, "375", "997.333333"},
        {375, "375", "1000"},
        {UINT64_C(4294967296), "10000", "429496729.6"}, /* 32 bits */
        {65536, "1000", "65536"},                       /* 16 bits */
        {65536, "10000", "6553.6"},
        {UINT64_C(375000000000), "375", "1000000000000"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal energy;
        CHECK(kwh_pulse_energy(rows[i].pulses, number(rows[i].rate), &energy) == KWH_OK, i);
        CHECK(kwh_decimal_compare(energy, number(rows[i].energy)) == 0, i);
    }
}

/* 9 223 372 036.85 kWh, whatever the rate. */
static void test_horizon_of_energy(void **context)
{
    static const struct {
        const char *rate;
        uint64_t last;
    } rows[] = {
        {"10000", UINT64_C(92233720368547)}, {"2000", UINT64_C(18446744073709)},
        {"1000", UINT64_C(9223372036854)},   {"100", UINT64_C(922337203685)},
        {"10", UINT64_C(92233720368)},       {"1", UINT64_C(9223372036)},
        {"0.1", UINT64_C(922337203)},        {"0.01", UINT64_C(92233720)},
        {"375", UINT64_C(3458764513820)},    {"1000000", UINT64_C(9223372036854775)},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal energy;
        CHECK(kwh_pulse_energy(rows[i].last, number(rows[i].rate), &energy) == KWH_OK, i);
        CHECK(energy.mantissa >= INT64_C(9223372000000000000), i);
        CHECK(kwh_pulse_energy(rows[i].last + 1, number(rows[i].rate), &energy) ==
                  KWH_ERROR_OVERFLOW,
              i);
        CHECK(energy.mantissa == 0, i);
        CHECK(kwh_pulse_energy(UINT64_MAX, number(rows[i].rate), &energy) == KWH_ERROR_OVERFLOW, i);
    }
}

static void test_rates_out_of_range(void **context)
{
    static const struct kwh_decimal rates[] = {
        {0, 0},      {-1000, 0},      {1, -4},          {1000001, 0},   {10000001, -1}, {1, 7},
        {2, 6},      {11, 5},         {1000000001, -3}, {INT64_MAX, 0}, {1, 127},       {1, -128},
        {12345, -4}, {INT64_MIN, -3}, {INT64_MAX, -3},  {999999, 1},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        struct kwh_decimal value = {1, 0};
        uint64_t us = 1;
        CHECK(kwh_pulse_energy(1, rates[i], &value) == KWH_ERROR_ARGUMENT, i);
        CHECK(value.mantissa == 0, i);
        value.mantissa = 1;
        CHECK(kwh_pulse_power(1, 1000000, rates[i], &value) == KWH_ERROR_ARGUMENT, i);
        CHECK(value.mantissa == 0, i);
        CHECK(kwh_pulse_power_max(1, 1, rates[i], &value) == KWH_ERROR_ARGUMENT, i);
        CHECK(kwh_pulse_period(1, rates[i], &us) == KWH_ERROR_ARGUMENT, i);
        CHECK(us == 0, i);
        us = 1;
        CHECK(kwh_pulse_off_time(1, rates[i], 1, &us) == KWH_ERROR_ARGUMENT, i);
        CHECK(us == 0, i);
    }
}

static void test_power_from_intervals(void **context)
{
    static const struct {
        uint64_t intervals, elapsed_us;
        const char *rate, *power;
    } rows[] = {
        {1, 3600000, "1000", "1000"}, /* the worked intervals of the reference */
        {1, 34783, "10000", "10349.884"},
        {1, 52174, "10000", "6899.989"},
        {1, 52174, "1000", "68999.885"},
        {1, 78261000, "10000", "4.6"}, /* 4.6 W, where a meter starts to count */
        {1, 782609000, "1000", "4.6"},
        {1, UINT64_C(7826087000), "100", "4.6"},
        {100, 5217400, "10000", "6899.989"},
        {1, UINT64_C(360000000000), "0.01", "1000"},
        {3, 10000000, "375", "2880"},
        {1, 7200000000000, "1000", "0.001"}, /* a half goes up */
        {1, 7200000000001, "1000", "0"},
        {1, 9600000, "375", "1000"},
        {2562, 1, "1", "9223200000000000"}, /* the last before the end of 64 bits */
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal power;
        CHECK(kwh_pulse_power(rows[i].intervals, rows[i].elapsed_us, number(rows[i].rate),
                              &power) == KWH_OK,
              i);
        CHECK(kwh_decimal_compare(power, number(rows[i].power)) == 0, i);
    }
}

static void test_power_that_cannot_be_told(void **context)
{
    static const struct {
        uint64_t intervals, elapsed_us;
        const char *rate;
        enum kwh_error error;
    } rows[] = {
        {0, 1000, "1000", KWH_ERROR_UNDETERMINED},
        {1, 0, "1000", KWH_ERROR_UNDETERMINED},
        {1, UINT64_C(922337203685477), "10000", KWH_OK}, /* 29 years */
        {1, UINT64_C(922337203685478), "10000", KWH_ERROR_OVERFLOW},
        {1, UINT64_MAX, "10000", KWH_ERROR_OVERFLOW},
        {1, UINT64_MAX, "0.001", KWH_ERROR_OVERFLOW},
        {1, 1, "1", KWH_OK},
        {2562, 1, "1", KWH_OK},
        {2563, 1, "1", KWH_ERROR_OVERFLOW},
        {UINT64_MAX, 1, "1", KWH_ERROR_OVERFLOW},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal power = {1, 0};
        CHECK(kwh_pulse_power(rows[i].intervals, rows[i].elapsed_us, number(rows[i].rate),
                              &power) == rows[i].error,
              i);
        CHECK(rows[i].error == KWH_OK || power.mantissa == 0, i);
    }
}

/* The reference's table: greatest power in kW for a width and 30 ms behind it. */
static void test_greatest_power(void **context)
{
    static const char *const rates[] = {"10000", "2000", "1000", "100"};
    static const struct {
        uint32_t width_us;
        const char *kw[4];
    } rows[] = {
        {2000, {"11.25", "56.25", "112.5", "1125"}},
        {2500, {"11.08", "55.38", "110.8", "1108"}},
        {10000, {"9.00", "45.0", "90.0", "900"}},
        {11200, {"8.738", "43.69", "87.38", "873.8"}},
        {20000, {"7.20", "36.0", "72.0", "720"}},
        {30000, {"6.00", "30.0", "60.0", "600"}},
        {32000, {"5.806", "29.03", "58.06", "580.6"}},
        {35000, {"5.538", "27.69", "55.38", "553.8"}},
        {40000, {"5.143", "25.71", "51.43", "514.3"}},
        {60000, {"4.00", "20.0", "40.0", "400"}},
        {100000, {"2.769", "13.85", "27.69", "276.9"}},
        {200000, {"1.565", "7.83", "15.65", "156.5"}},
    };
    struct kwh_decimal power;

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (size_t k = 0; k < 4; k++) {
            struct kwh_decimal kw = number(rows[i].kw[k]);
            CHECK(kwh_pulse_power_max(rows[i].width_us, KWH_PULSE_IEC_US, number(rates[k]),
                                      &power) == KWH_OK,
                  i);
            CHECK(kwh_decimal_rescale(power, kw.exponent + 3, KWH_ROUND_HALF_EVEN, &power) ==
                      KWH_OK,
                  i);
            CHECK(power.mantissa == kw.mantissa, i);
        }
    }
    /* Rounded down, 76 923.0769... */
    assert_int_equal(kwh_pulse_power_max(16800, KWH_PULSE_IEC_US, number("1000"), &power), KWH_OK);
    assert_number(power, "76923.076");
    assert_int_equal(kwh_pulse_power_max(40000, KWH_PULSE_IEC_US, number("0.1"), &power), KWH_OK);
    assert_number(power, "514285714.285");
    assert_int_equal(kwh_pulse_power_max(0, 0, number("1000"), &power), KWH_ERROR_UNDETERMINED);
    assert_int_equal(kwh_pulse_power_max(UINT32_MAX, UINT32_MAX, number("1"), &power), KWH_OK);
    assert_number(power, "419.095");
}

static void test_period(void **context)
{
    static const struct {
        uint32_t power_w;
        const char *rate;
        uint64_t period_us;
    } rows[] = {
        {69000, "10000", 5217},
        {69000, "1000", 52174},
        {10350, "10000", 34783},
        {5625, "10000", 64000},
        {1, "1000", 3600000000},
        {UINT32_MAX, "1000000", 0},
        {69000, "375", 139130},
        {UINT32_MAX, "1", 838},
        {1, "0.001", UINT64_C(3600000000000000)},
        {82800, "1000", 43478},
        {4140, "1000", 869565},
        {99360, "200", 181159},
        {513360, "40", 175316},
        {2583400, "8", 174189},
        {12933000, "1", 278358},
        {49680000, "0.1", 724638},
        {16560, "1000", 217391}, /* the other rows of a COUNTIS, by ratio and by primary current */
        {20700, "200", 869565},
        {828, "1000", 4347826},
        {3312, "1000", 1086957},
        {4140, "200", 4347826},
        {19872, "200", 905797},
        {102672, "40", 876578},
        {516672, "8", 870959},
        {2586672, "1", 1391750},
        {9936000, "0.1", 3623188},
        {5175000, "10000", 70}, /* 7500 A at 230 V, 14 375 pulses a second */
        {6896550, "10000", 52}, /* 9995/5, 19 157 */
        {3450, "10000", 104348},
        {69000, "0.001", UINT64_C(52173913043)}, /* 1000 kWh a pulse: 14.5 hours */
        {24, "1000000", 150000},
        {7, "1000000", 514286},
    };
    uint64_t period_us = 1;

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(kwh_pulse_period(rows[i].power_w, number(rows[i].rate), &period_us) == KWH_OK, i);
        CHECK(period_us == rows[i].period_us, i);
    }
    assert_int_equal(kwh_pulse_period(0, number("1000"), &period_us), KWH_ERROR_UNDETERMINED);
    assert_true(period_us == 0);
}

/* Widths and what they leave at the limits that the reference works out. */
static void test_widths_at_the_limits(void **context)
{
    static const struct {
        enum kwh_pulse_meter meter;
        const char *rate;
        uint32_t power_w, width_us, off_us;
    } rows[] = {
        {KWH_PULSE_PRO380, "10000", 4999, 40000, 32014},
        {KWH_PULSE_PRO380, "10000", 9999, 20000, 16004},
        {KWH_PULSE_PRO380, "10000", 19999, 10000, 8001},
        {KWH_PULSE_PRO380, "10000", 39999, 5000, 4000},
        {KWH_PULSE_PRO380, "10000", 69000, 2500, 2717},
        {KWH_PULSE_PRO380, "2000", 69000, 2500, 23587},
        {KWH_PULSE_PRO380, "1000", 69000, 2500, 49674},
        {KWH_PULSE_PRO380, "100", 69000, 20000, 501739},
        {KWH_PULSE_PRO380_V1_19, "1000", 69000, 30000, 22174},
        {KWH_PULSE_PRO380_V1_19, "1000", 60000, 30000, 30000},
        {KWH_PULSE_PRO380_V1_19, "2000", 46799, 20000, 18462},
        {KWH_PULSE_PRO380_V1_19, "2000", 69000, 15000, 11087},
        {KWH_PULSE_PRO1, "10000", 5625, 32000, 32000},
        {KWH_PULSE_PRO1, "10000", 5626, 11200, 52789},
        {KWH_PULSE_PRO1, "10000", 10350, 11200, 23583},
        {KWH_PULSE_PRO1, "10000", 11385, 11200, 20421},
        {KWH_PULSE_SDM72, "1000", 69000, 35000, 17174},
        {KWH_PULSE_SDM72, "1000", 82800, 35000, 8478},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_pulse_width width;
        uint64_t off_us;
        CHECK(kwh_pulse_widths(rows[i].meter, number(rows[i].rate), rows[i].power_w, &width) ==
                  KWH_OK,
              i);
        CHECK(width.shortest_us == rows[i].width_us, i);
        CHECK(width.longest_us == rows[i].width_us, i);
        CHECK(kwh_pulse_off_time(rows[i].power_w, number(rows[i].rate), rows[i].width_us,
                                 &off_us) == KWH_OK,
              i);
        CHECK(off_us == rows[i].off_us, i);
    }
}

static void test_pulses_that_run_into_each_other(void **context)
{
    uint64_t off_us = 1;

    (void)context;
    assert_int_equal(kwh_pulse_off_time(69000, number("10000"), 5217, &off_us), KWH_ERROR_OVERFLOW);
    assert_true(off_us == 0);
    assert_int_equal(kwh_pulse_off_time(69000, number("10000"), 5216, &off_us), KWH_OK);
    assert_true(off_us == 1);
    assert_int_equal(kwh_pulse_off_time(0, number("10000"), 5216, &off_us), KWH_ERROR_UNDETERMINED);
    assert_true(off_us == 0);
}

/* Every line of the manuals' tables, at its first and last watt. */
static void test_widths(void **context)
{
    static const struct {
        enum kwh_pulse_meter meter;
        const char *rate;
        uint32_t power_w, shortest_us, longest_us;
    } rows[] = {
        {KWH_PULSE_PRO1, "1", 0, 32000, 32000},
        {KWH_PULSE_PRO1, "0.01", 5625, 32000, 32000},
        {KWH_PULSE_PRO1, "0.1", 5626, 11200, 11200},
        {KWH_PULSE_PRO1, "2000", UINT32_MAX, 11200, 11200},
        {KWH_PULSE_PRO380, "1000", 0, 40000, 40000},
        {KWH_PULSE_PRO380, "1000", 4999, 40000, 40000},
        {KWH_PULSE_PRO380, "1000", 5000, 20000, 20000},
        {KWH_PULSE_PRO380, "2000", 9999, 20000, 20000},
        {KWH_PULSE_PRO380, "2000", 10000, 10000, 10000},
        {KWH_PULSE_PRO380, "2000", 19999, 10000, 10000},
        {KWH_PULSE_PRO380, "10000", 20000, 5000, 5000},
        {KWH_PULSE_PRO380, "10000", 39999, 5000, 5000},
        {KWH_PULSE_PRO380, "10000", 40000, 2500, 2500}, /* not assigned: goes up */
        {KWH_PULSE_PRO380, "10000", UINT32_MAX, 2500, 2500},
        {KWH_PULSE_PRO380, "100", 0, 40000, 40000},
        {KWH_PULSE_PRO380, "100", 49999, 40000, 40000},
        {KWH_PULSE_PRO380, "100", 50000, 20000, 20000}, /* not assigned: goes up */
        {KWH_PULSE_PRO380, "10", 0, 40000, 40000},
        {KWH_PULSE_PRO380, "10", 69000, 40000, 40000},
        {KWH_PULSE_PRO380, "1", 69000, 40000, 40000},
        {KWH_PULSE_PRO380, "0.1", 69000, 40000, 40000},
        {KWH_PULSE_PRO380, "0.01", 69000, 40000, 40000},
        {KWH_PULSE_PRO380_V1_19, "1000", 0, 30000, 30000},
        {KWH_PULSE_PRO380_V1_19, "2000", 0, 20000, 20000},
        {KWH_PULSE_PRO380_V1_19, "2000", 46800, 15000, 15000},
        {KWH_PULSE_2PU, "1000", 0, 2000, 99000},
        {KWH_PULSE_2PU, "0.01", 69000, 2000, 99000},
        {KWH_PULSE_SDM72, "1000", 0, 35000, 35000},
        {KWH_PULSE_SDM72, "100", 0, 60000, 200000},
        {KWH_PULSE_SDM72, "10", 69000, 60000, 200000},
        {KWH_PULSE_SDM72, "1", 69000, 60000, 200000},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal rate = number(rows[i].rate);
        struct kwh_pulse_width width;
        CHECK(kwh_pulse_rate_exists(rows[i].meter, rate), i);
        CHECK(kwh_pulse_widths(rows[i].meter, rate, rows[i].power_w, &width) == KWH_OK, i);
        CHECK(width.shortest_us == rows[i].shortest_us, i);
        CHECK(width.longest_us == rows[i].longest_us, i);
        CHECK(kwh_pulse_check_width(rows[i].meter, rate, rows[i].power_w, rows[i].shortest_us) ==
                  KWH_OK,
              i);
        CHECK(kwh_pulse_check_width(rows[i].meter, rate, rows[i].power_w, rows[i].longest_us) ==
                  KWH_OK,
              i);
        CHECK(kwh_pulse_check_width(rows[i].meter, rate, rows[i].power_w,
                                    rows[i].shortest_us - 1) == KWH_ERROR_ARGUMENT,
              i);
        CHECK(kwh_pulse_check_width(rows[i].meter, rate, rows[i].power_w, rows[i].longest_us + 1) ==
                  KWH_ERROR_ARGUMENT,
              i);
    }
}

/* An SDM72 has three widths and nothing between them; a 2PU has all between. */
static void test_widths_between(void **context)
{
    static const uint32_t none[] = {35000, 59999, 60001, 80000, 99999, 100001, 199999, 200001};

    (void)context;
    assert_int_equal(kwh_pulse_check_width(KWH_PULSE_SDM72, number("100"), 0, 60000), KWH_OK);
    assert_int_equal(kwh_pulse_check_width(KWH_PULSE_SDM72, number("100"), 0, 100000), KWH_OK);
    assert_int_equal(kwh_pulse_check_width(KWH_PULSE_SDM72, number("100"), 0, 200000), KWH_OK);
    for (size_t i = 0; i < COUNT_OF(none); i++)
        CHECK(kwh_pulse_check_width(KWH_PULSE_SDM72, number("100"), 0, none[i]) ==
                  KWH_ERROR_ARGUMENT,
              i);
    assert_int_equal(kwh_pulse_check_width(KWH_PULSE_SDM72, number("1000"), 0, 60000),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_pulse_check_width(KWH_PULSE_2PU, number("1000"), 0, 30000), KWH_OK);
}

/* Every rate of every meter, and no other. */
static void test_rates_of_meters(void **context)
{
    static const struct {
        const char *rate;
        bool inepro, sdm72, countis;
    } rows[] = {
        {"10000", true, false, false}, {"2000", true, false, false}, {"1000", true, true, true},
        {"200", false, false, true},   {"100", true, true, false},   {"40", false, false, true},
        {"10", true, true, false},     {"8", false, false, true},    {"1", true, true, true},
        {"0.1", true, false, true},    {"0.01", true, false, false}, {"500", false, false, false},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal rate = number(rows[i].rate);
        CHECK(kwh_pulse_rate_exists(KWH_PULSE_PRO1, rate) == rows[i].inepro, i);
        CHECK(kwh_pulse_rate_exists(KWH_PULSE_PRO380, rate) == rows[i].inepro, i);
        CHECK(kwh_pulse_rate_exists(KWH_PULSE_PRO380_V1_19, rate) == rows[i].inepro, i);
        CHECK(kwh_pulse_rate_exists(KWH_PULSE_2PU, rate) == rows[i].inepro, i);
        CHECK(kwh_pulse_rate_exists(KWH_PULSE_SDM72, rate) == rows[i].sdm72, i);
        CHECK(kwh_pulse_rate_exists(KWH_PULSE_COUNTIS, rate) == rows[i].countis, i);
    }
}

static void test_rates_and_widths_that_are_not(void **context)
{
    static const struct {
        enum kwh_pulse_meter meter;
        const char *rate;
        bool exists;
        enum kwh_error error;
    } rows[] = {
        {KWH_PULSE_PRO1, "200", false, KWH_ERROR_UNSUPPORTED},
        {KWH_PULSE_PRO380, "500", false, KWH_ERROR_UNSUPPORTED},
        {KWH_PULSE_2PU, "0.001", false, KWH_ERROR_UNSUPPORTED},
        {KWH_PULSE_SDM72, "10000", false, KWH_ERROR_UNSUPPORTED},
        {KWH_PULSE_SDM72, "0.1", false, KWH_ERROR_UNSUPPORTED},
        {KWH_PULSE_COUNTIS, "100", false, KWH_ERROR_UNSUPPORTED},
        {KWH_PULSE_COUNTIS, "0.01", false, KWH_ERROR_UNSUPPORTED},
        {(enum kwh_pulse_meter)6, "1000", false, KWH_ERROR_UNSUPPORTED},
        {KWH_PULSE_COUNTIS, "1000", true, KWH_ERROR_NO_VALUE},
        {KWH_PULSE_COUNTIS, "200", true, KWH_ERROR_NO_VALUE},
        {KWH_PULSE_COUNTIS, "40", true, KWH_ERROR_NO_VALUE},
        {KWH_PULSE_COUNTIS, "8", true, KWH_ERROR_NO_VALUE},
        {KWH_PULSE_COUNTIS, "1", true, KWH_ERROR_NO_VALUE},
        {KWH_PULSE_COUNTIS, "0.1", true, KWH_ERROR_NO_VALUE},
        {KWH_PULSE_PRO380_V1_19, "10000", true, KWH_ERROR_NO_VALUE},
        {KWH_PULSE_PRO380_V1_19, "100", true, KWH_ERROR_NO_VALUE},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal rate = number(rows[i].rate);
        struct kwh_pulse_width width = {1, 1};
        CHECK(kwh_pulse_rate_exists(rows[i].meter, rate) == rows[i].exists, i);
        CHECK(kwh_pulse_widths(rows[i].meter, rate, 0, &width) == rows[i].error, i);
        CHECK(width.shortest_us == 0 && width.longest_us == 0, i);
        CHECK(kwh_pulse_check_width(rows[i].meter, rate, 0, 30000) == rows[i].error, i);
    }
}

/* "1 Wh a CT -> 1 ... 4", and so on; and the rates that the reference makes of them. */
static void test_countis_weights(void **context)
{
    static const struct {
        uint32_t ct, weight_wh;
        const char *rate;
    } rows[] = {
        {1, 1, "1000"},   {4, 1, "1000"},    {5, 5, "200"},        {24, 5, "200"},
        {25, 25, "40"},   {124, 25, "40"},   {125, 125, "8"},      {624, 125, "8"},
        {625, 1000, "1"}, {3124, 1000, "1"}, {3125, 10000, "0.1"}, {12000, 10000, "0.1"},
    };
    uint32_t weight_wh = 1;
    struct kwh_decimal rate;

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        CHECK(kwh_countis_pulse_weight(rows[i].ct, &weight_wh) == KWH_OK, i);
        CHECK(weight_wh == rows[i].weight_wh, i);
        CHECK(kwh_pulse_rate_of_weight(weight_wh, &rate) == KWH_OK, i);
        CHECK(kwh_decimal_compare(rate, number(rows[i].rate)) == 0, i);
        CHECK(kwh_pulse_rate_exists(KWH_PULSE_COUNTIS, rate), i);
    }
    assert_int_equal(kwh_countis_pulse_weight(0, &weight_wh), KWH_ERROR_ARGUMENT);
    assert_int_equal(weight_wh, 0);
    assert_int_equal(kwh_countis_pulse_weight(12001, &weight_wh), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_countis_pulse_weight(65537, &weight_wh), KWH_ERROR_ARGUMENT);
}

static void test_rates_of_weights(void **context)
{
    static const struct {
        uint32_t weight_wh;
        enum kwh_error error;
        const char *rate;
    } rows[] = {
        {16, KWH_OK, "62.5"},         {64, KWH_OK, "15.625"},
        {1000000, KWH_OK, "0.001"},   {500000, KWH_OK, "0.002"},
        {3, KWH_ERROR_INEXACT, "0"},  {128, KWH_ERROR_INEXACT, "0"},
        {0, KWH_ERROR_ARGUMENT, "0"}, {1000001, KWH_ERROR_ARGUMENT, "0"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal rate = {1, 0};
        CHECK(kwh_pulse_rate_of_weight(rows[i].weight_wh, &rate) == rows[i].error, i);
        CHECK(kwh_decimal_compare(rate, number(rows[i].rate)) == 0, i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_energy_of_a_pulse),
        cmocka_unit_test(test_energy_of_many_pulses),
        cmocka_unit_test(test_horizon_of_energy),
        cmocka_unit_test(test_rates_out_of_range),
        cmocka_unit_test(test_power_from_intervals),
        cmocka_unit_test(test_power_that_cannot_be_told),
        cmocka_unit_test(test_greatest_power),
        cmocka_unit_test(test_period),
        cmocka_unit_test(test_widths_at_the_limits),
        cmocka_unit_test(test_pulses_that_run_into_each_other),
        cmocka_unit_test(test_widths),
        cmocka_unit_test(test_widths_between),
        cmocka_unit_test(test_rates_of_meters),
        cmocka_unit_test(test_rates_and_widths_that_are_not),
        cmocka_unit_test(test_countis_weights),
        cmocka_unit_test(test_rates_of_weights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
