/* SPDX-License-Identifier: MIT */
/* An AVR in simavr: the console is its first UART, the result a register that nothing else uses. */
#include "cmocka.h"

#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/sleep.h>
#include <stdlib.h>

void target_begin(void)
{
    UCSR0B = 1 << TXEN0;
}

void target_print(const char *text)
{
    for (; *text != '\0'; text++) {
        while ((UCSR0A & 1 << UDRE0) == 0)
            continue;
        UDR0 = (uint8_t)*text;
    }
}

/* Asleep for ever: that ends the emulator. */
void target_end(int failed)
{
    GPIOR0 = (uint8_t)(failed > 255 ? 255 : failed);
    cli();
    sleep_enable();
    sleep_cpu();
}

/* That of the C library turns in a circle. */
void abort(void)
{
    target_print("aborted\n");
    target_end(1);
    for (;;)
        continue;
}
