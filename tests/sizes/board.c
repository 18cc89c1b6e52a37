/* SPDX-License-Identifier: MIT */
#include "board.h"

#include <string.h>

volatile uint16_t board_argument;
volatile uint32_t board_result;

static volatile uint32_t ticks;
static volatile uint8_t port;

void board_send(const uint8_t *bytes, size_t count)
{
    while (count-- > 0)
        port = *bytes++;
}

size_t board_receive(uint8_t *room, size_t capacity, uint32_t until_us)
{
    size_t count = 0;
    while (count < capacity && (int32_t)(board_now_us() - until_us) < 0)
        room[count++] = port;
    return count;
}

uint32_t board_now_us(void)
{
    return ticks;
}
