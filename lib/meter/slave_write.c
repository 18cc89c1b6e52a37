/* SPDX-License-Identifier: MIT */
/* Being written to: whole values only, each allowed by the map, and all of them before the first.
 */
#include <string.h>

#include "slave.h"

#define SINGLE_LENGTH 5u /* function, address, value */
#define MULTIPLE_HEAD 6u /* function, address, count, byte count */

/* The writable row that begins at address and has no more registers than are given. */
static KWH_CONST struct kwh_row *writable_row(const struct kwh_slave *slave, unsigned address,
                                              unsigned given, unsigned *words)
{
    KWH_CONST struct kwh_row *row = kwh_map_at(slave->map, slave->profiles, KWH_SPACE_HOLDING,
                                               (uint16_t)address);

    if (row == NULL || slave->write == NULL || row->address != address)
        return NULL;
    KWH_CONST struct kwh_item *item = kwh_map_item(slave->map, row->quantity);
    *words = (unsigned)kwh_row_words(row);
    return item != NULL && item->write_function != 0 && *words >= 1 && *words <= given ? row : NULL;
}

static bool is_allowed(const struct kwh_slave *slave, const struct kwh_reading *reading)
{
    KWH_CONST struct kwh_item *item = kwh_map_item(slave->map, reading->quantity);

    return item != NULL && kwh_item_allows(item, reading);
}

/*
 * Walks the values that the registers are, address and bytes in step: judges each, or, when all
 * were found good, hands each over.
 */
static enum kwh_error walk(const struct kwh_slave *slave, unsigned address, unsigned count,
                           const uint8_t *bytes, bool hand_over)
{
    unsigned words = 0;

    for (unsigned done = 0; done < count; done += words) {
        KWH_CONST struct kwh_row *row = writable_row(slave, address + done, count - done, &words);
        uint8_t value[KWHI_ROW_BYTES] = {0};
        struct kwh_reading reading;
        if (row == NULL)
            return KWH_ERROR_ILLEGAL_DATA_ADDRESS;
        for (size_t i = 0, at = 2u * done; i < sizeof value && at < 2u * count; i++, at++)
            value[i] = bytes[at];
        kwh_row_decode(slave->map, row, value, &reading);
        if (!is_allowed(slave, &reading))
            return KWH_ERROR_ILLEGAL_DATA_VALUE;
        if (!hand_over)
            continue;
        enum kwh_error error = slave->write(slave->context, row, &reading);
        if (error != KWH_OK)
            return error == KWH_ERROR_ARGUMENT ? KWH_ERROR_ILLEGAL_DATA_VALUE
                                               : KWH_ERROR_SERVER_DEVICE_FAILURE;
    }
    return KWH_OK;
}

static enum kwh_error write_registers(const struct kwh_slave *slave, unsigned address,
                                      unsigned count, const uint8_t *bytes)
{
    if (count > 0x10000u - address)
        return KWH_ERROR_ILLEGAL_DATA_ADDRESS;
    enum kwh_error error = walk(slave, address, count, bytes, false);
    return error != KWH_OK ? error : walk(slave, address, count, bytes, true);
}

enum kwh_error kwhi_slave_write_single(const struct kwh_slave *slave, const uint8_t *request,
                                       size_t length, uint8_t *answer, size_t *size)
{
    if (length != SINGLE_LENGTH)
        return KWH_ERROR_ILLEGAL_DATA_VALUE;
    enum kwh_error error = write_registers(slave, kwhi_slave_word(request + 1), 1, request + 3);
    memcpy(answer, request, SINGLE_LENGTH);
    *size = SINGLE_LENGTH;
    return error;
}

enum kwh_error kwhi_slave_write_multiple(const struct kwh_slave *slave, const uint8_t *request,
                                         size_t length, uint8_t *answer, size_t *size)
{
    if (length < MULTIPLE_HEAD)
        return KWH_ERROR_ILLEGAL_DATA_VALUE;
    unsigned count = kwhi_slave_word(request + 3);
    size_t given = length - MULTIPLE_HEAD;
    if (count < 1 || count > KWH_MODBUS_WRITE_MAX || given % 2 != 0 || count != given / 2 ||
        request[5] != given)
        return KWH_ERROR_ILLEGAL_DATA_VALUE;
    enum kwh_error error = write_registers(slave, kwhi_slave_word(request + 1), count,
                                           request + MULTIPLE_HEAD);
    memcpy(answer, request, SINGLE_LENGTH);
    *size = SINGLE_LENGTH;
    return error;
}
