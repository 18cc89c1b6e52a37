/* SPDX-License-Identifier: MIT */
/*
 * By interrupt: each byte goes into a ring buffer, and the main loop may be busy for as long as the
 * ring lasts, 290 ms at 9600 baud. The usual choice. Sending stays polled here; the boards of
 * examples/firmware/ send by interrupt as well.
 */
#include "driver.h"
#include "hardware.h"
#include "ring.h"

static struct ring received;

/* The only code of the driver that runs in the interrupt. */
static void on_byte(void)
{
    unsigned mark = hardware_receive_error() ? KWH_UART_DAMAGED : 0;

    (void)ring_write(&received, hardware_receive() | mark);
}

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
    (void)context;
    return ring_take(&received);
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
    hardware_receive_interrupt(on_byte);
}
