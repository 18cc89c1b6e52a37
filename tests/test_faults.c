/* SPDX-License-Identifier: MIT */
/* The faults of a simulated line as text, and as probabilities of what happens to bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <host/faulty_line.h>

static void lists_are_parsed(void **state)
{
    struct kwh_faults faults;
    size_t at;
    (void)state;
    assert_int_equal(
        kwh_faults_parse("drop=0.01,flip=1e-4,noise,delay=300,echo,limit=60,hole=0x5002,"
                         "hole=0x6000-24587",
                         &faults, &at),
        KWH_OK);
    assert_int_equal(faults.drop, 10000000);
    assert_int_equal(faults.flip, 100000);
    assert_int_equal(faults.noise, 100000000);
    assert_int_equal(faults.delay_ms, 300);
    assert_true(faults.echo);
    assert_int_equal(faults.limit, 60);
    assert_int_equal(faults.hole_count, 2);
    assert_int_equal(faults.holes[0].first, 0x5002);
    assert_int_equal(faults.holes[0].last, 0x5002);
    assert_int_equal(faults.holes[1].first, 0x6000);
    assert_int_equal(faults.holes[1].last, 0x600B);
    assert_int_equal(kwh_faults_parse("noise=1,drop=0", &faults, NULL), KWH_OK);
    assert_int_equal(faults.noise, KWH_FAULTS_ALL);
    assert_int_equal(faults.drop, 0);
    assert_int_equal(kwh_faults_parse("flip=0.000000001", &faults, NULL), KWH_OK);
    assert_int_equal(faults.flip, 1);
}

static void others_are_refused(void **state)
{
    static const struct {
        const char *text;
        enum kwh_error error;
        size_t at;
    } cases[] = {
        {"", KWH_ERROR_UNKNOWN_NAME, 0},
        {"drop", KWH_ERROR_SYNTAX, 0},
        {"drop=", KWH_ERROR_SYNTAX, 0},
        {"drop=1.5", KWH_ERROR_OVERFLOW, 0},
        {"drop=-0.1", KWH_ERROR_OVERFLOW, 0},
        {"drop=x", KWH_ERROR_SYNTAX, 0},
        {"echo=1", KWH_ERROR_SYNTAX, 0},
        {"echo,", KWH_ERROR_UNKNOWN_NAME, 5},
        {"echo,loss=1", KWH_ERROR_UNKNOWN_NAME, 5},
        {"delay=60001", KWH_ERROR_OVERFLOW, 0},
        {"delay=1s", KWH_ERROR_SYNTAX, 0},
        {"delay=-1", KWH_ERROR_SYNTAX, 0},
        {"limit=0", KWH_ERROR_OVERFLOW, 0},
        {"limit=126", KWH_ERROR_OVERFLOW, 0},
        {"hole=0x10000", KWH_ERROR_OVERFLOW, 0},
        {"hole=5-4", KWH_ERROR_OVERFLOW, 0},
        {"hole=5-", KWH_ERROR_SYNTAX, 0},
        {"hole=1,hole=2,hole=3,hole=4,hole=5,hole=6,hole=7,hole=8,hole=9", KWH_ERROR_CAPACITY, 56},
        {"drop=0.00000000000000000000000000001", KWH_ERROR_SYNTAX, 0}, /* no such long word */
    };
    static const struct kwh_faults none;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        struct kwh_faults faults;
        size_t at = 99;
        enum kwh_error error = kwh_faults_parse(cases[i].text, &faults, &at);
        if (error != cases[i].error || at != cases[i].at)
            fail_msg("%s: %s at %u", cases[i].text, kwh_error_name(error), (unsigned)at);
        assert_memory_equal(&faults, &none, sizeof none);
    }
}

/* Of a million bytes, within five standard deviations. */
static void bytes_get_lost_and_bits_turn_as_often_as_asked(void **state)
{
    static const struct kwh_faults dropping = {.drop = KWH_FAULTS_ALL / 100};
    static const struct kwh_faults flipping = {.flip = KWH_FAULTS_ALL / 1000};
    struct kwhi_faulty_line line;
    unsigned passed = 0, turned = 0;
    (void)state;
    kwhi_faulty_line_init(&line, &dropping, 1);
    for (unsigned i = 0; i < 10000; i++) {
        uint8_t bytes[100] = {0};
        passed += (unsigned)kwhi_faulty_line_pass(&line, bytes, sizeof bytes);
    }
    assert_in_range(passed, 990000 - 498, 990000 + 498);
    kwhi_faulty_line_init(&line, &flipping, 2);
    for (unsigned i = 0; i < 10000; i++) {
        uint8_t bytes[100] = {0};
        assert_int_equal(kwhi_faulty_line_pass(&line, bytes, sizeof bytes), 100);
        for (unsigned bit = 0; bit < 800; bit++)
            turned += (unsigned)bytes[bit / 8] >> bit % 8 & 1u;
    }
    assert_in_range(turned, 8000 - 447, 8000 + 447);
}

static void order_is_kept(void **state)
{
    static const struct kwh_faults half = {.drop = KWH_FAULTS_ALL / 2}, none;
    struct kwhi_faulty_line line;
    uint8_t bytes[256];
    size_t count;
    (void)state;
    kwhi_faulty_line_init(&line, &half, 3);
    for (unsigned i = 0; i < 256; i++)
        bytes[i] = (uint8_t)i;
    count = kwhi_faulty_line_pass(&line, bytes, sizeof bytes);
    assert_in_range(count, 80, 176);
    for (size_t i = 1; i < count; i++)
        assert_true(bytes[i - 1] < bytes[i]);
    kwhi_faulty_line_init(&line, &none, 3);
    assert_int_equal(kwhi_faulty_line_pass(&line, bytes, count), count);
    assert_int_equal(kwhi_faulty_line_noise(&line, bytes), 0);
}

static void noise_is_short(void **state)
{
    static const struct kwh_faults always = {.noise = KWH_FAULTS_ALL};
    struct kwhi_faulty_line line;
    unsigned counts[KWHI_NOISE_MAX + 1] = {0};
    (void)state;
    kwhi_faulty_line_init(&line, &always, 4);
    for (unsigned i = 0; i < 3000; i++) {
        uint8_t bytes[KWHI_NOISE_MAX];
        size_t count = kwhi_faulty_line_noise(&line, bytes);
        assert_in_range(count, 1, KWHI_NOISE_MAX);
        counts[count]++;
    }
    for (unsigned i = 1; i <= KWHI_NOISE_MAX; i++)
        assert_in_range(counts[i], 850, 1150);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_are_parsed),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(bytes_get_lost_and_bits_turn_as_often_as_asked),
        cmocka_unit_test(order_is_kept),
        cmocka_unit_test(noise_is_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
