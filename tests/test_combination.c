/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kwh/combination.h>

#include "energy_check.h"

/* Power of three phases for a while. */
struct slice {
    int32_t power_w[3];
    uint32_t minutes;
};

/* The manuals' example: "L1 +5 kWh, L2 +5 kWh, L3 -12 kWh", here in an hour of steady power. */
static const struct slice example[] = {{{5000, 5000, -12000}, 60}};

/* F, R, VF and VR in Wh, from slices. */
static struct kwh_flows measure(const struct slice *slices, size_t count)
{
    struct kwh_integrator phases[3], total;
    struct kwh_flow flow[3];
    struct kwh_flows flows;

    kwh_integrator_init(&total);
    for (size_t p = 0; p < 3; p++)
        kwh_integrator_init(&phases[p]);
    for (size_t i = 0; i < count; i++) {
        const int32_t *w = slices[i].power_w;
        uint32_t ms = 60000 * slices[i].minutes;
        for (size_t p = 0; p < 3; p++)
            assert_int_equal(kwh_integrator_add(&phases[p], INT64_C(1000) * w[p], ms), KWH_OK);
        assert_int_equal(kwh_integrator_add(&total, INT64_C(1000) * (w[0] + w[1] + w[2]), ms),
                         KWH_OK);
    }
    for (size_t p = 0; p < 3; p++)
        flow[p] = kwh_integrator_flow(&phases[p]);
    assert_int_equal(kwh_flows_init(&flows, flow, 3), KWH_OK);
    kwh_flows_set_vector(&flows, kwh_integrator_flow(&total));
    return flows;
}

/* One column of a manual's table, Wh; NULL is an empty cell: the output stays silent. */
struct column {
    uint32_t code;
    const char *values[5]; /* in the order of enum kwh_combined */
};

/* PRO380 manual 6.10, both tables: 35 cells. */
static const struct column pro380[] = {
    {1, {"10000", "10000", "-12000", "10000", NULL}},
    {4, {"-12000", "10000", "-12000", NULL, "12000"}},
    {5, {"22000", "10000", "12000", "10000", "12000"}},
    {6, {"-22000", "10000", "-12000", "10000", "12000"}},
    {9, {"-2000", "10000", "-12000", "10000", "12000"}},
    {10, {"-2000", "0", "-2000", "0", "2000"}},
    {11, {"-2000", "10000", "-12000", "0", "2000"}},
};

/* 2PU CT manual 7.6.11: 15 cells; it has no table of the outputs. */
static const struct column of_2pu[] = {
    {1, {"10000", "10000", "-12000", NULL, NULL}}, {2, {"-12000", "10000", "-12000", NULL, NULL}},
    {3, {"22000", "10000", "12000", NULL, NULL}},  {4, {"-2000", "10000", "-12000", NULL, NULL}},
    {5, {"-2000", "0", "-2000", NULL, NULL}},
};

static void check_column(enum kwh_combination_family family, const struct column *column,
                         unsigned rows)
{
    struct kwh_flows flows = measure(example, 1);
    enum kwh_combination combination;

    assert_int_equal(kwh_combination_from_code(family, column->code, &combination), KWH_OK);
    for (unsigned which = 0; which < rows; which++) {
        struct kwh_decimal value = {1, 0};
        enum kwh_error error = kwh_combine(combination, (enum kwh_combined)which, &flows, &value);
        if (column->values[which] == NULL) {
            assert_int_equal(error, KWH_ERROR_NO_VALUE);
            assert_number(value, "0");
        } else {
            assert_int_equal(error, KWH_OK);
            assert_number(value, column->values[which]);
        }
    }
}

static void test_table_of_the_pro380(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(pro380); i++)
        check_column(KWH_COMBINATION_PRO380, &pro380[i], 5);
}

/* The PRO1 manual has the codes without 11 and no table. */
static void test_codes_of_the_pro1(void **context)
{
    enum kwh_combination combination;

    (void)context;
    for (size_t i = 0; pro380[i].code != 11; i++)
        check_column(KWH_COMBINATION_PRO1, &pro380[i], 3);
    assert_int_equal(kwh_combination_from_code(KWH_COMBINATION_PRO1, 11, &combination),
                     KWH_ERROR_UNSUPPORTED);
    assert_int_equal(combination, KWH_COMBINATION_NONE);
}

static void test_table_of_the_2pu(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(of_2pu); i++)
        check_column(KWH_COMBINATION_2PU, &of_2pu[i], 3);
}

/* "Reverse - Forward" is 12 - 10. */
static void test_other_reading_of_code_6(void **context)
{
    static const struct column label = {0, {"2000", "10000", "-12000", "10000", "12000"}};
    struct kwh_flows flows = measure(example, 1);
    struct kwh_decimal value;

    (void)context;
    for (unsigned which = 0; which < 5; which++) {
        assert_int_equal(kwh_combine(KWH_COMBINATION_REVERSE_MINUS_FORWARD_LABEL,
                                     (enum kwh_combined)which, &flows, &value),
                         KWH_OK);
        assert_number(value, label.values[which]);
    }
}

/* The same energy by phase, other vector sums: only the times tell. */
static void test_patterns_of_power(void **context)
{
    static const struct {
        struct slice slices[2];
        const char *forward, *reverse, *vector_forward, *vector_reverse;
    } rows[] = {
        {{{{5000, 5000, -12000}, 60}}, "10000", "12000", "0", "2000"},
        {{{{10000, 10000, 0}, 30}, {{0, 0, -24000}, 30}}, "10000", "12000", "10000", "12000"},
        {{{{10000, 0, -12000}, 30}, {{0, 10000, -12000}, 30}}, "10000", "12000", "0", "2000"},
        {{{{5000, 5000, -30000}, 30}, {{5000, 5000, 6000}, 30}}, "13000", "15000", "8000", "10000"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_flows flows = measure(rows[i].slices, 2);
        struct kwh_decimal net;
        assert_number(flows.phases.forward, rows[i].forward);
        assert_number(flows.phases.reverse, rows[i].reverse);
        assert_number(flows.vector.forward, rows[i].vector_forward);
        assert_number(flows.vector.reverse, rows[i].vector_reverse);
        assert_int_equal(kwh_flow_net(&flows.phases, &net), KWH_OK);
        assert_number(net, "-2000");
        assert_int_equal(kwh_flow_net(&flows.vector, &net), KWH_OK);
        assert_number(net, "-2000");
    }
}

/* The vector codes where neither direction is 0: the last of these patterns. */
static void test_vector_codes_both_ways(void **context)
{
    static const struct slice slices[] = {{{5000, 5000, -30000}, 30}, {{5000, 5000, 6000}, 30}};
    static const struct column columns[] = {
        {10, {"-2000", "8000", "-10000", "8000", "10000"}},
        {11, {"-2000", "13000", "-15000", "8000", "10000"}},
    };
    struct kwh_flows flows = measure(slices, 2);

    (void)context;
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        enum kwh_combination combination;
        assert_int_equal(
            kwh_combination_from_code(KWH_COMBINATION_PRO380, columns[i].code, &combination),
            KWH_OK);
        for (unsigned which = 0; which < 5; which++) {
            struct kwh_decimal value;
            CHECK(kwh_combine(combination, (enum kwh_combined)which, &flows, &value) == KWH_OK, i);
            assert_number(value, columns[i].values[which]);
        }
    }
}

/* A consumer that never exports, in every combination: total, forward, reverse, outputs. */
static void test_nothing_reverse(void **context)
{
    static const char *const totals[] = {"0", "7", "0", "7", "-7", "7", "7", "7", "-7"};
    const struct kwh_flow phase = {number("7"), number("0")};
    struct kwh_flows flows;
    struct kwh_decimal value;

    (void)context;
    assert_int_equal(kwh_flows_init(&flows, &phase, 1), KWH_OK);
    for (unsigned i = 1; i < COUNT_OF(totals); i++) {
        CHECK(kwh_combine((enum kwh_combination)i, KWH_COMBINED_TOTAL, &flows, &value) == KWH_OK,
              i);
        assert_number(value, totals[i]);
        CHECK(kwh_combine((enum kwh_combination)i, KWH_COMBINED_REVERSE, &flows, &value) == KWH_OK,
              i);
        assert_number(value, "0");
    }
}

/* From registers alone: what needs the vector sum cannot be had; the total can. */
static void test_registers_do_not_determine_the_vector_sum(void **context)
{
    const struct kwh_flow phases[] = {
        {number("5"), number("0")}, {number("5"), number("0")}, {number("0"), number("12")}};
    static const struct {
        enum kwh_combination combination;
        enum kwh_error errors[5];
    } rows[] = {
        {KWH_COMBINATION_FORWARD_MINUS_REVERSE_VECTOR,
         {KWH_OK, KWH_ERROR_UNDETERMINED, KWH_ERROR_UNDETERMINED, KWH_ERROR_UNDETERMINED,
          KWH_ERROR_UNDETERMINED}},
        {KWH_COMBINATION_FORWARD_MINUS_REVERSE_VECTOR_PULSE,
         {KWH_OK, KWH_OK, KWH_OK, KWH_ERROR_UNDETERMINED, KWH_ERROR_UNDETERMINED}},
        {KWH_COMBINATION_FORWARD_MINUS_REVERSE, {KWH_OK, KWH_OK, KWH_OK, KWH_OK, KWH_OK}},
    };
    struct kwh_flows flows;
    struct kwh_decimal value;

    (void)context;
    assert_int_equal(kwh_flows_init(&flows, phases, 3), KWH_OK);
    assert_false(flows.vector_known);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        for (unsigned which = 0; which < 5; which++) {
            value = kwh_decimal(1, 0);
            CHECK(kwh_combine(rows[i].combination, (enum kwh_combined)which, &flows, &value) ==
                      rows[i].errors[which],
                  i);
            if (rows[i].errors[which] != KWH_OK)
                assert_number(value, "0");
        }
    }
    assert_int_equal(kwh_combine(KWH_COMBINATION_FORWARD_MINUS_REVERSE_VECTOR, KWH_COMBINED_TOTAL,
                                 &flows, &value),
                     KWH_OK);
    assert_number(value, "-2");
    assert_int_equal(kwh_combine(KWH_COMBINATION_REVERSE_MINUS_FORWARD_LABEL, KWH_COMBINED_TOTAL,
                                 &flows, &value),
                     KWH_OK);
    assert_number(value, "2");
}

/* Where nothing can cancel out, the vector sum is that of the phases. */
static void test_vector_sums_that_registers_do_determine(void **context)
{
    static const struct {
        struct kwh_flow phases[3];
        size_t count;
        bool known;
    } rows[] = {
        {{{{7, 0}, {0, 0}}, {{5, 0}, {0, 0}}, {{1, 0}, {0, 0}}}, 3, true},  /* forward only */
        {{{{0, 0}, {7, 0}}, {{0, 0}, {5, 0}}, {{0, 0}, {1, 0}}}, 3, true},  /* reverse only */
        {{{{0, 0}, {0, 0}}, {{7, 0}, {5, 0}}, {{0, 0}, {0, 0}}}, 3, true},  /* one phase */
        {{{{7, 0}, {5, 0}}}, 1, true},                                      /* a PRO1 */
        {{{{0, 0}, {0, 0}}, {{0, 0}, {0, 0}}, {{0, 0}, {0, 0}}}, 3, true},  /* a new meter */
        {{{{7, 0}, {0, 0}}, {{0, 0}, {5, 0}}, {{0, 0}, {0, 0}}}, 3, false}, /* one each way */
        {{{{7, 0}, {1, 0}}, {{1, 0}, {0, 0}}, {{0, 0}, {0, 0}}}, 3, false},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_flows flows;
        CHECK(kwh_flows_init(&flows, rows[i].phases, rows[i].count) == KWH_OK, i);
        CHECK(flows.vector_known == rows[i].known, i);
        if (rows[i].known) {
            CHECK(kwh_decimal_compare(flows.vector.forward, flows.phases.forward) == 0, i);
            CHECK(kwh_decimal_compare(flows.vector.reverse, flows.phases.reverse) == 0, i);
        } else {
            assert_number(flows.vector.forward, "0");
            assert_number(flows.vector.reverse, "0");
        }
    }
}

/* The example telegram of the PRO1 manual is of a meter with code 5. */
static void test_pro1_example_telegram(void **context)
{
    const struct kwh_flow tariffs[] = {{number("1234.56"), number("2345.67")},
                                       {number("5678.90"), number("6789.01")}};
    static const char *const totals[] = {"3580.23", "12467.91", "16048.14"};
    struct kwh_flows flows[3];

    (void)context;
    assert_int_equal(kwh_flows_init(&flows[0], &tariffs[0], 1), KWH_OK);
    assert_int_equal(kwh_flows_init(&flows[1], &tariffs[1], 1), KWH_OK);
    assert_int_equal(kwh_flows_init(&flows[2], tariffs, 2), KWH_OK);
    for (size_t i = 0; i < 3; i++) {
        struct kwh_decimal total;
        assert_int_equal(kwh_combine(KWH_COMBINATION_FORWARD_PLUS_REVERSE, KWH_COMBINED_TOTAL,
                                     &flows[i], &total),
                         KWH_OK);
        assert_number(total, totals[i]);
    }
}

/* Code, name and combination, both ways; 0 is no code. */
static void test_codes_and_names(void **context)
{
    static const struct {
        enum kwh_combination combination;
        uint8_t codes[3];
        const char *name;
    } rows[] = {
        {KWH_COMBINATION_NONE, {0, 0, 0}, ""},
        {KWH_COMBINATION_FORWARD, {1, 1, 1}, "forward"},
        {KWH_COMBINATION_REVERSE, {4, 4, 2}, "reverse"},
        {KWH_COMBINATION_FORWARD_PLUS_REVERSE, {5, 5, 3}, "forward_plus_reverse"},
        {KWH_COMBINATION_REVERSE_MINUS_FORWARD, {6, 6, 0}, "reverse_minus_forward"},
        {KWH_COMBINATION_FORWARD_MINUS_REVERSE, {9, 9, 4}, "forward_minus_reverse"},
        {KWH_COMBINATION_FORWARD_MINUS_REVERSE_VECTOR, {10, 10, 5}, "forward_minus_reverse_vector"},
        {KWH_COMBINATION_FORWARD_MINUS_REVERSE_VECTOR_PULSE,
         {0, 11, 0},
         "forward_minus_reverse_vector_pulse"},
        {KWH_COMBINATION_REVERSE_MINUS_FORWARD_LABEL, {0, 0, 0}, "reverse_minus_forward_label"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum kwh_combination combination = KWH_COMBINATION_FORWARD;
        assert_string_equal(kwh_combination_name(rows[i].combination), rows[i].name);
        CHECK(kwh_combination_parse(rows[i].name, &combination) ==
                  (i == 0 ? KWH_ERROR_UNKNOWN_NAME : KWH_OK),
              i);
        CHECK(combination == rows[i].combination, i);
        for (unsigned family = 0; family < 3; family++) {
            uint8_t expected = rows[i].codes[family];
            uint8_t code = 99;
            CHECK(kwh_combination_code((enum kwh_combination_family)family, rows[i].combination,
                                       &code) == (expected == 0 ? KWH_ERROR_UNSUPPORTED : KWH_OK),
                  i);
            CHECK(code == expected, i);
            if (expected != 0) {
                CHECK(kwh_combination_from_code((enum kwh_combination_family)family, code,
                                                &combination) == KWH_OK,
                      i);
                CHECK(combination == rows[i].combination, i);
            }
        }
    }
}

static void test_codes_that_are_none(void **context)
{
    static const uint32_t pro[] = {0, 2, 3, 7, 8, 12, 0x10, 257, UINT32_MAX};
    static const uint32_t other[] = {0, 6, 9, 10, 11, 256 + 5};
    enum kwh_combination combination = KWH_COMBINATION_FORWARD;
    uint8_t code = 1;

    (void)context;
    for (size_t i = 0; i < COUNT_OF(pro); i++) {
        CHECK(kwh_combination_from_code(KWH_COMBINATION_PRO380, pro[i], &combination) ==
                  KWH_ERROR_UNSUPPORTED,
              i);
        CHECK(combination == KWH_COMBINATION_NONE, i);
    }
    for (size_t i = 0; i < COUNT_OF(other); i++)
        CHECK(kwh_combination_from_code(KWH_COMBINATION_2PU, other[i], &combination) ==
                  KWH_ERROR_UNSUPPORTED,
              i);
    assert_int_equal(kwh_combination_from_code((enum kwh_combination_family)3, 1, &combination),
                     KWH_ERROR_UNSUPPORTED);
    assert_int_equal(
        kwh_combination_code((enum kwh_combination_family)3, KWH_COMBINATION_FORWARD, &code),
        KWH_ERROR_UNSUPPORTED);
    assert_int_equal(code, 0);
    assert_int_equal(kwh_combination_code(KWH_COMBINATION_2PU, (enum kwh_combination)9, &code),
                     KWH_ERROR_UNSUPPORTED);
    assert_string_equal(kwh_combination_name((enum kwh_combination)9), "");
    assert_int_equal(kwh_combination_parse("forward_", &combination), KWH_ERROR_UNKNOWN_NAME);
    assert_int_equal(kwh_combination_parse("forwar", &combination), KWH_ERROR_UNKNOWN_NAME);
}

static void test_refuses(void **context)
{
    const struct kwh_flow negative = {{1, 0}, {-1, 0}};
    const struct kwh_flow large = {{INT64_MAX, 0}, {INT64_MAX, 0}};
    struct kwh_flows flows;
    struct kwh_decimal value = {1, 0};

    (void)context;
    assert_int_equal(kwh_flows_init(&flows, &negative, 1), KWH_ERROR_ARGUMENT);
    assert_false(flows.vector_known);
    assert_number(flows.phases.forward, "0");
    assert_int_equal(kwh_flows_init(&flows, &negative, 0), KWH_ERROR_ARGUMENT);

    assert_int_equal(kwh_flows_init(&flows, &large, 1), KWH_OK);
    assert_int_equal(kwh_combine(KWH_COMBINATION_NONE, KWH_COMBINED_TOTAL, &flows, &value),
                     KWH_ERROR_ARGUMENT);
    assert_number(value, "0");
    assert_int_equal(kwh_combine((enum kwh_combination)9, KWH_COMBINED_TOTAL, &flows, &value),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_combine(KWH_COMBINATION_FORWARD, (enum kwh_combined)5, &flows, &value),
                     KWH_ERROR_ARGUMENT);

    assert_int_equal(
        kwh_combine(KWH_COMBINATION_FORWARD_PLUS_REVERSE, KWH_COMBINED_TOTAL, &flows, &value),
        KWH_ERROR_OVERFLOW);
    assert_int_equal(
        kwh_combine(KWH_COMBINATION_REVERSE_MINUS_FORWARD, KWH_COMBINED_TOTAL, &flows, &value),
        KWH_ERROR_OVERFLOW);
    assert_number(value, "0");
    assert_int_equal(
        kwh_combine(KWH_COMBINATION_FORWARD_MINUS_REVERSE, KWH_COMBINED_TOTAL, &flows, &value),
        KWH_OK);
    assert_number(value, "0");

    kwh_flows_set_vector(&flows, negative);
    assert_int_equal(kwh_combine(KWH_COMBINATION_FORWARD_MINUS_REVERSE_VECTOR, KWH_COMBINED_REVERSE,
                                 &flows, &value),
                     KWH_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_of_the_pro380),
        cmocka_unit_test(test_codes_of_the_pro1),
        cmocka_unit_test(test_table_of_the_2pu),
        cmocka_unit_test(test_other_reading_of_code_6),
        cmocka_unit_test(test_patterns_of_power),
        cmocka_unit_test(test_vector_codes_both_ways),
        cmocka_unit_test(test_nothing_reverse),
        cmocka_unit_test(test_registers_do_not_determine_the_vector_sum),
        cmocka_unit_test(test_vector_sums_that_registers_do_determine),
        cmocka_unit_test(test_pro1_example_telegram),
        cmocka_unit_test(test_codes_and_names),
        cmocka_unit_test(test_codes_that_are_none),
        cmocka_unit_test(test_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
