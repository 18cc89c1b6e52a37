/* SPDX-License-Identifier: MIT */
#ifndef KWHI_SHIFT_H
#define KWHI_SHIFT_H

#include <stddef.h>
#include <stdint.h>

/* Moves what follows the first `count` of `length` bytes to the front; returns how many. */
uint16_t kwhi_shift(uint8_t *bytes, size_t count, size_t length);

#endif
