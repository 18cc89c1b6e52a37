/* SPDX-License-Identifier: MIT */
#include "semihosting.h"

#include "board.h"

enum operation {
    WRITE0 = 0x04,       /* a text */
    EXIT_EXTENDED = 0x20 /* reason and code */
};

#define APPLICATION_EXIT 0x20026u

static int call(enum operation operation, const void *argument)
{
    register int r0 __asm__("r0") = (int)operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void semihosting_print(const char *text)
{
    (void)call(WRITE0, text);
}

void board_end(int code)
{
    uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)code};

    (void)call(EXIT_EXTENDED, block);
    for (;;)
        continue;
}
