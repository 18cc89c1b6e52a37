/* SPDX-License-Identifier: MIT */
/* The few registers of a Cortex-M that every board needs, without a vendor's headers. */
#ifndef CORTEX_M_H
#define CORTEX_M_H

#include <stdint.h>

/** A register at an address. */
#define REGISTER(address_) (*(volatile uint32_t *)(address_))

/** An entry of the vector table: its first is the stack, all others are handlers. */
union vector {
    void *stack;
    void (*handler)(void);
};

/** Put before the table of a board's interrupts, which follows that of the core. */
#define INTERRUPTS __attribute__((section(".vectors.interrupts"), used)) static const union vector

/** The handler of SysTick; a board that uses it defines it. */
void systick(void);

static inline void interrupt_enable(unsigned number)
{
    REGISTER(0xE000E100u + number / 32 * 4) = UINT32_C(1) << number % 32;
}

/** Calls systick() every @p cycles cycles of the processor. */
static inline void systick_start(uint32_t cycles)
{
    REGISTER(0xE000E014u) = cycles - 1;
    REGISTER(0xE000E018u) = 0;
    REGISTER(0xE000E010u) = 7; /* processor's clock, interrupt, on */
}

static inline void interrupts_off(void)
{
    __asm__ volatile("cpsid i" ::: "memory");
}

static inline void interrupts_on(void)
{
    __asm__ volatile("cpsie i" ::: "memory");
}

/** Sleeps until an interrupt is there, also one that is off for now: look, then sleep, in between
 *  interrupts_off() and interrupts_on(), misses none. */
static inline void sleep(void)
{
    __asm__ volatile("wfi" ::: "memory");
}

#endif
