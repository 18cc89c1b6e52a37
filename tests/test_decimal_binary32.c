/* SPDX-License-Identifier: MIT */
/*
 * Known values, and samples of every exponent against strtof() and printf() of the C library. All
 * 2^32 patterns are the matter of exhaustive/binary32.cpp.
 */
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/decimal.h>

#define COUNT_OF(a) (sizeof(a) / sizeof(a)[0])

static float from_bits(uint32_t bits)
{
    float number;

    memcpy(&number, &bits, sizeof number);
    return number;
}

static uint32_t to_bits(float number)
{
    uint32_t bits;

    memcpy(&bits, &number, sizeof bits);
    return bits;
}

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* What meters send, and the edges of the format; both directions. */
static const struct {
    uint32_t bits;
    struct kwh_decimal value;
} known[] = {
    {0x43661EB8, {23012, -2}},    {0x42480000, {5, 1}},          {0x4247EB85, {4998, -2}},
    {0x467AC08F, {1604814, -2}},  {0x455FC3AE, {358023, -2}},    {0x47F12065, {12345679, -2}},
    {0x47C34FF3, {999999, -1}},   {0x49742400, {1, 6}},          {0x3A83126F, {1, -3}},
    {0x38D1B717, {1, -4}},        {0xC1400000, {-12, 0}},        {0x3D800000, {625, -4}},
    {0x3E400000, {1875, -4}},     {0x48000001, {13107202, -2}}, /* .015625; .01 and .02 read back as
                                                                   well, .02 is nearer */
    {0x00000001, {1, -45}},       {0x00000002, {3, -45}},        {0x00000007, {1, -44}},
    {0x80000001, {-1, -45}},      {0x007FFFFF, {11754942, -45}}, {0x00800000, {11754944, -45}},
    {0x4B7FFFFF, {16777215, 0}},  {0x4B800000, {16777216, 0}},   {0x4B800001, {16777218, 0}},
    {0x7F7FFFFF, {34028235, 31}}, {0xFF7FFFFF, {-34028235, 31}}, {0x00000000, {0, 0}},
    {0x3F800000, {1, 0}},         {0x3EAAAAAB, {33333334, -8}},  {0x4E6E6B28, {1, 9}},
    {0x5F000000, {9223372, 12}},  {0x0F800000, {12621775, -36}}, {0x6B000000, {15474251, 19}},
    {0x6C800000, {12379401, 20}},
};

static void test_known_values(void **context)
{
    (void)context;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct kwh_decimal value = {1, 1};
        uint32_t bits = 1;
        assert_int_equal(kwh_decimal_from_binary32(known[i].bits, &value), KWH_OK);
        if (value.mantissa != known[i].value.mantissa || value.exponent != known[i].value.exponent)
            fail_msg("%08" PRIX32 " gave %" PRId64 "e%d", known[i].bits, value.mantissa,
                     value.exponent);
        assert_int_equal(kwh_decimal_to_binary32(known[i].value, &bits), KWH_OK);
        assert_int_equal(bits, known[i].bits);
    }
}

static void test_classes(void **context)
{
    static const struct {
        uint32_t bits;
        enum kwh_binary32_class expected;
    } rows[] = {
        {0x00000000, KWH_BINARY32_FINITE},   {0x80000000, KWH_BINARY32_FINITE},
        {0x7F7FFFFF, KWH_BINARY32_FINITE},   {0xFF7FFFFF, KWH_BINARY32_FINITE},
        {0x7F800000, KWH_BINARY32_INFINITE}, {0xFF800000, KWH_BINARY32_INFINITE},
        {0x7F800001, KWH_BINARY32_NAN},      {0x7FC00000, KWH_BINARY32_NAN},
        {0xFFFFFFFF, KWH_BINARY32_NAN},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal value = {1, 1};
        bool finite = rows[i].expected == KWH_BINARY32_FINITE;
        assert_int_equal(kwh_binary32_classify(rows[i].bits), rows[i].expected);
        assert_int_equal(kwh_decimal_from_binary32(rows[i].bits, &value),
                         finite ? KWH_OK : KWH_ERROR_NO_VALUE);
        if (!finite)
            assert_true(value.mantissa == 0 && value.exponent == 0);
    }
}

static void test_negative_zero_is_zero(void **context)
{
    struct kwh_decimal value = {1, 1};

    (void)context;
    assert_int_equal(kwh_decimal_from_binary32(0x80000000, &value), KWH_OK);
    assert_true(value.mantissa == 0 && value.exponent == 0);
}

/* The C library's shortest digits that read back: the first precision that does. */
static struct kwh_decimal shortest_by_printf(float number)
{
    long long mantissa;
    int exponent;
    char text[32];

    for (int precision = 0;; precision++) {
        char digits[16] = "";
        snprintf(text, sizeof text, "%.*e", precision, (double)number);
        if (precision < 8 && strtof(text, NULL) != number)
            continue;
        digits[0] = text[0];
        memcpy(digits + 1, text + 2, (size_t)precision);
        mantissa = strtoll(digits, NULL, 10);
        exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10) - precision;
        return kwh_decimal(mantissa, (int8_t)exponent);
    }
}

static void check_shortest(uint32_t bits)
{
    struct kwh_decimal value, expected = shortest_by_printf(from_bits(bits));
    uint32_t back;

    assert_int_equal(kwh_decimal_from_binary32(bits, &value), KWH_OK);
    if (value.mantissa != expected.mantissa || value.exponent != expected.exponent)
        fail_msg("%08" PRIX32 " gave %" PRId64 "e%d, not %" PRId64 "e%d", bits, value.mantissa,
                 value.exponent, expected.mantissa, expected.exponent);
    assert_int_equal(kwh_decimal_to_binary32(value, &back), KWH_OK);
    assert_int_equal(back, bits);
}

/*
 * Below a power of two the neighbors are nearer than above. With these three the nearest decimal of
 * that length is too far below to read back, and one farther off above does.
 */
static bool nearest_does_not_read_back(uint32_t bits)
{
    return bits == 0x0F800000 || bits == 0x6B000000 || bits == 0x6C800000;
}

static void test_sample_of_every_exponent(void **context)
{
    static const uint32_t edges[] = {1, 2, 3, 0x3FFFFF, 0x400000, 0x400001, 0x7FFFFE, 0x7FFFFF, 0};
    uint32_t random = 0x9E3779B9;

    (void)context;
    for (uint32_t exponent = 0; exponent < 255; exponent++) {
        for (size_t i = 0; i < COUNT_OF(edges); i++) {
            uint32_t bits = exponent << 23 | edges[i];
            if (bits != 0 && !nearest_does_not_read_back(bits))
                check_shortest(bits);
        }
        for (int i = 0; i < 50; i++)
            check_shortest(exponent << 23 | (next_random(&random) & 0x7FFFFF));
    }
}

static void check_against_strtof(int64_t mantissa, int exponent)
{
    char text[48];
    uint32_t bits = 1;
    float expected;
    enum kwh_error error;

    snprintf(text, sizeof text, "%" PRId64 "e%d", mantissa, exponent);
    expected = strtof(text, NULL);
    error = kwh_decimal_to_binary32(kwh_decimal(mantissa, (int8_t)exponent), &bits);
    if (error != (isinf(expected) ? KWH_ERROR_OVERFLOW : KWH_OK) ||
        bits != (isinf(expected) ? 0 : to_bits(expected)))
        fail_msg("%s gave error %d, %08" PRIX32, text, error, bits);
}

static void test_every_exponent_against_strtof(void **context)
{
    static const int64_t mantissas[] = {0, 1, -1, 9, 10, 16777217, 16777219, INT64_MAX, INT64_MIN};
    uint32_t random = 2463534242U;

    (void)context;
    for (int exponent = -128; exponent <= 127; exponent++) {
        for (size_t i = 0; i < COUNT_OF(mantissas); i++)
            check_against_strtof(mantissas[i], exponent);
        for (unsigned i = 0; i < 128; i++) {
            uint64_t bits = (uint64_t)next_random(&random) << 32;
            bits = (bits | next_random(&random)) >> (1 + i % 60);
            check_against_strtof((i & 1) != 0 ? -(int64_t)bits : (int64_t)bits, exponent);
        }
    }
}

/* Just between two neighbors: 25 bits, the last one set, times a power of two. */
static void check_tie(uint32_t odd, int power, int64_t mantissa, int exponent)
{
    /* A power of two on top is an exponent field more. */
    uint32_t below = to_bits((float)(odd >> 1)) + ((uint32_t)(power + 1) << 23);
    uint32_t expected[3] = {below, below + (below & 1), below + 1};

    for (int i = -1; i <= 1; i++) {
        uint32_t bits = 0;
        assert_int_equal(
            kwh_decimal_to_binary32(kwh_decimal(mantissa + i, (int8_t)exponent), &bits), KWH_OK);
        assert_int_equal(bits, expected[i + 1]);
    }
}

static void test_ties_go_to_even(void **context)
{
    static const uint32_t odds[] = {0x1000001, 0x1000003, 0x1555555, 0x1FFFFFD, 0x1FFFFFF};

    (void)context;
    for (size_t i = 0; i < COUNT_OF(odds); i++) {
        int64_t mantissa = odds[i];
        for (int power = 0; power <= 38; power++)
            check_tie(odds[i], power, mantissa << power, 0);
        for (int power = 1; power <= 16; power++) {
            mantissa *= 5; /* odd / 2^power is odd * 5^power / 10^power */
            check_tie(odds[i], -power, mantissa, -power);
        }
    }
}

/* 2^128 - 2^103 is where rounding begins to give 2^128. */
static void test_limits(void **context)
{
    static const struct {
        struct kwh_decimal value;
        enum kwh_error error;
        uint32_t bits;
    } rows[] = {
        {{INT64_C(3402823567797336616), 20}, KWH_OK, 0x7F7FFFFF},
        {{INT64_C(3402823567797336617), 20}, KWH_ERROR_OVERFLOW, 0},
        {{INT64_C(-3402823567797336616), 20}, KWH_OK, 0xFF7FFFFF},
        {{INT64_C(-3402823567797336617), 20}, KWH_ERROR_OVERFLOW, 0},
        {{1, 39}, KWH_ERROR_OVERFLOW, 0},
        {{INT64_MIN, 127}, KWH_ERROR_OVERFLOW, 0},
        {{1, 127}, KWH_ERROR_OVERFLOW, 0},
        /* 2^-150 = 7.00649232162408535...e-46 */
        {{INT64_C(700649232162408535), -63}, KWH_OK, 0x00000000},
        {{INT64_C(700649232162408536), -63}, KWH_OK, 0x00000001},
        {{INT64_C(-700649232162408535), -63}, KWH_OK, 0x80000000},
        {{INT64_C(-700649232162408536), -63}, KWH_OK, 0x80000001},
        {{INT64_MAX, -64}, KWH_OK, 0x00000001},
        {{INT64_MAX, -65}, KWH_OK, 0x00000000},
        {{INT64_MAX, -128}, KWH_OK, 0x00000000},
        {{0, -128}, KWH_OK, 0x00000000},
        {{0, 127}, KWH_OK, 0x00000000},
        /* (2^24 - 1) * 2^-150 = 1.175494280757...e-38, between the last subnormal and 2^-126 */
        {{1175494280, -47}, KWH_OK, 0x007FFFFF},
        {{1175494281, -47}, KWH_OK, 0x00800000},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t bits = 1;
        assert_int_equal(kwh_decimal_to_binary32(rows[i].value, &bits), rows[i].error);
        assert_int_equal(bits, rows[i].bits);
    }
}

/* Readings near the ends of displays are no binary32: so they are stored. */
static void test_readings_that_are_stored_as_others(void **context)
{
    static const struct {
        struct kwh_decimal value;
        uint32_t bits;
    } rows[] = {
        {{99999999, -2}, 0x49742400},
        {{999999999, -3}, 0x49742400},
        {{1, 6}, 0x49742400},
        {{123456789, -3}, 0x47F12065},
        {{12345679, -2}, 0x47F12065},
        {{999999, -1}, 0x47C34FF3},
        {{13107201, -2}, 0x48000001},
        {{13107202, -2}, 0x48000001},
        {{INT64_C(99999898437500), -9}, 0x47C34FF3},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t bits = 0;
        assert_int_equal(kwh_decimal_to_binary32(rows[i].value, &bits), KWH_OK);
        assert_int_equal(bits, rows[i].bits);
    }
}

/* 230.12, 50 and 16048.14 in the three wrong orders of bytes, as the reader sees them. */
static void test_wrong_orders(void **context)
{
    static const struct {
        uint32_t bits;
        struct kwh_decimal value;
    } rows[] = {
        {0x1EB84366, {1950963, -26}}, {0x6643B81E, {2310645, 17}}, {0xB81E6643, {-3776537, -11}},
        {0x00004248, {2378, -44}},    {0x48420000, {1986560, -1}}, {0x00004842, {2592, -44}},
        {0xC08F467A, {-44774, -4}},   {0x7A468FC0, {2577, 32}},    {0x8FC07A46, {-1898, -32}},
    };

    (void)context;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct kwh_decimal value;
        assert_int_equal(kwh_decimal_from_binary32(rows[i].bits, &value), KWH_OK);
        assert_int_equal(
            kwh_decimal_rescale(value, rows[i].value.exponent, KWH_ROUND_HALF_EVEN, &value),
            KWH_OK);
        assert_true(value.mantissa == rows[i].value.mantissa);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readings_that_are_stored_as_others),
        cmocka_unit_test(test_wrong_orders),
        cmocka_unit_test(test_known_values),
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_negative_zero_is_zero),
        cmocka_unit_test(test_sample_of_every_exponent),
        cmocka_unit_test(test_every_exponent_against_strtof),
        cmocka_unit_test(test_ties_go_to_even),
        cmocka_unit_test(test_limits),
    };

    return cmocka_run_group_tests_name("decimal_binary32", tests, NULL, NULL);
}
