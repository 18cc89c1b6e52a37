/* SPDX-License-Identifier: MIT */
/*
 * An M-Bus meter that answers anything, whole frames or bytes, to a readout by name or without a
 * map. Every readout ends, each value of the plan is told exactly once, and one that has a value is
 * of a telegram that came.
 *
 * Input: which map, or none, by which address (1 byte); then answers, one to each request: length
 * and bytes. A length of 200 and more is a telegram with a right checksum: CI and data are the
 * bytes; 199 is E5.
 */
#include <kwh/maps.h>
#include <kwh/mbus_meter.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    ENTRIES_MAX = 64,
    TOLD_MAX = 20000
};

static const uint8_t *script;
static size_t left;
static uint8_t pending[300];
static size_t pending_count;
static uint32_t now_us;
static unsigned telegrams;

static void check(int holds)
{
    if (!holds)
        abort();
}

static uint32_t now(void *context)
{
    (void)context;
    return now_us;
}

/* Whether a long frame stands anywhere in these bytes. */
static int holds_telegram(const uint8_t *bytes, size_t size)
{
    struct kwh_mbus_frame frame;
    for (size_t at = 0; at + 6 < size; at++)
        if (bytes[at] == 0x68 && bytes[at + 1] + 6u <= size - at &&
            kwh_mbus_frame_decode(bytes + at, bytes[at + 1] + 6u, &frame) == KWH_OK)
            return 1;
    return 0;
}

/* The next answer of the script. */
static enum kwh_error send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    size_t length = left > 0 ? script[0] : 0, size;
    (void)context;
    *sent = count;
    pending_count = 0;
    if (left == 0)
        return KWH_OK;
    script++;
    left--;
    if (length == 199) {
        pending[0] = 0xE5;
        pending_count = 1;
        return KWH_OK;
    }
    size = length < 199 ? length : length - 200;
    if (size > left)
        size = left;
    if (length < 199) {
        memcpy(pending, script, size);
        pending_count = size;
        telegrams += holds_telegram(pending, size) ? 1u : 0u;
    } else if (size > 0 && count > 2) {
        uint8_t address = bytes[0] == 0x68 ? bytes[5] : bytes[2];
        check(kwh_mbus_frame_encode(0x08, address, script[0], script + 1, size - 1, pending,
                                    sizeof pending, &pending_count) == KWH_OK);
        telegrams++;
    }
    script += size;
    left -= size;
    return KWH_OK;
}

static enum kwh_error receive(void *context, uint8_t *room, size_t capacity, uint32_t until_us,
                              size_t *got)
{
    (void)context;
    *got = pending_count < capacity ? pending_count : capacity;
    memcpy(room, pending, *got);
    memmove(pending, pending + *got, pending_count - *got);
    pending_count -= *got;
    if (*got == 0 && (int32_t)(until_us - now_us) > 0)
        now_us = until_us;
    return KWH_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kwh_map *const maps[] = {
        &kwh_map_inepro_pro1_mbus, &kwh_map_inepro_pro380_mbus, &kwh_map_inepro_2pu_mbus, NULL};
    static const struct kwh_line_settings settings = {2400, 8, 'E', 1};
    static const struct kwh_mbus_secondary secondary = {0x12345678, 0xFFFF, 0xFF, 0xFF};
    static const struct kwh_backend backend = {.now_us = now, .send = send, .receive = receive};
    struct kwh_plan_entry entries[ENTRIES_MAX];
    uint8_t buffer[KWH_MBUS_BUFFER];
    struct kwh_mbus_meter meter;
    struct kwh_reading reading;
    struct kwh_plan plan;
    struct kwh_line line;
    unsigned told = 0;

    if (size == 0)
        return 0;
    const struct kwh_map *map = maps[data[0] & 3];
    script = data + 1;
    left = size - 1;
    pending_count = 0;
    telegrams = 0;
    now_us = UINT32_C(0xFFF00000);
    check(kwh_line_init(&line, &kwh_mbus_serial, buffer, sizeof buffer) == KWH_OK);
    kwh_mbus_set_speed(&line, &settings, 0);
    line.backend = &backend;
    check((data[0] & 4 ? kwh_mbus_meter_select(&meter, &line, map, &secondary)
                       : kwh_mbus_meter_init(&meter, &line, map, 5)) == KWH_OK);
    if (map != NULL) {
        kwh_plan_init(&plan, map, KWH_ALL_PROFILES, entries, ENTRIES_MAX);
        check(kwh_plan_add_readout(&plan) == KWH_OK);
        check(kwh_plan_add(&plan, KWH_SERIAL_NUMBER) == KWH_OK);
    }
    kwh_meter_begin(&meter.meter, map != NULL ? &plan : NULL);
    while (kwh_meter_next(&meter.meter, &reading)) {
        told++;
        check(told < TOLD_MAX);
        check(!kwh_reading_has_value(&reading) || telegrams > 0);
    }
    check(map == NULL || told == plan.count);
    return 0;
}
