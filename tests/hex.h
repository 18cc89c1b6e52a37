/* SPDX-License-Identifier: MIT */
/* Bytes from hexadecimal digits, blanks anywhere: "03 5002 0002" is 5 bytes. */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline size_t hex(const char *text, uint8_t *bytes, size_t capacity)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t count = 0;

    for (; *text != '\0'; text++) {
        const char *digit = strchr(digits, *text);
        if (digit == NULL || count / 2 == capacity)
            continue;
        unsigned half = (unsigned)(digit - digits);
        bytes[count / 2] = (uint8_t)(count % 2 == 0 ? half << 4 : bytes[count / 2] | half);
        count++;
    }
    return count / 2;
}

#endif
