/* SPDX-License-Identifier: MIT */
/* The same program on each of the drivers: reads the power of a PRO380 in blocking calls. */
#include <kwh.h>
#include <stdio.h>

#include "driver.h"

KWH_MAP_DECLARE(inepro_pro380_modbus);

int main(void)
{
    KWH_CONST struct kwh_map *map = &kwh_map_inepro_pro380_modbus;
    const struct kwh_line_settings factory = map->lines[0];
    static uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
    struct kwh_port_uart port;
    struct kwh_line line;
    struct kwh_meter meter;
    struct kwh_reading power;
    char text[KWH_READING_TEXT];

    driver_start();
    if (kwh_port_uart_init(&port, &driver, NULL) != KWH_OK ||
        kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer) != KWH_OK ||
        kwh_meter_init(&meter, &line, map, 1) != KWH_OK)
        return 1;
    kwh_line_set_speed(&line, &factory);
    line.backend = &port.backend;
    if (kwh_meter_read_one(&meter, KWH_ACTIVE_POWER, &power) != KWH_OK ||
        kwh_reading_print(&power, text, sizeof text) != KWH_OK)
        return 1;
    puts(text);
    return 0;
}
