/* SPDX-License-Identifier: MIT */
#include <kwh/map_record.h>

#include "../mbus/record_bytes.h"
#include "record_reading.h"
#include "row.h"

static enum kwh_status decode_number(KWH_CONST struct kwh_row *row,
                                     const struct kwh_mbus_record *record,
                                     struct kwh_decimal *value)
{
    struct kwh_decimal worth = kwh_scale_value(kwh_row_scale(row));
    if (record->form != KWH_MBUS_FORM_NUMBER || !record->is_number || worth.mantissa != 1)
        return KWH_STATUS_NOT_AVAILABLE;
    return kwh_decimal_shift(record->value, worth.exponent, value) == KWH_OK ? KWH_STATUS_OK
                                                                             : KWH_STATUS_OVERFLOW;
}

static enum kwh_status decode_digits(const struct kwh_mbus_record *record, uint64_t raw,
                                     struct kwh_reading *reading)
{
    int64_t number = record->value.mantissa;
    uint64_t digits = raw;
    if (!record->is_number)
        return KWH_STATUS_NOT_AVAILABLE;
    if (kwhi_is_bcd_type(record->type)) {
        if (kwh_registers_bcd_load(raw, 4, &digits) != KWH_OK)
            return KWH_STATUS_BAD_DIGITS; /* an F in front, which would be a minus */
        reading->digits = raw;
        reading->length = (uint8_t)(2 * record->data_length);
        return KWH_STATUS_OK;
    }
    /* A number that is a name: no leading zeros to keep. */
    if (!kwhi_is_integer_type(record->type) || record->value.exponent != 0)
        return KWH_STATUS_NOT_AVAILABLE;
    if (number < 0)
        return KWH_STATUS_BAD_DIGITS;
    if (kwh_registers_bcd_store((uint64_t)number, 4, &reading->digits) != KWH_OK)
        return KWH_STATUS_OVERFLOW;
    reading->length = kwhi_digits_of(reading->digits);
    return KWH_STATUS_OK;
}

static enum kwh_status decode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                              const uint8_t *data, size_t size,
                              const struct kwh_mbus_record *record, struct kwh_reading *reading)
{
    uint64_t raw = kwhi_record_raw(data, size, record);
    enum kwh_status status;
    switch ((enum kwh_form)reading->form) {
    case KWH_FORM_DECIMAL:
        return decode_number(row, record, &reading->decimal);
    case KWH_FORM_DIGITS:
        return decode_digits(record, raw, reading);
    case KWH_FORM_TEXT:
        return kwhi_record_text(data, size, record, reading);
    case KWH_FORM_TIME:
        if (record->form != KWH_MBUS_FORM_TIME)
            return KWH_STATUS_NOT_AVAILABLE;
        reading->time = record->time;
        return KWH_STATUS_OK;
    case KWH_FORM_BITS:
        if (!record->is_number)
            return KWH_STATUS_NOT_AVAILABLE;
        reading->digits = raw;
        reading->length = (uint8_t)(8 * record->data_length);
        return KWH_STATUS_OK;
    case KWH_FORM_CHOICE:
        status = decode_number(row, record, &reading->decimal);
        if (status == KWH_STATUS_OK) {
            reading->digits = raw;
            kwhi_choice_set(map, reading);
        }
        return status;
    }
    return KWH_STATUS_NOT_AVAILABLE;
}

void kwh_record_decode(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_record *row,
                       const uint8_t *data, size_t size, const struct kwh_mbus_record *record,
                       struct kwh_reading *reading)
{
    enum kwh_status status = (enum kwh_status)record->status;
    kwh_reading_init(reading, row->row.quantity, KWH_STATUS_NOT_AVAILABLE);
    reading->certainty = (uint8_t)kwh_row_certainty(&row->row);
    if (status == KWH_STATUS_OK || status == KWH_STATUS_DOUBTFUL) {
        enum kwh_status own = decode(map, &row->row, data, size, record, reading);
        status = own != KWH_STATUS_OK ? own : status;
    }
    reading->status = (uint8_t)status;
}

void kwhi_record_told(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_record *row,
                      const uint8_t *data, size_t size, struct kwh_reading *reading)
{
    const struct kwh_mbus_telegram command = {.content = KWH_MBUS_COMMAND};
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    kwh_reading_init(reading, row->row.quantity, KWH_STATUS_NOT_AVAILABLE);
    kwh_mbus_records_init(&records, &command);
    if (kwh_mbus_next(&records, data, size, &record))
        kwh_record_decode(map, row, data, size, &record, reading);
}
