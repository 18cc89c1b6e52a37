/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kwh/balance.h>
#include <kwh/flow.h>

#include "energy_check.h"

static void assert_nothing(const struct kwh_flow *flow)
{
    assert_number(flow->forward, "0");
    assert_number(flow->reverse, "0");
}

static void test_sum_of_phases(void **context)
{
    /* A published read-out of a PRO380, kWh: L1, L2, L3 forward and reverse. */
    const struct kwh_flow phases[] = {
        {number("4691.18"), number("0.5")},
        {number("5750.29"), number("0.25")},
        {number("4620.54"), number("3")},
    };
    struct kwh_flow sum;
    struct kwh_decimal net;

    (void)context;
    assert_int_equal(kwh_flow_sum(phases, 3, &sum), KWH_OK);
    assert_number(sum.forward, "15062.01");
    assert_number(sum.reverse, "3.75");
    assert_int_equal(kwh_flow_net(&sum, &net), KWH_OK);
    assert_number(net, "15058.26");
}

static void test_sum_refuses(void **context)
{
    struct kwh_flow flows[3] = {{{INT64_MAX, 0}, {0, 0}}, {{1, 0}, {0, 0}}, {{1, 0}, {0, 0}}};
    struct kwh_flow sum = {{1, 0}, {1, 0}};
    struct kwh_decimal net = {1, 0};

    (void)context;
    assert_int_equal(kwh_flow_sum(flows, 0, &sum), KWH_ERROR_ARGUMENT);
    assert_nothing(&sum);
    assert_int_equal(kwh_flow_sum(flows, 3, &sum), KWH_ERROR_OVERFLOW);
    assert_nothing(&sum);
    flows[0].forward.mantissa--;
    assert_int_equal(kwh_flow_sum(flows, 2, &sum), KWH_OK);
    assert_true(sum.forward.mantissa == INT64_MAX);

    flows[0].reverse.mantissa = INT64_MAX;
    flows[1].reverse.mantissa = 1;
    assert_int_equal(kwh_flow_sum(flows, 2, &sum), KWH_ERROR_OVERFLOW);
    assert_nothing(&sum);

    flows[1].reverse.mantissa = -1;
    assert_int_equal(kwh_flow_sum(flows, 2, &sum), KWH_ERROR_ARGUMENT);
    assert_nothing(&sum);
    assert_int_equal(kwh_flow_net(&flows[1], &net), KWH_ERROR_ARGUMENT);
    assert_number(net, "0");
    flows[1].forward.mantissa = -1;
    flows[1].reverse.mantissa = 0;
    assert_int_equal(kwh_flow_sum(flows, 2, &sum), KWH_ERROR_ARGUMENT);
}

/* The example of the reference for the Countis, and the same where T3 and T4 are used. */
static void test_balance(void **context)
{
    const struct kwh_flow tariffs[] = {
        {number("100.5"), number("20.25")},
        {number("50"), number("70")},
        {number("0.125"), number("0")},
        {number("0"), number("300")},
    };
    struct kwh_decimal balance;

    (void)context;
    assert_int_equal(kwh_balance(tariffs, KWH_BALANCE_TARIFFS, &balance), KWH_OK);
    assert_number(balance, "60.25");
    assert_int_equal(kwh_balance(tariffs, KWH_BALANCE_TARIFFS_MAX, &balance), KWH_OK);
    assert_number(balance, "-239.625");
    assert_int_equal(kwh_balance(&tariffs[1], 1, &balance), KWH_OK);
    assert_number(balance, "-20");
}

static void test_balance_refuses(void **context)
{
    const struct kwh_flow tariffs[5] = {{{INT64_MAX, 0}, {0, 0}}, {{1, 0}, {0, 0}}};
    const struct kwh_flow negative = {{0, 0}, {-5, 0}};
    struct kwh_decimal balance = {1, 0};

    (void)context;
    assert_int_equal(kwh_balance(tariffs, 0, &balance), KWH_ERROR_ARGUMENT);
    assert_number(balance, "0");
    assert_int_equal(kwh_balance(tariffs, 5, &balance), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_balance(&negative, 1, &balance), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_balance(tariffs, 2, &balance), KWH_ERROR_OVERFLOW);
    assert_number(balance, "0");
}

static void test_integrates_both_ways_without_loss(void **context)
{
    struct kwh_integrator integrator;
    struct kwh_flow flow;

    (void)context;
    kwh_integrator_init(&integrator);
    flow = kwh_integrator_flow(&integrator);
    assert_nothing(&flow);

    /* An hour of 1 mW in slices that are each less than a microwatt-hour. */
    for (int i = 0; i < 3600; i++)
        assert_int_equal(kwh_integrator_add(&integrator, 1, 1000), KWH_OK);
    flow = kwh_integrator_flow(&integrator);
    assert_number(flow.forward, "0.001");
    assert_number(flow.reverse, "0");

    /* 3 599 999 of 3 600 000 mW ms are not yet a milliwatt-hour, the next makes it one. */
    assert_int_equal(kwh_integrator_add(&integrator, -3599999, 1), KWH_OK);
    flow = kwh_integrator_flow(&integrator);
    assert_number(flow.reverse, "0.000999");
    assert_int_equal(kwh_integrator_add(&integrator, -1, 1), KWH_OK);
    flow = kwh_integrator_flow(&integrator);
    assert_number(flow.reverse, "0.001");
    assert_number(flow.forward, "0.001");

    /* 69 kW for a quarter of an hour; nothing for no time. */
    assert_int_equal(kwh_integrator_add(&integrator, 69000000, 900000), KWH_OK);
    assert_int_equal(kwh_integrator_add(&integrator, 69000000, 0), KWH_OK);
    flow = kwh_integrator_flow(&integrator);
    assert_number(flow.forward, "17250.001");
}

/* INT64_MAX microwatt-hours are the horizon, 9 223 372 036.854775807 kWh; a carry counts, too. */
static void test_integrator_horizon(void **context)
{
    struct kwh_integrator integrator;
    struct kwh_flow flow;

    (void)context;
    kwh_integrator_init(&integrator);
    assert_int_equal(kwh_integrator_add(&integrator, INT64_MAX, 3600), KWH_OK);
    flow = kwh_integrator_flow(&integrator);
    assert_number(flow.forward, "9223372036854.775807");
    assert_int_equal(kwh_integrator_add(&integrator, 3599, 1), KWH_OK);
    assert_int_equal(kwh_integrator_add(&integrator, 1, 1), KWH_ERROR_OVERFLOW);
    assert_int_equal(kwh_integrator_add(&integrator, 3600, 1), KWH_ERROR_OVERFLOW);
    assert_int_equal(kwh_integrator_add(&integrator, INT64_MAX, UINT32_MAX), KWH_ERROR_OVERFLOW);
    flow = kwh_integrator_flow(&integrator);
    assert_number(flow.forward, "9223372036854.775807");

    /* The other way is another counter. */
    assert_int_equal(kwh_integrator_add(&integrator, INT64_MIN, 3600), KWH_ERROR_OVERFLOW);
    assert_int_equal(kwh_integrator_add(&integrator, INT64_MIN, 3599), KWH_OK);
    flow = kwh_integrator_flow(&integrator);
    assert_number(flow.reverse, "9220809989066.760592");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum_of_phases),
        cmocka_unit_test(test_sum_refuses),
        cmocka_unit_test(test_balance),
        cmocka_unit_test(test_balance_refuses),
        cmocka_unit_test(test_integrates_both_ways_without_loss),
        cmocka_unit_test(test_integrator_horizon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
