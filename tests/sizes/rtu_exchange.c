/* SPDX-License-Identifier: MIT */
/*
 * Modbus RTU without a line: functions 03, 04, 06 and 16, each an exchange by itself in a loop of
 * the program's own. Noise before an answer is skipped and the answer is proven.
 */
#include "exchange.h"

int main(void)
{
    static const uint8_t values[4] = {0x12, 0x34, 0x56, 0x78};
    for (;;) {
        uint8_t unit = (uint8_t)board_argument;
        if (kwh_modbus_read(&exchange, unit, (uint8_t)board_argument, board_argument,
                            board_argument) == KWH_OK &&
            ask() == KWH_OK)
            board_result = frame[exchange.answer_at + 2];
        kwh_modbus_write_single(&exchange, unit, board_argument, board_argument);
        board_result = ask();
        if (kwh_modbus_write_multiple(&exchange, unit, board_argument, 2, values) == KWH_OK)
            board_result = ask();
    }
}
