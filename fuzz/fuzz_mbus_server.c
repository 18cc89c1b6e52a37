/* SPDX-License-Identifier: MIT */
/*
 * Any requests to M-Bus meters of ours, in any portions, with any silence between them. What one
 * slave answers is a frame that holds; nothing is written that the map does not allow; addresses
 * stay those that a meter can have; time and memory are bounded.
 *
 * Input: which map (1 byte); then portions: length, silence before it, bytes. A length of 200 and
 * more is a request with a right checksum: C, address and what follows are the bytes.
 */
#include <kwh/maps.h>
#include <kwh/mbus_server.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct kwh_mbus_server server;
static struct kwh_mbus_slave mbus[2];
static struct kwh_slave slaves[2];
static uint32_t now_us;

static void check(int holds)
{
    if (!holds)
        abort();
}

static enum kwh_error value(void *context, const struct kwh_row *row, struct kwh_reading *reading)
{
    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->decimal = kwh_decimal(row->address, 0);
    reading->digits = 0x12345678u;
    reading->length = 8;
    return row->address % 7 == 6 ? KWH_ERROR_IO : KWH_OK;
}

static enum kwh_error take(void *context, const struct kwh_row *row,
                           const struct kwh_reading *reading)
{
    const struct kwh_slave *slave = context;
    const struct kwh_item *item = kwh_map_item(slave->map, row->quantity);
    check(item != NULL && item->write_function != 0 && reading->quantity == row->quantity);
    check(kwh_reading_has_value(reading));
    return KWH_OK;
}

/* Sends what it wants to send; the room for what comes next. */
static struct kwh_step run(size_t count)
{
    struct kwh_step step;
    for (int round = 0; round < 1000; round++) {
        struct kwh_mbus_frame frame;
        kwh_mbus_server_next(&server, now_us, &step);
        for (size_t i = 0; i < count; i++)
            check(mbus[i].address <= KWH_MBUS_PRIMARY_MAX);
        if (step.action == KWH_ACTION_SETTINGS)
            continue;
        if (step.action != KWH_ACTION_SEND) {
            check(step.action == KWH_ACTION_RECEIVE && step.capacity > 0);
            return step;
        }
        check(step.count >= 1 && step.count <= KWH_MBUS_FRAME_MAX);
        if (count == 1) {
            check(kwh_mbus_frame_decode(step.bytes, step.count, &frame) == KWH_OK);
            check(frame.kind != KWH_MBUS_SHORT);
        }
        kwh_responder_sent(&server.responder, step.count, now_us);
    }
    abort();
}

static void hear(const uint8_t *bytes, size_t length, size_t count)
{
    for (size_t at = 0; at < length;) {
        struct kwh_step step = run(count);
        size_t part = length - at < step.capacity ? length - at : step.capacity;
        memcpy(step.room, bytes + at, part);
        kwh_responder_got(&server.responder, part, now_us);
        at += part;
    }
}

static void request(const uint8_t *bytes, size_t length, size_t count)
{
    uint8_t frame[KWH_MBUS_FRAME_MAX];
    size_t size;
    if (length < 2)
        return;
    if (kwh_mbus_frame_encode(bytes[0], bytes[1], length > 2 ? bytes[2] : -1, bytes + 3,
                              length > 3 ? length - 3 : 0, frame, sizeof frame, &size) == KWH_OK)
        hear(frame, size, count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kwh_map *const maps[] = {
        &kwh_map_inepro_pro1_mbus, &kwh_map_inepro_pro380_mbus, &kwh_map_inepro_2pu_mbus};
    static const struct kwh_line_settings settings = {2400, 8, 'E', 1};
    uint8_t buffer[KWH_RESPONDER_BUFFER];
    size_t count;

    if (size == 0)
        return 0;
    count = 1 + (data[0] >> 7);
    now_us = UINT32_C(0xFFFFF000);
    for (size_t i = 0; i < count; i++) {
        slaves[i] = (struct kwh_slave){.map = maps[data[0] % 3],
                                       .profiles = KWH_ALL_PROFILES,
                                       .address = (uint8_t)(1 + i),
                                       .value = value,
                                       .write = take,
                                       .context = &slaves[i]};
        check(kwh_mbus_slave_init(&mbus[i], &slaves[i]) == KWH_OK);
    }
    check(kwh_mbus_server_init(&server, &kwh_mbus_serial_server, buffer, sizeof buffer, &settings,
                               mbus, count) == KWH_OK);
    for (size_t at = 1; at + 2 <= size;) {
        size_t portion = data[at] < 200 ? data[at] : data[at] - 200u;
        int whole = data[at] >= 200;
        now_us += UINT32_C(1000) * data[at + 1];
        at += 2;
        if (portion > size - at)
            portion = size - at;
        if (whole)
            request(data + at, portion, count);
        else
            hear(data + at, portion, count);
        at += portion;
    }
    now_us += 1000000;
    (void)run(count);
    return 0;
}
