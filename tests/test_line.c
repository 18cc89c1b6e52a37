/* SPDX-License-Identifier: MIT */
/* The rules of a line: silence, timers, echo, broadcast, debt, statistics, several exchanges. */
#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define REQUEST "01 03 00 00 00 02 C4 0B"
#define ANSWER  "01 03 04 11 22 33 44 4B C6"

static struct wire wire;

static void open_rtu(void)
{
    wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER, 1, 0);
}

static void read_two(struct kwh_exchange *exchange)
{
    assert_int_equal(kwh_modbus_read(exchange, 1, 3, 0, 2), KWH_OK);
}

/* On a line that has just been opened, at 0. */
static void start_reading(struct kwh_exchange *exchange)
{
    open_rtu();
    read_two(exchange);
    assert_int_equal(kwh_line_start(&wire.line, exchange, 0), KWH_OK);
}

static void the_request_is_on_the_wire_as_printed(void **state)
{
    struct kwh_exchange exchange;
    uint8_t expected[16];
    size_t count = hex(REQUEST, expected, sizeof expected);
    (void)state;
    open_rtu();
    wire_reply(&wire, 0, 20000, ANSWER);
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_int_equal(wire.sent_count[0], count);
    assert_memory_equal(wire.sent[0], expected, count);
    wire_close(&wire);
}

/* 3.5 characters of 11 bits at 9600 Bd are 4.011 ms; above 19200 Bd it is 1.75 ms. */
static void requests_wait_for_silence(void **state)
{
    static const struct {
        struct kwh_line_settings settings;
        uint32_t quiet_us, own_quiet_us, least_us, most_us;
    } cases[] = {
        {{9600, 8, 'E', 1}, 0, 0, 4010, 4020},       {{9600, 8, 'N', 1}, 0, 0, 3645, 3655},
        {{1200, 8, 'E', 1}, 0, 0, 32083, 32090},     {{19200, 8, 'E', 1}, 0, 0, 2005, 2010},
        {{38400, 8, 'E', 1}, 0, 0, 1750, 1755},      {{115200, 8, 'N', 1}, 0, 0, 1750, 1755},
        {{9600, 8, 'E', 1}, 30000, 0, 30000, 30010}, {{9600, 8, 'E', 1}, 1000, 50000, 50000, 50010},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_exchange first, second;
        uint64_t over;
        open_rtu();
        kwh_line_set_speed(&wire.line, &cases[i].settings);
        wire.line.timing.quiet_us = cases[i].quiet_us;
        wire_reply(&wire, 0, 20000, ANSWER);
        wire_reply(&wire, 1, 20000, ANSWER);
        read_two(&first);
        assert_int_equal(wire_run(&wire, &first), KWH_OK);
        over = wire.now_us;
        read_two(&second);
        second.quiet_us = cases[i].own_quiet_us;
        assert_int_equal(wire_run(&wire, &second), KWH_OK);
        assert_in_range(wire.sent_at[1] - over, cases[i].least_us, cases[i].most_us);
        wire_close(&wire);
    }
}

/* Noise before a request puts it off: silence is counted from the last byte. */
static void noise_puts_a_request_off(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    open_rtu();
    wire_deliver(&wire, 1000, "x", 1);
    wire_deliver(&wire, 4500, "y", 1);
    wire_reply(&wire, 0, 20000, ANSWER);
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_in_range(wire.sent_at[0], 4500 + 4010, 4500 + 4030);
    wire_close(&wire);
}

/* With a clock of 10 ms no request goes out after less than 3.5 true characters. */
static void coarse_clocks_wait_long_enough(void **state)
{
    (void)state;
    for (uint32_t offset = 0; offset < 10000; offset += 100) {
        struct kwh_exchange exchange;
        wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER, 10000, 0);
        wire_deliver(&wire, offset, "x", 1);
        wire_reply(&wire, 0, 20000, ANSWER);
        read_two(&exchange);
        assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
        assert_in_range(wire.sent_at[0] - offset, 4010, 40000);
        wire_close(&wire);
    }
}

static void the_answer_has_its_own_two_timers(void **state)
{
    struct kwh_exchange exchange;
    uint64_t wire_time = 8 * 11 * UINT64_C(1000000) / 9600;
    (void)state;
    open_rtu(); /* nothing: 200 ms after the request has left */
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
    assert_in_range(wire.now_us - wire.sent_at[0], wire_time + 200000, wire_time + 200010);
    wire_close(&wire);

    open_rtu(); /* the exchange's own limit counts before the line's */
    read_two(&exchange);
    exchange.answer_us = 30000;
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
    assert_in_range(wire.now_us - wire.sent_at[0], wire_time + 30000, wire_time + 30010);
    wire_close(&wire);

    open_rtu(); /* begun at the last moment: time to finish */
    wire_reply(&wire, 0, 199000, "01 03 04");
    wire_reply(&wire, 0, 240000, "11 22 33 44 4B C6");
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    wire_close(&wire);

    open_rtu(); /* a line that babbles for ever ends all the same */
    for (uint32_t n = 0; n < 40; n++)
        wire_reply(&wire, 0, 20000 * n, "FF");
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_NO_FRAME);
    assert_in_range(wire.now_us - wire.sent_at[0], 200000, 600000);
    wire_close(&wire);
}

static void broadcasts_end_after_the_turnaround(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_statistics statistics = {0};
    uint8_t expected[16];
    (void)state;
    open_rtu();
    kwh_modbus_write_single(&exchange, 0, 0x4003, 10);
    exchange.statistics = &statistics;
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_true(exchange.proven);
    assert_in_range(wire.now_us - wire.sent_at[0], 100000 + 9166, 100000 + 9200);
    assert_int_equal(hex("00 06 40 03 00 0A ED DC", expected, 8), wire.sent_count[0]);
    assert_memory_equal(wire.sent[0], expected, 8);
    assert_int_equal(statistics.ok, 1);

    assert_int_equal(kwh_modbus_read(&exchange, 0, 3, 0, 1), KWH_OK);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_BROADCAST_READ);
    wire_close(&wire);

    wire_open(&wire, &kwh_modbus_tcp, KWH_MODBUS_TCP_BUFFER, 1,
              0); /* unit 0 is the device itself */
    wire_reply(&wire, 0, 100, "0001 0000 0005 00 03 02 12 34");
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    wire_close(&wire);
}

static void what_cannot_be_asked_is_refused_at_the_entry(void **state)
{
    struct kwh_exchange exchange, other;
    struct kwh_line line;
    uint8_t buffer[64];
    (void)state;
    open_rtu();
    assert_int_equal(kwh_modbus_read(&exchange, 248, 3, 0, 1), KWH_OK);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_ARGUMENT);
    memset(&exchange, 0, sizeof exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_ARGUMENT);
    read_two(&exchange);
    read_two(&other);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_OK);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_ERROR_BUSY);
    assert_int_equal(kwh_line_start(&wire.line, &other, 0), KWH_ERROR_BUSY);
    wire_close(&wire);

    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, 15), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, 65536), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, 64), KWH_OK);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0, 26), KWH_OK); /* 8 + 57 bytes */
    assert_int_equal(kwh_line_start(&line, &exchange, 0), KWH_ERROR_CAPACITY);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0, 25), KWH_OK);
    assert_int_equal(kwh_line_start(&line, &exchange, 0), KWH_OK);
    /* A request may come back, and takes more room than its answer: 9 + 24 bytes, twice. */
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, 64), KWH_OK);
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0, 12, buffer), KWH_OK);
    assert_int_equal(kwh_line_start(&line, &exchange, 0), KWH_ERROR_CAPACITY);
    line.echo = KWH_ECHO_NEVER;
    assert_int_equal(kwh_line_start(&line, &exchange, 0), KWH_OK);
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, 64), KWH_OK);
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0, 11, buffer), KWH_OK);
    assert_int_equal(kwh_line_start(&line, &exchange, 0), KWH_OK);
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_tcp, buffer, 64), KWH_OK);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0, 12), KWH_OK); /* 7 + 26 bytes in 32 */
    assert_int_equal(kwh_line_start(&line, &exchange, 0), KWH_ERROR_CAPACITY);
}

/* A line whose buffer just fits still resynchronizes. */
static void the_smallest_buffer_is_enough(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    wire_open(&wire, &kwh_modbus_rtu, 8 + 9, 1, 0);
    wire_reply(&wire, 0, 20000, "FF 00 01 03 04 99" ANSWER "FF FF FF FF FF FF FF FF FF FF FF FF");
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_true(wire_answered(&wire, &exchange, "03 04 11 22 33 44"));
    wire_close(&wire);
}

static void echo_is_learnt_from_reads_only(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    open_rtu();
    wire_reply(&wire, 0, 100, "01 06 40 03 00 0A EC 0D"); /* echo or answer? nobody can tell */
    wire_reply(&wire, 1, 100, REQUEST);                   /* an echo */
    wire_reply(&wire, 1, 20000, ANSWER);
    wire_reply(&wire, 2, 100, "01 06 40 03 00 0A EC 0D"); /* echo again, no answer */
    wire_reply(&wire, 3, 100, "01 06 40 03 00 0A EC 0D 01 06 40 03 00 0A EC 0D"); /* and one */

    kwh_modbus_write_single(&exchange, 1, 0x4003, 10);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_false(exchange.proven);
    assert_int_equal(wire.line.echo, KWH_ECHO_LEARN);

    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_true(exchange.proven);
    assert_int_equal(wire.line.echo, KWH_ECHO_ON);

    kwh_modbus_write_single(&exchange, 1, 0x4003, 10);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_ONLY_ECHO);
    kwh_modbus_write_single(&exchange, 1, 0x4003, 10);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_false(exchange.proven);
    wire_close(&wire);
}

static void a_clean_answer_shows_that_nothing_echoes(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    open_rtu();
    wire_reply(&wire, 0, 20000, ANSWER);
    wire_reply(&wire, 1, 20000, "01 06 40 03 00 0A EC 0D");
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_int_equal(wire.line.echo, KWH_ECHO_OFF);
    kwh_modbus_write_single(&exchange, 1, 0x4003, 10);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_true(exchange.proven);
    wire_close(&wire);
}

static void echo_can_be_told(void **state)
{
    static const struct {
        enum kwh_echo echo;
        enum kwh_error error;
        bool proven;
    } cases[] = {{KWH_ECHO_NEVER, KWH_OK, true}, {KWH_ECHO_ALWAYS, KWH_ERROR_ONLY_ECHO, false}};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_exchange exchange;
        open_rtu();
        wire.line.echo = (uint8_t)cases[i].echo;
        wire_reply(&wire, 0, 100, "01 06 40 03 00 0A EC 0D");
        kwh_modbus_write_single(&exchange, 1, 0x4003, 10);
        assert_int_equal(wire_run(&wire, &exchange), cases[i].error);
        assert_int_equal(exchange.proven, cases[i].proven);
        assert_int_equal(wire.line.echo, cases[i].echo);
        wire_close(&wire);
    }
}

/* The echo of a long write, in pieces, is not mistaken for its answer, which begins with the same 6
 * bytes. */
static void the_echo_of_a_long_write_is_passed_over(void **state)
{
    static const uint8_t ten[] = {0x41, 0x20, 0, 0};
    (void)state;
    for (uint32_t chunk = 0; chunk < 14; chunk++) {
        struct kwh_exchange exchange;
        open_rtu();
        wire.chunk = chunk;
        wire_reply(&wire, 0, 100, "01 10 40 0D 00 02 04 41 20 00 00 16 03 01 10 40 0D 00 02 C5 CB");
        assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0x400D, 2, ten), KWH_OK);
        assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
        assert_true(exchange.proven);
        assert_int_equal(wire.line.echo, KWH_ECHO_ON);
        wire_close(&wire);
    }
}

static void debt_is_of_one_address_and_function(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    open_rtu();
    wire_reply(&wire, 1, 20000, "02 03 04 DE AD BE EF 52 D6");
    wire_reply(&wire, 2, 20000, ANSWER);
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
    assert_int_equal(kwh_modbus_read(&exchange, 2, 3, 0, 2), KWH_OK); /* another: at once */
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_in_range(wire.sent_at[1], 209000, 215000);
    read_two(&exchange); /* the same: 500 ms after its request had left */
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_in_range(wire.sent_at[2] - wire.sent_at[0], 509000, 510000);
    wire_close(&wire);
}

/* More addresses in debt than the line remembers: then all wait, none is forgotten. */
static void many_debts_make_everyone_wait(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    open_rtu();
    wire.line.timing.latest_us = 3000000;
    for (uint8_t unit = 1; unit <= KWH_LINE_DEBTS + 1; unit++) {
        assert_int_equal(kwh_modbus_read(&exchange, unit, 3, 0, 2), KWH_OK);
        assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
    }
    assert_in_range(wire.now_us, 1000000, 1200000);
    wire_reply(&wire, KWH_LINE_DEBTS + 1, 20000, "09 03 04 11 22 33 44 CD A1");
    assert_int_equal(kwh_modbus_read(&exchange, 9, 3, 0, 2), KWH_OK);
    (void)wire_run(&wire, &exchange);
    assert_in_range(wire.sent_at[KWH_LINE_DEBTS + 1], 3800000, 4200000);
    wire_close(&wire);
}

/* Asks, and checks that the request goes and has left at once, as far as the clock shows. */
static void assert_sends(uint32_t now_us)
{
    struct kwh_step step;
    kwh_line_next(&wire.line, now_us, &step);
    kwh_line_next(&wire.line, now_us, &step);
    assert_int_equal(step.action, KWH_ACTION_SEND);
    kwh_line_sent(&wire.line, step.count, now_us);
}

static void assert_waits(uint32_t now_us)
{
    struct kwh_step step;
    kwh_line_next(&wire.line, now_us, &step);
    kwh_line_next(&wire.line, now_us, &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
}

/* A clock that is about to tick shows a time that has hardly begun: silence (4.011 ms), and what a
 * request without an answer owes (500 ms, from 9.167 ms after it was sent). */
static void a_coarse_clock_cuts_no_time(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER, 10000, 0);
    read_two(&exchange);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 10000), KWH_OK);
    assert_waits(10000);
    assert_waits(20000);
    assert_sends(30000);
    kwh_line_cancel(&wire.line, 40000);
    kwh_line_next(&wire.line, 40000, &step);
    assert_int_equal(step.action, KWH_ACTION_DONE);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 40000), KWH_OK);
    assert_waits(540000);
    assert_sends(550000);
    wire_close(&wire);
}

/* A loop that was held up behind the deadline tells first what has come meanwhile. */
static void who_asks_late_may_tell_before_the_end(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    start_reading(&exchange);
    assert_sends(5000);
    assert_waits(5000);
    kwh_line_next(&wire.line, 900000, &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    kwh_line_got(&wire.line, hex(ANSWER, step.room, step.capacity), 900000);
    kwh_line_next(&wire.line, 900000, &step);
    assert_ptr_equal(step.exchange, &exchange);
    assert_int_equal(exchange.error, KWH_OK);
    wire_close(&wire);
}

/* While the request is on its way no time has passed since its end. */
static void what_fails_at_once_took_no_time(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    start_reading(&exchange);
    assert_sends(5000);
    kwh_line_failed(&wire.line, KWH_ERROR_IO, 0, 5100);
    assert_int_equal(kwh_line_failure(&wire.line)->elapsed_us, 0);
    wire_close(&wire);
}

/* Who goes on with bytes behind a damaged one tells them from a new room: those in the old one have
 * been given up. */
static void damage_ends_the_room(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    start_reading(&exchange);
    assert_sends(5000);
    kwh_line_next(&wire.line, 20000, &step);
    kwh_line_got_damaged(&wire.line, hex(ANSWER, step.room, step.capacity), 20000);
    kwh_line_got(&wire.line, 9, 20000);
    kwh_line_next(&wire.line, 20000, &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    wire_close(&wire);
}

/* A driver with a buffer takes the request in two parts, long before it has left: 8 characters of
 * 1.146 ms. */
static void a_request_leaves_in_its_own_time(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    start_reading(&exchange);
    kwh_line_next(&wire.line, 5000, &step);
    kwh_line_next(&wire.line, 5000, &step);
    assert_int_equal(step.action, KWH_ACTION_SEND);
    kwh_line_sent(&wire.line, 4, 5000);
    kwh_line_next(&wire.line, 5010, &step);
    kwh_line_sent(&wire.line, 4, 5010);
    kwh_line_next(&wire.line, 5020, &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    (void)hex(ANSWER, step.room, step.capacity);
    kwh_line_got(&wire.line, 9, 105000);
    kwh_line_next(&wire.line, 105000, &step);
    assert_ptr_equal(step.exchange, &exchange);
    assert_in_range(exchange.latency_us, 90820, 90840);
    wire_close(&wire);
}

/* Those that have the new speed heard nothing but noise so far, however long the line was silent;
 * also where a request that was given up had found it so. */
static void a_new_speed_needs_a_new_silence(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    uint64_t from_us;
    (void)state;
    for (unsigned given_up = 0; given_up < 2; given_up++) {
        open_rtu();
        read_two(&exchange);
        assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
        wire.now_us += 100000;
        if (given_up != 0) {
            read_two(&exchange);
            assert_int_equal(kwh_line_start(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
            wire.now_us += 10000; /* waits for the debt */
            kwh_line_next(&wire.line, wire_clock(&wire), &step);
            kwh_line_cancel(&wire.line, wire_clock(&wire));
            assert_ptr_equal(wire_next(&wire), &exchange);
        }
        kwh_line_set_speed(&wire.line, &wire_9600_8e1);
        from_us = wire.now_us;
        assert_int_equal(kwh_modbus_read(&exchange, 2, 3, 0, 2), KWH_OK);
        (void)wire_run(&wire, &exchange);
        assert_true(wire.sent_at[1] >= from_us + 4011);
        wire_close(&wire);
    }
}

/* What may become a long frame of another is given up when the line has been silent, and the line
 * says when that is. */
static void silence_ends_what_others_began(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER, 1000, 0);
    read_two(&exchange);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_OK);
    assert_sends(6000);
    kwh_line_next(&wire.line, 30000, &step);
    kwh_line_got(&wire.line, hex("02 03 FA " ANSWER, step.room, step.capacity), 30000);
    kwh_line_next(&wire.line, 30000, &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    assert_int_equal(step.until_us, 30000 + 50000 + 1000);
    kwh_line_next(&wire.line, step.until_us, &step);
    assert_ptr_equal(step.exchange, &exchange);
    assert_int_equal(exchange.error, KWH_OK);
    wire_close(&wire);
}

/* Searches owe as well but wait for no debt, so nothing else forgets the old ones. The clock has
 * wrapped halfway since: what they say of the time to come is no longer true. */
static void debts_do_not_outlive_a_long_rest(void **state)
{
    struct kwh_exchange exchange;
    uint64_t from_us;
    (void)state;
    for (uint8_t units = 1; units <= KWH_LINE_DEBTS + 1; units += KWH_LINE_DEBTS) {
        open_rtu();
        for (uint8_t unit = units; unit >= 1; unit--) {
            assert_int_equal(kwh_modbus_read(&exchange, unit, 3, 0, 2), KWH_OK);
            exchange.anyone = unit != 1 || units == 1;
            assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
        }
        wire.now_us += UINT64_C(2400000000);
        assert_int_equal(kwh_modbus_read(&exchange, units, 3, 0, 2), KWH_OK);
        exchange.anyone = true;
        assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
        assert_int_equal(kwh_modbus_read(&exchange, units, 3, 0, 2), KWH_OK);
        (void)wire_run(&wire, &exchange);
        assert_true(wire.sent_at[units + 1] - wire.sent_at[units] >= 500000);

        wire.now_us += UINT64_C(2400000000); /* a retry waits for none, either */
        assert_int_equal(kwh_line_retry(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
        (void)wire_next(&wire);
        assert_int_equal(kwh_modbus_read(&exchange, units, 3, 0, 2), KWH_OK);
        (void)wire_run(&wire, &exchange);
        assert_true(wire.sent_at[units + 3] - wire.sent_at[units + 2] >= 500000);

        wire.now_us += UINT64_C(2400000000);
        assert_int_equal(kwh_modbus_read(&exchange, units, 3, 0, 2), KWH_OK);
        from_us = wire.now_us;
        (void)wire_run(&wire, &exchange);
        assert_in_range(wire.sent_at[units + 4] - from_us, 4000, 10000);
        wire_close(&wire);
    }
}

/* The answer to either attempt is right; what is left over never answers another question. */
static void a_retry_goes_at_once_and_leaves_debt(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_statistics statistics = {0};
    (void)state;
    open_rtu();
    wire_reply(&wire, 0, 250000, ANSWER); /* late: arrives as the second attempt waits */
    wire_reply(&wire, 1, 150000, ANSWER); /* and the answer to that */
    wire_reply(&wire, 2, 20000, "01 03 04 AA BB CC DD 3E 97");
    read_two(&exchange);
    exchange.statistics = &statistics;
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
    assert_int_equal(kwh_line_retry(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
    assert_ptr_equal(wire_next(&wire), &exchange);
    assert_int_equal(exchange.error, KWH_OK);
    assert_in_range(wire.sent_at[1] - wire.sent_at[0], 209000, 215000);
    assert_int_equal(statistics.sent, 2);
    assert_int_equal(statistics.retries, 1);
    assert_int_equal(statistics.timeouts, 1);
    assert_int_equal(statistics.ok, 1);

    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x10, 2), KWH_OK);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_true(wire_answered(&wire, &exchange, "03 04 AA BB CC DD"));
    assert_true(wire.sent_at[2] - wire.sent_at[1] >= 500000);

    kwh_modbus_write_single(&exchange, 1, 0x4003, 10);
    assert_int_equal(kwh_line_retry(&wire.line, &exchange, wire_clock(&wire)), KWH_ERROR_ARGUMENT);
    wire_close(&wire);
}

/* A request that found no silence never left: its retry has to wait for the debt of another all the
 * same. */
static void what_never_left_owes_and_skips_nothing(void **state)
{
    struct kwh_exchange first, second;
    struct kwh_statistics statistics = {0};
    struct kwh_step step;
    (void)state;
    open_rtu();
    wire_reply(&wire, 0, 450000, ANSWER); /* late */
    wire_reply(&wire, 1, 20000, "01 03 04 AA BB CC DD 3E 97");
    read_two(&first);
    assert_int_equal(wire_run(&wire, &first), KWH_ERROR_TIMEOUT);
    assert_int_equal(kwh_modbus_read(&second, 1, 3, 0x10, 2), KWH_OK);
    second.statistics = &statistics;
    second.answer_us = 1000;
    kwh_line_next(&wire.line, wire_clock(&wire), &step);
    step.room[0] = 0x55;
    kwh_line_got(&wire.line, 1, wire_clock(&wire));
    assert_int_equal(kwh_line_start(&wire.line, &second, wire_clock(&wire)), KWH_OK);
    assert_int_equal(kwh_line_retry(&wire.line, &second, wire_clock(&wire)), KWH_ERROR_BUSY);
    assert_int_equal(second.attempt, 0);
    do { /* somebody babbles until it gives up */
        kwh_line_next(&wire.line, wire_clock(&wire), &step);
        if (step.action != KWH_ACTION_RECEIVE)
            break;
        step.room[0] = 0x55;
        wire.now_us += 500;
        kwh_line_got(&wire.line, 1, wire_clock(&wire));
    } while (wire.now_us < 400000);
    assert_int_equal(step.action, KWH_ACTION_DONE);
    assert_int_equal(second.error, KWH_ERROR_NO_FRAME);
    assert_int_equal(statistics.timeouts, 0);
    second.answer_us = 0;
    assert_int_equal(kwh_line_retry(&wire.line, &second, wire_clock(&wire)), KWH_OK);
    assert_ptr_equal(wire_next(&wire), &second);
    assert_int_equal(second.error, KWH_OK);
    assert_true(wire_answered(&wire, &second, "03 04 AA BB CC DD"));
    assert_int_equal(statistics.sent, 1);
    assert_int_equal(statistics.retries, 0);
    wire_close(&wire);
}

/* The answer belongs to the exchange that was DONE last, and only until the next question. */
static void an_answer_is_lent_to_its_own_exchange_only(void **state)
{
    struct kwh_exchange exchanges[2];
    struct kwh_step step;
    size_t length;
    (void)state;
    wire_open(&wire, &kwh_modbus_tcp, KWH_MODBUS_TCP_BUFFER, 1, 0);
    wire_reply(&wire, 1, 1000, "0001 0000 0005 01 03 02 00 01 0002 0000 0005 02 03 02 00 02");
    for (uint8_t i = 0; i < 2; i++) {
        assert_int_equal(kwh_modbus_read(&exchanges[i], (uint8_t)(i + 1), 3, 0, 1), KWH_OK);
        assert_int_equal(kwh_line_start(&wire.line, &exchanges[i], wire_clock(&wire)), KWH_OK);
    }
    assert_ptr_equal(wire_next(&wire), &exchanges[0]);
    assert_true(wire_answered(&wire, &exchanges[0], "03 02 00 01"));
    assert_ptr_equal(wire_next(&wire), &exchanges[1]);
    assert_true(wire_answered(&wire, &exchanges[1], "03 02 00 02"));
    (void)kwh_line_answer(&wire.line, &exchanges[0], &length);
    assert_int_equal(length, 0);
    kwh_line_next(&wire.line, wire_clock(&wire), &step);
    (void)kwh_line_answer(&wire.line, &exchanges[1], &length);
    assert_int_equal(length, 0);
    wire_close(&wire);
}

/* Over TCP the answer to the first attempt may come while the second waits, and is right. */
static void a_tcp_retry_takes_either_answer(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    wire_open(&wire, &kwh_modbus_tcp, KWH_MODBUS_TCP_BUFFER, 1, 0);
    wire_reply(&wire, 0, 300000, "0001 0000 0007 01 03 04 11 22 33 44");
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
    assert_int_equal(kwh_line_retry(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
    assert_ptr_equal(wire_next(&wire), &exchange);
    assert_int_equal(exchange.error, KWH_OK);
    assert_true(wire_answered(&wire, &exchange, "03 04 11 22 33 44"));
    wire_close(&wire);
}

static void statistics_count_what_happens(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_statistics statistics = {0};
    (void)state;
    open_rtu();
    wire_reply(&wire, 0, 20000, "FF FF" ANSWER);
    wire_reply(&wire, 1, 30000, "01 83 02 C0 F1");
    wire_reply(&wire, 2, 20000, "01 03 04 11 22 33 44 4B C7");
    for (int i = 0; i < 3; i++) {
        read_two(&exchange);
        exchange.statistics = &statistics;
        (void)wire_run(&wire, &exchange);
    }
    assert_int_equal(statistics.sent, 3);
    assert_int_equal(statistics.ok, 1);
    assert_int_equal(statistics.exceptions, 1);
    assert_int_equal(statistics.timeouts, 1);
    assert_int_equal(statistics.bad_crc, 1);
    assert_in_range(statistics.skipped_bytes, 3, 11);
    assert_in_range(statistics.latency_min_us, 19999, 20010);
    assert_in_range(statistics.latency_max_us, 29999, 30010);
    assert_in_range(statistics.latency_last_us, 29999, 30010);
    wire_close(&wire);
}

struct seen {
    uint8_t bytes[4][64];
    size_t counts[4];
};

static void remember(void *context, enum kwh_trace what, const uint8_t *bytes, size_t count,
                     uint32_t now_us)
{
    struct seen *seen = context;
    (void)now_us;
    assert_true(seen->counts[what] + count <= sizeof seen->bytes[0]);
    memcpy(seen->bytes[what] + seen->counts[what], bytes, count);
    seen->counts[what] += count;
}

static void the_trace_shows_all_bytes(void **state)
{
    struct kwh_exchange exchange;
    struct seen seen;
    uint8_t expected[64];
    (void)state;
    memset(&seen, 0, sizeof seen);
    open_rtu();
    wire.line.trace = remember;
    wire.line.trace_context = &seen;
    wire_reply(&wire, 0, 20000, "FF" ANSWER);
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_int_equal(seen.counts[KWH_TRACE_SENT], hex(REQUEST, expected, 64));
    assert_memory_equal(seen.bytes[KWH_TRACE_SENT], expected, 8);
    assert_int_equal(seen.counts[KWH_TRACE_RECEIVED], hex("FF" ANSWER, expected, 64));
    assert_memory_equal(seen.bytes[KWH_TRACE_RECEIVED], expected, 10);
    assert_int_equal(seen.counts[KWH_TRACE_FRAME], hex(ANSWER, expected, 64));
    assert_memory_equal(seen.bytes[KWH_TRACE_FRAME], expected, 9);
    assert_int_equal(seen.counts[KWH_TRACE_SKIPPED], 1);
    assert_int_equal(seen.bytes[KWH_TRACE_SKIPPED][0], 0xFF);
    wire_close(&wire);
}

static void tcp_carries_several_exchanges(void **state)
{
    struct kwh_exchange exchanges[3];
    struct kwh_exchange *over;
    (void)state;
    wire_open(&wire, &kwh_modbus_tcp, KWH_MODBUS_TCP_BUFFER, 1, 0);
    wire_reply(&wire, 2, 1000, "0003 0000 0005 01 03 02 00 03 0001 0000 0005 01 03 02 00 01");
    wire_reply(&wire, 2, 2000, "0002 0000 0003 01 83 02");
    for (uint16_t i = 0; i < 3; i++) {
        assert_int_equal(kwh_modbus_read(&exchanges[i], 1, 3, i, 1), KWH_OK);
        assert_int_equal(kwh_line_start(&wire.line, &exchanges[i], wire_clock(&wire)), KWH_OK);
    }
    over = wire_next(&wire);
    assert_ptr_equal(over, &exchanges[2]);
    assert_true(wire_answered(&wire, over, "03 02 00 03"));
    over = wire_next(&wire);
    assert_ptr_equal(over, &exchanges[0]);
    assert_true(wire_answered(&wire, over, "03 02 00 01"));
    over = wire_next(&wire);
    assert_ptr_equal(over, &exchanges[1]);
    assert_int_equal(over->error, KWH_ERROR_ILLEGAL_DATA_ADDRESS);
    assert_null(wire_next(&wire));
    wire_close(&wire);
}

static void a_failed_port_ends_everything(void **state)
{
    struct kwh_exchange exchanges[2];
    struct kwh_step step;
    (void)state;
    wire_open(&wire, &kwh_modbus_tcp, KWH_MODBUS_TCP_BUFFER, 1, 0);
    for (int i = 0; i < 2; i++) {
        read_two(&exchanges[i]);
        assert_int_equal(kwh_line_start(&wire.line, &exchanges[i], 0), KWH_OK);
    }
    kwh_line_failed(&wire.line, KWH_ERROR_DISCONNECTED, 104, 0);
    for (int i = 0; i < 2; i++) {
        kwh_line_next(&wire.line, 0, &step);
        assert_int_equal(step.action, KWH_ACTION_DONE);
        assert_int_equal(step.exchange->error, KWH_ERROR_DISCONNECTED);
    }
    assert_int_equal(kwh_line_failure(&wire.line)->host_errno, 104);
    assert_int_equal(kwh_line_failure(&wire.line)->error, KWH_ERROR_DISCONNECTED);
    kwh_line_next(&wire.line, 0, &step);
    assert_int_equal(step.action, KWH_ACTION_IDLE);
    wire_close(&wire);
}

static void what_is_under_way_can_be_given_up(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    start_reading(&exchange);
    kwh_line_cancel(&wire.line, 0);
    kwh_line_next(&wire.line, 0, &step);
    assert_int_equal(step.action, KWH_ACTION_DONE);
    assert_int_equal(exchange.error, KWH_ERROR_INTERRUPTED);
    wire_close(&wire);
}

/* Told lies about counts, the line writes and reads nothing beyond its buffer. */
static void lies_of_the_caller_are_cut(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    open_rtu();
    kwh_line_got(&wire.line, 100, 0);
    kwh_line_sent(&wire.line, 100, 0);
    read_two(&exchange);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_OK);
    for (uint32_t now = 0; now < 3000000; now += 1000) {
        kwh_line_next(&wire.line, now, &step);
        if (step.room != NULL)
            memset(step.room, 1, step.capacity);
        kwh_line_got(&wire.line, SIZE_MAX, now);
        kwh_line_sent(&wire.line, now % 20000 == 0 ? SIZE_MAX : 0, now);
        kwh_line_got(&wire.line, 1, now);
    }
    assert_int_not_equal(exchange.error, KWH_OK);
    wire_close(&wire);
}

/* A framing that finds several devices at once ends the exchange there and then. */
static struct kwh_match collide(const uint8_t *bytes, size_t length, struct kwh_exchange *exchanges)
{
    struct kwh_match match = {KWH_VERDICT_COLLISION, KWH_REASON_NOISE, 0, 0, 0, 0, KWH_OK, NULL};
    (void)bytes;
    (void)exchanges;
    match.count = (uint16_t)length;
    return match;
}

static void a_collision_ends_the_exchange(void **state)
{
    struct kwh_framing framing = kwh_modbus_rtu;
    struct kwh_exchange exchange;
    (void)state;
    framing.match = collide;
    wire_open(&wire, &framing, KWH_MODBUS_RTU_BUFFER, 1, 0);
    wire_reply(&wire, 0, 20000, "FF");
    read_two(&exchange);
    exchange.collides = true;
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_COLLISION);
    assert_in_range(wire.now_us - wire.sent_at[0], 20000, 40000);
    wire_close(&wire);
    wire_open(&wire, &framing, KWH_MODBUS_RTU_BUFFER, 1, 0);
    wire_reply(&wire, 0, 20000, "FF");
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_COLLISION);
    assert_in_range(wire.now_us - wire.sent_at[0], 20000, 40000);
    wire_close(&wire);
}

/* Tells the line these bytes, the last of them damaged. */
static void hear_damaged(const char *text)
{
    struct kwh_step step;
    size_t count;
    kwh_line_next(&wire.line, wire_clock(&wire), &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    count = hex(text, step.room, step.capacity);
    kwh_line_got_damaged(&wire.line, count, wire_clock(&wire));
}

static void damaged_bytes_are_part_of_no_answer(void **state)
{
    static const struct {
        const char *damaged, *then;
        enum kwh_error error;
    } cases[] = {
        {ANSWER, "", KWH_ERROR_NO_FRAME}, /* the CRC would hold, the parity does not */
        {ANSWER "FF", "", KWH_OK},        /* whole before the damage */
        {ANSWER "55 66 77 FF", "", KWH_OK},
        {"01 03 04", ANSWER, KWH_OK}, /* what had begun is given up at once */
        {"FF", ANSWER, KWH_OK},
        {"01 03 04", "11 22 33 44 4B C6", KWH_ERROR_NO_FRAME},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_exchange exchange;
        struct kwh_step step;
        open_rtu();
        read_two(&exchange);
        assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_OK);
        do {
            kwh_line_next(&wire.line, wire_clock(&wire), &step);
            wire.now_us += 1000;
        } while (step.action != KWH_ACTION_SEND);
        wire_take_request(&wire, &step);
        hear_damaged(cases[i].damaged);
        if (cases[i].error != KWH_OK || exchange.state != KWH_EXCHANGE_OVER) {
            uint8_t bytes[16];
            wire_deliver(&wire, wire.now_us, bytes, hex(cases[i].then, bytes, sizeof bytes));
        }
        assert_ptr_equal(wire_next(&wire), &exchange);
        assert_int_equal(exchange.error, cases[i].error);
        if (cases[i].error == KWH_OK)
            assert_true(wire_answered(&wire, &exchange, "03 04 11 22 33 44"));
        wire_close(&wire);
    }
    open_rtu(); /* a lie about the count */
    kwh_line_got_damaged(&wire.line, 5, 0);
    wire_close(&wire);
}

/* What was answered before the port failed stays answered. */
static void a_failed_port_takes_no_answer_back(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    start_reading(&exchange);
    do {
        kwh_line_next(&wire.line, wire_clock(&wire), &step);
        wire.now_us += 1000;
    } while (step.action != KWH_ACTION_SEND);
    wire_take_request(&wire, &step);
    hear_damaged(ANSWER "FF");
    kwh_line_failed(&wire.line, KWH_ERROR_DISCONNECTED, 104, wire_clock(&wire));
    assert_ptr_equal(wire_next(&wire), &exchange);
    assert_int_equal(exchange.error, KWH_OK);
    assert_true(wire_answered(&wire, &exchange, "03 04 11 22 33 44"));
    kwh_line_failed(&wire.line, KWH_ERROR_DISCONNECTED, 104, wire_clock(&wire));
    assert_true(wire_answered(&wire, &exchange, "03 04 11 22 33 44"));
    assert_null(wire_next(&wire));
    wire_close(&wire);
}

/* Where silence never comes, the request is never sent, and the call ends all the same. */
static void a_babbling_line_is_given_up(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    uint32_t now = 0;
    (void)state;
    open_rtu();
    read_two(&exchange);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, now), KWH_OK);
    for (kwh_line_next(&wire.line, now, &step); step.action == KWH_ACTION_RECEIVE;
         kwh_line_next(&wire.line, now, &step)) {
        step.room[0] = 0x55;
        kwh_line_got(&wire.line, 1, now += 1000);
    }
    assert_int_equal(step.action, KWH_ACTION_DONE);
    assert_int_equal(exchange.error, KWH_ERROR_NO_FRAME);
    assert_in_range(now, 200000, 210000);
    assert_true(kwh_line_failure(&wire.line)->bytes_seen > 100);
    wire_close(&wire);
}

/* Stray bytes between exchanges, a driver that takes one byte at a time, questions asked in vain.
 */
static void any_order_of_calls_works(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    for (unsigned spurious = 0; spurious < 3; spurious++) {
        open_rtu();
        wire.spurious = spurious;
        wire_deliver(&wire, 100, ANSWER, 9);
        wire_reply(&wire, 0, 20000, ANSWER);
        read_two(&exchange);
        assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
        kwh_line_next(&wire.line, wire_clock(&wire), &step);
        assert_int_equal(step.action, KWH_ACTION_IDLE);
        assert_true(step.capacity >= 1);
        step.room[0] = 1;
        kwh_line_got(&wire.line, 1, wire_clock(&wire));
        wire_close(&wire);
    }

    open_rtu();
    wire_reply(&wire, 0, 0, ANSWER);
    read_two(&exchange);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_OK);
    do
        kwh_line_next(&wire.line, wire_clock(&wire), &step), wire.now_us += 1000;
    while (step.action != KWH_ACTION_SEND);
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(step.action, KWH_ACTION_SEND);
        assert_int_equal(step.count, 8 - i);
        kwh_line_sent(&wire.line, 0, wire_clock(&wire));
        kwh_line_sent(&wire.line, 1, wire_clock(&wire));
        kwh_line_next(&wire.line, wire_clock(&wire), &step);
    }
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    assert_int_equal(hex(ANSWER, step.room, step.capacity), 9);
    kwh_line_got(&wire.line, 9, wire_clock(&wire));
    kwh_line_next(&wire.line, wire_clock(&wire), &step);
    assert_int_equal(step.action, KWH_ACTION_DONE);
    assert_int_equal(exchange.error, KWH_OK);
    wire_close(&wire);
}

/* A caller that comes late finds the answer in its driver: it came in time, and is taken. */
static void a_late_caller_loses_nothing(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    open_rtu();
    read_two(&exchange);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
    do {
        wire.now_us += 5000;
        kwh_line_next(&wire.line, wire_clock(&wire), &step);
    } while (step.action != KWH_ACTION_SEND);
    kwh_line_sent(&wire.line, step.count, wire_clock(&wire));
    wire.now_us += 5000000;
    kwh_line_next(&wire.line, wire_clock(&wire), &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    kwh_line_got(&wire.line, hex(ANSWER, step.room, step.capacity), wire_clock(&wire));
    kwh_line_next(&wire.line, wire_clock(&wire), &step);
    assert_int_equal(step.action, KWH_ACTION_DONE);
    assert_int_equal(exchange.error, KWH_OK);
    wire_close(&wire);
}

/* What waits in the driver when a request may go at last is fetched before, not taken for its
 * answer. */
static void a_late_caller_mistakes_nothing(void **state)
{
    struct kwh_exchange exchange;
    struct kwh_step step;
    unsigned asked = 0;
    (void)state;
    open_rtu();
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x10, 2), KWH_OK);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
    kwh_line_next(&wire.line, wire_clock(&wire), &step); /* waits for the debt */
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    kwh_line_got(&wire.line, 0, wire_clock(&wire));
    wire.now_us += 5000000; /* asleep; meanwhile the late answer came */
    kwh_line_next(&wire.line, wire_clock(&wire), &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    kwh_line_got(&wire.line, hex(ANSWER, step.room, step.capacity), wire_clock(&wire));
    do {
        kwh_line_next(&wire.line, wire_clock(&wire), &step);
        wire.now_us += 1000;
        assert_true(asked++ < 20);
    } while (step.action != KWH_ACTION_SEND);
    wire_take_request(&wire, &step);
    wire_deliver(&wire, wire.now_us + 20000, "\x01\x03\x04\xAA\xBB\xCC\xDD\x3E\x97", 9);
    assert_ptr_equal(wire_next(&wire), &exchange);
    assert_true(wire_answered(&wire, &exchange, "03 04 AA BB CC DD"));
    wire_close(&wire);
}

/* Asleep for an hour, the clock wrapped: the next exchange neither hangs nor hurries. */
static void a_long_sleep_does_no_harm(void **state)
{
    static const uint64_t sleeps_us[] = {UINT64_C(1800000000), UINT64_C(2147483000),
                                         UINT64_C(2147484000), UINT64_C(3600000000),
                                         UINT64_C(4294960000), UINT64_C(4294967290)};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(sleeps_us); i++) {
        struct kwh_exchange exchange;
        uint64_t start;
        open_rtu();
        wire_reply(&wire, 1, 20000, ANSWER);
        assert_int_equal(kwh_modbus_read(&exchange, 1, 4, 0, 2), KWH_OK);
        assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_TIMEOUT);
        start = wire.now_us += sleeps_us[i];
        read_two(&exchange);
        assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
        assert_in_range(wire.sent_at[1] - start, 0, 500000);
        wire_close(&wire);
    }
}

/* What the header says of limits and of times that nobody set. */
static void limits_and_defaults_are_as_documented(void **state)
{
    static uint8_t buffer[65535];
    struct kwh_exchange exchange;
    struct kwh_line line;
    (void)state;
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, 16), KWH_OK);
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, 65535), KWH_OK);
    assert_int_equal(line.timing.answer_us, 1000000);
    assert_int_equal(line.timing.character_us, 50000);
    assert_int_equal(line.timing.latest_us, 2000000);
    assert_int_equal(line.timing.turnaround_us, 100000);
    assert_int_equal(line.timing.quiet_us, 0);
    assert_int_equal(line.timing.tick_us, 1);
    assert_int_equal(kwh_modbus_read(&exchange, 247, 3, 0, 1), KWH_OK);
    assert_int_equal(kwh_line_start(&line, &exchange, 0), KWH_OK);
}

/* The reasons of one failure are not those of the next; attempts are counted. */
static void each_failure_is_told_by_itself(void **state)
{
    struct kwh_exchange exchange;
    (void)state;
    open_rtu();
    wire_reply(&wire, 0, 20000, "01 03 04 11 22 33 44 4B C7");
    read_two(&exchange);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_BAD_CRC);
    assert_int_equal(kwh_line_failure(&wire.line)->attempt, 1);
    wire_reply(&wire, 1, 20000, "01 03");
    assert_int_equal(kwh_line_retry(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
    assert_ptr_equal(wire_next(&wire), &exchange);
    assert_int_equal(exchange.error, KWH_ERROR_NO_FRAME);
    assert_int_equal(kwh_line_failure(&wire.line)->attempt, 2);
    assert_int_equal(kwh_line_retry(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
    assert_ptr_equal(wire_next(&wire), &exchange);
    assert_int_equal(exchange.error, KWH_ERROR_TIMEOUT);
    assert_int_equal(kwh_line_failure(&wire.line)->attempt, 3);
    wire_reply(&wire, 3, 20000, ANSWER);
    assert_int_equal(kwh_line_retry(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
    assert_ptr_equal(wire_next(&wire), &exchange);
    assert_int_equal(exchange.error, KWH_OK);
    assert_int_equal(kwh_line_failure(&wire.line)->error, KWH_OK);
    wire_close(&wire);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_and_defaults_are_as_documented),
        cmocka_unit_test(each_failure_is_told_by_itself),
        cmocka_unit_test(the_request_is_on_the_wire_as_printed),
        cmocka_unit_test(requests_wait_for_silence),
        cmocka_unit_test(noise_puts_a_request_off),
        cmocka_unit_test(coarse_clocks_wait_long_enough),
        cmocka_unit_test(the_answer_has_its_own_two_timers),
        cmocka_unit_test(broadcasts_end_after_the_turnaround),
        cmocka_unit_test(what_cannot_be_asked_is_refused_at_the_entry),
        cmocka_unit_test(the_smallest_buffer_is_enough),
        cmocka_unit_test(echo_is_learnt_from_reads_only),
        cmocka_unit_test(a_clean_answer_shows_that_nothing_echoes),
        cmocka_unit_test(echo_can_be_told),
        cmocka_unit_test(the_echo_of_a_long_write_is_passed_over),
        cmocka_unit_test(debt_is_of_one_address_and_function),
        cmocka_unit_test(many_debts_make_everyone_wait),
        cmocka_unit_test(a_coarse_clock_cuts_no_time),
        cmocka_unit_test(who_asks_late_may_tell_before_the_end),
        cmocka_unit_test(what_fails_at_once_took_no_time),
        cmocka_unit_test(damage_ends_the_room),
        cmocka_unit_test(a_request_leaves_in_its_own_time),
        cmocka_unit_test(a_new_speed_needs_a_new_silence),
        cmocka_unit_test(silence_ends_what_others_began),
        cmocka_unit_test(debts_do_not_outlive_a_long_rest),
        cmocka_unit_test(a_retry_goes_at_once_and_leaves_debt),
        cmocka_unit_test(what_never_left_owes_and_skips_nothing),
        cmocka_unit_test(an_answer_is_lent_to_its_own_exchange_only),
        cmocka_unit_test(a_tcp_retry_takes_either_answer),
        cmocka_unit_test(statistics_count_what_happens),
        cmocka_unit_test(the_trace_shows_all_bytes),
        cmocka_unit_test(tcp_carries_several_exchanges),
        cmocka_unit_test(a_failed_port_ends_everything),
        cmocka_unit_test(what_is_under_way_can_be_given_up),
        cmocka_unit_test(lies_of_the_caller_are_cut),
        cmocka_unit_test(a_collision_ends_the_exchange),
        cmocka_unit_test(damaged_bytes_are_part_of_no_answer),
        cmocka_unit_test(a_failed_port_takes_no_answer_back),
        cmocka_unit_test(a_babbling_line_is_given_up),
        cmocka_unit_test(any_order_of_calls_works),
        cmocka_unit_test(a_late_caller_loses_nothing),
        cmocka_unit_test(a_late_caller_mistakes_nothing),
        cmocka_unit_test(a_long_sleep_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
