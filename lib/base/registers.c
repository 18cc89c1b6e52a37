/* SPDX-License-Identifier: MIT */
#include <kwh/registers.h>

enum {
    WORDS_MAX = 4,
    DIGITS_PER_WORD = 4
};

static size_t limited(size_t words)
{
    return words < WORDS_MAX ? words : WORDS_MAX;
}

/* The low 16 * words bits. */
static uint64_t mask(size_t words)
{
    return words < WORDS_MAX ? (UINT64_C(1) << 16 * words) - 1 : UINT64_MAX;
}

/* Where the byte of weight 256^significance stands among the bytes of `words` registers. */
static size_t position(size_t significance, size_t words, enum kwh_word_order order)
{
    bool low_word_first = order == KWH_ORDER_CDAB || order == KWH_ORDER_DCBA;
    bool low_byte_first = order == KWH_ORDER_BADC || order == KWH_ORDER_DCBA;
    size_t word = significance / 2;
    size_t byte = significance % 2;

    return 2 * (low_word_first ? word : words - 1 - word) + (low_byte_first ? byte : 1 - byte);
}

uint64_t kwh_registers_load(const uint8_t *bytes, size_t words, enum kwh_word_order order)
{
    uint64_t value = 0;

    words = limited(words);
    for (size_t i = 2 * words; i > 0; i--)
        value = value << 8 | bytes[position(i - 1, words, order)];
    return value;
}

void kwh_registers_store(uint8_t *bytes, size_t words, enum kwh_word_order order, uint64_t value)
{
    words = limited(words);
    for (size_t i = 0; i < 2 * words; i++, value >>= 8)
        bytes[position(i, words, order)] = (uint8_t)(value & 0xFF);
}

int64_t kwh_registers_signed(uint64_t raw, size_t words)
{
    uint64_t bits = mask(words);
    uint64_t sign = bits ^ bits >> 1;

    raw &= bits;
    return (raw & sign) != 0 ? -(int64_t)(~raw & bits) - 1 : (int64_t)raw;
}

enum kwh_error kwh_registers_bcd_load(uint64_t raw, size_t words, uint64_t *number)
{
    uint64_t sum = 0;

    *number = 0;
    for (size_t i = DIGITS_PER_WORD * limited(words); i > 0; i--) {
        unsigned digit = (unsigned)(raw >> 4 * (i - 1) & 0xF);
        if (digit > 9)
            return KWH_ERROR_BAD_ANSWER;
        sum = 10 * sum + digit;
    }
    *number = sum;
    return KWH_OK;
}

/* A three, and an eight, in each of 16 digits. */
#define THREES UINT64_C(0x3333333333333333)
#define EIGHTS UINT64_C(0x8888888888888888)

/* Doubles digits, from the highest bit of the number to its lowest: no 64-bit division. */
enum kwh_error kwh_registers_bcd_store(uint64_t number, size_t words, uint64_t *raw)
{
    uint64_t packed = 0;

    *raw = 0;
    for (int bit = 0; bit < 64; bit++, number <<= 1) {
        uint64_t carries = (packed + THREES) & EIGHTS; /* of digits that are 5 or more */
        if (carries >> 63 != 0)
            return KWH_ERROR_OVERFLOW;
        packed += carries >> 2 | carries >> 3; /* 5 is 8 before, and 10 after being doubled */
        packed = packed << 1 | number >> 63;
    }
    if (packed > mask(limited(words)))
        return KWH_ERROR_OVERFLOW;
    *raw = packed;
    return KWH_OK;
}
