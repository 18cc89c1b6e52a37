/* SPDX-License-Identifier: MIT */
/* What every driver needs: arbitrary values, and objects of exactly LEN bytes. */
#ifndef PROOF_H
#define PROOF_H

#include <stdint.h>

#include <__fc_builtin.h>

/* An array of no bytes does not exist in C; one byte that is passed over stands for it. */
#define PROOF_BYTES(length) ((length) > 0 ? (length) : 1)
/* The start of an array of LEN bytes; of none, its end, where nothing may be read. */
#define PROOF_START(array) ((array) + (LEN > 0 ? 0 : 1))

#define ANY_BYTE()         Frama_C_unsigned_char_interval(0, 255)
#define ANY_WORD()         Frama_C_unsigned_short_interval(0, 65535u)
#define ANY_UINT32()       Frama_C_unsigned_long_interval(0, UINT32_MAX)
#define ANY_UINT64()       Frama_C_unsigned_long_long_interval(0, UINT64_MAX)
#define ANY_OF(low, high)  Frama_C_int_interval((low), (high))
#define MAKE_ANY(object)   Frama_C_make_unknown((char *)&(object), sizeof(object))

/* What holds for every result; where it may not, the division is an alarm. */
#define MUST(condition) ((void)(1 / ((condition) ? 1 : 0)))

#endif
