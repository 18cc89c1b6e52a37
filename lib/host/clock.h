/* SPDX-License-Identifier: MIT */
#ifndef KWHI_HOST_CLOCK_H
#define KWHI_HOST_CLOCK_H

#include <stdint.h>

/* Monotonic time that does not wrap. */
uint64_t kwhi_clock_ns(void);
uint64_t kwhi_clock_ms(void);

#endif
