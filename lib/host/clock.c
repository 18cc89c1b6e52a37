/* SPDX-License-Identifier: MIT */
#if !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include "clock.h"

#include <kwh/host.h>

#include <time.h>

uint64_t kwhi_clock_ns(void)
{
    struct timespec now;

    if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t kwhi_clock_ms(void)
{
    return kwhi_clock_ns() / 1000000u;
}

uint32_t kwh_host_now_us(void)
{
    return (uint32_t)(kwhi_clock_ns() / 1000u);
}
