/* SPDX-License-Identifier: MIT */
/*
 * What every measured program has anyway, the empty one as well: a driver that takes and gives
 * bytes, a clock, and arguments that the compiler cannot know.
 */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

/** Hands bytes to the driver. */
void board_send(const uint8_t *bytes, size_t count);

/** Takes what has come, at most @p capacity bytes, or waits for it. */
size_t board_receive(uint8_t *room, size_t capacity, uint32_t until_us);

/** The time. */
uint32_t board_now_us(void);

/** An argument. */
extern volatile uint16_t board_argument;

/** Where results go. */
extern volatile uint32_t board_result;

#endif
