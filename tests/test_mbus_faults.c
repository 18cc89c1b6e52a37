/* SPDX-License-Identifier: MIT */
/*
 * M-Bus under every fault that can be enumerated: a recorded dialogue of each kind and what becomes
 * of it; late answers at every moment while their debt lasts. Each on clocks of 1 us, 1 ms and
 * 10 ms, and across the wrap of the clock. The call ends in the documented state within its
 * deadline, never with wrong data; asking again works, and so does the next call.
 */
#include "faults.h"

#include <kwh/mbus.h>

enum kind {
    READ,         /* REQ_UD2 */
    READ_ANY,     /* at 254 */
    READ_NOTHING, /* the meter has nothing to send */
    ALARM,        /* REQ_UD1 */
    RESET,        /* SND_NKE */
    SELECT,
    WRITE,
    TELEGRAM, /* CI B1, answered at once */
    REFUSED,  /* SND_UD2, not taken */
    KINDS
};

#define PRO1                                                                                       \
    "68 4B 4B 68 08 00 72 00 00 00 00 CD 25 01 02 02 00 00 00 0C 04 14 48 60 01 8C 10 04 23 80 35" \
    "00 8C 20 04 91 67 24 01 1C 04 46 13 69 00 9C 10 04 56 34 12 00 9C 20 04 90 78 56 00 2C 04 68" \
    "34 91 00 AC 10 04 67 45 23 00 AC 20 04 01 89 67 00 7C 16"
#define PRO1_PDU                                                                                   \
    "08 00 72 00 00 00 00 CD 25 01 02 02 00 00 00 0C 04 14 48 60 01 8C 10 04 23 80 35 00 8C 20 04" \
    "91 67 24 01 1C 04 46 13 69 00 9C 10 04 56 34 12 00 9C 20 04 90 78 56 00 2C 04 68 34 91 00 AC" \
    "10 04 67 45 23 00 AC 20 04 01 89 67 00"

/* The recorded dialogues: frames of the documentation of the M-Bus and of meters' manuals. */
static const struct {
    const char *request, *answer, *pdu;
    enum kwh_error error;
} dialogues[KINDS] = {
    [READ] = {"10 7B 00 7B 16", PRO1, PRO1_PDU, KWH_OK},
    [READ_ANY] = {"10 7B FE 79 16", PRO1, PRO1_PDU, KWH_OK},
    [READ_NOTHING] = {"10 7B 00 7B 16", "E5", "E5", KWH_OK},
    [ALARM] = {"10 7A 00 7A 16", "68 04 04 68 08 00 71 04 7D 16", "08 00 71 04", KWH_OK},
    [RESET] = {"10 40 00 40 16", "E5", "E5", KWH_OK},
    [SELECT] = {"68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16", "E5", "E5", KWH_OK},
    [WRITE] = {"68 06 06 68 53 00 51 01 7A 08 27 16", "E5", "E5", KWH_OK},
    [TELEGRAM] = {"68 03 03 68 53 00 B1 04 16", "68 04 04 68 08 00 70 08 80 16", "08 00 70 08",
                  KWH_OK},
    [REFUSED] = {"68 06 06 68 43 00 51 01 7A 08 17 16", "A2", "A2", KWH_ERROR_NOT_ACKNOWLEDGED},
};

static const uint8_t selection[] = {0x78, 0x56, 0x34, 0x12, 0xCD, 0x25, 0x01, 0x02};
static const uint8_t address[] = {0x01, 0x7A, 0x08};

static void prepare(struct kwh_exchange *exchange, enum kind kind)
{
    enum kwh_error error = KWH_OK;
    switch (kind) {
    case READ:
    case READ_NOTHING:
        kwh_mbus_req_ud2(exchange, 0, true);
        break;
    case READ_ANY:
        kwh_mbus_req_ud2(exchange, 254, true);
        break;
    case ALARM:
        kwh_mbus_req_ud1(exchange, 0, true);
        break;
    case RESET:
        kwh_mbus_snd_nke(exchange, 0);
        break;
    case SELECT:
        error = kwh_mbus_snd_ud(exchange, 253, false, 0x52, selection, sizeof selection);
        break;
    case WRITE:
        error = kwh_mbus_snd_ud(exchange, 0, false, 0x51, address, sizeof address);
        break;
    case TELEGRAM:
        error = kwh_mbus_snd_ud(exchange, 0, false, 0xB1, NULL, 0);
        break;
    case REFUSED:
        error = kwh_mbus_snd_ud2(exchange, 0, 0x51, address, sizeof address);
        break;
    case KINDS:
        break;
    }
    assert_int_equal(error, KWH_OK);
}

struct round {
    enum kind kind;
    const struct kwh_framing *framing;
    const struct clock *clock;
};

static void begin(struct wire *wire, const struct round *round)
{
    wire_open(wire, round->framing, KWH_MBUS_BUFFER, round->clock->tick_us, round->clock->epoch);
}

#define NEXT     "68 07 07 68 08 00 72 AA BB CC DD 88 16"
#define NEXT_PDU "08 00 72 AA BB CC DD"

/* Whatever happened: the next call gets its own answer and no other. */
static void next_call_works(struct wire *wire, const struct fault *fault)
{
    struct kwh_exchange next;
    wire_reply(wire, wire->requests, 20000, NEXT);
    kwh_mbus_req_ud2(&next, 0, false);
    if (wire_run(wire, &next) != KWH_OK || !wire_answered(wire, &next, NEXT_PDU))
        fail_msg("%s at %u: the next call: %s", fault_names[fault->kind], (unsigned)fault->at,
                 kwh_error_name(next.error));
}

static bool is_good(const struct wire *wire, const struct kwh_exchange *exchange, enum kind kind)
{
    return exchange->error == dialogues[kind].error &&
           wire_answered(wire, exchange, dialogues[kind].pdu);
}

/* Asked again, as a dialogue does, it works. */
static void asking_again_works(struct wire *wire, struct kwh_exchange *exchange, enum kind kind)
{
    wire_reply(wire, wire->requests, 20000, dialogues[kind].answer);
    if (exchange->writes) {
        assert_int_equal(kwh_line_retry(&wire->line, exchange, wire_clock(wire)),
                         KWH_ERROR_ARGUMENT);
        prepare(exchange, kind);
        (void)wire_run(wire, exchange);
    } else {
        assert_int_equal(kwh_line_retry(&wire->line, exchange, wire_clock(wire)), KWH_OK);
        assert_ptr_equal(wire_next(wire), exchange);
    }
    if (!is_good(wire, exchange, kind))
        fail_msg("kind %u, asked again: %s", (unsigned)kind, kwh_error_name(exchange->error));
}

/* By what name a flipped bit is refused, in a telegram of `size` bytes. */
static enum kwh_error error_of_flip(size_t at, size_t size)
{
    size_t byte = at / 8;
    if (byte == 0 || byte == 3)
        return KWH_ERROR_BAD_START;
    if (byte < 3)
        return KWH_ERROR_BAD_LENGTH;
    return byte + 1 == size ? KWH_ERROR_BAD_STOP : KWH_ERROR_BAD_CHECKSUM;
}

/* A telegram proves itself but must come in one burst; E5 and A2 count only alone. */
static const struct {
    enum outcome telegram, character;
} outcomes[] = {
    [BYTE_LOST] = {MUST_FAIL, MUST_FAIL},
    [BYTE_DOUBLED] = {MUST_FAIL, MUST_FAIL},
    [BYTE_DAMAGED] = {MUST_FAIL, MUST_FAIL},
    [BIT_FLIPPED] = {MUST_FAIL, MUST_FAIL},
    [REST_DELAYED] = {MUST_WORK, MUST_WORK},
    [GARBAGE_BEHIND] = {MUST_WORK, MUST_FAIL},
    [GARBAGE_BEFORE] = {MUST_WORK, MUST_FAIL},
    [OTHER_FIRST] = {MUST_WORK, MUST_FAIL},
    [OTHER_FIRST_OURS_LATER] = {MUST_WORK, MUST_WORK},
};

#define SILENCE_US 50000

static enum outcome outcome_of(const struct fault *fault)
{
    bool telegram = fault->size > 1;
    bool in_one_burst = fault->delay_us < SILENCE_US;
    if (fault->kind == BYTE_DOUBLED && telegram && (fault->at == 0 || fault->at + 1 == fault->size))
        return MUST_WORK;
    if (fault->kind == REST_DELAYED && fault->at != 0 && fault->at != fault->size && !in_one_burst)
        return MUST_FAIL;
    if (fault->kind == OTHER_FIRST_OURS_LATER && !telegram && in_one_burst)
        return MUST_FAIL;
    return telegram ? outcomes[fault->kind].telegram : outcomes[fault->kind].character;
}

static void play(const void *context, const struct fault *fault)
{
    const struct round *round = context;
    enum outcome outcome = outcome_of(fault);
    struct wire wire;
    struct kwh_exchange exchange;
    uint8_t request[32];
    bool good;

    begin(&wire, round);
    fault_deliver(&wire, fault);
    prepare(&exchange, round->kind);
    (void)wire_run(&wire, &exchange);
    assert_int_equal(wire.sent_count[0],
                     hex(dialogues[round->kind].request, request, sizeof request));
    assert_memory_equal(wire.sent[0], request, wire.sent_count[0]);
    good = is_good(&wire, &exchange, round->kind);
    assert_outcome(&wire, fault, outcome, round->kind, exchange.error, good);
    if (fault->kind == BIT_FLIPPED && fault->size > 1)
        assert_int_equal(exchange.error, error_of_flip(fault->at, fault->size));
    if (!good)
        asking_again_works(&wire, &exchange, round->kind);
    next_call_works(&wire, fault);
    wire_close(&wire);
}

static const struct kwh_framing *const framings[] = {&kwh_mbus_serial, &kwh_mbus_over_tcp};

static void for_all(fault_enumeration *enumerate)
{
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (size_t f = 0; f < KWH_COUNT(framings); f++)
            for (size_t c = 0; c < KWH_COUNT(fault_clocks); c++) {
                struct round round = {(enum kind)kind, framings[f], &fault_clocks[c]};
                struct answer answer;
                answer.count = hex(dialogues[kind].answer, answer.bytes, sizeof answer.bytes);
                enumerate(&answer, play, &round);
            }
}

/* At 254 the telegram of another address is an answer. */
static void other_first(const struct answer *answer, fault_player *player, const void *context)
{
    static const uint32_t later_us[] = {0, 30000, 120000};
    const struct round *round = context;
    for (size_t i = 0; i < KWH_COUNT(later_us); i++)
        if (round->kind != READ_ANY)
            play_other_first(answer, "68 07 07 68 08 02 72 DE AD BE EF B4 16", later_us[i], player,
                             context);
}

/* ------------------------------------------------------------------------------------------------
 * Debt
 */

/* What a request gets although the one before it is still owed an answer. */
struct late {
    enum kind first;
    const char *noise; /* that ends the first at 20 ms; "": it ends at its deadline */
    const char *late;  /* its answer, too late */
    enum kind second;
    const char *answer, *pdu;
};

static const struct late lates[] = {
    {READ, "", PRO1, READ, NEXT, NEXT_PDU},
    {READ, "", PRO1, READ_ANY, NEXT, NEXT_PDU},
    {READ, "", PRO1, READ_NOTHING, "E5", "E5"},
    {READ, "", PRO1, RESET, "E5", "E5"},
    {READ, "", PRO1, TELEGRAM, "68 04 04 68 08 00 70 08 80 16", "08 00 70 08"},
    {READ_NOTHING, "", "E5", READ, NEXT, NEXT_PDU},
    {RESET, "", "E5", READ, NEXT, NEXT_PDU},
    {RESET, "", "E5", WRITE, "E5", "E5"},
    {SELECT, "", "E5", READ_ANY, NEXT, NEXT_PDU},
    {WRITE, "", "E5", RESET, "E5", "E5"},
    {READ, "00 FF 00 FF 00", PRO1, READ, NEXT, NEXT_PDU},
    {READ, "00 FF 00 FF 00", PRO1, RESET, "E5", "E5"},
    {WRITE, "E5 E5 E5 E5 E5", "E5", READ, NEXT, NEXT_PDU},
};

static void play_late(const struct late *late, const struct round *round, uint32_t at_us)
{
    struct wire wire;
    struct kwh_exchange first, second;
    uint8_t wrong[100];
    begin(&wire, round);
    if (late->noise[0] != '\0')
        wire_reply(&wire, 0, 20000, late->noise);
    wire_reply_bytes(&wire, 0, at_us, wrong, hex(late->late, wrong, sizeof wrong));
    wire_reply(&wire, 1, 20000, late->answer);
    prepare(&first, late->first);
    prepare(&second, late->second);
    if (wire_run(&wire, &first) == KWH_OK) {
        /* With a coarse clock the deadline may come after the answer. */
        assert_string_equal(late->noise, "");
        assert_true(at_us < 200000 + 3 * round->clock->tick_us);
    }
    if (wire_run(&wire, &second) != KWH_OK || !wire_answered(&wire, &second, late->pdu))
        fail_msg("late at %u us, tick %u: %s", (unsigned)at_us, (unsigned)round->clock->tick_us,
                 kwh_error_name(second.error));
    /* Its own: E5 is no other than the late one to look at. */
    assert_true(wire.now_us >= wire.sent_at[1] + 20000);
    if (first.error != KWH_OK)
        assert_true(wire.sent_at[1] >= wire.sent_at[0] + 500000);
    wire_close(&wire);
}

static void late_answers_are_never_taken_for_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(lates); i++)
        for (size_t n = 0; n < 2 * KWH_COUNT(fault_clocks); n++) {
            struct round round = {READ, framings[n % 2], &fault_clocks[n / 2]};
            uint32_t from_us = lates[i].noise[0] != '\0' ? 90000 : 201000;
            for (uint32_t at_us = from_us; at_us <= 500000; at_us += 997)
                play_late(&lates[i], &round, at_us);
        }
}

/* Asked twice, answered twice: the second answer is owed, and answers nothing else. */
static void the_answer_to_a_repetition_is_owed(void **state)
{
    (void)state;
    for (size_t c = 0; c < KWH_COUNT(fault_clocks); c++)
        for (uint32_t at_us = 201000; at_us <= 350000; at_us += 997) {
            struct round round = {READ, &kwh_mbus_serial, &fault_clocks[c]};
            struct wire wire;
            struct kwh_exchange first, second;
            begin(&wire, &round);
            wire_reply(&wire, 0, at_us, PRO1);
            wire_reply(&wire, 1, 190000, PRO1);
            prepare(&first, READ);
            prepare(&second, RESET);
            if (wire_run(&wire, &first) != KWH_OK) {
                assert_int_equal(first.error, KWH_ERROR_TIMEOUT);
                assert_int_equal(kwh_line_retry(&wire.line, &first, wire_clock(&wire)), KWH_OK);
                assert_ptr_equal(wire_next(&wire), &first);
            }
            assert_true(is_good(&wire, &first, READ));
            wire_reply(&wire, wire.requests, 20000, "E5");
            assert_int_equal(wire_run(&wire, &second), KWH_OK);
            if (wire.requests == 3)
                assert_true(wire.sent_at[2] >= wire.sent_at[1] + 500000);
            wire_close(&wire);
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        FAULT_TESTS,
        cmocka_unit_test(late_answers_are_never_taken_for_others),
        cmocka_unit_test(the_answer_to_a_repetition_is_owed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
