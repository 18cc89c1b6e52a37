/* SPDX-License-Identifier: MIT */
/*
 * Frames of M-Bus taken apart and put together, every kind both ways, and each refusal by its name.
 * Recorded ones, with what they say, are in test_mbus_frames.c.
 */
#include "hex.h"

#include <kwh/map.h>
#include <kwh/mbus.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Decodes bytes that lie in memory of exactly their length. */
static enum kwh_error decode(const uint8_t *bytes, size_t size, struct kwh_mbus_frame *frame)
{
    uint8_t *copy = malloc(size != 0 ? size : 1);
    enum kwh_error error;
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    error = kwh_mbus_frame_decode(size != 0 ? copy : copy + 1, size, frame);
    free(copy);
    return error;
}

static void assert_refused(const uint8_t *bytes, size_t size, enum kwh_error expected)
{
    static const struct kwh_mbus_frame nothing;
    struct kwh_mbus_frame frame;
    memset(&frame, 0xEE, sizeof frame);
    assert_string_equal(kwh_error_name(decode(bytes, size, &frame)), kwh_error_name(expected));
    assert_int_equal(frame.kind, nothing.kind);
    assert_int_equal(frame.length | frame.c | frame.address | frame.ci, 0);
    assert_int_equal(frame.data_at | frame.data_length, 0);
}

/* EN 13757-2 frames of every kind, from the documentation of the M-Bus and from meters' manuals. */
static const struct {
    const char *bytes;
    enum kwh_mbus_frame_kind kind;
    uint8_t c, address;
    int ci; /* -1: it has none */
    const char *data;
} frames[] = {
    {"10 40 01 41 16", KWH_MBUS_SHORT, 0x40, 1, -1, ""},
    {"10 5B 01 5C 16", KWH_MBUS_SHORT, 0x5B, 1, -1, ""},
    {"10 7B 01 7C 16", KWH_MBUS_SHORT, 0x7B, 1, -1, ""},
    {"10 5B FE 59 16", KWH_MBUS_SHORT, 0x5B, 254, -1, ""},
    {"10 7B FD 78 16", KWH_MBUS_SHORT, 0x7B, 253, -1, ""},
    {"10 7A 01 7B 16", KWH_MBUS_SHORT, 0x7A, 1, -1, ""},
    {"10 40 FD 3D 16", KWH_MBUS_SHORT, 0x40, 253, -1, ""},
    {"10 40 FF 3F 16", KWH_MBUS_SHORT, 0x40, 255, -1, ""},
    {"68 03 03 68 53 01 BB 0F 16", KWH_MBUS_CONTROL, 0x53, 1, 0xBB, ""},
    {"68 03 03 68 53 01 50 A4 16", KWH_MBUS_CONTROL, 0x53, 1, 0x50, ""},
    {"68 04 04 68 53 FE 50 10 B1 16", KWH_MBUS_LONG, 0x53, 254, 0x50, "10"},
    {"68 04 04 68 08 01 70 08 81 16", KWH_MBUS_LONG, 0x08, 1, 0x70, "08"},
    {"68 06 06 68 53 00 51 01 7A 08 27 16", KWH_MBUS_LONG, 0x53, 0, 0x51, "01 7A 08"},
    {"68 06 06 68 53 FE 51 01 7A 08 25 16", KWH_MBUS_LONG, 0x53, 254, 0x51, "01 7A 08"},
    {"68 0D 0D 68 53 FE 51 07 79 04 03 02 01 24 40 01 04 95 16", KWH_MBUS_LONG, 0x53, 254, 0x51,
     "07 79 04 03 02 01 24 40 01 04"},
    {"68 0B 0B 68 53 FD 52 78 56 34 12 CD 25 01 02 AB 16", KWH_MBUS_LONG, 0x53, 253, 0x52,
     "78 56 34 12 CD 25 01 02"},
    {"68 0B 0B 68 53 FD 52 FF FF FF 1F FF FF FF FF BA 16", KWH_MBUS_LONG, 0x53, 253, 0x52,
     "FF FF FF 1F FF FF FF FF"},
    {"68 11 11 68 53 FD 52 78 56 34 12 FF FF FF FF 0C 78 04 03 02 01 40 16", KWH_MBUS_LONG, 0x53,
     253, 0x52, "78 56 34 12 FF FF FF FF 0C 78 04 03 02 01"},
    {"68 13 13 68 08 05 73 78 56 34 12 0A 00 E9 7E 01 00 00 00 35 01 00 00 3C 16", KWH_MBUS_LONG,
     0x08, 5, 0x73, "78 56 34 12 0A 00 E9 7E 01 00 00 00 35 01 00 00"},
};

static void frames_are_taken_apart(void **state)
{
    struct kwh_mbus_frame frame;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(frames); i++) {
        uint8_t bytes[64], data[64];
        size_t size = hex(frames[i].bytes, bytes, sizeof bytes);
        size_t count = hex(frames[i].data, data, sizeof data);
        assert_int_equal(decode(bytes, size, &frame), KWH_OK);
        assert_int_equal(frame.kind, frames[i].kind);
        assert_int_equal(frame.length, size);
        assert_int_equal(frame.c, frames[i].c);
        assert_int_equal(frame.address, frames[i].address);
        assert_int_equal(frame.ci, frames[i].ci < 0 ? 0 : frames[i].ci);
        assert_int_equal(frame.data_at, frames[i].ci < 0 ? 0 : 7);
        assert_int_equal(frame.data_length, count);
        assert_memory_equal(bytes + frame.data_at, data, count);
    }
}

static void single_characters_are_frames(void **state)
{
    struct kwh_mbus_frame frame;
    (void)state;
    for (unsigned value = 0; value < 256; value++) {
        uint8_t byte = (uint8_t)value;
        if (value == 0xE5 || value == 0xA2) {
            memset(&frame, 0xEE, sizeof frame);
            assert_int_equal(decode(&byte, 1, &frame), KWH_OK);
            assert_int_equal(frame.kind, value == 0xE5 ? KWH_MBUS_ACK : KWH_MBUS_NACK);
            assert_int_equal(frame.length, 1);
            assert_int_equal(frame.c | frame.address | frame.ci, 0);
            assert_int_equal(frame.data_at | frame.data_length, 0);
        } else {
            assert_refused(&byte, 1,
                           value == 0x10 || value == 0x68 ? KWH_ERROR_CUT_FRAME
                                                          : KWH_ERROR_BAD_START);
        }
    }
}

/* In exactly the room that they need, and in every smaller one. */
static void frames_are_put_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(frames); i++) {
        uint8_t expected[64], data[64], built[64];
        size_t length, size = hex(frames[i].bytes, expected, sizeof expected);
        size_t count = hex(frames[i].data, data, sizeof data);
        for (size_t capacity = 0; capacity <= size; capacity++) {
            bool fits = capacity == size;
            memset(built, 0xEE, sizeof built);
            length = 99;
            assert_int_equal(kwh_mbus_frame_encode(frames[i].c, frames[i].address, frames[i].ci,
                                                   data, count, built, capacity, &length),
                             fits ? KWH_OK : KWH_ERROR_CAPACITY);
            assert_int_equal(length, fits ? size : 0);
            assert_int_equal(built[capacity], 0xEE);
        }
        assert_memory_equal(built, expected, size);
    }
}

static void encoding_refuses_what_no_frame_can_carry(void **state)
{
    static const uint8_t data[253];
    uint8_t built[300];
    size_t length = 99;
    (void)state;
    assert_int_equal(kwh_mbus_frame_encode(8, 1, 0x72, data, 253, built, sizeof built, &length),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(length, 0);
    assert_int_equal(
        kwh_mbus_frame_encode(8, 1, 0x72, data, SIZE_MAX, built, sizeof built, &length),
        KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_mbus_frame_encode(8, 1, 256, data, 1, built, sizeof built, &length),
                     KWH_ERROR_ARGUMENT);
    assert_int_equal(kwh_mbus_frame_encode(8, 1, -1, data, 1, built, sizeof built, &length),
                     KWH_ERROR_ARGUMENT);
    /* The outermost CI fields. */
    assert_int_equal(kwh_mbus_frame_encode(0x53, 1, 0x00, NULL, 0, built, 8, &length),
                     KWH_ERROR_CAPACITY);
    assert_int_equal(kwh_mbus_frame_encode(0x53, 1, 0x00, NULL, 0, built, 9, &length), KWH_OK);
    assert_memory_equal(built, "\x68\x03\x03\x68\x53\x01\x00\x54\x16", 9);
    assert_int_equal(kwh_mbus_frame_encode(0x53, 1, 0xFF, NULL, 0, built, 9, &length), KWH_OK);
    assert_memory_equal(built, "\x68\x03\x03\x68\x53\x01\xFF\x53\x16", 9);
}

/* L = FF: 252 bytes of data, 261 in all. */
static void the_longest_frame(void **state)
{
    static const uint8_t head[] = {0x68, 0xFF, 0xFF, 0x68, 0x08, 0x01, 0x72};
    uint8_t data[252], bytes[262];
    struct kwh_mbus_frame frame;
    size_t length;
    (void)state;
    memset(data, 0x41, sizeof data);
    assert_int_equal(kwh_mbus_frame_encode(8, 1, 0x72, data, 252, bytes, 260, &length),
                     KWH_ERROR_CAPACITY);
    assert_int_equal(kwh_mbus_frame_encode(8, 1, 0x72, data, 252, bytes, 261, &length), KWH_OK);
    assert_int_equal(length, 261);
    assert_memory_equal(bytes, head, sizeof head);
    assert_memory_equal(bytes + 7, data, sizeof data);
    assert_int_equal(bytes[259], 0x77); /* 08 + 01 + 72 + 252 * 41 */
    assert_int_equal(bytes[260], 0x16);
    assert_int_equal(decode(bytes, 261, &frame), KWH_OK);
    assert_int_equal(frame.kind, KWH_MBUS_LONG);
    assert_int_equal(frame.length, 261);
    assert_int_equal(frame.data_length, 252);
    bytes[261] = 0;
    assert_refused(bytes, 262, KWH_ERROR_EXCESS_BYTES);
    for (size_t cut = 0; cut < 261; cut++)
        assert_refused(bytes, cut, KWH_ERROR_CUT_FRAME);
}

/* The data may lie in the frame's room already, as answers that are built in place do. */
static void data_may_overlap_its_frame(void **state)
{
    (void)state;
    for (size_t at = 0; at < 12; at++) {
        uint8_t bytes[24] = {0};
        size_t length;
        hex("01 7A 08", bytes + at, 3);
        assert_int_equal(kwh_mbus_frame_encode(0x53, 0, 0x51, bytes + at, 3, bytes, 12, &length),
                         KWH_OK);
        assert_memory_equal(bytes, "\x68\x06\x06\x68\x53\x00\x51\x01\x7A\x08\x27\x16", 12);
    }
}

static void each_refusal_has_its_name(void **state)
{
    static const struct {
        const char *bytes;
        enum kwh_error error;
    } cases[] = {
        {"", KWH_ERROR_CUT_FRAME},
        {"16", KWH_ERROR_BAD_START},
        {"11 40 01 41 16", KWH_ERROR_BAD_START},
        {"68 03 03 69", KWH_ERROR_BAD_START},
        {"68 03 03 69 53 01 BB 0F 16", KWH_ERROR_BAD_START},
        {"68 03 03 10 53 01 BB 0F 16", KWH_ERROR_BAD_START},
        {"68 00", KWH_ERROR_BAD_LENGTH},
        {"68 02", KWH_ERROR_BAD_LENGTH},
        {"68 02 02 68 53 01 54 16", KWH_ERROR_BAD_LENGTH},
        {"68 03 04", KWH_ERROR_BAD_LENGTH},
        {"68 04 03 68 53 01 BB 0F 16", KWH_ERROR_BAD_LENGTH},
        {"68 03 03", KWH_ERROR_CUT_FRAME},
        {"68 09 09 68 53 01 51", KWH_ERROR_CUT_FRAME},
        {"10 40 01 41", KWH_ERROR_CUT_FRAME},
        {"10 40 01 41 16 16", KWH_ERROR_EXCESS_BYTES},
        {"68 03 03 68 53 01 BB 0F 16 E5", KWH_ERROR_EXCESS_BYTES},
        {"E5 E5", KWH_ERROR_EXCESS_BYTES},
        {"A2 00", KWH_ERROR_EXCESS_BYTES},
        {"10 40 01 42 16", KWH_ERROR_BAD_CHECKSUM},
        {"10 40 02 41 16", KWH_ERROR_BAD_CHECKSUM},
        {"68 03 03 68 53 01 BB 10 16", KWH_ERROR_BAD_CHECKSUM},
        {"68 03 03 68 53 01 BA 0F 16", KWH_ERROR_BAD_CHECKSUM},
        {"10 40 01 41 17", KWH_ERROR_BAD_STOP},
        {"68 03 03 68 53 01 BB 0F 00", KWH_ERROR_BAD_STOP},
        {"10 40 01 42 17", KWH_ERROR_BAD_CHECKSUM}, /* both wrong: the sum stands first */
    };
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        uint8_t bytes[32];
        assert_refused(bytes, hex(cases[i].bytes, bytes, sizeof bytes), cases[i].error);
    }
}

/* Hamming distance 4: no single bit, no byte less and none more gives another frame. */
static void no_damage_of_one_bit_passes(void **state)
{
    struct kwh_mbus_frame frame;
    (void)state;
    for (size_t i = 0; i < KWH_COUNT(frames); i++) {
        uint8_t bytes[64];
        size_t size = hex(frames[i].bytes, bytes, sizeof bytes - 1);
        for (size_t cut = 0; cut < size; cut++)
            assert_refused(bytes, cut, KWH_ERROR_CUT_FRAME);
        for (size_t bit = 0; bit < 8 * size; bit++) {
            bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1u << bit % 8);
            assert_int_not_equal(decode(bytes, size, &frame), KWH_OK);
            bytes[bit / 8] = (uint8_t)(bytes[bit / 8] ^ 1u << bit % 8);
        }
        bytes[size] = 0x16;
        assert_refused(bytes, size + 1, KWH_ERROR_EXCESS_BYTES);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_are_taken_apart),
        cmocka_unit_test(single_characters_are_frames),
        cmocka_unit_test(frames_are_put_together),
        cmocka_unit_test(encoding_refuses_what_no_frame_can_carry),
        cmocka_unit_test(the_longest_frame),
        cmocka_unit_test(data_may_overlap_its_frame),
        cmocka_unit_test(each_refusal_has_its_name),
        cmocka_unit_test(no_damage_of_one_bit_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
