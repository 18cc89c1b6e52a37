/* SPDX-License-Identifier: MIT */
/* Both variants of the CRC, and the one that the library has, against frames that meters sent. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/crc16.h>

uint16_t crc16_slice8(uint16_t crc, const uint8_t *bytes, size_t length);
uint16_t crc16_nibbles(uint16_t crc, const uint8_t *bytes, size_t length);

#undef KWH_CRC16_SLICE8
#define KWH_CRC16_SLICE8 1
#define kwh_crc16        crc16_slice8
#include "base/crc16.c"
#undef kwh_crc16

#undef KWH_CRC16_SLICE8
#define KWH_CRC16_SLICE8 0
#define kwh_crc16        crc16_nibbles
#include "base/crc16.c"
#undef kwh_crc16

typedef uint16_t crc16_function(uint16_t crc, const uint8_t *bytes, size_t length);

static crc16_function *const variants[] = {crc16_slice8, crc16_nibbles, kwh_crc16};
enum {
    VARIANTS = sizeof variants / sizeof variants[0]
};

/* The definition: MODBUS over Serial Line V1.02, 6.2.2, one bit a step. */
static uint16_t crc16_by_bits(uint16_t crc, const uint8_t *bytes, size_t length)
{
    unsigned state = crc;

    for (size_t i = 0; i < length; i++) {
        state ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            state = (state & 1) != 0 ? state >> 1 ^ 0xA001 : state >> 1;
    }
    return (uint16_t)state;
}

static void test_check_value(void **context)
{
    (void)context;
    for (int v = 0; v < VARIANTS; v++)
        assert_int_equal(variants[v](KWH_CRC16_START, (const uint8_t *)"123456789", 9), 0x4B37);
    assert_int_equal(crc16_by_bits(KWH_CRC16_START, (const uint8_t *)"123456789", 9), 0x4B37);
}

/* Requests and answers as manuals and captures show them, CRC included, low byte first. */
static const struct frame {
    uint8_t length;
    uint8_t bytes[17];
} frames[] = {
    {8, {0x01, 0x03, 0x50, 0x02, 0x00, 0x06, 0x75, 0x08}},
    {8, {0x01, 0x03, 0x40, 0x02, 0x00, 0x01, 0x30, 0x0A}},
    {8, {0x00, 0x06, 0x9E, 0x21, 0x00, 0x01, 0x36, 0x39}},
    {8, {0x01, 0x03, 0xC3, 0x50, 0x00, 0x04, 0x78, 0x5C}},
    {8, {0x01, 0x04, 0x00, 0x00, 0x00, 0x02, 0x71, 0xCB}},
    {7, {0x01, 0x03, 0x02, 0x00, 0x84, 0xB8, 0x27}},
    {9, {0x01, 0x04, 0x04, 0x43, 0x66, 0x33, 0x34, 0x1B, 0x38}},
    {13, {0x01, 0x10, 0x00, 0x28, 0x00, 0x02, 0x04, 0x45, 0x05, 0xD0, 0x00, 0xA8, 0xDC}},
    {17,
     {0x01, 0x03, 0x0C, 0x43, 0x6A, 0x4C, 0xCD, 0x43, 0x69, 0x66, 0x66, 0x43, 0x6A, 0x66, 0x66,
      0xA1, 0x13}},
};

static void test_published_frames(void **context)
{
    (void)context;
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
        const struct frame *f = &frames[i];
        size_t payload = (size_t)f->length - 2;
        unsigned on_wire = f->bytes[payload] | (unsigned)f->bytes[payload + 1] << 8;
        for (int v = 0; v < VARIANTS; v++) {
            assert_int_equal(variants[v](KWH_CRC16_START, f->bytes, payload), on_wire);
            assert_int_equal(variants[v](KWH_CRC16_START, f->bytes, f->length), 0);
        }
    }
}

/* Where that would take minutes, of the states one in 257: each low and each high byte. */
#if UINT_MAX > 0xFFFF
#define STATE_STEP 1
#else
#define STATE_STEP 257
#endif

static void test_every_state_and_byte(void **context)
{
    unsigned long wrong = 0;

    (void)context;
    for (uint32_t state = 0; state <= 0xFFFF; state += STATE_STEP) {
        for (unsigned b = 0; b <= 0xFF; b++) {
            uint8_t byte = (uint8_t)b;
            uint16_t expected = crc16_by_bits((uint16_t)state, &byte, 1);
            wrong += crc16_slice8((uint16_t)state, &byte, 1) != expected;
            wrong += crc16_nibbles((uint16_t)state, &byte, 1) != expected;
        }
    }
    assert_int_equal(wrong, 0);
}

/* A CRC is linear: each table entry alone decides whether a table is right. */
static void test_every_byte_in_every_position(void **context)
{
    (void)context;
    for (size_t position = 0; position < 8; position++) {
        for (unsigned b = 0; b <= 0xFF; b++) {
            uint8_t bytes[8] = {0};
            bytes[position] = (uint8_t)b;
            for (int v = 0; v < VARIANTS; v++)
                assert_int_equal(variants[v](0, bytes, 8), crc16_by_bits(0, bytes, 8));
        }
    }
}

static void test_lengths_and_alignments(void **context)
{
    uint8_t bytes[64 + 8];
    uint32_t random = 1;

    (void)context;
    for (size_t i = 0; i < sizeof bytes; i++) {
        random = random * UINT32_C(1664525) + UINT32_C(1013904223);
        bytes[i] = (uint8_t)(random >> 24);
    }
    for (size_t start = 0; start < 8; start++) {
        for (size_t length = 0; length <= 64; length++) {
            uint16_t expected = crc16_by_bits(KWH_CRC16_START, bytes + start, length);
            for (int v = 0; v < VARIANTS; v++)
                assert_int_equal(variants[v](KWH_CRC16_START, bytes + start, length), expected);
        }
    }
}

static void test_continues_where_it_stopped(void **context)
{
    const struct frame *f = &frames[8];

    (void)context;
    for (size_t cut = 0; cut <= f->length; cut++) {
        for (int v = 0; v < VARIANTS; v++) {
            uint16_t crc = variants[v](KWH_CRC16_START, f->bytes, cut);
            assert_int_equal(variants[v](crc, f->bytes + cut, f->length - cut), 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_check_value),
        cmocka_unit_test(test_published_frames),
        cmocka_unit_test(test_every_state_and_byte),
        cmocka_unit_test(test_every_byte_in_every_position),
        cmocka_unit_test(test_lengths_and_alignments),
        cmocka_unit_test(test_continues_where_it_stopped),
    };

    return cmocka_run_group_tests_name("crc16", tests, NULL, NULL);
}
