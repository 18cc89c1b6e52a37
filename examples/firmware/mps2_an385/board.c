/* SPDX-License-Identifier: MIT */
/*
 * Arm MPS2 with AN385: Cortex-M3 at 25 MHz, five UARTs of the CMSDK: bus, second, S0 pulses,
 * console. Made for QEMU. An S0 output is between the RX of its UART and ground: at 300 baud a
 * pulse is a character.
 */
#include "../board.h"
#include "../cortex_m.h"
#include "../../uart/ring.h"

#define CLOCK_HZ 25000000u

struct registers {
    volatile uint32_t data, state, control, interrupt, divider;
};

/* state */
#define TX_FULL    1u
#define RX_OVERRUN 8u
/* control */
#define TX_ON        1u
#define RX_ON        2u
#define TX_INTERRUPT 4u
#define RX_INTERRUPT 8u
/* interrupt, written to clear */
#define TX_CLEAR 1u
#define RX_CLEAR 2u

struct uart {
    struct registers *registers;
    struct ring received, to_send;
    volatile bool sending;
};

static struct uart bus, second;
static struct registers *const s0 = (struct registers *)0x40006000u;
static struct registers *const console = (struct registers *)0x40007000u;

const struct board_uarts board_uarts = {.bus = &bus, .second = &second};

/* ------------------------------------------------------------------------------------------------
 * Interrupts
 */

static volatile uint32_t milliseconds, pulses;
const uint32_t board_tick_us = 1000;

void systick(void)
{
    milliseconds++;
}

static void receive(struct uart *uart)
{
    unsigned mark = 0;

    uart->registers->interrupt = RX_CLEAR;
    if ((uart->registers->state & RX_OVERRUN) != 0) { /* bytes are missing before this one */
        uart->registers->state = RX_OVERRUN;
        mark = KWH_UART_DAMAGED;
    }
    (void)ring_write(&uart->received, (uart->registers->data & 0xFF) | mark); /* a CRC tells */
}

static void send(struct uart *uart)
{
    int entry = ring_take(&uart->to_send);

    uart->registers->interrupt = TX_CLEAR;
    uart->sending = entry >= 0;
    if (entry >= 0)
        uart->registers->data = (uint8_t)entry;
}

static void bus_receives(void)
{
    receive(&bus);
}

static void bus_sends(void)
{
    send(&bus);
}

static void second_receives(void)
{
    receive(&second);
}

static void second_sends(void)
{
    send(&second);
}

/* Whatever character the UART makes of it. */
static void s0_receives(void)
{
    s0->interrupt = RX_CLEAR;
    (void)s0->data;
    pulses++;
}

INTERRUPTS interrupts[32] = {
    [0] = {.handler = bus_receives},    [1] = {.handler = bus_sends},
    [2] = {.handler = second_receives}, [3] = {.handler = second_sends},
    [4] = {.handler = s0_receives},
};

/* ------------------------------------------------------------------------------------------------
 * The driver
 */

static bool put(void *context, uint8_t byte)
{
    struct uart *uart = context;

    if (!ring_write(&uart->to_send, byte))
        return false;
    interrupts_off();
    if (!uart->sending)
        send(uart);
    interrupts_on();
    return true;
}

/* This UART does not tell when the last stop bit is out, so it cannot switch an RS-485 driver. */
static bool drained(void *context)
{
    const struct uart *uart = context;

    return !uart->sending && (uart->registers->state & TX_FULL) == 0;
}

static int get(void *context)
{
    struct uart *uart = context;

    return ring_take(&uart->received);
}

static uint32_t now_us(void *context)
{
    (void)context;
    return milliseconds * 1000u;
}

static void wait(void *context, uint32_t until_us)
{
    const struct uart *uart = context;

    (void)until_us; /* the tick wakes us in time */
    interrupts_off();
    if (ring_is_empty(&uart->received))
        sleep();
    interrupts_on();
}

/* This UART has no parity and one stop bit, whatever is asked for; nor has the emulator's wire. */
static enum kwh_error set_line(void *context, const struct kwh_line_settings *settings)
{
    struct uart *uart = context;

    if (settings->baud < 300 || settings->baud > CLOCK_HZ / 16)
        return KWH_ERROR_UNSUPPORTED;
    uart->registers->divider = CLOCK_HZ / settings->baud;
    return KWH_OK;
}

KWH_CONST struct kwh_uart board_uart = {.put = put,
                                        .get = get,
                                        .now_us = now_us,
                                        .drained = drained,
                                        .wait = wait,
                                        .set_line = set_line};

/* ------------------------------------------------------------------------------------------------
 * The board
 */

void board_init(void)
{
    struct uart *const uarts[] = {&bus, &second};

    bus.registers = (struct registers *)0x40004000u;
    second.registers = (struct registers *)0x40005000u;
    for (unsigned i = 0; i < 2; i++) {
        uarts[i]->registers->divider = CLOCK_HZ / 9600;
        uarts[i]->registers->control = TX_ON | RX_ON | TX_INTERRUPT | RX_INTERRUPT;
        interrupt_enable(2 * i);
        interrupt_enable(2 * i + 1);
    }
    s0->divider = CLOCK_HZ / 300;
    s0->control = RX_ON | RX_INTERRUPT;
    interrupt_enable(4);
    console->divider = 16; /* as fast as it goes */
    console->control = TX_ON;
    systick_start(CLOCK_HZ / 1000);
}

uint32_t board_pulses(void)
{
    return pulses;
}

void board_print(const char *text)
{
    for (; *text != '\0'; text++) {
        while ((console->state & TX_FULL) != 0)
            continue;
        console->data = (uint8_t)*text;
    }
}

void board_rest(void)
{
    interrupts_off();
    if (ring_is_empty(&bus.received) && ring_is_empty(&second.received))
        sleep();
    interrupts_on();
}
