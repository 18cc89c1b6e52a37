/* SPDX-License-Identifier: MIT */
/* One hexadecimal digit as a character. */
#ifndef KWHI_BASE_HEX_DIGIT_H
#define KWHI_BASE_HEX_DIGIT_H

/* The low four bits of `number`: 0 to 9, A to F. */
static inline char kwhi_hex_digit(unsigned number)
{
    unsigned digit = number & 15u;

    return (char)(digit < 10 ? '0' + digit : 'A' - 10 + digit);
}

#endif
