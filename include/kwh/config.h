/* SPDX-License-Identifier: MIT */
/**
 * @file config.h
 * Build options and compiler helpers. Every option has a default; define it on the compiler's
 * command line to change it, for the library and for the programs that include its headers alike.
 */
#ifndef KWH_CONFIG_H
#define KWH_CONFIG_H

#include <kwh/constant.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Version of these headers. */
#define KWH_VERSION_MAJOR 0
#define KWH_VERSION_MINOR 1
#define KWH_VERSION_PATCH 0

/**
 * 1: CRC-16/MODBUS with 4 kB of tables, eight bytes a step. 0: a 32-byte table, four bits a step.
 * Default: 1 where an operating system is, 0 elsewhere.
 */
#ifndef KWH_CRC16_SLICE8
#if defined(__unix__) || defined(__APPLE__) || defined(_WIN32)
#define KWH_CRC16_SLICE8 1
#else
#define KWH_CRC16_SLICE8 0
#endif
#endif

/**
 * 1: maps carry their remarks and aliases. 0: they do not, which saves the texts.
 * Default: 1 where an operating system is, 0 elsewhere.
 */
#ifndef KWH_MAP_NOTES
#if defined(__unix__) || defined(__APPLE__) || defined(_WIN32)
#define KWH_MAP_NOTES 1
#else
#define KWH_MAP_NOTES 0
#endif
#endif

/** How many unanswered attempts a line without transaction ids remembers, 1 to 16. */
#ifndef KWH_LINE_DEBTS
#define KWH_LINE_DEBTS 4
#endif
#if KWH_LINE_DEBTS < 1 || KWH_LINE_DEBTS > 16
#error "KWH_LINE_DEBTS is 1 to 16"
#endif

/* Frama-C takes an attribute for a part of the returned type. */
#if defined(__GNUC__) && !defined(__FRAMAC__)
#define KWH_CHECKED __attribute__((warn_unused_result))    /**< The result must be looked at. */
#define KWH_API     __attribute__((visibility("default"))) /**< Leaves the shared library. */
#else
#define KWH_CHECKED
#define KWH_API
#endif

/** Compile-time check in C99: KWH_STATIC_ASSERT(sizeof(x) == 8, x_is_8_bytes); */
#define KWH_STATIC_ASSERT(condition, name) typedef char kwh_assert_##name[(condition) ? 1 : -1]

#endif
