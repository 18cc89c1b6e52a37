/* SPDX-License-Identifier: MIT */
/*
 * Faults enumerated, not sampled: a recorded dialogue of each kind, and every byte of its answer
 * lost, doubled, flipped in every bit, delayed or followed by garbage; every split into two chunks;
 * the answer of another address first; the late answer to the previous request at every moment.
 * Each on clocks of 1 us, 1 ms and 10 ms, and across the wrap of the clock. The call ends in the
 * documented state within its deadline, never with wrong data, and the next one works.
 */
#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

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

static const struct clock {
    uint32_t tick_us, epoch;
} clocks[] = {
    {1, 0},
    {1, UINT32_C(0xFFFF0000)},
    {1000, UINT32_C(0x7FFFFC18)},
    {10000, 0},
};

struct answer {
    uint8_t bytes[300];
    size_t count;
};

/* Over TCP the same PDU stands behind a header with the first transaction id. */
static void record(enum kind kind, const struct kwh_framing *framing, struct answer *answer)
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

static size_t buffer_of(const struct kwh_framing *framing)
{
    return framing == &kwh_modbus_tcp ? KWH_MODBUS_TCP_BUFFER : KWH_MODBUS_RTU_BUFFER;
}

/* Whatever happened: the next call gets its own answer and no other. */
static void next_call_works(struct wire *wire, const char *what, size_t at)
{
    struct kwh_exchange next;
    assert_int_equal(kwh_modbus_read(&next, 1, 3, 0x10, 2), KWH_OK);
    if (wire_run(wire, &next) != KWH_OK || !wire_answered(wire, &next, NEXT_PDU))
        fail_msg("%s at %u: the next call: %s", what, (unsigned)at, kwh_error_name(next.error));
}

/* What a call may end with. */
enum outcome {
    MUST_WORK, /* the answer is on the wire, whole */
    MUST_FAIL, /* it is not */
    MAY_WORK   /* the damage may or may not matter; wrong data never */
};

static void play(enum kind kind, const struct kwh_framing *framing, const struct clock *clock,
                 const uint8_t *arrives, size_t count, size_t split, uint32_t delay_us,
                 enum outcome outcome, const char *what, size_t at)
{
    struct wire wire;
    struct kwh_exchange exchange;
    uint64_t deadline;
    bool good;

    wire_open(&wire, framing, buffer_of(framing), clock->tick_us, clock->epoch);
    wire_reply_bytes(&wire, 0, 20000, arrives, split);
    if (count > split)
        wire_reply_bytes(&wire, 0, 20000 + delay_us, arrives + split, count - split);
    wire_reply(&wire, 1, 20000, framing == &kwh_modbus_tcp ? NEXT_TCP : NEXT_RTU);
    prepare(&exchange, kind);
    (void)wire_run(&wire, &exchange);

    good = exchange.error == dialogues[kind].error &&
           wire_answered(&wire, &exchange, dialogues[kind].pdu);
    if (!good && kwh_error_class(exchange.error) != KWH_ERROR_CLASS_LINE)
        fail_msg("%s at %u: wrong answer as good", what, (unsigned)at);
    if (outcome == MUST_WORK ? !good : outcome == MUST_FAIL && good)
        fail_msg("kind %u, %s at %u, tick %u: %s", (unsigned)kind, what, (unsigned)at,
                 (unsigned)clock->tick_us, kwh_error_name(exchange.error));

    /* 0.2 s to the beginning, 50 ms between bytes, the wire time of the longest frame, ticks. */
    deadline = wire.sent_at[0] + 200000 + 50000 + 2 * 293400 + 4 * clock->tick_us;
    if (wire.now_us > deadline)
        fail_msg("%s at %u: %u ms too late", what, (unsigned)at,
                 (unsigned)((wire.now_us - deadline) / 1000));
    next_call_works(&wire, what, at);
    wire_close(&wire);
}

typedef void enumeration(enum kind kind, const struct kwh_framing *framing,
                         const struct clock *clock, const struct answer *answer);

static void for_all(enumeration *enumerate)
{
    static const struct kwh_framing *const framings[] = {&kwh_modbus_rtu, &kwh_modbus_rtu_over_tcp,
                                                         &kwh_modbus_tcp};
    for (unsigned kind = 0; kind < KINDS; kind++) {
        for (size_t f = 0; f < KWH_COUNT(framings); f++) {
            struct answer answer;
            record((enum kind)kind, framings[f], &answer);
            for (size_t c = 0; c < KWH_COUNT(clocks); c++)
                enumerate((enum kind)kind, framings[f], &clocks[c], &answer);
        }
    }
}

static void lose(enum kind kind, const struct kwh_framing *framing, const struct clock *clock,
                 const struct answer *answer)
{
    for (size_t k = 0; k < answer->count; k++) {
        uint8_t bytes[300];
        memcpy(bytes, answer->bytes, k);
        memcpy(bytes + k, answer->bytes + k + 1, answer->count - k - 1);
        play(kind, framing, clock, bytes, answer->count - 1, answer->count - 1, 0, MUST_FAIL,
             "byte lost", k);
    }
}

static void double_(enum kind kind, const struct kwh_framing *framing, const struct clock *clock,
                    const struct answer *answer)
{
    for (size_t k = 0; k < answer->count; k++) {
        uint8_t bytes[300];
        enum outcome outcome = k == 0 || k + 1 == answer->count ? MUST_WORK : MAY_WORK;
        if (framing == &kwh_modbus_tcp && k >= 7 && k + 1 < answer->count)
            continue; /* inside the PDU: protected by the stream alone */
        if (framing == &kwh_modbus_tcp && k == 0)
            outcome = MAY_WORK; /* 00 00 01 00 00: a header of its own until the rest comes */
        memcpy(bytes, answer->bytes, k + 1);
        memcpy(bytes + k + 1, answer->bytes + k, answer->count - k);
        play(kind, framing, clock, bytes, answer->count + 1, answer->count + 1, 0, outcome,
             "byte doubled", k);
    }
}

static void flip(enum kind kind, const struct kwh_framing *framing, const struct clock *clock,
                 const struct answer *answer)
{
    /* Over TCP the stream protects the data; what we can and do check is the header and the
     * function. */
    size_t end = framing == &kwh_modbus_tcp ? 8 : answer->count;
    for (size_t k = 0; k < end; k++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            struct answer damaged = *answer;
            damaged.bytes[k] = (uint8_t)(damaged.bytes[k] ^ 1u << bit);
            if (framing == &kwh_modbus_tcp && k == 7 && bit == 7)
                continue; /* makes an exception of an answer, or the reverse: another valid PDU */
            play(kind, framing, clock, damaged.bytes, damaged.count, damaged.count, 0, MUST_FAIL,
                 "bit flipped", k * 8 + bit);
        }
    }
}

static void delay(enum kind kind, const struct kwh_framing *framing, const struct clock *clock,
                  const struct answer *answer)
{
    static const uint32_t delays_us[] = {1000, 2000, 4100, 10000, 49000, 120000};
    for (size_t k = 0; k <= answer->count; k++)
        for (size_t d = 0; d < KWH_COUNT(delays_us); d++)
            play(kind, framing, clock, answer->bytes, answer->count, k, delays_us[d], MUST_WORK,
                 "rest delayed", k);
}

static void follow(enum kind kind, const struct kwh_framing *framing, const struct clock *clock,
                   const struct answer *answer)
{
    for (unsigned value = 0; value < 256; value++) {
        uint8_t bytes[330];
        memcpy(bytes, answer->bytes, answer->count);
        memset(bytes + answer->count, (int)value, 7);
        play(kind, framing, clock, bytes, answer->count + 7, answer->count + 7, 0, MUST_WORK,
             "garbage behind", value);
    }
}

static void precede(enum kind kind, const struct kwh_framing *framing, const struct clock *clock,
                    const struct answer *answer)
{
    for (unsigned value = 0; value < 256; value++) {
        uint8_t bytes[330];
        bytes[0] = (uint8_t)value;
        memcpy(bytes + 1, answer->bytes, answer->count);
        play(kind, framing, clock, bytes, answer->count + 1, answer->count + 1, 0, MUST_WORK,
             "garbage before", value);
    }
}

static void other_address_first(enum kind kind, const struct kwh_framing *framing,
                                const struct clock *clock, const struct answer *answer)
{
    uint8_t bytes[330];
    bool tcp = framing == &kwh_modbus_tcp;
    size_t count = hex(tcp ? "0001 0000 0007 02 03 04 DE AD BE EF" : "02 03 04 DE AD BE EF 52 D6",
                       bytes, sizeof bytes);
    memcpy(bytes + count, answer->bytes, answer->count);
    play(kind, framing, clock, bytes, count + answer->count, count + answer->count, 0, MUST_WORK,
         "other address first", 0);
    play(kind, framing, clock, bytes, count + answer->count, count, 30000, MUST_WORK,
         "other address first, ours later", 0);
}

#define ENUMERATION(name, function)                                                                \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        for_all(function);                                                                         \
    }

ENUMERATION(every_byte_lost, lose)
ENUMERATION(every_byte_doubled, double_)
ENUMERATION(every_bit_flipped, flip)
ENUMERATION(split_everywhere_and_delayed, delay)
ENUMERATION(garbage_behind, follow)
ENUMERATION(garbage_before, precede)
ENUMERATION(answer_of_another_address_first, other_address_first)

/* The promise of the debt: a late answer is never taken for that to another request. */
static void late_answers_are_never_taken_for_others(void **state)
{
    static const char *const late[] = {"01 03 04 DE AD BE EF 61 D6", "01 83 02 C0 F1"};
    static const uint16_t counts[] = {2, 4}; /* of the second request: same shape, other shape */
    (void)state;
    for (size_t c = 0; c < KWH_COUNT(clocks); c++)
        for (size_t l = 0; l < KWH_COUNT(late); l++)
            for (size_t n = 0; n < KWH_COUNT(counts); n++)
                for (uint32_t at = 201000; at < 500000; at += 997) {
                    struct wire wire;
                    struct kwh_exchange first, second;
                    wire_open(&wire, &kwh_modbus_rtu, KWH_MODBUS_RTU_BUFFER, clocks[c].tick_us,
                              clocks[c].epoch);
                    wire_reply(&wire, 0, at, late[l]);
                    wire_reply(&wire, 1, 20000,
                               n == 0 ? NEXT_RTU : "01 03 08 AA BB CC DD 00 01 02 03 F9 A5");
                    assert_int_equal(kwh_modbus_read(&first, 1, 3, 0, 2), KWH_OK);
                    assert_int_equal(kwh_modbus_read(&second, 1, 3, 0x10, counts[n]), KWH_OK);
                    if (wire_run(&wire, &first) == KWH_OK ||
                        kwh_error_exception(first.error) != 0) {
                        /* With a coarse clock the deadline may come after the answer. */
                        assert_true(at < 200000 + 3 * clocks[c].tick_us);
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
        cmocka_unit_test(every_byte_lost),
        cmocka_unit_test(every_byte_doubled),
        cmocka_unit_test(every_bit_flipped),
        cmocka_unit_test(split_everywhere_and_delayed),
        cmocka_unit_test(garbage_behind),
        cmocka_unit_test(garbage_before),
        cmocka_unit_test(answer_of_another_address_first),
        cmocka_unit_test(late_answers_are_never_taken_for_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
