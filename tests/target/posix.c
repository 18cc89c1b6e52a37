/* SPDX-License-Identifier: MIT */
/* A system for which cmocka is not at hand in the right word size. */
#include "cmocka.h"

#include <stdio.h>

void target_begin(void)
{
}

void target_print(const char *text)
{
    fputs(text, stderr);
}

void target_end(int failed)
{
    (void)failed; /* main() returns it */
}
