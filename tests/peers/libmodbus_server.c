/* SPDX-License-Identifier: MIT */
/* libmodbus as a meter: serves the registers of a table over RTU or TCP until it is killed.
 * usage: libmodbus_server TABLE rtu DEVICE | TABLE tcp
 * Prints "ready" and, for TCP, the port. */
#if !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

#include <modbus.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum {
    FIRST = 0x4000,
    COUNT = 0x2100
};

static int load(const char *path, modbus_mapping_t *mapping)
{
    char line[256], words[64];
    unsigned address;
    FILE *file = fopen(path, "r");
    int rows = 0;

    if (file == NULL)
        return 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "%x,%63[0-9A-F]", &address, words) != 2 || address < FIRST)
            continue;
        for (size_t i = 0; i + 4 <= strlen(words); i += 4) {
            char word[5] = {words[i], words[i + 1], words[i + 2], words[i + 3], '\0'};

            if (address - FIRST + i / 4 < COUNT)
                mapping->tab_registers[address - FIRST + i / 4] = (uint16_t)strtoul(word, NULL, 16);
        }
        rows++;
    }
    fclose(file);
    return rows;
}

static void print_port(int descriptor)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
    } name;
    socklen_t length = sizeof name;

    if (getsockname(descriptor, &name.any, &length) == 0)
        printf("ready %u\n", (unsigned)ntohs(name.v4.sin_port));
    fflush(stdout);
}

static void serve(modbus_t *modbus, modbus_mapping_t *mapping)
{
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];

    for (;;) {
        int length = modbus_receive(modbus, query);

        if (length > 0)
            modbus_reply(modbus, query, length, mapping);
        else if (length < 0)
            return;
    }
}

int main(int count, char **arguments)
{
    modbus_mapping_t *mapping = modbus_mapping_new_start_address(0, 0, 0, 0, FIRST, COUNT, 0, 0);
    modbus_t *modbus;
    int listening;

    if (count < 3 || mapping == NULL || load(arguments[1], mapping) == 0) {
        fputs("usage: libmodbus_server TABLE rtu DEVICE | TABLE tcp\n", stderr);
        return 2;
    }
    if (strcmp(arguments[2], "rtu") == 0 && count == 4) {
        modbus = modbus_new_rtu(arguments[3], 9600, 'N', 8, 1);
        if (modbus == NULL || modbus_set_slave(modbus, 1) != 0 || modbus_connect(modbus) != 0)
            return 3;
        puts("ready");
        fflush(stdout);
        for (;;)
            serve(modbus, mapping);
    }
    modbus = modbus_new_tcp_pi("127.0.0.1", "0");
    listening = modbus == NULL ? -1 : modbus_tcp_pi_listen(modbus, 1);
    if (listening < 0)
        return 3;
    print_port(listening);
    while (modbus_tcp_pi_accept(modbus, &listening) >= 0) {
        serve(modbus, mapping);
        modbus_close(modbus);
    }
    return 0;
}
