/* SPDX-License-Identifier: MIT */
/* Requests: exchanges filled with PDUs, and what their answers look like. */
#include <kwh/modbus.h>
#include <string.h>

/* Function and two 16-bit fields, as most requests begin: a span of registers. */
static void begin(struct kwh_exchange *exchange, uint8_t unit, uint8_t function, uint16_t first,
                  uint16_t second)
{
    memset(exchange, 0, sizeof *exchange);
    exchange->address = unit;
    exchange->head[0] = function;
    exchange->head[1] = (uint8_t)(first >> 8);
    exchange->head[2] = (uint8_t)(first & 0xFFu);
    exchange->head[3] = (uint8_t)(second >> 8);
    exchange->head[4] = (uint8_t)(second & 0xFFu);
    exchange->head_length = 5;
    exchange->span_address = first;
    exchange->span_count = second;
}

static bool span_exists(uint16_t address, uint16_t count, uint16_t limit)
{
    return count >= 1 && count <= limit && (uint32_t)address + count <= UINT32_C(0x10000);
}

enum kwh_error kwh_modbus_read(struct kwh_exchange *exchange, uint8_t unit, uint8_t function,
                               uint16_t address, uint16_t count)
{
    begin(exchange, unit, function, address, count);
    if ((function != KWH_MODBUS_READ_HOLDING && function != KWH_MODBUS_READ_INPUT) ||
        !span_exists(address, count, KWH_MODBUS_READ_MAX)) {
        exchange->head_length = 0;
        return KWH_ERROR_ARGUMENT;
    }
    exchange->answer_length = (uint16_t)(2u + 2u * count);
    exchange->counted = true;
    exchange->same = 1;
    return KWH_OK;
}

void kwh_modbus_write_single(struct kwh_exchange *exchange, uint8_t unit, uint16_t address,
                             uint16_t value)
{
    begin(exchange, unit, KWH_MODBUS_WRITE_SINGLE, address, value);
    exchange->answer_length = 5;
    exchange->same = 5;
    exchange->writes = true;
    exchange->span_count = 1;
}

enum kwh_error kwh_modbus_write_multiple(struct kwh_exchange *exchange, uint8_t unit,
                                         uint16_t address, uint16_t count, const uint8_t *bytes)
{
    begin(exchange, unit, KWH_MODBUS_WRITE_MULTIPLE, address, count);
    if (!span_exists(address, count, KWH_MODBUS_WRITE_MAX)) {
        exchange->head_length = 0;
        return KWH_ERROR_ARGUMENT;
    }
    exchange->head[5] = (uint8_t)(2u * count);
    exchange->head_length = 6;
    exchange->body = bytes;
    exchange->body_length = (uint16_t)(2u * count);
    exchange->answer_length = 5;
    exchange->same = 5;
    exchange->writes = true;
    return KWH_OK;
}

/* Sub-functions that only report (section 6.8.1): return query data, and the counters. */
static bool only_reports(uint16_t sub_function)
{
    return sub_function == 0 || sub_function == 2 || (sub_function >= 11 && sub_function <= 18);
}

void kwh_modbus_diagnostics(struct kwh_exchange *exchange, uint8_t unit, uint16_t sub_function,
                            uint16_t data)
{
    bool counter = only_reports(sub_function) && sub_function != 0;
    begin(exchange, unit, KWH_MODBUS_DIAGNOSTICS, sub_function, data);
    exchange->span_address = 0;
    exchange->span_count = 0;
    exchange->answer_length = 5;
    exchange->same = counter ? 3 : 5;
    exchange->writes = !only_reports(sub_function);
}

void kwh_modbus_report_server_id(struct kwh_exchange *exchange, uint8_t unit)
{
    begin(exchange, unit, KWH_MODBUS_REPORT_SERVER_ID, 0, 0);
    exchange->head_length = 1;
    exchange->same = 1;
    exchange->length = kwh_modbus_length_counted;
}

enum kwh_error kwh_modbus_read_device_id(struct kwh_exchange *exchange, uint8_t unit,
                                         uint8_t category, uint8_t object)
{
    begin(exchange, unit, KWH_MODBUS_ENCAPSULATED, 0, 0);
    exchange->head[1] = 0x0E;
    exchange->head[2] = category;
    exchange->head[3] = object;
    exchange->head_length = 4;
    exchange->same = 3;
    exchange->length = kwh_modbus_length_device_id;
    if (category >= 1 && category <= 4)
        return KWH_OK;
    exchange->head_length = 0;
    return KWH_ERROR_ARGUMENT;
}

enum kwh_error kwh_modbus_raw(struct kwh_exchange *exchange, uint8_t unit, const uint8_t *pdu,
                              size_t size, kwh_length_function *length, bool writes)
{
    memset(exchange, 0, sizeof *exchange);
    if (size < 1 || size > KWH_MODBUS_PDU_MAX || pdu[0] == 0 || pdu[0] > 0x7F || length == NULL)
        return KWH_ERROR_ARGUMENT;
    exchange->address = unit;
    exchange->head[0] = pdu[0];
    exchange->head_length = 1;
    exchange->body = pdu + 1;
    exchange->body_length = (uint16_t)(size - 1);
    exchange->same = 1;
    exchange->length = length;
    exchange->writes = writes;
    return KWH_OK;
}

const uint8_t *kwh_modbus_registers(const struct kwh_line *line,
                                    const struct kwh_exchange *exchange, size_t *count)
{
    size_t length;
    const uint8_t *pdu = kwh_line_answer(line, exchange, &length);
    bool good = exchange->error == KWH_OK && exchange->counted && length >= 4;
    *count = good ? (length - 2u) / 2u : 0;
    return good ? pdu + 2 : pdu;
}
