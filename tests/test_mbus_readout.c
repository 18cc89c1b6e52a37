/* SPDX-License-Identifier: MIT */
/* The telegrams of a meter, frame by frame (EN 13757-2, 5.5; EN 13757-3 and the habits of meters).
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <kwh/mbus_readout.h>

#include "script.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

#define NKE          "10 40 05 45 16"
#define REQUEST_1    "10 7B 05 80 16"
#define REQUEST_0    "10 5B 05 60 16"
#define SELECT       "68 0B 0B 68 73 FD 52 78 56 34 12 FF FF FF FF D2 16"
#define SELECT_0     "68 0B 0B 68 53 FD 52 78 56 34 12 FF FF FF FF B2 16"
#define MORE_1       "68 16 16 68 08 05 72 78 56 34 12 CD 25 01 02 07 00 00 00 04 03 01 00 00 00 1F B6 16"
#define MORE_2       "68 16 16 68 08 05 72 78 56 34 12 CD 25 01 02 08 00 00 00 04 03 02 00 00 00 1F B8 16"
#define LAST_3       "68 15 15 68 08 05 72 78 56 34 12 CD 25 01 02 09 00 00 00 04 03 03 00 00 00 9B 16"
#define OLDER        "68 15 15 68 08 05 72 78 56 34 12 CD 25 01 02 06 00 00 00 04 03 01 00 00 00 96 16"
#define STRANGER     "68 15 15 68 08 05 72 79 56 34 12 CD 25 01 02 08 00 00 00 04 03 02 00 00 00 9A 16"
#define VOLTAGE      "68 15 15 68 08 05 72 78 56 34 12 CD 25 01 02 0A 00 00 00 4B FD 47 12 34 00 67 16"
#define BUSY         "68 04 04 68 08 05 70 08 85 16"
#define TOO_MANY     "68 04 04 68 08 05 70 03 80 16"
#define ASK_B4       "68 03 03 68 73 05 B4 2C 16"
#define ASK_B1       "68 03 03 68 53 05 B1 09 16"

static struct kwh_line line;
static struct script script;
static struct kwh_mbus_readout readout;
static uint8_t buffer[KWH_MBUS_BUFFER];

static void play(const struct scene *scenes, size_t count)
{
    static const struct kwh_line_settings settings = {2400, 8, 'E', 1};
    assert_int_equal(kwh_line_init(&line, &kwh_mbus_serial, buffer, sizeof buffer), KWH_OK);
    kwh_mbus_set_speed(&line, &settings, 0);
    script_begin(&script, &line, scenes, count);
    script.whole = true;
}

/* The access numbers of the telegrams, which tell them apart; then the end. */
static void expect(const uint8_t *access, size_t count, enum kwh_error error)
{
    bool result;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(kwh_dialogue_run(&readout.dialogue, &line, &result), KWH_OK);
        assert_true(result);
        assert_int_equal(readout.sequence.telegram.access, access[i]);
        assert_int_equal(readout.sequence.count, i + 1);
        assert_int_equal(readout.sequence.data[0], 0x78);
    }
    assert_int_equal(kwh_dialogue_run(&readout.dialogue, &line, &result), error);
    assert_false(result);
    script_end(&script);
}

static void telegrams_follow_the_frame_count_bit(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"},
        {REQUEST_1, MORE_1},
        {REQUEST_0, MORE_2},
        {REQUEST_1, LAST_3},
        /* again, in step: no initialization, and the bit goes on */
        {REQUEST_0, LAST_3},
    };
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    script.count = 4;
    expect((const uint8_t[]){7, 8, 9}, 3, KWH_OK);
    script.count = 5;
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect((const uint8_t[]){9}, 1, KWH_OK);
}

static void a_lost_answer_is_asked_for_with_the_same_bit(void **state)
{
    static const struct scene scenes[] = {
        {NKE, ""},       {NKE, "E5"},       {REQUEST_1, MORE_1},
        {REQUEST_0, ""}, {REQUEST_0, "68"}, {REQUEST_0, LAST_3},
    };
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect((const uint8_t[]){7, 9}, 2, KWH_OK);
}

/* E5 to SND_NKE is not demanded of a meter that gives its data all the same; but what comes first
 * may be an answer that it repeats. */
static void what_is_not_initialized_is_read_all_the_same(void **state)
{
    static const struct scene scenes[] = {
        {NKE, ""}, {NKE, ""}, {NKE, ""}, {REQUEST_1, OLDER}, {REQUEST_0, LAST_3},
    };
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect((const uint8_t[]){9}, 1, KWH_OK);
}

static void a_silent_meter_is_given_up_and_begun_anew(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"}, {REQUEST_1, ""}, {REQUEST_1, ""},   {REQUEST_1, ""},
        {NKE, "E5"}, {REQUEST_1, ""}, {REQUEST_1, "E5"}, /* received, but no data */
    };
    (void)state;
    play(scenes, 4);
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect(NULL, 0, KWH_ERROR_TIMEOUT);
    script.count = COUNT(scenes);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect(NULL, 0, KWH_ERROR_NO_DATA);
}

static void e5_ends_telegrams_that_announced_more(void **state)
{
    static const struct scene scenes[] = {{NKE, "E5"}, {REQUEST_1, MORE_1}, {REQUEST_0, "E5"}};
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect((const uint8_t[]){7}, 1, KWH_OK);
}

static void telegrams_of_two_meters_do_not_mix(void **state)
{
    static const struct scene scenes[] = {{NKE, "E5"}, {REQUEST_1, MORE_1}, {REQUEST_0, STRANGER}};
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect((const uint8_t[]){7}, 1, KWH_ERROR_BAD_ANSWER);
}

static void a_meter_that_never_ends_is_given_up(void **state)
{
    static struct scene scenes[1 + KWH_MBUS_TELEGRAMS_MAX];
    bool result = true;
    unsigned count = 0;
    (void)state;
    scenes[0] = (struct scene){NKE, "E5"};
    for (unsigned i = 0; i < KWH_MBUS_TELEGRAMS_MAX; i++)
        scenes[1 + i] = (struct scene){i % 2 == 0 ? REQUEST_1 : REQUEST_0, MORE_1};
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    while (kwh_dialogue_run(&readout.dialogue, &line, &result) == KWH_OK && result)
        count++;
    assert_int_equal(count, 32);
    assert_int_equal(readout.dialogue.error, KWH_ERROR_ENDLESS);
    script_end(&script);
}

/* The answer to a busy meter's report turns the bit as any other. */
static void a_busy_meter_is_asked_again(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"}, {REQUEST_1, BUSY}, {REQUEST_0, LAST_3}, {REQUEST_1, TOO_MANY}};
    (void)state;
    play(scenes, 3);
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect((const uint8_t[]){9}, 1, KWH_OK);
    assert_true(script.gap_us > 400000);
    script.count = COUNT(scenes);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect(NULL, 0, KWH_ERROR_MBUS_TOO_MANY_RECORDS);
}

static void a_meter_busy_for_ever_is_given_up(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"},       {REQUEST_1, BUSY}, {REQUEST_0, BUSY},
        {REQUEST_1, BUSY}, {REQUEST_0, BUSY}, {REQUEST_1, BUSY},
    };
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect(NULL, 0, KWH_ERROR_MBUS_BUSY);
}

/* PRO380-Mb: E5, and the telegram at the next request; B1 leads back. */
static void private_telegrams_come_at_the_next_request(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"}, {REQUEST_1, LAST_3}, {ASK_B4, "E5"}, {REQUEST_0, VOLTAGE}, {ASK_B1, "E5"},
    };
    static const uint8_t telegrams[] = {0, 0xB4};
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, telegrams, COUNT(telegrams), 0xB1);
    expect((const uint8_t[]){9, 10}, 2, KWH_OK);
    assert_int_equal(readout.sequence.asked, 0xB4);
}

/* Eastron: the telegram itself is the answer; and where nothing leads back, nothing is sent. */
static void private_telegrams_come_at_once(void **state)
{
    static const struct scene scenes[] = {{NKE, "E5"}, {ASK_B4, VOLTAGE}};
    static const uint8_t telegrams[] = {0xB4};
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, telegrams, COUNT(telegrams), 0);
    expect((const uint8_t[]){10}, 1, KWH_OK);
    assert_int_equal(readout.sequence.asked, 0xB4);
}

/* A meter that falls silent in its private telegram is led back. */
static void a_failure_leads_back_too(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"},     {ASK_B4, "E5"},  {REQUEST_1, ""},
        {REQUEST_1, ""}, {REQUEST_1, ""}, {ASK_B1, "E5"},
    };
    static const uint8_t telegrams[] = {0xB4};
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, telegrams, COUNT(telegrams), 0xB1);
    expect(NULL, 0, KWH_ERROR_TIMEOUT);
}

/* The answer may come from the primary address. Each readout selects anew, and both bits of 253
 * begin again. */
static void a_secondary_address_is_selected_each_time(void **state)
{
    static const struct scene scenes[] = {
        {SELECT, "E5"}, {"10 7B FD 78 16", LAST_3},
        {SELECT, "E5"}, {"10 7B FD 78 16", LAST_3},
        {SELECT, ""},   {SELECT, ""},
        {SELECT, ""},
    };
    struct kwh_mbus_secondary secondary = {0x12345678, 0xFFFF, 0xFF, 0xFF};
    (void)state;
    play(scenes, 2);
    kwh_mbus_readout_select(&readout, &secondary);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect((const uint8_t[]){9}, 1, KWH_OK);
    script.count = 4;
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect((const uint8_t[]){9}, 1, KWH_OK);
    script.count = 7;
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect(NULL, 0, KWH_ERROR_TIMEOUT);
}

/* A late telegram of the meter that was selected before is not that of this one. */
static void a_telegram_of_another_meter_is_refused(void **state)
{
    static const struct scene scenes[] = {{SELECT, "E5"}, {"10 7B FD 78 16", STRANGER}};
    struct kwh_mbus_secondary secondary = {0x12345678, 0xFFFF, 0xFF, 0xFF};
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_select(&readout, &secondary);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect(NULL, 0, KWH_ERROR_OTHER_ANSWER);
}

/* An alarm in place of data, CI 71. */
static void what_is_no_data_is_refused(void **state)
{
    static const struct scene scenes[] = {{NKE, "E5"},
                                          {REQUEST_1, "68 04 04 68 08 05 71 01 7F 16"}};
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect(NULL, 0, KWH_ERROR_BAD_ANSWER);
}

/* Busy with the command itself: it is given again, since nothing of it was done. */
static void a_busy_meter_is_led_again(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"},
        {ASK_B4, BUSY},
        {"68 03 03 68 53 05 B4 0C 16", "E5"},
        {REQUEST_1, VOLTAGE},
        {"68 03 03 68 73 05 B1 29 16", "E5"},
    };
    static const uint8_t telegrams[] = {0xB4};
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, telegrams, COUNT(telegrams), 0xB1);
    expect((const uint8_t[]){10}, 1, KWH_OK);
    assert_int_equal(readout.sequence.asked, 0xB4);
}

/* A command whose acknowledgment was lost may have been carried out. */
static void a_lost_acknowledgment_leads_back_too(void **state)
{
    static const struct scene scenes[] = {
        {NKE, "E5"}, {ASK_B4, ""}, {ASK_B4, ""}, {ASK_B4, ""}, {"68 03 03 68 73 05 B1 29 16", "E5"},
    };
    static const uint8_t telegrams[] = {0xB4};
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, 5);
    kwh_mbus_readout_begin(&readout, telegrams, COUNT(telegrams), 0xB1);
    expect(NULL, 0, KWH_ERROR_TIMEOUT);
}

static void two_meters_at_once_are_a_collision(void **state)
{
    static const struct scene scenes[] = {
        {"10 40 FE 3E 16", "E5"},
        {"10 7B FE 79 16", "68 14 14 68 08 04 12 16"},
        {"10 7B FE 79 16", "68 14 14 68 08 04 12 16"},
        {"10 7B FE 79 16", "68 14 14 68 08 04 12 16"},
    };
    (void)state;
    play(scenes, COUNT(scenes));
    kwh_mbus_readout_init(&readout, KWH_MBUS_ANY);
    kwh_mbus_readout_begin(&readout, NULL, 0, 0);
    expect(NULL, 0, KWH_ERROR_CUT_FRAME);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(telegrams_follow_the_frame_count_bit),
        cmocka_unit_test(a_lost_answer_is_asked_for_with_the_same_bit),
        cmocka_unit_test(what_is_not_initialized_is_read_all_the_same),
        cmocka_unit_test(a_silent_meter_is_given_up_and_begun_anew),
        cmocka_unit_test(e5_ends_telegrams_that_announced_more),
        cmocka_unit_test(telegrams_of_two_meters_do_not_mix),
        cmocka_unit_test(a_meter_that_never_ends_is_given_up),
        cmocka_unit_test(a_busy_meter_is_asked_again),
        cmocka_unit_test(a_meter_busy_for_ever_is_given_up),
        cmocka_unit_test(private_telegrams_come_at_the_next_request),
        cmocka_unit_test(private_telegrams_come_at_once),
        cmocka_unit_test(a_failure_leads_back_too),
        cmocka_unit_test(a_secondary_address_is_selected_each_time),
        cmocka_unit_test(a_telegram_of_another_meter_is_refused),
        cmocka_unit_test(what_is_no_data_is_refused),
        cmocka_unit_test(a_busy_meter_is_led_again),
        cmocka_unit_test(a_lost_acknowledgment_leads_back_too),
        cmocka_unit_test(two_meters_at_once_are_a_collision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
