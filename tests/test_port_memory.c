/* SPDX-License-Identifier: MIT */
/* A wire in memory: what passes, when it arrives, and that nothing is waited for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <kwh/meter.h>
#include <kwh/modbus.h>
#include <kwh/port_memory.h>

static KWH_CONST struct kwh_row rows[] = {
    KWH_HOLDING(0x5000, UINT32, MILLI, VOLTAGE_L1, KWH_MANUAL),
    KWH_HOLDING(0x5002, UINT16, CENTI, FREQUENCY, KWH_MANUAL),
};
static KWH_CONST struct kwh_block blocks[] = {{.rows = rows, .count = 2}};
static KWH_CONST struct kwh_map map = {
    .name = KWH_TEXT("test"), .title = KWH_TEXT("test"), .blocks = blocks, .block_count = 1};

static enum kwh_error value(void *context, KWH_CONST struct kwh_row *row,
                            struct kwh_reading *reading)
{
    static const struct kwh_decimal values[] = {{230120, -3}, {5001, -2}};

    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->decimal = values[row - rows];
    return KWH_OK;
}

static const struct kwh_slave slaves[] = {
    {.map = &map, .profiles = KWH_ALL_PROFILES, .address = 1, .value = value},
    {.map = &map, .profiles = KWH_ALL_PROFILES, .address = 247, .value = value},
};

struct bench {
    struct kwh_line line;
    struct kwh_server server;
    struct kwh_port_memory port;
    uint32_t clock_us;
    uint8_t line_buffer[KWH_MODBUS_TCP_BUFFER];
    uint8_t server_buffer[KWH_RESPONDER_BUFFER];
};

static uint32_t bench_clock(void *context)
{
    const struct bench *bench = context;

    return bench->clock_us;
}

static void prepare(struct bench *bench, KWH_CONST struct kwh_framing *framing,
                    KWH_CONST struct kwh_server_framing *server_framing, bool own_clock)
{
    memset(bench, 0, sizeof *bench);
    assert_int_equal(
        kwh_line_init(&bench->line, framing, bench->line_buffer, sizeof bench->line_buffer),
        KWH_OK);
    assert_int_equal(kwh_server_init(&bench->server, server_framing, bench->server_buffer,
                                     sizeof bench->server_buffer, slaves, KWH_COUNT(slaves)),
                     KWH_OK);
    kwh_port_memory_server(&bench->port, &bench->server, own_clock ? bench_clock : NULL, bench);
    bench->line.backend = &bench->port.backend;
}

static void prepare_rtu(struct bench *bench)
{
    prepare(bench, &kwh_modbus_rtu, &kwh_modbus_rtu_server, false);
}

static enum kwh_error read_two(struct bench *bench, uint8_t unit, uint16_t address)
{
    struct kwh_exchange exchange;
    const uint8_t *bytes;
    size_t count;
    enum kwh_error error;

    assert_int_equal(kwh_modbus_read(&exchange, unit, 3, address, 2), KWH_OK);
    error = kwh_line_run(&bench->line, &exchange);
    bytes = kwh_modbus_registers(&bench->line, &exchange, &count);
    if (error == KWH_OK) {
        assert_int_equal(count, 2);
        assert_memory_equal(bytes, "\x00\x03\x82\xE8", 4);
    }
    return error;
}

static void test_framings(void **context)
{
    static const struct {
        KWH_CONST struct kwh_framing *framing;
        KWH_CONST struct kwh_server_framing *server;
    } cases[] = {
        {&kwh_modbus_rtu, &kwh_modbus_rtu_server},
        {&kwh_modbus_tcp, &kwh_modbus_tcp_server},
        {&kwh_modbus_rtu_over_tcp, &kwh_modbus_rtu_over_tcp_server},
    };
    struct bench bench;

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(cases); i++) {
        prepare(&bench, cases[i].framing, cases[i].server, false);
        for (int n = 0; n < 100; n++) {
            assert_int_equal(read_two(&bench, 1, 0x5000), KWH_OK);
            assert_int_equal(read_two(&bench, 247, 0x5000), KWH_OK);
            assert_int_equal(read_two(&bench, 1, 0x6000), KWH_ERROR_ILLEGAL_DATA_ADDRESS);
        }
        assert_int_equal(bench.port.lost, 0);
    }
}

static void test_meter(void **context)
{
    struct kwh_meter meter;
    struct kwh_reading reading;
    struct bench bench;
    char text[KWH_READING_TEXT];

    (void)context;
    prepare_rtu(&bench);
    assert_int_equal(kwh_meter_init(&meter, &bench.line, &map, 1), KWH_OK);
    assert_int_equal(kwh_meter_read_one(&meter, KWH_VOLTAGE_L1, &reading), KWH_OK);
    assert_int_equal(kwh_reading_print(&reading, text, sizeof text), KWH_OK);
    assert_string_equal(text, "230.120");
}

/* A timeout costs its second on the wire and none of ours; after it the line is as before. */
static void test_virtual_time(void **context)
{
    struct bench bench;
    uint32_t before_us;

    (void)context;
    prepare_rtu(&bench);
    assert_int_equal(kwh_port_memory_now(&bench.port), 0);
    kwh_port_memory_pass(&bench.port, UINT32_C(0xFFFFFFF0)); /* about to wrap */
    before_us = kwh_port_memory_now(&bench.port);
    assert_int_equal(read_two(&bench, 5, 0x5000), KWH_ERROR_TIMEOUT);
    assert_in_range(kwh_port_memory_now(&bench.port) - before_us, 1000000, 1100000);
    assert_int_equal(read_two(&bench, 1, 0x5000), KWH_OK);
}

/* 9600 8E1: 11 bits a character, 1.1458 ms. Request 8, silence 3.5, turnaround 20 ms, answer 9
 * characters: 9.167 + 4.010 + 20 + 10.313 ms from the request to the whole answer. */
static void test_wire_time(void **context)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    struct kwh_exchange exchange;
    struct bench bench;

    (void)context;
    prepare_rtu(&bench);
    kwh_line_set_speed(&bench.line, &settings);
    kwh_responder_set_speed(&bench.server.responder, &settings);
    bench.port.character_ns = 1145833;
    bench.port.turnaround_us = 20000;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5000, 2), KWH_OK);
    assert_int_equal(kwh_line_run(&bench.line, &exchange), KWH_OK);
    assert_in_range(exchange.latency_us, 34323 - 10, 34323 + 10);
}

/* The caller's clock stands; the wire goes ahead of it where it has to wait, and only then. */
static void test_own_clock(void **context)
{
    static const uint32_t starts[] = {0, 1000000, UINT32_C(0x7FFFFFFF), UINT32_C(0xFFFFFFFF)};
    struct bench bench;

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(starts); i++) {
        prepare(&bench, &kwh_modbus_rtu, &kwh_modbus_rtu_server, true);
        bench.clock_us = starts[i];
        assert_int_equal(read_two(&bench, 1, 0x5000), KWH_OK);
        assert_int_equal(read_two(&bench, 5, 0x5000), KWH_ERROR_TIMEOUT);
        assert_in_range(kwh_port_memory_now(&bench.port) - starts[i], 1000000, 1100000);
        /* After any pause, however long. */
        bench.clock_us += UINT32_C(0x80001000);
        assert_int_equal(read_two(&bench, 1, 0x5000), KWH_OK);
        bench.clock_us += UINT32_C(0xFFF00000);
        assert_int_equal(read_two(&bench, 1, 0x5000), KWH_OK);
    }
}

/* A caller that sleeps after each question finds what the other end has done meanwhile. */
static void test_sleepy_caller(void **context)
{
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    static const uint8_t request[] = {0x01, 0x03, 0x50, 0x00, 0x00, 0x02, 0xD5, 0x0B};
    struct bench bench;
    uint8_t room[32];
    size_t count;

    (void)context;
    prepare(&bench, &kwh_modbus_rtu, &kwh_modbus_rtu_server, true);
    kwh_responder_set_speed(&bench.server.responder, &settings);
    bench.port.character_ns = 1145833;
    const struct kwh_backend *backend = &bench.port.backend;
    assert_int_equal(backend->send(backend->context, request, sizeof request, &count), KWH_OK);
    assert_int_equal(backend->receive(backend->context, room, sizeof room, bench.clock_us, &count),
                     KWH_OK);
    assert_int_equal(count, 0);
    bench.clock_us += 500000;
    assert_int_equal(backend->receive(backend->context, room, sizeof room, bench.clock_us, &count),
                     KWH_OK);
    assert_int_equal(count, 9);
    assert_memory_equal(room, "\x01\x03\x04\x00\x03\x82\xE8", 7);
}

static void test_several_outstanding(void **context)
{
    enum {
        COUNT = 6
    };
    const struct kwh_backend *backend;
    struct kwh_exchange exchanges[COUNT];
    struct kwh_step step;
    struct bench bench;
    size_t count;

    (void)context;
    prepare(&bench, &kwh_modbus_tcp, &kwh_modbus_tcp_server, false);
    backend = &bench.port.backend;
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(kwh_modbus_read(&exchanges[i], 1, 3, 0x5000, 2), KWH_OK);
        assert_int_equal(kwh_line_start(&bench.line, &exchanges[i], 0), KWH_OK);
    }
    for (size_t done = 0; done < COUNT;) {
        kwh_line_next(&bench.line, backend->now_us(&bench.port), &step);
        if (step.action == KWH_ACTION_SEND) {
            assert_int_equal(backend->send(&bench.port, step.bytes, step.count, &count), KWH_OK);
            kwh_line_sent(&bench.line, count, backend->now_us(&bench.port));
        } else if (step.action == KWH_ACTION_RECEIVE) {
            assert_int_equal(
                backend->receive(&bench.port, step.room, step.capacity, step.until_us, &count),
                KWH_OK);
            kwh_line_got(&bench.line, count, backend->now_us(&bench.port));
        } else {
            assert_int_equal(step.action, KWH_ACTION_DONE);
            assert_int_equal(step.exchange->error, KWH_OK);
            done++;
        }
    }
}

/* More answers than the wire holds: some are lost, the others are whole. */
static void test_full(void **context)
{
    static const uint8_t request[] = {0x00, 0x01, 0x00, 0x00, 0x00, 0x06,
                                      0x01, 0x03, 0x50, 0x00, 0x00, 0x02};
    enum {
        ANSWER = 13
    };
    const struct kwh_backend *backend;
    struct bench bench;
    uint8_t bytes[ANSWER];
    size_t count, whole = 0;

    (void)context;
    prepare(&bench, &kwh_modbus_tcp, &kwh_modbus_tcp_server, false);
    backend = &bench.port.backend;
    for (int i = 0; i < 200; i++) {
        assert_int_equal(backend->send(&bench.port, request, sizeof request, &count), KWH_OK);
        assert_int_equal(count, sizeof request);
    }
    assert_int_equal(bench.port.lost, (200 - KWH_PORT_MEMORY_PENDING / ANSWER) * ANSWER);
    do {
        assert_int_equal(backend->receive(&bench.port, bytes, sizeof bytes, 0, &count), KWH_OK);
        if (count == ANSWER) {
            assert_memory_equal(bytes, "\x00\x01\x00\x00\x00\x07\x01\x03\x04\x00\x03\x82\xE8",
                                ANSWER);
            whole++;
        }
    } while (count > 0);
    assert_int_equal(whole, KWH_PORT_MEMORY_PENDING / ANSWER);
}

static void test_injected(void **context)
{
    static const uint8_t noise[] = {0xFF, 0x00, 0x01, 0x03};
    struct kwh_exchange exchange;
    struct bench bench;

    (void)context;
    prepare_rtu(&bench);
    kwh_port_memory_inject(&bench.port, noise, sizeof noise);
    assert_int_equal(read_two(&bench, 1, 0x5000), KWH_OK);
    bench.port.failure = KWH_ERROR_DISCONNECTED;
    assert_int_equal(kwh_modbus_read(&exchange, 1, 3, 0x5000, 2), KWH_OK);
    assert_int_equal(kwh_line_run(&bench.line, &exchange), KWH_ERROR_DISCONNECTED);
    bench.port.failure = KWH_OK;
    assert_int_equal(read_two(&bench, 1, 0x5000), KWH_OK);
}

/* A server that wants to close a connection has closed it. */
static void test_closed(void **context)
{
    static const uint8_t no_modbus[] = "GET / HTTP/1.1\r\n";
    struct bench bench;
    size_t count;

    (void)context;
    prepare(&bench, &kwh_modbus_tcp, &kwh_modbus_tcp_server, false);
    assert_int_equal(read_two(&bench, 1, 0x5000), KWH_OK);
    assert_int_equal(bench.port.backend.send(&bench.port, no_modbus, sizeof no_modbus - 1, &count),
                     KWH_OK);
    assert_int_equal(read_two(&bench, 1, 0x5000), KWH_ERROR_DISCONNECTED);
}

static void answer_by_hand(void *context, struct kwh_responder *responder)
{
    static const uint8_t answer[] = {0x03, 0x04, 0x00, 0x03, 0x82, 0xE8};
    unsigned *requests = context;
    const uint8_t *pdu;
    size_t length;

    pdu = kwh_responder_request(responder, &length);
    assert_int_equal(length, 5);
    assert_memory_equal(pdu, "\x03\x50\x00\x00\x02", 5);
    if (++*requests == 1)
        kwh_responder_ignore(responder);
    else
        assert_int_equal(kwh_responder_answer(responder, answer, sizeof answer), KWH_OK);
}

static void test_responder(void **context)
{
    struct kwh_responder responder;
    unsigned requests = 0;
    struct bench bench;

    (void)context;
    prepare_rtu(&bench);
    assert_int_equal(kwh_responder_init(&responder, &kwh_modbus_rtu_server, bench.server_buffer,
                                        sizeof bench.server_buffer),
                     KWH_OK);
    kwh_responder_serve(&responder, 1, true);
    kwh_port_memory_responder(&bench.port, &responder, answer_by_hand, &requests);
    assert_int_equal(read_two(&bench, 1, 0x5000), KWH_ERROR_TIMEOUT);
    assert_int_equal(read_two(&bench, 1, 0x5000), KWH_OK);
    assert_int_equal(requests, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_framings),      cmocka_unit_test(test_meter),
        cmocka_unit_test(test_virtual_time),  cmocka_unit_test(test_wire_time),
        cmocka_unit_test(test_own_clock),     cmocka_unit_test(test_several_outstanding),
        cmocka_unit_test(test_sleepy_caller), cmocka_unit_test(test_full),
        cmocka_unit_test(test_injected),      cmocka_unit_test(test_closed),
        cmocka_unit_test(test_responder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
