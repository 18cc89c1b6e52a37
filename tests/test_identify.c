/* SPDX-License-Identifier: MIT */
/* Which meter answers: every way in which the question can end, with literal requests and answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/meter.h>
#include <kwh/modbus.h>

#include "script.h"

/* clang-format off */
static KWH_CONST struct kwh_row single_rows[] = {
    KWH_HOLDING(0x4002, HEX16, 1, METER_CODE,    KWH_MANUAL),
    KWH_HOLDING(0x400B, INT16, 1, RATED_CURRENT, KWH_MANUAL),
    KWH_HOLDING(0x4011, INT16, 1, PARITY,        KWH_MANUAL),
};
static KWH_CONST struct kwh_block single_blocks[] = {{.rows = single_rows, .count = KWH_COUNT(single_rows)}};

/* As with PRO1 and PRO2: one code, told apart by the rated current. */
static KWH_CONST struct kwh_model single_models[] = {
    {.code = 0x0101, .quantity = KWH_RATED_CURRENT, .value = 100, .profiles = 2, .name = KWH_TEXT("PRO2")},
    {.code = 0x0101, .quantity = KWH_RATED_CURRENT, .value = 45,  .profiles = 1, .name = KWH_TEXT("PRO1")},
    {.code = 0x2009, .profiles = 1, .name = KWH_TEXT("PRO1 Solare")},
    {.code = 0x2011, .quantity = KWH_PARITY, .value = 1, .profiles = 1, .name = KWH_TEXT("by choice")},
    {.code = 0x2012, .quantity = KWH_METER_CODE, .value = 0x2012, .profiles = 1, .name = KWH_TEXT("digits")},
    {.code = 0x2013, .quantity = KWH_FREQUENCY, .value = 50, .profiles = 1, .name = KWH_TEXT("no such row")},
};
static KWH_CONST struct kwh_lookalike single_lookalikes[] = {{.code = 0x1113, .name = KWH_TEXT("2PU CT")}, {.code = 0x0102, .name = KWH_TEXT("PRO380")}};
static KWH_CONST struct kwh_map single = {
    .name = KWH_TEXT("single"), .blocks = single_blocks, .block_count = 1,
    .models = single_models, .model_count = KWH_COUNT(single_models),
    .lookalikes = single_lookalikes, .lookalike_count = KWH_COUNT(single_lookalikes),
    .identity_address = 0x4002, .identity_words = 1,
};

static KWH_CONST struct kwh_model three_models[] = {{.code = 0x0102, .name = KWH_TEXT("PRO380")}};
static KWH_CONST struct kwh_map three = {
    .name = KWH_TEXT("three"), .models = three_models, .model_count = 1,
    .identity_address = 0x4002, .identity_words = 1,
};

/* Its code is two input registers, low word first. */
static KWH_CONST struct kwh_model wide_models[] = {{.code = 0x00840070, .name = KWH_TEXT("wide")}};
static KWH_CONST struct kwh_map wide = {
    .name = KWH_TEXT("wide"), .models = wide_models, .model_count = 1, .order = KWH_ORDER_CDAB,
    .identity_address = 0xFC02, .identity_words = 2, .identity_space = KWH_SPACE_INPUT,
};

static KWH_CONST struct kwh_map untold = {.name = KWH_TEXT("untold")};
static KWH_CONST struct kwh_map over_mbus = {
    .name = KWH_TEXT("over_mbus"), .protocol = KWH_PROTOCOL_MBUS, .identity_words = 1,
};
/* clang-format on */

static uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
static struct kwh_line line;
static struct kwh_identify identify;
static struct script script;

static KWH_CONST struct kwh_map *const all[] = {&untold, &single, &wide, &over_mbus, &three};

#define PLAY(...)                                                                                  \
    static const struct scene scenes[] = {__VA_ARGS__};                                            \
    script_begin(&script, &line, scenes, KWH_COUNT(scenes))

static int start(void **state)
{
    (void)state;
    assert_int_equal(kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer), KWH_OK);
    assert_int_equal(kwh_identify_init(&identify, &line, 7, all, KWH_COUNT(all)), KWH_OK);
    identify.dialogue.retries = 0;
    return 0;
}

static void ends_with(enum kwh_error error)
{
    assert_int_equal(kwh_identify_run(&identify), error);
    assert_int_equal(identify.dialogue.error, error);
    script_end(&script);
    if (error != KWH_OK) {
        assert_null(identify.map);
        assert_null(identify.fits);
    }
}

/* The same, with more of the script to come. */
static void ends_with_not_yet(enum kwh_error error)
{
    assert_int_equal(kwh_identify_run(&identify), error);
    assert_null(identify.map);
}

static void knows_a_code(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 2009"});
    ends_with(KWH_OK);
    assert_ptr_equal(identify.map, &single);
    assert_string_equal(identify.fits->name, "PRO1 Solare");
    assert_int_equal(identify.code, 0x2009);
    assert_true(identify.answered);
    assert_int_equal(identify.statistics.sent, 1);
}

/* The map comes after another that looks at the same registers: they are read once. */
static void asks_once_for_many_maps(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 0102"});
    ends_with(KWH_OK);
    assert_ptr_equal(identify.map, &three);
    assert_string_equal(identify.fits->name, "PRO380");
    assert_null(identify.other);
}

static void refines_by_a_further_value(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 0101"}, {"07 03 400B 0001", "03 02 0064"},
         {"07 03 4002 0001", "03 02 0101"}, {"07 03 400B 0001", "03 02 002D"},
         {"07 03 400B 0001", "03 02 002D"});
    assert_int_equal(kwh_identify_run(&identify), KWH_OK);
    assert_string_equal(identify.fits->name, "PRO2");
    assert_int_equal(identify.fits->profiles, 2);
    assert_int_equal(kwh_identify_init(&identify, &line, 7, all, KWH_COUNT(all)), KWH_OK);
    ends_with(KWH_OK);
    assert_string_equal(identify.fits->name, "PRO1");
}

static void refines_by_other_forms(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 2011"}, {"07 03 4011 0001", "03 02 0001"},
         {"07 03 4002 0001", "03 02 2012"}, {"07 03 4002 0001", "03 02 2012"});
    assert_int_equal(kwh_identify_run(&identify), KWH_OK);
    assert_string_equal(identify.fits->name, "by choice");
    assert_int_equal(kwh_identify_init(&identify, &line, 7, all, KWH_COUNT(all)), KWH_OK);
    ends_with(KWH_OK);
    assert_string_equal(identify.fits->name, "digits");
}

static KWH_CONST struct kwh_map longer = {
    .name = KWH_TEXT("longer"),
    .models = wide_models,
    .model_count = 1,
    .identity_address = 0x4002,
    .identity_words = 2,
};

/* The same registers, but more of them, are another question. */
static void asks_for_as_many_registers_as_the_map_says(void **state)
{
    (void)state;
    static KWH_CONST struct kwh_map *const candidates[] = {&single, &longer};
    PLAY({"07 03 4002 0001", "83 02"}, {"07 03 4002 0002", "03 04 00840070"});
    assert_int_equal(kwh_identify_init(&identify, &line, 7, candidates, 2), KWH_OK);
    ends_with(KWH_OK);
    assert_ptr_equal(identify.map, &longer);
}

static void knows_a_code_of_two_registers(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "83 02"}, {"07 04 FC02 0002", "04 04 00700084"});
    ends_with(KWH_OK);
    assert_ptr_equal(identify.map, &wide);
    assert_int_equal(identify.code, 0x00840070);
}

/* A meter may be silent about registers that it does not have. */
static void asks_on_after_silence(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", ""}, {"07 04 FC02 0002", "04 04 00700084"});
    ends_with(KWH_OK);
    assert_ptr_equal(identify.map, &wide);
}

static void tells_another_family(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 1113"}, {"07 04 FC02 0002", "84 02"});
    ends_with(KWH_ERROR_OTHER_FAMILY);
    assert_string_equal(identify.other, "2PU CT");
    assert_int_equal(identify.code, 0x1113);
}

static void tells_an_unknown_code(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 BEEF"}, {"07 04 FC02 0002", ""});
    ends_with(KWH_ERROR_UNKNOWN_METER);
    assert_int_equal(identify.code, 0xBEEF);
    assert_true(identify.coded);
    assert_null(identify.other);
}

/* The code fits, but not what would settle it: that is no model we know. */
static void tells_an_unknown_variant(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 0101"}, {"07 03 400B 0001", "03 02 0005"},
         {"07 03 400B 0001", "83 02"}, {"07 04 FC02 0002", "84 02"});
    ends_with(KWH_ERROR_UNKNOWN_METER);
    assert_int_equal(identify.code, 0x0101);
}

static void skips_a_model_whose_value_the_map_lacks(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 2013"}, {"07 04 FC02 0002", "84 02"});
    ends_with(KWH_ERROR_UNKNOWN_METER);
}

static void tells_a_meter_that_refuses(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "83 02"}, {"07 04 FC02 0002", "84 01"});
    ends_with(KWH_ERROR_NOT_IDENTIFIED);
    assert_true(identify.answered);
    assert_false(identify.coded);
}

/* Busy is no word about the registers: neither "refuses what would identify it" nor silence. */
/* Old firmware: other registers altogether, but for those of another code. */
static KWH_CONST struct kwh_lookalike old_lookalikes[] = {
    {.code = 0x0102, .name = KWH_TEXT("in use"), .error = KWH_ERROR_OTHER_ENCODING},
    {.code = 0x0102, .name = KWH_TEXT("old"), .address = 0x1010, .error = KWH_ERROR_OTHER_ENCODING},
    {.code = 0x0103,
     .name = KWH_TEXT("old CT"),
     .address = 0x1010,
     .error = KWH_ERROR_OTHER_ENCODING},
    {.code = 0x0104, .name = KWH_TEXT("elsewhere"), .address = 0x2010},
};
static KWH_CONST struct kwh_map with_old = {
    .name = KWH_TEXT("with_old"),
    .models = wide_models,
    .model_count = 1,
    .lookalikes = old_lookalikes,
    .lookalike_count = KWH_COUNT(old_lookalikes),
    .identity_address = 0x4002,
    .identity_words = 1,
};

static void among(KWH_CONST struct kwh_map *a, KWH_CONST struct kwh_map *b)
{
    static KWH_CONST struct kwh_map *candidates[2];
    candidates[0] = a;
    candidates[1] = b;
    assert_int_equal(kwh_identify_init(&identify, &line, 7, candidates, 2), KWH_OK);
    identify.dialogue.retries = 0;
}

static void looks_where_old_firmware_has_its_code(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "83 02"}, {"07 03 1010 0001", "03 02 0103"});
    among(&untold, &with_old);
    ends_with(KWH_ERROR_OTHER_ENCODING);
    assert_string_equal(identify.other, "old CT");
    assert_int_equal(identify.code, 0x0103);
    assert_true(identify.coded);
}

/* Another code there is no word about the meter; each place is looked at once. */
static void looks_everywhere(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "83 02"}, {"07 03 1010 0001", "03 02 0104"},
         {"07 03 2010 0001", "03 02 0104"}, {"07 03 4002 0001", "83 02"},
         {"07 03 1010 0001", "03 02 BEEF"}, {"07 03 2010 0001", ""});
    among(&with_old, &three);
    ends_with_not_yet(KWH_ERROR_OTHER_FAMILY);
    assert_string_equal(identify.other, "elsewhere");
    among(&with_old, &three);
    ends_with(KWH_ERROR_NOT_IDENTIFIED);
    assert_null(identify.other);
}

static void does_not_look_when_nobody_answers_or_a_code_was_had(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", ""}, {"07 03 4002 0001", "03 02 0102"},
         {"07 03 4002 0001", "03 02 BEEF"});
    among(&with_old, &untold);
    ends_with_not_yet(KWH_ERROR_TIMEOUT);
    among(&with_old, &untold);
    ends_with_not_yet(KWH_ERROR_OTHER_ENCODING);
    assert_string_equal(identify.other, "in use");
    among(&with_old, &untold);
    ends_with(KWH_ERROR_UNKNOWN_METER);
}

/* A look-alike of one map may be a meter of another. */
static void forgets_a_lookalike_that_fits_elsewhere(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 0102"});
    among(&with_old, &three);
    ends_with(KWH_OK);
    assert_ptr_equal(identify.map, &three);
    assert_null(identify.other);
}

/* As a COUNTIS, which is told by its name. */
static KWH_CONST struct kwh_row named_rows[] = {
    {.quantity = KWH_PRODUCT_NAME,
     .address = 0xC38A,
     .format = KWH_FORMAT(KWH_TYPE_TEXT, 5, KWH_SPACE_HOLDING, 0)}};
static KWH_CONST struct kwh_block named_blocks[] = {{.rows = named_rows, .count = 1}};
static KWH_CONST struct kwh_model named_models[] = {
    {.code = 0x534F,
     .quantity = KWH_PRODUCT_NAME,
     .text = KWH_TEXT("countis e44"),
     .name = KWH_TEXT("E44")},
    {.code = 0x534F,
     .quantity = KWH_PRODUCT_NAME,
     .text = KWH_TEXT("COUNTIS E43"),
     .name = KWH_TEXT("E43")},
    {.code = 0x534F, .quantity = KWH_PRODUCT_NAME, .value = 1, .name = KWH_TEXT("no text")},
    {.code = 0x534F, .name = KWH_TEXT("COUNTIS")},
};
static KWH_CONST struct kwh_map named = {.name = KWH_TEXT("named"),
                                         .blocks = named_blocks,
                                         .block_count = 1,
                                         .models = named_models,
                                         .model_count = KWH_COUNT(named_models),
                                         .identity_address = 0xC350,
                                         .identity_words = 1};

static void refines_by_a_text(void **state)
{
    static const char *const found[] = {"E43", "E44", "COUNTIS"};
    (void)state;
    PLAY({"07 03 C350 0001", "03 02 534F"}, {"07 03 C38A 0006", "03 0C 434F554E54495320 45343300"},
         {"07 03 C38A 0006", "03 0C 434F554E54495320 45343300"}, {"07 03 C350 0001", "03 02 534F"},
         {"07 03 C38A 0006", "03 0C 636F756E74697320 65343420"}, {"07 03 C350 0001", "03 02 534F"},
         {"07 03 C38A 0006", "03 0C 434F554E54495320 45340000"},
         {"07 03 C38A 0006", "03 0C 434F554E54495320 45340000"},
         {"07 03 C38A 0006", "03 0C 434F554E54495320 45340000"});
    for (size_t i = 0; i < KWH_COUNT(found); i++) {
        among(&untold, &named);
        assert_int_equal(kwh_identify_run(&identify), KWH_OK);
        assert_string_equal(identify.fits->name, found[i]);
    }
    script_end(&script);
}

static void tells_a_busy_meter(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", ""}, {"07 04 FC02 0002", "84 06"});
    ends_with(KWH_ERROR_SERVER_DEVICE_BUSY);
    assert_true(identify.answered);
}

static void tells_a_meter_that_is_out_of_order(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "83 04"}, {"07 04 FC02 0002", "84 06"});
    ends_with(KWH_ERROR_SERVER_DEVICE_FAILURE);
}

static void tells_a_meter_that_was_busy_half_way(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 0101"}, {"07 03 400B 0001", "83 06"});
    ends_with(KWH_ERROR_SERVER_DEVICE_BUSY);
}

static void waits_for_a_busy_meter(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "83 06"}, {"07 03 4002 0001", "03 02 2009"});
    identify.dialogue.retries = 2;
    ends_with(KWH_OK);
    assert_in_range(script.gap_us, 100000, 120000);
}

static void asks_as_often_as_its_line_says(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", ""}, {"07 03 4002 0001", ""}, {"07 03 4002 0001", ""},
         {"07 03 4002 0001", "03 02 2009"});
    line.retries = 3;
    assert_int_equal(kwh_identify_init(&identify, &line, 7, all, KWH_COUNT(all)), KWH_OK);
    ends_with(KWH_OK);
}

static void tells_that_nobody_answers(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", ""}, {"07 04 FC02 0002", ""});
    ends_with(KWH_ERROR_TIMEOUT);
    assert_false(identify.answered);
}

static void tells_what_the_line_said_first(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "! 07 03 02 01 02 00 00"}, {"07 04 FC02 0002", ""});
    ends_with(KWH_ERROR_BAD_CRC);
}

/* Half identified is not identified: the further value went unanswered. */
static void does_not_guess(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", "03 02 0101"}, {"07 03 400B 0001", ""});
    ends_with(KWH_ERROR_TIMEOUT);
    assert_true(identify.answered);
}

static void stops_when_the_port_fails(void **state)
{
    (void)state;
    script_begin(&script, &line, NULL, 0);
    script.unplugged = true;
    ends_with(KWH_ERROR_IO);
}

static void asks_again(void **state)
{
    (void)state;
    PLAY({"07 03 4002 0001", ""}, {"07 03 4002 0001", ""}, {"07 03 4002 0001", "03 02 2009"});
    identify.dialogue.retries = 2;
    ends_with(KWH_OK);
}

static void needs_a_candidate_that_can_be_told(void **state)
{
    (void)state;
    static KWH_CONST struct kwh_map *const none[] = {&untold, &over_mbus};
    script_begin(&script, &line, NULL, 0);
    assert_int_equal(kwh_identify_init(&identify, &line, 7, none, 2), KWH_ERROR_UNSUPPORTED);
    ends_with(KWH_ERROR_UNSUPPORTED);
    assert_int_equal(kwh_identify_init(&identify, &line, 7, NULL, 0), KWH_ERROR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(knows_a_code, start),
        cmocka_unit_test_setup(asks_once_for_many_maps, start),
        cmocka_unit_test_setup(refines_by_a_further_value, start),
        cmocka_unit_test_setup(refines_by_other_forms, start),
        cmocka_unit_test_setup(asks_for_as_many_registers_as_the_map_says, start),
        cmocka_unit_test_setup(knows_a_code_of_two_registers, start),
        cmocka_unit_test_setup(asks_on_after_silence, start),
        cmocka_unit_test_setup(tells_another_family, start),
        cmocka_unit_test_setup(tells_an_unknown_code, start),
        cmocka_unit_test_setup(tells_an_unknown_variant, start),
        cmocka_unit_test_setup(skips_a_model_whose_value_the_map_lacks, start),
        cmocka_unit_test_setup(tells_a_meter_that_refuses, start),
        cmocka_unit_test_setup(looks_where_old_firmware_has_its_code, start),
        cmocka_unit_test_setup(looks_everywhere, start),
        cmocka_unit_test_setup(does_not_look_when_nobody_answers_or_a_code_was_had, start),
        cmocka_unit_test_setup(forgets_a_lookalike_that_fits_elsewhere, start),
        cmocka_unit_test_setup(refines_by_a_text, start),
        cmocka_unit_test_setup(tells_a_busy_meter, start),
        cmocka_unit_test_setup(tells_a_meter_that_is_out_of_order, start),
        cmocka_unit_test_setup(tells_a_meter_that_was_busy_half_way, start),
        cmocka_unit_test_setup(waits_for_a_busy_meter, start),
        cmocka_unit_test_setup(asks_as_often_as_its_line_says, start),
        cmocka_unit_test_setup(tells_that_nobody_answers, start),
        cmocka_unit_test_setup(tells_what_the_line_said_first, start),
        cmocka_unit_test_setup(does_not_guess, start),
        cmocka_unit_test_setup(stops_when_the_port_fails, start),
        cmocka_unit_test_setup(asks_again, start),
        cmocka_unit_test_setup(needs_a_candidate_that_can_be_told, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
