/* SPDX-License-Identifier: MIT */
/*
 * Being a meter on a host: one thread, one poll(), a fixed number of connections. A connection has
 * one request in work and its answer on the way, never more: who does not read his answers is not
 * read from either.
 */
#if !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include "clock.h"
#include "descriptor.h"
#include "faulty_line.h"
#include "libmodbus.h"
#include "listening.h"
#include "serial.h"
#include "target.h"

#include <kwh/host.h>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_CONNECTIONS 32u
#define DEFAULT_IDLE_MS     60000u

/* TCP delivers the pieces of a frame when it likes: only its length ends it, and this is how long
 * a piece may hold up what follows. */
#define PIECE_PATIENCE_US 1000000u

/* Pause when the system has no descriptor left for a connection that waits. */
#define ACCEPT_PAUSE_MS 100u

struct connection {
    int descriptor; /* -1: free */
    uint32_t requests;
    uint64_t active_ms; /* last request, or when it came */
    uint32_t begun;     /* the request whose answer has begun, or is held back */
    uint64_t held_ms;   /* until then */
    union {
        struct kwh_server modbus;
        struct kwh_mbus_server mbus;
    } server;
    struct kwh_responder *responder; /* of the server */
    struct kwh_step step; /* SEND: the descriptor takes no more; RECEIVE: waits for bytes */
    uint8_t buffer[KWH_RESPONDER_BUFFER];
};

struct kwh_listener {
    struct kwh_target target;
    struct kwh_line_settings settings;
    struct kwhi_port port; /* serial: the port */
    int slave;             /* pty: our hold on the clients' side, else -1 */
    int listening;         /* TCP: the socket, else -1 */
    enum kwh_error error;  /* of a serial port that failed */
    int error_number;
    const struct kwh_server_framing *framing;
    const struct kwh_slave *slaves;
    struct kwh_mbus_slave *mbus_slaves; /* of M-Bus: one bus, whoever is connected to it */
    size_t slave_count;
    kwh_trace_function *trace;
    void *trace_context;
    uint64_t accept_ms; /* not before */
    uint32_t idle_ms;
    bool is_faulty;
    struct kwhi_faulty_line faulty;
    size_t limit;
    struct connection *connections;
    struct pollfd *polled; /* one a connection, then the listening socket */
};

/* In the order of enum kwh_scheme. */
static const struct kwh_server_framing *const framings[] = {
    [KWH_SCHEME_RTU] = &kwh_modbus_rtu_server,
    [KWH_SCHEME_TCP] = &kwh_modbus_tcp_server,
    [KWH_SCHEME_RTUTCP] = &kwh_modbus_rtu_over_tcp_server,
    [KWH_SCHEME_SIM] = NULL, /* has no other end */
    [KWH_SCHEME_MBUS] = &kwh_mbus_serial_server,
    [KWH_SCHEME_MBUSTCP] = &kwh_mbus_over_tcp_server,
};

static bool is_network(const struct kwh_listener *listener)
{
    return listener->target.scheme != KWH_SCHEME_RTU && listener->target.scheme != KWH_SCHEME_MBUS;
}

static bool is_mbus(const struct kwh_listener *listener)
{
    return kwh_scheme_protocol(listener->target.scheme) == KWH_PROTOCOL_MBUS;
}

/* ------------------------------------------------------------------------------------------------
 * Connections; a serial port is one that nobody closes
 */

static enum kwh_error make_server(struct kwh_listener *listener, struct connection *connection)
{
    if (is_mbus(listener)) {
        connection->responder = &connection->server.mbus.responder;
        return kwh_mbus_server_init(&connection->server.mbus, listener->framing, connection->buffer,
                                    sizeof connection->buffer, &listener->settings,
                                    listener->mbus_slaves, listener->slave_count);
    }
    connection->responder = &connection->server.modbus.responder;
    return kwh_server_init(&connection->server.modbus, listener->framing, connection->buffer,
                           sizeof connection->buffer, listener->slaves, listener->slave_count);
}

static enum kwh_error begin(struct kwh_listener *listener, struct connection *connection,
                            int descriptor)
{
    enum kwh_error error = make_server(listener, connection);
    struct kwh_responder *responder = connection->responder;

    if (error != KWH_OK)
        return error;
    kwh_responder_set_speed(responder, &listener->settings);
    responder->echo = (uint8_t)listener->target.echo;
    if (is_network(listener)) {
        responder->timing.character_us = PIECE_PATIENCE_US;
        responder->echo = KWH_ECHO_NEVER;
    }
    responder->trace = listener->trace;
    responder->trace_context = listener->trace_context;
    connection->descriptor = descriptor;
    connection->requests = 0;
    connection->begun = 0;
    connection->held_ms = 0;
    connection->active_ms = kwhi_clock_ms();
    return KWH_OK;
}

static void end(struct kwh_listener *listener, struct connection *connection, enum kwh_error error)
{
    if (is_network(listener))
        (void)close(connection->descriptor);
    else
        listener->error = error;
    connection->descriptor = -1;
}

static enum kwh_error write_bytes(struct kwh_listener *listener,
                                  const struct connection *connection, const uint8_t *bytes,
                                  size_t count, size_t *sent)
{
    return kwhi_descriptor_write(connection->descriptor, is_network(listener), bytes, count, sent,
                                 &listener->error_number);
}

static bool loses_answers(const struct kwh_listener *listener)
{
    return listener->target.scheme == KWH_SCHEME_TCP;
}

/* An answer on a faulty line: what the other side does not take at once is lost, too. */
static enum kwh_error write_faulty(struct kwh_listener *listener,
                                   const struct connection *connection)
{
    const struct kwh_step *step = &connection->step;
    struct kwhi_faulty_line *faulty = &listener->faulty;
    uint8_t bytes[KWHI_NOISE_MAX + KWH_RESPONDER_BUFFER];
    size_t noise = kwhi_faulty_line_noise(faulty, bytes);
    size_t count = step->count < KWH_RESPONDER_BUFFER ? step->count : KWH_RESPONDER_BUFFER;
    size_t sent;

    if (loses_answers(listener) && kwhi_faulty_line_happens(faulty, faulty->faults.drop))
        return KWH_OK;
    memcpy(bytes + noise, step->bytes, count);
    if (!loses_answers(listener))
        count = kwhi_faulty_line_pass(faulty, bytes + noise, count);
    return write_bytes(listener, connection, bytes, noise + count, &sent);
}

static void write_answer(struct kwh_listener *listener, struct connection *connection,
                         enum kwh_error *error, size_t *sent)
{
    const struct kwh_step *step = &connection->step;

    if (listener->slave >= 0)
        kwhi_listening_pty_forget(listener->slave);
    if (listener->is_faulty) {
        *error = write_faulty(listener, connection);
        *sent = step->count;
    } else {
        *error = write_bytes(listener, connection, step->bytes, step->count, sent);
    }
    kwh_responder_sent(connection->responder, *sent, kwh_host_now_us());
}

/* Whether an answer is not due yet. */
static bool is_held(const struct kwh_listener *listener, struct connection *connection)
{
    uint64_t now_ms = kwhi_clock_ms();

    if (connection->begun != connection->responder->requests) {
        connection->begun = connection->responder->requests;
        connection->held_ms = now_ms + listener->faulty.faults.delay_ms;
    }
    return now_ms < connection->held_ms;
}

/* A master has changed the speed of its meters. Connections have none, and a pseudo-terminal shows
 * what its other side has set. A port that cannot follow stays where the master can find it. */
static enum kwh_error follow(struct kwh_listener *listener, struct connection *connection)
{
    struct kwh_line_settings settings = *connection->step.settings;
    enum kwh_error error = KWH_OK;

    kwh_line_settings_complete(&settings, &listener->settings);
    if (!is_network(listener) && !kwhi_serial_is_pty(connection->descriptor) && listener->slave < 0)
        error = kwhi_serial_set(connection->descriptor, &settings, &listener->error_number);
    if (error == KWH_OK) {
        listener->settings = settings;
        kwh_responder_set_speed(connection->responder, &settings);
    }
    return error == KWH_ERROR_PORT_SPEED ? KWH_OK : error;
}

static void next_step(const struct kwh_listener *listener, struct connection *connection)
{
    if (is_mbus(listener))
        kwh_mbus_server_next(&connection->server.mbus, kwh_host_now_us(), &connection->step);
    else
        kwh_server_next(&connection->server.modbus, kwh_host_now_us(), &connection->step);
}

/* Does what the server wants next; false when it waits for the other side. */
static bool work(struct kwh_listener *listener, struct connection *connection,
                 enum kwh_error *error)
{
    size_t sent = 0;

    next_step(listener, connection);
    switch ((int)connection->step.action) {
    case KWH_ACTION_SEND:
        if (is_held(listener, connection))
            return false;
        write_answer(listener, connection, error, &sent);
        return sent > 0 && *error == KWH_OK;
    case KWH_ACTION_SETTINGS:
        *error = follow(listener, connection);
        return *error == KWH_OK;
    case KWH_ACTION_CLOSE:
        *error = KWH_ERROR_DISCONNECTED;
        return false;
    default:
        return false;
    }
}

/* Lets the server work until it waits for the other side. */
static void drive(struct kwh_listener *listener, struct connection *connection)
{
    enum kwh_error error = KWH_OK;

    while (work(listener, connection, &error))
        continue;
    if (error != KWH_OK) {
        end(listener, connection, error);
        return;
    }
    if (connection->requests != connection->responder->requests) {
        connection->requests = connection->responder->requests;
        connection->active_ms = kwhi_clock_ms();
    }
}

/* A pseudo-terminal shows at what settings its other side talks. */
static void look_at_settings(struct kwh_listener *listener, struct connection *connection)
{
    struct kwh_line_settings seen;

    if (is_mbus(listener) || listener->slave < 0 || !kwhi_serial_seen(listener->slave, &seen))
        return;
    connection->server.modbus.heard = seen;
    kwh_responder_set_speed(connection->responder, &seen);
}

/* What of a request arrives on a faulty line, which may also return all of it. */
static size_t pass_faulty(struct kwh_listener *listener, struct connection *connection, size_t got)
{
    size_t sent;

    if (listener->faulty.faults.echo)
        (void)write_bytes(listener, connection, connection->step.room, got, &sent);
    return loses_answers(listener)
               ? got
               : kwhi_faulty_line_pass(&listener->faulty, connection->step.room, got);
}

static void receive(struct kwh_listener *listener, struct connection *connection, short events)
{
    struct kwh_step *step = &connection->step;
    size_t got = 0;
    enum kwh_error error = kwhi_descriptor_read(connection->descriptor, is_network(listener),
                                                events, step->room, step->capacity, &got,
                                                &listener->error_number);

    if (error != KWH_OK) {
        end(listener, connection, error);
        return;
    }
    look_at_settings(listener, connection);
    if (listener->is_faulty)
        got = pass_faulty(listener, connection, got);
    kwh_responder_got(connection->responder, got, kwh_host_now_us());
    /* A master that searches talks to addresses that nobody here has. */
    if (is_mbus(listener) && got > 0)
        connection->active_ms = kwhi_clock_ms();
    drive(listener, connection);
}

static bool is_idle(const struct kwh_listener *listener, const struct connection *connection)
{
    return is_network(listener) && kwhi_clock_ms() - connection->active_ms >= listener->idle_ms;
}

static void accept_one(struct kwh_listener *listener)
{
    int error_number;
    int descriptor = kwhi_listening_accept(listener->listening, &error_number);

    if (descriptor < 0) {
        if (error_number == EMFILE || error_number == ENFILE || error_number == ENOBUFS ||
            error_number == ENOMEM)
            listener->accept_ms = kwhi_clock_ms() + ACCEPT_PAUSE_MS;
        return;
    }
    for (size_t i = 0; i < listener->limit; i++) {
        if (listener->connections[i].descriptor < 0 &&
            begin(listener, &listener->connections[i], descriptor) == KWH_OK) {
            drive(listener, &listener->connections[i]);
            return;
        }
    }
    (void)close(descriptor);
}

/* ------------------------------------------------------------------------------------------------
 * The loop
 */

static void shorten(uint32_t *wait_us, uint64_t us)
{
    if (us < *wait_us)
        *wait_us = (uint32_t)us;
}

/* Fills in what to poll for; shortens the wait to the next moment of a connection. */
static void prepare_connection(const struct kwh_listener *listener,
                               const struct connection *connection, struct pollfd *polled,
                               uint32_t *wait_us)
{
    const struct kwh_step *step = &connection->step;
    uint32_t left;

    polled->fd = connection->descriptor;
    polled->revents = 0;
    polled->events = step->action == KWH_ACTION_SEND ? POLLOUT : POLLIN;
    if (connection->descriptor < 0)
        return;
    if (step->action == KWH_ACTION_SEND && kwhi_clock_ms() < connection->held_ms) {
        polled->events = 0;
        shorten(wait_us, (connection->held_ms - kwhi_clock_ms()) * 1000u);
    }
    if (step->action == KWH_ACTION_RECEIVE) {
        left = step->until_us - kwh_host_now_us();
        shorten(wait_us, left <= INT32_MAX ? left : 0);
    }
    if (is_network(listener)) {
        uint64_t idle_ms = kwhi_clock_ms() - connection->active_ms;

        shorten(wait_us, idle_ms < listener->idle_ms ? (listener->idle_ms - idle_ms) * 1000u : 0);
    }
}

static void prepare_poll(struct kwh_listener *listener, uint32_t *wait_us)
{
    struct pollfd *listening = &listener->polled[listener->limit];
    uint64_t now_ms = kwhi_clock_ms();

    for (size_t i = 0; i < listener->limit; i++)
        prepare_connection(listener, &listener->connections[i], &listener->polled[i], wait_us);
    *listening = (struct pollfd){.fd = listener->listening, .events = POLLIN};
    if (now_ms < listener->accept_ms) {
        listening->fd = -1;
        shorten(wait_us, (listener->accept_ms - now_ms) * 1000u);
    }
}

static void serve_ready(struct kwh_listener *listener)
{
    for (size_t i = 0; i < listener->limit; i++) {
        struct connection *connection = &listener->connections[i];
        short events = listener->polled[i].revents;

        if (connection->descriptor < 0)
            continue;
        if (events != 0 && connection->step.action == KWH_ACTION_RECEIVE)
            receive(listener, connection, events);
        else
            drive(listener, connection);
        if (connection->descriptor >= 0 && is_idle(listener, connection))
            end(listener, connection, KWH_ERROR_DISCONNECTED);
    }
    if (listener->polled[listener->limit].revents != 0)
        accept_one(listener);
}

enum kwh_error kwh_listener_serve(struct kwh_listener *listener, uint32_t timeout_ms)
{
    uint64_t start_ms = kwhi_clock_ms();
    uint64_t past_ms = 0;

    do {
        uint32_t wait_us = INT32_MAX;

        prepare_poll(listener, &wait_us);
        shorten(&wait_us, (timeout_ms - past_ms) * 1000u);
        if (poll(listener->polled, (nfds_t)(listener->limit + 1u),
                 (int)((wait_us + 999u) / 1000u)) < 0) {
            listener->error_number = errno;
            return errno == EINTR ? KWH_ERROR_INTERRUPTED : KWH_ERROR_IO;
        }
        serve_ready(listener);
        if (listener->error != KWH_OK)
            return listener->error;
        past_ms = kwhi_clock_ms() - start_ms;
    } while (past_ms < timeout_ms);
    return KWH_OK;
}

/* ------------------------------------------------------------------------------------------------
 * Opening and closing
 */

static enum kwh_error open_serial(struct kwh_listener *listener)
{
    enum kwh_error error;

    if (strcmp(listener->target.place, "pty") == 0) {
        error = kwhi_listening_pty(&listener->target, &listener->settings,
                                   &listener->port.descriptor, &listener->slave,
                                   &listener->error_number);
    } else {
        error = kwhi_libmodbus_serial(&listener->port, listener->target.place, &listener->settings);
        listener->error_number = listener->port.saved_errno;
    }
    if (error != KWH_OK)
        return error;
    error = begin(listener, &listener->connections[0], listener->port.descriptor);
    if (error == KWH_OK)
        drive(listener, &listener->connections[0]);
    return error;
}

static struct kwh_listener *allocate(size_t limit)
{
    struct kwh_listener *listener = calloc(1, sizeof *listener);

    if (listener == NULL)
        return NULL;
    listener->port = (struct kwhi_port){.descriptor = -1, .lock = -1};
    listener->slave = -1;
    listener->listening = -1;
    listener->connections = calloc(limit, sizeof *listener->connections);
    listener->polled = calloc(limit + 1u, sizeof *listener->polled);
    if (listener->connections == NULL || listener->polled == NULL) {
        kwh_listener_close(listener);
        return NULL;
    }
    listener->limit = limit;
    for (size_t i = 0; i < limit; i++)
        listener->connections[i].descriptor = -1;
    return listener;
}

/* Whether such a link can be listened on, and speaks the protocol of all these. */
static bool can_serve(enum kwh_scheme scheme, const struct kwh_slave *slaves, size_t count)
{
    if ((size_t)scheme >= KWH_COUNT(framings) || framings[scheme] == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        if (slaves[i].map->protocol != (uint8_t)kwh_scheme_protocol(scheme))
            return false;
    return true;
}

static enum kwh_error make_mbus_slaves(struct kwh_listener *listener)
{
    enum kwh_error error = KWH_OK;

    if (!is_mbus(listener))
        return KWH_OK;
    listener->mbus_slaves = calloc(listener->slave_count, sizeof *listener->mbus_slaves);
    if (listener->mbus_slaves == NULL)
        return KWH_ERROR_CAPACITY;
    for (size_t i = 0; i < listener->slave_count && error == KWH_OK; i++)
        error = kwh_mbus_slave_init(&listener->mbus_slaves[i], &listener->slaves[i]);
    return error;
}

enum kwh_error kwh_listener_open(struct kwh_listener **listener, const struct kwh_target *link,
                                 const struct kwh_slave *slaves, size_t count,
                                 const struct kwh_listener_limits *limits)
{
    size_t limit = limits != NULL && limits->connections != 0 ? limits->connections
                                                              : DEFAULT_CONNECTIONS;
    bool serial = link->scheme == KWH_SCHEME_RTU || link->scheme == KWH_SCHEME_MBUS;
    struct kwh_listener *made;
    enum kwh_error error;

    *listener = NULL;
    if (!can_serve(link->scheme, slaves, count))
        return KWH_ERROR_UNSUPPORTED;
    made = allocate(serial ? 1 : limit);
    if (made == NULL)
        return KWH_ERROR_CAPACITY;
    made->target = *link;
    made->target.has_address = false;
    made->target.has_secondary = false;
    made->target.address = 0;
    made->settings = kwhi_target_settings(link);
    made->framing = framings[link->scheme];
    made->slaves = slaves;
    made->slave_count = count;
    made->idle_ms = limits != NULL && limits->idle_ms != 0 ? limits->idle_ms : DEFAULT_IDLE_MS;
    error = make_mbus_slaves(made);
    if (error == KWH_OK)
        error = serial ? open_serial(made)
                       : kwhi_listening_socket(&made->target, (unsigned)limit, &made->listening,
                                               &made->error_number);
    if (error != KWH_OK) {
        int error_number = made->error_number;

        kwh_listener_close(made);
        errno = error_number;
        return error;
    }
    *listener = made;
    return KWH_OK;
}

const struct kwh_target *kwh_listener_target(const struct kwh_listener *listener)
{
    return &listener->target;
}

void kwh_listener_trace(struct kwh_listener *listener, kwh_trace_function *trace, void *context)
{
    listener->trace = trace;
    listener->trace_context = context;
    for (size_t i = 0; i < listener->limit; i++) {
        struct kwh_responder *responder = listener->connections[i].responder;

        if (responder == NULL)
            continue; /* nobody has been here yet */
        responder->trace = trace;
        responder->trace_context = context;
    }
}

enum kwh_error kwh_listener_faults(struct kwh_listener *listener, const struct kwh_faults *faults,
                                   uint32_t seed)
{
    if (loses_answers(listener) && (faults->flip != 0 || faults->noise != 0 || faults->echo))
        return KWH_ERROR_UNSUPPORTED;
    kwhi_faulty_line_init(&listener->faulty, faults, seed);
    listener->is_faulty = true;
    return KWH_OK;
}

static void close_descriptor(int descriptor)
{
    if (descriptor >= 0)
        (void)close(descriptor);
}

void kwh_listener_close(struct kwh_listener *listener)
{
    if (listener == NULL)
        return;
    for (size_t i = 0; i < listener->limit && is_network(listener); i++)
        close_descriptor(listener->connections[i].descriptor);
    if (listener->port.modbus != NULL)
        kwhi_libmodbus_close(&listener->port);
    close_descriptor(listener->port.descriptor);
    close_descriptor(listener->slave);
    close_descriptor(listener->listening);
    free(listener->connections);
    free(listener->polled);
    free(listener->mbus_slaves);
    free(listener);
}
