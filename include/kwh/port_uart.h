/* SPDX-License-Identifier: MIT */
/**
 * @file port_uart.h
 * Any UART as the port of a line: three functions of the driver, and up to four more.
 *
 *     static KWH_CONST struct kwh_uart uart = {.put = put, .get = get, .now_us = now_us};
 *     kwh_port_uart_init(&port, &uart, NULL);
 *     line.backend = &port.backend;                    blocking calls, or:
 *
 *     kwh_line_next(&line, now_us(NULL), &step);       a main loop that never blocks
 *     kwh_port_uart_step(&port, &line, &step);
 *
 * What a driver does behind put and get is its own affair (examples/uart/ has each):
 *
 * - polled: get looks at the receiver. The loop must come round once a character, 1.1 ms at 9600
 *   baud, or have a FIFO in the hardware.
 * - interrupt: the handler moves each byte into a ring buffer, and get takes it from there.
 * - DMA: the controller fills a circular buffer, and get follows its counter. To send, put fills a
 *   buffer and starts the controller when it rests.
 *
 * Interrupt handlers touch the driver's ring buffers only, never the port or the line.
 */
#ifndef KWH_PORT_UART_H
#define KWH_PORT_UART_H

#include <kwh/responder.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Set in what kwh_uart.get() returns: the byte came with a parity, framing or overrun error. */
#define KWH_UART_DAMAGED 0x100

/** What the driver of a UART can do. Every function gets the context of the port. */
struct kwh_uart {
    /** Takes a byte to send; false: no room now. Does not wait. */
    bool (*put)(void *context, uint8_t byte);
    /** The next received byte, with KWH_UART_DAMAGED where that holds; -1: there is none. Does not
     *  wait. */
    int (*get)(void *context);
    /** The time in microseconds, wrapping; may be coarse, see kwh_timing.tick_us. */
    uint32_t (*now_us)(void *context);

    /** Whether the last stop bit has left the wire (the transmitter's "complete", not its "empty");
     *  needed with direction, else may be NULL. */
    bool (*drained)(void *context);
    /** RS-485: turns the driver of the line on before sending, off once drained; may be NULL. */
    void (*direction)(void *context, bool sending);
    /** Sleeps until a byte comes, or the time is there, or for less; NULL: the port asks over and
     *  over. */
    void (*wait)(void *context, uint32_t until_us);
    /** Sets speed and character format, called once drained, or at once without drained; NULL:
     *  cannot. */
    enum kwh_error (*set_line)(void *context, const struct kwh_line_settings *settings);
};

/** A UART as a port. Members are private but for the backend. */
struct kwh_port_uart {
    struct kwh_backend backend; /**< for kwh_line.backend */
    KWH_CONST struct kwh_uart *uart;
    void *context;
    struct kwh_line_settings settings, wanted; /* the last that were set; that a step asks for */
    enum kwh_error set_line_error; /**< how the last change of settings in a step went */
    bool unset;                    /* what is wanted waits for the UART to be drained */
    bool sending;                  /* the driver of the line is on */
    bool damaged;                  /* the last byte of the last batch is */
};

/**
 * Makes a port of a driver, and turns the line to receiving.
 * @retval KWH_ERROR_ARGUMENT put, get or now_us is missing, or drained where direction is there
 */
KWH_API KWH_CHECKED enum kwh_error
kwh_port_uart_init(struct kwh_port_uart *port, KWH_CONST struct kwh_uart *uart, void *context);

/**
 * Does without waiting what a step of the line asks for, as far as that goes, and tells the line.
 * Call it again and again, each time with a new step: the driver of an RS-485 line goes off in the
 * first call after the last stop bit. SETTINGS take effect in the first call that finds the UART
 * drained, and if they could be set, the line's times are theirs (kwh_line_set_speed()); until then
 * nothing is sent or received. What is 0 of them stays as it was set before.
 * port.set_line_error tells how it went: KWH_ERROR_BUSY not yet, KWH_ERROR_UNSUPPORTED the UART has
 * no set_line.
 */
KWH_API void kwh_port_uart_step(struct kwh_port_uart *port, struct kwh_line *line,
                                const struct kwh_step *step);

/**
 * The same for a responder or server (kwh_responder_set_speed()). A server that a write moves may
 * ask for a part of the settings: so give it those to begin with in such a step, too.
 */
KWH_API void kwh_port_uart_respond(struct kwh_port_uart *port, struct kwh_responder *responder,
                                   const struct kwh_step *step);

#ifdef __cplusplus
}
#endif

#endif
