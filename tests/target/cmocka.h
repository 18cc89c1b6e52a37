/* SPDX-License-Identifier: MIT */
/*
 * As much of cmocka's interface as the unit tests of the core use, for targets that cmocka is not
 * packaged for. Written anew; with the real one the same tests run on the host.
 */
#ifndef CMOCKA_H
#define CMOCKA_H

#include <inttypes.h>
#include <kwh/constant.h>
#include <stddef.h>

struct CMUnitTest {
    const char *name;
    void (*test)(void **state);
    int (*setup)(void **state);
    int (*teardown)(void **state);
};

/* Where constants lie in RAM, the number of a line has to do. */
#ifdef __AVR__
#define TARGET_TEXT(text_) ""
#else
#define TARGET_TEXT(text_) text_
#endif
#define TARGET_HERE TARGET_TEXT(__FILE__), __LINE__

/* clang-format off */
#define cmocka_unit_test(test_)                                 {#test_, test_, NULL, NULL}
#define cmocka_unit_test_setup(test_, setup_)                   {#test_, test_, setup_, NULL}
#define cmocka_unit_test_setup_teardown(test_, setup_, teardown_) {#test_, test_, setup_, teardown_}

#define cmocka_run_group_tests_name(name_, tests_, setup_, teardown_)                              \
    target_run(tests_, sizeof(tests_) / sizeof((tests_)[0]), setup_, teardown_)
#define cmocka_run_group_tests(tests_, setup_, teardown_)                                          \
    cmocka_run_group_tests_name(NULL, tests_, setup_, teardown_)

#define assert_true(a_)      target_true((a_) != 0, TARGET_TEXT(#a_), TARGET_HERE)
#define assert_false(a_)     target_true((a_) == 0, TARGET_TEXT("not " #a_), TARGET_HERE)
#define assert_null(a_)      target_true((a_) == NULL, TARGET_TEXT(#a_ " is NULL"), TARGET_HERE)
#define assert_non_null(a_)  target_true((a_) != NULL, TARGET_TEXT(#a_ " is not NULL"), TARGET_HERE)
#define assert_ptr_equal(a_, b_)                                                                   \
    target_true((uintptr_t)(a_) == (uintptr_t)(b_), TARGET_TEXT(#a_ " is " #b_), TARGET_HERE)
#define assert_int_equal(a_, b_)                                                                   \
    target_equal((uintmax_t)(a_), (uintmax_t)(b_), TARGET_TEXT(#a_), TARGET_HERE)
#define assert_int_not_equal(a_, b_)                                                               \
    target_true((uintmax_t)(a_) != (uintmax_t)(b_), TARGET_TEXT(#a_ " is not " #b_), TARGET_HERE)
#define assert_in_range(a_, low_, high_)                                                           \
    target_in_range((uintmax_t)(a_), (uintmax_t)(low_), (uintmax_t)(high_), TARGET_TEXT(#a_),      \
                    TARGET_HERE)
#define TARGET_STRING(a_, b_)                                                                      \
    __extension__ _Generic(&(a_)[0], KWH_CONST char *:                                             \
        _Generic(&(b_)[0], KWH_CONST char *: target_constants, default: target_constant),          \
        default: target_string)
#define assert_string_equal(a_, b_)     TARGET_STRING(a_, b_)((a_), (b_), 1, TARGET_HERE)
#define assert_string_not_equal(a_, b_) TARGET_STRING(a_, b_)((a_), (b_), 0, TARGET_HERE)
#define assert_memory_equal(a_, b_, size_)                                                         \
    target_memory((a_), (b_), (size_), TARGET_TEXT(#a_), TARGET_HERE)
#define fail()               target_true(0, TARGET_TEXT("failed"), TARGET_HERE)
#define fail_msg(...)                                                                              \
    do {                                                                                           \
        print_error(__VA_ARGS__);                                                                  \
        fail();                                                                                    \
    } while (0)
#define skip()               target_skip()
/* clang-format on */

void print_message(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

int target_run(const struct CMUnitTest *tests, size_t count, int (*setup)(void **),
               int (*teardown)(void **));
void target_true(int holds, const char *what, const char *file, int line);
void target_equal(uintmax_t a, uintmax_t b, const char *what, const char *file, int line);
void target_in_range(uintmax_t value, uintmax_t low, uintmax_t high, const char *what,
                     const char *file, int line);
void target_string(const char *a, const char *b, int equal, const char *file, int line);
/** The same of one or two texts of the library, which some targets keep in program memory. */
void target_constant(KWH_CONST char *a, const char *b, int equal, const char *file, int line);
void target_constants(KWH_CONST char *a, KWH_CONST char *b, int equal, const char *file, int line);
void target_memory(const void *a, const void *b, size_t size, const char *what, const char *file,
                   int line);
void target_skip(void);

/** Of each target: what there is to do before the first test and after the last, and its console.
 */
void target_begin(void);
void target_print(const char *text);
void target_end(int failed);

#endif
