/* SPDX-License-Identifier: MIT */
#include "bench_time.h"

#include "../../examples/firmware/board.h"
#include "../../examples/firmware/semihosting.h"

#include <string.h>

/* As of fopen(): "rb" and "wb". */
#define READ_BINARY  1u
#define WRITE_BINARY 5u

static uint32_t time_us;

uint32_t bench_time_us(void)
{
    return time_us;
}

/* Without a bench there is no time: the test fails. */
static void need(bool works)
{
    if (!works)
        board_end(98);
}

/* Blocks of semihosting hold words, each as wide as a pointer. */
static uintptr_t open_pipe(const char *name, uintptr_t mode)
{
    const uintptr_t block[] = {(uintptr_t)name, mode, strlen(name)};
    int handle = semihosting_call(SEMIHOSTING_OPEN, block);

    need(handle >= 0);
    return (uintptr_t)handle;
}

/* The command line has the names of two pipes: where to tell, and where the time comes from. */
static void open_pipes(uintptr_t *tell, uintptr_t *hear)
{
    static char names[256];
    const uintptr_t block[] = {(uintptr_t)names, sizeof names};
    char *space;

    need(semihosting_call(SEMIHOSTING_COMMAND_LINE, block) == 0);
    space = strchr(names, ' ');
    need(space != NULL);
    *space = '\0';
    *tell = open_pipe(names, WRITE_BINARY);
    *hear = open_pipe(space + 1, READ_BINARY);
}

bool bench_time_pass(const struct bench_traffic *traffic)
{
    static uintptr_t tell, hear;
    uint32_t before_us = time_us;
    uintptr_t told[] = {0, (uintptr_t)traffic, sizeof *traffic};
    uintptr_t heard[] = {0, (uintptr_t)&time_us, sizeof time_us};

    if (tell == 0)
        open_pipes(&tell, &hear);
    told[0] = tell;
    heard[0] = hear;
    need(semihosting_call(SEMIHOSTING_WRITE, told) == 0);
    need(semihosting_call(SEMIHOSTING_READ, heard) == 0); /* sleeps until the bench says */
    return time_us != before_us;
}
