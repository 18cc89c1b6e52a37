/* SPDX-License-Identifier: MIT */
/* A small meter for tests of hosts, and a thread in which it listens. */
#ifndef TESTS_HOST_METER_H
#define TESTS_HOST_METER_H

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <kwh/host.h>

/* 230.12 V in mV, 50.01 Hz in 0.01 Hz, and four bytes that a terminal would take for its own:
 * carriage return, line feed, XON and XOFF. */
static const uint8_t meter_registers[] = {0x00, 0x03, 0x82, 0xE8, 0x13,
                                          0x89, 0x0D, 0x0A, 0x11, 0x13};
enum {
    METER_FIRST = 0x5000,
    METER_COUNT = 5
};

static const struct kwh_row meter_rows[] = {
    KWH_HOLDING(0x5000, UINT32, MILLI, VOLTAGE_L1, KWH_MANUAL),
    KWH_HOLDING(0x5002, UINT16, CENTI, FREQUENCY, KWH_MANUAL),
    KWH_HOLDING(0x5003, UINT32, 1, ACTIVE_ENERGY_IMPORT, KWH_MANUAL),
};
static const struct kwh_block meter_blocks[] = {{.rows = meter_rows, .count = 3}};
static const struct kwh_map meter_map = {
    .name = "test_meter", .title = "test meter", .blocks = meter_blocks, .block_count = 1};

static enum kwh_error meter_value(void *context, const struct kwh_row *row,
                                  struct kwh_reading *reading)
{
    static const struct kwh_decimal values[] = {{230120, -3}, {5001, -2}, {0x0D0A1113, 0}};

    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->decimal = values[row - meter_rows];
    return KWH_OK;
}

static const struct kwh_slave meter_slave = {
    .map = &meter_map, .profiles = KWH_ALL_PROFILES, .address = 1, .value = meter_value};

/* For a listener that goes and comes back: an address of this test alone and a port that no
 * system chooses by itself. One that it had chosen it may give to another test in the meantime. */
static inline const char *own_link(char link[40], const char *scheme)
{
    unsigned number = (unsigned)getpid();

    (void)snprintf(link, 40, "%s:127.%u.%u.%u:10502", scheme, 64 + number / 65536 % 128,
                   number / 256 % 256, number % 256);
    return link;
}

/* A listener that serves in a thread until it is closed. */
struct served {
    struct kwh_listener *listener;
    pthread_t thread;
    pthread_mutex_t mutex;
    bool stop;
    enum kwh_error error; /* that ended the serving */
};

static bool served_stops(struct served *served)
{
    bool stop;

    pthread_mutex_lock(&served->mutex);
    stop = served->stop;
    pthread_mutex_unlock(&served->mutex);
    return stop;
}

static void *served_run(void *context)
{
    struct served *served = context;

    while (served->error == KWH_OK && !served_stops(served))
        served->error = kwh_listener_serve(served->listener, 10);
    return NULL;
}

static inline enum kwh_error served_open_slaves(struct served *served, const char *link,
                                                const struct kwh_slave *slaves, size_t count,
                                                const struct kwh_listener_limits *limits)
{
    struct kwh_target target;
    enum kwh_error error = kwh_target_parse(link, &target, NULL);

    memset(served, 0, sizeof *served);
    if (error == KWH_OK)
        error = kwh_listener_open(&served->listener, &target, slaves, count, limits);
    if (error == KWH_OK) {
        pthread_mutex_init(&served->mutex, NULL);
        error = pthread_create(&served->thread, NULL, served_run, served) == 0 ? KWH_OK
                                                                               : KWH_ERROR_IO;
    }
    return error;
}

static inline enum kwh_error served_open(struct served *served, const char *link,
                                         const struct kwh_listener_limits *limits)
{
    return served_open_slaves(served, link, &meter_slave, 1, limits);
}

static inline void served_close(struct served *served)
{
    pthread_mutex_lock(&served->mutex);
    served->stop = true;
    pthread_mutex_unlock(&served->mutex);
    pthread_join(served->thread, NULL);
    pthread_mutex_destroy(&served->mutex);
    kwh_listener_close(served->listener);
}

/* Opens the TARGET at which a listener can be reached, with more keys. */
static inline enum kwh_error open_client(struct kwh_host *host, const struct kwh_listener *listener,
                                         const char *keys)
{
    char text[2 * KWH_TARGET_TEXT];
    enum kwh_error error = kwh_target_print(kwh_listener_target(listener), text, KWH_TARGET_TEXT);

    if (error != KWH_OK)
        return error;
    strcat(text, keys);
    return kwh_host_open(host, text);
}

/* Reads all registers of the meter and compares them with what they are. */
static inline enum kwh_error read_meter(struct kwh_host *host, uint8_t unit)
{
    struct kwh_exchange exchange;
    enum kwh_error error = kwh_modbus_read(&exchange, unit, KWH_MODBUS_READ_HOLDING, METER_FIRST,
                                           METER_COUNT);
    const uint8_t *bytes;
    size_t count;

    if (error == KWH_OK)
        error = kwh_line_run(kwh_host_line(host), &exchange);
    if (error == KWH_OK) {
        bytes = kwh_modbus_registers(kwh_host_line(host), &exchange, &count);
        if (count != METER_COUNT || memcmp(bytes, meter_registers, sizeof meter_registers) != 0)
            return KWH_ERROR_BAD_ANSWER;
    }
    return error;
}

#endif
