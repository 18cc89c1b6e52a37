/* SPDX-License-Identifier: MIT */
/* One request PDU in, one answer PDU out: which function it is, and reading. */
#include <string.h>

#include "slave.h"

#define REQUEST_FIXED 5u /* function and two words */

/*
 * Puts registers of the row at this address into the answer, from register *done on, as many as the
 * row has and the request wants. At least one, or it is an error.
 */
static enum kwh_error put_row(const struct kwh_slave *slave, enum kwh_space space, unsigned address,
                              unsigned count, uint8_t *answer, unsigned *done)
{
    KWH_CONST struct kwh_row *row = kwh_map_at(slave->map, slave->profiles, space,
                                               (uint16_t)address);
    struct kwh_reading reading;
    uint8_t bytes[KWHI_ROW_BYTES] = {0};

    if (row == NULL && kwh_map_is_hole(slave->map, slave->profiles, space, (uint16_t)address)) {
        answer[2 + 2 * *done] = 0;
        answer[3 + 2 * *done] = 0;
        ++*done;
        return KWH_OK;
    }
    if (row == NULL || kwh_row_write_only(row))
        return KWH_ERROR_ILLEGAL_DATA_ADDRESS;
    kwh_reading_init(&reading, row->quantity, KWH_STATUS_NOT_AVAILABLE);
    enum kwh_error error = slave->value(slave->context, row, &reading);
    if (error == KWH_ERROR_ILLEGAL_DATA_ADDRESS)
        return error;
    if (error != KWH_OK || kwh_row_encode(slave->map, row, &reading, bytes, sizeof bytes) != KWH_OK)
        return KWH_ERROR_SERVER_DEVICE_FAILURE;

    size_t words = kwh_row_words(row);
    for (size_t from = address - row->address; from < words && *done < count; from++, ++*done) {
        answer[2 + 2 * *done] = bytes[2 * from];
        answer[3 + 2 * *done] = bytes[2 * from + 1];
    }
    return KWH_OK;
}

static enum kwh_error read_registers(const struct kwh_slave *slave, const uint8_t *request,
                                     size_t length, uint8_t *answer, size_t *size)
{
    unsigned limit = slave->request_limit == 0 || slave->request_limit > KWH_MODBUS_READ_MAX
                         ? KWH_MODBUS_READ_MAX
                         : slave->request_limit;
    enum kwh_space space = request[0] == KWH_MODBUS_READ_HOLDING ? KWH_SPACE_HOLDING
                                                                 : KWH_SPACE_INPUT;

    if (length != REQUEST_FIXED)
        return KWH_ERROR_ILLEGAL_DATA_VALUE;
    unsigned address = kwhi_slave_word(request + 1);
    unsigned count = kwhi_slave_word(request + 3);
    if (count < 1 || count > limit)
        return KWH_ERROR_ILLEGAL_DATA_VALUE;
    if (count > 0x10000u - address)
        return KWH_ERROR_ILLEGAL_DATA_ADDRESS;

    for (unsigned done = 0; done < count;) {
        enum kwh_error error = put_row(slave, space, address + done, count, answer, &done);
        if (error != KWH_OK)
            return error;
    }
    answer[0] = request[0];
    answer[1] = (uint8_t)(2u * count);
    *size = 2u + 2u * count;
    return KWH_OK;
}

/* Sub-function 0, Return Query Data: the request is the answer. */
static enum kwh_error diagnostics(const struct kwh_slave *slave, const uint8_t *request,
                                  size_t length, uint8_t *answer, size_t *size)
{
    (void)slave;
    if (length < REQUEST_FIXED || length % 2 == 0)
        return KWH_ERROR_ILLEGAL_DATA_VALUE;
    if (kwhi_slave_word(request + 1) != 0)
        return KWH_ERROR_ILLEGAL_FUNCTION;
    memcpy(answer, request, length);
    *size = length;
    return KWH_OK;
}

static KWH_CONST struct {
    uint8_t function;
    enum kwh_error (*handle)(const struct kwh_slave *slave, const uint8_t *request, size_t length,
                             uint8_t *answer, size_t *size);
} functions[] = {
    {KWH_MODBUS_READ_HOLDING, read_registers},
    {KWH_MODBUS_READ_INPUT, read_registers},
    {KWH_MODBUS_WRITE_SINGLE, kwhi_slave_write_single},
    {KWH_MODBUS_DIAGNOSTICS, diagnostics},
    {KWH_MODBUS_WRITE_MULTIPLE, kwhi_slave_write_multiple},
    {KWH_MODBUS_REPORT_SERVER_ID, kwhi_slave_server_id},
    {KWH_MODBUS_ENCAPSULATED, kwhi_slave_device_id},
};

size_t kwh_slave_answer(const struct kwh_slave *slave, const uint8_t *request, size_t length,
                        uint8_t *answer)
{
    enum kwh_error error = KWH_ERROR_ILLEGAL_FUNCTION;
    size_t size = 0;

    if (length > KWH_MODBUS_PDU_MAX)
        length = 0;
    uint8_t function = length == 0 ? 0 : request[0];
    for (size_t i = 0; i < KWH_COUNT(functions); i++)
        if (functions[i].function == function)
            error = functions[i].handle(slave, request, length, answer, &size);
    if (error != KWH_OK) {
        answer[0] = (uint8_t)(function | 0x80u);
        answer[1] = kwh_error_exception(error);
        size = 2;
    }
    return size;
}
