/* SPDX-License-Identifier: MIT */
#include "bus.h"

#include <kwh/port_memory.h>

/* Exports 1500 W; every other number is 230. */
static enum kwh_error supply(void *context, const struct kwh_row *row, struct kwh_reading *reading)
{
    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->decimal = kwh_decimal(row->quantity == KWH_ACTIVE_POWER ? -1500 : 230, 0);
    return KWH_OK;
}

struct kwh_line *bus_with(const struct kwh_map *map)
{
    static uint8_t room[KWH_RESPONDER_BUFFER], buffer[KWH_MODBUS_RTU_BUFFER];
    static struct kwh_port_memory wire;
    static struct kwh_slave slave;
    static struct kwh_server server;
    static struct kwh_line line;

    slave.map = map;
    slave.profiles = KWH_ALL_PROFILES;
    slave.address = 1;
    slave.value = supply;
    if (kwh_server_init(&server, &kwh_modbus_rtu_server, room, sizeof room, &slave, 1) != KWH_OK ||
        kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer) != KWH_OK)
        return NULL;
    kwh_port_memory_server(&wire, &server, NULL, NULL);
    line.backend = &wire.backend;
    return &line;
}
