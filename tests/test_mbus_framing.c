/* SPDX-License-Identifier: MIT */
/*
 * M-Bus frames on the asking side: every verdict about bytes, and how exchanges end on a line, one
 * row each: what arrives after a request, and how the call must end. Then the call after it, which
 * must be right whatever happened. The answering side is in test_mbus_responder.c.
 */
#include "wire.h"

#include <kwh/mbus.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define OURS  "68 07 07 68 08 01 72 11 22 33 44 25 16" /* to a request to address 1 */
#define PDU   "08 01 72 11 22 33 44"
#define OTHER "68 07 07 68 08 02 72 DE AD BE EF B4 16" /* of address 2 */
#define ASKED "10 7B 01 7C 16"                         /* our request */
#define ALIEN "10 5B 05 60 16"                         /* a request of another master */
/* The answer of address 5, whose data is all of OURS. */
#define NESTED "68 10 10 68 08 05 72" OURS "BD 16"

static struct kwh_exchange exchange;

/* Bytes in memory of exactly their length, judged. */
static struct kwh_match judge(const struct kwh_framing *framing, const char *text, bool idle)
{
    uint8_t bytes[300];
    size_t length = hex(text, bytes, sizeof bytes);
    uint8_t *copy = malloc(length);
    struct kwh_match match;
    assert_non_null(copy);
    memcpy(copy, bytes, length);
    exchange.state = KWH_EXCHANGE_WAITING;
    exchange.idle = idle;
    match = framing->match(copy, length, &exchange);
    free(copy);
    return match;
}

struct verdict {
    const char *bytes;
    bool idle;
    enum kwh_verdict verdict;
    enum kwh_reason reason;
    uint16_t count;
    uint8_t address;
    enum kwh_error error;
};

static void assert_verdicts(const struct verdict *cases, size_t count)
{
    static KWH_CONST struct kwh_framing *const framings[] = {&kwh_mbus_serial, &kwh_mbus_over_tcp};
    for (size_t i = 0; i < 2 * count; i++) {
        const struct verdict *expected = &cases[i / 2];
        struct kwh_match match = judge(framings[i % 2], expected->bytes, expected->idle);
        if (match.verdict != expected->verdict || match.reason != expected->reason ||
            match.count != expected->count || match.address != expected->address ||
            match.error != expected->error)
            fail_msg("%s, idle %d: verdict %d, reason %d, count %u, address %u, %s",
                     expected->bytes, expected->idle, (int)match.verdict, (int)match.reason,
                     match.count, match.address, kwh_error_name(match.error));
        if (match.verdict == KWH_VERDICT_FRAME) {
            assert_ptr_equal(match.exchange, &exchange);
            assert_int_equal(match.body_at, match.count > 1 ? 4 : 0);
            assert_int_equal(match.body_length, match.count > 1 ? match.count - 6 : 1);
        }
    }
}

#define MORE      KWH_VERDICT_MORE
#define SLIDE     KWH_VERDICT_SLIDE
#define FRAME     KWH_VERDICT_FRAME
#define COLLISION KWH_VERDICT_COLLISION
#define NOISE     KWH_REASON_NOISE
#define BAD_SUM   KWH_REASON_BAD_CRC
#define FOREIGN   KWH_REASON_OTHER_ADDRESS
#define NOT_ASKED KWH_REASON_OTHER_ANSWER

static void what_comes_after_a_request_for_data(void **state)
{
    static const struct verdict cases[] = {
        /* Our telegram counts at once, whatever follows it. */
        {"68", false, MORE, NOISE, 0, 0, KWH_OK},
        {"68 07 07 68 08 01 72 11 22 33 44 25", false, MORE, NOISE, 0, 0, KWH_OK},
        {OURS, false, FRAME, NOISE, 13, 0, KWH_OK},
        {OURS, true, FRAME, NOISE, 13, 0, KWH_OK},
        {OURS "FF FF", false, FRAME, NOISE, 13, 0, KWH_OK},
        {OURS "E5", true, FRAME, NOISE, 13, 0, KWH_OK},
        {"68 03 03 68 08 01 70 79 16", false, FRAME, NOISE, 9, 0, KWH_OK},
        /* ACD and DFC say more of the meter, other bits make it no answer. */
        {"68 07 07 68 18 01 72 11 22 33 44 35 16", false, FRAME, NOISE, 13, 0, KWH_OK},
        {"68 07 07 68 28 01 72 11 22 33 44 45 16", false, FRAME, NOISE, 13, 0, KWH_OK},
        {"68 07 07 68 38 01 72 11 22 33 44 55 16", false, FRAME, NOISE, 13, 0, KWH_OK},
        {"68 07 07 68 48 01 72 11 22 33 44 65 16", false, MORE, NOT_ASKED, 0, 0, KWH_OK},
        {"68 07 07 68 48 01 72 11 22 33 44 65 16", true, SLIDE, NOT_ASKED, 13, 0, KWH_OK},
        {"68 07 07 68 88 01 72 11 22 33 44 A5 16", true, SLIDE, NOT_ASKED, 13, 0, KWH_OK},
        {"68 07 07 68 09 01 72 11 22 33 44 26 16", true, SLIDE, NOT_ASKED, 13, 0, KWH_OK},
        {"68 07 07 68 00 01 72 11 22 33 44 1D 16", true, SLIDE, NOT_ASKED, 13, 0, KWH_OK},
        /* E5 only as the one byte of a burst. */
        {"E5", false, MORE, NOISE, 0, 0, KWH_OK},
        {"E5", true, FRAME, NOISE, 1, 0, KWH_OK},
        {"E5 E5", false, MORE, NOISE, 0, 0, KWH_OK},
        {"E5 E5", true, COLLISION, NOISE, 2, 0, KWH_ERROR_COLLISION},
        {"E5 00", true, COLLISION, NOISE, 2, 0, KWH_ERROR_COLLISION},
        {"00 E5", true, COLLISION, NOISE, 2, 0, KWH_ERROR_BAD_START},
        {OTHER "E5", true, SLIDE, FOREIGN, 14, 2, KWH_OK},
        {ALIEN "E5", true, SLIDE, NOT_ASKED, 6, 0, KWH_OK},
        {ALIEN "E5 E5", true, SLIDE, NOT_ASKED, 5, 0, KWH_OK},
        /* A2 answers something else. */
        {"A2", false, MORE, NOISE, 0, 0, KWH_OK},
        {"A2", true, SLIDE, NOT_ASKED, 1, 0, KWH_OK},
        {"A2 A2", true, COLLISION, NOISE, 2, 0, KWH_ERROR_COLLISION},
        /* Frames of others pass, with a single byte behind them. */
        {OTHER, false, MORE, FOREIGN, 0, 0, KWH_OK},
        {OTHER, true, SLIDE, FOREIGN, 13, 2, KWH_OK},
        {OTHER "68", false, MORE, FOREIGN, 0, 0, KWH_OK},
        {OTHER "68 07", false, SLIDE, FOREIGN, 13, 2, KWH_OK},
        {OTHER OURS, true, SLIDE, FOREIGN, 13, 2, KWH_OK},
        {"10 5B", false, MORE, NOT_ASKED, 0, 0, KWH_OK},
        {ALIEN, false, MORE, NOT_ASKED, 0, 0, KWH_OK},
        {ALIEN, true, SLIDE, NOT_ASKED, 5, 0, KWH_OK},
        {ALIEN OTHER, false, SLIDE, NOT_ASKED, 5, 0, KWH_OK},
        {"68 06 06 68 53 01 51 01 7A 08 28 16", true, SLIDE, NOT_ASKED, 12, 0, KWH_OK},
        /* Inside a frame of others nothing is looked for, not before it is whole either. */
        {NESTED, false, MORE, FOREIGN, 0, 0, KWH_OK},
        {NESTED, true, SLIDE, FOREIGN, 22, 5, KWH_OK},
        {"68 10 10 68 08 05 72" OURS, false, MORE, NOISE, 0, 0, KWH_OK},
        {"00 68 10 10 68 08 05 72" OURS, false, MORE, NOISE, 0, 0, KWH_OK},
        {"00" NESTED, false, SLIDE, NOISE, 1, 0, KWH_OK},
        /* What has only begun when silence comes is no frame. */
        {"68 10 10 68 08 05 72" OURS, true, SLIDE, NOISE, 7, 0, KWH_OK},
        {"00 68 10 10 68 08 05 72" OURS, true, SLIDE, NOISE, 8, 0, KWH_OK},
        /* A telegram behind a glitch. */
        {"00" OURS, false, SLIDE, NOISE, 1, 0, KWH_OK},
        {"FF FF FF" OURS, true, SLIDE, NOISE, 3, 0, KWH_OK},
        {"E5" OURS, false, SLIDE, NOISE, 1, 0, KWH_OK},
        {"68" OURS, false, SLIDE, NOISE, 1, 0, KWH_OK},
        {"10" OURS, false, SLIDE, NOISE, 1, 0, KWH_OK},
        {"16 16" OURS "16", false, SLIDE, NOISE, 2, 0, KWH_OK},
        {"68 07 07 68 08 01" OURS, true, SLIDE, NOISE, 6, 0, KWH_OK},
        {"00 68 07 07 68 08 01 72 11 22 33 44 25", false, MORE, NOISE, 0, 0, KWH_OK},
        /* No frame, by its name, when silence comes. */
        {"00", false, MORE, NOISE, 0, 0, KWH_OK},
        {"00", true, COLLISION, NOISE, 1, 0, KWH_ERROR_BAD_START},
        {"68 07 07 69 08", false, MORE, NOISE, 0, 0, KWH_OK},
        {"68 07 07 69 08", true, COLLISION, NOISE, 5, 0, KWH_ERROR_BAD_START},
        {"68 07 06 68 08", true, COLLISION, NOISE, 5, 0, KWH_ERROR_BAD_LENGTH},
        {"68 02", true, COLLISION, NOISE, 2, 0, KWH_ERROR_BAD_LENGTH},
        {"68 07 07 68 08 01 72 11 22 33 44 25", true, COLLISION, NOISE, 12, 0, KWH_ERROR_CUT_FRAME},
        {"10 7B 01", true, COLLISION, NOISE, 3, 0, KWH_ERROR_CUT_FRAME},
        {"68 07 07 68 08 01 72 11 22 33 44 24 16", false, MORE, NOISE, 0, 0, KWH_OK},
        {"68 07 07 68 08 01 72 11 22 33 44 24 16", true, COLLISION, BAD_SUM, 13, 0,
         KWH_ERROR_BAD_CHECKSUM},
        {"10 5B 05 61 16", true, COLLISION, BAD_SUM, 5, 0, KWH_ERROR_BAD_CHECKSUM},
        {"68 07 07 68 08 01 72 11 22 33 44 25 17", true, COLLISION, NOISE, 13, 0,
         KWH_ERROR_BAD_STOP},
    };
    (void)state;
    kwh_mbus_req_ud2(&exchange, 1, true);
    assert_verdicts(cases, KWH_COUNT(cases));
    kwh_mbus_req_ud1(&exchange, 1, true);
    assert_verdicts(cases, KWH_COUNT(cases));
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, false, 0xB1, NULL, 0), KWH_OK);
    assert_verdicts(cases, KWH_COUNT(cases));
}

static void snd_nke_and_selections_are_answered_by_e5_alone(void **state)
{
    static const struct verdict cases[] = {
        {"E5", true, FRAME, NOISE, 1, 0, KWH_OK},      {OURS, false, MORE, NOT_ASKED, 0, 0, KWH_OK},
        {OURS, true, SLIDE, NOT_ASKED, 13, 0, KWH_OK}, {OTHER, true, SLIDE, FOREIGN, 13, 2, KWH_OK},
        {"A2", true, SLIDE, NOT_ASKED, 1, 0, KWH_OK},
    };
    (void)state;
    kwh_mbus_snd_nke(&exchange, 1);
    assert_verdicts(cases, KWH_COUNT(cases));
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, true, 0x52, NULL, 0), KWH_OK);
    assert_verdicts(cases, KWH_COUNT(cases));
    assert_int_equal(kwh_mbus_snd_ud(&exchange, 1, true, 0x56, NULL, 0), KWH_OK);
    assert_verdicts(cases, KWH_COUNT(cases));
}

static void a2_answers_snd_ud2_alone(void **state)
{
    static const struct verdict cases[] = {
        {"A2", false, MORE, NOISE, 0, 0, KWH_OK},
        {"A2", true, FRAME, NOISE, 1, 0, KWH_ERROR_NOT_ACKNOWLEDGED},
        {"A2 00", true, COLLISION, NOISE, 2, 0, KWH_ERROR_COLLISION},
        {"E5", true, FRAME, NOISE, 1, 0, KWH_OK},
        {OURS, false, FRAME, NOISE, 13, 0, KWH_OK},
    };
    (void)state;
    assert_int_equal(kwh_mbus_snd_ud2(&exchange, 1, 0x51, NULL, 0), KWH_OK);
    assert_verdicts(cases, KWH_COUNT(cases));
}

/* Whose telegram is the answer: that of the address asked; to 253 that of any meter that may have
 * been selected; to 254 any. */
static void answers_come_from_whom_was_asked(void **state)
{
    static const uint8_t asked[] = {0, 1, 250, 251, 253, 254};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(asked); i++)
        for (unsigned from = 0; from < 256; from++) {
            bool right = from == asked[i] || asked[i] == 254 || (asked[i] == 253 && from <= 250);
            char text[40];
            struct kwh_match match;
            snprintf(text, sizeof text, "68 03 03 68 08 %02X 70 %02X 16", from,
                     (0x78 + from) & 0xFF);
            kwh_mbus_req_ud2(&exchange, asked[i], true);
            match = judge(&kwh_mbus_serial, text, true);
            assert_int_equal(match.verdict, right ? FRAME : SLIDE);
            assert_int_equal(match.count, 9);
            assert_int_equal(match.reason, right ? NOISE : FOREIGN);
            assert_int_equal(match.address, right ? 0 : from);
        }
}

/* ------------------------------------------------------------------------------------------------
 * Exchanges on a line
 */

enum kind {
    READ,     /* REQ_UD2 to 1 */
    READ_ANY, /* REQ_UD2 to 254 */
    RESET,    /* SND_NKE to 1 */
    RESET_FD, /* SND_NKE to 253 */
    SELECT,   /* CI 52 */
    WRITE     /* CI 51 to 1 */
};

static const uint8_t pattern[8] = {0x78, 0x56, 0x34, 0x12, 0xCD, 0x25, 0x01, 0x02};

static void ask(enum kind kind)
{
    enum kwh_error error = KWH_OK;
    switch (kind) {
    case READ:
        kwh_mbus_req_ud2(&exchange, 1, true);
        break;
    case READ_ANY:
        kwh_mbus_req_ud2(&exchange, 254, true);
        break;
    case RESET:
        kwh_mbus_snd_nke(&exchange, 1);
        break;
    case RESET_FD:
        kwh_mbus_snd_nke(&exchange, 253);
        break;
    case SELECT:
        error = kwh_mbus_snd_ud(&exchange, 253, false, 0x52, pattern, sizeof pattern);
        break;
    case WRITE:
        error = kwh_mbus_snd_ud(&exchange, 1, false, 0x51, pattern, 3);
        break;
    }
    assert_int_equal(error, KWH_OK);
}

/* Its request as it goes out. */
static const char *const requests[] = {
    [READ] = ASKED,
    [READ_ANY] = "10 7B FE 79 16",
    [RESET] = "10 40 01 41 16",
    [RESET_FD] = "10 40 FD 3D 16",
    [SELECT] = "68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16",
    [WRITE] = "68 06 06 68 53 01 51 78 56 34 A7 16",
};

/* How much of the time to the deadline passes. */
enum end {
    AT_SILENCE, /* that ends the burst */
    AT_DEADLINE,
    EARLY /* one of both, or at once */
};

struct scenario {
    const char *name;
    enum kind kind;
    const char *arrives, *later; /* 20 ms after the request, and 100 ms behind that */
    enum kwh_error error;
    const char *pdu;
    enum end end;
};

static const struct scenario scenarios[] = {
    {"clean", READ, OURS, "", KWH_OK, PDU, EARLY},
    {"nothing to send", READ, "E5", "", KWH_OK, "E5", AT_SILENCE},
    {"one 00 before it", READ, "00" OURS, "", KWH_OK, PDU, EARLY},
    {"one FF before it", READ, "FF" OURS, "", KWH_OK, PDU, EARLY},
    {"E5 before it", READ, "E5" OURS, "", KWH_OK, PDU, EARLY},
    {"first byte doubled", READ, "68" OURS, "", KWH_OK, PDU, EARLY},
    {"own request echoed before it", READ, ASKED OURS, "", KWH_OK, PDU, EARLY},
    {"glitch, echo, then ours", READ, "00" ASKED OURS, "", KWH_OK, PDU, EARLY},
    {"echo without its first byte, then ours", READ, "7B 01 7C 16" OURS, "", KWH_OK, PDU, EARLY},
    {"echo, then ours later", READ, ASKED, OURS, KWH_OK, PDU, EARLY},
    {"echo, then E5 later", READ, ASKED, "E5", KWH_OK, "E5", EARLY},
    {"another address, then ours", READ, OTHER OURS, "", KWH_OK, PDU, EARLY},
    {"another address, then ours later", READ, OTHER, OURS, KWH_OK, PDU, EARLY},
    {"another address, then E5 later", READ, OTHER, "E5", KWH_OK, "E5", EARLY},
    {"a request of another, then ours", READ, ALIEN OURS, "", KWH_OK, PDU, EARLY},
    {"reply and 3 junk bytes", READ, OURS "12 34 56", "", KWH_OK, PDU, EARLY},
    {"half a frame, then ours", READ, "68 07 07 68 08 01 72" OURS, "", KWH_OK, PDU, EARLY},
    {"glitch, then ours later", READ, "00 FF", OURS, KWH_ERROR_BAD_START, "", AT_SILENCE},
    {"glitch, then E5 later", READ, "00", "E5", KWH_ERROR_BAD_START, "", AT_SILENCE},
    {"two E5, then ours later", READ, "E5 E5", OURS, KWH_ERROR_COLLISION, "", AT_SILENCE},
    {"nothing", READ, "", "", KWH_ERROR_TIMEOUT, "", AT_DEADLINE},
    {"bad start", READ, "00 FF 00 FF 00", OURS, KWH_ERROR_BAD_START, "", AT_SILENCE},
    {"bad length", READ, "68 07 06 68 08 01 72 11 22 33 44 25 16", OURS, KWH_ERROR_BAD_LENGTH, "",
     AT_SILENCE},
    {"cut", READ, "68 07 07 68 08 01 72 11 22 33 44 25", "", KWH_ERROR_CUT_FRAME, "", AT_SILENCE},
    {"bad checksum", READ, "68 07 07 68 08 01 72 11 22 33 44 24 16", "", KWH_ERROR_BAD_CHECKSUM, "",
     AT_SILENCE},
    {"bad stop", READ, "68 07 07 68 08 01 72 11 22 33 44 25 15", "", KWH_ERROR_BAD_STOP, "",
     AT_SILENCE},
    {"five E5", READ, "E5 E5 E5 E5 E5", "", KWH_ERROR_COLLISION, "", AT_SILENCE},
    {"only the echo", READ, ASKED, "", KWH_ERROR_ONLY_ECHO, "", AT_DEADLINE},
    {"only another address", READ, OTHER, "", KWH_ERROR_OTHER_ADDRESS, "", AT_DEADLINE},
    {"another address with E5", READ, OTHER "E5", "", KWH_ERROR_OTHER_ADDRESS, "", AT_DEADLINE},
    {"only a request of another", READ, ALIEN, "", KWH_ERROR_OTHER_ANSWER, "", AT_DEADLINE},
    {"only a glitch", READ, "00", "", KWH_ERROR_BAD_START, "", AT_SILENCE},
    {"a glitch and E5", READ, "00 E5", "", KWH_ERROR_BAD_START, "", AT_SILENCE},
    {"E5 and a glitch", READ, "E5 00", "", KWH_ERROR_COLLISION, "", AT_SILENCE},
    {"A2", READ, "A2", "", KWH_ERROR_OTHER_ANSWER, "", AT_DEADLINE},

    {"any meter", READ_ANY, "68 07 07 68 08 09 72 11 22 33 44 2D 16", "", KWH_OK,
     "08 09 72 11 22 33 44", EARLY},
    {"any meter, none has data", READ_ANY, "E5", "", KWH_OK, "E5", AT_SILENCE},
    {"any meter: one byte of noise", READ_ANY, "00", "", KWH_ERROR_BAD_START, "", AT_SILENCE},
    {"any meter: two E5", READ_ANY, "E5 E5", "", KWH_ERROR_COLLISION, "", AT_SILENCE},
    {"any meter: overlapping telegrams", READ_ANY, "68 07 07 68 08 01 72 11 00 11 00 25 16 16", "",
     KWH_ERROR_BAD_CHECKSUM, "", AT_SILENCE},

    {"reset", RESET, "E5", "", KWH_OK, "E5", AT_SILENCE},
    {"reset, echo at once before E5", RESET, "10 40 01 41 16 E5", "", KWH_OK, "E5", AT_SILENCE},
    {"reset, glitch before E5", RESET, "FF E5", "", KWH_ERROR_BAD_START, "", AT_SILENCE},
    {"reset, a telegram", RESET, OURS, "", KWH_ERROR_OTHER_ANSWER, "", AT_DEADLINE},
    {"reset, a telegram and E5", RESET, OURS "E5", "", KWH_ERROR_OTHER_ANSWER, "", AT_DEADLINE},
    {"reset, a telegram, E5 later", RESET, OURS, "E5", KWH_OK, "E5", EARLY},
    {"reset of the selected", RESET_FD, "E5", "", KWH_OK, "E5", AT_SILENCE},
    {"reset of the selected, none", RESET_FD, "", "", KWH_ERROR_TIMEOUT, "", AT_DEADLINE},
    {"reset of the selected, several", RESET_FD, "E5 E5", "", KWH_ERROR_COLLISION, "", AT_SILENCE},

    {"selected", SELECT, "E5", "", KWH_OK, "E5", AT_SILENCE},
    {"selected, echo", SELECT, "68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16 E5", "", KWH_OK,
     "E5", AT_SILENCE},
    {"selected, a telegram", SELECT, OURS, "", KWH_ERROR_OTHER_ANSWER, "", AT_DEADLINE},
    {"selected, a telegram, E5 later", SELECT, OURS, "E5", KWH_OK, "E5", EARLY},
    {"selected, two shifted", SELECT, "E5 FF", "", KWH_ERROR_COLLISION, "", AT_SILENCE},
    {"selected, smeared", SELECT, "A5", "", KWH_ERROR_BAD_START, "", AT_SILENCE},

    {"written", WRITE, "E5", "", KWH_OK, "E5", AT_SILENCE},
    {"written, echo", WRITE, "68 06 06 68 53 01 51 78 56 34 A7 16 E5", "", KWH_OK, "E5",
     AT_SILENCE},
    {"written, only the echo", WRITE, "68 06 06 68 53 01 51 78 56 34 A7 16", "",
     KWH_ERROR_ONLY_ECHO, "", AT_DEADLINE},
    {"written, answered by data", WRITE, OURS, "", KWH_OK, PDU, EARLY},
};

/* The call after every scenario, and the answer that only it gets. */
#define NEXT     "68 07 07 68 08 01 72 AA BB CC DD 89 16"
#define NEXT_PDU "08 01 72 AA BB CC DD"

static void next_call_works(struct wire *wire, const char *what)
{
    ask(READ);
    if (wire_run(wire, &exchange) != KWH_OK || !wire_answered(wire, &exchange, NEXT_PDU))
        fail_msg("%s: the next call: %s", what, kwh_error_name(exchange.error));
    assert_int_equal(wire->requests, 2);
}

static void assert_end(const struct wire *wire, const struct scenario *scenario)
{
    uint8_t bytes[32];
    size_t count = hex(requests[scenario->kind], bytes, sizeof bytes);
    uint64_t end = wire->sent_at[0] + (uint64_t)wire->line.character_ns * count / 1000u;
    uint64_t ticks = 5u * wire->tick_us;
    uint64_t silent = end + 20000 + 50000 + ticks;
    if (scenario->end == AT_SILENCE)
        assert_in_range(wire->now_us, end + 20000 + 50000, silent);
    else if (scenario->end == AT_DEADLINE)
        assert_in_range(wire->now_us, end + 200000, end + 200000 + ticks);
    else
        assert_in_range(wire->now_us, end + 20000, end + 200000 + ticks);
}

static void play(const struct kwh_framing *framing, const struct scenario *scenario, uint32_t chunk,
                 uint32_t tick_us, uint32_t epoch)
{
    struct wire wire;
    uint8_t request[32];
    size_t count = hex(requests[scenario->kind], request, sizeof request);
    wire_open(&wire, framing, KWH_MBUS_BUFFER, tick_us, epoch);
    wire.chunk = chunk;
    wire_reply(&wire, 0, 20000, scenario->arrives);
    wire_reply(&wire, 0, 120000, scenario->later);
    wire_reply(&wire, 1, 20000, NEXT);

    ask(scenario->kind);
    if (wire_run(&wire, &exchange) != scenario->error)
        fail_msg("%s, chunks of %u, tick %u: %s", scenario->name, (unsigned)chunk,
                 (unsigned)tick_us, kwh_error_name(exchange.error));
    assert_int_equal(wire.sent_count[0], count);
    assert_memory_equal(wire.sent[0], request, count);
    assert_int_equal(wire.line.failure.error, scenario->error);
    if (!wire_answered(&wire, &exchange, scenario->pdu))
        fail_msg("%s: wrong data", scenario->name);
    if (scenario->error == KWH_ERROR_OTHER_ADDRESS)
        assert_int_equal(kwh_line_failure(&wire.line)->other_address, 2);
    assert_end(&wire, scenario);
    next_call_works(&wire, scenario->name);
    wire_close(&wire);
}

static void scenarios_end_as_they_must(void **state)
{
    static KWH_CONST struct kwh_framing *const framings[] = {&kwh_mbus_serial, &kwh_mbus_over_tcp};
    static const uint32_t ticks[] = {1, 1000, 10000};
    static const uint32_t epochs[] = {0, UINT32_C(0xFFFFFF00), UINT32_C(0x7FFF0000),
                                      UINT32_C(0xFFFB0000)};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(scenarios); i++)
        for (size_t f = 0; f < KWH_COUNT(framings); f++)
            for (size_t t = 0; t < KWH_COUNT(ticks); t++)
                for (size_t e = 0; e < KWH_COUNT(epochs); e++)
                    for (uint32_t chunk = 0; chunk < 4; chunk++)
                        play(framings[f], &scenarios[i], chunk, ticks[t], epochs[e]);
}

/* A byte with a parity error spoils its burst, but not a telegram that was whole before it. */
static void a_damaged_byte_spoils_its_burst(void **state)
{
    static const struct {
        enum kind kind;
        const char *arrives;
        size_t damaged;
        const char *later;
        enum kwh_error error;
    } cases[] = {
        {READ, "E5", 0, "", KWH_ERROR_COLLISION},
        {READ, "E5", 0, OURS, KWH_ERROR_COLLISION},
        {READ, "E5 E5", 0, "", KWH_ERROR_COLLISION},
        {READ, "E5 E5", 1, "", KWH_ERROR_COLLISION},
        {READ, OURS "E5", 13, "", KWH_OK},
        {READ, OURS, 0, "", KWH_ERROR_COLLISION},
        {READ, OURS, 6, "", KWH_ERROR_COLLISION},
        {READ, OURS, 12, "", KWH_ERROR_COLLISION},
        {READ, "00" OURS, 0, "", KWH_ERROR_COLLISION},
        {READ, "68 07 07 68 08" OURS, 4, "", KWH_ERROR_COLLISION},
        {READ, OTHER OURS, 3, "", KWH_ERROR_COLLISION},
        {READ_ANY, "E5", 0, "", KWH_ERROR_COLLISION},
        {READ_ANY, "00 E5", 0, "", KWH_ERROR_COLLISION},
        {READ_ANY, OURS, 6, "", KWH_ERROR_COLLISION},
        {RESET, "10 40 01 41 16 E5", 2, "", KWH_ERROR_COLLISION}, /* its echo was disturbed */
        {RESET, "10 40 01 41 16 E5", 5, "", KWH_ERROR_COLLISION}, /* more than only the echo */
    };
    static const uint32_t ticks[] = {1, 1000, 10000};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++)
        for (size_t t = 0; t < KWH_COUNT(ticks); t++)
            for (uint32_t chunk = 0; chunk < 4; chunk++) {
                struct wire wire;
                wire_open(&wire, &kwh_mbus_serial, KWH_MBUS_BUFFER, ticks[t], 0);
                wire.chunk = chunk;
                wire_reply(&wire, 0, 20000, cases[i].arrives);
                wire_damage(&wire, cases[i].damaged);
                wire_reply(&wire, 0, 120000, cases[i].later);
                wire_reply(&wire, 1, 20000, NEXT);
                ask(cases[i].kind);
                if (wire_run(&wire, &exchange) != cases[i].error)
                    fail_msg("%s, byte %u damaged: %s", cases[i].arrives,
                             (unsigned)cases[i].damaged, kwh_error_name(exchange.error));
                if (cases[i].error == KWH_ERROR_COLLISION)
                    assert_in_range(wire.now_us - wire.sent_at[0], 70000, 130000);
                next_call_works(&wire, cases[i].arrives);
                wire_close(&wire);
            }
}

/*
 * A converter that glitches after each request. The first attempt ends with the glitch, and the
 * next does not go out into the answer that the meter still gives; its own comes behind a glitch.
 */
static void a_glitch_after_every_request(void **state)
{
    static const struct {
        const char *glitch, *answer, *pdu;
        size_t damaged; /* byte of the glitch, or behind it: none */
        enum kind kind;
        enum kwh_error first, second;
    } cases[] = {
        {"00 FF", OURS, PDU, 2, READ, KWH_ERROR_BAD_START, KWH_OK},
        {"00 FF 00 FF", OURS, PDU, 4, READ, KWH_ERROR_BAD_START, KWH_OK},
        {"00 FF 00 E5", OURS, PDU, 2, READ, KWH_ERROR_COLLISION, KWH_OK},
        {"00", "E5", "E5", 1, READ, KWH_ERROR_BAD_START, KWH_OK},
        {"E5", "E5", "E5", 0, RESET, KWH_ERROR_COLLISION, KWH_OK},
        {"FF", "", "", 1, RESET, KWH_ERROR_BAD_START, KWH_ERROR_NO_FRAME},
        {"00 FF 00 FF 00", OURS, "", 5, READ, KWH_ERROR_BAD_START, KWH_ERROR_BAD_START},
    };
    static const uint32_t ticks[] = {1, 1000, 10000};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++)
        for (size_t t = 0; t < KWH_COUNT(ticks); t++) {
            struct wire wire;
            wire_open(&wire, &kwh_mbus_serial, KWH_MBUS_BUFFER, ticks[t], 0);
            wire.line.timing.latest_us = wire.line.timing.answer_us;
            for (unsigned request = 0; request < 2; request++) {
                wire_reply(&wire, request, 5000, cases[i].glitch);
                if (cases[i].damaged < strlen(cases[i].glitch) / 3 + 1)
                    wire_damage(&wire, cases[i].damaged);
                wire_reply(&wire, request, 110000, cases[i].answer);
            }
            ask(cases[i].kind);
            assert_int_equal(wire_run(&wire, &exchange), cases[i].first);
            assert_in_range(wire.now_us - wire.sent_at[0], 55000, 110000);
            assert_int_equal(kwh_line_retry(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
            assert_ptr_equal(wire_next(&wire), &exchange);
            if (exchange.error != cases[i].second || !wire_answered(&wire, &exchange, cases[i].pdu))
                fail_msg("%s: %s", cases[i].glitch, kwh_error_name(exchange.error));
            assert_true(wire.sent_at[1] - wire.sent_at[0] >= 200000);
            wire_close(&wire);
        }
}

/* Nothing waits, so nothing is spoilt: the line stays idle, and forgets. */
static void a_damaged_byte_on_an_idle_line_is_nothing(void **state)
{
    struct wire wire;
    struct kwh_step step;
    (void)state;
    wire_open(&wire, &kwh_mbus_serial, KWH_MBUS_BUFFER, 1, 0);
    for (uint32_t now_us = 0; now_us < 200000; now_us += 10000) {
        kwh_line_next(&wire.line, now_us, &step);
        assert_int_equal(step.action, KWH_ACTION_IDLE);
        step.room[0] = 0x68;
        kwh_line_got_damaged(&wire.line, 1, now_us);
    }
    wire_close(&wire);
}

/* What fills the buffer is no silence: the longest telegram still comes behind it. */
static void a_full_buffer_is_no_silence(void **state)
{
    static const char *const before[] = {
        "",          "00",
        "00 FF 00",  "00 FF 00 FF",
        OTHER OTHER, "68 07 07 68 08 01 72 00 00 00 00 00 16 FF FF FF FF FF FF"};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(before); i++)
        for (uint32_t chunk = 0; chunk < 4; chunk++) {
            struct wire wire;
            struct kwh_mbus_frame frame;
            uint8_t bytes[400] = {0};
            size_t count = hex(before[i], bytes, sizeof bytes);
            memset(bytes + count, 0x41, 261);
            hex("68 FF FF 68 08 01 72", bytes + count, 7);
            bytes[count + 259] = 0x77;
            bytes[count + 260] = 0x16;
            wire_open(&wire, &kwh_mbus_serial, KWH_MBUS_READ_BUFFER, 1, 0);
            wire.chunk = chunk;
            wire_reply_bytes(&wire, 0, 20000, bytes, count + 261);
            ask(READ);
            if (wire_run(&wire, &exchange) != KWH_OK)
                fail_msg("behind %s: %s", before[i], kwh_error_name(exchange.error));
            assert_memory_equal(kwh_mbus_answer(&wire.line, &exchange, &frame), bytes + count, 261);
            assert_int_equal(frame.length, 261);
            wire_close(&wire);
        }
}

/* On a clock of 10 ms the rest of a telegram comes 49 ms later, and the line is asked all the time.
 */
static void an_early_question_ends_no_burst(void **state)
{
    struct wire wire;
    struct kwh_step step;
    uint8_t telegram[13];
    (void)state;
    hex(OURS, telegram, sizeof telegram);
    wire_open(&wire, &kwh_mbus_serial, KWH_MBUS_BUFFER, 10000, 0);
    ask(READ);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, 0), KWH_OK);
    for (wire.now_us = 0; wire.now_us < 200000; wire.now_us += 1000) {
        bool first = wire.now_us == 109000, second = wire.now_us == 158000;
        kwh_line_next(&wire.line, wire_clock(&wire), &step);
        if (step.action == KWH_ACTION_DONE)
            break;
        if (step.action == KWH_ACTION_SEND)
            kwh_line_sent(&wire.line, step.count, wire_clock(&wire));
        if (!first && !second)
            continue;
        memcpy(step.room, telegram + (second ? 6 : 0), second ? 7 : 6);
        kwh_line_got(&wire.line, second ? 7 : 6, wire_clock(&wire));
    }
    assert_int_equal(step.action, KWH_ACTION_DONE);
    assert_int_equal(exchange.error, KWH_OK);
    wire_close(&wire);
}

/* Somebody who babbles without end: over when no answer can begin any more, by its own name. */
static void babble_ends(void **state)
{
    struct wire wire;
    uint8_t bytes[500];
    (void)state;
    memset(bytes, 0x55, sizeof bytes);
    wire_open(&wire, &kwh_mbus_serial, KWH_MBUS_READ_BUFFER, 1, 0);
    for (uint32_t at = 0; at < 60; at++)
        wire_reply_bytes(&wire, 0, at * 10000, bytes, 9);
    ask(READ);
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_BAD_START);
    /* 200 ms, 50 ms between bytes, 261 characters of 11 bits at 9600 Bd. */
    assert_in_range(wire.now_us - wire.sent_at[0], 540000, 610000);
    wire_close(&wire);
}

/* A damaged checksum is counted as a CRC that does not hold. */
static void statistics_of_a_bad_checksum(void **state)
{
    struct kwh_statistics statistics = {0};
    struct wire wire;
    (void)state;
    wire_open(&wire, &kwh_mbus_serial, KWH_MBUS_BUFFER, 1, 0);
    wire_reply(&wire, 0, 20000, "68 07 07 68 08 01 72 11 22 33 44 24 16");
    ask(READ);
    exchange.statistics = &statistics;
    assert_int_equal(wire_run(&wire, &exchange), KWH_ERROR_BAD_CHECKSUM);
    assert_int_equal(statistics.bad_crc, 1);
    assert_int_equal(statistics.timeouts, 1);
    assert_int_equal(statistics.skipped_bytes, 13);
    assert_int_equal(statistics.ok | statistics.exceptions, 0);
    wire_close(&wire);
}

/* ------------------------------------------------------------------------------------------------
 * The echo of a level converter
 */

static void the_echo_is_learnt(void **state)
{
    static const struct {
        enum kwh_echo before;
        const char *arrives;
        enum kwh_error error;
        enum kwh_echo after;
    } cases[] = {
        {KWH_ECHO_LEARN, "10 40 01 41 16 E5", KWH_OK, KWH_ECHO_ON},
        {KWH_ECHO_LEARN, "E5", KWH_OK, KWH_ECHO_OFF},
        {KWH_ECHO_LEARN, "", KWH_ERROR_TIMEOUT, KWH_ECHO_LEARN},
        {KWH_ECHO_LEARN, "10 40 01 41 16", KWH_ERROR_ONLY_ECHO, KWH_ECHO_ON},
        {KWH_ECHO_OFF, "10 40 01 41 16 E5", KWH_OK, KWH_ECHO_ON},
        {KWH_ECHO_ON, "10 40 01 41 16 E5", KWH_OK, KWH_ECHO_ON},
        {KWH_ECHO_ON, "E5", KWH_OK, KWH_ECHO_OFF},
        {KWH_ECHO_ALWAYS, "10 40 01 41 16 E5", KWH_OK, KWH_ECHO_ALWAYS},
        {KWH_ECHO_ALWAYS, "E5", KWH_OK, KWH_ECHO_ALWAYS},
        {KWH_ECHO_NEVER, "E5", KWH_OK, KWH_ECHO_NEVER},
        {KWH_ECHO_NEVER, "10 40 01 41 16", KWH_ERROR_OTHER_ANSWER, KWH_ECHO_NEVER},
        /* With its end cut or damaged it is no echo. */
        {KWH_ECHO_ON, "10 40 01 41 E5", KWH_ERROR_BAD_STOP, KWH_ECHO_ON},
        {KWH_ECHO_ON, "10 40 01 43 16 E5", KWH_ERROR_BAD_CHECKSUM, KWH_ECHO_ON},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++)
        for (uint32_t chunk = 0; chunk < 4; chunk++) {
            struct wire wire;
            wire_open(&wire, &kwh_mbus_serial, KWH_MBUS_BUFFER, 1, 0);
            wire.chunk = chunk;
            wire.line.echo = (uint8_t)cases[i].before;
            wire_reply(&wire, 0, 20000, cases[i].arrives);
            wire_reply(&wire, 1, 20000, NEXT);
            ask(RESET);
            assert_int_equal(wire_run(&wire, &exchange), cases[i].error);
            assert_int_equal(wire.line.echo, cases[i].after);
            if (exchange.error == KWH_OK)
                assert_true(exchange.proven);
            next_call_works(&wire, cases[i].arrives);
            wire_close(&wire);
        }
}

/* The echo begins while the request still leaves, byte by byte. */
static void an_echo_in_the_time_of_the_request(void **state)
{
    struct wire wire;
    uint8_t request[5];
    struct kwh_mbus_frame frame;
    (void)state;
    hex(ASKED, request, sizeof request);
    wire_open(&wire, &kwh_mbus_serial, KWH_MBUS_BUFFER, 1, 0);
    ask(READ);
    wire_reply(&wire, 0, 30000, OURS);
    assert_int_equal(kwh_line_start(&wire.line, &exchange, wire_clock(&wire)), KWH_OK);
    for (size_t k = 0; k < 5; k++) /* the request leaves after 4 ms of silence */
        wire_deliver(&wire, 4100 + 1146 * (k + 1), &request[k], 1);
    assert_ptr_equal(wire_next(&wire), &exchange);
    assert_int_equal(exchange.error, KWH_OK);
    assert_non_null(kwh_mbus_answer(&wire.line, &exchange, &frame));
    assert_int_equal(wire.line.echo, KWH_ECHO_ON);
    wire_close(&wire);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_after_a_request_for_data),
        cmocka_unit_test(snd_nke_and_selections_are_answered_by_e5_alone),
        cmocka_unit_test(a2_answers_snd_ud2_alone),
        cmocka_unit_test(answers_come_from_whom_was_asked),
        cmocka_unit_test(scenarios_end_as_they_must),
        cmocka_unit_test(a_damaged_byte_spoils_its_burst),
        cmocka_unit_test(a_glitch_after_every_request),
        cmocka_unit_test(a_damaged_byte_on_an_idle_line_is_nothing),
        cmocka_unit_test(a_full_buffer_is_no_silence),
        cmocka_unit_test(an_early_question_ends_no_burst),
        cmocka_unit_test(babble_ends),
        cmocka_unit_test(statistics_of_a_bad_checksum),
        cmocka_unit_test(the_echo_is_learnt),
        cmocka_unit_test(an_echo_in_the_time_of_the_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
