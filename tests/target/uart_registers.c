/* SPDX-License-Identifier: MIT */
/*
 * Real registers under the drivers of examples/uart/: those of a CMSDK UART, which an emulator has.
 * It has no DMA, and does not tell when the last stop bit is out.
 */
#include "../../examples/firmware/cortex_m.h"
#include "../../examples/uart/hardware.h"
#include "cmocka.h"

#include <stdio.h>

#define CLOCK_MHZ    25u

#define DATA         REGISTER(0x40004000u)
#define STATE        REGISTER(0x40004004u)
#define CONTROL      REGISTER(0x40004008u)
#define CLEAR        REGISTER(0x4000400Cu)
#define DIVIDER      REGISTER(0x40004010u)
#define TX_FULL      1u
#define RX_FULL      2u
#define RX_OVERRUN   8u

#define TIMER_ON     REGISTER(0x40000000u)
#define TIMER_VALUE  REGISTER(0x40000004u) /* counts down */
#define TIMER_RELOAD REGISTER(0x40000008u)

static void (*on_byte)(void);

static void receive_interrupt(void)
{
    CLEAR = 2;
    on_byte();
}

INTERRUPTS interrupts[32] = {[0] = {.handler = receive_interrupt}};

bool hardware_received(void)
{
    return (STATE & RX_FULL) != 0;
}

uint8_t hardware_receive(void)
{
    return (uint8_t)DATA;
}

bool hardware_receive_error(void)
{
    bool error = (STATE & RX_OVERRUN) != 0;

    STATE = RX_OVERRUN;
    return error;
}

bool hardware_can_send(void)
{
    return (STATE & TX_FULL) == 0;
}

void hardware_send(uint8_t byte)
{
    DATA = byte;
}

bool hardware_sent(void)
{
    return hardware_can_send();
}

void hardware_receive_interrupt(void (*handler)(void))
{
    on_byte = handler;
    CONTROL |= 8; /* interrupt */
    interrupt_enable(0);
}

uint32_t hardware_now_us(void)
{
    static uint32_t before = UINT32_MAX, now_us;
    uint32_t elapsed_us = (before - TIMER_VALUE) / CLOCK_MHZ;

    now_us += elapsed_us;
    before -= elapsed_us * CLOCK_MHZ;
    return now_us;
}

/* Of the example; the board around it is here. */
#undef main
int example_main(void);

int main(void)
{
    int code;

    DIVIDER = CLOCK_MHZ * 1000000u / 9600u;
    CONTROL = 3; /* sends and receives */
    TIMER_RELOAD = UINT32_MAX;
    TIMER_VALUE = UINT32_MAX;
    TIMER_ON = 1;
    systick_start(CLOCK_MHZ *
                  1000u); /* with no timer to wait for, QEMU looks for bytes each second */
    target_begin();
    code = example_main();
    fflush(stdout);
    return code;
}
