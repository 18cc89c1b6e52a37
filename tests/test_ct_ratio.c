/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <kwh/ct_ratio.h>
#include <kwh/quantity.h>

#include "energy_check.h"

static void test_applies_the_ratio(void **context)
{
    static const struct {
        struct kwh_ct_ratio ratio;
        const char *secondary, *primary;
    } rows[] = {
        {{250, 5}, "4.05", "202.5"}, {{9995, 5}, "3.45", "6896.55"}, /* kW, the greatest ratio of a
                                                                        2PU */
        {{12000, 1}, "6", "72000"},  {{12000, 5}, "6", "14400"},     {{5, 5}, "-1.62", "-1.62"},
        {{1, 1}, "230.0", "230"},    {{1, 5}, "1", "0.2"},           {{32, 5}, "-0.01", "-0.064"},
        {{250, 5}, "0", "0"},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal primary;
        CHECK(kwh_ct_to_primary(rows[i].ratio, KWH_CT_SIDE_SECONDARY, number(rows[i].secondary),
                                &primary) == KWH_OK,
              i);
        CHECK(kwh_decimal_compare(primary, number(rows[i].primary)) == 0, i);
        /* What the meter has multiplied already stays as it is. */
        CHECK(kwh_ct_to_primary(rows[i].ratio, KWH_CT_SIDE_PRIMARY, number(rows[i].secondary),
                                &primary) == KWH_OK,
              i);
        CHECK(kwh_decimal_compare(primary, number(rows[i].secondary)) == 0, i);
    }
}

static void test_refuses(void **context)
{
    static const struct {
        struct kwh_ct_ratio ratio;
        enum kwh_ct_side side;
        struct kwh_decimal value;
        enum kwh_error error;
    } rows[] = {
        {{0, 5}, KWH_CT_SIDE_SECONDARY, {1, 0}, KWH_ERROR_ARGUMENT},
        {{250, 0}, KWH_CT_SIDE_SECONDARY, {1, 0}, KWH_ERROR_ARGUMENT},
        {{250, 2}, KWH_CT_SIDE_PRIMARY, {1, 0}, KWH_ERROR_ARGUMENT},
        {{250, 5}, KWH_CT_SIDE_UNKNOWN, {1, 0}, KWH_ERROR_UNDETERMINED},
        {{250, 5}, (enum kwh_ct_side)3, {1, 0}, KWH_ERROR_UNDETERMINED},
        {{2, 1}, KWH_CT_SIDE_SECONDARY, {INT64_MAX, 0}, KWH_ERROR_OVERFLOW},
        {{2, 1}, KWH_CT_SIDE_SECONDARY, {INT64_MAX / 2, 0}, KWH_OK},
        {{2, 1}, KWH_CT_SIDE_SECONDARY, {INT64_MIN / 2, 0}, KWH_OK},
        {{2, 1}, KWH_CT_SIDE_SECONDARY, {INT64_MIN / 2 - 1, 0}, KWH_ERROR_OVERFLOW},
        {{65535, 1}, KWH_CT_SIDE_SECONDARY, {INT64_MIN, 0}, KWH_ERROR_OVERFLOW},
        {{1, 5}, KWH_CT_SIDE_SECONDARY, {1, -128}, KWH_ERROR_OVERFLOW},
        {{5, 5}, KWH_CT_SIDE_SECONDARY, {1, -128}, KWH_OK},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal primary = {1, 1};
        CHECK(kwh_ct_to_primary(rows[i].ratio, rows[i].side, rows[i].value, &primary) ==
                  rows[i].error,
              i);
        CHECK((rows[i].error == KWH_OK) == (primary.mantissa != 0), i);
    }
}

static void test_sides(void **context)
{
    static const struct {
        enum kwh_ct_meter meter;
        uint32_t quantity, checksum;
        enum kwh_ct_side side;
    } rows[] = {
        /* 2PU: the old software multiplies nothing but energy, the new one all */
        {KWH_CT_METER_2PU, KWH_ACTIVE_POWER, 0x22291973, KWH_CT_SIDE_SECONDARY},
        {KWH_CT_METER_2PU, KWH_REACTIVE_POWER_L2, 0x22291973, KWH_CT_SIDE_SECONDARY},
        {KWH_CT_METER_2PU, KWH_APPARENT_POWER_L3, 0x22291973, KWH_CT_SIDE_SECONDARY},
        {KWH_CT_METER_2PU, KWH_CURRENT_L1, 0x22291973, KWH_CT_SIDE_SECONDARY},
        {KWH_CT_METER_2PU, KWH_ACTIVE_ENERGY_IMPORT, 0x22291973, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_2PU, KWH_REACTIVE_ENERGY_IMPORT, 0x22291973, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_2PU, KWH_VOLTAGE_L1, 0x22291973, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_2PU, KWH_FREQUENCY, 0x22291973, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_2PU, KWH_ACTIVE_POWER, 0x12345678, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_2PU, KWH_CURRENT_L1, 0x12345678, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_2PU, KWH_CURRENT_L1, 0, KWH_CT_SIDE_UNKNOWN},
        {KWH_CT_METER_2PU, KWH_ACTIVE_ENERGY_IMPORT, 0, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_COUNTIS, KWH_CURRENT_L1, 0x22291973, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_COUNTIS, KWH_CURRENT_L1_SECONDARY, 0, KWH_CT_SIDE_SECONDARY},
        {KWH_CT_METER_COUNTIS, KWH_ACTIVE_POWER_SECONDARY, 0, KWH_CT_SIDE_SECONDARY},
        {KWH_CT_METER_COUNTIS, KWH_ACTIVE_ENERGY_EXPORT, 0, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_PRO380, KWH_ACTIVE_POWER, 0, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_PRO380, KWH_ACTIVE_ENERGY_IMPORT, 0, KWH_CT_SIDE_PRIMARY},
        {KWH_CT_METER_2PU, KWH_PULSE_RATE, 0x12345678, KWH_CT_SIDE_UNKNOWN},
        {KWH_CT_METER_PRO380, KWH_PULSE_RATE, 0, KWH_CT_SIDE_UNKNOWN},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(kwh_ct_side_of(rows[i].meter, rows[i].quantity, rows[i].checksum) == rows[i].side, i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_applies_the_ratio),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_sides),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
