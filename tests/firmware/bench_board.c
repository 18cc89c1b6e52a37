/* SPDX-License-Identifier: MIT */
/*
 * A board as the bench wants it: its driver as it is, with the bytes counted, in the bench's time.
 * The linker puts it before the real one (--wrap), so that all else of an image is as it was.
 */
#include "bench_time.h"

#include "../../examples/firmware/board.h"

/* The names that the linker makes. */
extern KWH_CONST struct kwh_uart __real_board_uart;
extern KWH_CONST struct kwh_uart __wrap_board_uart;
void __real_board_rest(void);
void __wrap_board_rest(void);

static struct bench_traffic traffic;

/* On a board with one UART that is the first, whatever it is for. */
static unsigned number_of(const void *context)
{
    return context == board_uarts.second && board_uarts.bus != NULL ? 1 : 0;
}

static bool put(void *context, uint8_t byte)
{
    bool taken = __real_board_uart.put(context, byte);

    traffic.sent[number_of(context)] += taken;
    return taken;
}

static int get(void *context)
{
    int entry = __real_board_uart.get(context);

    traffic.got[number_of(context)] += entry >= 0;
    return entry;
}

static uint32_t now_us(void *context)
{
    (void)context;
    return bench_time_us();
}

static bool drained(void *context)
{
    return __real_board_uart.drained(context);
}

static void direction(void *context, bool sending)
{
    if (__real_board_uart.direction != NULL)
        __real_board_uart.direction(context, sending);
}

static enum kwh_error set_line(void *context, const struct kwh_line_settings *settings)
{
    return __real_board_uart.set_line(context, settings);
}

KWH_CONST struct kwh_uart __wrap_board_uart = {.put = put,
                                               .get = get,
                                               .now_us = now_us,
                                               .drained = drained,
                                               .direction = direction,
                                               .set_line = set_line};

/* Pulses come by the third UART, where there are three. */
void __wrap_board_rest(void)
{
    traffic.got[2] = board_pulses();
    if (!bench_time_pass(&traffic))
        __real_board_rest();
}
