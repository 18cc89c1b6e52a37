/* SPDX-License-Identifier: MIT */
/*
 * What a firmware has anyway: a pin, its interrupt and a clock. This one is a stage set: the S0
 * output of a PRO380 hangs on the pin and bounces, and time passes as it is slept through.
 */
#ifndef PIN_H
#define PIN_H

#include <kwh/decimal.h>

/** True while the output conducts. */
bool pin_is_low(void);

/** Microseconds, wrapping. */
uint32_t pin_now_us(void);

/** Lets the interrupt through, or keeps it waiting. */
void pin_interrupt_enable(bool on);

/** Sleeps; false when the stage is dark. `changed` is the interrupt handler of the pin, both edges.
 */
bool pin_sleep_ms(uint32_t duration_ms, void (*changed)(void));

/** Shows a number. */
void pin_show(const char *what, const struct kwh_decimal *value);

#endif
