/* SPDX-License-Identifier: MIT */
/*
 * The smallest reader: one register pair of one meter, an exchange by itself on the registers of a
 * UART, without a driver and without a line. The map tells what the registers say.
 */
#include "hardware.h"

#include <kwh.h>
#include <stdio.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);

static uint8_t frame[256];
static struct kwh_exchange exchange;

static void send(const uint8_t *bytes, size_t count)
{
    while (count-- > 0) {
        while (!hardware_can_send())
            continue;
        hardware_send(*bytes++);
    }
    while (!hardware_sent())
        continue;
}

/* Waits for a byte, up to a second after the request; 0: nothing came. */
static size_t receive(uint8_t *room, size_t capacity, uint32_t since_us)
{
    if (capacity == 0)
        return 0;
    while (!hardware_received())
        if (hardware_now_us() - since_us > UINT32_C(1000000))
            return 0;
    *room = hardware_receive();
    return 1;
}

static enum kwh_error ask(void)
{
    size_t count = kwh_exchange_begin(&exchange, &kwh_modbus_rtu, frame, sizeof frame);
    uint32_t since_us;
    while (hardware_received())
        (void)hardware_receive(); /* what came before answers nothing */
    send(frame, count);
    since_us = hardware_now_us();
    do
        count = receive(frame + exchange.answer_size, sizeof frame - exchange.answer_size,
                        since_us);
    while (!kwh_exchange_look(&exchange, &kwh_modbus_rtu, frame, count));
    return exchange.error;
}

int main(void)
{
    KWH_CONST struct kwh_map *map = &kwh_map_inepro_pro380_modbus;
    KWH_CONST struct kwh_row *row = kwh_map_find(map, KWH_ALL_PROFILES, KWH_ACTIVE_POWER);
    struct kwh_reading power;
    char text[KWH_READING_TEXT];

    if (row == NULL ||
        kwh_modbus_read(&exchange, 1, 3, row->address, (uint16_t)kwh_row_words(row)) != KWH_OK ||
        ask() != KWH_OK)
        return 1;
    kwh_row_decode(map, row, frame + exchange.answer_at + 2, &power);
    if (kwh_reading_print(&power, text, sizeof text) != KWH_OK)
        return 1;
    puts(text);
    return 0;
}
