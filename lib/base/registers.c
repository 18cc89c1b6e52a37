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

enum kwh_error kwh_registers_bcd_store(uint64_t number, size_t words, uint64_t *raw)
{
    uint64_t packed = 0;

    *raw = 0;
    for (size_t i = 0; i < DIGITS_PER_WORD * limited(words); i++, number /= 10)
        packed |= number % 10 << 4 * i;
    if (number != 0)
        return KWH_ERROR_OVERFLOW;
    *raw = packed;
    return KWH_OK;
}
