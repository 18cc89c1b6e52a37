/* SPDX-License-Identifier: MIT */
/*
 * Any bytes in any portions, with any silence between them, to a server. The first byte chooses the
 * framing; each portion begins with how long it is and how long the silence before it. What is sent
 * is whole frames, and time and memory are bounded.
 */
#include <kwh/crc16.h>
#include <kwh/maps.h>
#include <kwh/server.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds)
        abort();
}

static enum kwh_error value(void *context, const struct kwh_row *row, struct kwh_reading *reading)
{
    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->decimal = kwh_decimal(1, 0);
    return KWH_OK;
}

static void check_frame(const struct kwh_server *server, const struct kwh_step *step)
{
    if (server->responder.framing == &kwh_modbus_tcp_server) {
        check(step->count >= 9 && step->bytes[2] == 0 && step->bytes[3] == 0);
        check(((size_t)step->bytes[4] << 8 | step->bytes[5]) == step->count - 6);
    } else {
        check(step->count >= 5 && kwh_crc16(KWH_CRC16_START, step->bytes, step->count) == 0);
        check(step->bytes[0] == 1 || step->bytes[0] == 2);
    }
}

/* Sends what it wants to send; the room for what comes next, or none when it hangs up. */
static size_t run(struct kwh_server *server, uint32_t now_us, struct kwh_step *step)
{
    for (int round = 0; round < 1000; round++) {
        kwh_server_next(server, now_us, step);
        if (step->action != KWH_ACTION_SEND) {
            check(step->action == KWH_ACTION_RECEIVE || step->action == KWH_ACTION_CLOSE);
            check(step->action == KWH_ACTION_CLOSE || step->capacity > 0);
            return step->action == KWH_ACTION_RECEIVE ? step->capacity : 0;
        }
        check_frame(server, step);
        kwh_responder_sent(&server->responder, step->count, now_us);
    }
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kwh_server_framing *const framings[] = {
        &kwh_modbus_rtu_server, &kwh_modbus_tcp_server, &kwh_modbus_rtu_over_tcp_server};
    const struct kwh_slave slaves[] = {
        {.map = &kwh_map_inepro_pro380_modbus, .address = 1, .value = value},
        {.map = &kwh_map_inepro_pro1_modbus, .address = 2, .value = value}};
    uint8_t buffer[KWH_RESPONDER_BUFFER];
    struct kwh_server server;
    struct kwh_step step;
    uint32_t now_us = UINT32_C(0xFFFFF000);

    if (size == 0 ||
        kwh_server_init(&server, framings[data[0] % 3], buffer, sizeof buffer, slaves, 2) != KWH_OK)
        return 0;
    for (size_t at = 1; at + 2 <= size;) {
        size_t portion = data[at];
        now_us += UINT32_C(100) * data[at + 1];
        at += 2;
        for (portion = portion < size - at ? portion : size - at; portion > 0;) {
            size_t room = run(&server, now_us, &step);
            size_t count = portion < room ? portion : room;
            if (room == 0)
                return 0;
            memcpy(step.room, data + at, count);
            kwh_responder_got(&server.responder, count, now_us);
            at += count;
            portion -= count;
        }
    }
    (void)run(&server, now_us + 1000000, &step);
    return 0;
}
