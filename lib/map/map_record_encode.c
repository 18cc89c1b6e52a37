/* SPDX-License-Identifier: MIT */
#include <kwh/map_record.h>

#include "../mbus/record_bytes.h"
#include "record_reading.h"
#include "row.h"

/* A record that is being written: its header, and where its bytes go. */
struct sink {
    const uint8_t *header;
    uint8_t *data;
    size_t capacity;
    size_t *size;
};

static enum kwh_error put_number(KWH_CONST struct kwh_record *row, struct kwh_decimal value,
                                 const struct sink *sink)
{
    struct kwh_decimal worth = kwh_scale_value(kwh_row_scale(&row->row));
    enum kwh_error error;
    if (worth.mantissa != 1)
        return KWH_ERROR_ARGUMENT;
    error = kwh_decimal_shift(value, -worth.exponent, &value);
    return error != KWH_OK ? error
                           : kwh_mbus_put_number(sink->header, row->length, value, sink->data,
                                                 sink->capacity, sink->size);
}

/* The low bytes of `raw`, as many as the data field has. */
static enum kwh_error put_raw(KWH_CONST struct kwh_record *row, uint64_t raw,
                              const struct sink *sink)
{
    size_t length = kwhi_type_length(row->header[0]);
    uint8_t bytes[8];
    if (length < 1)
        return KWH_ERROR_ARGUMENT;
    if (length < 8 && raw >> 8 * length != 0)
        return KWH_ERROR_OVERFLOW;
    for (size_t i = 0; i < sizeof bytes; i++, raw >>= 8)
        bytes[i] = (uint8_t)(raw & 0xFF);
    return kwh_mbus_put_bytes(sink->header, row->length, bytes, length, sink->data, sink->capacity,
                              sink->size);
}

static enum kwh_error put_digits(KWH_CONST struct kwh_record *row, uint64_t digits,
                                 const struct sink *sink)
{
    uint64_t number;
    unsigned type = row->header[0] & 15u;
    if (kwh_registers_bcd_load(digits, 4, &number) != KWH_OK)
        return KWH_ERROR_ARGUMENT;
    if (kwhi_is_bcd_type(type))
        return put_raw(row, digits, sink);
    if (!kwhi_is_integer_type(type))
        return KWH_ERROR_ARGUMENT;
    return kwh_mbus_put_number(sink->header, row->length, kwh_decimal((int64_t)number, 0),
                               sink->data, sink->capacity, sink->size);
}

static enum kwh_error put_value(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_record *row,
                                const struct kwh_reading *reading, const struct sink *sink)
{
    struct kwh_decimal code;
    enum kwh_error error;
    switch ((enum kwh_form)reading->form) {
    case KWH_FORM_DECIMAL:
        return put_number(row, reading->decimal, sink);
    case KWH_FORM_DIGITS:
        return put_digits(row, reading->digits, sink);
    case KWH_FORM_TEXT:
        if (reading->length > KWH_READING_TEXT_MAX)
            return KWH_ERROR_ARGUMENT;
        return kwh_mbus_put_text(sink->header, row->length, reading->text, reading->length,
                                 sink->data, sink->capacity, sink->size);
    case KWH_FORM_TIME:
        return kwh_mbus_put_time(sink->header, row->length, &reading->time, sink->data,
                                 sink->capacity, sink->size);
    case KWH_FORM_BITS:
        return put_raw(row, reading->digits, sink);
    case KWH_FORM_CHOICE:
        error = kwhi_choice_code(map, reading, &code);
        return error == KWH_OK ? put_number(row, code, sink) : error;
    }
    return KWH_ERROR_ARGUMENT;
}

enum kwh_error kwh_record_encode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_record *row,
                                 const struct kwh_reading *reading, uint8_t *data, size_t capacity,
                                 size_t *size)
{
    struct kwh_record own = *row;
    struct sink sink = {own.header, data, capacity, size};
    if (reading->form != (uint8_t)kwh_quantity_form(row->row.quantity) ||
        !kwh_reading_has_value(reading) || row->length < 1 || row->length > KWH_RECORD_HEADER)
        return KWH_ERROR_ARGUMENT;
    return put_value(map, row, reading, &sink);
}
