/* SPDX-License-Identifier: MIT */
#include "semihosting.h"

#include "board.h"

#define APPLICATION_EXIT 0x20026u

int semihosting_call(enum semihosting_operation operation, const void *block)
{
    register int r0 __asm__("r0") = (int)operation;
    register const void *r1 __asm__("r1") = block;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void semihosting_print(const char *text)
{
    (void)semihosting_call(SEMIHOSTING_WRITE0, text);
}

void board_end(int code)
{
    uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)code};

    (void)semihosting_call(SEMIHOSTING_EXIT_EXTENDED, block);
    for (;;)
        continue;
}
