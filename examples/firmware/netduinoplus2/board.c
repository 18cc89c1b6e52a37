/* SPDX-License-Identifier: MIT */
/*
 * STM32F405 (Netduino Plus 2, and any F4 with its own pins): 168 MHz from the internal oscillator.
 * Tried in QEMU only, which has neither clock tree nor pins.
 *
 *     bus      USART1   PA9 TX, PA10 RX, PA8 drives DE and /RE of the RS-485 transceiver
 *     second   USART2   PA2 TX, PA3 RX
 *     S0       USART3   PB11 RX with its pull-up: the output of the meter between it and ground;
 *                       at 300 baud a pulse is a character
 *     console  UART4    PA0 TX
 */
#include "../board.h"
#include "../cortex_m.h"
#include "../../uart/ring.h"

#define CLOCK_HZ 168000000u
#define APB_HZ   10500000u /* of all USARTs: slow enough for 300 baud, whose divider has 16 bits */

struct usart {
    volatile uint32_t status, data, divider, control1, control2, control3;
};

/* status */
#define ERRORS       0x0Fu /* parity, framing, noise, overrun */
#define RX_NOT_EMPTY 0x20u
#define TX_COMPLETE  0x40u
#define TX_EMPTY     0x80u
/* control1 */
#define RX_ON        0x0004u
#define TX_ON        0x0008u
#define RX_INTERRUPT 0x0020u
#define TX_INTERRUPT 0x0080u
#define ODD          0x0200u
#define PARITY       0x0400u
#define NINE_BITS    0x1000u /* parity counts as one */
#define ON           0x2000u
/* control2 */
#define TWO_STOP_BITS 0x2000u

struct uart {
    struct usart *registers;
    struct ring received, to_send;
};

static struct uart bus, second;
static struct usart *const s0 = (struct usart *)0x40004800u;
static struct usart *const console = (struct usart *)0x40004C00u;

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

static void interrupt(struct uart *uart)
{
    struct usart *registers = uart->registers;
    uint32_t status = registers->status;

    if ((status & (RX_NOT_EMPTY | ERRORS)) != 0) {
        unsigned byte = registers->data & 0xFF; /* behind status: this clears the errors */

        /* What does not fit is missing, and the CRC tells. */
        (void)ring_write(&uart->received, byte | ((status & ERRORS) != 0 ? KWH_UART_DAMAGED : 0));
    }
    if ((status & TX_EMPTY) != 0 && (registers->control1 & TX_INTERRUPT) != 0) {
        int entry = ring_take(&uart->to_send);

        if (entry >= 0)
            registers->data = (uint8_t)entry;
        else
            registers->control1 &= ~TX_INTERRUPT;
    }
}

static void bus_interrupt(void)
{
    interrupt(&bus);
}

static void second_interrupt(void)
{
    interrupt(&second);
}

/* Whatever character the USART makes of it: wide pulses end in a framing error. */
static void s0_interrupt(void)
{
    if ((s0->status & (RX_NOT_EMPTY | ERRORS)) != 0) {
        (void)s0->data; /* clears both */
        pulses++;
    }
}

INTERRUPTS interrupts[82] = {
    [37] = {.handler = bus_interrupt},
    [38] = {.handler = second_interrupt},
    [39] = {.handler = s0_interrupt},
};

/* ------------------------------------------------------------------------------------------------
 * The driver
 */

/* Straight to the transmitter when it has room and nothing waits before it. */
static bool put(void *context, uint8_t byte)
{
    struct uart *uart = context;
    bool taken = true;

    interrupts_off();
    if (ring_is_empty(&uart->to_send) && (uart->registers->status & TX_EMPTY) != 0) {
        uart->registers->data = byte;
    } else {
        taken = ring_write(&uart->to_send, byte);
        uart->registers->control1 |= TX_INTERRUPT;
    }
    interrupts_on();
    return taken;
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

/* The interrupt stays on until it finds nothing more to send; then "complete" is the last byte's.
 */
static bool drained(void *context)
{
    const struct uart *uart = context;

    return (uart->registers->control1 & TX_INTERRUPT) == 0 &&
           (uart->registers->status & TX_COMPLETE) != 0;
}

/* The transceiver of the bus; a USART without one has nothing to turn. */
static void direction(void *context, bool sending)
{
    if (context == &bus)
        REGISTER(0x40020018u) = sending ? UINT32_C(1) << 8 : UINT32_C(1) << 24; /* PA8 */
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

static enum kwh_error set_line(void *context, const struct kwh_line_settings *settings)
{
    const struct uart *uart = context;
    uint32_t format = RX_ON | TX_ON | RX_INTERRUPT | ON;

    if (settings->data_bits != 8 || settings->baud < 300 || settings->baud > 115200)
        return KWH_ERROR_UNSUPPORTED;
    if (settings->parity != 'N')
        format |= NINE_BITS | PARITY | (settings->parity == 'O' ? ODD : 0);
    uart->registers->control1 = 0;
    uart->registers->divider = (APB_HZ + settings->baud / 2) / settings->baud;
    uart->registers->control2 = settings->stop_bits == 2 ? TWO_STOP_BITS : 0;
    uart->registers->control1 = format;
    return KWH_OK;
}

KWH_CONST struct kwh_uart board_uart = {.put = put,
                                        .get = get,
                                        .now_us = now_us,
                                        .drained = drained,
                                        .direction = direction,
                                        .wait = wait,
                                        .set_line = set_line};

/* ------------------------------------------------------------------------------------------------
 * The board
 */

#define RCC(offset_)   REGISTER(0x40023800u + (offset_))
#define GPIOA(offset_) REGISTER(0x40020000u + (offset_))
#define GPIOB(offset_) REGISTER(0x40020400u + (offset_))

/* An emulator has no PLL that would ever be ready: the waiting has an end. */
static void wait_for(uint32_t offset, uint32_t bits)
{
    for (unsigned tries = 0; (RCC(offset) & bits) != bits && tries < 100000; tries++)
        continue;
}

/* 16 MHz / 16 * 336 / 2 = 168 MHz; both APBs a sixteenth of it. */
static void start_clocks(void)
{
    RCC(0x40) |= UINT32_C(1) << 28;                        /* power control */
    REGISTER(0x40023C00u) = 0x0705;                        /* flash: caches, 5 wait states */
    RCC(0x04) = UINT32_C(7) << 24 | 336 << 6 | 16;         /* PLL from the internal oscillator */
    RCC(0x00) |= UINT32_C(1) << 24;                        /* PLL on */
    wait_for(0x00, UINT32_C(1) << 25);                     /* it is ready */
    RCC(0x08) = UINT32_C(7) << 13 | UINT32_C(7) << 10 | 2; /* the PLL runs the system */
    wait_for(0x08, UINT32_C(2) << 2);                      /* it does */
}

/* PA0, PA2, PA3, PA9, PA10, PB11 to their USARTs, PA8 an output. */
static void connect_pins(void)
{
    RCC(0x30) |= 3;                                   /* GPIOA, GPIOB */
    RCC(0x40) |= UINT32_C(7) << 17;                   /* USART2, USART3, UART4 */
    RCC(0x44) |= UINT32_C(1) << 4;                    /* USART1 */
    GPIOA(0x20) |= UINT32_C(8) | UINT32_C(0x77) << 8; /* alternate functions: PA0, 2, 3 */
    GPIOA(0x24) |= UINT32_C(0x77) << 4;               /* PA9, PA10 */
    GPIOA(0x00) |= UINT32_C(0x2900A2);                /* modes */
    GPIOA(0x0C) |= UINT32_C(0x100040);                /* pull-ups of RX: who sends lets go of it */
    GPIOB(0x24) |= UINT32_C(7) << 12;                 /* PB11 */
    GPIOB(0x0C) |= UINT32_C(1) << 22;                 /* its pull-up */
    GPIOB(0x00) |= UINT32_C(2) << 22;
}

void board_init(void)
{
    static const struct kwh_line_settings usual = {9600, 8, 'N', 1};
    struct uart *const uarts[] = {&bus, &second};

    start_clocks();
    connect_pins();
    bus.registers = (struct usart *)0x40011000u;
    second.registers = (struct usart *)0x40004400u;
    for (unsigned i = 0; i < 2; i++) {
        (void)set_line(uarts[i], &usual); /* every USART can do that */
        interrupt_enable(37 + i);
    }
    s0->divider = APB_HZ / 300;
    s0->control1 = RX_ON | RX_INTERRUPT | ON;
    interrupt_enable(39);
    console->divider = APB_HZ / 115200;
    console->control1 = TX_ON | ON;
    systick_start(CLOCK_HZ / 1000);
}

uint32_t board_pulses(void)
{
    return pulses;
}

void board_print(const char *text)
{
    for (; *text != '\0'; text++) {
        while ((console->status & TX_EMPTY) == 0)
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
