/* SPDX-License-Identifier: MIT */
#include <kwh/port_uart.h>

#include <string.h>

/* A UART that takes no byte, or does not let go of its last one, for so long is broken: 110 Bd need
 * 0.1 s for a character. */
#define PATIENCE_US 1000000u

static uint32_t now(const struct kwh_port_uart *port)
{
    return port->uart->now_us(port->context);
}

static bool is_past(const struct kwh_port_uart *port, uint32_t until_us)
{
    return (int32_t)(now(port) - until_us) >= 0;
}

static void turn_to_sending(struct kwh_port_uart *port)
{
    if (port->uart->direction != NULL && !port->sending) {
        port->uart->direction(port->context, true);
        port->sending = true;
    }
}

/* The answer may follow a character after the request: the line's driver is off by then. */
static void turn_to_receiving(struct kwh_port_uart *port)
{
    if (port->sending && port->uart->drained(port->context)) {
        port->uart->direction(port->context, false);
        port->sending = false;
    }
}

static size_t put_all(struct kwh_port_uart *port, const uint8_t *bytes, size_t count)
{
    size_t sent = 0;

    turn_to_sending(port);
    while (sent < count && port->uart->put(port->context, bytes[sent]))
        sent++;
    return sent;
}

/* Up to the first damaged byte, which the line is told of by itself. */
static size_t get_all(struct kwh_port_uart *port, uint8_t *room, size_t capacity)
{
    size_t got = 0;

    port->damaged = false;
    while (got < capacity && !port->damaged) {
        int byte = port->uart->get(port->context);

        if (byte < 0)
            break;
        port->damaged = (byte & KWH_UART_DAMAGED) != 0;
        room[got++] = (uint8_t)(byte & 0xFF);
    }
    return got;
}

/* ------------------------------------------------------------------------------------------------
 * The backend, which may wait
 */

static uint32_t backend_now(void *context)
{
    return now(context);
}

static enum kwh_error drain(struct kwh_port_uart *port)
{
    uint32_t until_us = now(port) + PATIENCE_US;

    while (port->uart->drained != NULL && !port->uart->drained(port->context))
        if (is_past(port, until_us))
            return KWH_ERROR_IO;
    return KWH_OK;
}

/* Sends all, and comes back when the line is free for the answer. */
static enum kwh_error backend_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    struct kwh_port_uart *port = context;
    uint32_t until_us = now(port) + PATIENCE_US;
    enum kwh_error error = KWH_OK;

    *sent = 0;
    while (*sent < count && error == KWH_OK) {
        size_t part = put_all(port, bytes + *sent, count - *sent);

        *sent += part;
        if (part > 0)
            until_us = now(port) + PATIENCE_US;
        else if (is_past(port, until_us))
            error = KWH_ERROR_IO;
    }
    if (port->sending) {
        enum kwh_error drained = drain(port);

        /* A driver that stays on would hold the line against everybody. */
        port->uart->direction(port->context, false);
        port->sending = false;
        error = error != KWH_OK ? error : drained;
    }
    return error;
}

static enum kwh_error backend_receive(void *context, uint8_t *room, size_t capacity,
                                      uint32_t until_us, size_t *got)
{
    struct kwh_port_uart *port = context;

    *got = get_all(port, room, capacity);
    while (*got == 0 && !is_past(port, until_us)) {
        if (port->uart->wait != NULL)
            port->uart->wait(port->context, until_us);
        *got = get_all(port, room, capacity);
    }
    return KWH_OK;
}

static bool backend_damaged(void *context)
{
    const struct kwh_port_uart *port = context;

    return port->damaged;
}

static enum kwh_error backend_set_line(void *context, const struct kwh_line_settings *settings)
{
    struct kwh_port_uart *port = context;
    enum kwh_error error = drain(port);

    if (error == KWH_OK)
        error = port->uart->set_line(port->context, settings);
    if (error == KWH_OK)
        port->settings = *settings;
    return error;
}

enum kwh_error kwh_port_uart_init(struct kwh_port_uart *port, KWH_CONST struct kwh_uart *uart,
                                  void *context)
{
    memset(port, 0, sizeof *port);
    if (uart->put == NULL || uart->get == NULL || uart->now_us == NULL ||
        (uart->direction != NULL && uart->drained == NULL))
        return KWH_ERROR_ARGUMENT;
    port->uart = uart;
    port->context = context;
    port->backend.context = port;
    port->backend.now_us = backend_now;
    port->backend.send = backend_send;
    port->backend.receive = backend_receive;
    port->backend.damaged = backend_damaged;
    port->backend.set_line = uart->set_line != NULL ? backend_set_line : NULL;
    if (uart->direction != NULL)
        uart->direction(context, false);
    return KWH_OK;
}

/* ------------------------------------------------------------------------------------------------
 * One step, which does not
 */

/* Sets what is wanted, once the last byte has left. True: it is so from now on. */
static bool set_when_drained(struct kwh_port_uart *port)
{
    KWH_CONST struct kwh_uart *uart = port->uart;

    if (!port->unset || (uart->drained != NULL && !uart->drained(port->context)))
        return false;
    port->unset = false;
    port->set_line_error = uart->set_line != NULL ? uart->set_line(port->context, &port->wanted)
                                                  : KWH_ERROR_UNSUPPORTED;
    if (port->set_line_error != KWH_OK)
        return false;
    port->settings = port->wanted;
    return true;
}

/* What lines and responders do alike. True: the settings are others from now on. */
static bool prepare(struct kwh_port_uart *port, const struct kwh_step *step)
{
    if (step->action == KWH_ACTION_SETTINGS) {
        port->wanted = *step->settings;
        kwh_line_settings_complete(&port->wanted, &port->settings);
        port->unset = true;
        port->set_line_error = KWH_ERROR_BUSY;
    }
    if (step->action != KWH_ACTION_SEND)
        turn_to_receiving(port);
    return set_when_drained(port);
}

void kwh_port_uart_step(struct kwh_port_uart *port, struct kwh_line *line,
                        const struct kwh_step *step)
{
    if (prepare(port, step))
        kwh_line_set_speed(line, &port->settings);
    if (port->unset)
        return;
    if (step->action == KWH_ACTION_SEND) {
        size_t sent = put_all(port, step->bytes, step->count);

        kwh_line_sent(line, sent, now(port));
    } else if (step->room != NULL) {
        size_t got = get_all(port, step->room, step->capacity);

        if (port->damaged)
            kwh_line_got_damaged(line, got, now(port));
        else
            kwh_line_got(line, got, now(port));
    }
}

void kwh_port_uart_respond(struct kwh_port_uart *port, struct kwh_responder *responder,
                           const struct kwh_step *step)
{
    if (prepare(port, step))
        kwh_responder_set_speed(responder, &port->settings);
    if (port->unset)
        return;
    if (step->action == KWH_ACTION_SEND) {
        size_t sent = put_all(port, step->bytes, step->count);

        kwh_responder_sent(responder, sent, now(port));
    } else if (step->room != NULL) {
        size_t got = get_all(port, step->room, step->capacity);

        if (port->damaged)
            kwh_responder_got_damaged(responder, got, now(port));
        else
            kwh_responder_got(responder, got, now(port));
    }
}
