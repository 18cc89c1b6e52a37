/* SPDX-License-Identifier: MIT */
/*
 * The registers of a UART as nearly every microcontroller has them; put the names of yours in their
 * place. Here they belong to a stage set, fake/hardware.c, with a meter at the other end.
 */
#ifndef HARDWARE_H
#define HARDWARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The receiver has a byte; reading it makes room for the next. */
bool hardware_received(void);
uint8_t hardware_receive(void);
/** That byte came with a parity, framing or overrun error. */
bool hardware_receive_error(void);

/** The transmitter takes a byte: "data register empty". */
bool hardware_can_send(void);
void hardware_send(uint8_t byte);
/** The last stop bit is out: "transmission complete". */
bool hardware_sent(void);

/** Calls the handler for each received byte. */
void hardware_receive_interrupt(void (*handler)(void));

/** The controller writes what is received to the buffer, and begins again at its end. */
void hardware_dma_receive(volatile uint8_t *buffer, size_t size);
/** How many bytes are left up to that end. */
size_t hardware_dma_left(void);
/** The controller sends so many bytes, then calls the handler. */
void hardware_dma_send(const uint8_t *bytes, size_t count, void (*handler)(void));
/** Masks the interrupt that calls it; what comes meanwhile comes when it is let. */
void hardware_dma_mask(bool masked);

/** Of a timer. */
uint32_t hardware_now_us(void);

#endif
