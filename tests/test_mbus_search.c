/* SPDX-License-Identifier: MIT */
/*
 * Searching for M-Bus meters: all of them are found, each once, whatever stands beside it on the
 * line; and nothing is found that is not there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include <kwh/mbus_search.h>

#include "mbus_bus.h"

static struct mbus_bus bus;
static struct kwh_mbus_search search;

/* What was found, a line of text each: "12345678CD250102 @5", "mute ...", "several ...". */
#define FINDS_MAX 64
struct finds {
    char text[FINDS_MAX][48];
    size_t count;
};

static void note(struct finds *finds, const struct kwh_mbus_found *found)
{
    static const char *const kinds[] = {"", "mute ", "several "};
    char address[KWH_MBUS_SECONDARY_TEXT];

    assert_in_range(finds->count, 0, FINDS_MAX - 1);
    assert_in_range(found->kind, 0, 2);
    kwh_mbus_secondary_print(&found->secondary, address);
    snprintf(finds->text[finds->count++], sizeof finds->text[0], "%s%s @%u%s%s", kinds[found->kind],
             address, found->address, found->error != KWH_OK ? " " : "",
             found->error != KWH_OK ? kwh_error_name(found->error) : "");
}

/* Carries the search on to its end. What is known of its length only grows, and is true then. */
static void collect(struct finds *finds)
{
    struct kwh_step step = {.action = KWH_ACTION_IDLE};
    uint32_t done = 0, total = 0;

    finds->count = 0;
    while (step.action != KWH_ACTION_FINISHED) {
        kwh_dialogue_step(&search.dialogue, &bus.line, mbus_bus_clock(&bus), &step);
        assert_true(search.done >= done && search.total >= total && search.done <= search.total);
        done = search.done;
        total = search.total;
        if (step.action == KWH_ACTION_RESULT)
            note(finds, &search.found);
        mbus_bus_carry_out(&bus, &step);
    }
    if (search.dialogue.error == KWH_OK)
        assert_int_equal(done, total);
}

static void assert_finds(const struct finds *finds, const char *const *expected, size_t count)
{
    for (size_t i = 0; i < finds->count && i < count; i++)
        assert_string_equal(finds->text[i], expected[i]);
    assert_int_equal(finds->count, count);
}

#define ASSERT_FINDS(finds, ...)                                                                   \
    do {                                                                                           \
        static const char *const expected[] = {__VA_ARGS__};                                       \
        assert_finds(finds, expected, sizeof expected / sizeof expected[0]);                       \
    } while (0)

/* Returns how many results say that several answered. */
static unsigned leave_out_several(struct finds *finds)
{
    size_t kept = 0, all = finds->count;
    for (size_t i = 0; i < all; i++)
        if (memcmp(finds->text[i], "several ", 8) != 0)
            memmove(finds->text[kept++], finds->text[i], sizeof finds->text[0]);
    finds->count = kept;
    return (unsigned)(all - kept);
}

static void comment(const char *what)
{
    print_message("# %s: %u selections, %u readouts, %u initializations, %lu ms\n", what,
                  bus.selections, bus.readouts, bus.initializations,
                  (unsigned long)mbus_bus_ms(&bus));
}

static void search_all(struct finds *finds, bool letters)
{
    kwh_mbus_search_secondary(&search, &bus.line, NULL, letters);
    collect(finds);
    assert_int_equal(search.dialogue.error, KWH_OK);
}

/* ------------------------------------------------------------------------------------------------
 * The bus of these tests
 */

static uint8_t heard[8];
static size_t heard_count;

static void note_received(void *context, enum kwh_trace what, const uint8_t *bytes, size_t count,
                          uint32_t now_us)
{
    (void)context;
    (void)now_us;
    for (size_t i = 0; what == KWH_TRACE_RECEIVED && i < count && heard_count < sizeof heard; i++)
        heard[heard_count++] = bytes[i];
}

/*
 * Two meters say E5, the second some bits later. By three bits, low bit first:
 *
 *     first    0 1010 0111 1 1 1 1 1    start, eight, parity, stop; then silence
 *     second   1 1101 0100 1 1 1 1 1
 *     heard    0 1000 0100 1 1          21, whose parity is 0
 */
static void characters_overlap_as_on_the_wire(void **state)
{
    static const struct {
        uint32_t bits;
        uint8_t expected[2];
        size_t count;
        unsigned damaged;
    } shifts[] = {{0, {0xE5}, 1, 0}, {3, {0x21}, 1, 1}, {13, {0xE5, 0xE5}, 2, 0}};
    struct kwh_exchange exchange;
    struct kwh_step step;
    (void)state;
    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) {
        mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
        bus.hides_damage = true;
        bus.line.trace = note_received;
        heard_count = 0;
        mbus_bus_add(&bus, 1, "12345678CD250102")->delay_us = 10000;
        mbus_bus_add(&bus, 1, "12345678CD250102")->delay_us = 10000 +
                                                              shifts[i].bits * 1000000 / 2400;
        kwh_mbus_snd_nke(&exchange, 1);
        assert_int_equal(kwh_line_start(&bus.line, &exchange, 0), KWH_OK);
        do {
            kwh_line_next(&bus.line, mbus_bus_clock(&bus), &step);
            mbus_bus_carry_out(&bus, &step);
        } while (step.action != KWH_ACTION_DONE);
        assert_int_equal(heard_count, shifts[i].count);
        assert_memory_equal(heard, shifts[i].expected, heard_count);
        assert_int_equal(bus.damaged, shifts[i].damaged);
    }
}

/* ------------------------------------------------------------------------------------------------
 * Twenty meters
 */

/* The worst that may share a line. */
static void add_twenty(void)
{
    static const char *const last_digit[] = {
        "12345670CD250102", "12345671CD250102", "12345672CD250102", "12345673CD250102",
        "12345674CD250102", "12345675CD250102", "12345676CD250102", "12345677CD250102",
        "12345678CD250102", "12345679CD250102"};
    for (size_t i = 0; i < 10; i++)
        mbus_bus_add(&bus, (uint8_t)(i + 1), last_digit[i]);
    mbus_bus_add(&bus, 11, "87654321CD250102");
    mbus_bus_add(&bus, 12, "87654321CD250202");                    /* another version */
    mbus_bus_add(&bus, 13, "87654321CD250103");                    /* medium */
    mbus_bus_add(&bus, 14, "8765432142040102");                    /* manufacturer */
    mbus_bus_add(&bus, 0, "87654321CD050102")->selected_as = 0xFD; /* its second byte */
    mbus_bus_add(&bus, 0, "1234567ACD250102")->selected_as = 0;
    mbus_bus_add(&bus, 17, "0A0B0C0DCD250102");
    mbus_bus_add(&bus, 18, "5F000000CD250102");
    mbus_bus_add(&bus, 19, "99999998CD250102")->delay_us = 330000000 / 2400 + 50000; /* the limit */
    mbus_bus_add(&bus, 20, "99999999CD250102");
}

static void assert_twenty(const struct finds *finds)
{
    ASSERT_FINDS(finds, "0A0B0C0DCD250102 @17", "12345670CD250102 @1", "12345671CD250102 @2",
                 "12345672CD250102 @3", "12345673CD250102 @4", "12345674CD250102 @5",
                 "12345675CD250102 @6", "12345676CD250102 @7", "12345677CD250102 @8",
                 "12345678CD250102 @9", "12345679CD250102 @10", "1234567ACD250102 @0",
                 "5F000000CD250102 @18", "8765432142040102 @14", "87654321CD050102 @253",
                 "87654321CD250102 @11", "87654321CD250103 @13", "87654321CD250202 @12",
                 "99999998CD250102 @19", "99999999CD250102 @20");
}

static void all_of_twenty_are_found_twice_the_same(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    add_twenty();
    search_all(&finds, true);
    comment("twenty meters, 2400 Bd");
    assert_twenty(&finds);
    assert_in_range(bus.selections, 1, 1500);
    assert_true(bus.damaged > 0);
    search_all(&finds, true);
    assert_twenty(&finds);
}

/* Digits A to E are found where they stand alone; beside others only on request. */
static void without_letters_the_others_are_found(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    add_twenty();
    search_all(&finds, false);
    assert_int_equal(finds.count, 19);
    for (size_t i = 0; i < finds.count; i++)
        assert_string_not_equal(finds.text[i], "1234567ACD250102 @0");
}

/* The clock, the converter and the meters as they may be. */
static void all_of_twenty_are_found_however_bytes_come(void **state)
{
    static const struct {
        const char *what;
        const struct kwh_framing *framing;
        uint32_t baud, tick_us, epoch_us, flush_us, jitter_us;
        bool echo, hides_damage;
    } ways[] = {
        {"9600 Bd", &kwh_mbus_serial, 9600, 1, 0, 0, 0, false, false},
        {"300 Bd", &kwh_mbus_serial, 300, 1, 0, 0, 0, false, false},
        {"clock of 10 ms", &kwh_mbus_serial, 2400, 10000, 4294000000u, 0, 0, false, false},
        {"echo", &kwh_mbus_serial, 2400, 1, 0, 0, 0, true, false},
        {"echo, clock of 10 ms", &kwh_mbus_serial, 2400, 10000, 0, 0, 0, true, false},
        {"USB", &kwh_mbus_serial, 2400, 1000, 0, 16000, 0, false, false},
        {"USB with echo", &kwh_mbus_serial, 2400, 1000, 0, 16000, 0, true, false},
        {"shifted by parts of characters", &kwh_mbus_serial, 2400, 1, 0, 0, 3000, false, false},
        {"shifted by characters", &kwh_mbus_serial, 2400, 1, 0, 0, 30000, false, false},
        {"without parity", &kwh_mbus_serial, 2400, 1, 0, 0, 0, false, true},
        {"shifted without parity", &kwh_mbus_serial, 2400, 1, 0, 0, 10000, false, true},
        {"TCP", &kwh_mbus_over_tcp, 2400, 1000, 0, 50000, 20000, false, true},
    };
    struct finds finds;
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        mbus_bus_open(&bus, ways[i].framing, ways[i].baud);
        mbus_bus_set_clock(&bus, ways[i].tick_us, ways[i].epoch_us);
        bus.flush_us = ways[i].flush_us;
        bus.jitter_us = ways[i].jitter_us;
        bus.echo = ways[i].echo;
        bus.hides_damage = ways[i].hides_damage;
        add_twenty();
        search_all(&finds, true);
        comment(ways[i].what);
        assert_twenty(&finds);
    }
}

/* ------------------------------------------------------------------------------------------------
 * Few meters, and none
 */

static void an_empty_bus_costs_ten_selections(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    search_all(&finds, false);
    comment("empty bus, 2400 Bd");
    assert_int_equal(finds.count, 0);
    assert_int_equal(bus.selections, 10);
    assert_int_equal(bus.readouts, 0);
    assert_int_equal(bus.initializations, 3);
    /* 10 x (17 characters + 330 bits + 50 ms + 150 ms), and the three others */
    assert_in_range(mbus_bus_ms(&bus), 10 * 415, 10 * 415 + 1000);
    assert_int_equal(search.statistics.sent, 13);

    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    search_all(&finds, true);
    assert_int_equal(bus.selections, 15);
}

static void one_meter_is_confirmed_by_its_address(void **state)
{
    static const struct {
        int selected_as;
        const char *expected;
    } forms[] = {
        {-1, "12345678CD250102 @5"}, {0, "12345678CD250102 @0"}, {0xFD, "12345678CD250102 @253"}};
    struct finds finds;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
        mbus_bus_add(&bus, 5, "12345678CD250102")->selected_as = forms[i].selected_as;
        search_all(&finds, false);
        assert_finds(&finds, &forms[i].expected, 1);
        assert_int_equal(bus.selections, 11);
        assert_int_equal(bus.readouts, 1);
        assert_false(bus.meters[0].selected);
    }
    comment("one meter, 2400 Bd");
}

/* Both say E5 at the same moment: one clean E5. Their telegrams tell. */
static void acknowledgments_that_look_like_one_are_told_apart(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_add(&bus, 1, "20000001CD250102");
    mbus_bus_add(&bus, 2, "21000001CD250102");
    search_all(&finds, false);
    comment("two meters");
    ASSERT_FINDS(&finds, "20000001CD250102 @1", "21000001CD250102 @2");
    assert_int_equal(bus.selections, 22);
    assert_int_equal(bus.readouts, 3);
}

static unsigned ghosts;

static void count_ghosts(void *context, enum kwh_trace what, const uint8_t *bytes, size_t count,
                         uint32_t now_us)
{
    static const uint8_t ghost[] = {0x68, 0x15, 0x15, 0x68, 0x08, 0xFD, 0x72,
                                    0x00, 0x00, 0x00, 0x00, 0xCD, 0x25};
    (void)context;
    (void)now_us;
    if (what == KWH_TRACE_FRAME && count > sizeof ghost && memcmp(bytes, ghost, sizeof ghost) == 0)
        ghosts++;
}

/* The overlap of 03 and 04 is 00, and so are parity and checksum of both telegrams: a third meter,
 * it seems. */
static void a_meter_that_only_overlap_makes_is_not_reported(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    for (size_t i = 0; i < 2; i++) {
        struct mbus_meter *meter = mbus_bus_add(&bus, 1,
                                                i == 0 ? "00000003CD250102" : "00000004CD250102");
        meter->selected_as = 0xFD;
        meter->energy_wh = 85; /* first checksums 03 and 04 */
    }
    ghosts = 0;
    bus.line.trace = count_ghosts;
    search_all(&finds, false);
    ASSERT_FINDS(&finds, "00000003CD250102 @253", "00000004CD250102 @253");
    assert_int_equal(ghosts, 1);
}

/* One has said everything before the other begins. */
static void a_late_meter_beside_a_quick_one_is_found(void **state)
{
    struct finds finds;
    (void)state;
    for (uint32_t ms = 5; ms <= 187; ms += 7) {
        mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
        mbus_bus_add(&bus, 1, "33000000CD250102");
        mbus_bus_add(&bus, 2, "34000000CD250102")->delay_us = ms * 1000;
        search_all(&finds, false);
        ASSERT_FINDS(&finds, "33000000CD250102 @1", "34000000CD250102 @2");
    }
}

/* The late one says E5 alone, which the converter hands over together with the telegram. */
static void an_acknowledgment_behind_a_telegram_is_heard(void **state)
{
    struct finds finds;
    (void)state;
    for (uint32_t ms = 129; ms <= 187; ms++) { /* behind 11 bits and 27 characters */
        mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
        bus.flush_us = 40000;
        mbus_bus_add(&bus, 1, "33000000CD250102");
        mbus_bus_add(&bus, 2, "34000000CD250102")->delay_us = ms * 1000;
        bus.meters[1].empty = true;
        search_all(&finds, false);
        ASSERT_FINDS(&finds, "33000000CD250102 @1", "mute 34000000 @253 no_data");
    }
}

static void meters_with_the_same_address_are_several(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_add(&bus, 1, "44444444CD250102");
    mbus_bus_add(&bus, 2, "44444444CD250102");
    search_all(&finds, false);
    comment("two meters with the same secondary address");
    ASSERT_FINDS(&finds, "several 44444444CD250102 @253 collision");
}

/* A collision in which no digit finds anybody is told, too. */
static void what_cannot_be_asked_for_is_told_as_several(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_add(&bus, 1, "1A000000CD250102");
    mbus_bus_add(&bus, 2, "1B000000CD250102");
    search_all(&finds, false);
    assert_int_equal(finds.count, 1);
    assert_memory_equal(finds.text[0], "several 1FFFFFFF @253 ", 22);
    search_all(&finds, true);
    ASSERT_FINDS(&finds, "1A000000CD250102 @1", "1B000000CD250102 @2");
}

/* Nor version FF; there the pattern itself was asked first. */
static void what_no_version_tells_apart_is_several(void **state)
{
    struct kwh_mbus_secondary pattern;
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_add(&bus, 1, "44444444CD25FF02");
    mbus_bus_add(&bus, 2, "44444444CD25FF03");
    assert_int_equal(kwh_mbus_secondary_parse("44444444", &pattern), KWH_OK);
    kwh_mbus_search_secondary(&search, &bus.line, &pattern, true);
    collect(&finds);
    ASSERT_FINDS(&finds, "several 44444444 @253 collision");
}

/* ------------------------------------------------------------------------------------------------
 * Many
 */

static int compare_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Every primary address taken, identifications anywhere. */
static void two_hundred_and_fifty_meters_are_found(void **state)
{
    static char expected[MBUS_BUS_METERS][17];
    char found[17];
    size_t count = 0;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    bus.jitter_us = 20000;
    for (unsigned i = 0; i < MBUS_BUS_METERS; i++) {
        unsigned id = mbus_bus_random(&bus, 100000000);
        snprintf(expected[i], sizeof expected[i], "%08uCD250102", id);
        mbus_bus_add(&bus, (uint8_t)(i + 1), expected[i]);
    }
    qsort(expected, MBUS_BUS_METERS, sizeof expected[0], compare_text);
    kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
    while (mbus_bus_run(&bus, &search.dialogue)) {
        kwh_mbus_secondary_print(&search.found.secondary, found);
        assert_in_range(count, 0, MBUS_BUS_METERS - 1);
        assert_string_equal(found, expected[count++]);
    }
    comment("two hundred and fifty meters, 2400 Bd");
    assert_int_equal(search.dialogue.error, KWH_OK);
    assert_int_equal(count, MBUS_BUS_METERS);
    assert_in_range(bus.selections, 1, 1600);
}

/* Nine times the same identification twice, as of a meter with two media. */
static void pairs_of_the_same_identification_are_found(void **state)
{
    static const char *const expected[] = {
        "11111111CD250102 @1",  "11111111CD250103 @11", "22222222CD250102 @2",
        "22222222CD250103 @12", "33333333CD250102 @3",  "33333333CD250103 @13",
        "44444444CD250102 @4",  "44444444CD250103 @14", "55555555CD250102 @5",
        "55555555CD250103 @15", "66666666CD250102 @6",  "66666666CD250103 @16",
        "77777777CD250102 @7",  "77777777CD250103 @17", "88888888CD250102 @8",
        "88888888CD250103 @18", "99999999CD250102 @9",  "99999999CD250103 @19"};
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    for (size_t i = 0; i < 18; i++)
        mbus_bus_add(&bus, (uint8_t)(i / 2 + (i % 2 == 0 ? 1 : 11)), expected[i]);
    search_all(&finds, false);
    comment("nine pairs of the same identification");
    assert_finds(&finds, expected, 18);
}

/* ------------------------------------------------------------------------------------------------
 * Meters that do not do as they should
 */

static void telegrams_without_an_address_are_found_by_their_digits(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_add(&bus, 1, "11111111CD250102")->ci = 0x78;
    mbus_bus_add(&bus, 2, "22222222CD250102")->ci = 0x70;
    mbus_bus_add(&bus, 3, "33333333CD250102")->ci = 0x73;
    mbus_bus_add(&bus, 4, "44444444CD250102")->mute = true;
    mbus_bus_add(&bus, 5, "55555555CD250102")->empty = true;
    mbus_bus_add(&bus, 6, "66666666CD250102")->ci = 0x99;
    search_all(&finds, false);
    comment("six meters that do not tell their address");
    ASSERT_FINDS(&finds, "11111111 @1 short_header", "22222222 @2 mbus_busy", "33333333 @3",
                 "mute 44444444 @253 timeout", "mute 55555555 @253 no_data",
                 "66666666 @6 unknown_ci");
}

/* It disturbs the others, but neither goes unnoticed, and there is an end. */
static void a_meter_that_takes_any_selection_is_reported_once(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_add(&bus, 1, "70000000CD250102")->selects_all = true;
    search_all(&finds, false);
    ASSERT_FINDS(&finds, "70000000CD250102 @1");
    assert_int_equal(bus.selections, 9 * 2 + 2);
    mbus_bus_add(&bus, 2, "20000000CD250102");
    search_all(&finds, false);
    comment("one of two meters takes any selection");
    assert_int_equal(finds.count, 2);
    assert_memory_equal(finds.text[0], "several 20000000CD250102 @253 ", 30);
    assert_string_equal(finds.text[1], "70000000CD250102 @1");
}

/* ------------------------------------------------------------------------------------------------
 * Inside a pattern
 */

static void search_inside(const char *text, struct finds *finds)
{
    struct kwh_mbus_secondary pattern;
    assert_int_equal(kwh_mbus_secondary_parse(text, &pattern), KWH_OK);
    kwh_mbus_search_secondary(&search, &bus.line, &pattern, true);
    collect(finds);
    assert_int_equal(search.dialogue.error, KWH_OK);
}

static void a_search_keeps_to_its_pattern(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    add_twenty();
    search_inside("9FFFFFFF", &finds);
    ASSERT_FINDS(&finds, "99999998CD250102 @19", "99999999CD250102 @20");
    search_inside("FFFFFFFF4204FFFF", &finds);
    ASSERT_FINDS(&finds, "8765432142040102 @14");
    search_inside("FFFFFFF8FFFFFFFF", &finds); /* the last digit is given, the others are not */
    ASSERT_FINDS(&finds, "12345678CD250102 @9", "99999998CD250102 @19");
    search_inside("87654321FFFF01FF", &finds); /* version given, medium and manufacturer open */
    ASSERT_FINDS(&finds, "8765432142040102 @14", "87654321CD050102 @253", "87654321CD250102 @11",
                 "87654321CD250103 @13");
}

static void a_pattern_without_open_digits_is_asked_as_it_is(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    add_twenty();
    search_inside("12345678CD250102", &finds);
    ASSERT_FINDS(&finds, "12345678CD250102 @9");
    assert_int_equal(bus.selections, 1);
    search_inside("12345677", &finds);
    ASSERT_FINDS(&finds, "12345677CD250102 @8");
    assert_int_equal(bus.selections, 3);
    search_inside("33333333", &finds);
    assert_int_equal(finds.count, 0);
    assert_int_equal(bus.selections, 4);
    mbus_bus_add(&bus, 21, "12345678CD250102");
    search_inside("12345678CD250102", &finds);
    ASSERT_FINDS(&finds, "several 12345678CD250102 @253 collision");
}

/* ------------------------------------------------------------------------------------------------
 * By primary address
 */

static void search_range(uint8_t first, uint8_t last, struct finds *finds)
{
    assert_int_equal(kwh_mbus_search_primary(&search, &bus.line, first, last), KWH_OK);
    collect(finds);
    assert_int_equal(search.dialogue.error, KWH_OK);
}

static void primary_addresses_are_told_with_secondary_ones(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_add(&bus, 0, "12345678CD250102");
    mbus_bus_add(&bus, 5, "1234567ACD250102")->delay_us = 187000;
    mbus_bus_add(&bus, 7, "20000000CD250102"); /* two at 7 */
    mbus_bus_add(&bus, 7, "21000000CD250102");
    mbus_bus_add(&bus, 8, "20000000CD250102"); /* and at 8, one late */
    mbus_bus_add(&bus, 8, "21000000CD250102")->delay_us = 180000;
    mbus_bus_add(&bus, 9, "11111111CD250102")->ci = 0x78;
    mbus_bus_add(&bus, 10, "33333333CD250102")->ci = 0x73;
    mbus_bus_add(&bus, 11, "44444444CD250102")->mute = true;
    mbus_bus_add(&bus, 12, "55555555CD250102")->empty = true;
    mbus_bus_add(&bus, 250, "87654321CD250102")->selected_as = 0xFD;
    search_range(0, 250, &finds);
    comment("primary addresses 0 to 250, 2400 Bd");
    ASSERT_FINDS(&finds, "12345678CD250102 @0", "1234567ACD250102 @5",
                 "several FFFFFFFF @7 collision", "several FFFFFFFF @8 collision",
                 "FFFFFFFF @9 short_header", "33333333 @10", "mute FFFFFFFF @11 timeout",
                 "mute FFFFFFFF @12 no_data", "87654321CD250102 @250");
    search_range(5, 5, &finds);
    ASSERT_FINDS(&finds, "1234567ACD250102 @5");
    search_range(1, 4, &finds);
    assert_int_equal(finds.count, 0);
}

static void an_empty_primary_address_costs_one_request(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 9600);
    search_range(0, 250, &finds);
    comment("no meter at primary addresses 0 to 250, 9600 Bd");
    assert_int_equal(bus.initializations, 251);
    assert_int_equal(bus.readouts, 0);
    assert_int_equal(bus.selections, 0);
    assert_int_equal(search.total, 251);
    /* 251 x (5 characters + 330 bits + 50 ms + 150 ms) */
    assert_in_range(mbus_bus_ms(&bus), 251 * 240, 251 * 245);
}

static void ranges_that_do_not_exist_are_refused(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    assert_int_equal(kwh_mbus_search_primary(&search, &bus.line, 5, 4), KWH_ERROR_ARGUMENT);
    collect(&finds);
    assert_int_equal(search.dialogue.error, KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_mbus_search_primary(&search, &bus.line, 0, 251), KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_mbus_search_primary(&search, &bus.line, 250, 250), KWH_OK);
    assert_int_equal(bus.initializations, 0);
}

/* ------------------------------------------------------------------------------------------------
 * Disturbed and ended
 */

/* Much of it may look like several at once, now and then, but never like a meter. */
static void noise_makes_no_meters_and_hides_none(void **state)
{
    struct finds finds;
    (void)state;
    for (unsigned noise = 5; noise <= 20; noise += 5) {
        unsigned selections = 0, several = 0;
        for (uint32_t seed = 1; seed <= 10; seed++) {
            mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
            add_twenty();
            bus.noise = noise;
            bus.seed = seed;
            search_all(&finds, true);
            several += leave_out_several(&finds);
            assert_twenty(&finds);
            selections += bus.selections;
        }
        print_message("# twenty meters, noise after %u %% of the requests: %u selections, "
                      "%u.%u times \"several\"\n",
                      noise, selections / 10, several / 10, several % 10);
        if (noise <= 10)
            assert_int_equal(several, 0);
    }
}

/* That helps where nobody else answers: beside others a meter that misses its selection is hidden.
 */
static void lost_requests_are_repeated_where_the_caller_wants_that(void **state)
{
    struct finds finds;
    (void)state;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
        mbus_bus_add(&bus, 1, "12345678CD250102");
        mbus_bus_add(&bus, 2, "22345678CD250102");
        mbus_bus_add(&bus, 3, "32345678CD250102");
        bus.loss = 20;
        bus.seed = seed;
        kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
        search.retries = 4;
        collect(&finds);
        assert_int_equal(search.dialogue.error, KWH_OK);
        ASSERT_FINDS(&finds, "12345678CD250102 @1", "22345678CD250102 @2", "32345678CD250102 @3");
    }
    comment("three meters, 20 % of the requests lost, 4 retries");
}

/* Something answers every request with what is no frame. */
static void a_line_that_only_disturbs_is_given_up(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    bus.noise = 100;
    kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
    collect(&finds);
    comment("noise after every request");
    assert_int_equal(search.dialogue.error, KWH_ERROR_NO_FRAME);
    assert_in_range(finds.count, 0, 8);
    for (size_t i = 0; i < finds.count; i++)
        assert_memory_equal(finds.text[i], "several ", 8);
    assert_in_range(bus.selections, 1, 200);
}

/* As a converter may that answers by itself. */
static void a_line_on_which_every_selection_is_acknowledged_is_given_up(void **state)
{
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_add(&bus, 1, "12345678CD250102")->selects_all = true;
    bus.meters[0].mute = true;
    kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
    for (finds.count = 0; mbus_bus_run(&bus, &search.dialogue); finds.count++)
        assert_int_equal(search.found.kind, KWH_MBUS_FOUND_MUTE);
    comment("every selection acknowledged, no telegram");
    assert_int_equal(search.dialogue.error, KWH_ERROR_NO_FRAME);
    assert_in_range(finds.count, 1, 250);
}

/* Somebody sends without end, from the beginning or from a later request on: nothing more can be
 * asked. */
static void a_line_that_is_never_silent_is_given_up(void **state)
{
    (void)state;
    for (unsigned from = 0; from < 8; from++) {
        struct kwh_step step = {.action = KWH_ACTION_IDLE};
        uint32_t now_us = 0;
        unsigned sent = 0;
        mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
        kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
        while (step.action != KWH_ACTION_FINISHED) {
            kwh_dialogue_step(&search.dialogue, &bus.line, now_us, &step);
            if (step.action == KWH_ACTION_SEND) {
                kwh_line_sent(&bus.line, step.count, now_us);
                sent++;
            } else if (step.action == KWH_ACTION_RECEIVE && sent >= from) {
                now_us += 4583;
                step.room[0] = 0x55;
                kwh_line_got(&bus.line, 1, now_us);
            } else if (step.action == KWH_ACTION_RECEIVE) {
                now_us = step.until_us;
            }
        }
        assert_int_equal(search.dialogue.error, KWH_ERROR_NO_FRAME);
        assert_in_range(sent, from, from + 1);
        assert_in_range(now_us, 0, 20000000);
    }
}

static void a_search_ends_when_the_line_is_cancelled(void **state)
{
    struct kwh_step step = {.action = KWH_ACTION_IDLE};
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    add_twenty();
    kwh_mbus_search_secondary(&search, &bus.line, NULL, true);
    finds.count = 0;
    while (finds.count < 5) {
        assert_true(mbus_bus_run(&bus, &search.dialogue));
        note(&finds, &search.found);
    }
    do {
        kwh_dialogue_step(&search.dialogue, &bus.line, mbus_bus_clock(&bus), &step);
    } while (step.action != KWH_ACTION_SEND);
    kwh_line_cancel(&bus.line, mbus_bus_clock(&bus));
    assert_false(mbus_bus_run(&bus, &search.dialogue));
    assert_int_equal(search.dialogue.error, KWH_ERROR_INTERRUPTED);
    assert_string_equal(finds.text[0], "0A0B0C0DCD250102 @17");
    assert_string_equal(finds.text[4], "12345673CD250102 @4");
    /* And the next one begins from the beginning. */
    search_all(&finds, true);
    assert_twenty(&finds);
}

/* At any moment: before, during and between requests. */
static void a_search_can_be_stopped_at_any_moment(void **state)
{
    struct kwh_step step;
    (void)state;
    for (unsigned steps = 0; steps < 120; steps++) {
        mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
        mbus_bus_add(&bus, 1, "01000000CD250102");
        mbus_bus_add(&bus, 2, "02000000CD250102");
        kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
        for (unsigned i = 0; i < steps; i++) {
            kwh_dialogue_step(&search.dialogue, &bus.line, mbus_bus_clock(&bus), &step);
            mbus_bus_carry_out(&bus, &step);
        }
        unsigned selections = bus.selections;
        uint32_t before = mbus_bus_ms(&bus);
        kwh_mbus_search_stop(&search, mbus_bus_clock(&bus));
        assert_false(mbus_bus_run(&bus, &search.dialogue));
        assert_int_equal(search.dialogue.error, KWH_ERROR_INTERRUPTED);
        assert_int_equal(bus.selections, selections);
        assert_in_range(mbus_bus_ms(&bus) - before, 0, 400);
    }
}

/* Also when an answer has just come: it is not looked at. */
static void nothing_is_found_once_a_search_is_stopped(void **state)
{
    struct kwh_step step;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    struct mbus_meter *meter = mbus_bus_add(&bus, 1, "01000000CD250102");
    assert_int_equal(kwh_mbus_search_primary(&search, &bus.line, 1, 1), KWH_OK);
    do {
        kwh_dialogue_step(&search.dialogue, &bus.line, mbus_bus_clock(&bus), &step);
        mbus_bus_carry_out(&bus, &step);
    } while (bus.readouts == 0);
    kwh_dialogue_step(&search.dialogue, &bus.line, mbus_bus_clock(&bus), &step);
    assert_int_equal(step.action, KWH_ACTION_RECEIVE);
    memcpy(step.room, meter->sending.bytes, meter->sending.count);
    step.room[meter->sending.count] = 0x00;
    kwh_line_got_damaged(&bus.line, meter->sending.count + 1, mbus_bus_clock(&bus));
    kwh_mbus_search_stop(&search, mbus_bus_clock(&bus));
    assert_false(mbus_bus_run(&bus, &search.dialogue));
    assert_int_equal(search.dialogue.error, KWH_ERROR_INTERRUPTED);
}

static void a_search_needs_no_more_room_than_a_readout(void **state)
{
    static const struct kwh_line_settings settings = {2400, 8, 'E', 1};
    struct finds finds;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    assert_int_equal(kwh_line_init(&bus.line, &kwh_mbus_serial, bus.buffer, KWH_MBUS_READ_BUFFER),
                     KWH_OK);
    kwh_mbus_set_speed(&bus.line, &settings, KWH_MBUS_ALLOWANCE_US);
    bus.echo = true;
    add_twenty();
    search_all(&finds, true);
    assert_twenty(&finds);

    assert_int_equal(kwh_line_init(&bus.line, &kwh_mbus_serial, bus.buffer, 30), KWH_OK);
    kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
    collect(&finds);
    assert_int_equal(search.dialogue.error, KWH_ERROR_CAPACITY);
}

static void a_port_that_fails_ends_the_search(void **state)
{
    struct kwh_step step;
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
    kwh_dialogue_step(&search.dialogue, &bus.line, 0, &step);
    kwh_line_failed(&bus.line, KWH_ERROR_DISCONNECTED, 0, 0);
    assert_false(mbus_bus_run(&bus, &search.dialogue));
    assert_int_equal(search.dialogue.error, KWH_ERROR_DISCONNECTED);
}

/* ------------------------------------------------------------------------------------------------
 * Blocking
 */

static void a_blocking_search_tells_one_after_another(void **state)
{
    struct kwh_mbus_found found = {.address = 99};
    struct finds finds = {.count = 0};
    (void)state;
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_add(&bus, 1, "20000001CD250102");
    mbus_bus_add(&bus, 2, "21000001CD250102");
    kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
    while (kwh_mbus_search_next(&search, &found))
        note(&finds, &found);
    assert_int_equal(search.dialogue.error, KWH_OK);
    ASSERT_FINDS(&finds, "20000001CD250102 @1", "21000001CD250102 @2");
    assert_false(kwh_mbus_search_next(&search, &found));
    assert_int_equal(found.address, 2);

    bus.line.backend = NULL;
    kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
    assert_false(kwh_mbus_search_next(&search, &found));
    assert_int_equal(search.dialogue.error, KWH_ERROR_NO_BACKEND);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_overlap_as_on_the_wire),
        cmocka_unit_test(all_of_twenty_are_found_twice_the_same),
        cmocka_unit_test(without_letters_the_others_are_found),
        cmocka_unit_test(all_of_twenty_are_found_however_bytes_come),
        cmocka_unit_test(an_empty_bus_costs_ten_selections),
        cmocka_unit_test(one_meter_is_confirmed_by_its_address),
        cmocka_unit_test(acknowledgments_that_look_like_one_are_told_apart),
        cmocka_unit_test(a_meter_that_only_overlap_makes_is_not_reported),
        cmocka_unit_test(a_late_meter_beside_a_quick_one_is_found),
        cmocka_unit_test(an_acknowledgment_behind_a_telegram_is_heard),
        cmocka_unit_test(meters_with_the_same_address_are_several),
        cmocka_unit_test(what_cannot_be_asked_for_is_told_as_several),
        cmocka_unit_test(what_no_version_tells_apart_is_several),
        cmocka_unit_test(two_hundred_and_fifty_meters_are_found),
        cmocka_unit_test(pairs_of_the_same_identification_are_found),
        cmocka_unit_test(telegrams_without_an_address_are_found_by_their_digits),
        cmocka_unit_test(a_meter_that_takes_any_selection_is_reported_once),
        cmocka_unit_test(a_search_keeps_to_its_pattern),
        cmocka_unit_test(a_pattern_without_open_digits_is_asked_as_it_is),
        cmocka_unit_test(primary_addresses_are_told_with_secondary_ones),
        cmocka_unit_test(an_empty_primary_address_costs_one_request),
        cmocka_unit_test(ranges_that_do_not_exist_are_refused),
        cmocka_unit_test(noise_makes_no_meters_and_hides_none),
        cmocka_unit_test(lost_requests_are_repeated_where_the_caller_wants_that),
        cmocka_unit_test(a_line_that_only_disturbs_is_given_up),
        cmocka_unit_test(a_line_on_which_every_selection_is_acknowledged_is_given_up),
        cmocka_unit_test(a_line_that_is_never_silent_is_given_up),
        cmocka_unit_test(a_search_ends_when_the_line_is_cancelled),
        cmocka_unit_test(a_search_can_be_stopped_at_any_moment),
        cmocka_unit_test(nothing_is_found_once_a_search_is_stopped),
        cmocka_unit_test(a_search_needs_no_more_room_than_a_readout),
        cmocka_unit_test(a_port_that_fails_ends_the_search),
        cmocka_unit_test(a_blocking_search_tells_one_after_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
