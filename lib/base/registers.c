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

/* Where byte `index` of a number, its highest first, stands among the bytes of `words` registers.
 */
static size_t position(size_t index, size_t words, enum kwh_word_order order)
{
    bool low_word_first = order == KWH_ORDER_CDAB || order == KWH_ORDER_DCBA;
    bool low_byte_first = order == KWH_ORDER_BADC || order == KWH_ORDER_DCBA;

    if (low_word_first)
        index = (2 * words - 1 - index) ^ 1;
    return low_byte_first ? index ^ 1 : index;
}

uint64_t kwh_registers_load(const uint8_t *bytes, size_t words, enum kwh_word_order order)
{
    uint64_t value = 0;

    words = limited(words);
    for (size_t i = 0; i < 2 * words; i++)
        value = value << 8 | bytes[position(i, words, order)];
    return value;
}

void kwh_registers_store(uint8_t *bytes, size_t words, enum kwh_word_order order, uint64_t value)
{
    words = limited(words);
    for (size_t i = 2 * words; i > 0; i--, value >>= 8)
        bytes[position(i - 1, words, order)] = (uint8_t)(value & 0xFF);
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

/* A three, and an eight, in each of eight digits. */
#define THREES UINT32_C(0x33333333)
#define EIGHTS UINT32_C(0x88888888)

/* Doubles eight digits and adds a carry; returns what is carried on. */
static uint32_t double_digits(uint32_t *digits, uint32_t carry)
{
    uint32_t large = (*digits + THREES) & EIGHTS; /* those that are 5 or more */
    uint32_t ready = *digits + (large >> 2 | large >> 3);

    *digits = ready << 1 | carry; /* 5 was made 8, and is 10 now */
    return ready >> 31;
}

/* Doubles digits, from the highest bit of the number to its lowest: no 64-bit division. */
enum kwh_error kwh_registers_bcd_store(uint64_t number, size_t words, uint64_t *raw)
{
    uint32_t low = 0, high = 0, carry = 0;
    uint64_t packed;

    *raw = 0;
    for (int bit = 0; bit < 64 && carry == 0; bit++, number <<= 1) {
        carry = double_digits(&low, (uint32_t)(number >> 63));
        carry = double_digits(&high, carry);
    }
    packed = (uint64_t)high << 32 | low;
    if (carry != 0 || packed > mask(limited(words)))
        return KWH_ERROR_OVERFLOW;
    *raw = packed;
    return KWH_OK;
}
