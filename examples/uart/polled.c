/* SPDX-License-Identifier: MIT */
/*
 * Polled: nothing but the registers. For loops that come round at least once a character, 1.1 ms at
 * 9600 baud, or UARTs with a FIFO that is deeper than a round is long.
 */
#include "driver.h"
#include "hardware.h"

static bool put(void *context, uint8_t byte)
{
    (void)context;
    if (!hardware_can_send())
        return false;
    hardware_send(byte);
    return true;
}

static int get(void *context)
{
    int mark;

    (void)context;
    if (!hardware_received())
        return -1;
    mark = hardware_receive_error() ? KWH_UART_DAMAGED : 0;
    return hardware_receive() | mark;
}

static uint32_t now_us(void *context)
{
    (void)context;
    return hardware_now_us();
}

static bool drained(void *context)
{
    (void)context;
    return hardware_sent();
}

KWH_CONST struct kwh_uart driver = {.put = put, .get = get, .now_us = now_us, .drained = drained};

void driver_start(void)
{
}
