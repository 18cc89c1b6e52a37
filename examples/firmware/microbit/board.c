/* SPDX-License-Identifier: MIT */
/*
 * nRF51822 (BBC micro:bit, first generation): Cortex-M0 at 16 MHz. Its one UART is the bus, or with
 * BOARD_MBUS the second one, for an M-Bus level converter; the console is that of the debugger.
 * Tried in QEMU only.
 *
 *     UART     P0.03 TX (ring 0), P0.02 RX (ring 1), P0.16 drives DE and /RE of the RS-485
 *              transceiver
 *     S0       P0.01 with its pull-up (ring 2): the output of the meter between it and ground
 *     LED      P0.13 (row 1), P0.04 (column 1): from where a pulse counts up to its end
 */
#include "../board.h"
#include "../cortex_m.h"
#include "../../uart/ring.h"
#include "../semihosting.h"

#include <kwh/edge_counter.h>

#define UART(offset_) REGISTER(0x40002000u + (offset_))

/* UART */
#define START_RX      UART(0x000)
#define START_TX      UART(0x008)
#define RX_READY      UART(0x108)
#define TX_READY      UART(0x11C) /* the last stop bit is out */
#define RX_ERROR      UART(0x124)
#define INTERRUPTS_ON UART(0x304)
#define ERROR_SOURCE  UART(0x480)
#define ENABLE        UART(0x500)
#define PIN_TX        UART(0x50C)
#define PIN_RX        UART(0x514)
#define RX_DATA       UART(0x518)
#define TX_DATA       UART(0x51C)
#define BAUD          UART(0x524)
#define CONFIG        UART(0x56C)
#define EVEN          0x0Eu

/* Pins */
#define PINS_HIGH        REGISTER(0x50000508u)
#define PINS_LOW         REGISTER(0x5000050Cu)
#define PINS             REGISTER(0x50000510u)
#define PINS_ARE_OUTPUTS REGISTER(0x50000518u)
#define PIN_CONFIG(pin_) REGISTER(0x50000700u + 4u * (pin_))
#define PULLED_UP        0x0Cu
#define BIT(pin_)        (UINT32_C(1) << (pin_))
#define S0               1u
#define RX               2u
#define TX               3u
#define COLUMN           4u
#define ROW              13u
#define DRIVER           16u

/* Timers: one counts microseconds, the next wakes the main loop each millisecond. */
#define TIMER(number_, offset_)  REGISTER(0x40008000u + 0x1000u * (number_) + (offset_))
#define TIMER_START(number_)     TIMER(number_, 0x000)
#define TIMER_CAPTURE(number_)   TIMER(number_, 0x040)
#define TIMER_EVENT(number_)     TIMER(number_, 0x140)
#define TIMER_SHORTCUT(number_)  TIMER(number_, 0x200)
#define TIMER_INTERRUPT(number_) TIMER(number_, 0x304)
#define TIMER_BITS(number_)      TIMER(number_, 0x508)
#define TIMER_PRESCALER(number_) TIMER(number_, 0x510)
#define TIMER_VALUE(number_)     TIMER(number_, 0x540)

static struct uart {
    struct ring received, to_send;
    volatile bool sending;
} bus;

#ifdef BOARD_MBUS
const struct board_uarts board_uarts = {.second = &bus};
#else
const struct board_uarts board_uarts = {.bus = &bus};
#endif
const uint32_t board_tick_us = 1;

/* ------------------------------------------------------------------------------------------------
 * Interrupts
 */

static void send(void)
{
    int entry = ring_take(&bus.to_send);

    bus.sending = entry >= 0;
    if (entry >= 0)
        TX_DATA = (uint8_t)entry;
}

static void uart_interrupt(void)
{
    while (RX_READY != 0) {
        unsigned mark = RX_ERROR != 0 ? KWH_UART_DAMAGED : 0;

        RX_READY = 0;
        RX_ERROR = 0;
        ERROR_SOURCE = 0xF;
        (void)ring_write(&bus.received, (RX_DATA & 0xFF) | mark); /* a CRC tells what is missing */
    }
    if (TX_READY != 0) {
        TX_READY = 0;
        send();
    }
}

static uint32_t now_us(void *context)
{
    (void)context;
    TIMER_CAPTURE(0) = 1;
    return TIMER_VALUE(0);
}

/* Pulses of 2.5 ms are the shortest of a PRO380; the pin is looked at each millisecond. */
static const struct kwh_edge_settings s0_settings = {.debounce_us = 500, .width_min_us = 1000};
static struct kwh_edge_counter s0_counter;
static volatile uint32_t pulses;

static bool s0_conducts(void)
{
    return (PINS & BIT(S0)) == 0;
}

static void look_at_s0(void)
{
    bool conducts = s0_conducts();

    if (kwh_edge_counter_input(&s0_counter, conducts, now_us(NULL))) {
        pulses++;
        PINS_HIGH = BIT(ROW);
    }
    if (!conducts)
        PINS_LOW = BIT(ROW);
}

static void timer_interrupt(void)
{
    TIMER_EVENT(1) = 0;
    look_at_s0();
}

INTERRUPTS interrupts[32] = {
    [2] = {.handler = uart_interrupt},
    [9] = {.handler = timer_interrupt},
};

/* ------------------------------------------------------------------------------------------------
 * The driver
 */

static bool put(void *context, uint8_t byte)
{
    (void)context;
    if (!ring_write(&bus.to_send, byte))
        return false;
    interrupts_off();
    if (!bus.sending)
        send();
    interrupts_on();
    return true;
}

static int get(void *context)
{
    (void)context;
    return ring_take(&bus.received);
}

static bool drained(void *context)
{
    (void)context;
    return !bus.sending;
}

static void direction(void *context, bool sending)
{
    (void)context;
    if (sending)
        PINS_HIGH = BIT(DRIVER);
    else
        PINS_LOW = BIT(DRIVER);
}

static void wait(void *context, uint32_t until_us)
{
    (void)context;
    (void)until_us; /* the timer wakes us in time */
    board_rest();
}

/* The register holds baud * 2^32 / 16 MHz, in steps that the manual lists. */
static enum kwh_error set_line(void *context, const struct kwh_line_settings *settings)
{
    static const struct {
        uint32_t baud, value;
    } speeds[] = {{1200, 0x0004F000},  {2400, 0x0009D000},  {4800, 0x0013B000},  {9600, 0x00275000},
                  {19200, 0x004EA000}, {38400, 0x009D5000}, {115200, 0x01D7E000}};

    (void)context;
    if (settings->data_bits != 8 || settings->stop_bits != 1 || settings->parity == 'O')
        return KWH_ERROR_UNSUPPORTED;
    for (size_t i = 0; i < sizeof speeds / sizeof speeds[0]; i++) {
        if (speeds[i].baud != settings->baud)
            continue;
        BAUD = speeds[i].value;
        CONFIG = settings->parity == 'E' ? EVEN : 0;
        return KWH_OK;
    }
    return KWH_ERROR_UNSUPPORTED;
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

void board_init(void)
{
    static const struct kwh_line_settings usual = {9600, 8, 'N', 1};

    REGISTER(0x40000000u) = 1; /* the crystal: the other one is off by 1.5 % */
    PINS_HIGH = BIT(TX);       /* before it is an output */
    PINS_ARE_OUTPUTS = BIT(TX) | BIT(COLUMN) | BIT(ROW) | BIT(DRIVER);
    PIN_CONFIG(S0) = PULLED_UP;
    PIN_CONFIG(RX) = PULLED_UP;
    PIN_TX = TX;
    PIN_RX = RX;
    (void)set_line(&bus, &usual); /* it can do that */
    ENABLE = 4;
    INTERRUPTS_ON = UINT32_C(1) << 2 | UINT32_C(1) << 7;
    interrupt_enable(2);
    START_RX = 1;
    START_TX = 1;

    TIMER_BITS(0) = 3;      /* 32 */
    TIMER_PRESCALER(0) = 4; /* 16 MHz / 2^4 */
    TIMER_START(0) = 1;
    kwh_edge_counter_init(&s0_counter, &s0_settings, s0_conducts(), now_us(NULL));
    TIMER_BITS(1) = 0; /* 16 */
    TIMER_PRESCALER(1) = 4;
    TIMER_VALUE(1) = 1000;
    TIMER_SHORTCUT(1) = 1; /* there it begins again */
    TIMER_INTERRUPT(1) = UINT32_C(1) << 16;
    interrupt_enable(9);
    TIMER_START(1) = 1;
}

uint32_t board_pulses(void)
{
    return pulses;
}

void board_print(const char *text)
{
    semihosting_print(text);
}

void board_rest(void)
{
    interrupts_off();
    if (ring_is_empty(&bus.received))
        sleep();
    interrupts_on();
}
