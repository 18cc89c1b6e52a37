/* SPDX-License-Identifier: MIT */
/*
 * Modbus under every fault that can be enumerated: a recorded dialogue of each kind and what
 * becomes of it; the late answer to the previous request at every moment. Each on clocks of 1 us, 1
 * ms and 10 ms, and across the wrap of the clock. The call ends in the documented state within its
 * deadline, never with wrong data, and the next one works.
 */
#include "faults.h"

enum kind {
    READ,
    READ_REFUSED,
    WRITE_SINGLE,
    WRITE_MULTIPLE,
    SERVER_ID,
    DEVICE_ID,
    DIAGNOSTICS,
    KINDS
};

/* The recorded dialogues: request and answer as RTU frames, made with another CRC implementation.
 */
static const struct {
    const char *request, *answer, *pdu;
    enum kwh_error error;
} dialogues[KINDS] = {
    [READ] = {"01 03 00 00 00 02 C4 0B", "01 03 04 11 22 33 44 4B C6", "03 04 11 22 33 44", KWH_OK},
    [READ_REFUSED] = {"01 03 00 00 00 02 C4 0B", "01 83 02 C0 F1", "83 02",
                      KWH_ERROR_ILLEGAL_DATA_ADDRESS},
    [WRITE_SINGLE] = {"01 06 40 03 00 0A EC 0D", "01 06 40 03 00 0A EC 0D", "06 40 03 00 0A",
                      KWH_OK},
    [WRITE_MULTIPLE] = {"01 10 40 0D 00 02 04 41 20 00 00 16 03", "01 10 40 0D 00 02 C5 CB",
                        "10 40 0D 00 02", KWH_OK},
    [SERVER_ID] = {"01 11 C0 2C", "01 11 05 6B 77 68 00 FF 7F 72", "11 05 6B 77 68 00 FF", KWH_OK},
    [DEVICE_ID] = {"01 2B 0E 01 00 70 77",
                   "01 2B 0E 01 01 00 00 02 00 03 6B 77 68 01 02 76 31 E4 94",
                   "2B 0E 01 01 00 00 02 00 03 6B 77 68 01 02 76 31", KWH_OK},
    [DIAGNOSTICS] = {"01 08 00 0B 00 00 91 C9", "01 08 00 0B 00 2A 10 16", "08 00 0B 00 2A",
                     KWH_OK},
};

static const uint8_t ten[] = {0x41, 0x20, 0x00, 0x00};

static void prepare(struct kwh_exchange *exchange, enum kind kind)
{
    enum kwh_error error = KWH_OK;
    switch (kind) {
    case READ:
    case READ_REFUSED:
        error = kwh_modbus_read(exchange, 1, 3, 0, 2);
        break;
    case WRITE_SINGLE:
        kwh_modbus_write_single(exchange, 1, 0x4003, 10);
        break;
    case WRITE_MULTIPLE:
        error = kwh_modbus_write_multiple(exchange, 1, 0x400D, 2, ten);
        break;
    case SERVER_ID:
        kwh_modbus_report_server_id(exchange, 1);
        break;
    case DEVICE_ID:
        error = kwh_modbus_read_device_id(exchange, 1, 1, 0);
        break;
    case DIAGNOSTICS:
        kwh_modbus_diagnostics(exchange, 1, 11, 0);
        break;
    case KINDS:
        break;
    }
    assert_int_equal(error, KWH_OK);
}

/* Over TCP the same PDU stands behind a header with the first transaction id. */
static void record(enum kind kind, KWH_CONST struct kwh_framing *framing, struct answer *answer)
{
    uint8_t frame[300];
    size_t count = hex(dialogues[kind].answer, frame, sizeof frame);
    if (framing != &kwh_modbus_tcp) {
        memcpy(answer->bytes, frame, count);
        answer->count = count;
        return;
    }
    memset(answer->bytes, 0, 6);
    answer->bytes[1] = 1;
    answer->bytes[5] = (uint8_t)(count - 2);
    memcpy(answer->bytes + 6, frame, count - 2);
    answer->count = count + 4;
}

#define NEXT_RTU "01 03 04 AA BB CC DD 3E 97"
#define NEXT_TCP "0002 0000 0007 01 03 04 AA BB CC DD"
#define NEXT_PDU "03 04 AA BB CC DD"

static size_t buffer_of(KWH_CONST struct kwh_framing *framing)
{
    return framing == &kwh_modbus_tcp ? KWH_MODBUS_TCP_BUFFER : KWH_MODBUS_RTU_BUFFER;
}

/* Whatever happened: the next call gets its own answer and no other. */
static void next_call_works(struct wire *wire, const struct fault *fault)
{
    struct kwh_exchange next;
    assert_int_equal(kwh_modbus_read(&next, 1, 3, 0x10, 2), KWH_OK);
    if (wire_run(wire, &next) != KWH_OK || !wire_answered(wire, &next, NEXT_PDU))
        fail_msg("%s at %u: the next call: %s", fault_names[fault->kind], (unsigned)fault->at,
                 kwh_error_name(next.error));
}

struct round {
    enum kind kind;
    KWH_CONST struct kwh_framing *framing;
    const struct clock *clock;
};

static const enum outcome outcomes[] = {
    [BYTE_LOST] = MUST_FAIL,      [BYTE_DOUBLED] = MAY_WORK,  [BYTE_DAMAGED] = MUST_FAIL,
    [BIT_FLIPPED] = MUST_FAIL,    [REST_DELAYED] = MUST_WORK, [GARBAGE_BEHIND] = MUST_WORK,
    [GARBAGE_BEFORE] = MUST_WORK, [OTHER_FIRST] = MUST_WORK,  [OTHER_FIRST_OURS_LATER] = MUST_WORK,
};

static enum outcome outcome_of(KWH_CONST struct kwh_framing *framing, const struct fault *fault)
{
    bool tcp = framing == &kwh_modbus_tcp;
    bool last = fault->at + 1 == fault->size;
    /* Doubled, the first byte of a header is a header of its own until more comes. */
    if (fault->kind == BYTE_DOUBLED && (last || (fault->at == 0 && !tcp)))
        return MUST_WORK;
    /* Over TCP the stream protects the data; what we can and do check is the header and the
     * function, but for the bit that makes an exception of an answer. */
    if (tcp && (fault->kind == BYTE_DAMAGED || (fault->kind == BYTE_DOUBLED && fault->at >= 7) ||
                (fault->kind == BIT_FLIPPED && fault->at >= 7 * 8 + 7)))
        return NOT_TRIED;
    return outcomes[fault->kind];
}

static void play(const void *context, const struct fault *fault)
{
    const struct round *round = context;
    enum outcome outcome = outcome_of(round->framing, fault);
    bool tcp = round->framing == &kwh_modbus_tcp;
    struct wire wire;
    struct kwh_exchange exchange;
    bool good;

    if (outcome == NOT_TRIED)
        return;
    wire_open(&wire, round->framing, buffer_of(round->framing), round->clock->tick_us,
              round->clock->epoch);
    fault_deliver(&wire, fault);
    wire_reply(&wire, 1, 20000, tcp ? NEXT_TCP : NEXT_RTU);
    prepare(&exchange, round->kind);
    (void)wire_run(&wire, &exchange);
    good = exchange.error == dialogues[round->kind].error &&
           wire_answered(&wire, &exchange, dialogues[round->kind].pdu);
    assert_outcome(&wire, fault, outcome, round->kind, exchange.error, good);
    next_call_works(&wire, fault);
    wire_close(&wire);
}

static void for_all(fault_enumeration *enumerate)
{
    static KWH_CONST struct kwh_framing *const framings[] = {
        &kwh_modbus_rtu, &kwh_modbus_rtu_over_tcp, &kwh_modbus_tcp};
    for (unsigned kind = 0; kind < KINDS; kind++)
        for (size_t f = 0; f < KWH_COUNT(framings); f++)
            for (size_t c = 0; c < KWH_COUNT(fault_clocks); c++) {
                struct round round = {(enum kind)kind, framings[f], &fault_clocks[c]};
                struct answer answer;
                record(round.kind, round.framing, &answer);
                enumerate(&answer, play, &round);
            }
}

static void other_first(const struct answer *answer, fault_player *player, const void *context)
{
    const struct round *round = context;
    const char *other = round->framing == &kwh_modbus_tcp ? "0001 0000 0007 02 03 04 DE AD BE EF"
                                                          : "02 03 04 DE AD BE EF 52 D6";
    play_other_first(answer, other, 0, player, context);
    play_other_first(answer, other, 30000, player, context);
}

/* The promise of the debt: a late answer is never taken for that to another request. */
static void late_answers_are_never_taken_for_others(void **state)
{
    static const char *const late[] = {"01 03 04 DE AD BE EF 61 D6", "01 83 02 C0 F1"};
    static const uint16_t counts[] = {2, 4}; /* of the second request: same shape, other shape */
    (void)state;
    for (size_t c = 0; c < KWH_COUNT(fault_clocks); c++)
        for (size_t l = 0; l < KWH_COUNT(late); l++)
            for (size_t n = 0; n < KWH_COUNT(counts); n++)
                for (uint32_t at = 201000; at < 500000; at += 997) {
                    struct wire wire;
                    struct kwh_exchange first, second;
                    wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER,
                              fault_clocks[c].tick_us, fault_clocks[c].epoch);
                    wire_reply(&wire, 0, at, late[l]);
                    wire_reply(&wire, 1, 20000,
                               n == 0 ? NEXT_RTU : "01 03 08 AA BB CC DD 00 01 02 03 F9 A5");
                    assert_int_equal(kwh_modbus_read(&first, 1, 3, 0, 2), KWH_OK);
                    assert_int_equal(kwh_modbus_read(&second, 1, 3, 0x10, counts[n]), KWH_OK);
                    if (wire_run(&wire, &first) == KWH_OK ||
                        kwh_error_exception(first.error) != 0) {
                        /* With a coarse clock the deadline may come after the answer. */
                        assert_true(at < 200000 + 3 * fault_clocks[c].tick_us);
                    }
                    if (wire_run(&wire, &second) != KWH_OK)
                        fail_msg("late at %u us: %s", (unsigned)at, kwh_error_name(second.error));
                    assert_true(wire_answered(&wire, &second,
                                              n == 0 ? NEXT_PDU : "03 08 AA BB CC DD 00 01 02 03"));
                    wire_close(&wire);
                }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        FAULT_TESTS,
        cmocka_unit_test(late_answers_are_never_taken_for_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
