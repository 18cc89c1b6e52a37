/* SPDX-License-Identifier: MIT */
/* What the clients of Modbus RTU do. */
#ifndef CLIENT_H
#define CLIENT_H

#include "board.h"

#include <kwh.h>

/* A request of one register and the longest answer, or the reverse. */
static uint8_t frame[8 + 256];
static struct kwh_line line;
static struct kwh_exchange exchange;

static inline bool client_begin(enum kwh_echo echo)
{
    static const struct kwh_line_settings settings = KWH_LINE_SETTINGS_DEFAULT;
    if (kwh_line_init(&line, &kwh_modbus_rtu, frame, sizeof frame) != KWH_OK)
        return false;
    kwh_line_set_speed(&line, &settings);
    line.echo = (uint8_t)echo;
    return true;
}

static enum kwh_error client_run(struct kwh_statistics *statistics)
{
    struct kwh_step step;
    exchange.statistics = statistics;
    enum kwh_error error = kwh_line_start(&line, &exchange, board_now_us());
    while (error == KWH_OK) {
        kwh_line_next(&line, board_now_us(), &step);
        if (step.action == KWH_ACTION_DONE)
            return exchange.error;
        if (step.action == KWH_ACTION_SEND) {
            board_send(step.bytes, step.count);
            kwh_line_sent(&line, step.count, board_now_us());
        } else {
            size_t count = board_receive(step.room, step.capacity, step.until_us);
            kwh_line_got(&line, count, board_now_us());
        }
    }
    return error;
}

/* Each function once. */
static inline void client_turn(struct kwh_statistics *statistics)
{
    static const uint8_t values[4] = {0x12, 0x34, 0x56, 0x78};
    uint8_t unit = (uint8_t)board_argument;
    size_t count;
    if (kwh_modbus_read(&exchange, unit, (uint8_t)board_argument, board_argument, board_argument) ==
            KWH_OK &&
        client_run(statistics) == KWH_OK)
        board_result = *kwh_modbus_registers(&line, &exchange, &count);
    kwh_modbus_write_single(&exchange, unit, board_argument, board_argument);
    board_result = client_run(statistics);
    if (kwh_modbus_write_multiple(&exchange, unit, board_argument, 2, values) == KWH_OK)
        board_result = client_run(statistics);
}

#endif
