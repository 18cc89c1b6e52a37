/* SPDX-License-Identifier: MIT */
/*
 * The time of an image on the bench. Only the bench lets it pass, and not while a byte is on its
 * way or the other side owes an answer: so it does not matter how fast the computer is. An image
 * tells what has come and gone each time that it asks.
 */
#ifndef BENCH_TIME_H
#define BENCH_TIME_H

#include <stdbool.h>
#include <stdint.h>

/* The UARTs of a board, in the order of the emulator. */
#define BENCH_UARTS 3

/** How many bytes the program gave to each UART and took from it. */
struct bench_traffic {
    uint32_t sent[BENCH_UARTS], got[BENCH_UARTS];
};

/** The time in microseconds, which passes in bench_time_pass() alone. */
uint32_t bench_time_us(void);

/** The program has nothing more to do at this time. False: time stands, for bytes still come. */
bool bench_time_pass(const struct bench_traffic *traffic);

#endif
