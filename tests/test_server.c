/* SPDX-License-Identifier: MIT */
/* Which slave answers what: whole frames on a serial line and on TCP, as literal bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/server.h>

#include "hex.h"

/* clang-format off */
static KWH_CONST struct kwh_item items[] = {
    {.quantity = KWH_DISPLAY_CYCLE_TIME, .write_function = 6, .minimum = 1, .maximum = 30},
};
static KWH_CONST struct kwh_row rows[] = {
    KWH_HOLDING(0x4010, UINT16, 1, DISPLAY_CYCLE_TIME, KWH_MANUAL),
};
/* clang-format on */
static KWH_CONST struct kwh_block blocks[] = {{.rows = rows, .count = 1}};
static KWH_CONST struct kwh_map map = {
    .name = KWH_TEXT("test_meter"),
    .blocks = blocks,
    .block_count = 1,
    .items = items,
    .item_count = 1,
};

static enum kwh_error value(void *context, KWH_CONST struct kwh_row *row,
                            struct kwh_reading *reading)
{
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->decimal = kwh_decimal(*(const int64_t *)context, 0);
    return KWH_OK;
}

static enum kwh_error write_value(void *context, KWH_CONST struct kwh_row *row,
                                  const struct kwh_reading *reading)
{
    (void)row;
    *(int64_t *)context = reading->decimal.mantissa;
    return KWH_OK;
}

static int64_t cycle_times[2];
static struct kwh_slave slaves[2];
static struct kwh_server server;
static uint8_t buffer[KWH_RESPONDER_BUFFER];
static uint32_t now_us;

static int start(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        cycle_times[i] = 10 + (int64_t)i;
        slaves[i].map = &map;
        slaves[i].address = (uint8_t)(i == 0 ? 1 : 17);
        slaves[i].value = value;
        slaves[i].write = write_value;
        slaves[i].context = &cycle_times[i];
        memset(&slaves[i].line, 0, sizeof slaves[i].line);
    }
    now_us = UINT32_C(0xFFFFF000);
    return 0;
}

static void serve_on(KWH_CONST struct kwh_server_framing *framing, size_t count)
{
    assert_int_equal(kwh_server_init(&server, framing, buffer, sizeof buffer, slaves, count),
                     KWH_OK);
}

/* Sends a request, with silence before and after it; what comes back within a second is `answer`.
 */
static void expect(const char *request, const char *answer)
{
    uint8_t asked[300], wanted[300], got[300];
    size_t asked_length = hex(request, asked, sizeof asked);
    size_t wanted_length = hex(answer, wanted, sizeof wanted);
    size_t got_length = 0, told = 0;
    struct kwh_step step;

    for (int round = 0; round < 200; round++) {
        kwh_server_next(&server, now_us, &step);
        if (step.action == KWH_ACTION_SEND) {
            assert_true(step.count <= sizeof got - got_length);
            memcpy(got + got_length, step.bytes, step.count);
            got_length += step.count;
            kwh_responder_sent(&server.responder, step.count, now_us);
            continue;
        }
        assert_int_equal(step.action, KWH_ACTION_RECEIVE);
        if (round > 10 && told < asked_length) {
            size_t count = asked_length - told < step.capacity ? asked_length - told
                                                               : step.capacity;
            memcpy(step.room, asked + told, count);
            kwh_responder_got(&server.responder, count, now_us);
            told += count;
        } else {
            now_us += 10000;
        }
    }
    assert_int_equal(got_length, wanted_length);
    assert_memory_equal(got, wanted, wanted_length);
}

static void answers_for_each_slave(void **state)
{
    (void)state;
    serve_on(&kwh_modbus_rtu_server, 2);
    expect("01 03 4010 0001 900F", "01 03 02 000A 3843");
    expect("11 03 4010 0001 929F", "11 03 02 000B 3840");
    expect("11 06 4010 0014 9F50", "11 06 4010 0014 9F50");
    assert_int_equal(cycle_times[1], 20);
    assert_int_equal(cycle_times[0], 10);
    expect("01 03 4011 0001 C1CF", "01 83 02 C0F1");
}

static void is_silent_about_other_units(void **state)
{
    (void)state;
    serve_on(&kwh_modbus_rtu_server, 2);
    expect("02 03 4010 0001 903C", "");
    expect("01 03 4010 0001 900F", "01 03 02 000A 3843");
    expect("01 03 4010 0001 9010", ""); /* bad CRC */
    expect("01 03 4010 0001 900F", "01 03 02 000A 3843");
    assert_int_equal(server.responder.requests, 2);
}

static void does_broadcasts_on_all_and_answers_none(void **state)
{
    (void)state;
    serve_on(&kwh_modbus_rtu_server, 2);
    expect("00 06 4010 0005 5C1D", "");
    assert_int_equal(cycle_times[0], 5);
    assert_int_equal(cycle_times[1], 5);
    expect("00 03 4010 0001 91DE", "");
    expect("01 03 4010 0001 900F", "01 03 02 0005 7847");
}

static void serves_units_through_a_connection(void **state)
{
    (void)state;
    serve_on(&kwh_modbus_tcp_server, 2);
    expect("0001 0000 0006 01 03 4010 0001", "0001 0000 0005 01 03 02 000A");
    expect("0002 0000 0006 11 03 4010 0001", "0002 0000 0005 11 03 02 000B");
    expect("0003 0000 0006 02 03 4010 0001", "0003 0000 0003 02 83 0B");
    expect("0004 0000 0006 00 03 4010 0001", "0004 0000 0005 00 03 02 000A");
    expect("FFFF 0000 0006 FF 03 4010 0001", "FFFF 0000 0005 FF 03 02 000A");
    expect("0006 0000 0006 00 06 4010 0007", "0006 0000 0006 00 06 4010 0007");
    assert_int_equal(cycle_times[0], 7);
    assert_int_equal(cycle_times[1], 11); /* no broadcast here */
}

/* A slave that has unit 255 itself is meant before the first one. */
static void prefers_the_slave_of_the_unit(void **state)
{
    (void)state;
    slaves[1].address = 255;
    serve_on(&kwh_modbus_tcp_server, 2);
    expect("0001 0000 0006 FF 03 4010 0001", "0001 0000 0005 FF 03 02 000B");
    expect("0002 0000 0006 00 03 4010 0001", "0002 0000 0005 00 03 02 000A");
}

static void answers_requests_that_come_together(void **state)
{
    (void)state;
    serve_on(&kwh_modbus_tcp_server, 2);
    expect("0001 0000 0006 01 03 4010 0001 0002 0000 0006 11 03 4010 0001",
           "0001 0000 0005 01 03 02 000A 0002 0000 0005 11 03 02 000B");
}

static void serves_rtu_through_a_connection(void **state)
{
    (void)state;
    serve_on(&kwh_modbus_rtu_over_tcp_server, 2);
    expect("01 03 4010 0001 900F", "01 03 02 000A 3843");
    expect("02 03 4010 0001 903C", "");
    expect("00 06 4010 0005 5C1D", "");
    assert_int_equal(cycle_times[1], 5);
}

/* The slave whose display changes every 5 seconds is at address 5 and at 4800 Bd. */
static enum kwh_error move(void *context, KWH_CONST struct kwh_row *row,
                           const struct kwh_reading *reading)
{
    slaves[0].address = (uint8_t)reading->decimal.mantissa;
    slaves[0].line.baud = reading->decimal.mantissa == 5 ? 4800 : 0;
    return write_value(context, row, reading);
}

/* Sends bytes, then lets the server go on until it wants the port to be set. */
static const struct kwh_line_settings *settings_after(const char *request, size_t *sent)
{
    uint8_t asked[300];
    size_t length = hex(request, asked, sizeof asked);
    struct kwh_step step;
    bool told = false;

    *sent = 0;
    for (int round = 0; round < 200; round++) {
        kwh_server_next(&server, now_us, &step);
        if (step.action == KWH_ACTION_SETTINGS)
            return step.settings;
        if (step.action == KWH_ACTION_SEND) {
            *sent += step.count;
            kwh_responder_sent(&server.responder, step.count, now_us);
        } else if (!told) {
            told = true;
            memcpy(step.room, asked, length);
            kwh_responder_got(&server.responder, length, now_us);
        } else {
            now_us += 10000;
        }
    }
    return NULL;
}

static void a_write_moves_a_slave(void **state)
{
    size_t sent;
    (void)state;
    slaves[0].write = move;
    serve_on(&kwh_modbus_rtu_server, 2);
    const struct kwh_line_settings *settings = settings_after("01 06 4010 0005 5DCC", &sent);
    assert_non_null(settings);
    assert_int_equal(settings->baud, 4800);
    assert_int_equal(settings->parity, 0); /* as it was */
    assert_int_equal(sent, 8);             /* the answer has left at the old speed */
    expect("01 03 4010 0001 900F", "");
    expect("05 03 4010 0001 918B", "05 03 02 0005 8987");
    expect("11 03 4010 0001 929F", "11 03 02 000B 3840");
    server.heard.baud = 9600; /* which is noise to the one that has moved */
    expect("05 03 4010 0001 918B", "");
    expect("11 03 4010 0001 929F", "11 03 02 000B 3840");
    server.heard.baud = 4800;
    expect("05 03 4010 0001 918B", "05 03 02 0005 8987");
}

static void may_have_no_slave(void **state)
{
    (void)state;
    serve_on(&kwh_modbus_tcp_server, 0);
    expect("0001 0000 0006 00 03 4010 0001", "0001 0000 0003 00 83 0B");
    serve_on(&kwh_modbus_rtu_server, 0);
    expect("01 03 4010 0001 900F", "");
    assert_int_equal(kwh_server_init(&server, &kwh_modbus_rtu_server, buffer, 100, slaves, 2),
                     KWH_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(answers_for_each_slave, start),
        cmocka_unit_test_setup(is_silent_about_other_units, start),
        cmocka_unit_test_setup(does_broadcasts_on_all_and_answers_none, start),
        cmocka_unit_test_setup(serves_units_through_a_connection, start),
        cmocka_unit_test_setup(prefers_the_slave_of_the_unit, start),
        cmocka_unit_test_setup(answers_requests_that_come_together, start),
        cmocka_unit_test_setup(serves_rtu_through_a_connection, start),
        cmocka_unit_test_setup(a_write_moves_a_slave, start),
        cmocka_unit_test_setup(may_have_no_slave, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
