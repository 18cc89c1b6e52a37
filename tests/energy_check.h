/* SPDX-License-Identifier: MIT */
/* What the tests of energy arithmetic share. Include behind cmocka.h. */
#ifndef ENERGY_CHECK_H
#define ENERGY_CHECK_H

#include <inttypes.h>

#include <kwh/decimal.h>

#define COUNT_OF(a) (sizeof(a) / sizeof(a)[0])

/* Says which row it was. */
#define CHECK(condition, row)                                                                      \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("row %u: %s", (unsigned)(row), #condition);                                   \
    } while (0)

/* A number in digits as the manuals print it, "-12" or "60.25". */
static inline struct kwh_decimal number(const char *text)
{
    struct kwh_decimal value;

    if (kwh_decimal_parse(text, &value) != KWH_OK)
        fail_msg("%s is no number", text);
    return value;
}

static inline void check_number(struct kwh_decimal value, const char *text, const char *file,
                                int line)
{
    char printed[KWH_DECIMAL_TEXT];

    if (kwh_decimal_compare(value, number(text)) != 0) {
        (void)!kwh_decimal_print(&value, printed, sizeof printed);
        fail_msg("%s:%d: %s, not %s", file, line, printed, text);
    }
}

/* The same number, whatever its trailing zeros. */
#define assert_number(value, text) check_number((value), (text), __FILE__, __LINE__)

#endif
