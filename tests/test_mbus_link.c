/* SPDX-License-Identifier: MIT */
/*
 * The link layer of M-Bus by itself: requests as they go out and their answers, the frame count
 * bit, speeds and times. Frames are in test_mbus_frame.c, secondary addresses in
 * test_mbus_secondary.c; how bytes on a line become answers and requests in test_mbus_framing.c and
 * test_mbus_responder.c.
 */
#include "wire.h"

#include <kwh/mbus.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* ------------------------------------------------------------------------------------------------
 * Requests
 */

static struct kwh_exchange exchange;

/* A request as a frame, in exactly the room that it needs, and in one byte less. */
static void assert_goes_out(const char *frame)
{
    uint8_t expected[32], built[32];
    size_t count = hex(frame, expected, sizeof expected);
    memset(built, 0xEE, sizeof built);
    assert_int_equal(kwh_mbus_serial.wrap(&exchange, built, count), count);
    assert_memory_equal(built, expected, count);
    assert_int_equal(built[count], 0xEE);
    assert_int_equal(kwh_mbus_serial.wrap(&exchange, built, count - 1), 0);
    memset(built, 0xEE, sizeof built);
    assert_int_equal(kwh_mbus_over_tcp.wrap(&exchange, built, sizeof built), count);
    assert_memory_equal(built, expected, count);
}

static void short_requests(void **state)
{
    (void)state;
    kwh_mbus_snd_nke(&exchange, 1);
    assert_goes_out("10 40 01 41 16");
    kwh_mbus_snd_nke(&exchange, 253);
    assert_goes_out("10 40 FD 3D 16");
    kwh_mbus_snd_nke(&exchange, 255);
    assert_goes_out("10 40 FF 3F 16");
    kwh_mbus_req_ud2(&exchange, 1, false);
    assert_goes_out("10 5B 01 5C 16");
    kwh_mbus_req_ud2(&exchange, 1, true);
    assert_goes_out("10 7B 01 7C 16");
    kwh_mbus_req_ud2(&exchange, 254, false);
    assert_goes_out("10 5B FE 59 16");
    kwh_mbus_req_ud2(&exchange, 253, true);
    assert_goes_out("10 7B FD 78 16");
    kwh_mbus_req_ud1(&exchange, 1, true);
    assert_goes_out("10 7A 01 7B 16");
    kwh_mbus_req_ud1(&exchange, 1, false);
    assert_goes_out("10 5A 01 5B 16");
}

/* Every setting that the manuals of the inepro meters print or that follows from them (PRO1, 2PU,
 * 4PU, 4PS; the telegrams of the PRO380 from a public script). They print frame count bit 0. */
static const struct {
    const char *what;
    uint8_t address, ci;
    const char *data, *frame;
} settings[] = {
    {"speed 300", 1, 0xB8, "", "68 03 03 68 53 01 B8 0C 16"},
    {"speed 600", 1, 0xB9, "", "68 03 03 68 53 01 B9 0D 16"},
    {"speed 1200", 1, 0xBA, "", "68 03 03 68 53 01 BA 0E 16"},
    {"speed 2400", 1, 0xBB, "", "68 03 03 68 53 01 BB 0F 16"},
    {"speed 4800", 1, 0xBC, "", "68 03 03 68 53 01 BC 10 16"},
    {"speed 9600", 1, 0xBD, "", "68 03 03 68 53 01 BD 11 16"},
    {"address 1", 1, 0x51, "01 7A 01", "68 06 06 68 53 01 51 01 7A 01 21 16"},
    {"identification 15012345", 1, 0x51, "0C 79 45 23 01 15",
     "68 09 09 68 53 01 51 0C 79 45 23 01 15 A8 16"},
    {"tariff 1", 1, 0x51, "09 7C 01 54 01", "68 08 08 68 53 01 51 09 7C 01 54 01 80 16"},
    {"tariff 2", 1, 0x51, "09 7C 01 54 02", "68 08 08 68 53 01 51 09 7C 01 54 02 81 16"},
    {"tariff 3", 1, 0x51, "09 7C 01 54 03", "68 08 08 68 53 01 51 09 7C 01 54 03 82 16"},
    {"tariff 4", 1, 0x51, "09 7C 01 54 04", "68 08 08 68 53 01 51 09 7C 01 54 04 83 16"},
    {"combination code 1", 1, 0x51, "09 FD 3A 01", "68 07 07 68 53 01 51 09 FD 3A 01 E6 16"},
    {"combination code 2", 1, 0x51, "09 FD 3A 02", "68 07 07 68 53 01 51 09 FD 3A 02 E7 16"},
    {"combination code 3", 1, 0x51, "09 FD 3A 03", "68 07 07 68 53 01 51 09 FD 3A 03 E8 16"},
    {"combination code 4", 1, 0x51, "09 FD 3A 04", "68 07 07 68 53 01 51 09 FD 3A 04 E9 16"},
    {"combination code 5", 1, 0x51, "09 FD 3A 05", "68 07 07 68 53 01 51 09 FD 3A 05 EA 16"},
    {"combination code 6", 1, 0x51, "09 FD 3A 06", "68 07 07 68 53 01 51 09 FD 3A 06 EB 16"},
    {"combination code 9", 1, 0x51, "09 FD 3A 09", "68 07 07 68 53 01 51 09 FD 3A 09 EE 16"},
    {"combination code 10", 1, 0x51, "09 FD 3A 10", "68 07 07 68 53 01 51 09 FD 3A 10 F5 16"},
    {"0.01 pulses a kWh", 1, 0x51, "0C FD 3A 01 00 00 00",
     "68 0A 0A 68 53 01 51 0C FD 3A 01 00 00 00 E9 16"},
    {"0.1 pulses a kWh", 1, 0x51, "0C FD 3A 10 00 00 00",
     "68 0A 0A 68 53 01 51 0C FD 3A 10 00 00 00 F8 16"},
    {"1 pulse a kWh", 1, 0x51, "0C FD 3A 00 01 00 00",
     "68 0A 0A 68 53 01 51 0C FD 3A 00 01 00 00 E9 16"},
    {"10 pulses a kWh", 1, 0x51, "0C FD 3A 00 10 00 00",
     "68 0A 0A 68 53 01 51 0C FD 3A 00 10 00 00 F8 16"},
    {"100 pulses a kWh", 1, 0x51, "0C FD 3A 00 00 01 00",
     "68 0A 0A 68 53 01 51 0C FD 3A 00 00 01 00 E9 16"},
    {"1000 pulses a kWh", 1, 0x51, "0C FD 3A 00 00 10 00",
     "68 0A 0A 68 53 01 51 0C FD 3A 00 00 10 00 F8 16"},
    {"2000 pulses a kWh", 1, 0x51, "0C FD 3A 00 00 20 00",
     "68 0A 0A 68 53 01 51 0C FD 3A 00 00 20 00 08 16"},
    {"10000 pulses a kWh", 1, 0x51, "0C FD 3A 00 00 00 01",
     "68 0A 0A 68 53 01 51 0C FD 3A 00 00 00 01 E9 16"},
    {"reset of the energy", 1, 0x51, "0C 04 00 00 00 00",
     "68 09 09 68 53 01 51 0C 04 00 00 00 00 B5 16"},
    {"reset of the power-down counter", 1, 0x51, "0A FD 60 00 00",
     "68 08 08 68 53 01 51 0A FD 60 00 00 0C 16"},
    {"selection of any version", 253, 0x52, "01 00 07 13 CD 25 FF 02",
     "68 0B 0B 68 53 FD 52 01 00 07 13 CD 25 FF 02 B0 16"},
    {"selection", 253, 0x52, "01 00 07 13 CD 25 01 02",
     "68 0B 0B 68 53 FD 52 01 00 07 13 CD 25 01 02 B2 16"},
    {"telegram of the phases", 0, 0xB4, "", "68 03 03 68 53 00 B4 07 16"},
    {"usual telegram", 0, 0xB1, "", "68 03 03 68 53 00 B1 04 16"},
};

/* With frame count bit 1, C and checksum are 20 more. */
static void set_frame_count_bit(uint8_t *frame, size_t count)
{
    frame[4] = (uint8_t)(frame[4] + 0x20);
    frame[count - 2] = (uint8_t)(frame[count - 2] + 0x20);
}

static void settings_go_out_as_the_manuals_print_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(settings); i++) {
        uint8_t data[16], expected[32], built[32];
        size_t size = hex(settings[i].data, data, sizeof data);
        size_t count = hex(settings[i].frame, expected, sizeof expected);
        assert_int_equal(
            kwh_mbus_snd_ud(&exchange, settings[i].address, false, settings[i].ci, data, size),
            KWH_OK);
        assert_goes_out(settings[i].frame);
        assert_int_equal(
            kwh_mbus_snd_ud(&exchange, settings[i].address, true, settings[i].ci, data, size),
            KWH_OK);
        set_frame_count_bit(expected, count);
        assert_int_equal(kwh_mbus_serial.wrap(&exchange, built, sizeof built), count);
        assert_memory_equal(built, expected, count);
    }
    /* The sum of one of them by hand: 73 + 01 + BB = 12F. */
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, true, 0xBB, NULL, 0), KWH_OK);
    assert_goes_out("68 03 03 68 73 01 BB 2F 16");
}

static void wire_open_mbus(struct wire *wire)
{
    wire_open(wire, &kwh_mbus_serial, KWH_MBUS_BUFFER, 1, 0);
}

/* Over a line, from the builder to the E5. */
static void settings_are_acknowledged(void **state)
{
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(settings); i++) {
        struct wire wire;
        struct kwh_mbus_frame frame;
        uint8_t data[16], expected[32];
        size_t size = hex(settings[i].data, data, sizeof data);
        size_t count = hex(settings[i].frame, expected, sizeof expected);
        wire_open_mbus(&wire);
        wire_reply(&wire, 0, 20000, "E5");
        assert_int_equal(
            kwh_mbus_snd_ud(&exchange, settings[i].address, false, settings[i].ci, data, size),
            KWH_OK);
        if (wire_run(&wire, &exchange) != KWH_OK)
            fail_msg("%s: %s", settings[i].what, kwh_error_name(exchange.error));
        assert_int_equal(wire.sent_count[0], count);
        assert_memory_equal(wire.sent[0], expected, count);
        assert_non_null(kwh_mbus_answer(&wire.line, &exchange, &frame));
        assert_int_equal(frame.kind, KWH_MBUS_ACK);
        assert_int_equal(frame.length, 1);
        assert_true(exchange.proven);
        wire_close(&wire);
    }
}

/* Settings are written once. Selections and requests of another telegram change nothing. */
static void requests_say_whether_they_change_the_meter(void **state)
{
    static const struct {
        uint8_t ci;
        bool writes;
    } cases[] = {{0x50, true},  {0x51, true}, {0x52, false}, {0x54, true},  {0x55, true},
                 {0x56, false}, {0xAF, true}, {0xB0, false}, {0xB1, false}, {0xB4, false},
                 {0xB7, false}, {0xB8, true}, {0xBB, true},  {0xBF, true},  {0xC0, true}};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, false, cases[i].ci, NULL, 0), KWH_OK);
        assert_int_equal(exchange.writes, cases[i].writes);
        assert_int_equal(kwh_mbus_snd_ud2(&exchange, 1, cases[i].ci, NULL, 0), KWH_OK);
        assert_int_equal(exchange.writes, cases[i].writes);
        assert_int_equal(kwh_mbus_snd_ud(&exchange, 255, false, cases[i].ci, NULL, 0), KWH_OK);
        assert_true(exchange.writes);
    }
    kwh_mbus_req_ud2(&exchange, 1, false);
    assert_false(exchange.writes);
    kwh_mbus_req_ud1(&exchange, 1, false);
    assert_false(exchange.writes);
    kwh_mbus_snd_nke(&exchange, 1);
    assert_false(exchange.writes);
    kwh_mbus_snd_nke(&exchange, 255);
    assert_true(exchange.writes);
}

/* Several may answer at 253 and 254. */
static void requests_say_whether_several_may_answer(void **state)
{
    (void)state;
    for (unsigned address = 0; address < 256; address++) {
        kwh_mbus_req_ud2(&exchange, (uint8_t)address, false);
        assert_int_equal(exchange.collides, address >= 253);
    }
}

static void data_has_252_bytes_at_most(void **state)
{
    static const uint8_t data[253];
    uint8_t frame[261];
    struct wire wire;
    (void)state;
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, true, 0x51, data, 252), KWH_OK);
    assert_int_equal(kwh_mbus_serial.wrap(&exchange, frame, sizeof frame), 261);
    assert_int_equal(kwh_mbus_snd_ud2(&exchange, 1, 0x51, data, 253), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, true, 0x51, data, 253), KWH_ERROR_ARGUMENT);
    wire_open_mbus(&wire); /* nor is it sent when that goes unseen */
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_ERROR_ARGUMENT);
    wire_close(&wire);
}

/* The documented buffers fit what they are for, to the byte. */
static void buffers_fit_what_they_are_for(void **state)
{
    static const uint8_t data[252];
    static uint8_t buffer[KWH_MBUS_BUFFER];
    struct kwh_line line;
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        KWH_CONST struct kwh_framing *framing = i < 2 ? &kwh_mbus_serial : &kwh_mbus_over_tcp;
        size_t less = i % 2;
        enum kwh_error expected = less == 0 ? KWH_OK : KWH_ERROR_CAPACITY;
        assert_int_equal(kwh_line_init(&line, framing, buffer, KWH_MBUS_READ_BUFFER - less),
                         KWH_OK);
        kwh_mbus_req_ud2(&exchange, 1, true);
        assert_int_equal(kwh_line_start(&line, &exchange, 0), expected);
        assert_int_equal(kwh_line_init(&line, framing, buffer, KWH_MBUS_BUFFER - less), KWH_OK);
        assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, true, 0x51, data, 252), KWH_OK);
        assert_int_equal(kwh_line_start(&line, &exchange, 0), expected);
    }
}

static void reads_cannot_be_broadcast(void **state)
{
    struct wire wire;
    (void)state;
    wire_open_mbus(&wire);
    kwh_mbus_req_ud2(&exchange, 255, true);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_ERROR_BROADCAST_READ);
    kwh_mbus_req_ud1(&exchange, 255, true);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_ERROR_BROADCAST_READ);
    wire_close(&wire);
}

/* To all: without frame count bit (C 43), over after the turnaround, without an answer. */
static void broadcasts_are_sent_and_not_answered(void **state)
{
    static const uint8_t address[] = {0x01, 0x7A, 0x08};
    static const char *const sent[] = {"10 40 FF 3F 16", "68 06 06 68 43 FF 51 01 7A 08 16 16"};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(sent); i++) {
        struct wire wire;
        struct kwh_mbus_frame frame;
        uint8_t expected[16];
        size_t count = hex(sent[i], expected, sizeof expected);
        uint32_t request_us = 11458 * (uint32_t)count / 10; /* 11 bits a character at 9600 Bd */
        wire_open_mbus(&wire);
        if (i == 0)
            kwh_mbus_snd_nke(&exchange, 255);
        else
            assert_int_equal(kwh_mbus_snd_ud(&exchange, 255, true, 0x51, address, 3), KWH_OK);
        assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
        assert_int_equal(wire.sent_count[0], count);
        assert_memory_equal(wire.sent[0], expected, count);
        assert_in_range(wire.now_us - wire.sent_at[0] - request_us, 100000, 100100);
        assert_null(kwh_mbus_answer(&wire.line, &exchange, &frame));
        assert_int_equal(frame.length, 0);
        wire_close(&wire);
    }
}

/* The eight bytes behind CI 52 are those of the selection telegram. */
static void a_selection_carries_the_pattern(void **state)
{
    static const struct {
        const char *pattern, *frame;
    } cases[] = {
        {"12345678CD250102", "68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16"},
        {"1FFFFFFF", "68 0B 0B 68 53 FD 52 FF FF FF 1F FF FF FF FF BA 16"},
        {"FFFFFFFF", "68 0B 0B 68 53 FD 52 FF FF FF FF FF FF FF FF 9A 16"},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_mbus_secondary pattern;
        uint8_t bytes[KWH_MBUS_SECONDARY_BYTES];
        assert_int_equal(kwh_mbus_secondary_parse(cases[i].pattern, &pattern), KWH_OK);
        kwh_mbus_secondary_encode(&pattern, bytes);
        assert_int_equal(kwh_mbus_snd_ud(&exchange, KWH_MBUS_SELECTED, false, KWH_MBUS_CI_SELECT,
                                         bytes, sizeof bytes),
                         KWH_OK);
        assert_goes_out(cases[i].frame);
    }
}

/* ------------------------------------------------------------------------------------------------
 * Answers
 */

#define PRO1                                                                                       \
    "68 4B 4B 68 08 00 72 00 00 00 00 CD 25 01 02 02 00 00 00 0C 04 14 48 60 01 8C 10 04 23 80 35" \
    "00 8C 20 04 91 67 24 01 1C 04 46 13 69 00 9C 10 04 56 34 12 00 9C 20 04 90 78 56 00 2C 04 68" \
    "34 91 00 AC 10 04 67 45 23 00 AC 20 04 01 89 67 00 7C 16"

static void an_answer_is_taken_apart(void **state)
{
    struct wire wire;
    struct kwh_mbus_frame frame;
    uint8_t telegram[81];
    const uint8_t *answer;
    (void)state;
    assert_int_equal(hex(PRO1, telegram, sizeof telegram), 81);
    wire_open_mbus(&wire);
    wire_reply(&wire, 0, 20000, PRO1);
    kwh_mbus_req_ud2(&exchange, 0, true);
    memset(&frame, 0xEE, sizeof frame);
    assert_null(kwh_mbus_answer(&wire.line, &exchange, &frame)); /* not yet */
    assert_int_equal(frame.length, 0);
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    answer = kwh_mbus_answer(&wire.line, &exchange, &frame);
    assert_non_null(answer);
    assert_memory_equal(answer, telegram, 81);
    assert_int_equal(frame.kind, KWH_MBUS_LONG);
    assert_int_equal(frame.length, 81);
    assert_int_equal(frame.c, 0x08);
    assert_int_equal(frame.address, 0);
    assert_int_equal(frame.ci, 0x72);
    assert_int_equal(frame.data_at, 7);
    assert_int_equal(frame.data_length, 72);
    exchange.error = KWH_ERROR_TIMEOUT;
    assert_null(kwh_mbus_answer(&wire.line, &exchange, &frame));
    assert_int_equal(frame.length, 0);
    wire_close(&wire);
}

/* SND_UD2 is answered by a telegram, or by A2 of a meter that does not take it. */
static void snd_ud2_is_answered_by_data_or_refused(void **state)
{
    struct wire wire;
    struct kwh_mbus_frame frame;
    static struct kwh_statistics statistics;
    (void)state;
    wire_open_mbus(&wire);
    wire_reply(&wire, 0, 20000, "68 03 03 68 08 01 72 7B 16");
    wire_reply(&wire, 1, 20000, "A2");
    assert_int_equal(kwh_mbus_snd_ud2(&exchange, 1, 0xB1, NULL, 0), KWH_OK);
    assert_goes_out("68 03 03 68 43 01 B1 F5 16");
    exchange.statistics = &statistics;
    assert_int_equal(wire_run(&wire, &exchange), KWH_OK);
    assert_non_null(kwh_mbus_answer(&wire.line, &exchange, &frame));
    assert_int_equal(frame.kind, KWH_MBUS_CONTROL);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_NOT_ACKNOWLEDGED);
    assert_null(kwh_mbus_answer(&wire.line, &exchange, &frame));
    assert_int_equal(kwh_line_failure(&wire.line)->error, KWH_ERROR_NOT_ACKNOWLEDGED);
    assert_int_equal(kwh_error_class(exchange.error), KWH_ERROR_CLASS_METER);
    assert_int_equal(statistics.ok, 1);
    assert_int_equal(statistics.exceptions, 1);
    wire_close(&wire);
}

/* ------------------------------------------------------------------------------------------------
 * The frame count bit, EN 13757-2 5.5: what happens to it
 */

enum {
    ACK = 1,
    DATA = 255
};

static void finish(uint16_t answer_size, enum kwh_error error)
{
    exchange.state = KWH_EXCHANGE_OVER;
    exchange.sendings = 1;
    exchange.answer_size = answer_size;
    exchange.error = error;
}

#define assert_link(link, request, data, in_step)                                                  \
    do {                                                                                           \
        assert_int_equal((link).request_fcb, request);                                             \
        assert_int_equal((link).data_fcb, data);                                                   \
        assert_int_equal((link).reset, in_step);                                                   \
    } while (0)

/* Both bits 0 and in step, so that what sets or turns one is seen. */
static struct kwh_mbus_link link_at(uint8_t address, bool request, bool data)
{
    struct kwh_mbus_link link;
    kwh_mbus_link_init(&link, address);
    link.request_fcb = request;
    link.data_fcb = data;
    link.reset = true;
    return link;
}

static void power_up_leaves_the_link_out_of_step(void **state)
{
    struct kwh_mbus_link link;
    (void)state;
    memset(&link, 0xEE, sizeof link);
    kwh_mbus_link_init(&link, 7);
    assert_int_equal(link.address, 7);
    assert_link(link, true, true, false);
}

/* Sent is enough: whom it reached has begun anew. But only an acknowledgment says that it did. */
static void snd_nke_sets_both_bits(void **state)
{
    static const uint8_t addresses[] = {1, 253, 254, 255};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(addresses); i++) {
        struct kwh_mbus_link link = link_at(1, false, false);
        link.reset = false;
        kwh_mbus_snd_nke(&exchange, addresses[i]);
        finish(addresses[i] == 255 ? 0 : ACK, KWH_OK);
        kwh_mbus_link_done(&link, &exchange);
        assert_link(link, true, true, true);
        assert_int_equal(link.address, 1);
        link = link_at(1, false, false);
        finish(0, KWH_ERROR_TIMEOUT);
        kwh_mbus_link_done(&link, &exchange);
        assert_link(link, true, true, false);
    }
}

/* Sent is enough: whom it reached has begun anew, even if the E5 was lost. */
static void a_selection_sets_both_bits(void **state)
{
    static const uint8_t modes[] = {0x52, 0x56}, pattern[8] = {0};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(modes); i++)
        for (int fcb = 0; fcb < 2; fcb++) {
            struct kwh_mbus_link link = link_at(253, false, false);
            assert_int_equal(kwh_mbus_snd_ud(&exchange, 253, fcb != 0, modes[i], pattern, 8),
                             KWH_OK);
            finish(ACK, KWH_OK);
            kwh_mbus_link_done(&link, &exchange);
            assert_link(link, true, true, true);
            link = link_at(253, false, false);
            finish(0, KWH_ERROR_TIMEOUT);
            kwh_mbus_link_done(&link, &exchange);
            assert_link(link, true, true, false);
            link = link_at(253, false, false);
            exchange.sendings = 0; /* it never left */
            kwh_mbus_link_done(&link, &exchange);
            assert_link(link, false, false, true);
        }
    /* The same CI to a primary address selects nobody; another CI to FD is data. */
    struct kwh_mbus_link link = link_at(1, false, false);
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, false, 0x52, pattern, 8), KWH_OK);
    finish(ACK, KWH_OK);
    kwh_mbus_link_done(&link, &exchange);
    assert_link(link, false, true, true);
    link = link_at(253, false, true);
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 253, true, 0x51, pattern, 8), KWH_OK);
    finish(ACK, KWH_OK);
    kwh_mbus_link_done(&link, &exchange);
    assert_link(link, false, false, true);
}

static void a_telegram_turns_the_bit_of_requests(void **state)
{
    (void)state;
    for (int bit = 0; bit < 2; bit++) {
        struct kwh_mbus_link link = link_at(1, bit != 0, true);
        kwh_mbus_req_ud2(&exchange, 1, link.request_fcb);
        assert_int_equal(exchange.head[0], bit != 0 ? 0x7B : 0x5B);
        finish(DATA, KWH_OK);
        kwh_mbus_link_done(&link, &exchange);
        assert_link(link, bit == 0, true, true);
        link = link_at(1, bit != 0, true); /* E5: nothing to send */
        finish(ACK, KWH_OK);
        kwh_mbus_link_done(&link, &exchange);
        assert_link(link, bit != 0, true, true);
        kwh_mbus_req_ud1(&exchange, 1,
                         link.request_fcb); /* answered by E5 when there is no alarm */
        assert_int_equal(exchange.head[0], bit != 0 ? 0x7A : 0x5A);
        finish(ACK, KWH_OK);
        kwh_mbus_link_done(&link, &exchange);
        assert_link(link, bit == 0, true, true);
        finish(DATA, KWH_OK);
        kwh_mbus_link_done(&link, &exchange);
        assert_link(link, bit != 0, true, true);
    }
}

static void an_acknowledgement_turns_the_bit_of_data(void **state)
{
    (void)state;
    for (int bit = 0; bit < 2; bit++) {
        struct kwh_mbus_link link = link_at(1, true, bit != 0);
        assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, link.data_fcb, 0x51, NULL, 0), KWH_OK);
        assert_int_equal(exchange.head[0], bit != 0 ? 0x73 : 0x53);
        finish(ACK, KWH_OK);
        kwh_mbus_link_done(&link, &exchange);
        assert_link(link, true, bit == 0, true);
        finish(DATA, KWH_OK); /* CI B1 of some meters */
        kwh_mbus_link_done(&link, &exchange);
        assert_link(link, true, bit != 0, true);
    }
}

static void a_lost_answer_keeps_the_bits(void **state)
{
    static const enum kwh_error errors[] = {
        KWH_ERROR_TIMEOUT,   KWH_ERROR_COLLISION,   KWH_ERROR_BAD_CHECKSUM,
        KWH_ERROR_BAD_STOP,  KWH_ERROR_BAD_LENGTH,  KWH_ERROR_CUT_FRAME,
        KWH_ERROR_BAD_START, KWH_ERROR_INTERRUPTED, KWH_ERROR_OTHER_ADDRESS};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(errors); i++) {
        struct kwh_mbus_link link = link_at(1, false, false);
        kwh_mbus_req_ud2(&exchange, 1, false);
        finish(DATA, errors[i]);
        kwh_mbus_link_done(&link, &exchange);
        kwh_mbus_req_ud1(&exchange, 1, false);
        finish(DATA, errors[i]);
        kwh_mbus_link_done(&link, &exchange);
        assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, false, 0x51, NULL, 0), KWH_OK);
        finish(ACK, errors[i]);
        kwh_mbus_link_done(&link, &exchange);
        assert_link(link, false, false, true);
    }
}

/* What counts without frame count bit turns none: to all, and SND_UD2; nor what was never sent. */
static void what_carries_no_bit_turns_none(void **state)
{
    struct kwh_mbus_link link = link_at(1, true, true);
    (void)state;
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 255, true, 0x51, NULL, 0), KWH_OK);
    assert_int_equal(exchange.head[0], 0x43);
    finish(0, KWH_OK);
    kwh_mbus_link_done(&link, &exchange);
    assert_link(link, true, true, true);
    assert_int_equal(kwh_mbus_snd_ud2(&exchange, 1, 0x51, NULL, 0), KWH_OK);
    finish(DATA, KWH_OK);
    kwh_mbus_link_done(&link, &exchange);
    assert_link(link, true, true, true);
    kwh_mbus_snd_nke(&exchange, 1); /* filled, not started */
    link = link_at(1, false, false);
    kwh_mbus_link_done(&link, &exchange);
    assert_link(link, false, false, true);
}

/* A master's usual sequence on a line: 40, 7B, 5B, 5B again after a lost answer, 7B. */
static void a_readout_toggles_after_each_good_answer(void **state)
{
    static const char *const sent[] = {"10 40 01 41 16", "10 7B 01 7C 16", "10 5B 01 5C 16",
                                       "10 5B 01 5C 16", "10 7B 01 7C 16"};
    static const char *const heard[] = {"E5", "68 03 03 68 08 01 72 7B 16", "",
                                        "68 03 03 68 08 01 72 7B 16", "68 03 03 68 08 01 72 7B 16"};
    struct kwh_mbus_link link;
    struct wire wire;
    (void)state;
    wire_open_mbus(&wire);
    kwh_mbus_link_init(&link, 1);
    for (unsigned i = 0; i < KWH_COUNT(sent); i++) {
        uint8_t expected[5];
        enum kwh_error error = heard[i][0] != '\0' ? KWH_OK : KWH_ERROR_TIMEOUT;
        hex(sent[i], expected, sizeof expected);
        if (heard[i][0] != '\0')
            wire_reply(&wire, i, 20000, heard[i]);
        if (link.reset)
            kwh_mbus_req_ud2(&exchange, 1, link.request_fcb);
        else
            kwh_mbus_snd_nke(&exchange, 1);
        assert_int_equal(wire_run(&wire, &exchange), error);
        assert_memory_equal(wire.sent[i], expected, 5);
        kwh_mbus_link_done(&link, &exchange);
    }
    wire_close(&wire);
}

/* ------------------------------------------------------------------------------------------------
 * Speeds and times
 */

static const struct {
    uint32_t baud;
    uint8_t ci;
    uint32_t answer_us, silence_us; /* 330 bits + 50 ms + 11 bits; 33 bits */
    uint32_t readout_us;            /* 266 characters of 11 bits */
} speeds[] = {
    {300, 0xB8, 1186667, 110000, 9753334}, {600, 0xB9, 618334, 55000, 4876667},
    {1200, 0xBA, 334167, 27500, 2438334},  {2400, 0xBB, 192084, 13750, 1219167},
    {4800, 0xBC, 121042, 6875, 609584},    {9600, 0xBD, 85521, 3438, 304792},
    {19200, 0xBE, 67761, 1719, 152396},    {38400, 0xBF, 58881, 860, 76198},
};

static void speeds_have_ci_fields(void **state)
{
    unsigned known = 0;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(speeds); i++) {
        assert_int_equal(kwh_mbus_baud_ci(speeds[i].baud), speeds[i].ci);
        assert_int_equal(kwh_mbus_baud(speeds[i].ci), speeds[i].baud);
    }
    for (unsigned ci = 0; ci < 256; ci++)
        known += kwh_mbus_baud((uint8_t)ci) != 0;
    assert_int_equal(known, KWH_COUNT(speeds));
    assert_int_equal(kwh_mbus_baud_ci(0), 0);
    assert_int_equal(kwh_mbus_baud_ci(2401), 0);
    assert_int_equal(kwh_mbus_baud_ci(65536 + 300), 0);
    assert_int_equal(kwh_mbus_baud_ci(57600), 0);
}

static void times_follow_from_the_speed(void **state)
{
    static uint8_t buffer[KWH_MBUS_READ_BUFFER];
    struct kwh_line line;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(speeds); i++) {
        struct kwh_line_settings to = {0, 8, 'E', 1};
        uint32_t answer_us = speeds[i].answer_us;
        to.baud = speeds[i].baud;
        assert_int_equal(kwh_line_init(&line, &kwh_mbus_serial, buffer, sizeof buffer), KWH_OK);
        kwh_mbus_set_speed(&line, &to, 0);
        assert_int_equal(line.timing.answer_us, answer_us);
        assert_int_equal(line.timing.character_us, speeds[i].silence_us);
        assert_int_equal(line.timing.latest_us, answer_us);
        assert_int_equal(line.character_ns, kwh_character_ns(&to));
        kwh_mbus_set_speed(&line, &to, KWH_MBUS_ALLOWANCE_US);
        assert_int_equal(line.timing.answer_us, answer_us + 150000);
        assert_int_equal(line.timing.character_us, speeds[i].silence_us + 50000);
        assert_int_equal(line.timing.latest_us, answer_us + 150000);
        to.parity = 'N'; /* some converters: bit times stay bit times */
        kwh_mbus_set_speed(&line, &to, 0);
        assert_int_equal(line.timing.answer_us, answer_us);
        assert_int_equal(line.timing.character_us, speeds[i].silence_us);
        to.parity = 'E';
        assert_int_equal(kwh_line_init(&line, &kwh_mbus_over_tcp, buffer, sizeof buffer), KWH_OK);
        kwh_mbus_set_speed(&line, &to, 150000);
        assert_int_equal(line.timing.answer_us, answer_us + 150000);
        assert_int_equal(line.timing.frame_us, speeds[i].readout_us);
        assert_int_equal(line.timing.character_us, speeds[i].silence_us + 50000);
        assert_int_equal(line.timing.latest_us, line.timing.answer_us);
        assert_int_equal(line.character_ns, 0);
    }
    kwh_mbus_set_speed(&line, &(struct kwh_line_settings){0, 8, 'E', 1}, 0);
    assert_int_equal(line.timing.answer_us, 50000); /* no speed, no bit times */
    assert_int_equal(line.timing.character_us, 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_requests),
        cmocka_unit_test(settings_go_out_as_the_manuals_print_them),
        cmocka_unit_test(settings_are_acknowledged),
        cmocka_unit_test(requests_say_whether_they_change_the_meter),
        cmocka_unit_test(requests_say_whether_several_may_answer),
        cmocka_unit_test(data_has_252_bytes_at_most),
        cmocka_unit_test(buffers_fit_what_they_are_for),
        cmocka_unit_test(reads_cannot_be_broadcast),
        cmocka_unit_test(broadcasts_are_sent_and_not_answered),
        cmocka_unit_test(an_answer_is_taken_apart),
        cmocka_unit_test(snd_ud2_is_answered_by_data_or_refused),
        cmocka_unit_test(power_up_leaves_the_link_out_of_step),
        cmocka_unit_test(snd_nke_sets_both_bits),
        cmocka_unit_test(a_selection_sets_both_bits),
        cmocka_unit_test(a_telegram_turns_the_bit_of_requests),
        cmocka_unit_test(an_acknowledgement_turns_the_bit_of_data),
        cmocka_unit_test(a_lost_answer_keeps_the_bits),
        cmocka_unit_test(what_carries_no_bit_turns_none),
        cmocka_unit_test(a_readout_toggles_after_each_good_answer),
        cmocka_unit_test(a_selection_carries_the_pattern),
        cmocka_unit_test(speeds_have_ci_fields),
        cmocka_unit_test(times_follow_from_the_speed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
