/* SPDX-License-Identifier: MIT */
/* Settings of an M-Bus meter: what may be sent, what it takes, and that nothing else comes out. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/map_record.h>

#include "hex.h"

/* clang-format off */
static KWH_CONST struct kwh_record records[] = {
    KWH_RECORD(1, 1,     DEVICE_ADDRESS,     KWH_MANUAL | KWH_WRITE_ONLY, 0x01, 0x7A),
    KWH_RECORD(2, 1,     SERIAL_NUMBER,      KWH_MANUAL | KWH_WRITE_ONLY, 0x0C, 0x79),
    KWH_RECORD(3, 1,     COMBINATION_CODE,   KWH_MANUAL | KWH_WRITE_ONLY, 0x09, 0xFD, 0x3A),
    KWH_RECORD(4, CENTI, PULSE_RATE,         KWH_MANUAL | KWH_WRITE_ONLY, 0x0C, 0xFD, 0x3A),
    KWH_RECORD(5, 1,     TARIFF,             KWH_MANUAL,                  0x09, 0x7C, 0x01, 0x54),
    KWH_RECORD(6, 1,     POWER_DOWN_COUNTER, KWH_MANUAL | KWH_WRITE_ONLY, 0x0A, 0xFD, 0x60),
    KWH_RECORD(7, 1,     FREQUENCY,          KWH_MANUAL,                  0x03, 0xFB, 0x2C),
    KWH_RECORD(8, 1,     ERROR_CODE,         KWH_MANUAL,                  0x02, 0xFD, 0x17),
    KWH_RECORD(9, 1,     PRODUCT_NAME,       KWH_MANUAL,                  0x0D, 0xFD, 0x10),
    KWH_RECORD(10, 1,    DEMAND_PERIOD,      KWH_MANUAL,                  0x01, 0x71),
    KWH_RECORD_BAUD_RATE(11, KWH_MANUAL),
};
static KWH_CONST struct kwh_block blocks[] = {{.records = records, .count = KWH_COUNT(records)}};

static KWH_CONST struct kwh_choice codes[] = {
    {.code = 1, .word = KWH_TEXT("forward")},
    {.code = 10, .risk = KWH_RISK_IRREVERSIBLE, .word = KWH_TEXT("vector")},
};
static KWH_CONST struct kwh_choice rates[] = {{.code = 100}, {.code = 1, .exponent = -2}};
static KWH_CONST struct kwh_choice tariffs[] = {{.code = 1}, {.code = 3, .risk = KWH_RISK_IRREVERSIBLE}};
static KWH_CONST struct kwh_choice bauds[] = {{.code = 300}, {.code = 9600}, {.code = 19201}};
static KWH_CONST struct kwh_item items[] = {
    KWH_RANGE_ITEM(DEVICE_ADDRESS,     0x51, 0, 250, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(SERIAL_NUMBER,      0x51, 0, 99999999, KWH_RISK_LINK_CHANGE),
    KWH_CHOICE_ITEM(COMBINATION_CODE,  0x51, codes, 0),
    KWH_CHOICE_ITEM(PULSE_RATE,        0x51, rates, 0),
    KWH_CHOICE_ITEM(TARIFF,            0x51, tariffs, KWH_RISK_COUNTER_RESET),
    KWH_RANGE_ITEM(POWER_DOWN_COUNTER, 0x51, 0, 0, KWH_RISK_COUNTER_RESET),
    KWH_RANGE_ITEM(FREQUENCY,             0, 0, 60, 0),
    KWH_RANGE_ITEM(ERROR_CODE,         0x51, 0, 255, 0),
    KWH_RANGE_ITEM(PRODUCT_NAME,       0x51, 0, 0, 0),
    KWH_RANGE_ITEM(DEMAND_PERIOD,      0x51, 60, 100000, 0),
    KWH_CHOICE_ITEM(BAUD_RATE,         0xB8, bauds, KWH_RISK_LINK_CHANGE),
};
/* clang-format on */
static KWH_CONST struct kwh_map map = {
    .name = KWH_TEXT("made_up"),
    .blocks = blocks,
    .block_count = KWH_COUNT(blocks),
    .items = items,
    .item_count = KWH_COUNT(items),
    .protocol = KWH_PROTOCOL_MBUS,
};

#define ALL_RISKS (KWH_RISK_LINK_CHANGE | KWH_RISK_COUNTER_RESET | KWH_RISK_IRREVERSIBLE)

static struct kwh_record_write write;

static enum kwh_error write_reading(const struct kwh_reading *value, unsigned allowed)
{
    memset(&write, 0xA5, sizeof write);
    enum kwh_error error = kwh_record_write(&map, value->quantity, value, allowed, &write);
    if (error != KWH_OK) {
        static const struct kwh_record_write nothing;
        assert_memory_equal(&write, &nothing, sizeof write);
    }
    return error;
}

static enum kwh_error write_number(uint32_t quantity, int64_t mantissa, int8_t exponent,
                                   unsigned allowed)
{
    struct kwh_reading value;
    kwh_reading_init(&value, quantity, KWH_STATUS_OK);
    value.decimal = kwh_decimal(mantissa, exponent);
    return write_reading(&value, allowed);
}

static enum kwh_error write_digits(uint32_t quantity, uint64_t digits, unsigned allowed)
{
    struct kwh_reading value;
    kwh_reading_init(&value, quantity, KWH_STATUS_OK);
    value.digits = digits;
    value.length = 16;
    return write_reading(&value, allowed);
}

static void is_sent(enum kwh_error error, uint8_t ci, const char *expected)
{
    uint8_t bytes[32];
    size_t length = hex(expected, bytes, sizeof bytes);
    assert_string_equal(kwh_error_name(error), "ok");
    assert_int_equal(write.ci, ci);
    assert_int_equal(write.size, length);
    assert_memory_equal(write.data, bytes, length);
}

static void values_of_the_map_are_sent(void **state)
{
    (void)state;
    is_sent(write_number(KWH_DEVICE_ADDRESS, 250, 0, ALL_RISKS), 0x51, "01 7A FA");
    is_sent(write_digits(KWH_SERIAL_NUMBER, 0x15012345, ALL_RISKS), 0x51, "0C 79 45 23 01 15");
    is_sent(write_digits(KWH_SERIAL_NUMBER, 0x345, ALL_RISKS), 0x51, "0C 79 45 03 00 00");
    is_sent(write_number(KWH_COMBINATION_CODE, 1, 0, 0), 0x51, "09 FD 3A 01");
    is_sent(write_number(KWH_COMBINATION_CODE, 10, 0, ALL_RISKS), 0x51, "09 FD 3A 10");
    is_sent(write_number(KWH_PULSE_RATE, 100, 0, 0), 0x51, "0C FD 3A 00 00 01 00");
    is_sent(write_number(KWH_PULSE_RATE, 1, -2, 0), 0x51, "0C FD 3A 01 00 00 00");
    is_sent(write_number(KWH_TARIFF, 1, 0, ALL_RISKS), 0x51, "09 7C 01 54 01");
    is_sent(write_digits(KWH_ERROR_CODE, 0xFF, 0), 0x51, "02 FD 17 FF 00");
    is_sent(write_number(KWH_DEMAND_PERIOD, 900, 0, 0), 0x51, "01 71 0F");
}

static void a_speed_is_a_ci_field(void **state)
{
    (void)state;
    is_sent(write_number(KWH_BAUD_RATE, 9600, 0, KWH_RISK_LINK_CHANGE), 0xBD, "");
    is_sent(write_number(KWH_BAUD_RATE, 3, 2, KWH_RISK_LINK_CHANGE), 0xB8, "");
    assert_int_equal(write_number(KWH_BAUD_RATE, 2400, 0, ALL_RISKS), KWH_ERROR_ARGUMENT);
    assert_int_equal(write_number(KWH_BAUD_RATE, 19201, 0, ALL_RISKS), KWH_ERROR_ARGUMENT);
    assert_int_equal(write_number(KWH_BAUD_RATE, 9600, 0, 0), KWH_ERROR_RISK);
}

static void a_risk_must_be_allowed_by_its_name(void **state)
{
    (void)state;
    assert_int_equal(write_number(KWH_DEVICE_ADDRESS, 1, 0, 0), KWH_ERROR_RISK);
    assert_int_equal(
        write_number(KWH_DEVICE_ADDRESS, 1, 0, KWH_RISK_COUNTER_RESET | KWH_RISK_IRREVERSIBLE),
        KWH_ERROR_RISK);
    assert_int_equal(write_number(KWH_DEVICE_ADDRESS, 1, 0, KWH_RISK_LINK_CHANGE), KWH_OK);
    assert_int_equal(write_number(KWH_POWER_DOWN_COUNTER, 0, 0, KWH_RISK_LINK_CHANGE),
                     KWH_ERROR_RISK);
    is_sent(write_number(KWH_POWER_DOWN_COUNTER, 0, 0, KWH_RISK_COUNTER_RESET), 0x51,
            "0A FD 60 00 00");
    assert_int_equal(
        write_number(KWH_COMBINATION_CODE, 10, 0, KWH_RISK_LINK_CHANGE | KWH_RISK_COUNTER_RESET),
        KWH_ERROR_RISK);
    /* that of the item and that of the value */
    assert_int_equal(write_number(KWH_TARIFF, 3, 0, KWH_RISK_IRREVERSIBLE), KWH_ERROR_RISK);
    assert_int_equal(write_number(KWH_TARIFF, 3, 0, KWH_RISK_COUNTER_RESET), KWH_ERROR_RISK);
    assert_int_equal(write_number(KWH_TARIFF, 3, 0, ALL_RISKS), KWH_OK);
}

static void a_word_is_the_value(void **state)
{
    static KWH_CONST char vector[] = "vector", reverse[] = "reverse";
    struct kwh_reading value;
    (void)state;
    kwh_reading_init(&value, KWH_COMBINATION_CODE, KWH_STATUS_OK);
    value.word = vector; /* whatever code another meter has for it */
    value.decimal = kwh_decimal(1, 0);
    assert_int_equal(write_reading(&value, 0), KWH_ERROR_RISK);
    is_sent(write_reading(&value, KWH_RISK_IRREVERSIBLE), 0x51, "09 FD 3A 10");
    value.word = reverse;
    assert_int_equal(write_reading(&value, ALL_RISKS), KWH_ERROR_ARGUMENT);
}

static void other_values_are_refused(void **state)
{
    static const struct {
        uint32_t quantity;
        int64_t mantissa;
        int8_t exponent;
    } values[] = {
        {KWH_DEVICE_ADDRESS, 251, 0},
        {KWH_DEVICE_ADDRESS, -1, 0},
        {KWH_DEVICE_ADDRESS, 15, -1}, /* would be rounded */
        {KWH_COMBINATION_CODE, 5, 0},
        {KWH_COMBINATION_CODE, 16, 0},
        {KWH_PULSE_RATE, 10, 0},
        {KWH_PULSE_RATE, 1, -3},
        {KWH_TARIFF, 2, 0},
        {KWH_POWER_DOWN_COUNTER, 1, 0},
        {KWH_POWER_DOWN_COUNTER, 1, -1},
        {KWH_BAUD_RATE, 0, 0},
        {KWH_DEMAND_PERIOD, 90, 0},    /* not in minutes */
        {KWH_DEMAND_PERIOD, 90000, 0}, /* more than fits */
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(values); i++)
        assert_int_equal(
            write_number(values[i].quantity, values[i].mantissa, values[i].exponent, ALL_RISKS),
            KWH_ERROR_ARGUMENT);
    assert_int_equal(write_digits(KWH_SERIAL_NUMBER, 0x115012345, ALL_RISKS), KWH_ERROR_ARGUMENT);
    assert_int_equal(write_digits(KWH_SERIAL_NUMBER, 0xA, ALL_RISKS), KWH_ERROR_ARGUMENT);
    assert_int_equal(write_digits(KWH_ERROR_CODE, 0x100, ALL_RISKS), KWH_ERROR_ARGUMENT);
    assert_int_equal(write_digits(KWH_ERROR_CODE, UINT64_MAX, ALL_RISKS), KWH_ERROR_ARGUMENT);
    /* nobody can say which texts are allowed */
    assert_int_equal(write_digits(KWH_PRODUCT_NAME, 0, ALL_RISKS), KWH_ERROR_ARGUMENT);
}

static void readings_that_are_none_are_refused(void **state)
{
    struct kwh_reading value;
    (void)state;
    kwh_reading_init(&value, KWH_TARIFF, KWH_STATUS_NO_ANSWER);
    value.decimal = kwh_decimal(1, 0);
    assert_int_equal(write_reading(&value, ALL_RISKS), KWH_ERROR_ARGUMENT);
    value.status = KWH_STATUS_OK;
    assert_int_equal(write_reading(&value, ALL_RISKS), KWH_OK);
    value.form = KWH_FORM_CHOICE;
    assert_int_equal(write_reading(&value, ALL_RISKS), KWH_ERROR_ARGUMENT);
    value.form = KWH_FORM_DECIMAL;
    assert_int_equal(kwh_record_write(&map, KWH_DEVICE_ADDRESS, &value, ALL_RISKS, &write),
                     KWH_ERROR_ARGUMENT); /* of another quantity */
}

static void what_cannot_be_written_is_not_in_the_map(void **state)
{
    (void)state;
    assert_int_equal(write_number(KWH_FREQUENCY, 50, 0, ALL_RISKS), KWH_ERROR_NOT_IN_MAP);
    assert_int_equal(write_number(KWH_VOLTAGE_L1, 0, 0, ALL_RISKS), KWH_ERROR_NOT_IN_MAP);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_the_map_are_sent),
        cmocka_unit_test(a_speed_is_a_ci_field),
        cmocka_unit_test(a_risk_must_be_allowed_by_its_name),
        cmocka_unit_test(a_word_is_the_value),
        cmocka_unit_test(other_values_are_refused),
        cmocka_unit_test(readings_that_are_none_are_refused),
        cmocka_unit_test(what_cannot_be_written_is_not_in_the_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
