/* SPDX-License-Identifier: MIT */
/*
 * What goes wrong on real lines, one row each: what arrives after a request for two registers of
 * unit 1, and how the call must end. Then the call after it, which must be right whatever happened.
 */
#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ANSWER     "01 03 04 11 22 33 44 4B C6"
#define ANSWER_PDU "03 04 11 22 33 44"
#define REQUEST    "01 03 00 00 00 02 C4 0B"
#define STALE_TEN  "01 03 14 E0 E1 E2 E3 E4 E5 E6 E7 E8 E9 EA EB EC ED EE EF F0 F1 F2 F3 7E D3"
#define OTHER_UNIT "02 03 04 DE AD BE EF 52 D6"
#define A50                                                                                        \
    "5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A" \
    "5A5A5A5A"
#define REGISTERS125 "01 03 FA" A50 A50 A50 A50 A50 "D2 13"

struct scenario {
    const char *name;
    const char *buffered; /* there before the request */
    const char *arrives;  /* after it */
    enum kwh_error error;
};

static const struct scenario rtu[] = {
    {"clean", "", ANSWER, KWH_OK},
    {"one 00 before it", "", "00" ANSWER, KWH_OK},
    {"one FF before it", "", "FF" ANSWER, KWH_OK},
    {"own request echoed before it", "", REQUEST ANSWER, KWH_OK},
    {"glitch, echo, then ours", "", "00" REQUEST ANSWER, KWH_OK},
    {"stale longer reply already buffered", STALE_TEN, ANSWER, KWH_OK},
    {"stale reply of the same shape already buffered", "01 03 04 AA BB CC DD 3E 97", ANSWER,
     KWH_OK},
    {"late 10-register reply, then ours", "", STALE_TEN ANSWER, KWH_OK},
    {"other unit's reply, then ours", "", OTHER_UNIT ANSWER, KWH_OK},
    {"reply and 3 junk bytes", "", ANSWER "12 34 56", KWH_OK},
    {"half a frame, then ours", "", "01 03 04 11 22" ANSWER, KWH_OK},
    {"beginning of a long frame, then ours", "", "07 03 FA 01 02" ANSWER, KWH_OK},
    {"first byte doubled", "", "01" ANSWER, KWH_OK},
    {"beginning of a frame, ours, and a glitch", "", "02 03 30" ANSWER "00", KWH_OK},
    {"truncated reply of another, ours, glitch", "", "05 03 60 00 01 02 03" ANSWER "FF", KWH_OK},
    {"echo without its first byte, ours, glitch", "", "03 00 00 00 02 C4 0B" ANSWER "00", KWH_OK},
    {"corrupted count, ours, glitch", "", "01 03 44 11 22 33 44 4B C6" ANSWER "00", KWH_OK},
    {"nothing", "", "", KWH_ERROR_TIMEOUT},
    {"bad CRC", "", "01 03 04 11 22 33 44 4B C7", KWH_ERROR_BAD_CRC},
    {"truncated", "", "01 03 04 11 22 33 44", KWH_ERROR_NO_FRAME},
    {"bad count", "", "01 03 06 11 22 33 44 55 66 2A 18", KWH_ERROR_OTHER_ANSWER},
    {"only the echo", "", REQUEST, KWH_ERROR_ONLY_ECHO},
    {"only another unit", "", OTHER_UNIT, KWH_ERROR_OTHER_ADDRESS},
    {"only noise", "", "F8 F8 00 E0 1C FF", KWH_ERROR_NO_FRAME},
    {"exception 02", "", "01 83 02 C0 F1", KWH_ERROR_ILLEGAL_DATA_ADDRESS},
    {"exception 06", "", "01 83 06 C1 32", KWH_ERROR_SERVER_DEVICE_BUSY},
    {"exception 0B", "", "01 83 0B 00 F7", KWH_ERROR_GATEWAY_TARGET},
    {"echo, then exception 02", "", REQUEST "01 83 02 C0 F1", KWH_ERROR_ILLEGAL_DATA_ADDRESS},
    {"exception of another function", "", "01 84 02 C2 C1", KWH_ERROR_OTHER_ANSWER},
    {"125 registers for 2", "", REGISTERS125, KWH_ERROR_OTHER_ANSWER},
    {"125 registers for 2, then ours", "", REGISTERS125 ANSWER, KWH_OK},
};

/* The answer to the request that follows every scenario. */
#define NEXT     "01 03 04 AA BB CC DD 3E 97"
#define NEXT_PDU "03 04 AA BB CC DD"

static void ask(struct kwh_exchange *exchange, uint16_t address)
{
    assert_int_equal(kwh_modbus_read(exchange, 1, 3, address, 2), KWH_OK);
}

static void play(KWH_CONST struct kwh_framing *framing, const struct scenario *scenario,
                 uint32_t chunk, uint32_t tick_us, uint32_t epoch)
{
    struct wire wire;
    struct kwh_exchange first, next;
    uint8_t bytes[300];
    size_t count = hex(scenario->buffered, bytes, sizeof bytes);

    wire_open(&wire, framing, KWH_MODBUS_RTU_BUFFER, tick_us, epoch);
    wire.chunk = chunk;
    if (count != 0)
        wire_deliver(&wire, 0, bytes, count);
    wire_reply(&wire, 0, 20000, scenario->arrives);
    wire_reply(&wire, 1, 20000, NEXT);

    ask(&first, 0);
    if (wire_run(&wire, &first) != scenario->error)
        fail_msg("%s, chunks of %u: %s", scenario->name, (unsigned)chunk,
                 kwh_error_name(first.error));
    if (scenario->error == KWH_OK && !wire_answered(&wire, &first, ANSWER_PDU))
        fail_msg("%s: wrong data", scenario->name);
    assert_int_equal(wire.line.failure.error, scenario->error);
    if (scenario->error != KWH_OK) {
        assert_int_equal(wire.line.failure.span_address, 0);
        assert_int_equal(wire.line.failure.span_count, 2);
        assert_int_equal(wire.line.failure.address, 1);
        assert_int_equal(wire.line.failure.function, 3);
    }

    ask(&next, 0x10);
    if (wire_run(&wire, &next) != KWH_OK || !wire_answered(&wire, &next, NEXT_PDU))
        fail_msg("%s: the next call: %s", scenario->name, kwh_error_name(next.error));
    assert_int_equal(wire.requests, 2);
    wire_close(&wire);
}

static void rtu_scenarios_end_as_they_must(void **state)
{
    static const uint32_t ticks[] = {1, 1000, 10000};
    static const uint32_t epochs[] = {0, UINT32_C(0xFFFFFF00), UINT32_C(0x7FFF0000),
                                      UINT32_C(0xFFFB0000)};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(rtu); i++)
        for (size_t t = 0; t < KWH_COUNT(ticks); t++)
            for (size_t e = 0; e < KWH_COUNT(epochs); e++)
                for (uint32_t chunk = 0; chunk < 4; chunk++)
                    play(&kwh_modbus_rtu, &rtu[i], chunk, ticks[t], epochs[e]);
}

static void rtu_over_tcp_scenarios_end_as_they_must(void **state)
{
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(rtu); i++)
        for (uint32_t chunk = 0; chunk < 4; chunk++)
            play(&kwh_modbus_rtu_over_tcp, &rtu[i], chunk, 1, 0);
}

/* The first answer carries transaction id 1, the next 2. */
#define TCP_ANSWER "0001 0000 0007 01 03 04 11 22 33 44"
#define TCP_NEXT   "0002 0000 0007 01 03 04 AA BB CC DD"

static const struct scenario tcp[] = {
    {"clean", "", TCP_ANSWER, KWH_OK},
    {"stale id before it", "", "0000 0000 0007 01 03 04 DE AD BE EF" TCP_ANSWER, KWH_OK},
    {"one byte after a reply", "", TCP_ANSWER "00", KWH_OK},
    {"one byte before it", "", "FF" TCP_ANSWER, KWH_OK},
    {"another unit, then ours", "", "0001 0000 0007 09 03 04 DE AD BE EF" TCP_ANSWER, KWH_OK},
    {"reply of unit 9", "", "0001 0000 0007 09 03 04 DE AD BE EF", KWH_ERROR_OTHER_ADDRESS},
    {"length 255", "", "0001 0000 00FF 01 03 04 11 22 33 44", KWH_ERROR_NO_FRAME},
    {"length 0", "", "0001 0000 0000 01 03 04 11 22 33 44", KWH_ERROR_NO_FRAME},
    {"length 1", "", "0001 0000 0001 01 03 04 11 22 33 44", KWH_ERROR_NO_FRAME},
    {"length 65535", "", "0001 0000 FFFF 01 03 04 11 22 33 44", KWH_ERROR_NO_FRAME},
    {"length 3, byte count 250", "", "0001 0000 0003 01 03 FA", KWH_ERROR_OTHER_ANSWER},
    {"length too short for the count", "", "0001 0000 0005 01 03 04 11 22", KWH_ERROR_OTHER_ANSWER},
    {"protocol 1", "", "0001 0001 0007 01 03 04 11 22 33 44", KWH_ERROR_NO_FRAME},
    {"exception 02", "", "0001 0000 0003 01 83 02", KWH_ERROR_ILLEGAL_DATA_ADDRESS},
    {"exception with a tail", "", "0001 0000 0004 01 83 02 00", KWH_ERROR_OTHER_ANSWER},
    {"exception of another function", "", "0001 0000 0003 01 84 02", KWH_ERROR_OTHER_ANSWER},
    {"half a reply", "", "0001 0000 0007 01 03 04", KWH_ERROR_NO_FRAME},
    {"another function", "", "0001 0000 0007 01 04 04 11 22 33 44", KWH_ERROR_OTHER_ANSWER},
    {"nothing", "", "", KWH_ERROR_TIMEOUT},
};

static void tcp_scenarios_end_as_they_must(void **state)
{
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(tcp); i++) {
        for (uint32_t chunk = 0; chunk < 14; chunk++) {
            struct wire wire;
            struct kwh_exchange first, next;
            wire_open(&wire, &kwh_modbus_tcp, KWH_MODBUS_TCP_BUFFER, 1, 0);
            wire.chunk = chunk;
            wire_reply(&wire, 0, 1000, tcp[i].arrives);
            wire_reply(&wire, 1, 1000, TCP_NEXT);
            ask(&first, 0);
            if (wire_run(&wire, &first) != tcp[i].error)
                fail_msg("%s: %s", tcp[i].name, kwh_error_name(first.error));
            if (tcp[i].error == KWH_OK && !wire_answered(&wire, &first, ANSWER_PDU))
                fail_msg("%s: wrong data", tcp[i].name);
            ask(&next, 0x10);
            if (wire_run(&wire, &next) != KWH_OK || !wire_answered(&wire, &next, NEXT_PDU))
                fail_msg("%s: the next call: %s", tcp[i].name, kwh_error_name(next.error));
            wire_close(&wire);
        }
    }
}

/* libmodbus stays one answer behind for ever; here nothing but the late call is lost. */
static void a_late_tcp_reply_costs_one_call(void **state)
{
    struct wire wire;
    struct kwh_exchange exchange;
    (void)state;
    wire_open(&wire, &kwh_modbus_tcp, KWH_MODBUS_TCP_BUFFER, 1, 0);
    wire_reply(&wire, 0, 300000, "0001 0000 0007 01 03 04 DE AD BE EF");
    wire_reply(&wire, 1, 150000, "0002 0000 0007 01 03 04 11 22 33 44");
    wire_reply(&wire, 2, 1000, "0003 0000 0007 01 03 04 AA BB CC DD");
    ask(&exchange, 0);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
    ask(&exchange, 0);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_true(wire_answered(&wire, &exchange, ANSWER_PDU));
    ask(&exchange, 0x10);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_true(wire_answered(&wire, &exchange, NEXT_PDU));
    wire_close(&wire);
}

/* 01 03 04 00 00 02 C5 3B is the request; the answer 01 03 04 0000 02C5 begins with the same 8
 * bytes. */
static void an_answer_that_begins_like_its_echo_is_taken(void **state)
{
    (void)state;
    for (int echo = 0; echo < 2; echo++) {
        struct wire wire;
        struct kwh_exchange exchange;
        wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER, 1, 0);
        if (echo != 0)
            wire_reply(&wire, 0, 0, "01 03 04 00 00 02 C5 3B");
        wire_reply(&wire, 0, 30000, "01 03 04 00 00 02 C5 3B 00");
        assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x0400, 2), KWH_OK);
        assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
        assert_true(wire_answered(&wire, &exchange, "03 04 00 00 02 C5"));
        wire_close(&wire);
    }
}

/* Inside a frame of others a whole answer of ours proves nothing. */
static void an_answer_inside_a_frame_of_others_is_not_taken(void **state)
{
    struct wire wire;
    struct kwh_exchange exchange;
    (void)state;
    /* Unit 2 returns 5 registers whose bytes are a whole answer of unit 1 with DE AD BE EF. */
    wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER, 1, 0);
    wire_reply(&wire, 0, 20000, "02 03 0A 01 03 04 DE AD BE EF 61 D6 00 51 72");
    wire_reply(&wire, 0, 60000, ANSWER);
    ask(&exchange, 0);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_true(wire_answered(&wire, &exchange, ANSWER_PDU));
    wire_close(&wire);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(rtu_scenarios_end_as_they_must),
        cmocka_unit_test(rtu_over_tcp_scenarios_end_as_they_must),
        cmocka_unit_test(tcp_scenarios_end_as_they_must),
        cmocka_unit_test(a_late_tcp_reply_costs_one_call),
        cmocka_unit_test(an_answer_that_begins_like_its_echo_is_taken),
        cmocka_unit_test(an_answer_inside_a_frame_of_others_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
