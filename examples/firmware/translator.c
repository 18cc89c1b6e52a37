/* SPDX-License-Identifier: MIT */
/*
 * Presents a PRO380 as an SDM72D-M-2: reads the one on the second bus, and is the other at address
 * 2 of the first. A value has the same name in both maps, so nothing is translated by hand; what is
 * too old is not served.
 */
#include "board.h"
#include "show.h"

#include <kwh.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);
KWH_MAP_DECLARE(eastron_sdm72d_m2_modbus);

#define OLD_US 10000000u

static const uint32_t wanted[] = {
    KWH_VOLTAGE_L1,      KWH_VOLTAGE_L2,           KWH_VOLTAGE_L3,
    KWH_ACTIVE_POWER_L1, KWH_ACTIVE_POWER_L2,      KWH_ACTIVE_POWER_L3,
    KWH_ACTIVE_POWER,    KWH_ACTIVE_ENERGY_IMPORT, KWH_ACTIVE_ENERGY_EXPORT};

/* The last value of each, and when it came. */
static struct {
    struct kwh_decimal value;
    uint32_t since_us;
    bool there;
} known[KWH_COUNT(wanted)];

static uint32_t now_us(void)
{
    return board_uart.now_us(board_uarts.bus);
}

static void keep(const struct kwh_reading *reading)
{
    for (size_t i = 0; i < KWH_COUNT(wanted); i++) {
        if (wanted[i] != reading->quantity)
            continue;
        known[i].value = reading->decimal;
        known[i].since_us = now_us();
        known[i].there = reading->status == KWH_STATUS_OK;
    }
}

/* What is old is forgotten, before the time wraps. */
static void forget(void)
{
    for (size_t i = 0; i < KWH_COUNT(wanted); i++)
        if (now_us() - known[i].since_us > OLD_US)
            known[i].there = false;
}

/* What the PRO380 does not give is not there (exception 02); what it does, but not now, cannot be
 * had (exception 04). */
static enum kwh_error value(void *context, KWH_CONST struct kwh_row *row,
                            struct kwh_reading *reading)
{
    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    for (size_t i = 0; i < KWH_COUNT(wanted); i++) {
        if (wanted[i] != row->quantity)
            continue;
        reading->decimal = known[i].value;
        return known[i].there ? KWH_OK : KWH_ERROR_NO_VALUE;
    }
    return KWH_ERROR_ILLEGAL_DATA_ADDRESS;
}

/* ------------------------------------------------------------------------------------------------
 * The side of the PRO380
 */

static struct kwh_port_uart meter_port;
static struct kwh_line line;
static struct kwh_meter meter;
static struct kwh_plan plan;

static bool start_reading(void)
{
    static uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
    static struct kwh_plan_entry entries[KWH_COUNT(wanted)];
    KWH_CONST struct kwh_map *map = &kwh_map_inepro_pro380_modbus;
    const struct kwh_line_settings factory = map->lines[0];

    if (kwh_port_uart_init(&meter_port, &board_uart, board_uarts.second) != KWH_OK ||
        board_uart.set_line(board_uarts.second, &factory) != KWH_OK ||
        kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer) != KWH_OK ||
        kwh_meter_init(&meter, &line, map, 1) != KWH_OK)
        return false;
    kwh_line_set_speed(&line, &factory);
    line.timing.tick_us = board_tick_us;
    kwh_plan_init(&plan, map, KWH_ALL_PROFILES, entries, KWH_COUNT(wanted));
    for (size_t i = 0; i < KWH_COUNT(wanted); i++)
        if (kwh_plan_add(&plan, wanted[i]) != KWH_OK)
            return false;
    kwh_plan_make(&plan, NULL);
    kwh_meter_begin(&meter, &plan);
    return true;
}

static void read_on(void)
{
    struct kwh_step step;

    kwh_dialogue_step(&meter.dialogue, &line, now_us(), &step);
    kwh_port_uart_step(&meter_port, &line, &step);
    if (step.action == KWH_ACTION_RESULT) {
        keep(&meter.reading);
    } else if (step.action == KWH_ACTION_FINISHED) {
        if (meter.dialogue.error != KWH_OK)
            show_text("pro380", "error", kwh_error_name(meter.dialogue.error));
        kwh_meter_begin(&meter, &plan);
    }
}

/* ------------------------------------------------------------------------------------------------
 * The side of the SDM72D-M-2
 */

static const struct kwh_slave slave = {
    .map = &kwh_map_eastron_sdm72d_m2_modbus, .address = 2, .value = value};
static struct kwh_port_uart port;
static struct kwh_server server;

static bool start_serving(void)
{
    static uint8_t buffer[KWH_RESPONDER_BUFFER];
    const struct kwh_line_settings settings = slave.map->lines[0];
    const struct kwh_step factory = {.action = KWH_ACTION_SETTINGS, .settings = &settings};

    if (kwh_port_uart_init(&port, &board_uart, board_uarts.bus) != KWH_OK ||
        kwh_server_init(&server, &kwh_modbus_rtu_server, buffer, sizeof buffer, &slave, 1) !=
            KWH_OK)
        return false;
    kwh_port_uart_respond(&port, &server.responder, &factory);
    if (port.set_line_error != KWH_OK)
        return false;
    server.responder.timing.tick_us = board_tick_us;
    return true;
}

static void serve(void)
{
    struct kwh_step step;

    do {
        kwh_server_next(&server, now_us(), &step);
        kwh_port_uart_respond(&port, &server.responder, &step);
    } while (step.action == KWH_ACTION_SEND);
}

int main(void)
{
    board_init();
    if (board_uarts.second == NULL || !start_reading() || !start_serving())
        return 2;
    board_print("ready\n");
    for (;; board_rest()) {
        read_on();
        forget();
        serve();
    }
}
