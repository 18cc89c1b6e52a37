/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kwh/edge_counter.h>
#include <kwh/pulse.h>

#include "energy_check.h"

/* A change of the pin, and what is counted once the call has been made. */
struct edge {
    uint32_t at_us;
    bool active;
    uint64_t pulses, rejected;
};

static void run(const struct kwh_edge_settings *settings, uint32_t start_us,
                const struct edge *edges, size_t count)
{
    struct kwh_edge_counter counter;

    kwh_edge_counter_init(&counter, settings, false, start_us);
    for (size_t i = 0; i < count; i++) {
        uint64_t before = counter.pulses;
        bool counted = kwh_edge_counter_input(&counter, edges[i].active, start_us + edges[i].at_us);
        CHECK(counter.pulses == edges[i].pulses, i);
        CHECK(counter.rejected == edges[i].rejected, i);
        CHECK(counted == (counter.pulses != before), i);
    }
}

/* From an interrupt on both edges a pulse is counted at its end. */
static void test_interrupt_on_both_edges(void **context)
{
    static const struct kwh_edge_settings settings = {500, 2000, 0};
    static const struct edge edges[] = {
        {10000, true, 0, 0},   {40000, false, 1, 0},  {70000, true, 1, 0},
        {100000, false, 2, 0}, {130000, true, 2, 0},  {132000, false, 3, 0}, /* just wide enough */
        {160000, true, 3, 0},  {161999, false, 3, 0}, {190000, true, 3, 1},  /* too short */
        {220000, false, 4, 1},
    };

    (void)context;
    run(&settings, 0, edges, COUNT_OF(edges));
    run(&settings, UINT32_MAX - 60000, edges, COUNT_OF(edges)); /* the time wraps inside */
}

/* Polled, it is counted as soon as it is wide enough. */
static void test_polled(void **context)
{
    static const struct kwh_edge_settings settings = {500, 2000, 0};
    static const struct edge edges[] = {
        {1000, false, 0, 0}, {2000, true, 0, 0},  {3000, true, 0, 0},  {4000, true, 1, 0},
        {5000, true, 1, 0},  {6000, false, 1, 0}, {7000, false, 1, 0}, {8000, true, 1, 0},
        {9000, false, 1, 0}, {9499, false, 1, 0}, {9500, false, 1, 1}, {10000, false, 1, 1},
    };

    (void)context;
    run(&settings, 0, edges, COUNT_OF(edges));
    run(&settings, UINT32_MAX - 3500, edges, COUNT_OF(edges));
}

/* Contacts that bounce, on and off, are one pulse; a spike is none, and cuts none in two. */
static void test_bounces(void **context)
{
    static const struct kwh_edge_settings settings = {1000, 0, 0};
    static const struct edge edges[] = {
        {0, true, 0, 0},      {300, false, 0, 0},   {500, true, 0, 0},    {900, false, 0, 0},
        {1100, true, 0, 0},   {2099, true, 0, 0},   {2100, true, 1, 0},   {10000, false, 1, 0},
        {10200, true, 1, 0},  {10300, false, 1, 0}, {20000, true, 1, 0},  {20999, false, 1, 0},
        {30000, false, 1, 0}, {40000, true, 1, 0},  {45000, false, 2, 0}, {45500, true, 2, 0},
        {50000, false, 2, 0}, {60000, false, 2, 0}, {70000, true, 2, 0},  {71000, false, 3, 0},
    };

    (void)context;
    run(&settings, 0, edges, COUNT_OF(edges));
}

/* A pulse whose end bounces before it is wide enough, seen by no call in between. */
static void test_short_pulse_and_long_silence(void **context)
{
    static const struct kwh_edge_settings settings = {100, 2000, 0};
    static const struct edge edges[] = {
        {0, true, 0, 0},    {110, true, 0, 0},   {120, false, 0, 0},
        {150, false, 0, 0}, {5000, false, 0, 1}, /* 120 us wide, although believed much later */
    };

    (void)context;
    run(&settings, 0, edges, COUNT_OF(edges));
}

/* Nothing set: every rise counts at once. */
static void test_without_settings(void **context)
{
    static const struct kwh_edge_settings settings = {0, 0, 0};
    static const struct edge edges[] = {
        {0, true, 1, 0}, {0, false, 1, 0}, {0, true, 2, 0},
        {1, true, 2, 0}, {2, false, 2, 0}, {3, true, 3, 0},
    };

    (void)context;
    run(&settings, 0, edges, COUNT_OF(edges));
}

static void test_too_soon(void **context)
{
    static const struct kwh_edge_settings settings = {0, 0, 5000};
    static const struct edge edges[] = {
        {0, true, 1, 0},     {100, false, 1, 0},   {4999, true, 1, 1},
        {5000, false, 1, 1}, {5001, true, 2, 1},   {5002, false, 2, 1},
        {10000, true, 2, 2}, {10000, false, 2, 2}, {10001, true, 3, 2},
    };

    (void)context;
    run(&settings, 0, edges, COUNT_OF(edges));
}

/* Of a pulse that had begun before the start, nobody knows how long it is. */
static void test_starts_within_a_pulse(void **context)
{
    static const struct kwh_edge_settings settings = {500, 2000, 0};
    struct kwh_edge_counter counter;
    uint64_t interval_us = 1;

    (void)context;
    kwh_edge_counter_init(&counter, &settings, true, 7);
    assert_false(kwh_edge_counter_input(&counter, true, 10007));
    assert_false(kwh_edge_counter_input(&counter, false, 20007));
    assert_false(kwh_edge_counter_input(&counter, true, 50007));
    assert_true(kwh_edge_counter_input(&counter, false, 80007));
    assert_true(counter.pulses == 1 && counter.rejected == 0);
    assert_int_equal(kwh_edge_counter_interval(&counter, &interval_us), KWH_ERROR_UNDETERMINED);
    assert_true(interval_us == 0);
}

/* Power from the last interval, which fades when no pulse comes; and from many of them. */
static void test_power(void **context)
{
    static const struct kwh_edge_settings settings = {100, 1000, 0};
    const struct kwh_decimal rate = {1000, 0};
    struct kwh_edge_counter counter, before;
    struct kwh_decimal power;
    uint64_t interval_us;
    uint32_t now_us = UINT32_C(4294000000); /* wraps soon */

    (void)context;
    kwh_edge_counter_init(&counter, &settings, false, now_us);
    for (int i = 0; i < 10; i++) { /* 3.6 s apart: 1 kW */
        (void)kwh_edge_counter_input(&counter, true, now_us);
        (void)kwh_edge_counter_input(&counter, false, now_us + 30000);
        now_us += 3600000;
        if (i == 0)
            before = counter;
    }
    assert_true(counter.pulses == 10);
    assert_true(counter.interval_us == 3600000);
    assert_int_equal(kwh_edge_counter_interval(&counter, &interval_us), KWH_OK);
    assert_int_equal(kwh_pulse_power(1, interval_us, rate, &power), KWH_OK);
    assert_number(power, "1000");
    assert_int_equal(kwh_pulse_power(counter.pulses - before.pulses,
                                     counter.last_us - before.last_us, rate, &power),
                     KWH_OK);
    assert_number(power, "1000");

    (void)kwh_edge_counter_input(&counter, false, now_us); /* no longer, yet */
    assert_int_equal(kwh_edge_counter_interval(&counter, &interval_us), KWH_OK);
    assert_true(interval_us == 3600000);
    (void)kwh_edge_counter_input(&counter, false, now_us + 3600000);
    assert_int_equal(kwh_edge_counter_interval(&counter, &interval_us), KWH_OK);
    assert_int_equal(kwh_pulse_power(1, interval_us, rate, &power), KWH_OK);
    assert_number(power, "500");
}

/* At 0.01 imp/kWh and 1 kW a pulse comes every 100 hours: the time is kept beyond 32 bits. */
static void test_slow_pulses(void **context)
{
    static const struct kwh_edge_settings settings = {500, 2000, 0};
    const uint32_t hour_us = UINT32_C(3600000000);
    struct kwh_edge_counter counter;
    struct kwh_decimal power;
    uint64_t interval_us;
    uint32_t now_us = 0;

    (void)context;
    kwh_edge_counter_init(&counter, &settings, false, now_us);
    for (int hours = 0; hours <= 100; hours++, now_us += hour_us)
        if (hours % 100 == 0) {
            (void)kwh_edge_counter_input(&counter, true, now_us);
            (void)kwh_edge_counter_input(&counter, false, now_us + 30000);
        } else {
            (void)kwh_edge_counter_input(&counter, false, now_us);
        }
    assert_true(counter.pulses == 2);
    assert_int_equal(kwh_edge_counter_interval(&counter, &interval_us), KWH_OK);
    assert_true(interval_us == UINT64_C(360000000000));
    assert_int_equal(kwh_pulse_power(1, interval_us, kwh_decimal(1, -2), &power), KWH_OK);
    assert_number(power, "1000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interrupt_on_both_edges),
        cmocka_unit_test(test_polled),
        cmocka_unit_test(test_bounces),
        cmocka_unit_test(test_short_pulse_and_long_silence),
        cmocka_unit_test(test_without_settings),
        cmocka_unit_test(test_too_soon),
        cmocka_unit_test(test_starts_within_a_pulse),
        cmocka_unit_test(test_power),
        cmocka_unit_test(test_slow_pulses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
