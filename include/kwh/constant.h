/* SPDX-License-Identifier: MIT */
/**
 * @file constant.h
 * Where constant tables lie. All of this library are declared with KWH_CONST: maps and what they
 * point to, framings, names and texts. It is `const`, but on a processor whose program memory is no
 * part of its data space it is also what keeps a table there, and lets a pointer read it.
 *
 * That is so on the classic AVRs (ATmega, ATtiny, XMEGA), where avr-gcc copies what is just `const`
 * to RAM at start: there it is `const __flash`, and no table of this library takes a byte of RAM.
 * On AVRs that show their program memory as data (tinyAVR 0/1/2, megaAVR 0, and AVR Dx with a
 * compiler that makes use of it) `const` is all it takes.
 *
 * `__flash` is an extension: avr-gcc knows it in C with -std=gnu99 or later, which is its default.
 * With -std=c99, and with clang, KWH_CONST is `const`: the tables are in RAM, and all else is the
 * same. The library and the programs that include its headers are compiled alike in this.
 * In C++ it is `const`, too. A C++ program on a classic AVR, whose library is compiled as C, may
 * hand on the pointers that it gets, but reads what they point to with <avr/pgmspace.h> alone: not
 * with the inline functions of these headers. Its own maps and drivers stand in files of C.
 *
 * Write KWH_CONST and KWH_TEXT() in constants of your own that the library is to read: maps,
 * framings, the driver of a UART. On an AVR that is a must, elsewhere it changes nothing:
 *
 *     static KWH_CONST struct kwh_choice parities[] = {
 *         {.code = 1, .word = KWH_TEXT("even")},
 *         {.code = 2, .word = KWH_TEXT("none")},
 *     };
 *
 * A pointer to such a constant says KWH_CONST, too: `KWH_CONST struct kwh_map *map`,
 * `KWH_CONST char *name = kwh_error_name(error)`. It reads program memory, and that alone; what is
 * to go to a function with a plain pointer, such as strlen() or kwh_line_set_speed(), is copied to
 * a variable before. avr-gcc says nothing of pointers that are mixed up, unless it is given
 * -Waddr-space-convert.
 */
#ifndef KWH_CONSTANT_H
#define KWH_CONSTANT_H

/**
 * @def KWH_CONST
 * Qualifier of a constant table, and of what a pointer to one points to. Another compiler may have
 * another word for it, to be defined together with KWH_TEXT().
 */
/**
 * @def KWH_TEXT(text_)
 * A text in a constant table, outside of functions: KWH_TEXT("even") is "even", kept with the
 * table.
 */
#ifndef KWH_CONST
#if defined(__AVR__) && defined(__FLASH) && !defined(__STRICT_ANSI__) && !defined(__cplusplus) &&  \
    !defined(__AVR_PM_BASE_ADDRESS__) &&                                                           \
    (!defined(__AVR_RODATA_IN_RAM__) || __AVR_RODATA_IN_RAM__)
#define KWH_CONST       const __flash
#define KWH_TEXT(text_) ((KWH_CONST char[]){text_})
#else
#define KWH_CONST       const
#define KWH_TEXT(text_) (text_)
#endif
#elif !defined(KWH_TEXT)
#error "KWH_TEXT() is to be defined together with KWH_CONST"
#endif

#endif
