/* SPDX-License-Identifier: MIT */
/*
 * Settings over M-Bus of simulated meters, which acknowledge whatever they are sent: only another
 * telegram, from where the meter is then, tells what they made of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "setting_bus.h"

#define PRO1        kwh_map_inepro_pro1_mbus
#define TWO_PU      kwh_map_inepro_2pu_mbus

#define ALL_ALLOWED ~0u

static void open_bus(struct bus *bus, const struct kwh_map *map, uint8_t first, uint8_t second)
{
    assert_true(bus_open(bus, map, first, second));
}

static void prepare(struct bus *bus, struct kwh_mbus_setting *mbus, const struct kwh_map *map,
                    uint8_t address, const struct kwh_mbus_secondary *secondary, const char *name,
                    const char *text)
{
    struct kwh_reading value;
    if (!bus_value(map, name, text, &value))
        fail_msg("%s=%s is no value", name, text);
    assert_int_equal(
        secondary != NULL
            ? kwh_mbus_setting_select(mbus, &bus->line, map, secondary, &value, ALL_ALLOWED)
            : kwh_mbus_setting_init(mbus, &bus->line, map, address, &value, ALL_ALLOWED),
        KWH_OK);
    mbus->setting.from.line = bus->settings;
}

static enum kwh_error set(struct bus *bus, struct kwh_mbus_setting *mbus, uint8_t address,
                          const char *name, const char *text)
{
    prepare(bus, mbus, bus->slaves[0].map, address, NULL, name, text);
    return kwh_setting_run(&mbus->setting);
}

static void expect_outcome(const struct kwh_mbus_setting *mbus, enum kwh_outcome outcome,
                           const char *before, const char *after)
{
    char text[KWH_READING_TEXT];
    assert_string_equal(kwh_outcome_name((enum kwh_outcome)mbus->setting.outcome),
                        kwh_outcome_name(outcome));
    if (before != NULL) {
        assert_int_equal(kwh_reading_print(&mbus->setting.before, text, sizeof text), KWH_OK);
        assert_string_equal(text, before);
    }
    if (after != NULL) {
        assert_int_equal(kwh_reading_print(&mbus->setting.after, text, sizeof text), KWH_OK);
        assert_string_equal(text, after);
    }
}

static struct kwh_mbus_secondary secondary_of(const struct bus *bus, size_t meter)
{
    return bus->mbus_slaves[meter].secondary;
}

static void what_a_telegram_shows_is_verified(void **state)
{
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 0);
    assert_int_equal(set(&bus, &mbus, 1, "tariff", "2"), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_VERIFIED, "1", "2");
    static const uint8_t data[] = {0x51, 0x09, 0x7C, 0x01, 0x54, 0x02};
    assert_int_equal(bus.writes, 1);
    assert_memory_equal(bus.sent[0] + 6, data, sizeof data);

    assert_int_equal(set(&bus, &mbus, 1, "combination_code", "reverse"), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_NOT_VERIFIABLE, NULL, NULL);
    assert_int_equal(mbus.setting.before.status, KWH_STATUS_NOT_AVAILABLE);
    assert_int_equal(bus.writes, 2);
    bus_close(&bus);
}

/* Code 05 is harmless on a PRO1 and locks a 2PU: the telegram says which one it is. */
static void another_family_is_not_written_to(void **state)
{
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 0);
    prepare(&bus, &mbus, &PRO1, 1, NULL, "combination_code", "forward_plus_reverse");
    assert_int_equal(kwh_setting_run(&mbus.setting), KWH_ERROR_OTHER_FAMILY);
    expect_outcome(&mbus, KWH_OUTCOME_NOT_SENT, NULL, NULL);
    assert_int_equal(bus.writes, 0);
    bus_close(&bus);
}

static void the_guard_comes_first(void **state)
{
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    struct kwh_reading value;
    uint8_t frame[64];
    size_t length;
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 0);
    assert_true(bus_value(&TWO_PU, "combination_code", "forward_minus_reverse_vector", &value));
    assert_int_equal(kwh_mbus_setting_init(&mbus, &bus.line, &TWO_PU, 1, &value,
                                           KWH_RISK_LINK_CHANGE | KWH_RISK_COUNTER_RESET),
                     KWH_ERROR_RISK);
    assert_int_equal(kwh_setting_frame(&mbus.setting, 0, frame, sizeof frame, &length), KWH_OK);
    assert_int_equal(length, 0);
    assert_int_equal(kwh_setting_run(&mbus.setting), KWH_ERROR_RISK);
    assert_int_equal(bus.requests, 0);
    assert_int_equal(kwh_setting_init(&mbus.setting, &bus.line, &TWO_PU, 1, &value, ALL_ALLOWED),
                     KWH_ERROR_UNSUPPORTED);
    assert_int_equal(
        kwh_mbus_setting_init(&mbus, &bus.line, &kwh_map_inepro_2pu_modbus, 1, &value, ALL_ALLOWED),
        KWH_ERROR_UNSUPPORTED);
    bus_close(&bus);
}

static void an_address_is_followed(void **state)
{
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 2);
    assert_int_equal(set(&bus, &mbus, 1, "device_address", "2"), KWH_ERROR_ADDRESS_TAKEN);
    expect_outcome(&mbus, KWH_OUTCOME_NOT_SENT, NULL, NULL);
    assert_int_equal(bus.writes, 0);
    assert_int_equal(set(&bus, &mbus, 1, "device_address", "17"), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_VERIFIED, "1", "17");
    assert_int_equal(mbus.setting.at.address, 17);
    assert_int_equal(bus.mbus_slaves[0].address, 17);
    assert_int_equal(bus.writes, 1);
    bus_close(&bus);
}

/* Asked as any meter, it is written to at the address with which it answers. */
static void any_meter_is_written_to_at_its_address(void **state)
{
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    (void)state;
    open_bus(&bus, &PRO1, 5, 0);
    assert_int_equal(set(&bus, &mbus, KWH_MBUS_ANY, "device_address", "6"), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_VERIFIED, "5", "6");
    assert_int_equal(bus.writes, 1);
    assert_int_equal(bus.sent[0][5], 5);
    bus_close(&bus);
}

static void a_selected_meter_is_set(void **state)
{
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 2);
    struct kwh_mbus_secondary first = secondary_of(&bus, 0);
    prepare(&bus, &mbus, &TWO_PU, 0, &first, "device_address", "2");
    assert_int_equal(kwh_setting_run(&mbus.setting), KWH_ERROR_ADDRESS_TAKEN);
    prepare(&bus, &mbus, &TWO_PU, 0, &first, "device_address", "9");
    assert_int_equal(kwh_setting_run(&mbus.setting), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_VERIFIED, "1", "9");
    assert_int_equal(bus.mbus_slaves[0].address, 9);
    assert_int_equal(bus.mbus_slaves[1].address, 2);
    prepare(&bus, &mbus, &TWO_PU, 0, &first, "tariff", "2");
    assert_int_equal(kwh_setting_run(&mbus.setting), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_VERIFIED, "1", "2");
    bus_close(&bus);
}

static void a_new_identification_is_followed(void **state)
{
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    char taken[KWH_MBUS_SECONDARY_TEXT];
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 2);
    struct kwh_mbus_secondary first = secondary_of(&bus, 0);
    (void)snprintf(taken, sizeof taken, "%08lX", (unsigned long)secondary_of(&bus, 1).id);
    prepare(&bus, &mbus, &TWO_PU, 0, &first, "serial_number", taken);
    assert_int_equal(kwh_setting_run(&mbus.setting), KWH_ERROR_ADDRESS_TAKEN);
    assert_int_equal(bus.writes, 0);
    prepare(&bus, &mbus, &TWO_PU, 0, &first, "serial_number", "15012345");
    assert_int_equal(kwh_setting_run(&mbus.setting), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_VERIFIED, NULL, "15012345");
    assert_int_equal(secondary_of(&bus, 0).id, 0x15012345);
    /* The same by primary address, where nothing moves. */
    assert_int_equal(set(&bus, &mbus, 1, "serial_number", "15012346"), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_VERIFIED, "15012345", "15012346");
    assert_int_equal(bus.writes, 2);
    bus_close(&bus);
}

static void a_speed_is_followed(void **state)
{
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 0);
    assert_int_equal(set(&bus, &mbus, 1, "baud_rate", "2400"), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_VERIFIED, "9600", "2400");
    assert_int_equal(bus.settings.baud, 2400);
    assert_int_equal(bus.mbus.settings.baud, 2400);
    assert_int_equal(bus.writes, 1);
    /* Answers at 300 Bd may begin as late as 1187 ms after their requests. */
    assert_int_equal(set(&bus, &mbus, 1, "baud_rate", "300"), KWH_OK);
    expect_outcome(&mbus, KWH_OUTCOME_VERIFIED, "2400", "300");
    assert_true(bus.line.timing.answer_us >= 1186667);
    bus.line.framing = &kwh_mbus_over_tcp;
    assert_int_equal(set(&bus, &mbus, 1, "baud_rate", "600"), KWH_ERROR_CANNOT_FOLLOW);
    assert_int_equal(bus.writes, 2);
    bus_close(&bus);
}

/* Whoever answers where the meter was is not the meter. */
static void another_meter_is_not_believed(void **state)
{
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 2);
    assert_int_equal(kwh_simulation_pin(bus.meters[1], "tariff", "2"), KWH_OK);
    prepare(&bus, &mbus, &TWO_PU, 1, NULL, "tariff", "2");
    while (bus.writes == 0) {
        struct kwh_step step;
        assert_int_equal(kwh_dialogue_poll(&mbus.setting.identify.dialogue, &bus.line, &step),
                         KWH_OK);
        if (step.action == KWH_ACTION_RECEIVE && bus.writes == 0)
            kwh_port_memory_pass(&bus.port, 1000);
    }
    bus.mbus_slaves[0].address = 99;
    bus.mbus_slaves[1].address = 1;
    assert_int_equal(kwh_setting_run(&mbus.setting), KWH_ERROR_OTHER_ANSWER);
    expect_outcome(&mbus, KWH_OUTCOME_UNKNOWN, "1", NULL);
    bus_close(&bus);
}

/* A fault at any request: one write, and never a false word about it. */
static void one_fault_is_survived(void **state)
{
    static const struct {
        const char *name, *text, *old;
    } cases[] = {
        {"tariff", "2", "1"}, {"device_address", "17", "1"}, {"baud_rate", "2400", "9600"}};
    static struct bus bus;
    struct kwh_mbus_setting mbus;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        open_bus(&bus, &TWO_PU, 1, 0);
        assert_int_equal(set(&bus, &mbus, 1, cases[i].name, cases[i].text), KWH_OK);
        unsigned requests = bus.requests;
        bus_close(&bus);
        for (unsigned at = 1; at <= requests; at++) {
            for (int fault = REQUEST_LOST; fault <= ANSWER_DAMAGED; fault++) {
                open_bus(&bus, &TWO_PU, 1, 0);
                bus.fault = (enum fault)fault;
                bus.fault_at = at;
                enum kwh_error error = set(&bus, &mbus, 1, cases[i].name, cases[i].text);
                bool was_lost = fault == REQUEST_LOST && error == KWH_ERROR_NOT_TAKEN;
                if (bus.writes != 1 || (error != KWH_OK && !was_lost))
                    fail_msg("%s, fault %d at %u: %s, %u writes", cases[i].name, fault, at,
                             kwh_error_name(error), bus.writes);
                expect_outcome(&mbus, was_lost ? KWH_OUTCOME_IGNORED : KWH_OUTCOME_VERIFIED,
                               cases[i].old, was_lost ? cases[i].old : cases[i].text);
                bus_close(&bus);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_telegram_shows_is_verified),
        cmocka_unit_test(another_family_is_not_written_to),
        cmocka_unit_test(the_guard_comes_first),
        cmocka_unit_test(an_address_is_followed),
        cmocka_unit_test(any_meter_is_written_to_at_its_address),
        cmocka_unit_test(a_selected_meter_is_set),
        cmocka_unit_test(a_new_identification_is_followed),
        cmocka_unit_test(a_speed_is_followed),
        cmocka_unit_test(another_meter_is_not_believed),
        cmocka_unit_test(one_fault_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
