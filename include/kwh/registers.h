/* SPDX-License-Identifier: MIT */
/**
 * @file registers.h
 * Register bytes to integers, BCD digits and back, in every word order that meters use.
 *
 * A span of registers is bytes as on the wire: two a register, high byte first (MODBUS Application
 * Protocol V1.1b3, 4.2). Every function is pure; any thread, any interrupt.
 */
#ifndef KWH_REGISTERS_H
#define KWH_REGISTERS_H

#include <kwh/decimal.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Where the bytes of a value stand. A is the most significant byte of a 32-bit value; the same two
 * choices (order of words, order of bytes in a word) are meant for 16, 48 and 64 bits.
 */
enum kwh_word_order {
    KWH_ORDER_ABCD = 0, /**< High word first, high byte first: what nearly all meters do. */
    KWH_ORDER_CDAB = 1, /**< Low word first, high byte first. */
    KWH_ORDER_BADC = 2, /**< High word first, low byte first. */
    KWH_ORDER_DCBA = 3  /**< Low word first, low byte first. */
};

/** The 1 to 4 registers at @p bytes as one unsigned number; more than 4 words count as 4. */
KWH_API uint64_t kwh_registers_load(const uint8_t *bytes, size_t words, enum kwh_word_order order);

/** The low 16 * @p words bits of @p value into registers; 1 to 4 words. */
KWH_API void kwh_registers_store(uint8_t *bytes, size_t words, enum kwh_word_order order,
                                 uint64_t value);

/** @p raw of @p words registers taken as two's complement. 1 to 4 words. */
KWH_API int64_t kwh_registers_signed(uint64_t raw, size_t words);

/**
 * @p raw of @p words registers taken as packed decimal digits.
 * @retval KWH_ERROR_BAD_ANSWER when a digit is above 9
 */
KWH_API KWH_CHECKED enum kwh_error kwh_registers_bcd_load(uint64_t raw, size_t words,
                                                          uint64_t *number);

/** The packed decimal digits of @p number. KWH_ERROR_OVERFLOW when they need more words. */
KWH_API KWH_CHECKED enum kwh_error kwh_registers_bcd_store(uint64_t number, size_t words,
                                                           uint64_t *raw);

#ifdef __cplusplus
}
#endif

#endif
