/* SPDX-License-Identifier: MIT */
/* A stage set: a UART with two meters on it, in a time of its own. */
#include "board.h"

#include <kwh/server.h>
#include <stdio.h>
#include <stdlib.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);
KWH_MAP_DECLARE(inepro_pro1_modbus);

#define READINGS_ENOUGH 6

static struct kwh_server meters;
static uint32_t now_us;
static unsigned shown;

/* Every number of a meter is its address times 100; its texts and words are none. */
static enum kwh_error supply(void *context, KWH_CONST struct kwh_row *row,
                             struct kwh_reading *reading)
{
    const int *address = context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->decimal = kwh_decimal(*address, 2);
    return KWH_OK;
}

static struct kwh_server *on_the_bus(void)
{
    static int addresses[2] = {1, 2};
    static const struct kwh_slave slaves[2] = {
        {.map = &kwh_map_inepro_pro380_modbus,
         .profiles = KWH_ALL_PROFILES,
         .address = 1,
         .value = supply,
         .context = &addresses[0]},
        {.map = &kwh_map_inepro_pro1_modbus,
         .profiles = KWH_ALL_PROFILES,
         .address = 2,
         .value = supply,
         .context = &addresses[1]},
    };
    static uint8_t buffer[KWH_RESPONDER_BUFFER];
    if (meters.slaves == NULL && kwh_server_init(&meters, &kwh_modbus_rtu_server, buffer,
                                                 sizeof buffer, slaves, 2) != KWH_OK)
        return NULL;
    return &meters;
}

static bool put(void *context, uint8_t byte)
{
    struct kwh_step step;
    (void)context;
    kwh_server_next(on_the_bus(), now_us, &step);
    if (step.action != KWH_ACTION_RECEIVE)
        return false;
    step.room[0] = byte;
    kwh_responder_got(&meters.responder, 1, now_us);
    return true;
}

static int get(void *context)
{
    struct kwh_step step;
    (void)context;
    kwh_server_next(on_the_bus(), now_us, &step);
    if (step.action != KWH_ACTION_SEND)
        return -1;
    int byte = step.bytes[0];
    kwh_responder_sent(&meters.responder, 1, now_us);
    return byte;
}

static uint32_t now(void *context)
{
    (void)context;
    return now_us += 50;
}

/* A semaphore that the receive interrupt gives; here a bit of time. */
static void take_semaphore(void *context, uint32_t until_us)
{
    (void)context;
    now_us += (int32_t)(until_us - now_us) > 500 ? 500 : 0;
}

KWH_CONST struct kwh_uart board_uart = {
    .put = put, .get = get, .now_us = now, .wait = take_semaphore};

void board_show(unsigned meter, const struct kwh_reading *reading)
{
    char name[KWH_QUANTITY_TEXT], text[KWH_READING_TEXT];
    if (kwh_quantity_print(reading->quantity, name, sizeof name) == KWH_OK &&
        kwh_reading_print(reading, text, sizeof text) == KWH_OK)
        printf("meter %u: %s %s\n", meter, name, text);
    else
        printf("meter %u: %s\n", meter, kwh_status_name((enum kwh_status)reading->status));
    if (++shown == READINGS_ENOUGH)
        exit(0);
}

/* A loop that goes round so often without a value is broken. */
void board_do_other_work(void)
{
    static unsigned long rounds;
    if (++rounds == 1000000)
        exit(2);
}

void board_run(void (*task)(void))
{
    task();
}

void board_sleep_ms(uint32_t duration_ms)
{
    now_us += duration_ms * 1000u;
    board_do_other_work();
}
