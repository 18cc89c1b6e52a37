/* SPDX-License-Identifier: MIT */
/*
 * M-Bus frames on the answering side: every verdict about bytes, and what a slave makes of
 * requests, of what others say to each other, of echoes and of damage.
 */
#include "answering.h"

#include <kwh/map.h>
#include <kwh/mbus.h>
#include <stdio.h>
#include <stdlib.h>

#define OURS  "68 07 07 68 08 01 72 11 22 33 44 25 16" /* our answer */
#define PDU   "08 01 72 11 22 33 44"
#define OTHER "68 07 07 68 08 02 72 DE AD BE EF B4 16" /* of address 2 */
#define ALIEN "10 5B 05 60 16"                         /* a request to address 5 */
/* The answer of address 5, whose data is all of OURS. */
#define NESTED    "68 10 10 68 08 05 72" OURS "BD 16"

#define MORE      KWH_VERDICT_MORE
#define SLIDE     KWH_VERDICT_SLIDE
#define FRAME     KWH_VERDICT_FRAME
#define NOISE     KWH_REASON_NOISE
#define BAD_SUM   KWH_REASON_BAD_CRC
#define FOREIGN   KWH_REASON_OTHER_ADDRESS
#define NOT_ASKED KWH_REASON_OTHER_ANSWER

static struct kwh_request_match hear_text(const char *text, bool idle, const uint8_t *served)
{
    uint8_t bytes[300];
    size_t length = hex(text, bytes, sizeof bytes);
    uint8_t *copy = malloc(length);
    struct kwh_request_match match;
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    match = kwh_mbus_serial_server.match(copy, length, idle, served);
    free(copy);
    return match;
}

/* With address 1 served. */
static void what_a_slave_hears(void **state)
{
    static const struct {
        const char *bytes;
        bool idle;
        enum kwh_verdict verdict;
        enum kwh_reason reason;
        uint16_t count;
        uint8_t address;
    } cases[] = {
        {"10 40 01 41 16", false, FRAME, NOISE, 5, 1},
        {"10 7B 01 7C 16", false, FRAME, NOISE, 5, 1},
        {"10 5B 01 5C 16", false, FRAME, NOISE, 5, 1},
        {"10 7A 01 7B 16", false, FRAME, NOISE, 5, 1},
        {"10 4B 01 4C 16", false, FRAME, NOISE, 5, 1},
        {"68 03 03 68 53 01 BB 0F 16", false, FRAME, NOISE, 9, 1},
        {"68 06 06 68 73 01 51 01 7A 08 48 16", false, FRAME, NOISE, 12, 1},
        {"68 03 03 68 43 01 B1 F5 16", false, FRAME, NOISE, 9, 1},
        {"10 40 01 41 16 FF", false, FRAME, NOISE, 5, 1},
        /* To whoever is selected, to any, to all. */
        {"10 7B FD 78 16", false, FRAME, NOISE, 5, 253},
        {"68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16", false, FRAME, NOISE, 17, 253},
        {"10 5B FE 59 16", false, FRAME, NOISE, 5, 254},
        {"10 40 FF 3F 16", false, FRAME, NOISE, 5, 255},
        /* To others; what they answer; what has our own address but is no request. */
        {"10 5B 05 60 16", false, SLIDE, FOREIGN, 5, 0},
        {"10 5B FB 56 16", false, SLIDE, FOREIGN, 5, 0},
        {"68 06 06 68 53 00 51 01 7A 08 27 16", false, SLIDE, FOREIGN, 12, 0},
        {"E5", false, SLIDE, NOT_ASKED, 1, 0},
        {"A2", false, SLIDE, NOT_ASKED, 1, 0},
        {OTHER, false, SLIDE, NOT_ASKED, 13, 0},
        {OURS, false, SLIDE, NOT_ASKED, 13, 0},
        {NESTED, false, SLIDE, NOT_ASKED, 22, 0},
        {"E5 10 7B 01 7C 16", false, SLIDE, NOT_ASKED, 1, 0},
        /* Not whole, or not right. */
        {"10", false, MORE, NOISE, 0, 0},
        {"10 7B 01 7C", false, MORE, NOISE, 0, 0},
        {"10 7B 01 7C", true, SLIDE, BAD_SUM, 4, 0},
        {"10 7B 01 7D 16", false, MORE, NOISE, 0, 0},
        {"10 7B 01 7D 16", true, SLIDE, BAD_SUM, 5, 0},
        {"10 7B 01 7C 17", true, SLIDE, BAD_SUM, 5, 0},
        {"68 03 04 68 53 01 BB 0F 16", true, SLIDE, BAD_SUM, 9, 0},
        {"68 03 03 68 53 01 BB 0F", true, SLIDE, BAD_SUM, 8, 0},
        {"FF", false, MORE, NOISE, 0, 0},
        {"FF", true, SLIDE, BAD_SUM, 1, 0},
        /* A request at the end of a burst. */
        {"FF 10 7B 01 7C 16", false, MORE, NOISE, 0, 0},
        {"FF 10 7B 01 7C 16", true, SLIDE, NOISE, 1, 0},
        {"68 0B 10 7B 01 7C 16", true, SLIDE, NOISE, 2, 0},
        {"FF 68 03 03 68 53 01 BB 0F 16", true, SLIDE, NOISE, 1, 0},
        {"FF 10 7B 01 7C 16 00", true, SLIDE, BAD_SUM, 7, 0},
        {"FF FF FF FF E5", true, SLIDE, BAD_SUM, 5, 0},
    };
    static uint8_t served[32] = {0x02};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_request_match match = hear_text(cases[i].bytes, cases[i].idle, served);
        if (match.verdict != cases[i].verdict || match.reason != cases[i].reason ||
            match.count != cases[i].count || match.address != cases[i].address)
            fail_msg("%s, idle %d: verdict %d, reason %d, count %u, address %u", cases[i].bytes,
                     cases[i].idle, (int)match.verdict, (int)match.reason, match.count,
                     match.address);
        if (match.verdict == FRAME) {
            assert_int_equal(match.body_at, match.count == 5 ? 1 : 4);
            assert_int_equal(match.body_length, match.count == 5 ? 2 : match.count - 6);
        }
    }
    assert_ptr_equal(kwh_mbus_over_tcp_server.match, kwh_mbus_serial_server.match);
    assert_ptr_equal(kwh_mbus_over_tcp_server.wrap, kwh_mbus_serial_server.wrap);
}

static void every_served_address_is_heard(void **state)
{
    (void)state;
    for (unsigned address = 0; address < 256; address++) {
        uint8_t served[32] = {0};
        char text[20];
        snprintf(text, sizeof text, "10 7B %02X %02X 16", address, (0x7B + address) & 0xFF);
        assert_int_equal(hear_text(text, false, served).verdict, address >= 253 ? FRAME : SLIDE);
        served[address >> 3] = (uint8_t)(1u << (address & 7u));
        assert_int_equal(hear_text(text, false, served).verdict, FRAME);
    }
}

static void answers_become_frames(void **state)
{
    static const struct {
        const char *pdu, *frame;
    } cases[] = {
        {"E5", "E5"},
        {"A2", "A2"},
        {PDU, OURS},
        {"08 01 70", "68 03 03 68 08 01 70 79 16"},
        {"28 FD 71 01", "68 04 04 68 28 FD 71 01 97 16"},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        uint8_t pdu[32], expected[32], built[32];
        size_t length = hex(cases[i].pdu, pdu, sizeof pdu);
        size_t count = hex(cases[i].frame, expected, sizeof expected);
        memset(built, 0xEE, sizeof built);
        assert_int_equal(kwh_mbus_serial_server.wrap(9, 0, pdu, length, built, count), count);
        assert_memory_equal(built, expected, count);
        assert_int_equal(built[count], 0xEE);
        assert_int_equal(kwh_mbus_serial_server.wrap(9, 0, pdu, length, built, count - 1), 0);
        memcpy(built + 4, pdu, length); /* the PDU may lie in the room of its frame */
        assert_int_equal(kwh_mbus_serial_server.wrap(9, 0, built + 4, length, built, count), count);
        assert_memory_equal(built, expected, count);
    }
    uint8_t pdu[256] = {0}, built[300];
    assert_int_equal(kwh_mbus_serial_server.wrap(9, 0, pdu, 0, built, sizeof built), 0);
    assert_int_equal(kwh_mbus_serial_server.wrap(9, 0, pdu, 2, built, sizeof built), 0);
    assert_int_equal(kwh_mbus_serial_server.wrap(9, 0, pdu, 255, built, 261), 261);
    assert_int_equal(kwh_mbus_serial_server.wrap(9, 0, pdu, 256, built, sizeof built), 0);
}

static void begin(void)
{
    begin_at(&kwh_mbus_serial_server, UINT32_C(0xFFFFFF00), 1);
}

/* Request, answer after the silence, next request: in every chunking. */
static void a_slave_answers(void **state)
{
    static const uint8_t ack[] = {0xE5};
    (void)state;
    for (size_t chunk = 0; chunk < 18; chunk++) {
        uint8_t pdu[7], telegram[13];
        begin();
        hear("68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16", chunk);
        assert_request(253, "53 FD 52 78 56 34 12 CD 25 01 02");
        assert_int_equal(kwh_responder_answer(&responder, ack, 2), KWH_ERROR_ARGUMENT);
        assert_int_equal(kwh_responder_answer(&responder, ack, 1), KWH_OK);
        pass(0);
        assert_int_equal(step.action, KWH_ACTION_RECEIVE);
        pass(step.until_us - now_us);
        assert_int_equal(step.action, KWH_ACTION_SEND);
        assert_int_equal(step.count, 1);
        assert_int_equal(step.bytes[0], 0xE5);
        kwh_responder_sent(&responder, 1, now_us);
        pass(10000);
        hear("10 7B FD 78 16", chunk);
        assert_request(253, "7B FD");
        assert_int_equal(kwh_responder_answer(&responder, pdu, hex(PDU, pdu, sizeof pdu)), KWH_OK);
        pass(5000);
        assert_int_equal(step.action, KWH_ACTION_SEND);
        assert_int_equal(step.count, hex(OURS, telegram, sizeof telegram));
        assert_memory_equal(step.bytes, telegram, sizeof telegram);
        kwh_responder_sent(&responder, step.count, now_us);
        pass(20000);
        hear("10 40 FF 3F 16", chunk);
        assert_request(255, "40 FF");
        kwh_responder_ignore(&responder);
        hear("10 7B 01 7C 16", chunk);
        assert_request(1, "7B 01");
    }
}

/* Requests to others and their answers pass by without a silence between them. */
static void a_slave_lets_others_talk(void **state)
{
    static const char *const others[] = {
        ALIEN,
        "E5",
        "A2",
        OTHER,
        NESTED,
        ALIEN "E5",
        ALIEN OTHER,
        "10 40 05 45 16 E5" ALIEN NESTED,
        "68 06 06 68 53 05 51 01 7A 08 2C 16 E5",
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(others); i++)
        for (size_t chunk = 0; chunk < 8; chunk++) {
            begin();
            hear(others[i], chunk);
            assert_int_equal(step.action, KWH_ACTION_RECEIVE);
            hear("10 7B 01 7C 16", chunk);
            assert_request(1, "7B 01");
            assert_int_equal(responder.requests, 1);
        }
}

/* Our own answer comes back from the converter. */
static void a_slave_swallows_its_echo(void **state)
{
    static const char *const answers[] = {"E5", PDU};
    static const char *const echoes[] = {"E5", OURS};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(answers); i++) {
        uint8_t pdu[8];
        begin();
        hear("10 7B 01 7C 16", 0);
        assert_int_equal(kwh_responder_answer(&responder, pdu, hex(answers[i], pdu, sizeof pdu)),
                         KWH_OK);
        pass(5000);
        kwh_responder_sent(&responder, step.count, now_us);
        hear(echoes[i], 1);
        assert_int_equal(responder.echo, KWH_ECHO_ON);
        hear("10 5B 01 5C 16", 1);
        assert_request(1, "5B 01");
    }
}

/* Damaged frames cost their burst, and nothing more; nothing inside one is a request. */
static void a_slave_ignores_damaged_frames(void **state)
{
    static const struct {
        const char *burst;
        size_t damaged; /* counted from 1 */
    } cases[] = {
        {"10 7B 01 7D 16", 0},
        {"10 7B 01 7C", 0},
        {"10 7B 01 7C 16", 1},
        {"10 7B 01 7C 16", 5},
        {"FF FF FF FF FF FF FF FF", 0},
        {"68 07 07 68 08 02 72 DE AD BE EF B5 16", 0},
        {"68 08 08 68 08 02 72 10 7B 01 7C 16 98 16", 4}, /* data like a request, after damage */
        {"68 08 08 68 08 02 72 10 7B 01 7C 16", 7},
        {"68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16", 9},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++)
        for (size_t chunk = 0; chunk < 8; chunk++) {
            begin();
            hear_damaged(cases[i].burst, chunk, cases[i].damaged);
            if (step.action != KWH_ACTION_RECEIVE)
                fail_msg("%s taken for a request", cases[i].burst);
            assert_in_range(step.until_us - now_us, 1, 5000); /* looks again after the silence */
            pass(step.until_us - now_us);
            assert_int_equal(step.action, KWH_ACTION_RECEIVE);
            assert_int_equal(responder.requests, 0);
            hear("10 7B 01 7C 16", chunk);
            assert_request(1, "7B 01");
        }
}

/* Noise while an answer waits for its silence does not cost the next request. */
static void noise_before_an_answer_is_forgotten(void **state)
{
    static const uint8_t ack[] = {0xE5};
    (void)state;
    begin();
    hear("10 40 01 41 16", 0);
    assert_int_equal(kwh_responder_answer(&responder, ack, 1), KWH_OK);
    kwh_responder_next(&responder, now_us, &step);
    step.room[0] = 0xFF;
    kwh_responder_got_damaged(&responder, 1, now_us);
    pass(0);
    hex("10 7B 01 7C 16", step.room, 5); /* of the same burst */
    kwh_responder_got(&responder, 5, now_us);
    pass(5000);
    assert_int_equal(step.action, KWH_ACTION_SEND);
    kwh_responder_sent(&responder, 1, now_us);
    pass(1146);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    now_us += 3438; /* the request comes 33 bit times behind our E5 */
    hear("10 7B 01 7C 16", 0);
    assert_request(1, "7B 01");
}

/* The longest request fills the half of the buffer that it has, exactly. */
static void a_slave_hears_the_longest_request(void **state)
{
    uint8_t frame[261];
    size_t length;
    (void)state;
    memset(frame, 0x41, sizeof frame);
    hex("68 FF FF 68 53 01 51", frame, 7);
    frame[259] = 0xA1; /* 53 + 01 + 51 + 252 * 41 */
    frame[260] = 0x16;
    begin();
    kwh_responder_next(&responder, now_us, &step);
    assert_int_equal(step.capacity, 261);
    memcpy(step.room, frame, sizeof frame);
    kwh_responder_got(&responder, sizeof frame, now_us);
    pass(0);
    assert_int_equal(step.action, KWH_ACTION_REQUEST);
    assert_memory_equal(kwh_responder_request(&responder, &length), frame + 4, 255);
    assert_int_equal(length, 255);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_slave_hears),
        cmocka_unit_test(every_served_address_is_heard),
        cmocka_unit_test(answers_become_frames),
        cmocka_unit_test(a_slave_answers),
        cmocka_unit_test(a_slave_lets_others_talk),
        cmocka_unit_test(a_slave_swallows_its_echo),
        cmocka_unit_test(a_slave_ignores_damaged_frames),
        cmocka_unit_test(noise_before_an_answer_is_forgotten),
        cmocka_unit_test(a_slave_hears_the_longest_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
