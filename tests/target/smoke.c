/* SPDX-License-Identifier: MIT */
/*
 * What fits an ATmega328P with its 2 kB of RAM: three voltages of a PRO380, asked for, and decoded
 * by its whole map, which stays in program memory. Frames as in the manual; the clock moves a
 * millisecond a question.
 */
#include <string.h>

#include <kwh/map.h>
#include <kwh/modbus.h>

#include "cmocka.h"

static const uint8_t request[] = {0x01, 0x03, 0x50, 0x02, 0x00, 0x06, 0x75, 0x08};
static const uint8_t answer[] = {0x01, 0x03, 0x0C, 0x43, 0x6A, 0x4C, 0xCD, 0x43, 0x69,
                                 0x66, 0x66, 0x43, 0x6A, 0x66, 0x66, 0xA1, 0x13};

KWH_MAP_DECLARE(inepro_pro380_modbus);
static KWH_CONST struct kwh_map *const map = &kwh_map_inepro_pro380_modbus;

static uint32_t now_us;

/* The other end of the line. */
static bool talk(struct kwh_line *line, struct kwh_exchange *exchange)
{
    struct kwh_step step;

    do {
        now_us += 1000;
        kwh_line_next(line, now_us, &step);
        if (step.action == KWH_ACTION_SEND) {
            if (step.count != sizeof request || memcmp(step.bytes, request, step.count) != 0)
                return false;
            kwh_line_sent(line, step.count, now_us);
        } else if (step.action == KWH_ACTION_RECEIVE && exchange->state == KWH_EXCHANGE_WAITING) {
            memcpy(step.room, answer, sizeof answer);
            kwh_line_got(line, sizeof answer, now_us);
        }
    } while (step.action != KWH_ACTION_DONE && now_us < 5000000);
    return step.action == KWH_ACTION_DONE && exchange->error == KWH_OK;
}

/* The registers from 0x5002 on, taken as the map says, are so many tenths of a volt. */
static bool is_named(const uint8_t *registers, uint32_t quantity, int16_t decivolts)
{
    KWH_CONST struct kwh_row *row = kwh_map_find(map, KWH_ALL_PROFILES, quantity);
    struct kwh_reading reading;

    if (row == NULL)
        return false;
    kwh_row_decode(map, row, registers + 2 * (row->address - 0x5002), &reading);
    return reading.status == KWH_STATUS_OK && reading.decimal.mantissa == decivolts &&
           reading.decimal.exponent == -1;
}

static bool read_voltages(void)
{
    static struct kwh_line line;
    static struct kwh_exchange exchange;
    static uint8_t buffer[64];
    const uint8_t *registers;
    size_t count;

    if (kwh_line_init(&line, &kwh_modbus_rtu, buffer, sizeof buffer) != KWH_OK ||
        kwh_modbus_read(&exchange, 1, 3, 0x5002, 6) != KWH_OK ||
        kwh_line_start(&line, &exchange, now_us) != KWH_OK || !talk(&line, &exchange))
        return false;
    registers = kwh_modbus_registers(&line, &exchange, &count);
    return count == 6 && is_named(registers, KWH_VOLTAGE_L1, 2343) &&
           is_named(registers, KWH_VOLTAGE_L2, 2334) && is_named(registers, KWH_VOLTAGE_L3, 2344);
}

int main(void)
{
    bool right;

    target_begin();
    right = read_voltages();
    target_print(right ? "234.3 233.4 234.4 V\n" : "FAILED\n");
    target_end(right ? 0 : 1);
    return 0;
}
