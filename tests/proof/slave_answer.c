/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,1,2,3,4,5,6,7,8,9,10,14,70,252,253,254
// proof: OPTIONS=-eva-slevel,500
// proof: SOURCES=lib/meter/slave.c,lib/meter/slave_write.c,lib/meter/slave_identity.c
// proof: SOURCES=lib/map/map.c,lib/map/row.c,lib/base/error.c,lib/base/registers.c
// proof: SOURCES=lib/base/decimal_times.c
#include <kwh/server.h>

#include "proof.h"

/* Any request of LEN bytes to a meter with rows of every length, and with rows at the last
 * register, whose values and callbacks are any. Row codecs are proven by themselves: here they
 * touch the bytes that they may, all of them. */
static uint8_t request[PROOF_BYTES(LEN)];
static uint8_t answer[KWH_MODBUS_PDU_MAX];

static const struct kwh_row rows[] = {
    KWH_HOLDING(0x0010, UINT16, 1, DEVICE_ADDRESS, KWH_MANUAL),
    KWH_HOLDING(0x0011, FLOAT32, 1, PULSE_RATE, KWH_MANUAL),
    KWH_HOLDING(0x0013, UINT64, 1, ACTIVE_ENERGY_IMPORT, KWH_MANUAL),
    {.quantity = KWH_SERIAL_NUMBER,
     .address = 0x0017,
     .format = KWH_FORMAT(KWH_TYPE_TEXT, 15, KWH_SPACE_HOLDING, 0)},
    KWH_HOLDING(0x0027, UINT16, 1, PASSWORD, KWH_WRITE_ONLY),
    KWH_HOLDING(0xFFFE, UINT32, 1, VOLTAGE_L1, KWH_MANUAL),
};
static const struct kwh_block blocks[] = {{.rows = rows, .count = KWH_COUNT(rows)}};
static const struct kwh_choice choices[] = {{.code = 10}, {.code = 1, .exponent = -2}};
static const struct kwh_item items[] = {
    {.quantity = KWH_DEVICE_ADDRESS, .write_function = 6, .minimum = 1, .maximum = 247},
    {.quantity = KWH_PULSE_RATE, .write_function = 16, .choices = choices, .choice_count = 2},
    {.quantity = KWH_SERIAL_NUMBER, .write_function = 16},
};
static struct kwh_map map = {
    .title = "a title",
    .blocks = blocks,
    .block_count = 1,
    .items = items,
    .item_count = KWH_COUNT(items),
};

void kwh_reading_init(struct kwh_reading *reading, uint32_t quantity, enum kwh_status status)
{
    MAKE_ANY(*reading);
    reading->quantity = quantity;
    reading->status = (uint8_t)status;
}

enum kwh_error kwh_row_encode(const struct kwh_map *of, const struct kwh_row *row,
                              const struct kwh_reading *reading, uint8_t *bytes, size_t capacity)
{
    (void)of;
    if (reading->status != 0 || capacity < 2 * kwh_row_words(row))
        return KWH_ERROR_NO_VALUE;
    for (size_t i = 0; i < 2 * kwh_row_words(row); i++)
        bytes[i] = ANY_BYTE();
    return KWH_OK;
}

void kwh_row_decode(const struct kwh_map *of, const struct kwh_row *row, const uint8_t *bytes,
                    struct kwh_reading *reading)
{
    unsigned sum = 0;
    (void)of;
    for (size_t i = 0; i < 2 * kwh_row_words(row); i++)
        sum += bytes[i];
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->status = (uint8_t)sum;
}

int kwh_decimal_compare(struct kwh_decimal a, struct kwh_decimal b)
{
    (void)a;
    (void)b;
    return ANY_OF(-1, 1);
}

static enum kwh_error value(void *context, const struct kwh_row *row, struct kwh_reading *reading)
{
    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->status = ANY_BYTE();
    return ANY_OF(0, 1) ? KWH_OK : KWH_ERROR_IO;
}

static enum kwh_error write_value(void *context, const struct kwh_row *row,
                                  const struct kwh_reading *reading)
{
    (void)context;
    (void)row;
    (void)reading;
    return ANY_OF(0, 1) ? KWH_OK : KWH_ERROR_ARGUMENT;
}

int main(void)
{
    struct kwh_slave slave = {.map = &map, .profiles = 1, .value = value, .write = write_value};
    size_t size;

    MAKE_ANY(request);
    slave.request_limit = ANY_BYTE();
    map.holes_read_zero = (uint16_t)ANY_OF(0, 1);
    size = kwh_slave_answer(&slave, request, LEN, answer);
    /*@ assert 2 <= size <= 253; */
    return size >= 2 ? 0 : 1;
}
