/* SPDX-License-Identifier: MIT */
/*
 * The main loop of a microcontroller that never waits, and reads two meters of different families
 * on one bus. All memory is static; no operating system, no heap, no floating point.
 */
#include "fake/board.h"

#include <kwh.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);
KWH_MAP_DECLARE(inepro_pro1_modbus);

int main(void)
{
    KWH_CONST struct kwh_map *maps[] = {&kwh_map_inepro_pro380_modbus, &kwh_map_inepro_pro1_modbus};
    const struct kwh_line_settings factory = maps[0]->lines[0];
    static struct kwh_port_uart port;
    static struct kwh_line line;
    static uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
    static struct kwh_meter meters[2];
    static struct kwh_plan plans[2];
    static struct kwh_plan_entry entries[2][2];
    struct kwh_step step;

    if (kwh_port_uart_init(&port, &board_uart, NULL) != KWH_OK ||
        kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer) != KWH_OK)
        return 1;
    kwh_line_set_speed(&line, &factory);
    for (uint8_t i = 0; i < 2; i++) {
        kwh_plan_init(&plans[i], maps[i], KWH_ALL_PROFILES, entries[i], 2);
        if (kwh_meter_init(&meters[i], &line, maps[i], (uint8_t)(i + 1)) != KWH_OK ||
            kwh_plan_add(&plans[i], KWH_ACTIVE_POWER) != KWH_OK ||
            kwh_plan_add(&plans[i], KWH_ACTIVE_ENERGY_IMPORT) != KWH_OK)
            return 1;
        kwh_plan_make(&plans[i], NULL);
        kwh_meter_begin(&meters[i], &plans[i]);
    }
    for (unsigned turn = 0;; board_do_other_work()) {
        kwh_dialogue_step(&meters[turn].dialogue, &line, board_uart.now_us(NULL), &step);
        kwh_port_uart_step(&port, &line, &step);
        if (step.action == KWH_ACTION_RESULT)
            board_show(turn + 1, &meters[turn].reading);
        if (step.action == KWH_ACTION_FINISHED) {
            kwh_meter_begin(&meters[turn], &plans[turn]);
            turn = 1 - turn;
        }
    }
}
