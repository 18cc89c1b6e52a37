/* SPDX-License-Identifier: MIT */
/* Exchanges by themselves: what becomes of bytes, in whatever pieces they come, and that a line
 * comes to the same end. */
#include "hex.h"

#include <kwh/line.h>
#include <kwh/map.h>
#include <kwh/mbus.h>
#include <kwh/modbus.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* What is asked of address 1. */
enum request {
    READ,  /* function 03, 2 registers at 5012 */
    WRITE, /* function 06, 000A to 4003 */
    DATA,  /* REQ_UD2 */
    RESET, /* SND_NKE */
};

static const char *const frames[] = {
    [READ] = "01 03 50 12 00 02 75 0E",
    [WRITE] = "01 06 40 03 00 0A EC 0D",
    [DATA] = "10 7B 01 7C 16",
    [RESET] = "10 40 01 41 16",
};

#define ANSWER    "01 03 04 3E 33 33 33 53 31"
#define TELEGRAM  "68 03 03 68 08 01 70 79 16"
#define ROOM      40u
#define UNTOUCHED 0xEE

static struct kwh_exchange exchange;
static struct kwh_statistics statistics;
static uint8_t buffer[2 * ROOM];

static KWH_CONST struct kwh_framing *ask(enum request request)
{
    switch (request) {
    case READ:
        assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5012, 2), KWH_OK);
        return &kwh_modbus_rtu;
    case WRITE:
        kwh_modbus_write_single(&exchange, 1, 0x4003, 0x000A);
        return &kwh_modbus_rtu;
    case DATA:
        kwh_mbus_req_ud2(&exchange, 1, true);
        return &kwh_mbus_serial;
    case RESET:
        kwh_mbus_snd_nke(&exchange, 1);
        return &kwh_mbus_serial;
    }
    return NULL;
}

/* Of so many bytes at once up to the end, then nothing more. Returns where bytes were received. */
static const uint8_t *receive(enum request request, bool echo, const uint8_t *bytes, size_t length,
                              size_t step)
{
    KWH_CONST struct kwh_framing *framing = ask(request);
    uint8_t expected[8], *room;
    size_t sent = hex(frames[request], expected, sizeof expected), count;
    bool over = false;

    memset(buffer, UNTOUCHED, sizeof buffer);
    memset(&statistics, 0, sizeof statistics);
    exchange.statistics = &statistics;
    assert_int_equal(kwh_exchange_begin(&exchange, framing, buffer, sizeof buffer), sent);
    assert_memory_equal(buffer, expected, sent);
    room = echo ? buffer + sent : buffer;
    while (!over) {
        count = length < step ? length : step;
        memcpy(room + exchange.answer_size, bytes, count);
        bytes += count;
        length -= count;
        if (!echo || kwh_exchange_take_echo(&exchange, buffer, sent, &count))
            over = kwh_exchange_look(&exchange, framing, room, count);
        assert_in_range(exchange.answer_size, 0, ROOM);
    }
    assert_int_equal(exchange.state, KWH_EXCHANGE_OVER);
    return room;
}

/* The same bytes to a line, all at once, then silence. Returns the answer. */
static const uint8_t *carry(enum request request, bool echo, const uint8_t *bytes, size_t length,
                            size_t *size)
{
    static uint8_t lines_buffer[8 + KWH_MBUS_FRAME_MAX];
    static struct kwh_line line;
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    struct kwh_step step;
    uint32_t now_us = 0;

    assert_int_equal(kwh_line_init(&line, ask(request), lines_buffer, sizeof lines_buffer), KWH_OK);
    exchange.statistics = &statistics;
    kwh_line_set_speed(&line, &settings);
    line.echo = echo ? KWH_ECHO_ALWAYS : KWH_ECHO_NEVER;
    assert_int_equal(kwh_line_start(&line, &exchange, now_us), KWH_OK);
    for (;;) {
        kwh_line_next(&line, now_us, &step);
        if (step.action == KWH_ACTION_DONE)
            break;
        if (step.action == KWH_ACTION_SEND) {
            kwh_line_sent(&line, step.count, now_us);
        } else if (exchange.state == KWH_EXCHANGE_WAITING && length != 0) {
            assert_true(step.capacity >= length);
            memcpy(step.room, bytes, length);
            now_us += 20000;
            kwh_line_got(&line, length, now_us);
            length = 0;
        } else {
            now_us = step.until_us;
        }
    }
    return kwh_line_answer(&line, &exchange, size);
}

struct stream {
    enum request request;
    bool echo;
    const char *bytes;
    enum kwh_error error;
    const char *answer; /* the PDU */
    uint32_t skipped;
};

/* As on a line, to which echoes are bytes that belong to no answer. */
static void assert_counted(const struct kwh_statistics *own, const struct kwh_statistics *lines)
{
    assert_int_equal(own->sent, lines->sent);
    assert_int_equal(own->ok, lines->ok);
    assert_int_equal(own->timeouts, lines->timeouts);
    assert_int_equal(own->bad_crc, lines->bad_crc);
    assert_int_equal(own->exceptions, lines->exceptions);
    assert_int_equal(own->retries, lines->retries);
}

static void assert_ends(const struct stream *stream)
{
    struct kwh_statistics own;
    uint8_t bytes[ROOM], answer[ROOM];
    size_t length = hex(stream->bytes, bytes, sizeof bytes);
    size_t size = hex(stream->answer, answer, sizeof answer), found;
    const uint8_t *room, *lines;

    for (size_t step = 1; step <= length + 1; step++) {
        room = receive(stream->request, stream->echo, bytes, length, step);
        assert_int_equal(exchange.error, stream->error);
        assert_int_equal(exchange.answer_size, size);
        assert_memory_equal(room + exchange.answer_at, answer, size);
        assert_int_equal(statistics.skipped_bytes, stream->skipped);
    }
    kwh_exchange_count(&exchange, 1);
    own = statistics;
    memset(&statistics, 0, sizeof statistics);
    lines = carry(stream->request, stream->echo, bytes, length, &found);
    assert_counted(&own, &statistics);
    assert_int_equal(exchange.error, stream->error);
    assert_int_equal(found, size);
    assert_memory_equal(lines, answer, size);
}

static void streams_come_to_their_end(void **state)
{
    static const struct stream streams[] = {
        {READ, false, "", KWH_ERROR_TIMEOUT, "", 0},
        {READ, false, ANSWER, KWH_OK, "03 04 3E 33 33 33", 0},
        {READ, false, "01 83 02 C0 F1", KWH_ERROR_ILLEGAL_DATA_ADDRESS, "83 02", 0},
        {READ, false, "FF 00 01" ANSWER, KWH_OK, "03 04 3E 33 33 33", 3},
        {READ, false, "11 03 02 12 34 74 F0" ANSWER, KWH_OK, "03 04 3E 33 33 33", 7},
        /* What seems longer than what came hides the answer only until nothing more comes. */
        {READ, false, "11 03 20" ANSWER, KWH_OK, "03 04 3E 33 33 33", 3},
        {READ, false, "11 03 20" ANSWER "00", KWH_OK, "03 04 3E 33 33 33", 3},
        {READ, false, "01 03 04 3E 33 33 33 53", KWH_ERROR_NO_FRAME, "", 8},
        {READ, false, "01 03 04 3E 33 33 33 53 30", KWH_ERROR_BAD_CRC, "", 9},
        {READ, false, "11 03 02 12 34 74 F0", KWH_ERROR_OTHER_ADDRESS, "", 7},
        {READ, false, "01 84 02 C2 C1", KWH_ERROR_OTHER_ANSWER, "", 5},
        {READ, false, "00 FF", KWH_ERROR_NO_FRAME, "", 2},
        /* What says most of several that are no answer is the failure. */
        {READ, false, "01 83 02 C0 F0" ANSWER, KWH_OK, "03 04 3E 33 33 33", 5},
        {READ, false, "01 83 02 C0 F0 11 03 02 12 34 74 F0", KWH_ERROR_BAD_CRC, "", 12},
        {READ, false, "01 84 02 C2 C1 11 03 02 12 34 74 F0", KWH_ERROR_OTHER_ANSWER, "", 12},
        {READ, false, "11 03 02 12 34 74 F0 01 84 02 C2 C1", KWH_ERROR_OTHER_ANSWER, "", 12},
        {WRITE, false, "01 06 40 03 00 0A EC 0D", KWH_OK, "06 40 03 00 0A", 0},
        /* What is sent comes back. */
        {READ, true, "01 03 50 12 00 02 75 0E" ANSWER, KWH_OK, "03 04 3E 33 33 33", 0},
        {READ, true, "01 03 50 12 00 02 75 0E", KWH_ERROR_ONLY_ECHO, "", 0},
        {READ, true, "01 03 50 12 00 02 75 0E FF", KWH_ERROR_NO_FRAME, "", 1},
        {READ, true, ANSWER, KWH_OK, "03 04 3E 33 33 33", 0},
        /* Behind noise, too, and be it the beginning of a frame: then it is no answer. */
        {READ, true, "FF 01 03 50 12 00 02 75 0E" ANSWER, KWH_OK, "03 04 3E 33 33 33", 1},
        {WRITE, true, "FF 01 06 40 03 00 0A EC 0D", KWH_ERROR_NO_FRAME, "", 1},
        {WRITE, true, "0C 01 06 40 03 00 0A EC 0D", KWH_ERROR_NO_FRAME, "", 1},
        {WRITE, true, "0C 01 06 40 03 00 0A EC 0D 01 06 40 03 00 0A EC 0D", KWH_OK,
         "06 40 03 00 0A", 1},
        {WRITE, true, "01 06 40 03 00 0A EC 0D", KWH_ERROR_ONLY_ECHO, "", 0},
        {WRITE, true, "01 06 40 03 00 0A EC 0D 01 06 40 03 00 0A EC 0D", KWH_OK, "06 40 03 00 0A",
         0},
        {WRITE, true, "01 06 40 03 00 0A EC 0D 01 86 04 43 A3", KWH_ERROR_SERVER_DEVICE_FAILURE,
         "86 04", 0},
        /* M-Bus. */
        {RESET, false, "E5", KWH_OK, "E5", 0},
        {RESET, false, "", KWH_ERROR_TIMEOUT, "", 0},
        {RESET, true, "10 40 01 41 16 E5", KWH_OK, "E5", 0},
        {DATA, false, "E5", KWH_OK, "E5", 0},
        {DATA, false, TELEGRAM, KWH_OK, "08 01 70", 0},
        {DATA, false, "FF" TELEGRAM, KWH_OK, "08 01 70", 1},
        {DATA, false, "68 03 03 68 08 02 70 7A 16", KWH_ERROR_OTHER_ADDRESS, "", 9},
        {DATA, false, "68 03 03 68 08 01 70 78 16", KWH_ERROR_BAD_CHECKSUM, "", 9},
        {DATA, false, "68 03 03 68 08", KWH_ERROR_CUT_FRAME, "", 5},
        {DATA, false, "E5 E5", KWH_ERROR_COLLISION, "", 2},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(streams); i++)
        assert_ends(&streams[i]);
}

/* What was there before our own request had left answers nothing, and be it a whole frame. */
static void nothing_before_the_echo_counts(void **state)
{
    uint8_t bytes[ROOM];
    size_t length = hex("E5 10 40 01 41 16", bytes, sizeof bytes);
    (void)state;
    (void)receive(RESET, true, bytes, length, length);
    assert_int_equal(exchange.error, KWH_ERROR_NO_FRAME);
    assert_int_equal(statistics.skipped_bytes, 1);
    length = hex("01 86 04 43 A3 01 06 40 03 00 0A EC 0D 01 06 40 03 00 0A EC 0D", bytes,
                 sizeof bytes);
    (void)receive(WRITE, true, bytes, length, length);
    assert_int_equal(exchange.error, KWH_OK);
    assert_int_equal(statistics.skipped_bytes, 5);
}

/* The same exchange once more has an echo once more. */
static void a_repeated_request_comes_back_again(void **state)
{
    size_t sent, count;
    (void)state;
    (void)ask(WRITE);
    for (unsigned i = 0; i < 2; i++) {
        sent = kwh_exchange_begin(&exchange, &kwh_modbus_rtu, buffer, sizeof buffer);
        count = hex(frames[WRITE], buffer + sent, ROOM);
        assert_int_equal(count, sent);
        assert_false(kwh_exchange_take_echo(&exchange, buffer, sent, &count));
        count = 0;
        assert_true(kwh_exchange_take_echo(&exchange, buffer, sent, &count));
        assert_true(kwh_exchange_look(&exchange, &kwh_modbus_rtu, buffer + sent, count));
        assert_int_equal(exchange.error, KWH_ERROR_ONLY_ECHO);
    }
}

/* A request that does not fit or is none, and a buffer that fills up without an answer. */
static void buffers_are_kept(void **state)
{
    uint8_t bytes[9];
    (void)state;
    assert_int_equal(kwh_exchange_begin(&exchange, ask(READ), buffer, 7), 0);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0, 200), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_exchange_begin(&exchange, &kwh_modbus_rtu, buffer, sizeof buffer), 0);
    assert_int_equal(hex("01 03 FB 00 00 00 00 00 00", bytes, sizeof bytes), sizeof bytes);
    (void)kwh_exchange_begin(&exchange, ask(READ), buffer, sizeof bytes);
    memcpy(buffer, bytes, sizeof bytes);
    buffer[sizeof bytes] = UNTOUCHED;
    exchange.statistics = NULL;
    (void)kwh_exchange_look(&exchange, &kwh_modbus_rtu, buffer, sizeof bytes);
    assert_true(kwh_exchange_look(&exchange, &kwh_modbus_rtu, buffer, 0));
    assert_int_equal(exchange.error, KWH_ERROR_NO_FRAME);
    assert_int_equal(exchange.answer_size, 0);
    assert_int_equal(buffer[sizeof bytes], UNTOUCHED);
}

/* On a connection the answer is known by its id: not that to the request before. */
static void an_id_tells_the_answer(void **state)
{
    uint8_t bytes[ROOM];
    size_t length = hex("00 07 00 00 00 06 01 03 50 12 00 02", bytes, sizeof bytes);
    (void)state;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5012, 2), KWH_OK);
    exchange.id = 7;
    assert_int_equal(kwh_exchange_begin(&exchange, &kwh_modbus_tcp, buffer, sizeof buffer), length);
    assert_memory_equal(buffer, bytes, length);
    length = hex("00 06 00 00 00 07 01 03 04 41 41 41 41"
                 "00 07 00 00 00 07 01 03 04 3E 33 33 33",
                 buffer, sizeof buffer);
    assert_true(kwh_exchange_look(&exchange, &kwh_modbus_tcp, buffer, length));
    assert_int_equal(exchange.error, KWH_OK);
    assert_int_equal(exchange.answer_size, 6);
    assert_int_equal(buffer[exchange.answer_at + 2], 0x3E);
}

static void receive_text(enum request request, const char *text)
{
    uint8_t bytes[ROOM];
    size_t length = hex(text, bytes, sizeof bytes);
    struct kwh_statistics before = statistics;
    (void)receive(request, false, bytes, length, length + 1);
    before.skipped_bytes += statistics.skipped_bytes;
    before.bad_crc += statistics.bad_crc;
    statistics = before;
}

static void exchanges_are_counted(void **state)
{
    (void)state;
    memset(&statistics, 0, sizeof statistics);
    receive_text(READ, ANSWER);
    kwh_exchange_count(&exchange, 3000);
    receive_text(READ, "01 83 02 C0 F1");
    kwh_exchange_count(&exchange, 2000);
    receive_text(READ, "01 83 02 C0 F0");
    kwh_exchange_count(&exchange, 9000);
    receive_text(READ, "FF" ANSWER);
    exchange.attempt = 1;
    kwh_exchange_count(&exchange, 2500);
    assert_int_equal(statistics.sent, 4);
    assert_int_equal(statistics.ok, 2);
    assert_int_equal(statistics.exceptions, 1);
    assert_int_equal(statistics.timeouts, 1);
    assert_int_equal(statistics.bad_crc, 1);
    assert_int_equal(statistics.skipped_bytes, 6);
    assert_int_equal(statistics.retries, 1);
    assert_int_equal(statistics.latency_last_us, 2500);
    assert_int_equal(statistics.latency_min_us, 2000);
    assert_int_equal(statistics.latency_max_us, 3000);
    exchange.statistics = NULL;
    kwh_exchange_count(&exchange, 1);
    assert_int_equal(statistics.sent, 4);
}

/* The link keeps its bits in step as on a line. */
static void links_are_told(void **state)
{
    struct kwh_mbus_link link;
    (void)state;
    kwh_mbus_link_init(&link, 1);
    receive_text(RESET, "E5");
    kwh_mbus_link_done(&link, &exchange);
    assert_true(link.reset);
    receive_text(DATA, TELEGRAM);
    kwh_mbus_link_done(&link, &exchange);
    assert_false(link.request_fcb);
    receive_text(DATA, "68 03 03 68 08 01 70 78 16");
    kwh_mbus_link_done(&link, &exchange);
    assert_false(link.request_fcb);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_come_to_their_end),
        cmocka_unit_test(nothing_before_the_echo_counts),
        cmocka_unit_test(a_repeated_request_comes_back_again),
        cmocka_unit_test(buffers_are_kept),
        cmocka_unit_test(an_id_tells_the_answer),
        cmocka_unit_test(exchanges_are_counted),
        cmocka_unit_test(links_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
