/* SPDX-License-Identifier: MIT */
/* Serial ports, on real pseudo-terminals against a listener in a thread. */
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

#include <errno.h>
#include <fcntl.h>
#include <modbus.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "host_meter.h"
#include "host/descriptor.h"
#include "host/serial.h"

static const char *place_of(const struct served *served)
{
    return kwh_listener_target(served->listener)->place;
}

static void test_read(void **context)
{
    struct served served;
    struct kwh_host host;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(open_client(&host, served.listener, ",baud=19200,line=8E1@1"), KWH_OK);
    assert_true(kwh_host_fd(&host) >= 0);
    for (int i = 0; i < 20; i++)
        assert_int_equal(read_meter(&host, 1), KWH_OK);
    assert_int_equal(kwh_host_address(&host, NULL), 1);
    kwh_host_close(&host);
    kwh_host_close(&host);
    assert_int_equal(kwh_host_fd(&host), -1);
    assert_int_equal(read_meter(&host, 1), KWH_ERROR_NO_BACKEND);
    served_close(&served);
}

static void test_clients_come_and_go(void **context)
{
    struct served served;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty,baud=9600,line=8N1", NULL), KWH_OK);
    for (int i = 0; i < 10; i++) {
        struct kwh_host host;

        assert_int_equal(open_client(&host, served.listener, "@1"), KWH_OK);
        assert_int_equal(read_meter(&host, 1), KWH_OK);
        kwh_host_close(&host);
    }
    served_close(&served);
}

static void test_nobody_answers(void **context)
{
    struct served served;
    struct kwh_host host;
    const struct kwh_failure *failure;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(open_client(&host, served.listener, ",timeout_ms=150"), KWH_OK);
    assert_int_equal(read_meter(&host, 9), KWH_ERROR_TIMEOUT);
    failure = kwh_line_failure(kwh_host_line(&host));
    assert_int_equal(failure->error, KWH_ERROR_TIMEOUT);
    assert_int_equal(failure->address, 9);
    assert_int_equal(failure->function, 3);
    assert_int_equal(failure->span_address, 0x5000);
    assert_int_equal(failure->bytes_seen, 0);
    assert_true(failure->elapsed_us >= 150000 && failure->elapsed_us < 60000000);
    /* The line is as good as before. */
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    kwh_host_close(&host);
    served_close(&served);
}

static void test_unplugged_and_back(void **context)
{
    char folder[] = "/tmp/kwh-pty-XXXXXX";
    char link[64], target[80];
    struct served served;
    struct kwh_host host;

    (void)context;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(link, sizeof link, "%s/port", folder);
    (void)snprintf(target, sizeof target, "rtu:%s", link);
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(symlink(place_of(&served), link), 0);
    assert_int_equal(kwh_host_open(&host, target), KWH_OK);
    assert_int_equal(read_meter(&host, 1), KWH_OK);

    served_close(&served);
    assert_int_equal(read_meter(&host, 1), KWH_ERROR_DISCONNECTED);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->error, KWH_ERROR_DISCONNECTED);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->host_errno, EIO);
    unlink(link);
    assert_int_equal(kwh_host_reopen(&host), KWH_ERROR_PORT_OPEN);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->host_errno, ENOENT);
    assert_int_equal(read_meter(&host, 1), KWH_ERROR_DISCONNECTED);

    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(symlink(place_of(&served), link), 0);
    assert_int_equal(kwh_host_reopen(&host), KWH_OK);
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    kwh_host_close(&host);
    served_close(&served);
    unlink(link);
    rmdir(folder);
}

static void test_locked(void **context)
{
    struct served served;
    struct kwh_host first, second;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(open_client(&first, served.listener, ""), KWH_OK);
    assert_int_equal(open_client(&second, served.listener, ",baud=1200"), KWH_ERROR_PORT_LOCKED);
    assert_int_equal(kwh_line_failure(kwh_host_line(&second))->error, KWH_ERROR_PORT_LOCKED);
    kwh_host_close(&second);
    /* Who was refused has changed nothing. */
    assert_int_equal(
        kwhi_serial_check(kwh_host_fd(&first), &(struct kwh_line_settings){9600, 8, 'E', 1}),
        KWH_OK);
    assert_int_equal(read_meter(&first, 1), KWH_OK);
    kwh_host_close(&first);
    assert_int_equal(open_client(&second, served.listener, ""), KWH_OK);
    assert_int_equal(read_meter(&second, 1), KWH_OK);
    kwh_host_close(&second);
    served_close(&served);
}

static void test_refused(void **context)
{
    struct served served;
    struct kwh_host host;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    /* libmodbus would take 9600 for these without a word. */
    assert_int_equal(open_client(&host, served.listener, ",baud=12345"), KWH_ERROR_PORT_SPEED);
    assert_int_equal(open_client(&host, served.listener, ",baud=14400"), KWH_ERROR_PORT_SPEED);
    assert_int_equal(open_client(&host, served.listener, ",line=7E1"), KWH_ERROR_UNSUPPORTED);
    served_close(&served);

    assert_int_equal(kwh_host_open(&host, "rtu:pty"), KWH_ERROR_UNSUPPORTED);
    assert_int_equal(kwh_host_open(&host, "rtu:/dev/no-such-port"), KWH_ERROR_PORT_OPEN);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->host_errno, ENOENT);
    assert_int_equal(kwh_host_open(&host, "rtu:/dev/null"), KWH_ERROR_PORT_OPEN);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->host_errno, ENOTTY);
    assert_int_equal(kwh_host_open(&host, "rtu"), KWH_ERROR_SYNTAX);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->error, KWH_ERROR_SYNTAX);
    assert_int_equal(kwh_host_reopen(&host), KWH_ERROR_UNSUPPORTED);
    kwh_host_close(&host);
}

static void test_forbidden(void **context)
{
    enum {
        NOBODY = 65534
    };
    bool root = geteuid() == 0;
    struct served served;
    struct kwh_host host;
    enum kwh_error error;

    (void)context;
    if (root && (seteuid(NOBODY) != 0 || seteuid(0) != 0))
        skip(); /* a container has no other users */
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(chmod(place_of(&served), 0), 0);
    if (root)
        assert_int_equal(seteuid(NOBODY), 0);
    error = open_client(&host, served.listener, "");
    if (root)
        assert_int_equal(seteuid(0), 0);
    assert_int_equal(error, KWH_ERROR_PORT_FORBIDDEN);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->host_errno, EACCES);
    served_close(&served);
}

/* What the terminal says of itself, told by the C library. */
static void assert_terminal(int descriptor, speed_t speed, tcflag_t stop_bits)
{
    struct termios now;

    assert_int_equal(tcgetattr(descriptor, &now), 0);
    assert_int_equal(cfgetospeed(&now), speed);
    assert_int_equal(now.c_cflag & CSTOPB, stop_bits);
    assert_int_equal(now.c_cflag & CSIZE, CS8);
}

static void test_set_line(void **context)
{
    struct kwh_line_settings settings = {19200, 8, 'N', 2};
    struct served served;
    struct kwh_host host;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(open_client(&host, served.listener, ",baud=2400,line=8N1"), KWH_OK);
    assert_terminal(kwh_host_fd(&host), B2400, 0);
    assert_int_equal(kwh_host_set_line(&host, &settings), KWH_OK);
    assert_terminal(kwh_host_fd(&host), B19200, CSTOPB);
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    /* A pseudo-terminal has no parity; asking for it twice is no mistake either. */
    settings = (struct kwh_line_settings){19200, 8, 'E', 1};
    assert_int_equal(kwh_host_set_line(&host, &settings), KWH_OK);
    settings.parity = 'O';
    assert_int_equal(kwh_host_set_line(&host, &settings), KWH_OK);
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    settings.baud = 14400;
    assert_int_equal(kwh_host_set_line(&host, &settings), KWH_ERROR_PORT_SPEED);
    settings = (struct kwh_line_settings){9600, 7, 'E', 1};
    assert_int_equal(kwh_host_set_line(&host, &settings), KWH_ERROR_UNSUPPORTED);
    assert_terminal(kwh_host_fd(&host), B19200, 0);
    /* The dialogues' way to it is the same. */
    settings = (struct kwh_line_settings){4800, 8, 'N', 1};
    assert_int_equal(host.line.backend->set_line(host.line.backend->context, &settings), KWH_OK);
    assert_terminal(kwh_host_fd(&host), B4800, 0);
    kwh_host_close(&host);
    served_close(&served);
}

/* What a driver that silently stays at another speed looks like. */
static void test_real_settings_are_compared(void **context)
{
    struct served served;
    struct kwh_host host;
    int fd;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(open_client(&host, served.listener, ",baud=9600,line=8N1"), KWH_OK);
    fd = kwh_host_fd(&host);
    assert_int_equal(kwhi_serial_check(fd, &(struct kwh_line_settings){9600, 8, 'N', 1}), KWH_OK);
    assert_int_equal(kwhi_serial_check(fd, &(struct kwh_line_settings){9600, 8, 'E', 1}), KWH_OK);
    assert_int_equal(kwhi_serial_check(fd, &(struct kwh_line_settings){19200, 8, 'N', 1}),
                     KWH_ERROR_PORT_SPEED);
    assert_int_equal(kwhi_serial_check(fd, &(struct kwh_line_settings){9600, 8, 'N', 2}),
                     KWH_ERROR_PORT_SPEED);
    kwh_host_close(&host);
    served_close(&served);
}

/* cfmakeraw() of the C library finds nothing to do, and bytes come one by one. */
static void test_terminal_modes(void **context)
{
    struct termios now, raw;
    struct served served;
    int fd;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty,baud=4800", NULL), KWH_OK);
    fd = open(place_of(&served), O_RDWR | O_NOCTTY);
    assert_true(fd >= 0);
    assert_int_equal(tcgetattr(fd, &now), 0);
    raw = now;
    cfmakeraw(&raw);
    assert_int_equal(raw.c_iflag, now.c_iflag);
    assert_int_equal(raw.c_oflag, now.c_oflag);
    assert_int_equal(raw.c_lflag, now.c_lflag);
    assert_int_equal(raw.c_cflag, now.c_cflag);
    assert_int_equal(now.c_cc[VMIN], 1);
    assert_int_equal(now.c_cc[VTIME], 0);
    assert_int_equal(cfgetospeed(&now), B4800);
    close(fd);
    served_close(&served);
}

/* Asking a pseudo-terminal for nothing new but parity is refused: not by us. */
static void test_parity_that_a_terminal_refuses(void **context)
{
    struct kwh_line_settings settings = {9600, 8, 'E', 1};
    struct served served;
    struct kwh_host host;
    modbus_t *other;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    other = modbus_new_rtu(place_of(&served), 9600, 'E', 8, 1);
    assert_int_equal(modbus_connect(other), 0);
    assert_int_equal(open_client(&host, served.listener, ",baud=9600,line=8E1"), KWH_OK);
    assert_int_equal(kwh_host_set_line(&host, &settings), KWH_OK);
    assert_int_equal(kwh_host_set_line(&host, &settings), KWH_OK);
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    kwh_host_close(&host);
    modbus_close(other);
    modbus_free(other);
    served_close(&served);
}

/* What a target says reaches the line. */
static void test_line_of_a_target(void **context)
{
    struct served served;
    struct kwh_host host;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(open_client(&host, served.listener, ""), KWH_OK);
    assert_int_equal(host.line.timing.answer_us, 1000000);
    assert_false(host.line.timeout_given);
    assert_int_equal(host.line.retries, 2);
    assert_int_equal(host.line.timing.quiet_us, 0);
    assert_int_equal(host.line.echo, KWH_ECHO_LEARN);
    assert_int_equal(host.line.character_ns, 1145833); /* 9600 8E1: 11 bits */
    kwh_host_close(&host);
    assert_int_equal(
        open_client(&host, served.listener,
                    ",timeout_ms=100,retries=5,gap_ms=7,echo=off,baud=9600,line=8N1@9"),
        KWH_OK);
    assert_int_equal(host.line.timing.answer_us, 100000);
    assert_int_equal(host.line.timing.latest_us, 2000000);
    assert_true(host.line.timeout_given);
    assert_int_equal(host.line.retries, 5);
    assert_int_equal(host.line.timing.quiet_us, 7000);
    assert_int_equal(host.line.echo, KWH_ECHO_NEVER);
    assert_int_equal(host.line.character_ns, 1041667); /* 10 bits */
    assert_int_equal(kwh_host_address(&host, &meter_map), 9);
    kwh_host_close(&host);
    served_close(&served);
}

/* Nothing came: the wait has lasted as long as it should, whatever the clock shows. */
static void test_wait(void **context)
{
    struct served served;
    struct kwh_host host;
    uint8_t byte;
    uint32_t begin_us;
    size_t got = 1;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    assert_int_equal(open_client(&host, served.listener, ""), KWH_OK);
    begin_us = kwh_host_now_us();
    assert_int_equal(host.backend.receive(&host, &byte, 1, begin_us + 50000, &got), KWH_OK);
    assert_int_equal(got, 0);
    assert_true(kwh_host_now_us() - begin_us >= 50000);
    /* What is over is over: the test would hang for half an hour. */
    assert_int_equal(host.backend.receive(&host, &byte, 1, begin_us, &got), KWH_OK);
    kwh_host_close(&host);
    served_close(&served);
}

/* Nothing to read, or nobody to read from: terminals say 0 for both. */
static void test_nothing_or_gone(void **context)
{
    int null = open("/dev/null", O_RDWR);
    int error_number = 0;
    uint8_t byte;
    size_t got = 1;

    (void)context;
    assert_int_equal(kwhi_descriptor_read(null, false, POLLIN, &byte, 1, &got, &error_number),
                     KWH_OK);
    assert_int_equal(got, 0);
    assert_int_equal(
        kwhi_descriptor_read(null, false, POLLIN | POLLHUP, &byte, 1, &got, &error_number),
        KWH_ERROR_DISCONNECTED);
    assert_int_equal(error_number, EIO);
    close(null);
}

/* A client that sets nothing at all on the terminal still gets bytes as they are. */
static void test_terminal_is_raw(void **context)
{
    static const uint8_t request[] = {0x01, 0x03, 0x50, 0x03, 0x00, 0x02, 0x25, 0x0B};
    static const uint8_t answer[] = {0x01, 0x03, 0x04, 0x0D, 0x0A, 0x11, 0x13, 0x95, 0x00};
    uint8_t got[32];
    size_t count = 0;
    struct served served;
    int fd;

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    fd = open(place_of(&served), O_RDWR | O_NOCTTY);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, request, sizeof request), sizeof request);
    while (count < sizeof answer) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        ssize_t part;

        assert_int_equal(poll(&wait, 1, 20000), 1);
        part = read(fd, got + count, sizeof got - count);
        assert_true(part > 0);
        count += (size_t)part;
    }
    assert_int_equal(count, sizeof answer);
    assert_memory_equal(got, answer, sizeof answer);
    close(fd);
    served_close(&served);
}

/* On a wire, answers that nobody reads are gone; in a terminal they must not pile up. */
static void test_answers_that_nobody_reads(void **context)
{
    static const uint8_t request[] = {0x01, 0x03, 0x50, 0x00, 0x00, 0x05, 0x94, 0xC9};
    struct kwh_target link;
    struct kwh_listener *listener;
    uint8_t got[4096];
    ssize_t count;
    int fd;

    (void)context;
    assert_int_equal(kwh_target_parse("rtu:pty,baud=115200", &link, NULL), KWH_OK);
    assert_int_equal(kwh_listener_open(&listener, &link, &meter_slave, 1, NULL), KWH_OK);
    fd = open(kwh_listener_target(listener)->place, O_RDWR | O_NOCTTY | O_NONBLOCK);
    assert_true(fd >= 0);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(write(fd, request, sizeof request), sizeof request);
        assert_int_equal(kwh_listener_serve(listener, 10), KWH_OK);
    }
    count = read(fd, got, sizeof got);
    assert_true(count >= 15);
    assert_true(count <= 256 + 15);
    assert_memory_equal(got + count - 12, meter_registers, sizeof meter_registers);
    close(fd);
    kwh_listener_close(listener);
}

static void test_borrowed_modbus(void **context)
{
    struct kwh_line_settings settings = {9600, 8, 'N', 1};
    struct served served;
    struct kwh_host host;
    modbus_t *modbus;
    uint16_t words[METER_COUNT];

    (void)context;
    assert_int_equal(served_open(&served, "rtu:pty", NULL), KWH_OK);
    modbus = modbus_new_rtu(place_of(&served), 9600, 'N', 8, 1);
    assert_non_null(modbus);
    assert_int_equal(kwh_host_borrow(&host, modbus, &settings), KWH_ERROR_ARGUMENT);
    assert_int_equal(modbus_connect(modbus), 0);
    assert_int_equal(kwh_host_borrow(&host, modbus, &settings), KWH_OK);
    assert_int_equal(host.line.character_ns, 1041667);
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    assert_int_equal(read_meter(&host, 1), KWH_OK);
    assert_int_equal(kwh_host_set_line(&host, &settings), KWH_ERROR_UNSUPPORTED);
    assert_null(host.line.backend->set_line);
    assert_int_equal(kwh_host_reopen(&host), KWH_ERROR_UNSUPPORTED);
    kwh_host_close(&host);
    /* Still open, and as good to its owner as before. */
    modbus_set_slave(modbus, 1);
    modbus_set_response_timeout(modbus, 20, 0);
    assert_int_equal(modbus_read_registers(modbus, METER_FIRST, METER_COUNT, words), METER_COUNT);
    assert_int_equal(words[2], 0x1389);
    modbus_close(modbus);
    modbus_free(modbus);
    served_close(&served);
}

/* The other end of a socket pair: one request, one answer. */
static void *answer_once(void *context)
{
    static const uint8_t answer[] = {0x01, 0x03, 0x02, 0x00, 0xE6, 0x39, 0xCE};
    const int *descriptor = context;
    uint8_t request[8];

    if (read(*descriptor, request, sizeof request) == sizeof request &&
        write(*descriptor, answer, sizeof answer) != sizeof answer)
        return context;
    return NULL;
}

static void test_descriptor(void **context)
{
    struct kwh_exchange exchange;
    struct kwh_host host;
    const uint8_t *bytes;
    pthread_t thread;
    size_t count;
    int pair[2];

    (void)context;
    assert_int_equal(kwh_host_descriptor(&host, -1, &kwh_modbus_rtu), KWH_ERROR_ARGUMENT);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(pthread_create(&thread, NULL, answer_once, &pair[1]), 0);
    assert_int_equal(kwh_host_descriptor(&host, pair[0], &kwh_modbus_rtu_over_tcp), KWH_OK);
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5000, 1), KWH_OK);
    assert_int_equal(kwh_line_run(kwh_host_line(&host), &exchange), KWH_OK);
    pthread_join(thread, NULL);
    bytes = kwh_modbus_registers(kwh_host_line(&host), &exchange, &count);
    assert_int_equal(count, 1);
    assert_int_equal(bytes[1], 0xE6);
    close(pair[1]);
    assert_int_equal(kwh_line_run(kwh_host_line(&host), &exchange), KWH_ERROR_DISCONNECTED);
    kwh_host_close(&host);
    /* The application's, still open. */
    assert_true(fcntl(pair[0], F_GETFD) >= 0);
    close(pair[0]);
    assert_int_equal(kwh_host_descriptor(&host, pair[0], &kwh_modbus_rtu_over_tcp), KWH_OK);
    assert_int_equal(kwh_line_run(kwh_host_line(&host), &exchange), KWH_ERROR_IO);
    assert_int_equal(kwh_line_failure(kwh_host_line(&host))->host_errno, EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_clients_come_and_go),
        cmocka_unit_test(test_nobody_answers),
        cmocka_unit_test(test_unplugged_and_back),
        cmocka_unit_test(test_locked),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_forbidden),
        cmocka_unit_test(test_set_line),
        cmocka_unit_test(test_real_settings_are_compared),
        cmocka_unit_test(test_terminal_modes),
        cmocka_unit_test(test_parity_that_a_terminal_refuses),
        cmocka_unit_test(test_line_of_a_target),
        cmocka_unit_test(test_wait),
        cmocka_unit_test(test_nothing_or_gone),
        cmocka_unit_test(test_terminal_is_raw),
        cmocka_unit_test(test_answers_that_nobody_reads),
        cmocka_unit_test(test_borrowed_modbus),
        cmocka_unit_test(test_descriptor),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
