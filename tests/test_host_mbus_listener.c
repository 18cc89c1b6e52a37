/* SPDX-License-Identifier: MIT */
/* Being M-Bus meters on a host: on a pseudo-terminal and over the loopback. */
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
#include <poll.h>
#include <termios.h>

#include "host_meter.h"

static const struct kwh_record records[] = {
    KWH_RECORD(1, 1, ACTIVE_ENERGY_IMPORT, KWH_MANUAL, 0x04, 0x03),
    KWH_RECORD(2, 1, VOLTAGE_L1, KWH_MANUAL, 0x02, 0xFD, 0x48),
    KWH_RECORD(3, 1, DEVICE_ADDRESS, KWH_MANUAL | KWH_WRITE_ONLY, 0x01, 0x7A),
    KWH_RECORD_BAUD_RATE(4, KWH_MANUAL),
};
static const struct kwh_block blocks[] = {{.records = records, .count = KWH_COUNT(records)}};
static const struct kwh_item items[] = {
    {.quantity = KWH_DEVICE_ADDRESS, .write_function = 0x51, .minimum = 0, .maximum = 250},
    {.quantity = KWH_BAUD_RATE, .write_function = 0xB8, .minimum = 300, .maximum = 9600},
};
static const struct kwh_mbus_family family = {.manufacturer = 0x25CD, .version = 1, .medium = 2};
static const struct kwh_map map = {.name = "test",
                                   .title = "test meter",
                                   .blocks = blocks,
                                   .block_count = 1,
                                   .items = items,
                                   .item_count = KWH_COUNT(items),
                                   .protocol = KWH_PROTOCOL_MBUS,
                                   .mbus = &family};

/* 13062.014 kWh, 230.1 V, and the number that the context points to. */
static enum kwh_error value(void *context, const struct kwh_row *row, struct kwh_reading *reading)
{
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    if (row->quantity == KWH_SERIAL_NUMBER)
        memcpy(&reading->digits, context, sizeof reading->digits);
    else if (row->quantity == KWH_ACTIVE_ENERGY_IMPORT)
        reading->decimal = kwh_decimal(13062014, 0);
    else
        reading->decimal = kwh_decimal(2301, -1);
    return KWH_OK;
}

static enum kwh_error take(void *context, const struct kwh_row *row,
                           const struct kwh_reading *reading)
{
    (void)context;
    (void)row;
    (void)reading;
    return KWH_OK;
}

static uint64_t numbers[] = {0x12345678, 0x20000002};
static const struct kwh_slave slaves[] = {
    {.map = &map, .profiles = 1, .address = 1, .value = value, .write = take, .context = numbers},
    {.map = &map,
     .profiles = 1,
     .address = 2,
     .value = value,
     .write = take,
     .context = &numbers[1]},
};

/* The first telegram of each; 04 03 energy in Wh, 02 FD 48 voltage in tenths of a volt. */
static const uint8_t telegrams[][32] = {
    {0x68, 0x1A, 0x1A, 0x68, 0x08, 0x01, 0x72, 0x78, 0x56, 0x34, 0x12,
     0xCD, 0x25, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x04, 0x03, 0x7E,
     0x4F, 0xC7, 0x00, 0x02, 0xFD, 0x48, 0xFD, 0x08, 0x6B, 0x16},
    {0x68, 0x1A, 0x1A, 0x68, 0x08, 0x02, 0x72, 0x02, 0x00, 0x00, 0x20,
     0xCD, 0x25, 0x01, 0x02, 0x00, 0x00, 0x00, 0x00, 0x04, 0x03, 0x7E,
     0x4F, 0xC7, 0x00, 0x02, 0xFD, 0x48, 0xFD, 0x08, 0x7A, 0x16},
};

/* Opens the TARGET of a listener, with patience for a busy machine. */
static void open_patient_client(struct kwh_host *host, const struct served *served,
                                const char *address)
{
    char keys[60];

    (void)snprintf(keys, sizeof keys, ",timeout_ms=10000%s", address);
    assert_int_equal(open_client(host, served->listener, keys), KWH_OK);
}

/* Asks for the data of an address, whose answer is @p telegram. */
static enum kwh_error read_telegram(struct kwh_host *host, uint8_t address, const uint8_t *telegram)
{
    struct kwh_exchange exchange;
    struct kwh_mbus_frame frame;
    const uint8_t *bytes;
    enum kwh_error error;

    kwh_mbus_req_ud2(&exchange, address, true);
    error = kwh_line_run(kwh_host_line(host), &exchange);
    if (error != KWH_OK)
        return error;
    bytes = kwh_mbus_answer(kwh_host_line(host), &exchange, &frame);
    assert_non_null(bytes);
    assert_int_equal(frame.length, 32);
    if (telegram != NULL)
        assert_memory_equal(bytes, telegram, 32);
    return KWH_OK;
}

static void assert_nobody(struct kwh_host *host, uint8_t address)
{
    struct kwh_exchange exchange;

    kwh_mbus_req_ud2(&exchange, address, true);
    exchange.answer_us = 200000;
    host->line.timing.latest_us = 200000;
    assert_int_equal(kwh_line_run(kwh_host_line(host), &exchange), KWH_ERROR_TIMEOUT);
}

/* Sends data that E5 answers. */
static enum kwh_error send_data(struct kwh_host *host, uint8_t address, bool fcb, uint8_t ci,
                                const uint8_t *data, size_t size)
{
    struct kwh_exchange exchange;
    struct kwh_mbus_frame frame;
    enum kwh_error error;

    assert_int_equal(kwh_mbus_snd_ud(&exchange, address, fcb, ci, data, size), KWH_OK);
    error = kwh_line_run(kwh_host_line(host), &exchange);
    if (error == KWH_OK) {
        assert_non_null(kwh_mbus_answer(kwh_host_line(host), &exchange, &frame));
        assert_int_equal(frame.kind, KWH_MBUS_ACK);
    }
    return error;
}

static enum kwh_error initialize(struct kwh_host *host, uint8_t address)
{
    struct kwh_exchange exchange;

    kwh_mbus_snd_nke(&exchange, address);
    return kwh_line_run(kwh_host_line(host), &exchange);
}

static void test_read(void **context)
{
    static const char *const links[] = {"mbus:pty", "mbus:pty,baud=38400", "mbustcp::0"};

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(links); i++) {
        struct served served;
        struct kwh_host host;

        assert_int_equal(served_open_slaves(&served, links[i], slaves, 2, NULL), KWH_OK);
        assert_false(kwh_listener_target(served.listener)->has_address);
        open_patient_client(&host, &served, "");
        for (uint8_t address = 1; address <= 2; address++) {
            assert_int_equal(initialize(&host, address), KWH_OK);
            assert_int_equal(read_telegram(&host, address, telegrams[address - 1]), KWH_OK);
        }
        assert_nobody(&host, 3);
        kwh_host_close(&host);
        served_close(&served);
    }
}

/* Both answer, bit over bit. */
static void test_collision(void **context)
{
    static const char *const links[] = {"mbus:pty", "mbustcp::0"};

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(links); i++) {
        struct served served;
        struct kwh_host host;
        enum kwh_error error;

        assert_int_equal(served_open_slaves(&served, links[i], slaves, 2, NULL), KWH_OK);
        open_patient_client(&host, &served, "");
        error = read_telegram(&host, KWH_MBUS_ANY, NULL);
        assert_int_equal(error, KWH_ERROR_BAD_CHECKSUM);
        kwh_host_close(&host);
        served_close(&served);

        assert_int_equal(served_open_slaves(&served, links[i], slaves, 1, NULL), KWH_OK);
        open_patient_client(&host, &served, "");
        assert_int_equal(read_telegram(&host, kwh_host_address(&host, NULL), telegrams[0]), KWH_OK);
        kwh_host_close(&host);
        served_close(&served);
    }
}

/* Two masters on one bus: what one selects, the other reads. */
static void test_connections_share_the_bus(void **context)
{
    static const uint8_t selection[] = {0x02, 0x00, 0x00, 0x20, 0xFF, 0xFF, 0xFF, 0xFF};
    static const uint8_t address_7[] = {0x01, 0x7A, 0x07};
    struct kwh_host first, second;
    struct served served;

    (void)context;
    assert_int_equal(served_open_slaves(&served, "mbustcp::0", slaves, 2, NULL), KWH_OK);
    open_patient_client(&first, &served, "@s20000002");
    open_patient_client(&second, &served, "");
    assert_nobody(&second, KWH_MBUS_SELECTED);
    assert_int_equal(send_data(&first, kwh_host_address(&first, NULL), false, KWH_MBUS_CI_SELECT,
                               selection, sizeof selection),
                     KWH_OK);
    assert_int_equal(read_telegram(&second, KWH_MBUS_SELECTED, telegrams[1]), KWH_OK);
    /* A new address holds for both as well. */
    assert_int_equal(send_data(&first, 1, true, KWH_MBUS_CI_DATA, address_7, sizeof address_7),
                     KWH_OK);
    assert_int_equal(read_telegram(&first, 7, NULL), KWH_OK);
    assert_int_equal(read_telegram(&second, 7, NULL), KWH_OK);
    assert_nobody(&second, 1);
    kwh_host_close(&first);
    kwh_host_close(&second);
    served_close(&served);
}

/* A meter that changes its speed is on a pseudo-terminal still heard at any. */
/* A master that searches gets no answer for long, but is no idle client; one that is silent is. */
static void test_searching_is_no_idleness(void **context)
{
    static const struct kwh_listener_limits limits = {.idle_ms = 3000};
    struct served served;
    struct kwh_host host;
    struct pollfd closed;

    (void)context;
    assert_int_equal(served_open_slaves(&served, "mbustcp:127.0.0.1:0", slaves, 1, &limits),
                     KWH_OK);
    open_patient_client(&host, &served, "");
    for (uint8_t address = 20; address < 40; address++) /* 4 s */
        assert_nobody(&host, address);
    assert_int_equal(read_telegram(&host, 1, telegrams[0]), KWH_OK);
    closed = (struct pollfd){.fd = kwh_host_fd(&host), .events = POLLIN};
    assert_int_equal(poll(&closed, 1, 20000), 1);
    assert_int_equal(read_telegram(&host, 1, NULL), KWH_ERROR_DISCONNECTED);
    kwh_host_close(&host);
    served_close(&served);
}

static void test_speed_of_a_pseudo_terminal(void **context)
{
    static const char *const links[] = {"mbus:pty", "mbustcp::0"};

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(links); i++) {
        struct served served;
        struct kwh_host host;
        struct termios now;

        assert_int_equal(served_open_slaves(&served, links[i], slaves, 2, NULL), KWH_OK);
        open_patient_client(&host, &served, "");
        assert_int_equal(initialize(&host, 1), KWH_OK);
        assert_int_equal(send_data(&host, 1, true, kwh_mbus_baud_ci(300), NULL, 0), KWH_OK);
        assert_int_equal(read_telegram(&host, 1, telegrams[0]), KWH_OK);
        if (tcgetattr(kwh_host_fd(&host), &now) == 0)
            assert_int_equal(cfgetospeed(&now), B2400);
        else
            assert_int_equal(errno, ENOTTY);
        kwh_host_close(&host);
        served_close(&served);
    }
}

/* A meter of one protocol is none of the other. */
static void test_refused(void **context)
{
    static const struct {
        const char *link;
        const struct kwh_slave *slave;
    } rows[] = {
        {"mbus:pty", &meter_slave}, {"mbustcp::0", &meter_slave}, {"rtu:pty", slaves},
        {"tcp::0", slaves},         {"rtutcp::0", slaves},        {"sim:inepro_pro1", slaves},
    };
    struct kwh_listener *listener;

    (void)context;
    for (size_t i = 0; i < KWH_COUNT(rows); i++) {
        struct kwh_target link;

        assert_int_equal(kwh_target_parse(rows[i].link, &link, NULL), KWH_OK);
        assert_int_equal(kwh_listener_open(&listener, &link, rows[i].slave, 1, NULL),
                         KWH_ERROR_UNSUPPORTED);
        assert_null(listener);
    }
}

static void count_frame(void *context, enum kwh_trace what, const uint8_t *bytes, size_t count,
                        uint32_t now_us)
{
    unsigned *frames = context;

    (void)bytes;
    (void)count;
    (void)now_us;
    *frames += what == KWH_TRACE_FRAME ? 1u : 0u;
}

/* Before anybody has connected, and of who connects afterwards. */
static void test_trace(void **context)
{
    static const uint8_t request[] = {0x10, 0x40, 0x01, 0x41, 0x16};
    struct kwh_listener *listener;
    struct kwh_target link;
    struct kwh_host host;
    unsigned frames = 0;
    size_t sent;

    (void)context;
    assert_int_equal(kwh_target_parse("mbustcp::0@s12345678", &link, NULL), KWH_OK);
    assert_int_equal(kwh_listener_open(&listener, &link, slaves, 2, NULL), KWH_OK);
    assert_false(kwh_listener_target(listener)->has_secondary);
    kwh_listener_trace(listener, count_frame, &frames);
    assert_int_equal(open_client(&host, listener, ""), KWH_OK);
    assert_int_equal(host.backend.send(&host, request, sizeof request, &sent), KWH_OK);
    assert_int_equal(sent, sizeof request);
    for (int i = 0; i < 1000 && frames == 0; i++)
        assert_int_equal(kwh_listener_serve(listener, 10), KWH_OK);
    assert_int_equal(frames, 1);
    kwh_host_close(&host);
    kwh_listener_close(listener);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_collision),
        cmocka_unit_test(test_connections_share_the_bus),
        cmocka_unit_test(test_searching_is_no_idleness),
        cmocka_unit_test(test_speed_of_a_pseudo_terminal),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
