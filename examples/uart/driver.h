/* SPDX-License-Identifier: MIT */
/* What polled.c, interrupt.c and dma.c each are. */
#ifndef DRIVER_H
#define DRIVER_H

#include <kwh/port_uart.h>

extern KWH_CONST struct kwh_uart driver;
void driver_start(void);

#endif
