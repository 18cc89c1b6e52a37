/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/registers.h>

/* The same value in every order, each as its bytes stand on the wire. */
static const struct layout {
    size_t words;
    enum kwh_word_order order;
    uint64_t value;
    uint8_t bytes[8];
} layouts[] = {
    {1, KWH_ORDER_ABCD, 0x0102, {1, 2}},
    {1, KWH_ORDER_CDAB, 0x0102, {1, 2}},
    {1, KWH_ORDER_BADC, 0x0102, {2, 1}},
    {1, KWH_ORDER_DCBA, 0x0102, {2, 1}},
    /* 230.12 as binary32 */
    {2, KWH_ORDER_ABCD, 0x43661EB8, {0x43, 0x66, 0x1E, 0xB8}},
    {2, KWH_ORDER_CDAB, 0x43661EB8, {0x1E, 0xB8, 0x43, 0x66}},
    {2, KWH_ORDER_BADC, 0x43661EB8, {0x66, 0x43, 0xB8, 0x1E}},
    {2, KWH_ORDER_DCBA, 0x43661EB8, {0xB8, 0x1E, 0x66, 0x43}},
    {3, KWH_ORDER_ABCD, 0x010203040506, {1, 2, 3, 4, 5, 6}},
    {3, KWH_ORDER_CDAB, 0x010203040506, {5, 6, 3, 4, 1, 2}},
    {3, KWH_ORDER_BADC, 0x010203040506, {2, 1, 4, 3, 6, 5}},
    {3, KWH_ORDER_DCBA, 0x010203040506, {6, 5, 4, 3, 2, 1}},
    {4, KWH_ORDER_ABCD, 0xF102030405060708, {0xF1, 2, 3, 4, 5, 6, 7, 8}},
    {4, KWH_ORDER_CDAB, 0xF102030405060708, {7, 8, 5, 6, 3, 4, 0xF1, 2}},
    {4, KWH_ORDER_BADC, 0xF102030405060708, {2, 0xF1, 4, 3, 6, 5, 8, 7}},
    {4, KWH_ORDER_DCBA, 0xF102030405060708, {8, 7, 6, 5, 4, 3, 2, 0xF1}},
};

static void test_every_word_order(void **context)
{
    (void)context;
    for (size_t i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
        const struct layout *l = &layouts[i];
        size_t length = 2 * l->words;
        uint8_t around[24], *bytes = around + 8;
        memset(around, 0xEE, sizeof around);
        memcpy(bytes, l->bytes, length);
        assert_int_equal(kwh_registers_load(bytes, l->words, l->order), l->value);
        memset(bytes, 0xEE, length);
        kwh_registers_store(bytes, l->words, l->order, l->value);
        assert_memory_equal(bytes, l->bytes, length);
        assert_int_equal(bytes[-1], 0xEE);
        assert_int_equal(bytes[length], 0xEE);
    }
}

static void test_limits_of_words(void **context)
{
    const uint8_t bytes[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    uint8_t stored[10] = {0};

    (void)context;
    assert_int_equal(kwh_registers_load(bytes, 0, KWH_ORDER_ABCD), 0);
    assert_int_equal(kwh_registers_load(bytes, 5, KWH_ORDER_ABCD), 0x0102030405060708);
    assert_int_equal(kwh_registers_load(bytes, SIZE_MAX, KWH_ORDER_DCBA), 0x0807060504030201);
    kwh_registers_store(stored, 5, KWH_ORDER_ABCD, 0x0102030405060708);
    assert_memory_equal(stored, bytes, 8);
    assert_int_equal(stored[8], 0);
    kwh_registers_store(stored, 0, KWH_ORDER_ABCD, UINT64_MAX);
    assert_int_equal(stored[0], 1);
    kwh_registers_store(stored, 1, KWH_ORDER_ABCD, 0xFFFF1234);
    assert_int_equal(stored[0], 0x12);
    assert_int_equal(stored[1], 0x34);
    assert_int_equal(stored[2], 3);
}

static void test_signed(void **context)
{
    static const struct {
        uint64_t raw;
        size_t words;
        int64_t expected;
    } rows[] = {
        {0, 1, 0},
        {0x7FFF, 1, 32767},
        {0x8000, 1, -32768},
        {0xFFFF, 1, -1},
        {0x12348001, 1, -32767}, /* what is above the words does not count */
        {0xFFFF, 2, 65535},
        {0x7FFFFFFF, 2, 2147483647},
        {0x80000000, 2, INT64_C(-2147483648)},
        {0xFFFFFF85, 2, -123},
        {0x7FFFFFFFFFFF, 3, INT64_C(140737488355327)},
        {0x800000000000, 3, INT64_C(-140737488355328)},
        {0x7FFFFFFFFFFFFFFF, 4, INT64_MAX},
        {0x8000000000000000, 4, INT64_MIN},
        {0xFFFFFFFFFFFFFFFF, 4, -1},
        {0xFFFFFFFFFFFFFFFE, 9, -2},
        {0xFFFF, 0, 0},
    };

    (void)context;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_true(kwh_registers_signed(rows[i].raw, rows[i].words) == rows[i].expected);
}

static const struct bcd {
    uint64_t raw;
    size_t words;
    uint64_t number;
} bcds[] = {
    {0, 1, 0},
    {0x9999, 1, 9999},
    {0x0042, 1, 42},
    {0x01604814, 2, 1604814},
    {0x99999999, 2, 99999999},
    {0x123456789012, 3, UINT64_C(123456789012)},
    {0x9999999999999999, 4, UINT64_C(9999999999999999)},
    {0x1000000000000000, 4, UINT64_C(1000000000000000)},
};

static void test_bcd(void **context)
{
    uint64_t got;

    (void)context;
    for (size_t i = 0; i < sizeof bcds / sizeof bcds[0]; i++) {
        assert_int_equal(kwh_registers_bcd_load(bcds[i].raw, bcds[i].words, &got), KWH_OK);
        assert_int_equal(got, bcds[i].number);
        assert_int_equal(kwh_registers_bcd_store(bcds[i].number, bcds[i].words, &got), KWH_OK);
        assert_int_equal(got, bcds[i].raw);
    }
    assert_int_equal(kwh_registers_bcd_load(0xABCD1234, 1, &got), KWH_OK);
    assert_int_equal(got, 1234);
    assert_int_equal(kwh_registers_bcd_load(0x9999999999999999, 7, &got), KWH_OK);
    assert_int_equal(got, UINT64_C(9999999999999999));
    assert_int_equal(kwh_registers_bcd_load(0xFF, 0, &got), KWH_OK);
    assert_int_equal(got, 0);
}

static void test_bcd_refuses_digits_above_9(void **context)
{
    (void)context;
    for (unsigned position = 0; position < 16; position++) {
        for (uint64_t digit = 0; digit <= 0xF; digit++) {
            uint64_t got = 1;
            enum kwh_error expected = digit > 9 ? KWH_ERROR_BAD_ANSWER : KWH_OK;
            assert_int_equal(kwh_registers_bcd_load(digit << 4 * position, 4, &got), expected);
            if (digit > 9)
                assert_int_equal(got, 0);
        }
    }
}

static void test_bcd_overflow(void **context)
{
    static const struct {
        uint64_t number;
        size_t words;
    } rows[] = {
        {10000, 1},
        {100000000, 2},
        {UINT64_C(1000000000000), 3},
        {UINT64_C(10000000000000000), 4},
        {1, 0},
        {UINT64_MAX, 4},
        {UINT64_MAX, 5},
    };

    (void)context;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t raw = 1;
        assert_int_equal(kwh_registers_bcd_store(rows[i].number, rows[i].words, &raw),
                         KWH_ERROR_OVERFLOW);
        assert_int_equal(raw, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_word_order),
        cmocka_unit_test(test_limits_of_words),
        cmocka_unit_test(test_signed),
        cmocka_unit_test(test_bcd),
        cmocka_unit_test(test_bcd_refuses_digits_above_9),
        cmocka_unit_test(test_bcd_overflow),
    };

    return cmocka_run_group_tests_name("registers", tests, NULL, NULL);
}
