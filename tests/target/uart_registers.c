/* SPDX-License-Identifier: MIT */
/*
 * Real registers under the drivers of examples/uart/: those of a CMSDK UART, which an emulator has.
 * It has no DMA, and does not tell when the last stop bit is out.
 */
#include "../../examples/firmware/cortex_m.h"
#include "../../examples/uart/hardware.h"
#include "../firmware/bench_time.h"
#include "cmocka.h"

#include <stdio.h>

#define CLOCK_MHZ  25u

#define DATA       REGISTER(0x40004000u)
#define STATE      REGISTER(0x40004004u)
#define CONTROL    REGISTER(0x40004008u)
#define CLEAR      REGISTER(0x4000400Cu)
#define DIVIDER    REGISTER(0x40004010u)
#define TX_FULL    1u
#define RX_FULL    2u
#define RX_OVERRUN 8u

static struct bench_traffic traffic;
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
    traffic.got[0]++;
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
    traffic.sent[0]++;
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

/* Who asks for the time waits for it. */
uint32_t hardware_now_us(void)
{
    if (!bench_time_pass(&traffic))
        sleep();
    return bench_time_us();
}

/* Of the example; the board around it is here. */
#undef main
int example_main(void);

int main(void)
{
    int code;

    DIVIDER = CLOCK_MHZ * 1000000u / 9600u;
    CONTROL = 3;                      /* sends and receives */
    systick_start(CLOCK_MHZ * 1000u); /* whoever sleeps wakes each millisecond */
    target_begin();
    code = example_main();
    fflush(stdout);
    return code;
}
