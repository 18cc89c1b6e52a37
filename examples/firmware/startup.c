/* SPDX-License-Identifier: MIT */
/* From reset to main() on any Cortex-M: the vectors of the core, and memory as C wants it. */
#include "board.h"
#include "cortex_m.h"

int main(void);
void reset(void);

/* From the linker script. */
extern uint32_t memory_stack, memory_data, memory_data_end, memory_data_load, memory_bss,
    memory_bss_end;

void reset(void)
{
    const uint32_t *from = &memory_data_load;

    for (uint32_t *to = &memory_data; to != &memory_data_end; to++)
        *to = *from++;
    for (uint32_t *to = &memory_bss; to != &memory_bss_end; to++)
        *to = 0;
    board_end(main());
}

/* A bad pointer is a failed test instead of a silence. */
static void fault(void)
{
    board_end(99);
}

__attribute__((weak)) void systick(void)
{
}

/* semihosting.c has another, for emulators and debuggers. */
__attribute__((weak)) void board_end(int code)
{
    (void)code;
    for (;;)
        __asm__ volatile("wfi");
}

__attribute__((section(".vectors.core"), used)) static const union vector vectors[16] = {
    [0] = {.stack = &memory_stack}, [1] = {.handler = reset},  [2] = {.handler = fault},
    [3] = {.handler = fault},       [4] = {.handler = fault},  [5] = {.handler = fault},
    [6] = {.handler = fault},       [11] = {.handler = fault}, [14] = {.handler = fault},
    [15] = {.handler = systick},
};
