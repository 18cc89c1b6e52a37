/* SPDX-License-Identifier: MIT */
/*
 * Readouts against a meter that follows a script: every request and answer is literal, every case
 * of a meter that refuses, falls silent or dies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/meter.h>
#include <kwh/modbus.h>

#include "script.h"

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    KWH_HOLDING(0x5002, FLOAT32, 1,    VOLTAGE_L1,           KWH_MANUAL),
    KWH_HOLDING(0x5004, FLOAT32, 1,    VOLTAGE_L2,           KWH_MANUAL),
    KWH_HOLDING(0x5006, FLOAT32, 1,    VOLTAGE_L3,           KWH_PUBLIC),
    KWH_HOLDING(0x5008, FLOAT32, 1,    FREQUENCY,            KWH_MANUAL),
    KWH_HOLDING(0x600C, FLOAT32, KILO, ACTIVE_ENERGY_IMPORT, KWH_MANUAL),
    KWH_INPUT(  0x0000, UINT16,  DECI, CURRENT_L1,           KWH_MANUAL),
};
/* clang-format on */
static KWH_CONST struct kwh_block blocks[] = {{.rows = rows, .count = KWH_COUNT(rows)}};
#define CONTENT .name = KWH_TEXT("test_meter"), .blocks = blocks, .block_count = 1
static KWH_CONST struct kwh_map map = {CONTENT};
static KWH_CONST struct kwh_map slow = {CONTENT, .answer_ms = 3000, .quiet_ms = 200};
static KWH_CONST struct kwh_map unhurried = {CONTENT, .answer_ms = 3000};
static KWH_CONST struct kwh_map mbus = {CONTENT, .protocol = KWH_PROTOCOL_MBUS};

static uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
static struct kwh_line line;
static struct kwh_meter meter;
static struct script script;
static struct kwh_plan plan;
static struct kwh_plan_entry entries[6];

static int start(void **state)
{
    (void)state;
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer), KWH_OK);
    assert_int_equal(kwh_meter_init(&meter, &line, &map, 1), KWH_OK);
    meter.dialogue.retries = 0;
    return 0;
}

#define PLAY(...)                                                                                  \
    static const struct scene scenes[] = {__VA_ARGS__};                                            \
    script_begin(&script, &line, scenes, KWH_COUNT(scenes))

static void plan_of(const uint32_t *quantities, size_t count)
{
    kwh_plan_init(&plan, &map, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    for (size_t i = 0; i < count; i++)
        assert_int_equal(kwh_plan_add(&plan, quantities[i]), KWH_OK);
    kwh_plan_make(&plan, NULL);
}

/* The four at 0x5002, which are one request, and the energy, which is another. */
static void plan_of_five(void)
{
    static const uint32_t quantities[] = {KWH_VOLTAGE_L1, KWH_VOLTAGE_L2, KWH_VOLTAGE_L3,
                                          KWH_FREQUENCY, KWH_ACTIVE_ENERGY_IMPORT};
    plan_of(quantities, KWH_COUNT(quantities));
}

/* The next reading is this one, `text` printed or the name of its status. */
static void next_is(uint32_t quantity, const char *text)
{
    struct kwh_reading reading;
    char printed[KWH_READING_TEXT];
    assert_true(kwh_meter_next(&meter, &reading));
    assert_int_equal(reading.quantity, quantity);
    if (kwh_reading_print(&reading, printed, sizeof printed) == KWH_OK)
        assert_string_equal(printed, text);
    else
        assert_string_equal(kwh_status_name((enum kwh_status)reading.status), text);
}

static void ends_with(enum kwh_error error)
{
    struct kwh_reading reading;
    assert_false(kwh_meter_next(&meter, &reading));
    assert_int_equal(meter.dialogue.error, error);
    assert_false(kwh_meter_next(&meter, &reading));
    assert_int_equal(meter.dialogue.error, error);
    script_end(&script);
}

/* What is known of the first failure, whatever was asked since. */
static void failed_at(enum kwh_error error, unsigned address, unsigned count, unsigned attempt)
{
    assert_int_equal(meter.failure.error, error);
    assert_int_equal(meter.failure.address, 1);
    assert_int_equal(meter.failure.function, 3);
    assert_int_equal(meter.failure.span_address, address);
    assert_int_equal(meter.failure.span_count, count);
    assert_int_equal(meter.failure.attempt, attempt);
}

static void reads_a_plan(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0008", "03 10 436A4CCD 43696666 436A6666 4247EB85"},
         {"01 03 600C 0002", "03 04 44A64F5C"}); /* 1330.48 kWh */
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "234.3");
    next_is(KWH_VOLTAGE_L2, "233.4");
    next_is(KWH_VOLTAGE_L3, "234.4");
    assert_int_equal(meter.reading.certainty, KWH_CERTAINTY_PUBLIC);
    assert_int_equal(script.next, 1); /* the second request waits until its value is wanted */
    next_is(KWH_FREQUENCY, "49.98");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
    ends_with(KWH_OK);
    assert_int_equal(meter.statistics.sent, 2);
    assert_int_equal(meter.statistics.ok, 2);
    assert_int_equal(meter.statistics.timeouts, 0);
    assert_int_equal(meter.statistics.latency_last_us, 20000);
}

static void reads_one_quantity(void **state)
{
    (void)state;
    struct kwh_reading reading;
    PLAY({"01 03 5004 0002", "03 04 43696666"}, {"01 04 0000 0001", "04 02 0031"},
         {"01 03 5008 0002", "03 04 7FC00000"}, {"01 03 5008 0002", "83 02"},
         {"01 03 5008 0002", "83 04"}, {"01 03 5008 0002", ""});
    assert_int_equal(kwh_meter_read_one(&meter, KWH_VOLTAGE_L2, &reading), KWH_OK);
    assert_int_equal(reading.decimal.mantissa, 2334);
    assert_int_equal(reading.decimal.exponent, -1);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_CURRENT_L1, &reading), KWH_OK);
    assert_int_equal(reading.decimal.mantissa, 49);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_FREQUENCY, &reading), KWH_ERROR_NO_VALUE);
    assert_int_equal(reading.status, KWH_STATUS_NAN);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_FREQUENCY, &reading),
                     KWH_ERROR_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(reading.status, KWH_STATUS_REFUSED);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_FREQUENCY, &reading),
                     KWH_ERROR_SERVER_DEVICE_FAILURE);
    assert_int_equal(reading.status, KWH_STATUS_REFUSED);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_FREQUENCY, &reading), KWH_ERROR_TIMEOUT);
    assert_int_equal(reading.status, KWH_STATUS_NO_ANSWER);
    assert_int_equal(reading.quantity, KWH_FREQUENCY);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_CURRENT_L3, &reading), KWH_ERROR_NOT_IN_MAP);
    assert_int_equal(reading.status, KWH_STATUS_NOT_AVAILABLE);
    script_end(&script);
    assert_false(kwh_meter_next(&meter, &reading)); /* nothing is left under way */
}

static void reads_quantities_in_the_order_asked(void **state)
{
    (void)state;
    static const uint32_t quantities[] = {KWH_FREQUENCY, KWH_CURRENT_L3, KWH_VOLTAGE_L1,
                                          KWH_FREQUENCY};
    struct kwh_reading readings[4];
    struct kwh_plan_entry memory[4];
    PLAY({"01 03 5002 0008", "03 10 436A4CCD 43696666 436A6666 4247EB85"},
         {"01 03 5008 0002", "03 04 4247EB85"});
    line.character_ns = 1145833; /* 9600 8E1: the hole is cheaper than a request */
    assert_int_equal(kwh_meter_read(&meter, quantities, 4, readings, memory), KWH_ERROR_NOT_IN_MAP);
    assert_int_equal(readings[0].decimal.mantissa, 4998);
    assert_int_equal(readings[1].status, KWH_STATUS_NOT_AVAILABLE);
    assert_int_equal(readings[1].quantity, KWH_CURRENT_L3);
    assert_int_equal(readings[2].decimal.mantissa, 2343);
    assert_int_equal(readings[3].decimal.mantissa, 4998);
    assert_int_equal(kwh_meter_read(&meter, quantities, 1, readings, memory), KWH_OK);
}

static void tells_which_quantities_are_missing(void **state)
{
    (void)state;
    static const uint32_t quantities[] = {KWH_ACTIVE_ENERGY_IMPORT, KWH_VOLTAGE_L1};
    struct kwh_reading readings[2];
    struct kwh_plan_entry memory[2];
    PLAY({"01 03 5002 0002", "03 04 FF800000"}, {"01 03 600C 0002", "03 04 44A64F5C"},
         {"01 03 5002 0002", ""}, {"01 03 600C 0002", ""});
    line.timing.latest_us = 0;
    assert_int_equal(kwh_meter_read(&meter, quantities, 2, readings, memory), KWH_ERROR_NO_VALUE);
    assert_int_equal(readings[0].status, KWH_STATUS_OK);
    assert_int_equal(readings[1].status, KWH_STATUS_INFINITE);
    assert_int_equal(kwh_meter_read(&meter, quantities, 2, readings, memory), KWH_ERROR_TIMEOUT);
    assert_int_equal(readings[0].status, KWH_STATUS_NO_ANSWER);
    assert_int_equal(readings[1].status, KWH_STATUS_NO_ANSWER);
    assert_int_equal(kwh_meter_read(&meter, quantities, 0, readings, memory), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_meter_read(&meter, quantities, 126, readings, memory), KWH_ERROR_ARGUMENT);
    script_end(&script);
}

/* The meter refuses any request with the third value in it. */
static void splits_what_is_refused_and_remembers(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0008", "83 02"}, {"01 03 5002 0004", "03 08 436A4CCD 43696666"},
         {"01 03 5006 0004", "83 03"}, {"01 03 5006 0002", "83 02"},
         {"01 03 5008 0002", "03 04 4247EB85"}, {"01 03 600C 0002", "03 04 44A64F5C"},
         /* the second readout */
         {"01 03 5002 0004", "03 08 436A4CCD 43696666"}, {"01 03 5008 0002", "03 04 4247EB85"},
         {"01 03 600C 0002", "03 04 44A64F5C"});
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "234.3");
    next_is(KWH_VOLTAGE_L2, "233.4");
    next_is(KWH_VOLTAGE_L3, "refused");
    assert_int_equal(kwh_line_failure(&line)->error, KWH_ERROR_ILLEGAL_DATA_ADDRESS);
    assert_int_equal(kwh_line_failure(&line)->span_address, 0x5006);
    next_is(KWH_FREQUENCY, "49.98");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
    struct kwh_reading reading;
    assert_false(kwh_meter_next(&meter, &reading));
    assert_int_equal(meter.dialogue.error, KWH_ERROR_ILLEGAL_DATA_ADDRESS);
    failed_at(KWH_ERROR_ILLEGAL_DATA_ADDRESS, 0x5006, 2, 1);
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "234.3");
    next_is(KWH_VOLTAGE_L2, "233.4");
    next_is(KWH_VOLTAGE_L3, "refused");
    next_is(KWH_FREQUENCY, "49.98");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
    ends_with(KWH_ERROR_REFUSED);
    failed_at(KWH_ERROR_REFUSED, 0x5006, 2, 0);
    assert_int_equal(meter.statistics.exceptions, 3);
}

/* Splitting alone is no failure. */
static void forgives_a_split(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0008", "83 03"}, {"01 03 5002 0004", "03 08 436A4CCD 43696666"},
         {"01 03 5006 0004", "03 08 436A6666 4247EB85"}, {"01 03 600C 0002", "03 04 44A64F5C"});
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "234.3");
    next_is(KWH_VOLTAGE_L2, "233.4");
    next_is(KWH_VOLTAGE_L3, "234.4");
    next_is(KWH_FREQUENCY, "49.98");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
    ends_with(KWH_OK);
    assert_int_equal(meter.failure.error, KWH_OK);
}

/* Other exceptions are about the moment, not about the request: nothing is split. */
static void takes_other_exceptions_as_they_are(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0008", "83 06"}, {"01 03 600C 0002", "03 04 44A64F5C"});
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "refused");
    next_is(KWH_VOLTAGE_L2, "refused");
    next_is(KWH_VOLTAGE_L3, "refused");
    next_is(KWH_FREQUENCY, "refused");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
    ends_with(KWH_ERROR_SERVER_DEVICE_BUSY);
    failed_at(KWH_ERROR_SERVER_DEVICE_BUSY, 0x5002, 8, 1);
}

/* Silence on a long request, while a short one is answered: split and remembered. */
static void splits_what_is_too_long_for_an_answer(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0008", ""}, {"01 03 5002 0002", "03 04 436A4CCD"},
         {"01 03 5002 0004", "03 08 436A4CCD 43696666"},
         {"01 03 5006 0004", "03 08 436A6666 4247EB85"}, {"01 03 600C 0002", "03 04 44A64F5C"},
         /* the second readout */
         {"01 03 5002 0004", "03 08 436A4CCD 43696666"},
         {"01 03 5006 0004", "03 08 436A6666 4247EB85"}, {"01 03 600C 0002", "03 04 44A64F5C"});
    plan_of_five();
    struct kwh_reading reading;
    for (int readout = 0; readout < 2; readout++) {
        kwh_meter_begin(&meter, &plan);
        next_is(KWH_VOLTAGE_L1, "234.3");
        next_is(KWH_VOLTAGE_L2, "233.4");
        next_is(KWH_VOLTAGE_L3, "234.4");
        next_is(KWH_FREQUENCY, "49.98");
        next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
        assert_false(kwh_meter_next(&meter, &reading));
        assert_int_equal(meter.dialogue.error, KWH_OK);
        assert_int_equal(meter.failure.error, KWH_OK);
    }
    script_end(&script);
    assert_int_equal(meter.statistics.timeouts, 1);
}

/* The value to try is one that was answered before: the first of the request may be the silent one.
 */
static void tries_a_value_that_was_answered(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0008", "83 02"}, {"01 03 5002 0004", "03 08 436A4CCD 43696666"},
         {"01 03 5006 0004", ""}, {"01 03 5002 0002", "03 04 436A4CCD"}, {"01 03 5006 0002", ""},
         {"01 03 5008 0002", "03 04 4247EB85"}, {"01 03 600C 0002", "03 04 44A64F5C"});
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "234.3");
    next_is(KWH_VOLTAGE_L2, "233.4");
    next_is(KWH_VOLTAGE_L3, "no_answer");
    next_is(KWH_FREQUENCY, "49.98");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
    ends_with(KWH_ERROR_TIMEOUT);
}

static void gives_up_a_dead_meter(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0008", ""}, {"01 03 5002 0002", ""}, /* and again, nothing split */
         {"01 03 5002 0008", "03 10 436A4CCD 43696666 436A6666 4247EB85"},
         {"01 03 600C 0002", "03 04 44A64F5C"});
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "no_answer");
    assert_int_equal(script.next, 2);
    assert_int_equal(kwh_line_failure(&line)->error, KWH_ERROR_TIMEOUT);
    assert_int_equal(kwh_line_failure(&line)->address, 1);
    next_is(KWH_VOLTAGE_L2, "no_answer");
    next_is(KWH_VOLTAGE_L3, "no_answer");
    next_is(KWH_FREQUENCY, "no_answer");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "no_answer");
    struct kwh_reading reading;
    assert_false(kwh_meter_next(&meter, &reading));
    assert_int_equal(meter.dialogue.error, KWH_ERROR_TIMEOUT);
    failed_at(KWH_ERROR_TIMEOUT, 0x5002, 8, 1); /* not the probe */
    assert_int_equal(script.next, 2);
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "234.3");
    next_is(KWH_VOLTAGE_L2, "233.4");
    next_is(KWH_VOLTAGE_L3, "234.4");
    next_is(KWH_FREQUENCY, "49.98");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
    ends_with(KWH_OK);
}

/* It dies in the middle of a readout: what came before stays. */
static void keeps_what_came_before_it_died(void **state)
{
    (void)state;
    static const uint32_t quantities[] = {KWH_VOLTAGE_L1, KWH_ACTIVE_ENERGY_IMPORT, KWH_CURRENT_L1};
    PLAY({"01 03 5002 0002", "03 04 436A4CCD"}, {"01 03 600C 0002", ""}, {"01 04 0000 0001", ""});
    plan_of(quantities, 3);
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "234.3");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "no_answer");
    next_is(KWH_CURRENT_L1, "no_answer");
    ends_with(KWH_ERROR_TIMEOUT);
}

/* Two silent requests in a row, and the third is not asked. */
static void asks_no_third_time(void **state)
{
    (void)state;
    static const uint32_t few[] = {KWH_VOLTAGE_L1, KWH_ACTIVE_ENERGY_IMPORT, KWH_CURRENT_L1};
    PLAY({"01 03 5002 0002", ""}, {"01 03 600C 0002", ""});
    plan_of(few, 3);
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "no_answer");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "no_answer");
    next_is(KWH_CURRENT_L1, "no_answer");
    ends_with(KWH_ERROR_TIMEOUT);
}

/* One that is lost is not two in a row. */
static void goes_on_after_one_silence(void **state)
{
    (void)state;
    static const uint32_t quantities[] = {KWH_VOLTAGE_L1, KWH_ACTIVE_ENERGY_IMPORT, KWH_CURRENT_L1};
    PLAY({"01 03 5002 0002", ""}, {"01 03 600C 0002", "03 04 44A64F5C"}, {"01 04 0000 0001", ""});
    plan_of(quantities, 3);
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "no_answer");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
    next_is(KWH_CURRENT_L1, "no_answer");
    ends_with(KWH_ERROR_TIMEOUT);
}

/* A gateway that says that the meter is silent is a silence. */
static void takes_a_gateway_at_its_word(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0008", "83 0B"}, {"01 03 5002 0002", "83 0B"});
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "no_answer");
    next_is(KWH_VOLTAGE_L2, "no_answer");
    next_is(KWH_VOLTAGE_L3, "no_answer");
    next_is(KWH_FREQUENCY, "no_answer");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "no_answer");
    ends_with(KWH_ERROR_GATEWAY_TARGET);
}

static void asks_again_after_a_damaged_answer(void **state)
{
    (void)state;
    struct kwh_reading reading;
    PLAY({"01 03 5002 0002", "! 01 03 04 43 6A 4C CD FF FF"}, {"01 03 5002 0002", ""},
         {"01 03 5002 0002", "03 04 436A4CCD"});
    meter.dialogue.retries = 2;
    assert_int_equal(kwh_meter_read_one(&meter, KWH_VOLTAGE_L1, &reading), KWH_OK);
    script_end(&script);
    assert_int_equal(meter.statistics.sent, 3);
    assert_int_equal(meter.statistics.retries, 2);
    assert_int_equal(meter.statistics.bad_crc, 1);
    assert_int_equal(meter.statistics.timeouts, 2);
    assert_int_equal(meter.statistics.ok, 1);
}

static void stops_when_the_port_fails(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0008", "03 10 436A4CCD 43696666 436A6666 4247EB85"});
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "234.3");
    next_is(KWH_VOLTAGE_L2, "233.4");
    next_is(KWH_VOLTAGE_L3, "234.4");
    next_is(KWH_FREQUENCY, "49.98");
    script.unplugged = true;
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "no_answer");
    ends_with(KWH_ERROR_IO);
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "no_answer");
    assert_int_equal(script.attempts, 3); /* a port that failed is not asked again */
}

/* 24 bytes hold a request of 8 and an answer with 4 registers, 13, but none with 8. */
static void splits_for_a_small_buffer(void **state)
{
    (void)state;
    PLAY({"01 03 5002 0004", "03 08 436A4CCD 43696666"},
         {"01 03 5006 0004", "03 08 436A6666 4247EB85"}, {"01 03 600C 0002", "03 04 44A64F5C"});
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, 24), KWH_OK);
    line.backend = &script.backend;
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    next_is(KWH_VOLTAGE_L1, "234.3");
    next_is(KWH_VOLTAGE_L2, "233.4");
    next_is(KWH_VOLTAGE_L3, "234.4");
    next_is(KWH_FREQUENCY, "49.98");
    next_is(KWH_ACTIVE_ENERGY_IMPORT, "1330480");
    ends_with(KWH_OK);
}

/* The times of its map are this meter's alone. */
static void takes_the_times_of_its_map(void **state)
{
    (void)state;
    struct kwh_meter other;
    struct kwh_reading reading;
    PLAY({"01 03 5002 0002", "03 04 436A4CCD"}, {"01 03 5002 0002", "03 04 436A4CCD"},
         {"02 03 5002 0002", "03 04 436A4CCD"}, {"01 03 5002 0002", ""}, {"02 03 5002 0002", ""});
    assert_int_equal(kwh_meter_init(&meter, &line, &slow, 1), KWH_OK);
    assert_int_equal(kwh_meter_init(&other, &line, &map, 2), KWH_OK);
    meter.dialogue.retries = other.dialogue.retries = 0;
    assert_int_equal(kwh_meter_read_one(&meter, KWH_VOLTAGE_L1, &reading), KWH_OK);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_VOLTAGE_L1, &reading), KWH_OK);
    assert_in_range(script.gap_us, 200000, 200010);
    assert_int_equal(kwh_meter_read_one(&other, KWH_VOLTAGE_L1, &reading), KWH_OK);
    assert_in_range(script.gap_us, 0, 10);
    uint32_t began_us = script.now_us;
    assert_int_equal(kwh_meter_read_one(&meter, KWH_VOLTAGE_L1, &reading), KWH_ERROR_TIMEOUT);
    assert_in_range(script.now_us - began_us, 3200000, 3200010);
    began_us = script.now_us;
    assert_int_equal(kwh_meter_read_one(&other, KWH_VOLTAGE_L1, &reading), KWH_ERROR_TIMEOUT);
    assert_in_range(script.now_us - began_us, 1000000, 1000010);
    script_end(&script);
}

/* What a person asked for wins over what the map asks for. */
static void takes_the_timeout_and_retries_of_its_line(void **state)
{
    (void)state;
    struct kwh_reading reading;
    PLAY({"01 03 5002 0002", ""}, {"01 03 5002 0002", ""});
    line.timing.answer_us = 300000;
    line.timeout_given = true;
    line.retries = 1;
    assert_int_equal(kwh_meter_init(&meter, &line, &unhurried, 1), KWH_OK);
    uint32_t began_us = script.now_us;
    assert_int_equal(kwh_meter_read_one(&meter, KWH_VOLTAGE_L1, &reading), KWH_ERROR_TIMEOUT);
    assert_in_range(script.now_us - began_us, 600000, 610000);
    assert_int_equal(meter.statistics.retries, 1);
    script_end(&script);
}

/* Without a backend, with a clock that stands still until it is moved. */
static void is_driven_step_by_step(void **state)
{
    (void)state;
    static const uint32_t quantities[] = {KWH_VOLTAGE_L1};
    struct kwh_step step;
    uint8_t expected[8], answer[9];
    script_append_crc(expected, hex("01 03 5002 0002", expected, 6));
    script_append_crc(answer, hex("01 03 04 436A4CCD", answer, 7));
    plan_of(quantities, 1);
    kwh_meter_begin(&meter, &plan);

    uint32_t now_us = UINT32_C(0xFFFFFF00); /* the clock wraps on the way */
    for (int i = 0; i < 3; i++) {
        kwh_dialogue_step(&meter.dialogue, &line, now_us, &step);
        if (step.action == KWH_ACTION_SEND)
            break;
        assert_int_equal(step.action, KWH_ACTION_RECEIVE); /* what the driver still has */
        assert_int_equal(step.until_us, now_us);
    }
    assert_int_equal(step.action, KWH_ACTION_SEND);
    assert_int_equal(step.count, 8);
    assert_memory_equal(step.bytes, expected, 8);
    kwh_line_sent(&line, 5, now_us);
    kwh_dialogue_step(&meter.dialogue, &line, now_us, &step);
    assert_int_equal(step.action, KWH_ACTION_SEND);
    assert_int_equal(step.count, 3);
    now_us += 1000;
    kwh_line_sent(&line, 3, now_us);

    kwh_dialogue_step(&meter.dialogue, &line, now_us, &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    assert_int_equal(step.until_us, now_us + 1000001); /* one tick on top */
    assert_true(step.capacity >= 9);
    now_us += 30000;
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(step.action, KWH_ACTION_RECEIVE);
        step.room[0] = answer[i];
        kwh_line_got(&line, 1, now_us);
        kwh_dialogue_step(&meter.dialogue, &line, now_us, &step);
    }
    assert_int_equal(step.action, KWH_ACTION_RESULT);
    assert_int_equal(meter.reading.decimal.mantissa, 2343);
    kwh_dialogue_step(&meter.dialogue, &line, now_us, &step);
    assert_int_equal(step.action, KWH_ACTION_FINISHED);
    assert_int_equal(meter.dialogue.error, KWH_OK);
    kwh_dialogue_step(&meter.dialogue, &line, now_us, &step);
    assert_int_equal(step.action, KWH_ACTION_FINISHED);
}

/* On a backend that is never waited for, as in an epoll loop. */
static void is_polled(void **state)
{
    (void)state;
    static const uint32_t quantities[] = {KWH_VOLTAGE_L1, KWH_ACTIVE_ENERGY_IMPORT};
    struct kwh_step step;
    PLAY({"01 03 5002 0002", "03 04 436A4CCD"}, {"01 03 600C 0002", ""});
    plan_of(quantities, 2);
    kwh_meter_begin(&meter, &plan);
    uint32_t began_us = script.now_us;
    assert_int_equal(kwh_dialogue_poll(&meter.dialogue, &line, &step), KWH_OK);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    assert_int_equal(step.until_us, began_us + 1000001);
    assert_int_equal(script.now_us, began_us);
    script.now_us += 19999;
    assert_int_equal(kwh_dialogue_poll(&meter.dialogue, &line, &step), KWH_OK);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    script.now_us += 1;
    assert_int_equal(kwh_dialogue_poll(&meter.dialogue, &line, &step), KWH_OK);
    assert_int_equal(step.action, KWH_ACTION_RESULT);
    assert_int_equal(meter.reading.decimal.mantissa, 2343);
    assert_int_equal(kwh_dialogue_poll(&meter.dialogue, &line, &step), KWH_OK);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    script.now_us = step.until_us;
    assert_int_equal(kwh_dialogue_poll(&meter.dialogue, &line, &step), KWH_OK);
    assert_int_equal(step.action, KWH_ACTION_RESULT);
    assert_int_equal(meter.reading.status, KWH_STATUS_NO_ANSWER);
    assert_int_equal(kwh_dialogue_poll(&meter.dialogue, &line, &step), KWH_OK);
    assert_int_equal(step.action, KWH_ACTION_FINISHED);
    assert_int_equal(meter.dialogue.error, KWH_ERROR_TIMEOUT);
    line.backend = NULL;
    assert_int_equal(kwh_dialogue_poll(&meter.dialogue, &line, &step), KWH_ERROR_NO_BACKEND);
}

static unsigned fetches;

static enum kwh_error receive_without_end(void *context, uint8_t *room, size_t capacity,
                                          uint32_t until_us, size_t *got)
{
    (void)context;
    (void)until_us;
    if (++fetches > 100)
        fail_msg("it never comes back");
    memset(room, 0x55, capacity);
    *got = capacity;
    return KWH_OK;
}

static uint32_t stopped_clock(void *context)
{
    (void)context;
    return 0;
}

static enum kwh_error send_all(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    (void)context;
    (void)bytes;
    *sent = count;
    return KWH_OK;
}

/* Other lines of the same loop must not wait for one that never falls silent. */
static void comes_back_from_a_flood(void **state)
{
    (void)state;
    static const uint32_t quantities[] = {KWH_VOLTAGE_L1};
    const struct kwh_backend flood = {
        .now_us = stopped_clock, .send = send_all, .receive = receive_without_end};
    struct kwh_step step;
    line.backend = &flood;
    fetches = 0;
    plan_of(quantities, 1);
    kwh_meter_begin(&meter, &plan);
    assert_int_equal(kwh_dialogue_poll(&meter.dialogue, &line, &step), KWH_OK);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
}

static void needs_a_backend_for_blocking_calls(void **state)
{
    (void)state;
    struct kwh_reading reading;
    plan_of_five();
    kwh_meter_begin(&meter, &plan);
    assert_false(kwh_meter_next(&meter, &reading));
    assert_int_equal(meter.dialogue.error, KWH_ERROR_NO_BACKEND);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_VOLTAGE_L1, &reading), KWH_ERROR_NO_BACKEND);
    assert_int_equal(reading.status, KWH_STATUS_NO_ANSWER);
}

static void refuses_a_map_of_another_protocol(void **state)
{
    (void)state;
    assert_int_equal(kwh_meter_init(&meter, &line, &mbus, 1), KWH_ERROR_UNSUPPORTED);
}

static void reads_an_empty_plan(void **state)
{
    (void)state;
    script_begin(&script, &line, NULL, 0);
    plan_of(NULL, 0);
    kwh_meter_begin(&meter, &plan);
    ends_with(KWH_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reads_a_plan, start),
        cmocka_unit_test_setup(reads_one_quantity, start),
        cmocka_unit_test_setup(reads_quantities_in_the_order_asked, start),
        cmocka_unit_test_setup(tells_which_quantities_are_missing, start),
        cmocka_unit_test_setup(splits_what_is_refused_and_remembers, start),
        cmocka_unit_test_setup(forgives_a_split, start),
        cmocka_unit_test_setup(takes_other_exceptions_as_they_are, start),
        cmocka_unit_test_setup(splits_what_is_too_long_for_an_answer, start),
        cmocka_unit_test_setup(tries_a_value_that_was_answered, start),
        cmocka_unit_test_setup(gives_up_a_dead_meter, start),
        cmocka_unit_test_setup(keeps_what_came_before_it_died, start),
        cmocka_unit_test_setup(asks_no_third_time, start),
        cmocka_unit_test_setup(goes_on_after_one_silence, start),
        cmocka_unit_test_setup(takes_a_gateway_at_its_word, start),
        cmocka_unit_test_setup(asks_again_after_a_damaged_answer, start),
        cmocka_unit_test_setup(stops_when_the_port_fails, start),
        cmocka_unit_test_setup(splits_for_a_small_buffer, start),
        cmocka_unit_test_setup(takes_the_times_of_its_map, start),
        cmocka_unit_test_setup(takes_the_timeout_and_retries_of_its_line, start),
        cmocka_unit_test_setup(is_driven_step_by_step, start),
        cmocka_unit_test_setup(is_polled, start),
        cmocka_unit_test_setup(comes_back_from_a_flood, start),
        cmocka_unit_test_setup(needs_a_backend_for_blocking_calls, start),
        cmocka_unit_test_setup(refuses_a_map_of_another_protocol, start),
        cmocka_unit_test_setup(reads_an_empty_plan, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
