/* SPDX-License-Identifier: MIT */
/* The framings by themselves: lengths of PDUs, frames as built, and every verdict about bytes. */
#include "hex.h"

#include <kwh/map.h>
#include <kwh/modbus.h>
#include <kwh/responder.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct kwh_exchange exchange;

/* The examples of MODBUS Application Protocol V1.1b3, section 6. */
static void lengths_of_the_standards_examples(void **state)
{
    static const struct {
        const char *request, *answer;
        size_t request_from, answer_from; /* known from so many bytes on */
    } cases[] = {
        {"01 0013 0013", "01 03 CD6B05", 1, 2},
        {"02 00C4 0016", "02 03 ACDB35", 1, 2},
        {"03 006B 0003", "03 06 022B00000064", 1, 2},
        {"04 0008 0001", "04 02 000A", 1, 2},
        {"05 00AC FF00", "05 00AC FF00", 1, 1},
        {"06 0001 0003", "06 0001 0003", 1, 1},
        {"07", "07 6D", 1, 1},
        {"08 0000 A537", "08 0000 A537", 1, 1},
        {"0B", "0B FFFF 0108", 1, 1},
        {"0C", "0C 08 0000 0108 0121 2000", 1, 2},
        {"0F 0013 000A 02 CD01", "0F 0013 000A", 6, 1},
        {"10 0001 0002 04 000A 0102", "10 0001 0002", 6, 1},
        {"11", "11 05 6B776800 FF", 1, 2},
        {"14 0E 06 0004 0001 0002 06 0003 0009 0002", "14 0C 05 06 0DFE 0020 05 06 33CD 0040", 2,
         2},
        {"15 0D 06 0004 0007 0003 06AF 04BE 100D", "15 0D 06 0004 0007 0003 06AF 04BE 100D", 2, 2},
        {"16 0004 00F2 0025", "16 0004 00F2 0025", 1, 1},
        {"17 0003 0006 000E 0003 06 00FF 00FF 00FF", "17 0C 00FE 0ACD 0001 0003 000D 00FF", 10, 2},
        {"18 04DE", "83 02", 1, 1},
        {"2B 0E 01 00", "AB 01", 1, 1},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        uint8_t pdu[32];
        size_t count = hex(cases[i].request, pdu, sizeof pdu);
        for (size_t cut = 0; cut <= count; cut++)
            assert_int_equal(kwh_modbus_request_length(pdu, cut),
                             cut < cases[i].request_from ? 0 : count);
        count = hex(cases[i].answer, pdu, sizeof pdu);
        for (size_t cut = 0; cut <= count; cut++)
            assert_int_equal(kwh_modbus_answer_length(pdu, cut),
                             cut < cases[i].answer_from ? 0 : count);
    }
}

/* A request as a frame, in exactly the room that it needs, and in one byte less. */
static void assert_wraps(KWH_CONST struct kwh_framing *framing, const char *frame)
{
    uint8_t expected[300], built[300];
    size_t count = hex(frame, expected, sizeof expected);
    memset(built, 0xEE, sizeof built);
    assert_int_equal(framing->wrap(&exchange, built, count), count);
    assert_memory_equal(built, expected, count);
    assert_int_equal(built[count], 0xEE);
    memset(built, 0xEE, sizeof built);
    assert_int_equal(framing->wrap(&exchange, built, count - 1), 0);
    assert_int_equal(built[0], 0xEE);
}

static void requests_become_frames(void **state)
{
    static const uint8_t ten[] = {0x41, 0x20, 0x00, 0x00};
    (void)state;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5002, 6), KWH_OK);
    exchange.id = 0x1234;
    assert_wraps(&kwh_modbus_rtu, "01 03 50 02 00 06 75 08");
    assert_wraps(&kwh_modbus_tcp, "12 34 00 00 00 06 01 03 50 02 00 06");
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0x400D, 2, ten), KWH_OK);
    exchange.id = 0xFF01;
    assert_wraps(&kwh_modbus_rtu, "01 10 40 0D 00 02 04 41 20 00 00 16 03");
    assert_wraps(&kwh_modbus_tcp, "FF 01 00 00 00 0B 01 10 40 0D 00 02 04 41 20 00 00");
}

/* What is proposed to be asked of meters, whole. */
static void proposed_requests_become_frames(void **state)
{
    static const struct {
        uint8_t function;
        uint16_t address, count;
        const char *frame;
    } cases[] = {
        /* inepro */
        {3, 0x4002, 1, "01 03 40 02 00 01 30 0A"},
        {3, 0x5002, 6, "01 03 50 02 00 06 75 08"},
        {3, 0x5012, 2, "01 03 50 12 00 02 75 0E"},
        /* Eastron */
        {4, 0x0000, 36, "01 04 00 00 00 24 F0 11"},
        {4, 0x002A, 34, "01 04 00 2A 00 22 51 DB"},
        {4, 0x00C8, 26, "01 04 00 C8 00 1A F0 3F"},
        {4, 0x0156, 56, "01 04 01 56 00 38 10 34"},
        {4, 0x0500, 4, "01 04 05 00 00 04 F1 05"},
        {4, 0x0000, 60, "01 04 00 00 00 3C F0 1B"},
        {4, 0x0000, 2, "01 04 00 00 00 02 71 CB"},
        {4, 0x0046, 2, "01 04 00 46 00 02 90 1E"},
        {3, 0xFC00, 2, "01 03 FC 00 00 02 F4 5B"},
        {3, 0xFC02, 1, "01 03 FC 02 00 01 15 9A"},
        {3, 0x000E, 2, "01 03 00 0E 00 02 A5 C8"},
        /* Socomec */
        {3, 0xC350, 4, "01 03 C3 50 00 04 78 5C"},
        {3, 0xC354, 4, "01 03 C3 54 00 04 39 9D"},
        {3, 0xC37A, 24, "01 03 C3 7A 00 18 58 5D"},
        {3, 0xC552, 54, "01 03 C5 52 00 36 58 C1"},
        {3, 0xC702, 20, "01 03 C7 02 00 14 D9 71"},
        {3, 0xC652, 20, "01 03 C6 52 00 14 D8 9C"},
        {3, 0xC6A0, 10, "01 03 C6 A0 00 0A F9 67"},
        {3, 0xC800, 10, "01 03 C8 00 00 0A FB AD"},
        {3, 0x6583, 27, "01 03 65 83 00 1B EA E5"},
        {3, 0x8100, 6, "01 03 81 00 00 06 ED F4"},
        {3, 0xC873, 1, "01 03 C8 73 00 01 4B B1"},
        {3, 0x9000, 11, "01 03 90 00 00 0B 29 0D"},
        {3, 0x9E60, 2, "01 03 9E 60 00 02 EB FD"},
        {3, 0xE000, 12, "01 03 E0 00 00 0C 72 0F"},
        {3, 0xE400, 1, "01 03 E4 00 00 01 B2 FA"},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        assert_int_equal(
            kwh_modbus_read(&exchange, 1, cases[i].function, cases[i].address, cases[i].count),
            KWH_OK);
        assert_wraps(&kwh_modbus_rtu, cases[i].frame);
    }
}

/* The tariff of all meters of a line at once, a CT ratio of a COUNTIS, the word order of an SDM630.
 */
static void proposed_writes_become_frames(void **state)
{
    static const char *const tariffs[] = {"00 06 9E 21 00 01 36 39", "00 06 9E 21 00 02 76 38",
                                          "00 06 9E 21 00 03 B7 F8", "00 06 9E 21 00 04 F6 3A"};
    static const uint8_t normal[] = {0x45, 0x05, 0xD0, 0x00}, reversed[] = {0xD0, 0x00, 0x45, 0x05};
    static const uint8_t ratio[] = {0, 5, 0, 200};
    (void)state;
    for (uint16_t tariff = 1; tariff <= 4; tariff++) {
        kwh_modbus_write_single(&exchange, 0, 0x9E21, tariff);
        assert_wraps(&kwh_modbus_rtu, tariffs[tariff - 1]);
    }
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0xE001, 2, ratio), KWH_OK);
    assert_wraps(&kwh_modbus_rtu, "01 10 E0 01 00 02 04 00 05 00 C8 EA 30");
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0x0028, 2, normal), KWH_OK);
    assert_wraps(&kwh_modbus_rtu, "01 10 00 28 00 02 04 45 05 D0 00 A8 DC");
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0x0028, 2, reversed), KWH_OK);
    assert_wraps(&kwh_modbus_rtu, "01 10 00 28 00 02 04 D0 00 45 05 3A 42");
}

/* PDUs of 253 bytes make the longest frames; longer ones make none. */
static void the_longest_pdu_becomes_a_frame(void **state)
{
    static uint8_t pdu[254], frame[300];
    (void)state;
    memset(pdu, 0x41, sizeof pdu);
    assert_int_equal(kwh_modbus_raw(&exchange, 1, pdu, 253, kwh_modbus_length_counted, true),
                     KWH_OK);
    assert_true(exchange.writes);
    assert_int_equal(kwh_modbus_rtu.wrap(&exchange, frame, sizeof frame), 256);
    assert_memory_equal(frame + 1, pdu, 253);
    assert_int_equal(kwh_modbus_tcp.wrap(&exchange, frame, sizeof frame), 260);
    assert_memory_equal(frame + 7, pdu, 253);
    assert_memory_equal(frame + 4, "\x00\xFE\x01", 3);
    exchange.body_length++;
    assert_int_equal(kwh_modbus_rtu.wrap(&exchange, frame, sizeof frame), 0);
    assert_int_equal(kwh_modbus_tcp.wrap(&exchange, frame, sizeof frame), 0);
    assert_int_equal(kwh_modbus_rtu_server.wrap(1, 0, pdu, 253, frame, 256), 256);
    assert_int_equal(kwh_modbus_rtu_server.wrap(1, 0, pdu, 253, frame, 255), 0);
    assert_int_equal(kwh_modbus_rtu_server.wrap(1, 0, pdu, 254, frame, 300), 0);
    assert_int_equal(kwh_modbus_tcp_server.wrap(1, 0, pdu, 253, frame, 260), 260);
    assert_int_equal(kwh_modbus_tcp_server.wrap(1, 0, pdu, 253, frame, 259), 0);
    assert_int_equal(kwh_modbus_tcp_server.wrap(1, 0, pdu, 254, frame, 300), 0);
}

/* What is asked: member by member what an answer is held against, and what a failure names. */
static void requests_say_what_they_are(void **state)
{
    static const uint8_t bytes[4];
    static const uint8_t one[] = {0x7F};
    (void)state;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 4, 0x0102, 3), KWH_OK);
    assert_int_equal(exchange.span_address, 0x0102);
    assert_int_equal(exchange.span_count, 3);
    assert_false(exchange.writes);
    kwh_modbus_write_single(&exchange, 1, 0x0102, 3);
    assert_int_equal(exchange.span_address, 0x0102);
    assert_int_equal(exchange.span_count, 1);
    assert_true(exchange.writes);
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0x0102, 2, bytes), KWH_OK);
    assert_int_equal(exchange.span_address, 0x0102);
    assert_int_equal(exchange.span_count, 2);
    assert_true(exchange.writes);
    kwh_modbus_diagnostics(&exchange, 1, 0, 0xA537);
    assert_int_equal(exchange.span_count, 0);
    kwh_modbus_report_server_id(&exchange, 1);
    assert_false(exchange.writes);
    assert_int_equal(exchange.span_count, 0);
    assert_int_equal(kwh_modbus_read_device_id(&exchange, 1, 4, 0x80), KWH_OK);
    exchange.id = 1;
    assert_wraps(&kwh_modbus_tcp, "00 01 00 00 00 05 01 2B 0E 04 80");
    assert_int_equal(kwh_modbus_read_device_id(&exchange, 1, 5, 0), KWH_ERROR_ARGUMENT);
    assert_int_equal(exchange.head_length, 0);
    assert_int_equal(kwh_modbus_raw(&exchange, 1, one, 1, kwh_modbus_length_five, false), KWH_OK);
    assert_wraps(&kwh_modbus_tcp, "00 00 00 00 00 02 01 7F");
}

struct verdict {
    const char *bytes;
    enum kwh_verdict verdict;
    enum kwh_reason reason;
    uint16_t count;
    uint8_t address;
};

static void assert_verdicts(KWH_CONST struct kwh_framing *framing, const struct verdict *cases,
                            size_t count)
{
    exchange.state = KWH_EXCHANGE_WAITING;
    for (size_t i = 0; i < count; i++) {
        uint8_t bytes[300];
        size_t length = hex(cases[i].bytes, bytes, sizeof bytes);
        struct kwh_match match = framing->match(bytes, length, &exchange);
        assert_int_equal(match.verdict, cases[i].verdict);
        assert_int_equal(match.count, cases[i].count);
        assert_int_equal(match.reason, cases[i].reason);
        assert_int_equal(match.address, cases[i].address);
    }
}

#define MORE      KWH_VERDICT_MORE
#define SLIDE     KWH_VERDICT_SLIDE
#define FRAME     KWH_VERDICT_FRAME
#define NOISE     KWH_REASON_NOISE
#define BAD_CRC   KWH_REASON_BAD_CRC
#define OTHER     KWH_REASON_OTHER_ADDRESS
#define NOT_ASKED KWH_REASON_OTHER_ANSWER

/* Answers to requests that are proposed, and what a byte less of them is. */
static void proposed_answers_are_frames(void **state)
{
    static const struct {
        uint8_t function;
        uint16_t address, count;
        const char *frame;
    } cases[] = {
        {3, 0x5002, 6, "01 03 0C 43 6A 4C CD 43 69 66 66 43 6A 66 66 A1 13"},
        {3, 0x5012, 2, "01 03 04 3E 33 33 33 53 31"},
        {4, 0x0000, 2, "01 04 04 43 66 33 34 1B 38"},
        {4, 0x0046, 2, "01 04 04 42 48 00 00 6F EA"},
        {3, 0xFC02, 1, "01 03 02 00 84 B8 27"},
        {3, 0xFC02, 1, "01 03 02 00 89 79 E2"},
        {3, 0x000E, 2, "01 03 04 00 00 00 00 FA 33"},
        {3, 0x000E, 2, "01 03 04 3F 80 00 00 F7 CF"},
        {4, 0x03E8, 2, "01 84 02 C2 C1"},
        {3, 0xC350, 4, "01 03 08 00 53 00 4F 00 43 00 4F 13 3C"},
        {3, 0x6583, 27, "01 83 02 C0 F1"},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        uint8_t frame[32];
        size_t length = hex(cases[i].frame, frame, sizeof frame);
        assert_int_equal(
            kwh_modbus_read(&exchange, 1, cases[i].function, cases[i].address, cases[i].count),
            KWH_OK);
        exchange.state = KWH_EXCHANGE_WAITING;
        struct kwh_match match = kwh_modbus_rtu.match(frame, length, &exchange);
        assert_int_equal(match.verdict, FRAME);
        assert_int_equal(match.count, length);
        match = kwh_modbus_rtu.match(frame, length - 1, &exchange);
        assert_int_equal(match.verdict, MORE);
        frame[length - 1] ^= 1;
        match = kwh_modbus_rtu.match(frame, length, &exchange);
        assert_int_not_equal(match.verdict, FRAME);
    }
}

static void what_comes_after_a_read(void **state)
{
    static const struct verdict cases[] = {
        {"01", MORE, NOISE, 0, 0},
        {"01 03 04 3E 33 33 33 53", MORE, NOISE, 0, 0},
        {"01 03 04 3E 33 33 33 53 31", FRAME, NOISE, 9, 1},
        {"01 03 04 3E 33 33 33 53 31 FF FF", FRAME, NOISE, 9, 1},
        {"01 03 04 3E 33 33 33 53 30", SLIDE, BAD_CRC, 1, 0},
        {"01 83 02 C0 F1", FRAME, NOISE, 5, 1},
        {"01 83 02 C0 F0", SLIDE, BAD_CRC, 1, 0},
        /* Our address, but another function, another count, another refusal. */
        {"01 04", MORE, NOT_ASKED, 0, 0},
        {"01 84 02 C2 C1", SLIDE, NOT_ASKED, 5, 1},
        {"01 06 40 03 00 0A EC 0D", SLIDE, NOT_ASKED, 8, 1},
        {"01 06 40 03 00 0A EC 0E", SLIDE, NOISE, 1, 0},
        /* Another address: whole frames are passed over, part of one is awaited. */
        {"02", MORE, OTHER, 0, 0},
        {"11 03 02 12 34 74 F0", SLIDE, OTHER, 7, 0x11},
        {"11 03 02 12 34 74 F1", SLIDE, NOISE, 1, 0},
        {"11 03 FC", SLIDE, NOISE, 1, 0}, /* longer than any PDU */
        {"11 03 FB", MORE, OTHER, 0, 0},
        {"FF FF", MORE, OTHER, 0, 0},
        {"11 55", SLIDE, NOISE, 1, 0}, /* of no known length */
        {"11 03 20 01 03 04 3E 33 33 33 53 31", MORE, OTHER, 0, 0},
    };
    (void)state;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5012, 2), KWH_OK);
    assert_verdicts(&kwh_modbus_rtu, cases, KWH_COUNT(cases));
    assert_verdicts(&kwh_modbus_rtu_over_tcp, cases, KWH_COUNT(cases));
}

static void what_comes_after_a_write(void **state)
{
    static const uint8_t ten[] = {0x41, 0x20, 0x00, 0x00};
    static const struct verdict cases[] = {
        {"01 10 40 0D 00 02 C5 CB", FRAME, NOISE, 8, 1},
        {"01 10 40 0D 00", MORE, NOISE, 0, 0},
        {"01 10 40 0C 00 02 94 0B", SLIDE, NOT_ASKED, 8, 1},
        {"01 10 40 0D 00 01 85 CA", SLIDE, NOT_ASKED, 8, 1},
    };
    (void)state;
    assert_int_equal(kwh_modbus_write_multiple(&exchange, 1, 0x400D, 2, ten), KWH_OK);
    assert_verdicts(&kwh_modbus_rtu, cases, KWH_COUNT(cases));
}

/* A counter's answer has its sub-function, other data; returned data is the same. */
static void what_comes_after_diagnostics(void **state)
{
    static const struct verdict counter[] = {
        {"01 08 00 0B 00 2A 10 16", FRAME, NOISE, 8, 1},
        {"01 08 00 0C 00 2A A1 D7", SLIDE, NOT_ASKED, 8, 1},
    };
    static const struct verdict returned[] = {
        {"01 08 00 00 A5 37 DA 8D", FRAME, NOISE, 8, 1},
        {"01 08 00 00 A5 38 9A 89", SLIDE, NOT_ASKED, 8, 1},
    };
    static const struct verdict identity[] = {
        {"01 2B 0E 01 01 00 00 00 27 D7", FRAME, NOISE, 10, 1},
        {"01 2B 0E 02 01 00 00 00 63 D7", SLIDE, NOISE, 1, 0},
        {"01 2B 0D 01 01 00 00 00 27 E4", SLIDE, NOISE, 1, 0},
    };
    (void)state;
    kwh_modbus_diagnostics(&exchange, 1, 11, 0);
    assert_verdicts(&kwh_modbus_rtu, counter, KWH_COUNT(counter));
    kwh_modbus_diagnostics(&exchange, 1, 0, 0xA537);
    assert_verdicts(&kwh_modbus_rtu, returned, KWH_COUNT(returned));
    assert_int_equal(kwh_modbus_read_device_id(&exchange, 1, 1, 0), KWH_OK);
    assert_verdicts(&kwh_modbus_rtu, identity, KWH_COUNT(identity));
}

static void what_comes_on_a_connection(void **state)
{
    static const struct verdict cases[] = {
        {"12 34 00 00 00 05 01 03 02 00 2A", FRAME, NOISE, 11, 1},
        {"12 34 00 00 00 05 01 03 02 00", MORE, NOISE, 0, 0},
        {"12 34 00 00 00 05", MORE, NOISE, 0, 0},
        {"12 34 00 00 00 05 01", MORE, NOISE, 0, 0},
        {"12 35 00 00 00 05 01", MORE, NOT_ASKED, 0, 0},
        {"12 34 00 00 00 03 01 83 02", FRAME, NOISE, 9, 1},
        {"12 35 00 00 00 05 01 03 02 00 2A", SLIDE, NOT_ASKED, 11, 0},
        {"12 34 00 00 00 05 02 03 02 00 2A", SLIDE, OTHER, 11, 2},
        {"12 34 00 00 00 07 01 03 04 00 2A 00 2B", SLIDE, NOT_ASKED, 13, 1},
        {"12 34 00 00 00 04 01 03 02 00", SLIDE, NOT_ASKED, 10, 1},
        {"12 34 00 00 00 04 01 83 02 00", SLIDE, NOT_ASKED, 10, 1},
        {"12 34 01", SLIDE, NOISE, 1, 0},
        {"12 34 00 01", SLIDE, NOISE, 1, 0},
        {"12 34 00 00 01", SLIDE, NOISE, 1, 0},
        {"12 34 00 00 00 01", SLIDE, NOISE, 1, 0},
        {"12 34 00 00 00 02", MORE, NOISE, 0, 0},
        {"12 34 00 00 00 FE", MORE, NOISE, 0, 0},
        {"12 34 00 00 00 FF", SLIDE, NOISE, 1, 0},
    };
    (void)state;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0, 1), KWH_OK);
    exchange.id = 0x1234;
    assert_verdicts(&kwh_modbus_tcp, cases, KWH_COUNT(cases));
}

/* What a server hears, with address 0x11 served. */
static void what_a_server_hears(void **state)
{
    static const struct {
        const char *bytes;
        bool idle;
        enum kwh_verdict verdict;
        enum kwh_reason reason;
        uint16_t count;
    } cases[] = {
        {"11 03 00 00 00 01 86 9A", false, FRAME, NOISE, 8},
        {"11 03 00 00 00 01 86", false, MORE, NOISE, 0},
        {"11 03 00 00 00 01 86 9B", false, MORE, NOISE, 0},
        {"11 03 00 00 00 01 86 9B", true, SLIDE, BAD_CRC, 8},
        {"11 03 80 00 00 01 AF 5A", false, FRAME, NOISE, 8},
        {"11 41 CD D0", true, FRAME, NOISE, 4},
        {"11 41 CD D0", false, MORE, NOISE, 0},
        {"11 07 4C 22", false, FRAME, NOISE, 4},
        {"11 07 4C", true, SLIDE, BAD_CRC, 3},
        {"01 03 50 02 00 06 75 08", false, SLIDE, OTHER, 8},
        {"01 03 04 3E 33 33 33 53 31", false, SLIDE, OTHER, 9},
        {"11 03 02 12 34 74 F0", false, SLIDE, NOT_ASKED, 7},
        {"11 83 02 C1 34", false, SLIDE, NOT_ASKED, 5},
        /* A request to us at the very end of a burst; the shortest too. */
        {"FF 11 03 00 00 00 01 86 9A", true, SLIDE, NOISE, 1},
        {"FF FF 11 07 4C 22", true, SLIDE, NOISE, 2},
        {"FF FF 11 07 4C 23", true, SLIDE, BAD_CRC, 6},
        {"FF 01 03 50 02 00 06 75 08", true, SLIDE, BAD_CRC, 9},
        {"FF 11 03 00 00 00 01 86 9A 00", true, SLIDE, BAD_CRC, 10},
    };
    static uint8_t served[32];
    (void)state;
    served[2] = 0x02;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        uint8_t bytes[32];
        size_t length = hex(cases[i].bytes, bytes, sizeof bytes);
        struct kwh_request_match match = kwh_modbus_rtu_server.match(bytes, length, cases[i].idle,
                                                                     served);
        assert_int_equal(match.verdict, cases[i].verdict);
        assert_int_equal(match.reason, cases[i].reason);
        assert_int_equal(match.count, cases[i].count);
    }
}

/* What a server hears on a connection, where all units are its own. */
static void what_a_server_hears_on_a_connection(void **state)
{
    static const struct {
        const char *bytes;
        enum kwh_verdict verdict;
        uint16_t count;
    } cases[] = {
        {"12 34 00 00 00 06 11 03 00 00 00 01", FRAME, 12},
        {"12 34 00 00 00 06 11 03 00 00 00 01 12", FRAME, 12},
        {"12 34 00 00 00 06 11 03 00 00 00", MORE, 0},
        {"12 34 00 00 00 06 11", MORE, 0},
        {"12 34 00 00 00 02 11 07", FRAME, 8},
        {"12", MORE, 0},
        {"12 34 00 01", KWH_VERDICT_BROKEN, 0},
        {"12 34 00 00 00 01", KWH_VERDICT_BROKEN, 0},
        {"12 34 00 00 00 FF", KWH_VERDICT_BROKEN, 0},
    };
    static const uint8_t served[32];
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        uint8_t bytes[32];
        size_t length = hex(cases[i].bytes, bytes, sizeof bytes);
        struct kwh_request_match match = kwh_modbus_tcp_server.match(bytes, length, true, served);
        assert_int_equal(match.verdict, cases[i].verdict);
        if (match.verdict == FRAME) {
            assert_int_equal(match.count, cases[i].count);
            assert_int_equal(match.id, 0x1234);
            assert_int_equal(match.address, 0x11);
            assert_int_equal(match.body_at, 7);
            assert_int_equal(match.body_length, cases[i].count - 7);
        }
    }
}

/* Objects cut short, at every place, and lists that fill the PDU to its end. */
static void objects_are_taken_whole(void **state)
{
    uint8_t pdu[253] = {0x2B, 0x0E, 1, 1, 0, 0, 2, 5, 1, 'a', 6, 241, 'b'};
    struct kwh_device_id_object object;
    (void)state;
    assert_int_equal(kwh_modbus_length_device_id(pdu, sizeof pdu), 253);
    assert_true(kwh_modbus_device_id_object(pdu, sizeof pdu, 1, &object));
    assert_int_equal(object.id, 6);
    assert_int_equal(object.length, 241);
    assert_int_equal(object.at, 12);
    assert_false(kwh_modbus_device_id_object(pdu, 252, 1, &object));
    assert_int_equal(object.id | object.length | object.at, 0);
    assert_true(kwh_modbus_device_id_object(pdu, 10, 0, &object));
    assert_int_equal(object.id, 5);
    for (size_t cut = 0; cut < 10; cut++)
        assert_false(kwh_modbus_device_id_object(pdu, cut, 0, &object));
    assert_false(kwh_modbus_device_id_object(pdu, sizeof pdu, 2, &object));
    for (size_t cut = 7; cut < 12; cut++)
        assert_int_equal(kwh_modbus_length_device_id(pdu, cut), 0);
    assert_int_equal(kwh_modbus_length_device_id(pdu, 12), 253);
    pdu[11]++;
    assert_true(kwh_modbus_length_device_id(pdu, sizeof pdu) == SIZE_MAX);
    pdu[6] = 0;
    assert_int_equal(kwh_modbus_length_device_id(pdu, 7), 7);
    assert_false(kwh_modbus_device_id_object(pdu, sizeof pdu, 0, &object));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lengths_of_the_standards_examples),
        cmocka_unit_test(requests_become_frames),
        cmocka_unit_test(proposed_requests_become_frames),
        cmocka_unit_test(proposed_writes_become_frames),
        cmocka_unit_test(proposed_answers_are_frames),
        cmocka_unit_test(the_longest_pdu_becomes_a_frame),
        cmocka_unit_test(requests_say_what_they_are),
        cmocka_unit_test(what_comes_after_a_read),
        cmocka_unit_test(what_comes_after_a_write),
        cmocka_unit_test(what_comes_after_diagnostics),
        cmocka_unit_test(what_comes_on_a_connection),
        cmocka_unit_test(what_a_server_hears),
        cmocka_unit_test(what_a_server_hears_on_a_connection),
        cmocka_unit_test(objects_are_taken_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
