/* SPDX-License-Identifier: MIT */
/*
 * Modbus RTU without a line: requests wrapped and answers matched by the framing alone, in a loop
 * of the program's own. Noise before an answer is skipped and the answer is proven; echoes, late
 * answers, retries and statistics are the program's business.
 */
#include "frames.h"

int main(void)
{
    static const uint8_t values[4] = {0x12, 0x34, 0x56, 0x78};
    struct kwh_match match;
    for (;;) {
        uint8_t unit = (uint8_t)board_argument;
        if (kwh_modbus_read(&exchange, unit, (uint8_t)board_argument, board_argument,
                            board_argument) == KWH_OK &&
            ask(&match) == KWH_OK)
            board_result = frame[match.body_at + 2];
        kwh_modbus_write_single(&exchange, unit, board_argument, board_argument);
        board_result = ask(&match);
        if (kwh_modbus_write_multiple(&exchange, unit, board_argument, 2, values) == KWH_OK)
            board_result = ask(&match);
    }
}
