/* SPDX-License-Identifier: MIT */
/*
 * What a map wants to know of a meter before it is read: asked when it is identified, else at the
 * head of its first readout, against a meter that follows a script.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/maps.h>
#include <kwh/meter.h>
#include <kwh/modbus.h>

#include "script.h"

#define CT     1u
#define DIRECT 2u
#define OLD    4u /* given by a selector */

/* clang-format off */
static KWH_CONST struct kwh_row rows[] = {
    KWH_HOLDING(0x4026, UINT16,  1,    DATA_TYPE,    KWH_MANUAL),
    KWH_HOLDING(0x5002, FLOAT32, 1,    VOLTAGE_L1,   KWH_MANUAL),
    KWH_HOLDING(0x500C, FLOAT32, 1,    CURRENT_L1,   KWH_MANUAL),
    KWH_HOLDING(0x5012, FLOAT32, KILO, ACTIVE_POWER, KWH_PUBLIC),
};
static KWH_CONST struct kwh_row ct_rows[] = {KWH_HOLDING(0x401F, BCD32, 1, CT_RATIO, KWH_INFERRED)};
static KWH_CONST struct kwh_row old_rows[] = {KWH_HOLDING(0x5008, UINT16, CENTI, FREQUENCY, 0)};
static KWH_CONST struct kwh_block blocks[] = {
    {.rows = rows, .count = KWH_COUNT(rows)},
    {.rows = ct_rows, .count = KWH_COUNT(ct_rows), .profiles = CT},
    {.rows = old_rows, .count = KWH_COUNT(old_rows), .profiles = OLD},
};
/* As a 2PU: a data type, and a firmware that leaves the CT ratio to us. */
static KWH_CONST struct kwh_selector selectors[] = {
    {.address = 0x4026, .words = 1, .effect = KWH_SELECTOR_REQUIRE, .error = KWH_ERROR_DATA_TYPE,
     .low = 1, .high = 1},
    {.address = 0x4023, .words = 2, .effect = KWH_SELECTOR_PROFILES, .profiles = OLD, .when = CT,
     .low = 0x22291973, .high = 0x22291973},
    {.address = 0x401F, .words = 2, .effect = KWH_SELECTOR_RATIO, .when = OLD,
     .kinds = KWH_KIND_BIT(CURRENT) | KWH_KIND_BIT(ACTIVE_POWER)},
};
static KWH_CONST struct kwh_model models[] = {
    {.code = 0x1113, .profiles = CT, .name = KWH_TEXT("2PU CT")},
    {.code = 0x1111, .profiles = DIRECT, .name = KWH_TEXT("4PU")},
};
static KWH_CONST struct kwh_map map = {
    .name = KWH_TEXT("chosen"), .blocks = blocks, .block_count = KWH_COUNT(blocks),
    .selectors = selectors, .selector_count = KWH_COUNT(selectors),
    .models = models, .model_count = KWH_COUNT(models),
    .identity_address = 0x4002, .identity_words = 1,
};
/* clang-format on */

static uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
static struct kwh_line line;
static struct kwh_meter meter;
static struct kwh_identify identify;
static struct script script;

#define PLAY(...)                                                                                  \
    static const struct scene scenes[] = {__VA_ARGS__};                                            \
    script_begin(&script, &line, scenes, KWH_COUNT(scenes))

static void meter_of(KWH_CONST struct kwh_map *its_map)
{
    assert_int_equal(kwh_meter_init(&meter, &line, its_map, 1), KWH_OK);
    meter.dialogue.retries = 0;
}

static int start(void **state)
{
    (void)state;
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer), KWH_OK);
    meter_of(&map);
    return 0;
}

static enum kwh_error identify_among(KWH_CONST struct kwh_map *const *candidates, size_t count)
{
    assert_int_equal(kwh_identify_init(&identify, &line, 1, candidates, count), KWH_OK);
    identify.dialogue.retries = 0;
    return kwh_identify_run(&identify);
}

static enum kwh_error identify_it(void)
{
    static KWH_CONST struct kwh_map *const candidates[] = {&map};
    return identify_among(candidates, 1);
}

/* The quantity, printed, or the name of its status. */
static void reads(uint32_t quantity, const char *text)
{
    struct kwh_reading reading;
    char printed[KWH_READING_TEXT];
    enum kwh_error error = kwh_meter_read_one(&meter, quantity, &reading);
    if (error == KWH_OK) {
        assert_int_equal(kwh_reading_print(&reading, printed, sizeof printed), KWH_OK);
        assert_string_equal(printed, text);
    } else {
        assert_int_equal(error, KWH_ERROR_NO_VALUE);
        assert_string_equal(kwh_status_name((enum kwh_status)reading.status), text);
    }
}

static void fails(uint32_t quantity, enum kwh_error error, enum kwh_status status)
{
    struct kwh_reading reading;
    assert_int_equal(kwh_meter_read_one(&meter, quantity, &reading), error);
    assert_int_equal(reading.status, status);
}

/* ------------------------------------------------------------------------------------------------
 * At the head of a readout
 */

static void a_first_readout_asks_and_a_second_does_not(void **state)
{
    (void)state;
    PLAY({"01 03 4026 0001", "03 02 0001"}, {"01 03 4023 0002", "03 04 0D012D35"},
         {"01 03 500C 0002", "03 04 4081999A"}, {"01 03 500C 0002", "03 04 4081999A"});
    reads(KWH_CURRENT_L1, "4.05");
    reads(KWH_CURRENT_L1, "4.05");
    assert_int_equal(meter.profiles, (uint16_t)~OLD);
    script_end(&script);
}

static void an_unknown_data_type_is_not_read(void **state)
{
    (void)state;
    PLAY({"01 03 4026 0001", "03 02 0002"}, {"01 03 4026 0001", "03 02 0002"},
         {"01 03 4026 0001", "03 02 0001"}, {"01 03 4023 0002", "83 02"},
         {"01 03 5002 0002", "03 04 436A4CCD"});
    fails(KWH_VOLTAGE_L1, KWH_ERROR_DATA_TYPE, KWH_STATUS_NO_ANSWER);
    assert_int_equal(meter.failure.error, KWH_ERROR_DATA_TYPE);
    fails(KWH_DATA_TYPE, KWH_ERROR_DATA_TYPE, KWH_STATUS_NO_ANSWER);
    reads(KWH_VOLTAGE_L1, "234.3"); /* it was set back in the meantime */
    script_end(&script);
}

static void a_plan_of_a_refused_meter_has_nothing_available(void **state)
{
    struct kwh_plan_entry entries[4];
    struct kwh_plan plan;
    struct kwh_reading reading;
    (void)state;
    PLAY({"01 03 4026 0001", "03 02 0002"});
    kwh_plan_init(&plan, &map, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add_readout(&plan), KWH_OK);
    kwh_plan_make(&plan, NULL);
    kwh_meter_begin(&meter, &plan);
    for (int i = 0; i < 4; i++) {
        assert_true(kwh_meter_next(&meter, &reading));
        assert_int_equal(reading.status, KWH_STATUS_NOT_AVAILABLE);
    }
    assert_false(kwh_meter_next(&meter, &reading));
    assert_int_equal(meter.dialogue.error, KWH_ERROR_DATA_TYPE);
    script_end(&script);
}

/* The plan was made for all that there may be: two of its rows are of no account here. */
static void what_the_meter_turns_out_not_to_have_is_not_available(void **state)
{
    struct kwh_plan_entry entries[4];
    struct kwh_plan plan;
    struct kwh_reading reading;
    (void)state;
    PLAY({"01 03 4026 0001", "03 02 0001"}, {"01 03 4023 0002", "03 04 0D012D35"},
         {"01 03 5002 0007", "03 0E 436A4CCD 00000000 00000000 1388"});
    kwh_plan_init(&plan, &map, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    assert_int_equal(kwh_plan_add(&plan, KWH_VOLTAGE_L1), KWH_OK);
    assert_int_equal(kwh_plan_add(&plan, KWH_FREQUENCY), KWH_OK);
    kwh_plan_make(&plan, NULL);
    kwh_meter_begin(&meter, &plan);
    assert_true(kwh_meter_next(&meter, &reading));
    assert_int_equal(reading.status, KWH_STATUS_OK);
    assert_true(kwh_meter_next(&meter, &reading));
    assert_int_equal(reading.quantity, KWH_FREQUENCY);
    assert_int_equal(reading.status, KWH_STATUS_NOT_AVAILABLE);
    assert_false(kwh_meter_next(&meter, &reading));
    assert_int_equal(meter.dialogue.error, KWH_OK);
    fails(KWH_FREQUENCY, KWH_ERROR_NOT_IN_MAP, KWH_STATUS_NOT_AVAILABLE);
    script_end(&script);
}

static void an_old_firmware_lacks_the_ratio(void **state)
{
    struct kwh_reading reading;
    (void)state;
    PLAY({"01 03 4026 0001", "03 02 0001"}, {"01 03 4023 0002", "03 04 22291973"},
         {"01 03 401F 0002", "03 04 02500005"}, {"01 03 500C 0002", "03 04 4081999A"},
         {"01 03 5012 0002", "03 04 3E333333"}, {"01 03 5002 0002", "03 04 436A4CCD"},
         {"01 03 401F 0002", "03 04 02500005"}, {"01 03 5008 0001", "03 02 1388"});
    assert_int_equal(kwh_meter_select(&meter), KWH_OK);
    assert_int_equal(meter.profiles, KWH_ALL_PROFILES);
    assert_int_equal(kwh_meter_select(&meter), KWH_OK); /* once */
    reads(KWH_CURRENT_L1, "202.5");                     /* 4.05 A times 50 */
    reads(KWH_ACTIVE_POWER, "8750");                    /* 175 W times 50 */
    reads(KWH_VOLTAGE_L1, "234.3");                     /* there is no ratio for it */
    reads(KWH_CT_RATIO, "250/5");
    assert_int_equal(kwh_meter_read_one(&meter, KWH_FREQUENCY, &reading), KWH_OK);
    script_end(&script);
}

/* Without the ratio a current would be wrong by an unknown factor. */
static void a_ratio_that_is_none_leaves_no_current(void **state)
{
    static const struct scene bad[][6] = {
        {{"01 03 4026 0001", "03 02 0001"},
         {"01 03 4023 0002", "03 04 22291973"},
         {"01 03 401F 0002", "83 02"},
         {"01 03 500C 0002", "03 04 4081999A"},
         {"01 03 5002 0002", "03 04 436A4CCD"},
         {"01 03 5012 0002", "03 04 7FC00000"}},
        {{"01 03 4026 0001", "03 02 0001"},
         {"01 03 4023 0002", "03 04 22291973"},
         {"01 03 401F 0002", "03 04 00000000"},
         {"01 03 500C 0002", "03 04 4081999A"},
         {"01 03 5002 0002", "03 04 436A4CCD"},
         {"01 03 5012 0002", "03 04 7FC00000"}},
        {{"01 03 4026 0001", "03 02 0001"},
         {"01 03 4023 0002", "03 04 22291973"},
         {"01 03 401F 0002", "03 04 0A500005"},
         {"01 03 500C 0002", "03 04 4081999A"},
         {"01 03 5002 0002", "03 04 436A4CCD"},
         {"01 03 5012 0002", "03 04 7FC00000"}},
        {{"01 03 4026 0001", "03 02 0001"},
         {"01 03 4023 0002", "03 04 22291973"},
         {"01 03 401F 0002", "03 04 02500002"},
         {"01 03 500C 0002", "03 04 4081999A"},
         {"01 03 5002 0002", "03 04 436A4CCD"},
         {"01 03 5012 0002", "03 04 7FC00000"}},
        {{"01 03 4026 0001", "03 02 0001"},
         {"01 03 4023 0002", "03 04 22291973"},
         {"01 03 401F 0002", "03 04 0250000A"},
         {"01 03 500C 0002", "03 04 4081999A"},
         {"01 03 5002 0002", "03 04 436A4CCD"},
         {"01 03 5012 0002", "03 04 7FC00000"}},
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(bad); i++) {
        script_begin(&script, &line, bad[i], KWH_COUNT(bad[i]));
        meter_of(&map);
        reads(KWH_CURRENT_L1, "not_available");
        reads(KWH_VOLTAGE_L1, "234.3");
        reads(KWH_ACTIVE_POWER, "nan"); /* of the register itself */
        script_end(&script);
    }
}

static void transformers_of_1_ampere_and_values_beyond(void **state)
{
    struct kwh_reading reading;
    (void)state;
    PLAY({"01 03 4026 0001", "03 02 0001"}, {"01 03 4023 0002", "03 04 22291973"},
         {"01 03 401F 0002", "03 04 01000001"}, {"01 03 500C 0002", "03 04 4081999A"},
         {"01 03 500C 0002", "03 04 4081999A"});
    reads(KWH_CURRENT_L1, "405");
    meter.selection.factor = kwh_decimal(INT64_MAX, 0);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_CURRENT_L1, &reading), KWH_ERROR_NO_VALUE);
    assert_int_equal(reading.status, KWH_STATUS_OVERFLOW);
    assert_int_equal(reading.certainty,
                     KWH_CERTAINTY_MANUAL); /* that of the row, as with a value */
    script_end(&script);
}

/* A meter without the register has no such setting. */
static void a_register_that_is_refused_meets_the_requirement(void **state)
{
    (void)state;
    PLAY({"01 03 4026 0001", "83 02"}, {"01 03 4023 0002", "83 01"},
         {"01 03 5002 0002", "03 04 436A4CCD"});
    reads(KWH_VOLTAGE_L1, "234.3");
    assert_int_equal(meter.profiles, (uint16_t)~OLD);
    script_end(&script);
}

/* Silence, a busy meter or one out of order say nothing: the next readout goes on from there. */
static void without_an_answer_nothing_is_read(void **state)
{
    uint32_t both[] = {KWH_VOLTAGE_L1, KWH_CURRENT_L1};
    struct kwh_reading readings[2];
    struct kwh_plan_entry entries[2];
    (void)state;
    PLAY({"01 03 4026 0001", ""}, {"01 03 4026 0001", "03 02 0001"}, {"01 03 4023 0002", "83 04"},
         {"01 03 4023 0002", "03 04 0D012D35"}, {"01 03 5002 0002", "03 04 436A4CCD"});
    fails(KWH_VOLTAGE_L1, KWH_ERROR_TIMEOUT, KWH_STATUS_NO_ANSWER);
    assert_int_equal(kwh_meter_read(&meter, both, 2, readings, entries),
                     KWH_ERROR_SERVER_DEVICE_FAILURE);
    assert_int_equal(readings[1].quantity, KWH_CURRENT_L1);
    assert_int_equal(readings[1].status, KWH_STATUS_NO_ANSWER);
    reads(KWH_VOLTAGE_L1, "234.3");
    script_end(&script);
}

/* ------------------------------------------------------------------------------------------------
 * When it is identified
 */

static void identification_asks_for_the_model(void **state)
{
    (void)state;
    PLAY({"01 03 4002 0001", "03 02 1113"}, {"01 03 4026 0001", "03 02 0001"},
         {"01 03 4023 0002", "03 04 22291973"}, {"01 03 401F 0002", "03 04 00750001"},
         {"01 03 500C 0002", "03 04 4081999A"}, {"01 03 4002 0001", "03 02 1111"},
         {"01 03 4026 0001", "03 02 0001"});
    assert_int_equal(identify_it(), KWH_OK);
    assert_string_equal(identify.fits->name, "2PU CT");
    assert_int_equal(identify.profiles, CT | OLD);
    assert_int_equal(identify.selection.factor.mantissa, 75);
    assert_int_equal(kwh_identify_meter(&identify, &meter), KWH_OK);
    assert_ptr_equal(meter.map, &map);
    assert_int_equal(meter.address, 1);
    reads(KWH_CURRENT_L1, "303.75");
    assert_int_equal(identify_it(), KWH_OK); /* a direct-connected one has no ratio */
    assert_int_equal(identify.profiles, DIRECT);
    assert_int_equal(identify.selection.kinds, 0);
    script_end(&script);
}

static void identification_tells_a_data_type(void **state)
{
    (void)state;
    PLAY({"01 03 4002 0001", "03 02 1113"}, {"01 03 4026 0001", "03 02 0002"});
    assert_int_equal(identify_it(), KWH_ERROR_DATA_TYPE);
    assert_null(identify.map);
    assert_null(identify.fits);
    assert_string_equal(identify.other, "2PU CT");
    assert_int_equal(kwh_identify_meter(&identify, &meter), KWH_ERROR_ARGUMENT);
    script_end(&script);
}

static void identification_does_not_guess(void **state)
{
    (void)state;
    PLAY({"01 03 4002 0001", "03 02 1113"}, {"01 03 4026 0001", ""});
    assert_int_equal(identify_it(), KWH_ERROR_TIMEOUT);
    assert_null(identify.map);
    script_end(&script);
}

/* As two generations of one meter with one code: the first has no voltage. */
static KWH_CONST struct kwh_row voltage_rows[] = {KWH_INPUT(0, FLOAT32, 1, VOLTAGE_L1, KWH_MANUAL)};
static KWH_CONST struct kwh_block voltage_blocks[] = {{.rows = voltage_rows, .count = 1}};
static KWH_CONST struct kwh_selector no_voltage[] = {
    {.address = 0,
     .words = 2,
     .space = KWH_SPACE_INPUT,
     .effect = KWH_SELECTOR_REQUIRE,
     .error = KWH_ERROR_OTHER_FAMILY,
     .low = 0,
     .high = 0x3F7FFFFF},
};
static KWH_CONST struct kwh_model first_models[] = {{.code = 0x0084, .name = KWH_TEXT("first")}};
static KWH_CONST struct kwh_model second_models[] = {
    {.code = 0x0089, .name = KWH_TEXT("second")},
    {.code = 0x0084,
     .quantity = KWH_VOLTAGE_L1,
     .value = 1,
     .most = INT32_MAX,
     .name = KWH_TEXT("second, too")},
};
static KWH_CONST struct kwh_map first = {
    .name = KWH_TEXT("first"),
    .models = first_models,
    .model_count = 1,
    .selectors = no_voltage,
    .selector_count = 1,
    .identity_address = 0xFC02,
    .identity_words = 1,
};
static KWH_CONST struct kwh_map second = {
    .name = KWH_TEXT("second"),
    .blocks = voltage_blocks,
    .block_count = 1,
    .models = second_models,
    .model_count = 2,
    .identity_address = 0xFC02,
    .identity_words = 1,
};

static void one_code_is_two_families(void **state)
{
    static KWH_CONST struct kwh_map *const orders[][2] = {{&first, &second}, {&second, &first}};
    (void)state;
    PLAY({"01 03 FC02 0001", "03 02 0084"}, {"01 04 0000 0002", "04 04 43660000"},
         {"01 04 0000 0002", "04 04 43660000"}, {"01 03 FC02 0001", "03 02 0084"},
         {"01 04 0000 0002", "84 02"}, /* */
         {"01 03 FC02 0001", "03 02 0084"}, {"01 04 0000 0002", "04 04 43660000"},
         {"01 03 FC02 0001", "03 02 0084"}, {"01 04 0000 0002", "84 02"},
         {"01 04 0000 0002", "84 02"});
    for (size_t i = 0; i < KWH_COUNT(orders); i++) {
        assert_int_equal(identify_among(orders[i], 2), KWH_OK);
        assert_string_equal(identify.fits->name, "second, too");
        assert_null(identify.other);
        assert_int_equal(identify_among(orders[i], 2), KWH_OK);
        assert_string_equal(identify.fits->name, "first");
    }
    script_end(&script);
}

static void a_meter_of_another_family_is_not_read(void **state)
{
    static KWH_CONST struct kwh_map *const only[] = {&first};
    (void)state;
    PLAY({"01 03 FC02 0001", "03 02 0084"}, {"01 04 0000 0002", "04 04 43660000"});
    assert_int_equal(identify_among(only, 1), KWH_ERROR_OTHER_FAMILY);
    assert_null(identify.map);
    script_end(&script);
}

/* ------------------------------------------------------------------------------------------------
 * Conditions
 */

#define LAYOUT 1u
#define SURE   2u

/* As a COUNTIS: a layout is right when all of its registers are. Two of them ask the same. */
static KWH_CONST struct kwh_selector layout[] = {
    {.address = 0xE000, .words = 1, .effect = 1, .profiles = LAYOUT, .low = KWH_OWN_ADDRESS},
    {.address = 0xE002, .words = 1, .effect = 1, .profiles = LAYOUT, .when = LAYOUT, .high = 2},
    {.address = 0xE002,
     .words = 1,
     .effect = 1,
     .profiles = SURE,
     .when = LAYOUT,
     .low = 2,
     .high = 2},
    {.address = 0xE003, .words = 1, .effect = 1, .profiles = 4, .unless = LAYOUT, .high = 9},
};
static KWH_CONST struct kwh_map layouts = {
    .name = KWH_TEXT("layouts"), .selectors = layout, .selector_count = KWH_COUNT(layout)};

static void conditions_are_joined(void **state)
{
    (void)state;
    PLAY({"01 03 E000 0001", "03 02 0001"}, {"01 03 E002 0001", "03 02 0002"},
         {"01 03 E000 0001", "03 02 0001"}, {"01 03 E002 0001", "03 02 0001"},
         {"01 03 E000 0001", "03 02 0001"}, {"01 03 E002 0001", "03 02 0003"},
         {"01 03 E003 0001", "03 02 0009"}, /* */
         {"01 03 E000 0001", "03 02 0002"}, {"01 03 E003 0001", "03 02 000A"});
    static const uint16_t profiles[] = {LAYOUT | SURE, LAYOUT, 4, 0};
    for (size_t i = 0; i < KWH_COUNT(profiles); i++) {
        meter_of(&layouts);
        assert_int_equal(kwh_meter_select(&meter), KWH_OK);
        assert_int_equal(meter.profiles, 0xFFF8 | profiles[i]);
    }
    script_end(&script);
}

/* One answer does for selectors that ask the same; a longer question is another one. */
static KWH_CONST struct kwh_selector widths[] = {
    {.address = 0xE000, .words = 1, .effect = 1, .profiles = 1, .low = 7, .high = 7},
    {.address = 0xE000, .words = 2, .effect = 1, .profiles = 2, .low = 0x70001, .high = 0x70001},
    {.address = 0xE000,
     .words = 2,
     .space = KWH_SPACE_INPUT,
     .effect = 1,
     .profiles = 4,
     .low = 9,
     .high = 9},
};
static KWH_CONST struct kwh_map wide = {
    .name = KWH_TEXT("wide"), .selectors = widths, .selector_count = KWH_COUNT(widths)};

static void other_questions_are_asked(void **state)
{
    (void)state;
    PLAY({"01 03 E000 0001", "03 02 0007"}, {"01 03 E000 0002", "03 04 00070001"},
         {"01 04 E000 0002", "04 04 00000009"});
    meter_of(&wide);
    assert_int_equal(kwh_meter_select(&meter), KWH_OK);
    assert_int_equal(meter.profiles, KWH_ALL_PROFILES);
    script_end(&script);
}

/* ------------------------------------------------------------------------------------------------
 * COUNTIS: what their registers hold tells which layout they have
 */

static void selects(enum kwh_error error, unsigned profiles)
{
    meter_of(&kwh_map_socomec_countis_e4x_modbus);
    assert_int_equal(kwh_meter_select(&meter), error);
    if (error == KWH_OK)
        assert_int_equal(meter.profiles & 0xFF, profiles);
}

static void the_layout_of_a_countis_shows(void **state)
{
    enum {
        V103 = 1,
        V103X = 2,
        V103_SERIAL = 4,
        V200 = 8,
        V200_SETTINGS = 16,
        HZ_100 = 32,
        HZ_1000 = 64,
        E43V201 = 128
    };
    (void)state;
    PLAY({"01 03 C352 0002", "03 04 0043004F"}, {"01 03 C354 0001", "03 02 0064"},
         {"01 03 6583 0002", "03 04 00000000"}, {"01 03 C800 0001", "03 02 0003"},
         {"01 03 E000 0001", "03 02 0001"}, {"01 03 E002 0002", "03 04 00010002"},
         {"01 03 E400 0001", "83 02"}, {"01 03 C55E 0002", "03 04 0000C350"},
         /* no counters of its own, 0xFFFFFFFF; of the 31st; 5 A and 12000 A */
         {"01 03 C352 0002", "03 04 0043004F"}, {"01 03 C354 0001", "03 02 0064"},
         {"01 03 6583 0002", "03 04 FFFFFFFF"}, {"01 03 E100 0001", "03 02 001F"},
         {"01 03 E001 0002", "03 04 00052EE0"}, {"01 03 E000 0001", "03 02 0005"},
         {"01 03 E400 0001", "03 02 0002"}, {"01 03 C55E 0002", "03 04 00001388"},
         /* nothing of both, and something of a third */
         {"01 03 C352 0002", "03 04 0043004F"}, {"01 03 C354 0001", "03 02 0064"},
         {"01 03 6583 0002", "83 02"}, {"01 03 E100 0001", "03 02 0020"},
         {"01 03 E400 0001", "03 02 0001"}, {"01 03 C55E 0002", "03 04 00000000"},
         /* no transformer of 12001 A, so other registers than its settings */
         {"01 03 C352 0002", "03 04 0043004F"}, {"01 03 C354 0001", "03 02 0064"},
         {"01 03 6583 0002", "83 02"}, {"01 03 E100 0001", "03 02 0001"},
         {"01 03 E001 0002", "03 04 00052EE1"}, {"01 03 E400 0001", "83 02"},
         {"01 03 C55E 0002", "83 02"});
    selects(KWH_OK, V103 | V103X | V103_SERIAL | HZ_1000);
    selects(KWH_OK, V200 | V200_SETTINGS | HZ_100);
    selects(KWH_OK, E43V201);
    selects(KWH_OK, V200);
    script_end(&script);
}

static void relatives_of_a_countis_are_left_alone(void **state)
{
    (void)state;
    PLAY({"01 03 C352 0002", "03 04 00430050"},                                    /* SOCP */
         {"01 03 C352 0002", "03 04 0043004F"}, {"01 03 C354 0001", "03 02 0063"}, /* */
         {"01 03 C352 0002", "03 04 0043004F"}, {"01 03 C354 0001", "03 02 0065"});
    selects(KWH_ERROR_OTHER_FAMILY, 0);
    selects(KWH_ERROR_OTHER_FAMILY, 0);
    selects(KWH_ERROR_OTHER_FAMILY, 0);
    script_end(&script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_first_readout_asks_and_a_second_does_not, start),
        cmocka_unit_test_setup(an_unknown_data_type_is_not_read, start),
        cmocka_unit_test_setup(a_plan_of_a_refused_meter_has_nothing_available, start),
        cmocka_unit_test_setup(what_the_meter_turns_out_not_to_have_is_not_available, start),
        cmocka_unit_test_setup(an_old_firmware_lacks_the_ratio, start),
        cmocka_unit_test_setup(a_ratio_that_is_none_leaves_no_current, start),
        cmocka_unit_test_setup(transformers_of_1_ampere_and_values_beyond, start),
        cmocka_unit_test_setup(a_register_that_is_refused_meets_the_requirement, start),
        cmocka_unit_test_setup(without_an_answer_nothing_is_read, start),
        cmocka_unit_test_setup(identification_asks_for_the_model, start),
        cmocka_unit_test_setup(identification_tells_a_data_type, start),
        cmocka_unit_test_setup(identification_does_not_guess, start),
        cmocka_unit_test_setup(one_code_is_two_families, start),
        cmocka_unit_test_setup(a_meter_of_another_family_is_not_read, start),
        cmocka_unit_test_setup(conditions_are_joined, start),
        cmocka_unit_test_setup(other_questions_are_asked, start),
        cmocka_unit_test_setup(the_layout_of_a_countis_shows, start),
        cmocka_unit_test_setup(relatives_of_a_countis_are_left_alone, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
