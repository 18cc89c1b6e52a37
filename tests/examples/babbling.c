/* SPDX-License-Identifier: MIT */
/* A UART that hears one byte after the other, for ever: none of it is a frame. */
#include "../../examples/uart/hardware.h"

static uint32_t now_us;

/* One character each millisecond. */
bool hardware_received(void)
{
    now_us += 100;
    return now_us / 100 % 10 == 0;
}

uint8_t hardware_receive(void)
{
    return 0xFF;
}

bool hardware_can_send(void)
{
    return true;
}

void hardware_send(uint8_t byte)
{
    (void)byte;
}

bool hardware_sent(void)
{
    return true;
}

uint32_t hardware_now_us(void)
{
    return now_us;
}
