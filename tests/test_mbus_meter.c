/* SPDX-License-Identifier: MIT */
/* Values by name from telegrams: those that the manuals print, and what damage leaves of them. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/maps.h>
#include <kwh/mbus_meter.h>
#include <kwh/modbus.h>

#include "script.h"

#define READINGS_MAX 64

/* The manual's readout of a PRO1-Mb at address 0. */
#define PRO1                                                                                       \
    "68 4B 4B 68 08 00 72 00 00 00 00 CD 25 01 02 02 00 00 00"                                     \
    "0C 04 14 48 60 01 8C 10 04 23 80 35 00 8C 20 04 91 67 24 01"                                  \
    "1C 04 46 13 69 00 9C 10 04 56 34 12 00 9C 20 04 90 78 56 00"                                  \
    "2C 04 68 34 91 00 AC 10 04 67 45 23 00 AC 20 04 01 89 67 00 7C 16"
/* That of a 2PU CT. */
#define TWO_PU                                                                                     \
    "68 F4 F4 68 08 00 72 46 02 02 19 CD 25 01 02 04 00 00 00"                                     \
    "04 03 15 CD 5B 07 84 10 03 15 CD 5B 07 84 20 03 15 CD 5B 07 84 30 03 15 CD 5B 07"             \
    "84 80 10 03 15 CD 5B 07"                                                                      \
    "04 83 3C 15 CD 5B 07 84 10 83 3C 15 CD 5B 07 84 20 83 3C 15 CD 5B 07"                         \
    "84 30 83 3C 15 CD 5B 07 84 80 10 83 3C 15 CD 5B 07"                                           \
    "04 83 FC 10 15 CD 5B 07 04 FB 82 73 15 CD 5B 07 04 FB 82 F3 3C 15 CD 5B 07"                   \
    "02 FD C7 FC 01 E4 59 02 FD C7 FC 02 E4 59 02 FD C7 FC 03 E4 59"                               \
    "03 FD D9 FC 01 1B 87 01 03 FD D9 FC 02 1B 87 01 03 FD D9 FC 03 1B 87 01"                      \
    "03 2B 87 D6 12 03 AB FC 01 87 D6 12 03 AB FC 02 87 D6 12 03 AB FC 03 79 29 ED"                \
    "03 FB 14 87 D6 12 03 FB 94 FC 01 87 D6 12 03 FB 94 FC 02 87 D6 12 03 FB 94 FC 03 87 D6 12"    \
    "03 FB 34 87 D6 12 0A FD 3A 00 01 03 FB 2C 37 C7 00 09 7C 01 54 01 0B FD 3A 05 95 99 AB 16"
#define NKE     "10 40 00 40 16"
#define REQUEST "10 7B 00 7B 16"

static struct kwh_line line;
static struct script script;
static struct kwh_mbus_meter mbus;
static uint8_t buffer[KWH_MBUS_BUFFER];
static struct kwh_plan plan;
static struct kwh_plan_entry entries[READINGS_MAX];
static struct kwh_reading readings[READINGS_MAX];
static size_t count;

static void play(const struct scene *scenes, size_t number)
{
    static const struct kwh_line_settings settings = {2400, 8, 'E', 1};
    assert_int_equal(kwh_line_init(&line, &kwh_mbus_serial, buffer, sizeof buffer), KWH_OK);
    kwh_mbus_set_speed(&line, &settings, 0);
    script_begin(&script, &line, scenes, number);
    script.whole = true;
}

/* All that a readout of the map reads, or of no map. */
static enum kwh_error read_all(KWH_CONST struct kwh_map *map)
{
    assert_int_equal(kwh_mbus_meter_init(&mbus, &line, map, 0), KWH_OK);
    if (map != NULL) {
        kwh_plan_init(&plan, map, KWH_ALL_PROFILES, entries, READINGS_MAX);
        assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    }
    kwh_meter_begin(&mbus.meter, map != NULL ? &plan : NULL);
    for (count = 0; count < READINGS_MAX && kwh_meter_next(&mbus.meter, &readings[count]); count++)
        ;
    script_end(&script);
    return mbus.meter.dialogue.error;
}

static void expect(size_t at, const char *name, const char *value)
{
    char text[KWH_QUANTITY_TEXT];
    assert_in_range(at, 0, count - 1);
    assert_int_equal(kwh_quantity_print(readings[at].quantity, text, sizeof text), KWH_OK);
    assert_string_equal(text, name);
    assert_int_equal(kwh_reading_print(&readings[at], text, sizeof text), KWH_OK);
    assert_string_equal(text, value);
}

static void the_pro1_of_the_manual(void **state)
{
    static const struct scene scenes[] = {{NKE, "E5"}, {REQUEST, PRO1}};
    static const struct {
        const char *name, *value;
    } values[] = {
        {"active_energy_combined", "16048140"},    {"active_energy_combined_t1", "3580230"},
        {"active_energy_combined_t2", "12467910"}, {"active_energy_import", "6913460"},
        {"active_energy_import_t1", "1234560"},    {"active_energy_import_t2", "5678900"},
        {"active_energy_export", "9134680"},       {"active_energy_export_t1", "2345670"},
        {"active_energy_export_t2", "6789010"},
    };
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(&kwh_map_inepro_pro1_mbus), KWH_OK);
    assert_int_equal(count, KWH_COUNT(values));
    for (size_t i = 0; i < count; i++) {
        expect(i, values[i].name, values[i].value);
        assert_int_equal(readings[i].certainty, KWH_CERTAINTY_MANUAL);
    }
    assert_int_equal(mbus.meter.statistics.sent, 2);
}

static void the_2pu_of_the_manual(void **state)
{
    static const struct scene scenes[] = {{NKE, "E5"}, {REQUEST, TWO_PU}};
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(&kwh_map_inepro_2pu_mbus), KWH_OK);
    assert_int_equal(count, 31); /* the CT ratio is read by name */
    expect(0, "active_energy_import", "123456789");
    expect(9, "active_energy_export_t4", "123456789");
    expect(10, "active_energy_combined_resettable", "123456789");
    expect(12, "reactive_energy_export", "123456789");
    expect(13, "voltage_l1", "230.12");
    expect(18, "current_l3", "100.123");
    expect(22, "active_power_l3", "-1234567");
    expect(28, "power_factor_magnitude", "1.00");
    expect(29, "frequency", "50.999");
    expect(30, "tariff", "1");
}

/* One value, and one of the header; each in a readout of its own, in step after the first. */
static void values_by_name(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"}, {REQUEST, TWO_PU}, {"10 5B 00 5B 16", TWO_PU}};
    struct kwh_reading reading;
    char text[KWH_READING_TEXT];
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(kwh_mbus_meter_init(&mbus, &line, &kwh_map_inepro_2pu_mbus, 0), KWH_OK);
    assert_int_equal(kwh_meter_read_one(&mbus.meter, KWH_CT_RATIO, &reading), KWH_OK);
    assert_int_equal(kwh_reading_print(&reading, text, sizeof text), KWH_OK);
    assert_string_equal(text, "9995/5");
    assert_int_equal(kwh_meter_read_one(&mbus.meter, KWH_SERIAL_NUMBER, &reading), KWH_OK);
    assert_int_equal(kwh_reading_print(&reading, text, sizeof text), KWH_OK);
    assert_string_equal(text, "19020246");
    assert_int_equal(kwh_meter_read_one(&mbus.meter, KWH_REACTIVE_ENERGY_Q1, &reading),
                     KWH_ERROR_NOT_IN_MAP);
    script_end(&script);
}

/* The phases of a PRO380-Mb are in another telegram: CI B4 leads there, B1 back. */
static void a_private_telegram_is_asked_for_when_it_is_needed(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"},
        {"68 03 03 68 73 00 B4 27 16", "E5"},
        {REQUEST, "68 15 15 68 08 00 72 78 56 34 12 CD 25 01 02 0A 00 00 00 4B FD 47 12 34 00"
                  "62 16"},
        {"68 03 03 68 53 00 B1 04 16", "E5"},
    };
    static const uint32_t quantities[] = {KWH_VOLTAGE_L2, KWH_VOLTAGE_L1};
    struct kwh_plan_entry two[2];
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(kwh_mbus_meter_init(&mbus, &line, &kwh_map_inepro_pro380_mbus, 0), KWH_OK);
    assert_int_equal(kwh_meter_read(&mbus.meter, quantities, 2, readings, two), KWH_ERROR_NO_VALUE);
    count = 2;
    assert_int_equal(readings[0].quantity, KWH_VOLTAGE_L2);
    assert_int_equal(readings[0].status, KWH_STATUS_NOT_AVAILABLE); /* it did not come */
    expect(1, "voltage_l1", "34.12");
    script_end(&script);

    play(scenes, KWH_COUNT(scenes)); /* one value leads it back, too */
    assert_int_equal(kwh_mbus_meter_init(&mbus, &line, &kwh_map_inepro_pro380_mbus, 0), KWH_OK);
    assert_int_equal(kwh_meter_read_one(&mbus.meter, KWH_VOLTAGE_L1, &readings[1]), KWH_OK);
    expect(1, "voltage_l1", "34.12");
    script_end(&script);
}

static void a_meter_without_a_map_tells_what_the_standard_says(void **state)
{
    static const struct scene scenes[] = {{NKE, "E5"}, {REQUEST, TWO_PU}};
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(NULL), KWH_OK);
    assert_int_equal(count, 32);
    expect(5, "active_energy_export", "123456789");
    expect(13, "voltage_l1", "230.12");
    assert_int_equal(readings[28].quantity, 0); /* FD 3A: only the maker knows */
    assert_int_equal(readings[28].status, KWH_STATUS_OK);
    assert_int_equal(mbus.sequence.telegram.id, 0x19020246);
}

/* Records of one header, which only their order tells apart, as Eastron meters send them. */
static void repeated_headers_are_counted(void **state)
{
    static KWH_CONST struct kwh_record records[] = {
        KWH_RECORD(1, 1, VOLTAGE_L1, KWH_PUBLIC, 0x0B, 0xFD, 0x47),
        KWH_RECORD_AGAIN(3, 3, 1, VOLTAGE_L3, KWH_PUBLIC, 0x0B, 0xFD, 0x47),
        KWH_RECORD_AGAIN(2, 2, 1, VOLTAGE_L2, KWH_PUBLIC, 0x0B, 0xFD, 0x47),
        KWH_RECORD(4, 1, CURRENT_L1, KWH_PUBLIC, 0x0B, 0xFD, 0x59),
        KWH_RECORD_AGAIN(5, 2, 1, CURRENT_L2, KWH_PUBLIC, 0x0B, 0xFD, 0x59),
    };
    static KWH_CONST struct kwh_block blocks[] = {
        {.records = records, .count = KWH_COUNT(records)}};
    static KWH_CONST struct kwh_mbus_family family = {.manufacturer = 0x4024, .medium = 2};
    static KWH_CONST struct kwh_map map = {
        .blocks = blocks, .block_count = 1, .protocol = KWH_PROTOCOL_MBUS, .mbus = &family};
    static const struct scene scenes[] = {
        {NKE, "E5"},
        {REQUEST, "68 27 27 68 08 00 72 78 56 34 12 24 40 01 02 00 00 00 00 "
                  "0B FD 47 01 23 00 0B FD 47 01 23 01 0B FD 47 01 23 02 0B FD 59 01 00 00 B3 16"},
    };
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(&map), KWH_OK);
    assert_int_equal(count, 5);
    expect(0, "voltage_l1", "23.01");
    expect(1, "voltage_l2", "123.01");
    expect(2, "voltage_l3", "223.01");
    expect(3, "current_l1", "0.001");
    assert_int_equal(readings[4].quantity, KWH_CURRENT_L2);
    assert_int_equal(readings[4].status, KWH_STATUS_NOT_AVAILABLE);
}

/* In a later telegram nobody knows whether counting goes on or begins again: such records are not
 * told, others are. */
static void repeated_headers_count_in_the_first_telegram_alone(void **state)
{
    static KWH_CONST struct kwh_record records[] = {
        KWH_RECORD(1, 1, VOLTAGE_L1, KWH_PUBLIC, 0x0B, 0xFD, 0x47),
        KWH_RECORD_AGAIN(2, 2, 1, VOLTAGE_L2, KWH_PUBLIC, 0x0B, 0xFD, 0x47),
        KWH_RECORD(3, 1, CURRENT_L1, KWH_PUBLIC, 0x0B, 0xFD, 0x59),
    };
    static KWH_CONST struct kwh_block blocks[] = {
        {.records = records, .count = KWH_COUNT(records)}};
    static KWH_CONST struct kwh_mbus_family family = {.manufacturer = 0x4024, .medium = 2};
    static KWH_CONST struct kwh_map map = {
        .blocks = blocks, .block_count = 1, .protocol = KWH_PROTOCOL_MBUS, .mbus = &family};
    static const struct scene scenes[] = {
        {NKE, "E5"},
        {REQUEST, "68 16 16 68 08 00 72 78 56 34 12 24 40 01 02 00 00 00 00 "
                  "0B FD 47 01 23 00 1F 87 16"},
        {"10 5B 00 5B 16", "68 21 21 68 08 00 72 78 56 34 12 24 40 01 02 01 00 00 00 "
                           "0B FD 47 01 23 01 0B FD 47 01 23 02 0B FD 59 01 00 00 41 16"},
    };
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(&map), KWH_OK);
    assert_int_equal(count, 3);
    expect(0, "voltage_l1", "23.01");
    expect(1, "current_l1", "0.001");
    assert_int_equal(readings[2].quantity, KWH_VOLTAGE_L2);
    assert_int_equal(readings[2].status, KWH_STATUS_NOT_AVAILABLE);
}

/* A telegram cut within its third record: its frame holds, the records before the cut count. */
static void what_stands_before_a_cut_is_kept(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"},
        {REQUEST, "68 1E 1E 68 08 00 72 00 00 00 00 CD 25 01 02 02 00 00 00"
                  "0C 04 14 48 60 01 1C 04 46 13 69 00 2C 04 68 B8 16"},
    };
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(&kwh_map_inepro_pro1_mbus), KWH_ERROR_CUT_DATA);
    assert_int_equal(count, 9);
    expect(0, "active_energy_combined", "16048140");
    expect(1, "active_energy_import", "6913460");
    for (size_t i = 2; i < count; i++)
        assert_int_equal(readings[i].status, KWH_STATUS_REFUSED);
    assert_int_equal(mbus.meter.failure.error, KWH_ERROR_CUT_DATA);
}

static void what_is_encrypted_is_said_to_be(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"},
        {REQUEST, "68 1F 1F 68 08 00 72 78 56 34 12 CD 25 01 02 0B 00 10 05"
                  "00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF 9B 16"},
    };
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(&kwh_map_inepro_pro1_mbus), KWH_ERROR_ENCRYPTED);
    assert_int_equal(count, 9);
    assert_int_equal(readings[0].status, KWH_STATUS_ENCRYPTED);
}

/* The manufacturer in the header is another one: what it sends are no values of this map. */
static void a_telegram_of_another_maker_is_passed_over(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"},
        {REQUEST,
         "68 15 15 68 08 00 72 00 00 00 00 34 12 01 02 02 00 00 00 0C 04 14 48 60 01 92 16"},
    };
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(&kwh_map_inepro_pro1_mbus), KWH_ERROR_OTHER_FAMILY);
    assert_int_equal(count, 9);
    for (size_t i = 0; i < count; i++)
        assert_false(kwh_reading_has_value(&readings[i]));
}

/* A meter that announces one more telegram for ever. */
static void a_meter_without_end_is_told(void **state)
{
    static struct scene scenes[1 + KWH_MBUS_TELEGRAMS_MAX];
    (void)state;
    scenes[0] = (struct scene){NKE, "E5"};
    for (unsigned i = 0; i < KWH_MBUS_TELEGRAMS_MAX; i++)
        scenes[1 + i] = (struct scene){
            i % 2 == 0 ? REQUEST : "10 5B 00 5B 16",
            "68 16 16 68 08 00 72 00 00 00 00 CD 25 01 02 02 00 00 00 0C 04 14 48 60 01 1F 5D 16"};
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(&kwh_map_inepro_pro1_mbus), KWH_ERROR_ENDLESS);
    expect(0, "active_energy_combined", "16048140");
}

static void a_silent_meter_has_no_values(void **state)
{
    static const struct scene scenes[] = {{NKE, "E5"}, {REQUEST, ""}, {REQUEST, ""}, {REQUEST, ""}};
    (void)state;
    play(scenes, KWH_COUNT(scenes));
    assert_int_equal(read_all(&kwh_map_inepro_pro1_mbus), KWH_ERROR_TIMEOUT);
    assert_int_equal(count, 9);
    assert_int_equal(readings[8].status, KWH_STATUS_NO_ANSWER);
    assert_int_equal(mbus.meter.failure.function, 0x7B);
}

static void maps_of_other_meters_do_not_fit(void **state)
{
    static const struct {
        const char *frame;
        KWH_CONST struct kwh_map *map;
        uint16_t manufacturer;
        size_t known, unknown;
    } cases[] = {
        {PRO1, &kwh_map_inepro_pro1_mbus, 0x25CD, 9, 0},
        {PRO1, &kwh_map_inepro_pro380_mbus, 0x25CD, 9, 0},
        {PRO1, &kwh_map_inepro_2pu_mbus, 0x25CD, 0, 9},
        {PRO1, &kwh_map_inepro_pro1_modbus, 0x25CD, 0, 0},
        {PRO1, &kwh_map_inepro_pro1_mbus, 0x25CE, 0, 0},
        {TWO_PU, &kwh_map_inepro_2pu_mbus, 0x25CD, 32, 0},
        {TWO_PU, &kwh_map_inepro_pro1_mbus, 0x25CD, 0, 32},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        uint8_t frame[261];
        size_t unknown, size = hex(cases[i].frame, frame, sizeof frame) - 9;
        struct kwh_mbus_telegram telegram;
        assert_int_equal(kwh_mbus_telegram_decode(0x72, frame + 7, size, &telegram), KWH_OK);
        telegram.manufacturer = cases[i].manufacturer;
        assert_int_equal(kwh_mbus_fit(cases[i].map, &telegram, frame + 7, size, &unknown),
                         cases[i].known);
        assert_int_equal(unknown, cases[i].unknown);
    }
}

static void other_maps_are_refused(void **state)
{
    (void)state;
    play(NULL, 0);
    assert_int_equal(kwh_mbus_meter_init(&mbus, &line, &kwh_map_inepro_pro1_modbus, 0),
                     KWH_ERROR_UNSUPPORTED);
    assert_int_equal(kwh_meter_init(&mbus.meter, &line, &kwh_map_inepro_pro1_modbus, 1),
                     KWH_ERROR_UNSUPPORTED);
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer), KWH_OK);
    assert_int_equal(kwh_mbus_meter_init(&mbus, &line, &kwh_map_inepro_pro1_mbus, 0),
                     KWH_ERROR_UNSUPPORTED);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pro1_of_the_manual),
        cmocka_unit_test(the_2pu_of_the_manual),
        cmocka_unit_test(values_by_name),
        cmocka_unit_test(a_private_telegram_is_asked_for_when_it_is_needed),
        cmocka_unit_test(a_meter_without_a_map_tells_what_the_standard_says),
        cmocka_unit_test(repeated_headers_are_counted),
        cmocka_unit_test(repeated_headers_count_in_the_first_telegram_alone),
        cmocka_unit_test(what_stands_before_a_cut_is_kept),
        cmocka_unit_test(what_is_encrypted_is_said_to_be),
        cmocka_unit_test(a_telegram_of_another_maker_is_passed_over),
        cmocka_unit_test(a_meter_without_end_is_told),
        cmocka_unit_test(a_silent_meter_has_no_values),
        cmocka_unit_test(maps_of_other_meters_do_not_fit),
        cmocka_unit_test(other_maps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
