/* SPDX-License-Identifier: MIT */
/* A stage set: an S0 output that gives four pulses at 1 kW, three at 2 kW and then none. */
#include "pin.h"

#include <stdio.h>

#define START_US UINT32_C(4280000000) /* the clock wraps in 15 s */

/* Edges in microseconds from the start of a pulse: it bounces, lasts 40 ms and bounces. */
static const uint32_t bounces_us[] = {0, 150, 220, 40000, 40100, 40180};
#define BOUNCES (sizeof bounces_us / sizeof bounces_us[0])

/* Starts of the pulses, in milliseconds. */
static const uint32_t pulses_ms[] = {1000, 4600, 8200, 11800, 13600, 15400, 17200};
#define PULSES   (sizeof pulses_ms / sizeof pulses_ms[0])

#define SHOWN_US UINT32_C(36000000)

static uint32_t passed_us;
static size_t edge; /* the next */

bool pin_is_low(void)
{
    return edge % 2 != 0;
}

uint32_t pin_now_us(void)
{
    return START_US + passed_us;
}

void pin_interrupt_enable(bool on)
{
    (void)on; /* nothing happens here while nobody sleeps */
}

bool pin_sleep_ms(uint32_t duration_ms, void (*changed)(void))
{
    uint32_t until_us = passed_us + 1000 * duration_ms;

    while (edge < PULSES * BOUNCES) {
        uint32_t next_us = 1000 * pulses_ms[edge / BOUNCES] + bounces_us[edge % BOUNCES];
        if (next_us > until_us)
            break;
        passed_us = next_us;
        edge++;
        changed();
    }
    passed_us = until_us;
    return passed_us <= SHOWN_US;
}

void pin_show(const char *what, const struct kwh_decimal *value)
{
    char text[KWH_DECIMAL_TEXT];

    if (kwh_decimal_print(value, text, sizeof text) == KWH_OK)
        printf("%s %s\n", text, what);
}
