/* SPDX-License-Identifier: MIT */
/* The answering side: which bytes are a request to us, when it answers, when it stays silent. */
#include "answering.h"

#include <kwh/map.h>
#include <kwh/modbus.h>

static void begin(KWH_CONST struct kwh_server_framing *framing, uint32_t epoch)
{
    begin_at(framing, epoch, 0x11);
}

/* Sends all that is offered and checks that it is exactly this frame. */
static void assert_sends(const char *frame)
{
    uint8_t expected[300];
    size_t count = hex(frame, expected, sizeof expected);
    kwh_responder_next(&responder, now_us, &step);
    assert_int_equal(step.action, KWH_ACTION_SEND);
    assert_int_equal(step.count, count);
    assert_memory_equal(step.bytes, expected, count);
    kwh_responder_sent(&responder, 0, now_us);
    kwh_responder_sent(&responder, 1, now_us);
    kwh_responder_next(&responder, now_us, &step);
    assert_int_equal(step.action, KWH_ACTION_SEND);
    assert_int_equal(step.count, count - 1);
    kwh_responder_sent(&responder, SIZE_MAX, now_us);
    now_us += (uint32_t)count * 1146;
}

static void answer(const char *pdu)
{
    uint8_t bytes[300];
    size_t count = hex(pdu, bytes, sizeof bytes);
    assert_int_equal(kwh_responder_answer(&responder, bytes, count), KWH_OK);
}

#define REQUEST     "11 03 00 00 00 01 86 9A"
#define REQUEST_PDU "03 00 00 00 01"
#define ANSWER      "11 03 02 12 34 74 F0"
#define ANSWER_PDU  "03 02 12 34"

static void a_request_is_answered_after_silence(void **state)
{
    static const uint32_t epochs[] = {0, UINT32_C(0xFFFFF000), UINT32_C(0x7FFFF000)};
    (void)state;
    for (size_t e = 0; e < KWH_COUNT(epochs); e++)
        for (size_t chunk = 0; chunk < 9; chunk++) {
            begin(&kwh_modbus_rtu_server, epochs[e]);
            hear(REQUEST, chunk);
            assert_request(0x11, REQUEST_PDU);
            kwh_responder_next(&responder, now_us, &step);
            assert_request(0x11, REQUEST_PDU); /* reported until dealt with */
            answer(ANSWER_PDU);
            pass(0);
            assert_int_equal(step.action, KWH_ACTION_RECEIVE);
            assert_in_range(step.until_us - now_us, 4011, 4020);
            pass(4000);
            assert_int_equal(step.action, KWH_ACTION_RECEIVE);
            pass(20);
            assert_sends(ANSWER);
            pass(10000);
            hear(REQUEST, chunk);
            assert_request(0x11, REQUEST_PDU);
        }
}

/* No room was lent for them: what lies there is not theirs. */
static void bytes_behind_an_open_request_are_none(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    hear(REQUEST, 0);
    assert_request(0x11, REQUEST_PDU);
    (void)hex(REQUEST, buffer + 8, 8);
    kwh_responder_got(&responder, 8, now_us);
    assert_request(0x11, REQUEST_PDU);
    answer(ANSWER_PDU);
    pass(5000);
    assert_sends(ANSWER);
    pass(10000);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    hear(REQUEST, 0);
    assert_request(0x11, REQUEST_PDU);
}

static void what_is_not_for_us_is_passed_over(void **state)
{
    static const char *const others[] = {
        "02 03 00 00 00 01 84 39",                      /* a request to another */
        "02 03 02 12 34 F1 33",                         /* and its answer */
        "02 03 00 00 00 01 84 39 02 03 02 12 34 F1 33", /* in one breath */
        "02 06 00 01 00 03 98 38 02 06 00 01 00 03 98 38",
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(others); i++) {
        begin(&kwh_modbus_rtu_server, 0);
        hear(others[i], 0);
        assert_int_equal(step.action, KWH_ACTION_RECEIVE);
        hear(REQUEST, 0); /* at once: no silence was needed to tell */
        assert_request(0x11, REQUEST_PDU);
    }
}

static void noise_costs_a_burst_at_most(void **state)
{
    static const struct {
        const char *burst;
        bool recovered;
    } cases[] = {
        {"00" REQUEST, true},
        {"FF FF" REQUEST, true},
        {"11 03 00" REQUEST, true},
        {"11 03 00 00 00 01 86 9B", false},
        {"11 03 00 00 00 01 86", false},
        {"11", false},
        {REQUEST "FF", true}, /* told before the silence */
        {"FF FF FF FF FF FF FF FF FF FF FF FF FF FF", false},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        begin(&kwh_modbus_rtu_server, 0);
        hear(cases[i].burst, 0);
        if (step.action != KWH_ACTION_REQUEST)
            pass(5000);
        if (cases[i].recovered)
            assert_request(0x11, REQUEST_PDU);
        else
            assert_int_equal(step.action, KWH_ACTION_RECEIVE);
        kwh_responder_ignore(&responder);
        pass(5000);
        hear(REQUEST, 0);
        if (step.action != KWH_ACTION_REQUEST)
            pass(5000);
        assert_request(0x11, REQUEST_PDU);
    }
}

/* Functions without a length rule end with silence. */
static void unknown_functions_end_with_silence(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    hear("11 41 01 02 03 DC 9E", 0);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    pass(5000);
    assert_request(0x11, "41 01 02 03");
    begin(&kwh_modbus_rtu_server, 0);
    hear("11 0F 00 00 00 08 01 FF BF D9", 0);
    assert_request(0x11, "0F 00 00 00 08 01 FF");
    begin(&kwh_modbus_rtu_server, 0);
    hear("11 2B 0E 01 00 B1 B4", 0);
    assert_request(0x11, "2B 0E 01 00");
}

static void broadcasts_are_reported(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    hear("00 06 00 01 00 03 99 DA", 0);
    assert_request(0, "06 00 01 00 03");
    kwh_responder_ignore(&responder);
    pass(0);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
}

/* What it sent comes back: it is not a request, and the answer to a write looks just like one. */
static void its_own_echo_is_swallowed(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    hear("11 06 00 01 00 03 9A 9B", 0);
    assert_request(0x11, "06 00 01 00 03");
    answer("06 00 01 00 03");
    pass(5000);
    assert_sends("11 06 00 01 00 03 9A 9B");
    hear("11 06 00 01 00 03 9A 9B", 3);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    pass(5000);
    hear("11 06 00 02 00 03 6A 9B", 0);
    assert_request(0x11, "06 00 02 00 03");

    /* Without an echo the same bytes, later, are the master asking again. */
    begin(&kwh_modbus_rtu_server, 0);
    hear("11 06 00 01 00 03 9A 9B", 0);
    answer("06 00 01 00 03");
    pass(5000);
    assert_sends("11 06 00 01 00 03 9A 9B");
    pass(150000);
    hear("11 06 00 01 00 03 9A 9B", 0);
    assert_request(0x11, "06 00 01 00 03");
}

/* Adapters hold an echo back; and another slave may have our address. Whatever answers an answer
 * never ends. */
static void answers_are_never_answered(void **state)
{
    static const uint8_t echoes[] = {KWH_ECHO_LEARN, KWH_ECHO_OFF, KWH_ECHO_ON, KWH_ECHO_NEVER,
                                     KWH_ECHO_ALWAYS};
    static const char *const answers[] = {ANSWER, "11 83 02 C1 34", "11 83 01 81 35",
                                          "11 81 01 80 55", "11 10 00 01 00 01 52 99"};
    (void)state;
    for (size_t e = 0; e < KWH_COUNT(echoes); e++)
        for (size_t a = 0; a < KWH_COUNT(answers); a++)
            for (uint32_t delay = 0; delay < 400000; delay += 16000) {
                begin(&kwh_modbus_rtu_server, 0);
                responder.echo = echoes[e];
                hear(REQUEST, 0);
                answer(ANSWER_PDU);
                pass(5000);
                assert_sends(ANSWER);
                pass(delay);
                hear(answers[a], 0);
                assert_int_equal(step.action, KWH_ACTION_RECEIVE);
                pass(10000);
                assert_int_equal(step.action, KWH_ACTION_RECEIVE);
                hear(REQUEST, 0);
                if (step.action != KWH_ACTION_REQUEST)
                    pass(10000);
                assert_request(0x11, REQUEST_PDU);
            }
}

static void echo_is_learnt_from_answers_that_differ(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    hear(REQUEST, 0);
    answer(ANSWER_PDU);
    pass(5000);
    assert_sends(ANSWER);
    pass(10000);
    hear(REQUEST, 0); /* a request instead */
    assert_request(0x11, REQUEST_PDU);
    assert_int_equal(responder.echo, KWH_ECHO_OFF);
    answer(ANSWER_PDU);
    pass(5000);
    assert_sends(ANSWER);
    pass(16000);
    hear(ANSWER, 0); /* and yet */
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    assert_int_equal(responder.echo, KWH_ECHO_ON);
}

static void half_an_echo_does_not_hide_a_request(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    hear(REQUEST, 0);
    answer(ANSWER_PDU);
    pass(5000);
    assert_sends(ANSWER);
    hear("11 03 02", 0);
    pass(10000);
    pass(10000);
    hear(REQUEST, 0);
    if (step.action != KWH_ACTION_REQUEST)
        pass(10000);
    assert_request(0x11, REQUEST_PDU);
}

/* Of a clock that is about to tick a silence seems one tick longer than it is. */
static void a_coarse_clock_cuts_no_silence(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    responder.timing.tick_us = 10000;
    hear("11 03 00 00", 0);
    pass(10000);
    hear("00 01 86 9A", 0); /* no burst of its own */
    assert_request(0x11, REQUEST_PDU);
    answer(ANSWER_PDU);
    pass(10000);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    pass(10000);
    assert_sends(ANSWER);
}

/* Where nothing echoes, an answer like its request hides no second one. */
static void a_master_may_repeat_itself_at_once(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    responder.echo = KWH_ECHO_OFF;
    for (unsigned i = 0; i < 3; i++) {
        hear("11 06 00 01 00 03 9A 9B", 0);
        assert_request(0x11, "06 00 01 00 03");
        answer("06 00 01 00 03");
        pass(5000);
        assert_sends("11 06 00 01 00 03 9A 9B");
        pass(20000);
    }
}

/* The wait for an echo begins when the answer has left: 8 characters at 1200 Bd take 73 ms. Were it
 * given up, the answer would be taken for a request, and answered, for ever. */
static void a_slow_echo_is_awaited(void **state)
{
    static const struct kwh_line_settings slow = {1200, 8, 'E', 1};
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    kwh_responder_set_speed(&responder, &slow);
    responder.echo = KWH_ECHO_ON;
    hear("11 06 00 01 00 03 9A 9B", 0);
    answer("06 00 01 00 03");
    pass(40000);
    assert_sends("11 06 00 01 00 03 9A 9B");
    pass(110000);
    hear("11 06 00 01 00 03 9A 9B", 0);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
}

/* One that must come and never does is no reason to look for it without a rest. */
static void a_lost_echo_lets_the_caller_sleep(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    responder.echo = KWH_ECHO_ALWAYS;
    hear(REQUEST, 0);
    answer(ANSWER_PDU);
    pass(5000);
    assert_sends(ANSWER);
    pass(200000);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    assert_in_range(step.until_us - now_us, 1000000, INT32_MAX);
    hear(REQUEST, 0);
    assert_request(0x11, REQUEST_PDU);
}

static void tcp_requests_are_answered(void **state)
{
    (void)state;
    for (size_t chunk = 0; chunk < 13; chunk++) {
        begin(&kwh_modbus_tcp_server, 0);
        hear("1234 0000 0006 09 03 00 00 00 01", chunk);
        assert_request(9, REQUEST_PDU); /* whoever it is for: TCP reports all */
        answer(ANSWER_PDU);
        assert_sends("1234 0000 0005 09 03 02 12 34");
        pass(0);
        assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    }
    begin(&kwh_modbus_tcp_server, 0); /* two at once: one after the other */
    hear("0001 0000 0006 09 03 00 00 00 01 0002 0000 0006 09 03 00 00 00 01", 0);
    answer(ANSWER_PDU);
    assert_sends("0001 0000 0005 09 03 02 12 34");
    pass(0);
    assert_request(9, REQUEST_PDU);
    answer(ANSWER_PDU);
    assert_sends("0002 0000 0005 09 03 02 12 34");
}

/* TCP may cut a frame anywhere and take its time: no silence of a serial line is expected of it. */
static void rtu_over_tcp_waits_for_the_rest(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_over_tcp_server, 0);
    hear("11 03 00", 0);
    pass(300000);
    hear("00 00 01 86 9A", 0);
    assert_request(0x11, REQUEST_PDU);
}

static void a_broken_stream_is_closed(void **state)
{
    static const char *const headers[] = {"0001 0001", "0001 0000 01", "0001 0000 0001",
                                          "0001 0000 00FF", "0001 0100"};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(headers); i++) {
        begin(&kwh_modbus_tcp_server, 0);
        hear(headers[i], 0);
        assert_int_equal(step.action, KWH_ACTION_CLOSE);
    }
}

static void damaged_bytes_are_part_of_no_request(void **state)
{
    (void)state;
    begin(&kwh_modbus_rtu_server, 0);
    kwh_responder_next(&responder, now_us, &step);
    kwh_responder_got_damaged(&responder, hex(REQUEST, step.room, step.capacity), now_us);
    kwh_responder_next(&responder, now_us, &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    assert_int_equal(responder.skipped, 8);
    hear(REQUEST, 0);
    assert_request(0x11, REQUEST_PDU);
    kwh_responder_got_damaged(&responder, 1, now_us);
    assert_request(0x11, REQUEST_PDU);
}

static void wrong_calls_are_refused(void **state)
{
    static uint8_t pdu[300];
    (void)state;
    assert_int_equal(kwh_responder_init(&responder, &kwh_modbus_rtu_server, buffer, 519),
                     KWH_ERROR_ARGUMENT);
    begin(&kwh_modbus_rtu_server, 0);
    assert_int_equal(kwh_responder_answer(&responder, pdu, 2), KWH_ERROR_BUSY);
    kwh_responder_ignore(&responder);
    kwh_responder_sent(&responder, 5, now_us);
    hear(REQUEST, 0);
    assert_int_equal(kwh_responder_answer(&responder, pdu, 0), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_responder_answer(&responder, pdu, 254), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_responder_answer(&responder, pdu, 253), KWH_OK);
    kwh_responder_got(&responder, SIZE_MAX, now_us);
    pass(5000);
    pass(5000);
    assert_int_equal(step.action, KWH_ACTION_SEND);
    assert_int_equal(step.count, 256);
    kwh_responder_serve(&responder, 0x11, false);
    assert_false(kwh_responder_serves(&responder, 0x11));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_answered_after_silence),
        cmocka_unit_test(bytes_behind_an_open_request_are_none),
        cmocka_unit_test(what_is_not_for_us_is_passed_over),
        cmocka_unit_test(noise_costs_a_burst_at_most),
        cmocka_unit_test(unknown_functions_end_with_silence),
        cmocka_unit_test(broadcasts_are_reported),
        cmocka_unit_test(its_own_echo_is_swallowed),
        cmocka_unit_test(answers_are_never_answered),
        cmocka_unit_test(echo_is_learnt_from_answers_that_differ),
        cmocka_unit_test(half_an_echo_does_not_hide_a_request),
        cmocka_unit_test(a_coarse_clock_cuts_no_silence),
        cmocka_unit_test(a_master_may_repeat_itself_at_once),
        cmocka_unit_test(a_slow_echo_is_awaited),
        cmocka_unit_test(a_lost_echo_lets_the_caller_sleep),
        cmocka_unit_test(tcp_requests_are_answered),
        cmocka_unit_test(rtu_over_tcp_waits_for_the_rest),
        cmocka_unit_test(a_broken_stream_is_closed),
        cmocka_unit_test(damaged_bytes_are_part_of_no_request),
        cmocka_unit_test(wrong_calls_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
