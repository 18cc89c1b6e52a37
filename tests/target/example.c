/* SPDX-License-Identifier: MIT */
/* Around the main() of an example, which prints with stdio. */
#undef main
#include "cmocka.h"

#include <stdio.h>

int example_main(void);

int main(void)
{
    int code;

    target_begin();
    code = example_main();
    fflush(stdout);
    return code;
}
