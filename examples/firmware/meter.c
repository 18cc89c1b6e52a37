/* SPDX-License-Identifier: MIT */
/*
 * Is a PRO380 at address 1 of a Modbus bus: a map, and a function that knows the values, which
 * change while it is asked. A real one would measure where load_w() makes a load up.
 */
#include "board.h"

#include <kwh.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);

#define VOLTAGE_DV 2301 /* of each phase, in 0.1 V */

static struct kwh_integrator energy;

/* Of each of the three phases: 10 kW, and 12 kW in every other second. */
static int32_t load_w(uint32_t now_us)
{
    return now_us / 1000000 % 2 == 0 ? 10000 : 12000;
}

/* Adds up what has flowed since the last call; called at least once a second. */
static void measure(uint32_t now_us)
{
    static uint32_t before_us;
    uint32_t elapsed_ms = (now_us - before_us) / 1000;

    if (kwh_integrator_add(&energy, INT64_C(3000) * load_w(now_us), elapsed_ms) == KWH_OK)
        before_us += elapsed_ms * 1000;
}

/* A value by the name of its row. What this meter lacks is exception 02: masters read around it. */
static enum kwh_error value(void *context, KWH_CONST struct kwh_row *row,
                            struct kwh_reading *reading)
{
    int32_t power_w = load_w(board_uart.now_us(board_uarts.bus));

    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    switch (row->quantity) {
    case KWH_SERIAL_NUMBER:
        reading->digits = 0x24310042;
        reading->length = 8;
        return KWH_OK;
    case KWH_METER_CODE:
        reading->digits = 0x0102;
        reading->length = 4;
        return KWH_OK;
    case KWH_COMBINATION_CODE:
        reading->decimal = kwh_decimal(5, 0);
        reading->digits = 5;
        return KWH_OK;
    case KWH_VOLTAGE_L1:
    case KWH_VOLTAGE_L2:
    case KWH_VOLTAGE_L3:
        reading->decimal = kwh_decimal(VOLTAGE_DV, -1);
        return KWH_OK;
    case KWH_ACTIVE_POWER_L1:
    case KWH_ACTIVE_POWER_L2:
    case KWH_ACTIVE_POWER_L3:
        reading->decimal = kwh_decimal(power_w, 0);
        return KWH_OK;
    case KWH_ACTIVE_POWER:
        reading->decimal = kwh_decimal(3 * power_w, 0);
        return KWH_OK;
    case KWH_ACTIVE_ENERGY_IMPORT:
        reading->decimal = kwh_integrator_flow(&energy).forward;
        return KWH_OK;
    case KWH_ACTIVE_ENERGY_EXPORT:
        reading->decimal = kwh_integrator_flow(&energy).reverse;
        return KWH_OK;
    default:
        return KWH_ERROR_ILLEGAL_DATA_ADDRESS;
    }
}

static const struct kwh_slave slave = {.map = &kwh_map_inepro_pro380_modbus,
                                       .profiles = KWH_ALL_PROFILES,
                                       .address = 1,
                                       .value = value};

int main(void)
{
    static struct kwh_port_uart port;
    static struct kwh_server server;
    static uint8_t buffer[KWH_RESPONDER_BUFFER];
    const struct kwh_line_settings settings = kwh_map_inepro_pro380_modbus.lines[0];
    const struct kwh_step factory = {.action = KWH_ACTION_SETTINGS, .settings = &settings};
    void *uart = board_uarts.bus;
    struct kwh_step step;

    board_init();
    kwh_integrator_init(&energy);
    if (kwh_port_uart_init(&port, &board_uart, uart) != KWH_OK ||
        kwh_server_init(&server, &kwh_modbus_rtu_server, buffer, sizeof buffer, &slave, 1) !=
            KWH_OK)
        return 2;
    kwh_port_uart_respond(&port, &server.responder, &factory);
    if (port.set_line_error != KWH_OK)
        return 2;
    server.responder.timing.tick_us = board_tick_us;
    board_print("ready\n");
    for (;; board_rest()) {
        uint32_t now_us = board_uart.now_us(uart);

        measure(now_us);
        do { /* what has come and what goes out, at once: an answer in time */
            kwh_server_next(&server, now_us, &step);
            kwh_port_uart_respond(&port, &server.responder, &step);
        } while (step.action == KWH_ACTION_SEND);
    }
}
