/* SPDX-License-Identifier: MIT */
/* Being configured over M-Bus: each record by itself, if the map allows its value. */
#include "mbus_answer.h"

/* What the meter keeps of its own link. The identification is that of the secondary address. */
static void take_address(struct kwh_mbus_slave *slave, const struct kwh_reading *reading)
{
    if (reading->quantity == KWH_DEVICE_ADDRESS && reading->decimal.mantissa >= 0 &&
        reading->decimal.mantissa <= KWH_MBUS_PRIMARY_MAX && reading->decimal.exponent == 0)
        slave->address = (uint8_t)reading->decimal.mantissa;
    if (reading->quantity == KWH_SERIAL_NUMBER)
        slave->secondary.id = (uint32_t)(reading->digits & UINT32_C(0xFFFFFFFF));
}

static void apply(struct kwh_mbus_slave *slave, KWH_CONST struct kwh_record *row,
                  const struct kwh_reading *reading)
{
    const struct kwh_slave *meter = slave->slave;
    struct kwh_record_write write;

    /* The guard of the asking side, all risks taken: is it one of the values of the map? */
    if (meter->write == NULL ||
        kwh_record_write(meter->map, row->row.quantity, reading, ~0u, &write) != KWH_OK)
        return;
    if (meter->write(meter->context, &row->row, reading) == KWH_OK)
        take_address(slave, reading);
}

void kwhi_mbus_apply(struct kwh_mbus_slave *slave, const uint8_t *data, size_t size)
{
    const struct kwh_slave *meter = slave->slave;
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;

    if (kwh_mbus_telegram_decode(KWH_MBUS_CI_DATA, data, size, &telegram) != KWH_OK)
        return;
    kwh_mbus_records_init(&records, &telegram);
    while (kwh_mbus_next(&records, data, size, &record)) {
        struct kwh_reading reading;
        KWH_CONST struct kwh_record *row = kwh_map_written_record(
            meter->map, meter->profiles, data + record.header_at, record.header_length);
        if (row == NULL)
            continue;
        kwh_record_decode(meter->map, row, data, size, &record, &reading);
        apply(slave, row, &reading);
    }
}

void kwhi_mbus_apply_baud(struct kwh_mbus_slave *slave, uint32_t baud)
{
    KWH_CONST struct kwh_map *map = slave->slave->map;
    struct kwh_map_iterator rows = {map, slave->slave->profiles, 0, 0};
    struct kwh_reading reading;
    KWH_CONST struct kwh_row *row;

    kwh_reading_init(&reading, KWH_BAUD_RATE, KWH_STATUS_OK);
    reading.decimal = kwh_decimal((int64_t)baud, 0);
    while ((row = kwh_map_next(&rows)) != NULL) {
        KWH_CONST struct kwh_record *record = kwh_record_of(map, row);
        if (row->quantity != KWH_BAUD_RATE || record == NULL || record->length != 0)
            continue;
        struct kwh_record_write write;
        if (kwh_record_write(map, KWH_BAUD_RATE, &reading, ~0u, &write) == KWH_OK)
            slave->baud = baud;
        return;
    }
}
