/* SPDX-License-Identifier: MIT */
/* A Cortex-M in an emulator, whose files and console are those of the computer around it. */
#include "cmocka.h"

#include "../../examples/firmware/semihosting.h"

void initialise_monitor_handles(void);

void target_begin(void)
{
    initialise_monitor_handles();
}

void target_print(const char *text)
{
    semihosting_print(text);
}

void target_end(int failed)
{
    (void)failed; /* main() returns it */
}
