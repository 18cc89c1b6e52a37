/* SPDX-License-Identifier: MIT */
/*
 * Whole dialogues of M-Bus, readouts of several telegrams, values by name and searches, under every
 * fault of one character that can be enumerated: each character of all their answers lost, doubled,
 * damaged, flipped in every bit, preceded by another, and it and the rest late. On clocks of 1 us,
 * 1 ms and 10 ms, and across the wrap of the clock. One fault is always mended: what is told is
 * what is told without it, once and in order, and the same dialogue works again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/maps.h>
#include <kwh/mbus_meter.h>
#include <kwh/mbus_search.h>

#include "mbus_bus.h"

static struct mbus_bus bus;

/* What a dialogue told, a line of text each result, and how it ended. */
struct story {
    char text[16][64];
    size_t count;
    enum kwh_error error;
};

static void __attribute__((format(printf, 2, 3))) tell(struct story *story, const char *format, ...)
{
    va_list values;
    assert_true(story->count < 16);
    va_start(values, format);
    vsnprintf(story->text[story->count++], sizeof story->text[0], format, values);
    va_end(values);
}

static const char *secondary_text(const struct kwh_mbus_secondary *secondary, char *text)
{
    kwh_mbus_secondary_print(secondary, text);
    return text;
}

static struct kwh_mbus_secondary selection(const char *text)
{
    struct kwh_mbus_secondary secondary;
    assert_int_equal(kwh_mbus_secondary_parse(text, &secondary), KWH_OK);
    return secondary;
}

/* ------------------------------------------------------------------------------------------------
 * The dialogues
 */

/* The records of a telegram: the energy is the whole value of its four bytes of BCD. */
static void tell_telegrams(struct kwh_mbus_readout *readout, struct story *story)
{
    while (mbus_bus_run(&bus, &readout->dialogue)) {
        const struct kwh_mbus_sequence *sequence = &readout->sequence;
        assert_true(sequence->size >= 18);
        tell(story, "%u: %08X %02X%02X%02X%02X", sequence->count, (unsigned)sequence->telegram.id,
             sequence->data[17], sequence->data[16], sequence->data[15], sequence->data[14]);
    }
    story->error = readout->dialogue.error;
}

static void read_telegrams(struct story *story)
{
    static struct kwh_mbus_readout readout;
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    tell_telegrams(&readout, story);
}

static void read_telegrams_of_a_selected_meter(struct story *story)
{
    static struct kwh_mbus_readout readout;
    struct kwh_mbus_secondary secondary = selection("1234567F");
    kwh_mbus_readout_select(&readout, &secondary);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    tell_telegrams(&readout, story);
}

static void tell_values(struct kwh_mbus_meter *meter, struct kwh_plan *plan, struct story *story)
{
    kwh_meter_begin(&meter->meter, plan);
    while (mbus_bus_run(&bus, &meter->meter.dialogue)) {
        const struct kwh_reading *reading = &meter->meter.reading;
        char name[KWH_QUANTITY_TEXT], value[KWH_READING_TEXT] = "";
        assert_int_equal(kwh_quantity_print(reading->quantity, name, sizeof name), KWH_OK);
        if (reading->status == KWH_STATUS_OK)
            assert_int_equal(kwh_reading_print(reading, value, sizeof value), KWH_OK);
        tell(story, "%s %s", name, value);
    }
    story->error = meter->meter.dialogue.error;
}

static void read_values(struct story *story)
{
    static struct kwh_mbus_meter meter;
    assert_int_equal(kwh_mbus_meter_init(&meter, &bus.line, NULL, 7), KWH_OK);
    tell_values(&meter, NULL, story);
}

/* A value by its name, and one of the header. */
static void read_by_name(struct story *story)
{
    static struct kwh_mbus_meter meter;
    static struct kwh_plan_entry entries[2];
    struct kwh_plan plan;
    struct kwh_mbus_secondary secondary = selection("30000001CD250102");
    kwh_plan_init(&plan, &kwh_map_inepro_pro1_mbus, KWH_ALL_PROFILES, entries, 2);
    assert_int_equal(kwh_plan_add(&plan, KWH_ACTIVE_ENERGY_COMBINED), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_SERIAL_NUMBER), KWH_OK);
    assert_int_equal(
        kwh_mbus_meter_select(&meter, &bus.line, &kwh_map_inepro_pro1_mbus, &secondary), KWH_OK);
    tell_values(&meter, &plan, story);
}

static void tell_finds(struct kwh_mbus_search *search, struct story *story)
{
    while (mbus_bus_run(&bus, &search->dialogue)) {
        char text[KWH_MBUS_SECONDARY_TEXT];
        if (search->found.kind == KWH_MBUS_FOUND_METER)
            tell(story, "%s @%u", secondary_text(&search->found.secondary, text),
                 search->found.address);
    }
    story->error = search->dialogue.error;
}

static void search_primary(struct story *story)
{
    static struct kwh_mbus_search search;
    assert_int_equal(kwh_mbus_search_primary(&search, &bus.line, 4, 8), KWH_OK);
    search.retries = 1;
    tell_finds(&search, story);
}

static void search_secondary(struct story *story)
{
    static struct kwh_mbus_search search;
    kwh_mbus_search_secondary(&search, &bus.line, NULL, false);
    search.retries = 1;
    tell_finds(&search, story);
}

/* What the three meters of the bus below have to be told as. Two begin alike, so that a search goes
 * down and comes back over several digits; more of them would be the same faults again. */
#define FIRST  "12345678CD250102"
#define SECOND "30000001CD250102"
#define THIRD  "30100002CD250102"

static const struct {
    const char *name;
    void (*run)(struct story *story);
    const char *told[6];
} dialogues[] = {
    {"readout", read_telegrams, {"1: 12345678 01000000", "2: 12345678 01000001"}},
    {"selected",
     read_telegrams_of_a_selected_meter,
     {"1: 12345678 01000000", "2: 12345678 01000001"}},
    {"values", read_values, {"active_energy 3000000"}},
    {"by name", read_by_name, {"serial_number 30000001", "active_energy_combined 20000000"}},
    {"primary", search_primary, {FIRST " @5", SECOND " @6", THIRD " @7"}},
    {"secondary", search_secondary, {FIRST " @5", SECOND " @6", THIRD " @7"}},
};

/* ------------------------------------------------------------------------------------------------
 * The faults
 */

static const struct {
    uint32_t tick_us, epoch_us;
} clocks[] = {{1, 0}, {1000, UINT32_C(0xFFFF0000)}, {10000, UINT32_C(0x7FFFFC18)}};

static void open_bus(size_t clock)
{
    mbus_bus_open(&bus, &kwh_mbus_serial, 2400);
    mbus_bus_set_clock(&bus, clocks[clock].tick_us, clocks[clock].epoch_us);
    mbus_bus_add(&bus, 5, "12345678 CD25 01 02")->parts = 2;
    mbus_bus_add(&bus, 6, "30000001 CD25 01 02")->delay_us = 20000;
    mbus_bus_add(&bus, 7, "30100002 CD25 01 02")->delay_us = 34000;
    for (size_t i = 0; i < bus.count; i++)
        bus.meters[i].energy_wh = 1000000 * (uint32_t)(i + 1);
    bus.meters[1].vif = 0x04; /* so that the map knows it */
}

static bool is_told(const struct story *story, size_t dialogue)
{
    const char *const *told = dialogues[dialogue].told;
    for (size_t i = 0; i < story->count; i++)
        if (told[i] == NULL || strcmp(told[i], story->text[i]) != 0)
            return false;
    return story->error == KWH_OK && told[story->count] == NULL;
}

static void run(size_t dialogue, struct story *story)
{
    memset(story, 0, sizeof *story);
    dialogues[dialogue].run(story);
}

/* How many characters the answers of a dialogue have when nothing happens. */
static unsigned characters_of(size_t dialogue)
{
    static struct story story;
    open_bus(0);
    run(dialogue, &story);
    for (size_t i = 0; i < story.count; i++)
        if (!is_told(&story, dialogue))
            print_error("%s\n", story.text[i]);
    if (!is_told(&story, dialogue))
        fail_msg("%s: %s", dialogues[dialogue].name, kwh_error_name(story.error));
    return bus.characters;
}

static void play(size_t dialogue, size_t clock, const struct mbus_fault *fault)
{
    static struct story story;
    open_bus(clock);
    bus.fault = *fault;
    run(dialogue, &story);
    if (!is_told(&story, dialogue))
        fail_msg("%s, clock %u, fault %d of %02X at %u, %u us: %u told, %s",
                 dialogues[dialogue].name, (unsigned)clock, (int)fault->kind, fault->value,
                 fault->at, (unsigned)fault->delay_us, (unsigned)story.count,
                 kwh_error_name(story.error));
    assert_true(bus.characters > fault->at);
    run(dialogue, &story);
    if (!is_told(&story, dialogue))
        fail_msg("%s, clock %u, after fault %d at %u: %s", dialogues[dialogue].name,
                 (unsigned)clock, (int)fault->kind, fault->at, kwh_error_name(story.error));
}

/* One fault of this kind at every character of every dialogue. */
static void play_everywhere(struct mbus_fault fault)
{
    for (size_t dialogue = 0; dialogue < KWH_COUNT(dialogues); dialogue++) {
        unsigned characters = characters_of(dialogue);
        for (size_t clock = 0; clock < KWH_COUNT(clocks); clock++)
            for (fault.at = 0; fault.at < characters; fault.at++)
                play(dialogue, clock, &fault);
    }
}

static void lost(void **state)
{
    (void)state;
    play_everywhere((struct mbus_fault){.kind = MBUS_FAULT_LOST});
}

static void doubled(void **state)
{
    (void)state;
    play_everywhere((struct mbus_fault){.kind = MBUS_FAULT_DOUBLED});
}

static void damaged(void **state)
{
    (void)state;
    play_everywhere((struct mbus_fault){.kind = MBUS_FAULT_DAMAGED});
}

static void flipped(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 8; bit++)
        play_everywhere(
            (struct mbus_fault){.kind = MBUS_FAULT_FLIPPED, .value = (uint8_t)(1u << bit)});
}

static void preceded(void **state)
{
    static const uint8_t strays[] = {0x00, 0xFF, 0xE5, 0x68, 0x10, 0x16};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(strays); i++)
        play_everywhere((struct mbus_fault){.kind = MBUS_FAULT_STRAY, .value = strays[i]});
}

/* Up to behind the time that an answer may take, but not that of the one to the repetition. */
static void late(void **state)
{
    static const uint32_t delays_us[] = {1000, 20000, 150000, 400000};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(delays_us); i++)
        play_everywhere((struct mbus_fault){.kind = MBUS_FAULT_LATE, .delay_us = delays_us[i]});
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost),    cmocka_unit_test(doubled),  cmocka_unit_test(damaged),
        cmocka_unit_test(flipped), cmocka_unit_test(preceded), cmocka_unit_test(late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
