/* SPDX-License-Identifier: MIT */
/*
 * A task of a real-time operating system that owns a bus: while bytes are under way it sleeps on a
 * semaphore, in the wait function of its UART, and every ten seconds it hands over what it read.
 */
#include "fake/board.h"

#include <kwh.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);

static void meter_task(void)
{
    static const uint32_t wanted[] = {KWH_ACTIVE_POWER, KWH_ACTIVE_ENERGY_IMPORT};
    static uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
    KWH_CONST struct kwh_map *map = &kwh_map_inepro_pro380_modbus;
    const struct kwh_line_settings factory = map->lines[0];
    struct kwh_plan_entry entries[KWH_COUNT(wanted)];
    struct kwh_reading readings[KWH_COUNT(wanted)];
    struct kwh_port_uart port;
    struct kwh_line line;
    struct kwh_meter meter;

    if (kwh_port_uart_init(&port, &board_uart, NULL) != KWH_OK ||
        kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer) != KWH_OK ||
        kwh_meter_init(&meter, &line, map, 1) != KWH_OK)
        return;
    kwh_line_set_speed(&line, &factory);
    line.backend = &port.backend;
    for (;; board_sleep_ms(10000)) {
        if (kwh_meter_read(&meter, wanted, KWH_COUNT(wanted), readings, entries) != KWH_OK)
            continue;
        for (size_t i = 0; i < KWH_COUNT(wanted); i++)
            board_show(1, &readings[i]);
    }
}

int main(void)
{
    board_run(meter_task); /* the system's own way to create a task */
    return 1;
}
