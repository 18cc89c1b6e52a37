/* SPDX-License-Identifier: MIT */
/*
 * What a firmware has anyway: the driver of its UART and something to do with values. This one is a
 * stage set that lets the examples run on a computer: two meters hang on the UART, time passes as
 * it is asked for, and the power goes when it has shown enough.
 */
#ifndef BOARD_H
#define BOARD_H

#include <kwh/port_uart.h>
#include <kwh/reading.h>

/** The driver: put and get work on the ring buffers that the interrupts fill and empty. */
extern KWH_CONST struct kwh_uart board_uart;

/** Shows a value that came from a meter. */
void board_show(unsigned meter, const struct kwh_reading *reading);

/** The rest of the main loop. */
void board_do_other_work(void);

/** Runs a task. */
void board_run(void (*task)(void));

/** Lets other tasks run. */
void board_sleep_ms(uint32_t duration_ms);

#endif
