/* SPDX-License-Identifier: MIT */
/*
 * Faults enumerated, not sampled: every byte of an answer lost, doubled, damaged, flipped in every
 * bit, delayed; garbage before and behind it. A test plays each on a wire, on every clock, and
 * knows what must come of it.
 */
#ifndef TESTS_FAULTS_H
#define TESTS_FAULTS_H

#include "wire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct clock {
    uint32_t tick_us, epoch;
} fault_clocks[] = {
    {1, 0},
    {1, UINT32_C(0xFFFF0000)},
    {1000, UINT32_C(0x7FFFFC18)},
    {10000, 0},
};

struct answer {
    uint8_t bytes[300];
    size_t count;
};

enum fault_kind {
    BYTE_LOST,
    BYTE_DOUBLED,
    BYTE_DAMAGED, /* comes with a parity error */
    BIT_FLIPPED,
    REST_DELAYED,
    GARBAGE_BEHIND,
    GARBAGE_BEFORE,
    OTHER_FIRST, /* the answer of another address */
    OTHER_FIRST_OURS_LATER
};

static const char *const fault_names[] = {
    [BYTE_LOST] = "byte lost",
    [BYTE_DOUBLED] = "byte doubled",
    [BYTE_DAMAGED] = "byte damaged",
    [BIT_FLIPPED] = "bit flipped",
    [REST_DELAYED] = "rest delayed",
    [GARBAGE_BEHIND] = "garbage behind",
    [GARBAGE_BEFORE] = "garbage before",
    [OTHER_FIRST] = "other address first",
    [OTHER_FIRST_OURS_LATER] = "other address first, ours later",
};

/* What a call may end with. */
enum outcome {
    MUST_WORK, /* the answer is on the wire, whole */
    MUST_FAIL, /* it is not */
    MAY_WORK,  /* the damage may or may not matter; wrong data never */
    NOT_TRIED  /* nothing on this wire protects from it */
};

/* What arrives instead of an answer. */
struct fault {
    enum fault_kind kind;
    size_t at;   /* which byte, bit or value */
    size_t size; /* of the answer */
    uint8_t bytes[340];
    size_t count;
    size_t split; /* so many at once, the others delay_us later */
    uint32_t delay_us;
};

typedef void fault_player(const void *context, const struct fault *fault);
typedef void fault_enumeration(const struct answer *answer, fault_player *play,
                               const void *context);

static inline struct fault fault_of(enum fault_kind kind, size_t at, const struct answer *answer)
{
    struct fault fault;
    memset(&fault, 0, sizeof fault);
    fault.kind = kind;
    fault.at = at;
    fault.size = answer->count;
    memcpy(fault.bytes, answer->bytes, answer->count);
    fault.count = fault.split = answer->count;
    return fault;
}

/* Room for `count` bytes of this value where the fault is. */
static inline void fault_insert(struct fault *fault, size_t at, uint8_t value, size_t count)
{
    memmove(fault->bytes + at + count, fault->bytes + at, fault->count - at);
    memset(fault->bytes + at, value, count);
    fault->split = fault->count += count;
}

static inline void every_byte_lost(const struct answer *answer, fault_player *play,
                                   const void *context)
{
    for (size_t k = 0; k < answer->count; k++) {
        struct fault fault = fault_of(BYTE_LOST, k, answer);
        fault.split = --fault.count;
        memmove(fault.bytes + k, fault.bytes + k + 1, fault.count - k);
        play(context, &fault);
    }
}

static inline void every_byte_doubled(const struct answer *answer, fault_player *play,
                                      const void *context)
{
    for (size_t k = 0; k < answer->count; k++) {
        struct fault fault = fault_of(BYTE_DOUBLED, k, answer);
        fault_insert(&fault, k, answer->bytes[k], 1);
        play(context, &fault);
    }
}

static inline void every_byte_damaged(const struct answer *answer, fault_player *play,
                                      const void *context)
{
    for (size_t k = 0; k < answer->count; k++) {
        struct fault fault = fault_of(BYTE_DAMAGED, k, answer);
        play(context, &fault);
    }
}

static inline void every_bit_flipped(const struct answer *answer, fault_player *play,
                                     const void *context)
{
    for (size_t bit = 0; bit < 8 * answer->count; bit++) {
        struct fault fault = fault_of(BIT_FLIPPED, bit, answer);
        fault.bytes[bit / 8] = (uint8_t)(fault.bytes[bit / 8] ^ 1u << bit % 8);
        play(context, &fault);
    }
}

static inline void split_everywhere_and_delayed(const struct answer *answer, fault_player *play,
                                                const void *context)
{
    static const uint32_t delays_us[] = {0, 1000, 2000, 4100, 10000, 49000, 120000};
    for (size_t k = 0; k <= answer->count; k++)
        for (size_t d = 0; d < KWH_COUNT(delays_us); d++) {
            struct fault fault = fault_of(REST_DELAYED, k, answer);
            fault.split = k;
            fault.delay_us = delays_us[d];
            play(context, &fault);
        }
}

static inline void garbage_behind(const struct answer *answer, fault_player *play,
                                  const void *context)
{
    for (unsigned value = 0; value < 256; value++) {
        struct fault fault = fault_of(GARBAGE_BEHIND, value, answer);
        fault_insert(&fault, fault.count, (uint8_t)value, 7);
        play(context, &fault);
    }
}

static inline void garbage_before(const struct answer *answer, fault_player *play,
                                  const void *context)
{
    for (unsigned value = 0; value < 256; value++) {
        struct fault fault = fault_of(GARBAGE_BEFORE, value, answer);
        fault_insert(&fault, 0, (uint8_t)value, 1);
        play(context, &fault);
    }
}

/* Another address answers `text` before ours, at once or later. */
static inline void play_other_first(const struct answer *answer, const char *text,
                                    uint32_t later_us, fault_player *play, const void *context)
{
    enum fault_kind kind = later_us == 0 ? OTHER_FIRST : OTHER_FIRST_OURS_LATER;
    struct fault fault = fault_of(kind, (size_t)later_us, answer);
    uint8_t other[32];
    size_t count = hex(text, other, sizeof other);
    fault_insert(&fault, 0, 0, count);
    memcpy(fault.bytes, other, count);
    fault.split = later_us == 0 ? fault.count : count;
    fault.delay_us = later_us;
    play(context, &fault);
}

/* Writes down what arrives after the first request. */
static inline void fault_deliver(struct wire *wire, const struct fault *fault)
{
    wire_reply_bytes(wire, 0, 20000, fault->bytes, fault->split);
    if (fault->kind == BYTE_DAMAGED)
        wire_damage(wire, fault->at);
    if (fault->count > fault->split)
        wire_reply_bytes(wire, 0, 20000 + fault->delay_us, fault->bytes + fault->split,
                         fault->count - fault->split);
}

/* The call ended as it must, and in time: 0.2 s to the beginning, 50 ms between bytes, twice the
 * wire time of the longest frame, ticks. */
static inline void assert_outcome(const struct wire *wire, const struct fault *fault,
                                  enum outcome outcome, unsigned kind, enum kwh_error error,
                                  bool good)
{
    uint64_t frame_us = (uint64_t)wire->line.framing->frame_max * 1146u;
    uint64_t deadline = wire->sent_at[0] + 200000 + 50000 + 2 * frame_us + 4 * wire->tick_us;
    if (!good && kwh_error_class(error) != KWH_ERROR_CLASS_LINE)
        fail_msg("kind %u, %s at %u: wrong answer as good", kind, fault_names[fault->kind],
                 (unsigned)fault->at);
    if (outcome == MUST_WORK ? !good : outcome == MUST_FAIL && good)
        fail_msg("kind %u, %s at %u, delay %u, tick %u: %s", kind, fault_names[fault->kind],
                 (unsigned)fault->at, (unsigned)fault->delay_us, (unsigned)wire->tick_us,
                 kwh_error_name(error));
    if (wire->now_us > deadline)
        fail_msg("kind %u, %s at %u: %u ms too late", kind, fault_names[fault->kind],
                 (unsigned)fault->at, (unsigned)((wire->now_us - deadline) / 1000));
}

/* ------------------------------------------------------------------------------------------------
 * The tests themselves, of a protocol that says how it plays them
 */

/* Plays an enumeration with every recorded dialogue, framing and clock. */
static void for_all(fault_enumeration *enumerate);
/* Plays answers of another address before the right one. */
static fault_enumeration other_first;

static void lost_bytes(void **state)
{
    (void)state;
    for_all(every_byte_lost);
}

static void doubled_bytes(void **state)
{
    (void)state;
    for_all(every_byte_doubled);
}

static void damaged_bytes(void **state)
{
    (void)state;
    for_all(every_byte_damaged);
}

static void flipped_bits(void **state)
{
    (void)state;
    for_all(every_bit_flipped);
}

static void delayed_rests(void **state)
{
    (void)state;
    for_all(split_everywhere_and_delayed);
}

static void garbage(void **state)
{
    (void)state;
    for_all(garbage_behind);
    for_all(garbage_before);
}

static void the_answer_of_another_address_first(void **state)
{
    (void)state;
    for_all(other_first);
}

#define FAULT_TESTS                                                                                \
    cmocka_unit_test(lost_bytes), cmocka_unit_test(doubled_bytes),                                 \
        cmocka_unit_test(damaged_bytes), cmocka_unit_test(flipped_bits),                           \
        cmocka_unit_test(delayed_rests), cmocka_unit_test(garbage),                                \
        cmocka_unit_test(the_answer_of_another_address_first)

#endif
