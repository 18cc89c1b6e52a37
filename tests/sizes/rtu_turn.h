/* SPDX-License-Identifier: MIT */
/* Each function once; behind ask() and its exchange. */
#ifndef RTU_TURN_H
#define RTU_TURN_H

static void turn(void)
{
    static const uint8_t values[4] = {0x12, 0x34, 0x56, 0x78};
    uint8_t unit = (uint8_t)board_argument;
    const uint8_t *answer;
    if (kwh_modbus_read(&exchange, unit, (uint8_t)board_argument, board_argument, board_argument) ==
            KWH_OK &&
        (answer = ask()) != NULL)
        board_result = answer[2];
    kwh_modbus_write_single(&exchange, unit, board_argument, board_argument);
    (void)ask();
    if (kwh_modbus_write_multiple(&exchange, unit, board_argument, 2, values) == KWH_OK)
        (void)ask();
    board_result = exchange.error;
}

#endif
