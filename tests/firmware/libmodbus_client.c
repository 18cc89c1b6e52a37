/* SPDX-License-Identifier: MIT */
/*
 * libmodbus as the master: reads a voltage, and what this meter does not have.
 * usage: libmodbus_client DEVICE ADDRESS VOLTAGE-REGISTER LACKING-REGISTER...
 */
#include <errno.h>
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>

int main(int count, char **arguments)
{
    uint16_t words[2];
    modbus_t *modbus;

    if (count < 4)
        return 2;
    modbus = modbus_new_rtu(arguments[1], 9600, 'N', 8, 1);
    if (modbus == NULL || modbus_set_slave(modbus, atoi(arguments[2])) != 0 ||
        modbus_set_response_timeout(modbus, 20, 0) != 0 ||
        modbus_set_byte_timeout(modbus, 20, 0) != 0 || modbus_connect(modbus) != 0)
        return 3;
    if (modbus_read_registers(modbus, (int)strtol(arguments[3], NULL, 16), 2, words) == 2)
        printf("%.1f\n", (double)modbus_get_float_abcd(words));
    for (int i = 4; i < count; i++)
        if (modbus_read_registers(modbus, (int)strtol(arguments[i], NULL, 16), 2, words) == -1)
            puts(modbus_strerror(errno));
    modbus_close(modbus);
    modbus_free(modbus);
    return 0;
}
