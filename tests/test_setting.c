/* SPDX-License-Identifier: MIT */
/*
 * Settings of simulated meters: what is refused before anything is sent, where a meter is found
 * after it has moved, and what is said of a write whose answer got lost, at every point.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "setting_bus.h"

#define PRO380          kwh_map_inepro_pro380_modbus
#define PRO1            kwh_map_inepro_pro1_modbus
#define TWO_PU          kwh_map_inepro_2pu_modbus
#define SDM72           kwh_map_eastron_sdm72d_m2_modbus
#define E4X             kwh_map_socomec_countis_e4x_modbus

#define NOTHING_ALLOWED 0u
#define ALL_ALLOWED     ~0u

static void open_bus(struct bus *bus, const struct kwh_map *map, uint8_t first, uint8_t second)
{
    assert_true(bus_open(bus, map, first, second));
}

static void prepare(struct bus *bus, struct kwh_setting *setting, uint8_t address, const char *name,
                    const char *text, unsigned allowed)
{
    struct kwh_reading value;
    if (!bus_value(bus->slaves[0].map, name, text, &value))
        fail_msg("%s=%s is no value", name, text);
    assert_int_equal(
        kwh_setting_init(setting, &bus->line, bus->slaves[0].map, address, &value, allowed),
        KWH_OK);
    setting->from.line = bus->settings;
}

static enum kwh_error set(struct bus *bus, struct kwh_setting *setting, const char *name,
                          const char *text, unsigned allowed)
{
    prepare(bus, setting, bus->slaves[0].address, name, text, allowed);
    return kwh_setting_run(setting);
}

static void expect_reading(const struct kwh_reading *reading, const char *expected)
{
    char text[KWH_READING_TEXT];
    assert_int_equal(kwh_reading_print(reading, text, sizeof text), KWH_OK);
    assert_string_equal(text, expected);
}

static void expect_meter(const struct bus *bus, const char *name, const char *expected)
{
    struct kwh_reading reading;
    uint32_t quantity;
    assert_int_equal(kwh_quantity_parse(name, &quantity), KWH_OK);
    assert_int_equal(kwh_simulation_value(bus->meters[0], quantity, &reading), KWH_OK);
    expect_reading(&reading, expected);
}

/* ------------------------------------------------------------------------------------------------
 * The usual way
 */

static void sets_and_reads_back(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    assert_int_equal(set(&bus, &setting, "display_cycle_time", "25", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_true(setting.is_saved);
    assert_false(setting.needs_restart);
    expect_reading(&setting.before, "10");
    expect_reading(&setting.after, "25");
    expect_meter(&bus, "display_cycle_time", "25");
    assert_int_equal(bus.writes, 1);
    assert_string_equal(setting.identify.fits->name, "PRO380-Mod");
    bus_close(&bus);
}

/* A tariff that is not stored reads as the one that it is. */
static void reads_as_another_value(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    assert_int_equal(set(&bus, &setting, "tariff", "12", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    expect_reading(&setting.after, "2");
    bus_close(&bus);
}

static void clears_a_counter(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    kwh_simulation_advance(bus.meters[0], 7200000);
    assert_int_equal(
        set(&bus, &setting, "active_energy_import_resettable", "0", KWH_RISK_COUNTER_RESET),
        KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_true(setting.before.decimal.mantissa > 0);
    assert_int_equal(setting.after.decimal.mantissa, 0);
    bus_close(&bus);
}

/* ------------------------------------------------------------------------------------------------
 * The guard
 */

static void refuses_risks(void **state)
{
    static const struct {
        const struct kwh_map *map;
        const char *name, *text;
        unsigned allowed;
        enum kwh_error error;
    } cases[] = {
        {&PRO380, "device_address", "2", 0, KWH_ERROR_RISK},
        {&PRO380, "device_address", "2", KWH_RISK_COUNTER_RESET | KWH_RISK_IRREVERSIBLE,
         KWH_ERROR_RISK},
        {&PRO380, "baud_rate", "4800", 0, KWH_ERROR_RISK},
        {&PRO380, "parity", "none", 0, KWH_ERROR_RISK},
        {&PRO380, "combination_code", "forward_minus_reverse_vector",
         KWH_RISK_LINK_CHANGE | KWH_RISK_COUNTER_RESET, KWH_ERROR_RISK},
        {&PRO380, "active_energy_import_resettable", "0", 0, KWH_ERROR_RISK},
        {&PRO1, "combination_code", "forward_minus_reverse_vector", 0, KWH_ERROR_RISK},
        {&TWO_PU, "combination_code", "forward_minus_reverse_vector", 0, KWH_ERROR_RISK},
        {&TWO_PU, "ct_ratio", "250/5", 0, KWH_ERROR_RISK},
        {&TWO_PU, "ct_ratio", "250/0", ALL_ALLOWED, KWH_ERROR_ARGUMENT},
        {&TWO_PU, "ct_ratio", "0/5", ALL_ALLOWED, KWH_ERROR_ARGUMENT},
        {&TWO_PU, "tariff", "3", 0, KWH_ERROR_RISK},
        {&TWO_PU, "data_type", "integer", 0, KWH_ERROR_RISK},
        {&SDM72, "password", "2000", 0, KWH_ERROR_RISK},
        {&SDM72, "action_reset_counters", "resettable_energy", 0, KWH_ERROR_RISK},
        {&PRO380, "device_address", "248", ALL_ALLOWED, KWH_ERROR_ARGUMENT},
        {&PRO380, "display_cycle_time", "31", ALL_ALLOWED, KWH_ERROR_ARGUMENT},
        {&PRO380, "display_cycle_time", "1.5", ALL_ALLOWED, KWH_ERROR_ARGUMENT},
        {&PRO380, "active_energy_import_resettable", "1", ALL_ALLOWED, KWH_ERROR_ARGUMENT},
        {&PRO380, "serial_number", "19430102", ALL_ALLOWED, KWH_ERROR_NOT_IN_MAP},
        {&PRO380, "voltage_l1", "230", ALL_ALLOWED, KWH_ERROR_NOT_IN_MAP},
        {&E4X, "baud_rate", "9600", ALL_ALLOWED, KWH_ERROR_NOT_IN_MAP},
    };
    static struct bus bus;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_setting setting;
        struct kwh_reading value;
        open_bus(&bus, cases[i].map, 1, 0);
        if (!bus_value(cases[i].map, cases[i].name, cases[i].text, &value))
            fail_msg("%s=%s", cases[i].name, cases[i].text);
        enum kwh_error error = kwh_setting_init(&setting, &bus.line, cases[i].map, 1, &value,
                                                cases[i].allowed);
        if (error != cases[i].error)
            fail_msg("%s=%s: %s", cases[i].name, cases[i].text, kwh_error_name(error));
        /* Who goes on all the same sends nothing either. */
        assert_int_equal(kwh_setting_run(&setting), cases[i].error);
        assert_int_equal(setting.outcome, KWH_OUTCOME_NOT_SENT);
        assert_int_equal(bus.requests, 0);
        bus_close(&bus);
    }
}

/* A meter of another family is not written to, whatever is allowed. */
static void writes_only_to_the_meter_of_the_map(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    struct kwh_reading value;
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 0);
    assert_true(bus_value(&PRO1, "combination_code", "forward_plus_reverse", &value));
    assert_int_equal(kwh_setting_init(&setting, &bus.line, &PRO1, 1, &value, ALL_ALLOWED), KWH_OK);
    assert_int_equal(kwh_setting_run(&setting), KWH_ERROR_OTHER_FAMILY);
    assert_int_equal(setting.outcome, KWH_OUTCOME_NOT_SENT);
    assert_int_equal(bus.writes, 0);
    assert_true(bus.requests > 0);
    bus_close(&bus);
}

/* A data type whose effect nobody knows keeps the meter from being read, but not from being set
 * back. */
static void leads_back_from_another_data_type(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &TWO_PU, 1, 0);
    assert_int_equal(kwh_simulation_pin(bus.meters[0], "data_type", "integer"), KWH_OK);
    assert_int_equal(set(&bus, &setting, "display_cycle_time", "7", NOTHING_ALLOWED),
                     KWH_ERROR_DATA_TYPE);
    assert_int_equal(bus.writes, 0);
    assert_int_equal(set(&bus, &setting, "data_type", "standard", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    expect_reading(&setting.before, "integer");
    assert_int_equal(set(&bus, &setting, "display_cycle_time", "7", NOTHING_ALLOWED), KWH_OK);
    bus_close(&bus);
}

static const struct kwh_row own_rows[] = {
    KWH_HOLDING(0x0000, UINT16, 1, DEVICE_ADDRESS, KWH_MANUAL),
    KWH_HOLDING(0x0001, UINT16, 1, DISPLAY_CYCLE_TIME, KWH_MANUAL),
};
static const struct kwh_block own_blocks[] = {{.rows = own_rows, .count = 2}};
static const struct kwh_item own_items[] = {
    KWH_RANGE_ITEM(DEVICE_ADDRESS, 6, 1, 247, KWH_RISK_LINK_CHANGE),
    KWH_RANGE_ITEM(DISPLAY_CYCLE_TIME, 16, 1, 30, 0),
};
static const struct kwh_map own_map = {.name = "own",
                                       .title = "own",
                                       .blocks = own_blocks,
                                       .block_count = 1,
                                       .items = own_items,
                                       .item_count = 2};

/* A meter that cannot be identified is taken for what the caller says, where nothing is at risk. */
static void a_risk_needs_an_identity(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    struct kwh_reading value;
    (void)state;
    open_bus(&bus, &own_map, 1, 0);
    assert_true(bus_value(&own_map, "device_address", "2", &value));
    assert_int_equal(kwh_setting_init(&setting, &bus.line, &own_map, 1, &value, ALL_ALLOWED),
                     KWH_ERROR_NOT_IDENTIFIED);
    assert_int_equal(bus.requests, 0);
    assert_int_equal(set(&bus, &setting, "display_cycle_time", "7", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    bus_close(&bus);
}

/* What locks the meter: nothing else is taken afterwards, and that is noticed. */
static void the_last_combination_code_stays(void **state)
{
    static const struct {
        const struct kwh_map *map;
        const char *final;
    } cases[] = {{&PRO380, "forward_minus_reverse_vector"},
                 {&TWO_PU, "forward_minus_reverse_vector"}};
    static struct bus bus;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_setting setting;
        open_bus(&bus, cases[i].map, 1, 0);
        assert_int_equal(set(&bus, &setting, "combination_code", "reverse", NOTHING_ALLOWED),
                         KWH_OK);
        assert_int_equal(
            set(&bus, &setting, "combination_code", cases[i].final, KWH_RISK_IRREVERSIBLE), KWH_OK);
        assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
        assert_int_equal(set(&bus, &setting, "combination_code", "forward", NOTHING_ALLOWED),
                         KWH_ERROR_NOT_TAKEN);
        assert_int_equal(setting.outcome, KWH_OUTCOME_IGNORED);
        expect_reading(&setting.after, cases[i].final);
        assert_int_equal(bus.writes, 3);
        bus_close(&bus);
    }
}

/* ------------------------------------------------------------------------------------------------
 * Moving
 */

static void follows_the_meter(void **state)
{
    static const struct {
        const struct kwh_map *map;
        const char *name, *text;
        struct kwh_place place;
    } cases[] = {
        {&PRO380, "device_address", "10", {{9600, 8, 'E', 1}, 10}},
        {&PRO380, "baud_rate", "1200", {{1200, 8, 'E', 1}, 1}},
        {&PRO380, "parity", "none", {{9600, 8, 'N', 1}, 1}},
        {&PRO380, "parity", "odd", {{9600, 8, 'O', 1}, 1}},
        {&TWO_PU, "baud_rate", "115200", {{115200, 8, 'E', 1}, 1}}, /* a code */
        {&TWO_PU, "parity", "none", {{9600, 8, 'N', 1}, 1}},
        {&SDM72, "baud_rate", "19200", {{19200, 8, 'E', 1}, 1}},
        {&SDM72, "device_address", "247", {{9600, 8, 'E', 1}, 247}},
    };
    static struct bus bus;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        const struct kwh_place *place = &cases[i].place;
        struct kwh_setting setting;
        open_bus(&bus, cases[i].map, 1, 0);
        prepare(&bus, &setting, 1, cases[i].name, cases[i].text, KWH_RISK_LINK_CHANGE);
        setting.password = 1000;
        setting.has_password = true;
        if (kwh_setting_run(&setting) != KWH_OK)
            fail_msg("%s=%s: %s", cases[i].name, cases[i].text,
                     kwh_error_name(setting.identify.dialogue.error));
        assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
        assert_false(setting.needs_restart);
        expect_reading(&setting.after, cases[i].text);
        assert_int_equal(setting.at.address, place->address);
        assert_memory_equal(&setting.at.line, &place->line, sizeof place->line);
        assert_memory_equal(&bus.settings, &place->line, sizeof place->line);
        assert_int_equal(bus.slaves[0].address, place->address);
        bus_close(&bus);
    }
}

/* A format that waits for a start of the meter: it has it, and answers as before. */
static void stays_until_the_next_start(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &SDM72, 1, 0);
    prepare(&bus, &setting, 1, "parity_stop_bits", "none_2", KWH_RISK_LINK_CHANGE);
    setting.password = 1000;
    setting.has_password = true;
    assert_int_equal(kwh_setting_run(&setting), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_true(setting.needs_restart);
    assert_memory_equal(&bus.settings, &bus_settings, sizeof bus_settings);
    assert_int_equal(setting.to.line.parity, 'N');
    assert_int_equal(setting.to.line.stop_bits, 2);
    /* It cannot be told to start anew. */
    prepare(&bus, &setting, 1, "parity_stop_bits", "none_1", KWH_RISK_LINK_CHANGE);
    setting.restart = true;
    unsigned requests = bus.requests;
    assert_int_equal(kwh_setting_run(&setting), KWH_ERROR_UNSUPPORTED);
    assert_int_equal(bus.requests, requests);
    bus_close(&bus);
}

static void a_taken_address_is_left_alone(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 2);
    assert_int_equal(set(&bus, &setting, "device_address", "2", KWH_RISK_LINK_CHANGE),
                     KWH_ERROR_ADDRESS_TAKEN);
    assert_int_equal(setting.outcome, KWH_OUTCOME_NOT_SENT);
    assert_int_equal(bus.writes, 0);
    assert_int_equal(set(&bus, &setting, "device_address", "3", KWH_RISK_LINK_CHANGE), KWH_OK);
    assert_int_equal(bus.slaves[0].address, 3);
    assert_int_equal(bus.slaves[1].address, 2);
    /* Its own address is nobody else's. */
    assert_int_equal(set(&bus, &setting, "device_address", "3", KWH_RISK_LINK_CHANGE), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    bus_close(&bus);
}

/* Where the line cannot be set, or the port will not do it, the meter is not moved. */
static void moves_only_where_the_line_can_follow(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    prepare(&bus, &setting, 1, "baud_rate", "4800", KWH_RISK_LINK_CHANGE);
    setting.from.line.baud = 0;
    assert_int_equal(kwh_setting_run(&setting), KWH_ERROR_CANNOT_FOLLOW);
    assert_int_equal(bus.requests, 0);

    bus.backend.set_line = NULL;
    assert_int_equal(set(&bus, &setting, "baud_rate", "4800", KWH_RISK_LINK_CHANGE),
                     KWH_ERROR_CANNOT_FOLLOW);
    assert_int_equal(bus.requests, 0);

    bus.backend.set_line = bus_set_line;
    bus.refuses_settings = true;
    assert_int_equal(set(&bus, &setting, "baud_rate", "4800", KWH_RISK_LINK_CHANGE),
                     KWH_ERROR_PORT_SPEED);
    assert_int_equal(setting.outcome, KWH_OUTCOME_NOT_SENT);
    assert_int_equal(bus.writes, 0);
    bus_close(&bus);
}

/* Through a gateway nothing moves, unless the caller says that he will move, too. */
static void a_stream_does_not_follow(void **state)
{
    static const struct kwh_framing *const framings[] = {&kwh_modbus_tcp, &kwh_modbus_rtu_over_tcp};
    static const char *const names[] = {"device_address", "baud_rate", "parity"};
    static const char *const texts[] = {"2", "4800", "none"};
    static struct bus bus;
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct kwh_setting setting;
        open_bus(&bus, &PRO380, 1, 0);
        bus.line.framing = framings[i % 2];
        assert_int_equal(set(&bus, &setting, names[i / 2], texts[i / 2], KWH_RISK_LINK_CHANGE),
                         KWH_ERROR_CANNOT_FOLLOW);
        assert_int_equal(bus.requests, 0);
        bus_close(&bus);
    }
    struct kwh_setting setting;
    open_bus(&bus, &PRO380, 1, 0);
    prepare(&bus, &setting, 1, "baud_rate", "4800", KWH_RISK_LINK_CHANGE);
    setting.no_follow = true;
    assert_int_equal(kwh_setting_run(&setting), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_UNKNOWN);
    assert_int_equal(setting.to.line.baud, 4800);
    assert_int_equal(bus.settings.baud, 9600);
    expect_meter(&bus, "baud_rate", "4800");
    bus_close(&bus);
}

/* ------------------------------------------------------------------------------------------------
 * Locks, saving, broadcasts
 */

static void unlocks_with_the_password(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &SDM72, 1, 0);
    assert_int_equal(set(&bus, &setting, "network_type", "1p2w", NOTHING_ALLOWED),
                     KWH_ERROR_LOCKED);
    assert_int_equal(setting.outcome, KWH_OUTCOME_NOT_SENT);
    assert_int_equal(bus.writes, 0);

    prepare(&bus, &setting, 1, "network_type", "1p2w", NOTHING_ALLOWED);
    setting.has_password = true;
    setting.password = 1234;
    assert_int_equal(kwh_setting_run(&setting), KWH_ERROR_LOCKED);
    assert_int_equal(setting.outcome, KWH_OUTCOME_NOT_SENT);
    assert_int_equal(bus.writes, 1); /* the password */
    expect_meter(&bus, "network_type", "3p4w");

    prepare(&bus, &setting, 1, "network_type", "1p2w", NOTHING_ALLOWED);
    setting.has_password = true;
    setting.password = 1000;
    assert_int_equal(kwh_setting_run(&setting), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_int_equal(bus.writes, 3);
    static const uint8_t unlock[] = {0x01, 0x10, 0x00, 0x0E, 0x00, 0x02, 0x04,
                                     0x44, 0x7A, 0x00, 0x00, 0x47, 0x0A};
    assert_memory_equal(bus.sent[1], unlock, sizeof unlock);

    /* While it is open, nobody needs the key. */
    assert_int_equal(set(&bus, &setting, "pulse_width", "0.06", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_int_equal(bus.writes, 4);
    kwh_simulation_advance(bus.meters[0], 60001);
    assert_int_equal(set(&bus, &setting, "pulse_width", "0.1", NOTHING_ALLOWED), KWH_ERROR_LOCKED);
    bus_close(&bus);
}

/* Written, saved, and started anew when asked to. */
static void saves_and_restarts(void **state)
{
    static const uint8_t save[] = {0x01, 0x06, 0xE2, 0x00, 0x00, 0xA1, 0x7E, 0x0A};
    static const uint8_t restart[] = {0x01, 0x06, 0xE2, 0x00, 0x00, 0xB2, 0x3F, 0xC7};
    static struct bus bus;
    struct kwh_setting setting;
    uint8_t frame[64];
    size_t length;
    (void)state;
    open_bus(&bus, &E4X, 1, 0);
    assert_int_equal(set(&bus, &setting, "ct_primary", "400", NOTHING_ALLOWED),
                     KWH_ERROR_NOT_IN_MAP); /* not this model */
    assert_int_equal(bus.writes, 0);
    bus.slaves[0].profiles = 0x38; /* v200, v200_settings, hz_100 */
    assert_int_equal(set(&bus, &setting, "ct_primary", "400", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_true(setting.is_saved);
    assert_int_equal(bus.writes, 2);
    assert_memory_equal(bus.sent[1], save, sizeof save);

    prepare(&bus, &setting, 1, "ct_primary", "500", NOTHING_ALLOWED);
    setting.restart = true;
    assert_int_equal(kwh_setting_run(&setting), KWH_OK);
    assert_int_equal(bus.writes, 5);
    assert_memory_equal(bus.sent[3], save, sizeof save);
    assert_memory_equal(bus.sent[4], restart, sizeof restart);
    assert_int_equal(kwh_setting_frame(&setting, 2, frame, sizeof frame, &length), KWH_OK);
    assert_int_equal(length, sizeof restart);
    assert_memory_equal(frame, restart, sizeof restart);
    assert_int_equal(kwh_setting_frame(&setting, 3, frame, sizeof frame, &length), KWH_OK);
    assert_int_equal(length, 0);
    assert_int_equal(kwh_setting_frame(&setting, 0, frame, 7, &length), KWH_ERROR_CAPACITY);

    /* The value is there, but would be gone at the next start. */
    prepare(&bus, &setting, 1, "ct_primary", "600", NOTHING_ALLOWED);
    bus.requests = 0;
    assert_int_equal(kwh_setting_run(&setting), KWH_OK);
    bus.fault = ANSWER_LOST;
    bus.fault_at = bus.requests;
    bus.requests = 0;
    prepare(&bus, &setting, 1, "ct_primary", "700", NOTHING_ALLOWED);
    assert_int_equal(kwh_setting_run(&setting), KWH_ERROR_TIMEOUT);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_false(setting.is_saved);
    bus_close(&bus);
}

static void an_action_is_seen_where_the_map_says(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &E4X, 1, 0);
    assert_int_equal(set(&bus, &setting, "action_set_tariff", "2", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    expect_reading(&setting.after, "2");
    assert_int_equal(set(&bus, &setting, "action_control_system", "save", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_NOT_VERIFIABLE);
    bus_close(&bus);
}

static void broadcasts_what_may_be(void **state)
{
    static const uint8_t frame[] = {0x00, 0x06, 0x9E, 0x21, 0x00, 0x03, 0xB7, 0xF8};
    static struct bus bus;
    struct kwh_exchange exchange;
    struct kwh_reading value;
    (void)state;
    open_bus(&bus, &E4X, 1, 2);
    assert_true(bus_value(&E4X, "action_set_tariff", "3", &value));
    assert_int_equal(kwh_setting_broadcast(&exchange, &E4X, &value, NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(kwh_line_run(&bus.line, &exchange), KWH_OK);
    assert_int_equal(bus.sent_length[0], sizeof frame);
    assert_memory_equal(bus.sent[0], frame, sizeof frame);
    expect_meter(&bus, "tariff", "3");
    assert_int_equal(kwh_simulation_value(bus.meters[1], KWH_TARIFF, &value), KWH_OK);
    expect_reading(&value, "3");

    assert_true(bus_value(&E4X, "ct_primary", "100", &value));
    assert_int_equal(kwh_setting_broadcast(&exchange, &E4X, &value, ALL_ALLOWED),
                     KWH_ERROR_UNSUPPORTED);
    assert_true(bus_value(&E4X, "action_control_system", "restart", &value));
    assert_int_equal(kwh_setting_broadcast(&exchange, &E4X, &value, NOTHING_ALLOWED),
                     KWH_ERROR_RISK);
    bus_close(&bus);
}

/* ------------------------------------------------------------------------------------------------
 * Faults at every point
 */

/* How many requests there are when nothing goes wrong, and which of them is the write. */
static unsigned count_requests(const struct kwh_map *map, const char *name, const char *text,
                               unsigned *write)
{
    static struct bus bus;
    struct kwh_setting setting;
    unsigned requests = 0;
    open_bus(&bus, map, 1, 0);
    assert_int_equal(set(&bus, &setting, name, text, KWH_RISK_LINK_CHANGE), KWH_OK);
    assert_int_equal(bus.writes, 1);
    requests = bus.requests;
    for (*write = 1; *write <= requests; ++*write) { /* that whose loss is noticed */
        struct bus other;
        open_bus(&other, map, 1, 0);
        other.fault = REQUEST_LOST;
        other.fault_at = *write;
        enum kwh_error error = set(&other, &setting, name, text, KWH_RISK_LINK_CHANGE);
        bus_close(&other);
        if (error != KWH_OK)
            break;
    }
    bus_close(&bus);
    return requests;
}

static void check_fault(const struct kwh_map *map, const char *name, const char *text,
                        enum fault fault, unsigned at, unsigned write)
{
    static struct bus bus;
    struct kwh_setting setting;
    open_bus(&bus, map, 1, 0);
    bus.fault = fault;
    bus.fault_at = at;
    enum kwh_error error = set(&bus, &setting, name, text, KWH_RISK_LINK_CHANGE);
    bool is_lost = fault == REQUEST_LOST && at == write;
    if (error != (is_lost ? KWH_ERROR_NOT_TAKEN : KWH_OK) ||
        setting.outcome != (is_lost ? KWH_OUTCOME_IGNORED : KWH_OUTCOME_VERIFIED) ||
        bus.writes != 1)
        fail_msg("%s=%s, fault %d at request %u: %s, %s, %u writes", name, text, (int)fault, at,
                 kwh_error_name(error), kwh_outcome_name((enum kwh_outcome)setting.outcome),
                 bus.writes);
    expect_meter(&bus, name,
                 is_lost ? strcmp(name, "parity") == 0           ? "even"
                           : strcmp(name, "device_address") == 0 ? "1"
                           : strcmp(name, "baud_rate") == 0      ? "9600"
                                                                 : "10"
                         : text);
    bus_close(&bus);
}

/* A lost, damaged or late answer anywhere: one write, and the truth about it. */
static void one_fault_is_survived(void **state)
{
    static const char *const settings[][2] = {{"display_cycle_time", "25"},
                                              {"device_address", "10"},
                                              {"baud_rate", "4800"},
                                              {"parity", "none"}};
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(settings); i++) {
        unsigned write = 0;
        unsigned requests = count_requests(&PRO380, settings[i][0], settings[i][1], &write);
        assert_in_range(write, 1, requests);
        for (unsigned at = 1; at <= requests; at++)
            for (int fault = REQUEST_LOST; fault <= ANSWER_LATE; fault++)
                check_fault(&PRO380, settings[i][0], settings[i][1], (enum fault)fault, at, write);
    }
}

/* Up to the write, with its answer still to come. */
static void run_to_the_write(struct bus *bus, struct kwh_setting *setting)
{
    while (bus->writes == 0) {
        struct kwh_step step;
        assert_int_equal(kwh_dialogue_poll(&setting->identify.dialogue, &bus->line, &step), KWH_OK);
        if (step.action == KWH_ACTION_RECEIVE && bus->writes == 0)
            kwh_port_memory_pass(&bus->port, 1000);
    }
}

/* The line dies with the write: nothing is known, and where it was looked for is told. */
static void a_dead_line_leaves_it_open(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    prepare(&bus, &setting, 1, "baud_rate", "4800", KWH_RISK_LINK_CHANGE);
    setting.identify.dialogue.retries = 0;
    run_to_the_write(&bus, &setting);
    bus.slaves[0].address = 99;
    assert_int_equal(kwh_setting_run(&setting), KWH_ERROR_TIMEOUT);
    assert_int_equal(setting.outcome, KWH_OUTCOME_UNKNOWN);
    assert_int_equal(setting.from.line.baud, 9600);
    assert_int_equal(setting.to.line.baud, 4800);
    assert_int_equal(bus.settings.baud, 9600);
    assert_int_equal(setting.failure.error, KWH_ERROR_TIMEOUT);
    assert_int_equal(bus.writes, 1);
    bus_close(&bus);
}

/* The line comes back also from where the meter was looked for last. */
static void the_line_comes_back(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    /* A map in which a parity waits for the next start of the meter. */
    static struct kwh_item items[32];
    static struct kwh_map map;
    map = PRO380;
    assert_true(map.item_count <= KWH_COUNT(items));
    memcpy(items, map.items, map.item_count * sizeof items[0]);
    for (uint16_t i = 0; i < map.item_count; i++)
        items[i].flags = KWH_ITEM_RESTART;
    map.items = items;
    bus.slaves[0].map = &map;
    prepare(&bus, &setting, 1, "parity", "none", KWH_RISK_LINK_CHANGE);
    setting.identify.dialogue.retries = 0;
    run_to_the_write(&bus, &setting);
    bus.slaves[0].address = 99;
    assert_int_equal(kwh_setting_run(&setting), KWH_ERROR_TIMEOUT);
    assert_int_equal(setting.outcome, KWH_OUTCOME_UNKNOWN);
    assert_memory_equal(&bus.settings, &bus_settings, sizeof bus_settings);
    assert_memory_equal(&setting.at.line, &bus_settings, sizeof bus_settings);
    bus_close(&bus);
}

/* Of what is shown nowhere the acknowledgment is all that there is. */
static void what_is_shown_nowhere_needs_its_answer(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &E4X, 1, 0);
    assert_int_equal(set(&bus, &setting, "action_control_system", "save", NOTHING_ALLOWED), KWH_OK);
    bus.fault = ANSWER_LOST;
    bus.fault_at = bus.requests; /* the write was the last */
    bus.requests = 0;
    assert_int_equal(set(&bus, &setting, "action_control_system", "save", NOTHING_ALLOWED),
                     KWH_ERROR_TIMEOUT);
    assert_int_equal(setting.outcome, KWH_OUTCOME_UNKNOWN);
    assert_int_equal(bus.writes, 2);
    bus_close(&bus);
}

/* What the meter really does is behind these. */
static struct kwh_slave behind;

static enum kwh_error write_and_count(void *context, const struct kwh_row *row,
                                      const struct kwh_reading *reading)
{
    enum kwh_error error = behind.write(context, row, reading);
    kwh_simulation_advance(context, 60000);
    return error;
}

/* By the time it is read back, a counter that was cleared has counted. */
static void a_cleared_counter_goes_on(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    kwh_simulation_advance(bus.meters[0], 7200000);
    behind = bus.slaves[0];
    bus.slaves[0].write = write_and_count;
    assert_int_equal(
        set(&bus, &setting, "active_energy_import_resettable", "0", KWH_RISK_COUNTER_RESET),
        KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_true(setting.after.decimal.mantissa > 0);
    bus_close(&bus);
}

static enum kwh_error write_and_fail(void *context, const struct kwh_row *row,
                                     const struct kwh_reading *reading)
{
    (void)behind.write(context, row, reading);
    return KWH_ERROR_BUSY; /* exception 04 */
}

/* A meter that fails while it answers may have done it all the same. */
static void a_failure_of_the_meter_is_no_refusal(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    behind = bus.slaves[0];
    bus.slaves[0].write = write_and_fail;
    assert_int_equal(set(&bus, &setting, "display_cycle_time", "25", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_int_equal(bus.writes, 1);
    bus_close(&bus);
}

static bool is_mute;

static enum kwh_error value_before(void *context, const struct kwh_row *row,
                                   struct kwh_reading *reading)
{
    return is_mute && row->quantity == KWH_DISPLAY_CYCLE_TIME ? KWH_ERROR_ARGUMENT
                                                              : behind.value(context, row, reading);
}

static enum kwh_error write_and_mute(void *context, const struct kwh_row *row,
                                     const struct kwh_reading *reading)
{
    is_mute = true;
    return behind.write(context, row, reading);
}

/* It answers, but not with the value: that it was acknowledged is all that is known. */
static void a_meter_that_does_not_tell_is_not_verified(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    is_mute = false;
    behind = bus.slaves[0];
    bus.slaves[0].value = value_before;
    bus.slaves[0].write = write_and_mute;
    assert_int_equal(set(&bus, &setting, "display_cycle_time", "25", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_NOT_VERIFIABLE);
    expect_reading(&setting.before, "10");
    bus_close(&bus);
}

/* The simulated meter has really moved: at the old speed it hears nothing. */
static void the_old_speed_is_heard_no_more(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    struct kwh_exchange exchange;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    assert_int_equal(set(&bus, &setting, "baud_rate", "4800", KWH_RISK_LINK_CHANGE), KWH_OK);
    assert_int_equal(kwh_modbus_read(&exchange, 1, KWH_MODBUS_READ_HOLDING, 0x4004, 1), KWH_OK);
    assert_int_equal(kwh_line_run(&bus.line, &exchange), KWH_OK);
    assert_int_equal(bus_set_line(&bus, &bus_settings), KWH_OK);
    assert_int_equal(kwh_line_run(&bus.line, &exchange), KWH_ERROR_TIMEOUT);
    bus_close(&bus);
}

static const struct kwh_row lock_rows[] = {
    KWH_HOLDING(0x0000, UINT16, 1, ACTION_UNLOCK_SETTINGS, KWH_MANUAL),
};
static const struct kwh_row coded_rows[] = {
    KWH_HOLDING(0x0001, HEX16, 1, METER_CODE, KWH_MANUAL),
    KWH_HOLDING(0x0002, UINT16, 1, DISPLAY_CYCLE_TIME, KWH_MANUAL),
};
static const struct kwh_block lock_blocks[] = {{.rows = lock_rows, .count = 1, .profiles = 2},
                                               {.rows = coded_rows, .count = 2}};
static const struct kwh_item lock_items[] = {
    KWH_RANGE_ITEM(ACTION_UNLOCK_SETTINGS, 16, 0, 9999, 0),
    KWH_RANGE_ITEM(DISPLAY_CYCLE_TIME, 16, 1, 30, 0),
};
static const struct kwh_model lock_models[] = {{.code = 7, .profiles = 3, .name = "with a lock"}};
static const struct kwh_writing lock_writing = {.unlock = KWH_ACTION_UNLOCK_SETTINGS};
static const struct kwh_map lock_map = {.name = "lock",
                                        .title = "lock",
                                        .blocks = lock_blocks,
                                        .block_count = 2,
                                        .items = lock_items,
                                        .item_count = 2,
                                        .models = lock_models,
                                        .model_count = 1,
                                        .identity_address = 1,
                                        .identity_words = 1,
                                        .writing = &lock_writing};

static enum kwh_error any_write(void *context, const struct kwh_row *row,
                                const struct kwh_reading *reading)
{
    return row->quantity == KWH_DISPLAY_CYCLE_TIME &&
                   kwh_simulation_pin(context, "display_cycle_time", "7") == KWH_OK &&
                   kwh_decimal_compare(reading->decimal, kwh_decimal(7, 0)) == 0
               ? KWH_OK
               : KWH_ERROR_ARGUMENT;
}

/* A meter of the family without the register of the lock needs no key. */
static void a_meter_without_a_lock_is_open(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &lock_map, 1, 0);
    assert_int_equal(set(&bus, &setting, "display_cycle_time", "7", NOTHING_ALLOWED),
                     KWH_ERROR_LOCKED);
    bus.slaves[0].profiles = 1;
    bus.slaves[0].write = any_write;
    assert_int_equal(set(&bus, &setting, "display_cycle_time", "7", NOTHING_ALLOWED), KWH_OK);
    assert_int_equal(setting.outcome, KWH_OUTCOME_VERIFIED);
    assert_int_equal(bus.writes, 1);
    bus_close(&bus);
}

static enum kwh_error no_write(void *context, const struct kwh_row *row,
                               const struct kwh_reading *reading)
{
    (void)context;
    (void)row;
    (void)reading;
    return KWH_ERROR_ARGUMENT;
}

static void a_refusal_is_told(void **state)
{
    static struct bus bus;
    struct kwh_setting setting;
    (void)state;
    open_bus(&bus, &PRO380, 1, 0);
    bus.slaves[0].write = no_write;
    assert_int_equal(set(&bus, &setting, "display_cycle_time", "25", NOTHING_ALLOWED),
                     KWH_ERROR_ILLEGAL_DATA_VALUE);
    assert_int_equal(setting.outcome, KWH_OUTCOME_REFUSED);
    expect_reading(&setting.before, "10");
    assert_int_equal(bus.writes, 1);
    assert_int_equal(setting.failure.error, KWH_ERROR_ILLEGAL_DATA_VALUE);
    bus_close(&bus);
}

static void outcomes_have_names(void **state)
{
    (void)state;
    assert_string_equal(kwh_outcome_name(KWH_OUTCOME_NOT_SENT), "not_sent");
    assert_string_equal(kwh_outcome_name(KWH_OUTCOME_VERIFIED), "verified");
    assert_string_equal(kwh_outcome_name(KWH_OUTCOME_REFUSED), "refused");
    assert_string_equal(kwh_outcome_name(KWH_OUTCOME_IGNORED), "ignored");
    assert_string_equal(kwh_outcome_name(KWH_OUTCOME_UNKNOWN), "unknown");
    assert_string_equal(kwh_outcome_name(KWH_OUTCOME_NOT_VERIFIABLE), "not_verifiable");
    assert_string_equal(kwh_outcome_name((enum kwh_outcome)6), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_and_reads_back),
        cmocka_unit_test(reads_as_another_value),
        cmocka_unit_test(clears_a_counter),
        cmocka_unit_test(refuses_risks),
        cmocka_unit_test(writes_only_to_the_meter_of_the_map),
        cmocka_unit_test(leads_back_from_another_data_type),
        cmocka_unit_test(a_risk_needs_an_identity),
        cmocka_unit_test(the_last_combination_code_stays),
        cmocka_unit_test(follows_the_meter),
        cmocka_unit_test(stays_until_the_next_start),
        cmocka_unit_test(a_taken_address_is_left_alone),
        cmocka_unit_test(moves_only_where_the_line_can_follow),
        cmocka_unit_test(a_stream_does_not_follow),
        cmocka_unit_test(unlocks_with_the_password),
        cmocka_unit_test(saves_and_restarts),
        cmocka_unit_test(an_action_is_seen_where_the_map_says),
        cmocka_unit_test(broadcasts_what_may_be),
        cmocka_unit_test(one_fault_is_survived),
        cmocka_unit_test(a_dead_line_leaves_it_open),
        cmocka_unit_test(the_line_comes_back),
        cmocka_unit_test(what_is_shown_nowhere_needs_its_answer),
        cmocka_unit_test(a_cleared_counter_goes_on),
        cmocka_unit_test(a_failure_of_the_meter_is_no_refusal),
        cmocka_unit_test(a_meter_that_does_not_tell_is_not_verified),
        cmocka_unit_test(the_old_speed_is_heard_no_more),
        cmocka_unit_test(a_meter_without_a_lock_is_open),
        cmocka_unit_test(a_refusal_is_told),
        cmocka_unit_test(outcomes_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
