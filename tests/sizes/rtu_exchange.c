/* SPDX-License-Identifier: MIT */
/*
 * Modbus RTU without a line: functions 03, 04, 06 and 16, each an exchange by itself in a loop of
 * the program's own. Noise before an answer is skipped and the answer is proven.
 */
#include "exchange.h"
#include "rtu_turn.h"

int main(void)
{
    for (;;)
        turn();
}
