/* SPDX-License-Identifier: MIT */
#include "cmocka.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum outcome {
    FAILED = 1,
    SKIPPED
};

static jmp_buf back;

static void print(const char *format, va_list arguments)
{
    char text[160];

    vsnprintf(text, sizeof text, format, arguments);
    target_print(text);
}

void print_message(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print(format, arguments);
    va_end(arguments);
}

void print_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print(format, arguments);
    va_end(arguments);
    target_print("\n");
}

void target_skip(void)
{
    longjmp(back, SKIPPED);
}

void target_true(int holds, const char *what, const char *file, int line)
{
    if (holds)
        return;
    print_error("%s:%d: %s", file, line, what);
    longjmp(back, FAILED);
}

void target_equal(uintmax_t a, uintmax_t b, const char *what, const char *file, int line)
{
    if (a == b)
        return;
    print_error("0x%08lX%08lX and not 0x%08lX%08lX", (unsigned long)(a >> 32),
                (unsigned long)(a & 0xFFFFFFFFu), (unsigned long)(b >> 32),
                (unsigned long)(b & 0xFFFFFFFFu));
    target_true(0, what, file, line);
}

void target_in_range(uintmax_t value, uintmax_t low, uintmax_t high, const char *what,
                     const char *file, int line)
{
    if (value < low)
        target_equal(value, low, what, file, line);
    if (value > high)
        target_equal(value, high, what, file, line);
}

void target_string(const char *a, const char *b, int equal, const char *file, int line)
{
    if ((strcmp(a, b) == 0) == (equal != 0))
        return;
    print_error("'%s' and '%s'", a, b);
    target_true(0, equal ? "strings differ" : "strings are equal", file, line);
}

static const char *copy(char *text, size_t capacity, KWH_CONST char *from)
{
    size_t length = 0;

    while (length < capacity - 1 && from[length] != '\0') {
        text[length] = from[length];
        length++;
    }
    text[length] = '\0';
    return text;
}

void target_constant(KWH_CONST char *a, const char *b, int equal, const char *file, int line)
{
    char text[128];

    target_string(copy(text, sizeof text, a), b, equal, file, line);
}

void target_constants(KWH_CONST char *a, KWH_CONST char *b, int equal, const char *file, int line)
{
    char text[128];

    target_constant(a, copy(text, sizeof text, b), equal, file, line);
}

void target_memory(const void *a, const void *b, size_t size, const char *what, const char *file,
                   int line)
{
    const uint8_t *left = a, *right = b;

    for (size_t i = 0; i < size; i++) {
        if (left[i] == right[i])
            continue;
        print_error("byte %u: %02X and not %02X", (unsigned)i, left[i], right[i]);
        target_true(0, what, file, line);
    }
}

/* A test that did not get through its setup has failed. */
static int run_one(const struct CMUnitTest *test, void **state)
{
    int outcome = setjmp(back);

    if (outcome != 0)
        return outcome;
    if (test->setup != NULL && test->setup(state) != 0)
        return FAILED;
    test->test(state);
    return 0;
}

int target_run(const struct CMUnitTest *tests, size_t count, int (*setup)(void **),
               int (*teardown)(void **))
{
    void *group = NULL;
    int failed = 0;

    target_begin();
    if (setup != NULL && setup(&group) != 0)
        return 1;
    for (size_t i = 0; i < count; i++) {
        void *state = group;
        int outcome = run_one(&tests[i], &state);

        if (outcome == FAILED)
            failed++;
        if (outcome != 0)
            print_error("%s: %s", outcome == FAILED ? "FAILED" : "skipped", tests[i].name);
        if (tests[i].teardown != NULL && tests[i].teardown(&state) != 0)
            failed++;
    }
    if (teardown != NULL && teardown(&group) != 0)
        failed++;
    print_error("%d of %d failed", failed, (int)count);
    target_end(failed);
    return failed;
}
