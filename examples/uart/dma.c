/* SPDX-License-Identifier: MIT */
/*
 * By DMA: no code runs for a received byte, and one interrupt for a sent frame. The controller goes
 * round in a circular buffer, and get follows it. It keeps no error marks: the CRC has to do.
 */
#include <string.h>

#include "driver.h"
#include "hardware.h"

/* A frame and more, so that a late main loop is not overtaken. */
#define RECEIVED 512

static volatile uint8_t received[RECEIVED];
static size_t taken;

/* What waits while the controller sends what came before. */
static uint8_t waiting[256], going[256];
static volatile size_t waiting_count;
static volatile bool is_going;

static int get(void *context)
{
    size_t written = RECEIVED - hardware_dma_left();
    int byte;

    (void)context;
    if (written % RECEIVED == taken)
        return -1;
    byte = received[taken];
    taken = (taken + 1) % RECEIVED;
    return byte;
}

/* From the main loop while the controller rests, and from its interrupt. */
static void go_on(void)
{
    size_t count = waiting_count;

    is_going = count > 0;
    if (count == 0)
        return;
    memcpy(going, waiting, count);
    waiting_count = 0;
    hardware_dma_send(going, count, go_on);
}

/* The interrupt of the controller takes what waits: it must not come while something is added. */
static bool put(void *context, uint8_t byte)
{
    bool has_room;

    (void)context;
    hardware_dma_mask(true);
    has_room = waiting_count < sizeof waiting;
    if (has_room)
        waiting[waiting_count++] = byte;
    if (!is_going)
        go_on();
    hardware_dma_mask(false);
    return has_room;
}

static uint32_t now_us(void *context)
{
    (void)context;
    return hardware_now_us();
}

static bool drained(void *context)
{
    (void)context;
    return !is_going && hardware_sent();
}

KWH_CONST struct kwh_uart driver = {.put = put, .get = get, .now_us = now_us, .drained = drained};

void driver_start(void)
{
    hardware_dma_receive(received, RECEIVED);
}
