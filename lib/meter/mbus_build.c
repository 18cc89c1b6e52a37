/* SPDX-License-Identifier: MIT */
/* The telegrams of a slave: the rows of its map in their order, in as many as they need. */
#include "mbus_answer.h"

#define RSP_UD     0x08u
#define CI_ANSWER  0x72u
#define DIF_MORE   0x1Fu
#define PDU_HEADER 3u /* C, address, CI */

static size_t put_header(const struct kwh_mbus_slave *slave, uint8_t *data)
{
    struct kwh_mbus_telegram telegram = {
        .ci = CI_ANSWER,
        .id = slave->secondary.id,
        .manufacturer = slave->secondary.manufacturer,
        .version = slave->secondary.version,
        .medium = slave->secondary.medium,
        .access = (uint8_t)(slave->access - 1u), /* counted already */
        .status = slave->status,
    };
    size_t size;
    return kwh_mbus_telegram_encode(&telegram, data, KWH_MBUS_DATA_MAX, &size) == KWH_OK ? size : 0;
}

/* Appends the record of a row; false when there is no room left. A value that cannot be had or told
 * is left out. */
static bool put_row(const struct kwh_mbus_slave *slave, KWH_CONST struct kwh_row *row,
                    uint8_t *data, size_t *size)
{
    const struct kwh_slave *meter = slave->slave;
    KWH_CONST struct kwh_record *record = kwh_record_of(meter->map, row);
    struct kwh_reading reading;

    if (record == NULL || kwh_row_write_only(row) || record->length == 0 ||
        kwh_record_telegram(meter->map, record) != slave->telegram)
        return true;
    kwh_reading_init(&reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
    if (meter->value(meter->context, row, &reading) != KWH_OK)
        return true;
    return kwh_record_encode(meter->map, record, &reading, data, KWH_MBUS_DATA_MAX - 1u, size) !=
           KWH_ERROR_CAPACITY;
}

size_t kwhi_mbus_telegram(struct kwh_mbus_slave *slave, uint8_t answer[KWHI_MBUS_PDU_MAX])
{
    struct kwh_map_iterator rows = {slave->slave->map, slave->slave->profiles, 0, 0};
    uint8_t *data = answer + PDU_HEADER;
    size_t size = put_header(slave, data);
    KWH_CONST struct kwh_row *row;

    slave->next_row = 0;
    for (uint16_t at = 0; (row = kwh_map_next(&rows)) != NULL; at++) {
        if (at < slave->row)
            continue;
        if (!put_row(slave, row, data, &size) && at > slave->row) {
            slave->next_row = at;
            data[size++] = DIF_MORE;
            break;
        }
    }
    answer[0] = RSP_UD;
    answer[1] = slave->address;
    answer[2] = CI_ANSWER;
    return PDU_HEADER + size;
}
