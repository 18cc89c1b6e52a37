/* SPDX-License-Identifier: MIT */
/* Connections, both ends of them, over the loopback. */
#if !defined(_GNU_SOURCE)
#define _GNU_SOURCE
#endif

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <modbus.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "host/descriptor.h"
#include "host_meter.h"

/* Read of the five registers with transaction id 0x0102, and the answer. */
static const uint8_t tcp_request[] = {0x01, 0x02, 0x00, 0x00, 0x00, 0x06,
                                      0x01, 0x03, 0x50, 0x00, 0x00, 0x05};
static const uint8_t tcp_answer[] = {0x01, 0x02, 0x00, 0x00, 0x00, 0x0D, 0x01, 0x03, 0x0A, 0x00,
                                     0x03, 0x82, 0xE8, 0x13, 0x89, 0x0D, 0x0A, 0x11, 0x13};

enum {
    PATIENCE_MS = 20000
}; /* for what must come; a busy machine may take its time */

/* A plain socket to a port of this machine; @p receive_buffer 0: as it comes. */
static int connect_plain(uint16_t port, int receive_buffer)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
    } address = {.v4 = {.sin_family = AF_INET, .sin_port = htons(port)}};
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);

    address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_true(descriptor >= 0);
    if (receive_buffer != 0) {
        assert_int_equal(
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer),
            0);
    }
    assert_int_equal(connect(descriptor, &address.any, sizeof address.v4), 0);
    return descriptor;
}

/* Reads so many bytes, or up to the end; how many came. */
static size_t read_bytes(int descriptor, uint8_t *bytes, size_t count)
{
    size_t got = 0;

    while (got < count) {
        struct pollfd wait = {.fd = descriptor, .events = POLLIN};
        ssize_t part;

        if (poll(&wait, 1, PATIENCE_MS) != 1)
            break;
        part = read(descriptor, bytes + got, count - got);
        if (part <= 0)
            break;
        got += (size_t)part;
    }
    return got;
}

static void assert_answered(int descriptor)
{
    uint8_t bytes[sizeof tcp_answer];

    assert_int_equal(send(descriptor, tcp_request, sizeof tcp_request, MSG_NOSIGNAL),
                     sizeof tcp_request);
    assert_int_equal(read_bytes(descriptor, bytes, sizeof bytes), sizeof bytes);
    assert_memory_equal(bytes, tcp_answer, sizeof bytes);
}

static void assert_closed_by_peer(int descriptor)
{
    struct pollfd wait = {.fd = descriptor, .events = POLLIN};
    uint8_t byte;

    assert_int_equal(poll(&wait, 1, PATIENCE_MS), 1);
    assert_true(read(descriptor, &byte, 1) <= 0);
}

static uint16_t port_of(const struct served *served)
{
    return kwh_listener_target(served->listener)->port;
}

/*
 * A socket that has a port and does not listen: who connects is refused, and nobody else is given
 * the port, but by its number.
 */
static int hold_port(uint16_t *port)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
    } address = {.v4 = {.sin_family = AF_INET}};
    socklen_t length = sizeof address.v4;
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    int on = 1;

    address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.v4.sin_port = htons(*port);
    assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(bind(descriptor, &address.any, length), 0);
    assert_int_equal(getsockname(descriptor, &address.any, &length), 0);
    *port = ntohs(address.v4.sin_port);
    return descriptor;
}

/* A socket that listens and does nothing else. */
static int listen_plain(uint16_t *port)
{
    int descriptor = hold_port(port);
    assert_int_equal(listen(descriptor, 4), 0);
    return descriptor;
}

/* ------------------------------------------------------------------------------------------------
 * The asking end
 */

static void test_read(void **context)
{
    static const char *const links[] = {"tcp:127.0.0.1:0", "tcp::0", "rtutcp::0",
                                        "tcp:localhost:0"};

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(links); i++) {
        struct served served;
        struct kwh_host host;

        assert_int_equal(served_open(&served, links[i], NULL), KWH_OK);
        assert_true(port_of(&served) != 0);
        assert_int_equal(open_client(&host, served.listener, "@1"), KWH_OK);
        for (int n = 0; n < 50; n++)
            assert_int_equal(read_meter(&host, 1), KWH_OK);
        assert_int_equal(kwh_host_set_line(&host, &host.settings), KWH_ERROR_UNSUPPORTED);
        assert_null(host.line.backend->set_line);
        kwh_host_close(&host);
        served_close(&served);
    }
}

static void test_ipv6(void **context)
{
    struct served served;
    struct kwh_host host;

    (void)context;
    if (served_open(&served, "tcp:[::1]:0", NULL) != KWH_OK)
        skip(); /* no IPv6 here */
    assert_string_equal(kwh_listener_target(served.listener)->place, "::1");
    assert_int_equal(open_client(&host, served.listener, "@1"), KWH_OK);
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    kwh_host_close(&host);
    served_close(&served);
}

static void test_cannot_connect(void **context)
{
    uint16_t port = 0;
    struct kwh_host host;
    char target[64];
    int held = hold_port(&port);

    (void)context;
    (void)snprintf(target, sizeof target, "tcp:127.0.0.1:%u", (unsigned)port);
    assert_int_equal(kwh_host_open(&host, target), KWH_ERROR_PORT_OPEN);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->host_errno, ECONNREFUSED);
    assert_int_equal(kwh_host_fd(&host), -1);
    kwh_host_close(&host);
    assert_int_equal(kwh_host_open(&host, "tcp:no-such-host.invalid"), KWH_ERROR_PORT_NAME);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->host_errno, 0);
    kwh_host_close(&host);
    close(held);
}

static void test_other_unit(void **context)
{
    struct served served;
    struct kwh_host host;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", NULL), KWH_OK);
    assert_int_equal(open_client(&host, served.listener, ""), KWH_OK);
    assert_int_equal(read_meter(&host, 9), KWH_ERROR_GATEWAY_TARGET);
    assert_int_equal(read_meter(&host, 255), KWH_OK);
    kwh_host_close(&host);
    served_close(&served);
}

static void test_timeout(void **context)
{
    uint16_t port = 0;
    int listening = listen_plain(&port);
    struct kwh_host host;
    char target[64];

    (void)context;
    (void)snprintf(target, sizeof target, "tcp:127.0.0.1:%u,timeout_ms=100@1", (unsigned)port);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(read_meter(&host, 1), KWH_ERROR_TIMEOUT);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->bytes_seen, 0);
    kwh_host_close(&host);
    close(listening);
}

/* Answers the first request when the client has long given it up, and the second at once. */
static void *late_converter(void *context)
{
    static const uint8_t first[] = {0x01, 0x03, 0x02, 0x11, 0x11, 0x74, 0x18};
    static const uint8_t second[] = {0x01, 0x03, 0x02, 0x22, 0x22, 0x20, 0xFD};
    const int *listening = context;
    int peer = accept(*listening, NULL, NULL);
    uint8_t request[8];
    bool right = read_bytes(peer, request, sizeof request) == sizeof request;

    usleep(1000000); /* neither the client's 100 ms nor the 2 s after which it must be lost */
    right = right && send(peer, first, sizeof first, MSG_NOSIGNAL) == sizeof first;
    right = right && read_bytes(peer, request, sizeof request) == sizeof request;
    right = right && send(peer, second, sizeof second, MSG_NOSIGNAL) == sizeof second;
    close(peer);
    return right ? context : NULL;
}

static enum kwh_error ask_one(struct kwh_host *host, uint16_t address, uint8_t high)
{
    struct kwh_exchange exchange;
    size_t count;
    enum kwh_error error = kwh_modbus_read(&exchange, 1, KWH_MODBUS_READ_HOLDING, address, 1);

    if (error == KWH_OK)
        error = kwh_line_run(kwh_host_line(host), &exchange);
    if (error == KWH_OK)
        assert_int_equal(kwh_modbus_registers(kwh_host_line(host), &exchange, &count)[0], high);
    return error;
}

/* A short timeout does not shorten how long an answer may be under way. */
static void test_late_answer(void **context)
{
    uint16_t port = 0;
    int listening = listen_plain(&port);
    struct kwh_host host;
    pthread_t thread;
    char target[64];
    void *right;

    (void)context;
    (void)snprintf(target, sizeof target, "rtutcp:127.0.0.1:%u,timeout_ms=100@1", (unsigned)port);
    assert_int_equal(pthread_create(&thread, NULL, late_converter, &listening), 0);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(ask_one(&host, 0x0001, 0x11), KWH_ERROR_TIMEOUT);
    assert_int_equal(ask_one(&host, 0x0002, 0x22), KWH_OK);
    kwh_host_close(&host);
    assert_int_equal(pthread_join(thread, &right), 0);
    assert_non_null(right);
    /* A long timeout lengthens it. */
    (void)snprintf(target, sizeof target, "rtutcp:127.0.0.1:%u,timeout_ms=3000", (unsigned)port);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(host.line.timing.latest_us, 6000000);
    kwh_host_close(&host);
    close(listening);
}

/* A gateway that restarts: the request under way fails, reopening brings everything back. */
static void test_reset_and_reopen(void **context)
{
    static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    uint16_t port = 0;
    int held = hold_port(&port); /* also while nobody listens */
    int listening = listen_plain(&port);
    struct served served;
    struct kwh_host host;
    char target[64];
    int peer;

    (void)context;
    (void)snprintf(target, sizeof target, "tcp:127.0.0.1:%u@1", (unsigned)port);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    peer = accept(listening, NULL, NULL);
    assert_true(peer >= 0);
    assert_int_equal(setsockopt(peer, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
    close(peer);
    assert_int_equal(read_meter(&host, 1), KWH_ERROR_DISCONNECTED);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->error, KWH_ERROR_DISCONNECTED);
    assert_true(kwh_line_failure(kwh_host_line(&host))->host_errno == ECONNRESET ||
                kwh_line_failure(kwh_host_line(&host))->host_errno == EPIPE);
    close(listening);
    assert_int_equal(kwh_host_reopen(&host), KWH_ERROR_PORT_OPEN);
    assert_int_equal(read_meter(&host, 1), KWH_ERROR_DISCONNECTED);

    (void)snprintf(target, sizeof target, "tcp:127.0.0.1:%u", (unsigned)port);
    assert_int_equal(served_open(&served, target, NULL), KWH_OK);
    assert_int_equal(kwh_host_reopen(&host), KWH_OK);
    assert_int_equal(read_meter(&host, 1), KWH_OK);

    /* An orderly end is told apart from nothing: no errno. */
    served_close(&served);
    assert_int_equal(read_meter(&host, 1), KWH_ERROR_DISCONNECTED);
    kwh_host_close(&host);
    close(held);
}

static void test_several_outstanding(void **context)
{
    enum {
        COUNT = 8
    };
    struct kwh_exchange exchanges[COUNT];
    const struct kwh_backend *backend;
    struct served served;
    struct kwh_host host;
    unsigned done = 0;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", NULL), KWH_OK);
    assert_int_equal(open_client(&host, served.listener, ""), KWH_OK);
    backend = host.line.backend;
    for (unsigned i = 0; i < COUNT; i++) {
        assert_int_equal(kwh_modbus_read(&exchanges[i], 1, 3, (uint16_t)(METER_FIRST + i % 3), 1),
                         KWH_OK);
        assert_int_equal(kwh_line_start(kwh_host_line(&host), &exchanges[i], kwh_host_now_us()),
                         KWH_OK);
    }
    while (done < COUNT) {
        struct kwh_step step;
        size_t count = 0;

        kwh_line_next(kwh_host_line(&host), kwh_host_now_us(), &step);
        if (step.action == KWH_ACTION_SEND) {
            assert_int_equal(backend->send(backend->context, step.bytes, step.count, &count),
                             KWH_OK);
            kwh_line_sent(kwh_host_line(&host), count, kwh_host_now_us());
        } else if (step.action == KWH_ACTION_RECEIVE) {
            assert_int_equal(
                backend->receive(backend->context, step.room, step.capacity, step.until_us, &count),
                KWH_OK);
            kwh_line_got(kwh_host_line(&host), count, kwh_host_now_us());
        } else {
            const uint8_t *bytes;

            assert_int_equal(step.action, KWH_ACTION_DONE);
            assert_int_equal(step.exchange->error, KWH_OK);
            bytes = kwh_modbus_registers(kwh_host_line(&host), step.exchange, &count);
            assert_int_equal(count, 1);
            assert_memory_equal(bytes, meter_registers + 2 * ((step.exchange - exchanges) % 3), 2);
            done++;
        }
    }
    kwh_host_close(&host);
    served_close(&served);
}

/* A peer that reads nothing and answers nothing: requests pile up in the kernel, then it ends. */
static void test_peer_that_never_reads(void **context)
{
    static const uint8_t bytes[4096] = {0};
    enum kwh_error error = KWH_OK;
    uint16_t port = 0;
    int listening = listen_plain(&port);
    struct kwh_host host;
    char target[64];
    size_t sent;

    (void)context;
    (void)snprintf(target, sizeof target, "tcp:127.0.0.1:%u@1", (unsigned)port);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    for (int i = 0; i < 100000 && error == KWH_OK; i++)
        error = host.line.backend->send(&host, bytes, sizeof bytes, &sent);
    assert_int_equal(error, KWH_ERROR_IO);
    assert_int_equal(host.line.backend->last_errno(&host), ETIMEDOUT);
    kwh_host_close(&host);
    close(listening);
}

static void test_borrowed_modbus(void **context)
{
    struct served served;
    struct kwh_host host;
    modbus_t *modbus;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", NULL), KWH_OK);
    modbus = modbus_new_tcp("127.0.0.1", port_of(&served));
    assert_non_null(modbus);
    assert_int_equal(modbus_connect(modbus), 0);
    assert_int_equal(kwh_host_borrow(&host, modbus, NULL), KWH_OK);
    assert_int_equal(kwh_host_scheme(&host), KWH_SCHEME_TCP);
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    kwh_host_close(&host);
    assert_true(fcntl(modbus_get_socket(modbus), F_GETFD) >= 0);
    modbus_close(modbus);
    modbus_free(modbus);
    served_close(&served);
}

/* ------------------------------------------------------------------------------------------------
 * The answering end
 */

static void test_plain_bytes(void **context)
{
    struct served served;
    int descriptor;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", NULL), KWH_OK);
    descriptor = connect_plain(port_of(&served), 0);
    assert_answered(descriptor);
    assert_answered(descriptor);
    close(descriptor);
    served_close(&served);
}

/* A request in single bytes, with as many wakings of the server between. */
static void test_slow_client(void **context)
{
    uint8_t bytes[sizeof tcp_answer];
    struct served served;
    int descriptor;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", NULL), KWH_OK);
    descriptor = connect_plain(port_of(&served), 0);
    for (size_t i = 0; i < sizeof tcp_request; i++) {
        assert_int_equal(send(descriptor, tcp_request + i, 1, MSG_NOSIGNAL), 1);
        usleep(15000);
    }
    assert_int_equal(read_bytes(descriptor, bytes, sizeof bytes), sizeof bytes);
    assert_memory_equal(bytes, tcp_answer, sizeof bytes);
    close(descriptor);
    served_close(&served);
}

/* Frames in a stream end where their length says, however TCP cuts them; and nothing that was sent
 * comes back, so that a request equal to the answer before it is one. */
static void test_frames_in_a_stream(void **context)
{
    static const uint8_t request[] = {0x01, 0x03, 0x50, 0x00, 0x00, 0x05, 0x94, 0xC9};
    static const uint8_t loop[] = {0x01, 0x08, 0x00, 0x00, 0xA5, 0x37, 0xDA, 0x8D};
    uint8_t bytes[5 + sizeof meter_registers];
    struct served served;
    int descriptor;

    (void)context;
    assert_int_equal(served_open(&served, "rtutcp::0", NULL), KWH_OK);
    descriptor = connect_plain(port_of(&served), 0);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(send(descriptor, loop, sizeof loop, MSG_NOSIGNAL), sizeof loop);
        assert_int_equal(read_bytes(descriptor, bytes, sizeof loop), sizeof loop);
        assert_memory_equal(bytes, loop, sizeof loop);
    }
    for (size_t cut = 1; cut < sizeof request; cut++) {
        assert_int_equal(send(descriptor, request, cut, MSG_NOSIGNAL), cut);
        usleep(50000);
        assert_int_equal(send(descriptor, request + cut, sizeof request - cut, MSG_NOSIGNAL),
                         sizeof request - cut);
        assert_int_equal(read_bytes(descriptor, bytes, sizeof bytes), sizeof bytes);
        assert_memory_equal(bytes + 3, meter_registers, sizeof meter_registers);
    }
    close(descriptor);
    served_close(&served);
}

/* Who asks again in time stays, however long that goes on. */
static void test_busy_client(void **context)
{
    static const struct kwh_listener_limits limits = {.idle_ms = 1000};
    struct served served;
    int descriptor;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", &limits), KWH_OK);
    descriptor = connect_plain(port_of(&served), 0);
    for (int i = 0; i < 26; i++) {
        assert_answered(descriptor);
        usleep(50000);
    }
    close(descriptor);
    served_close(&served);
}

/* Neither silence nor bytes that never become a request hold a connection open. */
static void test_idle_clients(void **context)
{
    static const struct kwh_listener_limits limits = {.idle_ms = 600};
    struct served served;
    int idle, slow, read_only;
    bool open = true;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", &limits), KWH_OK);
    idle = connect_plain(port_of(&served), 0);
    slow = connect_plain(port_of(&served), 0);
    read_only = connect_plain(port_of(&served), 0);
    assert_answered(read_only);
    for (int i = 0; i < 240 && open; i++) {
        struct pollfd wait = {.fd = slow, .events = POLLIN};

        /* The length says 254 more, which never all come. */
        (void)send(slow, i < 6 ? &"\x00\x01\x00\x00\x00\xFE"[i] : "\x01", 1, MSG_NOSIGNAL);
        open = poll(&wait, 1, 20) == 0;
    }
    assert_false(open); /* while there were bytes: behind them it is as silent as the others */
    assert_closed_by_peer(slow);
    assert_closed_by_peer(idle);
    assert_closed_by_peer(read_only);
    close(idle);
    close(slow);
    close(read_only);
    served_close(&served);
}

static void test_connection_limit(void **context)
{
    static const struct kwh_listener_limits limits = {.connections = 2};
    struct served served;
    int first, second, third, fourth = -1;
    bool answered = false;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", &limits), KWH_OK);
    first = connect_plain(port_of(&served), 0);
    assert_answered(first);
    second = connect_plain(port_of(&served), 0);
    assert_answered(second);
    third = connect_plain(port_of(&served), 0);
    assert_closed_by_peer(third);
    assert_answered(first);
    assert_answered(second);
    close(third);
    close(first);
    /* The place that became free is found as soon as the server has seen the end. */
    for (int i = 0; i < 200 && !answered; i++) {
        uint8_t bytes[sizeof tcp_answer];

        fourth = connect_plain(port_of(&served), 0);
        answered = send(fourth, tcp_request, sizeof tcp_request, MSG_NOSIGNAL) > 0 &&
                   read_bytes(fourth, bytes, sizeof bytes) == sizeof bytes;
        if (!answered) {
            close(fourth);
            usleep(10000);
        }
    }
    assert_true(answered);
    close(second);
    close(fourth);
    served_close(&served);
}

static void test_thirty_clients(void **context)
{
    int descriptors[30];
    struct served served;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", NULL), KWH_OK);
    for (size_t i = 0; i < KWH_COUNT(descriptors); i++)
        descriptors[i] = connect_plain(port_of(&served), 0);
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < KWH_COUNT(descriptors); i++)
            assert_answered(descriptors[i]);
    for (size_t i = 0; i < KWH_COUNT(descriptors); i++)
        close(descriptors[i]);
    served_close(&served);
}

/* Who asks and asks and never reads is stopped by the kernel's buffers, disturbs nobody, and is
 * closed when his time is up. */
static void test_client_that_never_reads(void **context)
{
    static const struct kwh_listener_limits limits = {.idle_ms = 500};
    struct served served;
    size_t sent = 0;
    int greedy, other;
    bool stuck = false, gone = false;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", &limits), KWH_OK);
    greedy = connect_plain(port_of(&served), 2048);
    for (long i = 0; i < 4000000 && !stuck && !gone; i++) {
        ssize_t part = send(greedy, tcp_request, sizeof tcp_request, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (part > 0) {
            sent += (size_t)part;
        } else if (errno == EAGAIN) {
            struct pollfd wait = {.fd = greedy, .events = POLLOUT};

            stuck = poll(&wait, 1, 100) == 0;
        } else {
            gone = true;
        }
    }
    assert_true(stuck || gone);
    assert_true(sent < 48u << 20);
    other = connect_plain(port_of(&served), 0);
    assert_answered(other);
    close(other);
    for (int i = 0; i < 2000 && !gone; i++) {
        gone = send(greedy, tcp_request, 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno != EAGAIN;
        usleep(10000);
    }
    assert_true(gone);
    close(greedy);
    served_close(&served);
}

/* Writing to a connection that is gone raises SIGPIPE, whose default is death. */
static void test_client_that_resets(void **context)
{
    static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
    struct served served;
    int descriptor;

    (void)context;
    assert_true(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    assert_int_equal(served_open(&served, "tcp::0", NULL), KWH_OK);
    for (int i = 0; i < 50; i++) {
        descriptor = connect_plain(port_of(&served), 0);
        for (int n = 0; n < 10; n++)
            (void)send(descriptor, tcp_request, sizeof tcp_request, MSG_NOSIGNAL);
        assert_int_equal(setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset), 0);
        close(descriptor);
    }
    descriptor = connect_plain(port_of(&served), 0);
    assert_answered(descriptor);
    close(descriptor);
    served_close(&served);
}

static void test_write_to_nobody(void **context)
{
    int error_number = 0;
    size_t sent = 1;
    int pair[2];

    (void)context;
    assert_true(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    close(pair[1]);
    assert_int_equal(
        kwhi_descriptor_write(pair[0], true, tcp_request, sizeof tcp_request, &sent, &error_number),
        KWH_ERROR_DISCONNECTED);
    assert_int_equal(sent, 0);
    assert_int_equal(error_number, EPIPE);
    close(pair[0]);
}

static void test_not_modbus(void **context)
{
    static const char http[] = "GET / HTTP/1.1\r\nHost: meter\r\n\r\n";
    struct served served;
    int descriptor;

    (void)context;
    assert_int_equal(served_open(&served, "tcp::0", NULL), KWH_OK);
    descriptor = connect_plain(port_of(&served), 0);
    assert_true(send(descriptor, http, sizeof http - 1, MSG_NOSIGNAL) > 0);
    assert_closed_by_peer(descriptor);
    close(descriptor);
    served_close(&served);
}

static void count_frames(void *context, enum kwh_trace what, const uint8_t *bytes, size_t count,
                         uint32_t now_us)
{
    unsigned *frames = context;

    (void)now_us;
    if (what == KWH_TRACE_FRAME && count == sizeof tcp_request &&
        memcmp(bytes, tcp_request, count) == 0)
        frames[0]++;
    else if (what == KWH_TRACE_SENT && count == sizeof tcp_answer &&
             memcmp(bytes, tcp_answer, count) == 0)
        frames[1]++;
}

/* Without a thread: the listener works when it is told to, and sees all that came. */
static void test_served_by_hand(void **context)
{
    uint8_t bytes[2 * sizeof tcp_answer];
    unsigned frames[2] = {0, 0};
    struct kwh_listener *listener;
    struct kwh_target link;
    int before, after;

    (void)context;
    assert_int_equal(kwh_target_parse("tcp::0@9", &link, NULL), KWH_OK);
    assert_int_equal(kwh_listener_open(&listener, &link, &meter_slave, 1, NULL), KWH_OK);
    assert_false(kwh_listener_target(listener)->has_address);
    before = connect_plain(kwh_listener_target(listener)->port, 0);
    assert_int_equal(kwh_listener_serve(listener, 50), KWH_OK);
    kwh_listener_trace(listener, count_frames, frames);
    after = connect_plain(kwh_listener_target(listener)->port, 0);
    assert_int_equal(send(before, tcp_request, sizeof tcp_request, 0), sizeof tcp_request);
    /* Two requests in one segment. */
    memcpy(bytes, tcp_request, sizeof tcp_request);
    memcpy(bytes + sizeof tcp_request, tcp_request, sizeof tcp_request);
    assert_int_equal(send(after, bytes, 2 * sizeof tcp_request, 0), 2 * sizeof tcp_request);
    for (int i = 0; i < 100 && frames[1] < 3; i++) /* not all of it needs to be there at once */
        assert_int_equal(kwh_listener_serve(listener, 200), KWH_OK);
    assert_int_equal(read_bytes(before, bytes, sizeof tcp_answer), sizeof tcp_answer);
    assert_memory_equal(bytes, tcp_answer, sizeof tcp_answer);
    assert_int_equal(read_bytes(after, bytes, sizeof bytes), sizeof bytes);
    assert_memory_equal(bytes, tcp_answer, sizeof tcp_answer);
    assert_memory_equal(bytes + sizeof tcp_answer, tcp_answer, sizeof tcp_answer);
    assert_int_equal(frames[0], 3);
    assert_int_equal(frames[1], 3);
    close(before);
    close(after);
    kwh_listener_close(listener);
    kwh_listener_close(NULL);
}

static void on_alarm(int number)
{
    (void)number;
}

/* Descriptors above 1023: everything works but libmodbus's own connecting, which would corrupt
 * memory and is refused. */
static void test_many_descriptors(void **context)
{
    struct rlimit limit;
    struct served served;
    struct kwh_host host;
    int taken[FD_SETSIZE + 64];
    size_t count = 0;
    int descriptor;

    (void)context;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    if (limit.rlim_max < FD_SETSIZE + 128)
        skip();
    limit.rlim_cur = FD_SETSIZE + 128;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    do {
        taken[count] = dup(0);
        assert_true(taken[count] >= 0);
    } while (taken[count++] < FD_SETSIZE);
    assert_int_equal(served_open(&served, "tcp::0", NULL), KWH_OK);
    assert_int_equal(open_client(&host, served.listener, ""), KWH_ERROR_PORT_OPEN);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->host_errno, EMFILE);
    descriptor = connect_plain(port_of(&served), 0);
    assert_true(descriptor >= FD_SETSIZE);
    assert_int_equal(kwh_host_descriptor(&host, descriptor, &kwh_modbus_tcp), KWH_OK);
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    kwh_host_close(&host);
    close(descriptor);
    served_close(&served);
    while (count > 0)
        close(taken[--count]);
}

static void test_interrupted(void **context)
{
    /* Again and again: the first one may come before the waiting. */
    static const struct itimerval often = {{.tv_usec = 50000}, {.tv_usec = 50000}};
    static const struct itimerval never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct kwh_listener *listener;
    struct kwh_target link;

    (void)context;
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(kwh_target_parse("tcp::0", &link, NULL), KWH_OK);
    assert_int_equal(kwh_listener_open(&listener, &link, &meter_slave, 1, NULL), KWH_OK);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    assert_int_equal(kwh_listener_serve(listener, PATIENCE_MS), KWH_ERROR_INTERRUPTED);
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    kwh_listener_close(listener);
}

/* A blocking exchange goes on: its caller has no use for half a readout. */
static void test_signal_during_exchange(void **context)
{
    static const struct itimerval often = {{.tv_usec = 5000}, {.tv_usec = 5000}};
    static const struct itimerval never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = on_alarm};
    uint16_t port = 0;
    int listening = listen_plain(&port);
    struct kwh_host host;
    char target[64];

    (void)context;
    (void)snprintf(target, sizeof target, "tcp:127.0.0.1:%u,timeout_ms=150", (unsigned)port);
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
    assert_int_equal(read_meter(&host, 1), KWH_ERROR_TIMEOUT);
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_true(kwh_line_failure(kwh_host_line(&host))->elapsed_us >= 150000);
    kwh_host_close(&host);
    close(listening);
}

static void test_cannot_listen(void **context)
{
    struct kwh_listener *listener;
    struct kwh_target link;
    uint16_t port = 0;
    int listening = listen_plain(&port);
    char text[64];

    (void)context;
    (void)snprintf(text, sizeof text, "tcp:127.0.0.1:%u", (unsigned)port);
    assert_int_equal(kwh_target_parse(text, &link, NULL), KWH_OK);
    assert_int_equal(kwh_listener_open(&listener, &link, &meter_slave, 1, NULL),
                     KWH_ERROR_PORT_LOCKED);
    assert_int_equal(errno, EADDRINUSE);
    assert_null(listener);
    assert_int_equal(kwh_target_parse("tcp:192.0.2.1:0", &link, NULL), KWH_OK);
    assert_int_equal(kwh_listener_open(&listener, &link, &meter_slave, 1, NULL),
                     KWH_ERROR_PORT_OPEN);
    assert_int_equal(errno, EADDRNOTAVAIL);
    assert_int_equal(kwh_target_parse("tcp:no-such-host.invalid:0", &link, NULL), KWH_OK);
    assert_int_equal(kwh_listener_open(&listener, &link, &meter_slave, 1, NULL),
                     KWH_ERROR_PORT_NAME);
    assert_int_equal(kwh_target_parse("sim:inepro_pro380", &link, NULL), KWH_OK);
    assert_int_equal(kwh_listener_open(&listener, &link, &meter_slave, 1, NULL),
                     KWH_ERROR_UNSUPPORTED);
    assert_int_equal(kwh_target_parse("rtu:/dev/no-such-port", &link, NULL), KWH_OK);
    assert_int_equal(kwh_listener_open(&listener, &link, &meter_slave, 1, NULL),
                     KWH_ERROR_PORT_OPEN);
    assert_int_equal(errno, ENOENT);
    close(listening);
}

/* A sandbox may have no network at all, not even this machine's own. */
static bool has_loopback(void)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
    } address = {.v4 = {.sin_family = AF_INET}};
    socklen_t length = sizeof address.v4;
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    int asking = socket(AF_INET, SOCK_STREAM, 0);
    bool has;

    address.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    has = listening >= 0 && asking >= 0 && bind(listening, &address.any, length) == 0 &&
          listen(listening, 1) == 0 && getsockname(listening, &address.any, &length) == 0 &&
          connect(asking, &address.any, length) == 0;
    (void)close(asking);
    (void)close(listening);
    return has;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_cannot_connect),
        cmocka_unit_test(test_other_unit),
        cmocka_unit_test(test_timeout),
        cmocka_unit_test(test_late_answer),
        cmocka_unit_test(test_reset_and_reopen),
        cmocka_unit_test(test_several_outstanding),
        cmocka_unit_test(test_peer_that_never_reads),
        cmocka_unit_test(test_borrowed_modbus),
        cmocka_unit_test(test_plain_bytes),
        cmocka_unit_test(test_slow_client),
        cmocka_unit_test(test_frames_in_a_stream),
        cmocka_unit_test(test_busy_client),
        cmocka_unit_test(test_idle_clients),
        cmocka_unit_test(test_connection_limit),
        cmocka_unit_test(test_thirty_clients),
        cmocka_unit_test(test_client_that_never_reads),
        cmocka_unit_test(test_client_that_resets),
        cmocka_unit_test(test_write_to_nobody),
        cmocka_unit_test(test_not_modbus),
        cmocka_unit_test(test_served_by_hand),
        cmocka_unit_test(test_many_descriptors),
        cmocka_unit_test(test_interrupted),
        cmocka_unit_test(test_signal_during_exchange),
        cmocka_unit_test(test_cannot_listen),
    };

    if (!has_loopback()) {
        (void)puts("SKIP: needs a loopback interface that is up");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
