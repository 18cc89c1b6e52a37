/* SPDX-License-Identifier: MIT */
/* Modbus RTU, asking: functions 03, 04, 06 and 16; answers are read where they lie. */
#include "client.h"

int main(void)
{
    if (!client_begin(KWH_ECHO_NEVER))
        return 1;
    for (;;)
        client_turn(NULL);
}
