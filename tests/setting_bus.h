/* SPDX-License-Identifier: MIT */
/* Simulated meters on a bus in virtual time that can lose, damage and delay what passes. */
#ifndef TESTS_SETTING_BUS_H
#define TESTS_SETTING_BUS_H

#include <string.h>

#include <kwh/host.h>
#include <kwh/port_memory.h>

#define BUS_METERS 2

enum fault {
    NO_FAULT,
    REQUEST_LOST,
    ANSWER_LOST,
    ANSWER_DAMAGED,
    ANSWER_LATE /* it comes with the answer to the next request */
};

struct bus {
    struct kwh_simulation *meters[BUS_METERS];
    struct kwh_slave slaves[BUS_METERS];
    size_t count;
    struct kwh_mbus_slave mbus_slaves[BUS_METERS];
    struct kwh_server server;
    struct kwh_mbus_server mbus;
    struct kwh_port_memory port;
    struct kwh_backend backend;
    struct kwh_line line;
    struct kwh_line_settings settings; /* of the line */
    bool is_mbus, refuses_settings;
    enum fault fault;
    unsigned fault_at;         /* the request that it meets, from 1 */
    unsigned requests, writes; /* that were sent: all, those that change the meter */
    uint8_t sent[16][64];      /* the writes */
    size_t sent_length[16];
    uint8_t answer[64]; /* what came after the last write */
    size_t answer_length;
    bool is_write; /* the last request */
    uint8_t late[300];
    size_t late_length;
    uint8_t line_buffer[KWH_MBUS_BUFFER], buffer[KWH_RESPONDER_BUFFER];
};

static const struct kwh_line_settings bus_settings = {9600, 8, 'E', 1};

static uint32_t bus_now(void *context)
{
    const struct bus *bus = context;
    return kwh_port_memory_now(&bus->port);
}

/* Functions 06 and 16; SND_UD with CI 51 and those of the speed. */
static bool bus_changes(const struct bus *bus, const uint8_t *bytes, size_t count)
{
    if (!bus->is_mbus)
        return count > 1 && (bytes[1] == 6 || bytes[1] == 16);
    return count > 6 && bytes[0] == 0x68 && (bytes[6] == 0x51 || (bytes[6] & 0xF8) == 0xB8);
}

/* With other settings than the meters have, they hear noise. */
static bool bus_reaches(const struct bus *bus)
{
    return !bus->is_mbus || bus->mbus.settings.baud == bus->settings.baud;
}

static enum kwh_error bus_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    struct bus *bus = context;

    *sent = count;
    bus->requests++;
    bus->is_write = bus_changes(bus, bytes, count);
    if (bus->is_write && bus->writes < 16 && count <= sizeof bus->sent[0]) {
        memcpy(bus->sent[bus->writes], bytes, count);
        bus->sent_length[bus->writes++] = count;
        bus->answer_length = 0;
    }
    if ((bus->fault == REQUEST_LOST && bus->fault_at == bus->requests) || !bus_reaches(bus)) {
        kwh_port_memory_pass(&bus->port, 1000);
        return KWH_OK;
    }
    return bus->port.backend.send(&bus->port, bytes, count, sent);
}

static enum kwh_error bus_receive(void *context, uint8_t *room, size_t capacity, uint32_t until_us,
                                  size_t *got)
{
    struct bus *bus = context;
    enum kwh_error error = KWH_OK;

    if (bus->late_length != 0 && bus->requests > bus->fault_at && capacity >= bus->late_length) {
        memcpy(room, bus->late, bus->late_length);
        *got = bus->late_length;
        bus->late_length = 0;
        return KWH_OK;
    }
    error = bus->port.backend.receive(&bus->port, room, capacity, until_us, got);
    if (bus->is_write && bus->answer_length + *got <= sizeof bus->answer) {
        memcpy(bus->answer + bus->answer_length, room, *got);
        bus->answer_length += *got;
    }
    if (bus->fault_at != bus->requests || *got == 0)
        return error;
    if (bus->fault == ANSWER_LATE && bus->late_length + *got <= sizeof bus->late) {
        memcpy(bus->late + bus->late_length, room, *got);
        bus->late_length += *got;
    }
    if (bus->fault == ANSWER_DAMAGED)
        room[*got - 1] ^= 0x5A;
    else if (bus->fault == ANSWER_LOST || bus->fault == ANSWER_LATE)
        *got = 0;
    return error;
}

static enum kwh_error bus_set_line(void *context, const struct kwh_line_settings *settings)
{
    struct bus *bus = context;

    if (bus->refuses_settings)
        return KWH_ERROR_PORT_SPEED;
    bus->settings = *settings;
    bus->server.heard = *settings;
    return KWH_OK;
}

static bool bus_open(struct bus *bus, KWH_CONST struct kwh_map *map, uint8_t first, uint8_t second)
{
    const uint8_t addresses[BUS_METERS] = {first, second};

    memset(bus, 0, sizeof *bus);
    bus->settings = bus_settings;
    bus->is_mbus = map->protocol == KWH_PROTOCOL_MBUS;
    bus->count = second != 0 ? 2 : 1;
    for (size_t i = 0; i < bus->count; i++) {
        if (kwh_simulation_new(&bus->meters[i], map, (uint32_t)(7 + i)) != KWH_OK)
            return false;
        kwh_simulation_slave(bus->meters[i], addresses[i], &bus->slaves[i]);
        if (bus->is_mbus && kwh_mbus_slave_init(&bus->mbus_slaves[i], &bus->slaves[i]) != KWH_OK)
            return false;
    }
    if (bus->is_mbus) {
        if (kwh_mbus_server_init(&bus->mbus, &kwh_mbus_serial_server, bus->buffer,
                                 sizeof bus->buffer, &bus->settings, bus->mbus_slaves,
                                 bus->count) != KWH_OK)
            return false;
        kwh_port_memory_mbus(&bus->port, &bus->mbus, NULL, NULL);
    } else {
        if (kwh_server_init(&bus->server, &kwh_modbus_rtu_server, bus->buffer, sizeof bus->buffer,
                            bus->slaves, bus->count) != KWH_OK)
            return false;
        kwh_port_memory_server(&bus->port, &bus->server, NULL, NULL);
    }
    bus->server.heard = bus->settings;
    bus->backend = (struct kwh_backend){.context = bus,
                                        .now_us = bus_now,
                                        .send = bus_send,
                                        .receive = bus_receive,
                                        .set_line = bus_set_line};
    if (kwh_line_init(&bus->line, bus->is_mbus ? &kwh_mbus_serial : &kwh_modbus_rtu,
                      bus->line_buffer, sizeof bus->line_buffer) != KWH_OK)
        return false;
    if (bus->is_mbus)
        kwh_mbus_set_speed(&bus->line, &bus->settings, KWH_MBUS_ALLOWANCE_US);
    bus->line.backend = &bus->backend;
    return true;
}

static void bus_close(struct bus *bus)
{
    for (size_t i = 0; i < bus->count; i++)
        kwh_simulation_free(bus->meters[i]);
}

/* A value of a map from text; false when it is none. */
static bool bus_value(KWH_CONST struct kwh_map *map, const char *name, const char *text,
                      struct kwh_reading *value)
{
    struct kwh_map_iterator rows = {map, KWH_ALL_PROFILES, 0, 0};
    KWH_CONST struct kwh_row *row;
    uint32_t quantity;

    if (kwh_quantity_parse(name, &quantity) != KWH_OK)
        return false;
    while ((row = kwh_map_next(&rows)) != NULL && row->quantity != quantity)
        continue;
    if (row == NULL)
        return false;
    KWH_CONST struct kwh_record *record = kwh_record_of(map, row);
    return (record != NULL ? kwh_record_parse(map, record, text, value)
                           : kwh_row_parse(map, row, text, value)) == KWH_OK;
}

#endif
