/* SPDX-License-Identifier: MIT */
/*
 * A stage set: the registers of a UART at 9600 8E1 with a PRO380 at the other end. Time passes with
 * each look at the clock or at a flag, and hardware does its part as it passes.
 */
#include "../uart/hardware.h"

#include <kwh/server.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);

#define CHARACTER_US 1146u

static struct kwh_server meter;
static uint32_t now_us, sent_us, next_us; /* the shift registers are busy until then */
static bool is_full, is_shifting;
static uint8_t data, shifting;
static void (*on_byte)(void);
static volatile uint8_t *dma_buffer;
static size_t dma_size, dma_at, dma_count;
static const uint8_t *dma_bytes;
static void (*on_dma_sent)(void);
static bool is_masked, is_due; /* its interrupt */

static enum kwh_error supply(void *context, const struct kwh_row *row, struct kwh_reading *reading)
{
    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->decimal = kwh_decimal(3002, -1);
    return KWH_OK;
}

static struct kwh_server *on_the_bus(void)
{
    static const struct kwh_slave slave = {.map = &kwh_map_inepro_pro380_modbus,
                                           .profiles = KWH_ALL_PROFILES,
                                           .address = 1,
                                           .value = supply};
    static uint8_t buffer[KWH_RESPONDER_BUFFER];
    if (meter.slaves == NULL &&
        kwh_server_init(&meter, &kwh_modbus_rtu_server, buffer, sizeof buffer, &slave, 1) != KWH_OK)
        return NULL;
    return &meter;
}

static bool is_past(uint32_t at_us)
{
    return (int32_t)(now_us - at_us) >= 0;
}

/* A byte has left the transmitter. */
static void transmit(void)
{
    struct kwh_step step;
    is_shifting = false;
    kwh_server_next(on_the_bus(), now_us, &step);
    if (step.action != KWH_ACTION_RECEIVE)
        return;
    step.room[0] = shifting;
    kwh_responder_got(&meter.responder, 1, now_us);
}

/* The next byte of the meter is there: where it goes depends on the driver. */
static void receive(void)
{
    struct kwh_step step;
    kwh_server_next(on_the_bus(), now_us, &step);
    if (step.action != KWH_ACTION_SEND || is_full)
        return;
    data = step.bytes[0];
    kwh_responder_sent(&meter.responder, 1, now_us);
    next_us = now_us + CHARACTER_US;
    if (dma_buffer != NULL) {
        dma_buffer[dma_at] = data;
        dma_at = (dma_at + 1) % dma_size;
        return;
    }
    is_full = true;
    if (on_byte != NULL)
        on_byte();
}

static void dma_interrupt(void)
{
    if (is_due && !is_masked) {
        is_due = false;
        on_dma_sent();
    }
}

static void pass(uint32_t us)
{
    now_us += us;
    if (is_shifting && is_past(sent_us))
        transmit();
    if (!is_shifting && dma_count > 0) {
        hardware_send(*dma_bytes++);
        is_due = --dma_count == 0;
    }
    dma_interrupt();
    if (is_past(next_us))
        receive();
}

bool hardware_received(void)
{
    pass(20);
    return is_full;
}

uint8_t hardware_receive(void)
{
    is_full = false;
    return data;
}

bool hardware_receive_error(void)
{
    return false;
}

bool hardware_can_send(void)
{
    pass(20);
    return !is_shifting;
}

void hardware_send(uint8_t byte)
{
    shifting = byte;
    is_shifting = true;
    sent_us = now_us + CHARACTER_US;
}

bool hardware_sent(void)
{
    return hardware_can_send();
}

void hardware_receive_interrupt(void (*handler)(void))
{
    on_byte = handler;
}

void hardware_dma_receive(volatile uint8_t *buffer, size_t size)
{
    dma_buffer = buffer;
    dma_size = size;
}

size_t hardware_dma_left(void)
{
    pass(20);
    return dma_size - dma_at;
}

void hardware_dma_send(const uint8_t *bytes, size_t count, void (*handler)(void))
{
    dma_bytes = bytes;
    dma_count = count;
    on_dma_sent = handler;
}

void hardware_dma_mask(bool masked)
{
    is_masked = masked;
    dma_interrupt();
}

uint32_t hardware_now_us(void)
{
    pass(20);
    return now_us;
}
