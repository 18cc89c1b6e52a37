/* SPDX-License-Identifier: MIT */
/*
 * All that the images want of a board. A board is one folder: board.c, memory.ld, cross.ini. To
 * bring your own, copy the one that is nearest and change board.c.
 */
#ifndef BOARD_H
#define BOARD_H

#include <kwh/port_uart.h>

/** The functions of every UART of the board; which one is said by the context of the port. */
extern KWH_CONST struct kwh_uart board_uart;

/** The UARTs of a board, contexts of board_uart. NULL: this board has no such UART. */
struct board_uarts {
    void *bus;    /**< the RS-485 transceiver */
    void *second; /**< the M-Bus level converter, or a second RS-485 bus */
};
extern const struct board_uarts board_uarts;

/** How coarse the clock of board_uart is, in microseconds: for kwh_timing.tick_us. */
extern const uint32_t board_tick_us;

/** Clocks, pins, UARTs at 9600 8N1, interrupts. */
void board_init(void);

/** How many pulses came at the S0 input since board_init(). */
uint32_t board_pulses(void);

/** Shows a text on the console. May wait: it is no part of what has to be quick. */
void board_print(const char *text);

/** Sleeps until an interrupt: a byte, or the next tick. */
void board_rest(void);

/** main() has returned. An emulator ends with this code; a board without one stays here. */
void board_end(int code);

#endif
