/* SPDX-License-Identifier: MIT */
#include "record_parse.h"

/* Where the fields of a fixed structure are. */
enum {
    FIXED_STATUS = 5,
    FIXED_UNITS = 6,
    FIXED_COUNTERS = 8,
    FIXED_SIZE = 16,
    FIXED_UNIT_HISTORIC = 0x3E
};

void kwh_mbus_records_init(struct kwh_mbus_records *records,
                           const struct kwh_mbus_telegram *telegram)
{
    records->at = telegram->header_length;
    records->content = telegram->content;
    records->counter = 0;
    records->medium = telegram->medium;
    records->msb_first = telegram->msb_first;
    records->more_records_follow = false;
    records->manufacturer_at = 0;
    records->manufacturer_length = 0;
    records->error = telegram->encryption != KWH_MBUS_PLAIN ? KWH_ERROR_ENCRYPTED : KWH_OK;
}

static uint8_t fixed_unit(const uint8_t *data, uint8_t counter)
{
    return data[FIXED_UNITS + counter] & 0x3F;
}

/* One of the two counters of a fixed structure. */
static bool next_counter(struct kwh_mbus_records *records, const uint8_t *data, size_t size,
                         struct kwh_mbus_record *record)
{
    struct kwhi_mbus_scale scale;
    bool binary, historic;
    uint8_t unit;

    if (size != FIXED_SIZE || records->counter > 1)
        return false;
    binary = (data[FIXED_STATUS] & 1) != 0;
    historic = (data[FIXED_STATUS] & 2) != 0;
    unit = fixed_unit(data, records->counter);
    if (unit == FIXED_UNIT_HISTORIC) {
        historic = true;
        unit = fixed_unit(data, (uint8_t)(1 - records->counter));
    }
    record->storage = historic;
    record->type = binary ? 4 : 12;
    record->code = unit;
    record->data_at = (uint8_t)(FIXED_COUNTERS + 4 * records->counter);
    record->data_length = 4;
    kwhi_vif_apply(kwhi_fixed_unit(unit), unit, record, &scale);
    kwhi_record_value(data, size, &scale, record);
    records->counter++;
    return true;
}

/* The end by DIF 0F or 1F: the rest is the maker's. */
static bool end_with_manufacturer(struct kwh_mbus_records *records, size_t size, bool more)
{
    records->manufacturer_at = (uint8_t)(records->at + 1);
    records->manufacturer_length = (uint8_t)(size - records->at - 1);
    records->more_records_follow = more;
    records->at = (uint8_t)size;
    return false;
}

/* DIF that are no record in the usual sense. */
static bool next_special(struct kwh_mbus_records *records, uint8_t dif, size_t size,
                         struct kwh_mbus_record *record)
{
    if (dif == KWHI_DIF_MANUFACTURER || dif == KWHI_DIF_MORE)
        return end_with_manufacturer(records, size, dif == KWHI_DIF_MORE);
    if (dif != KWHI_DIF_GLOBAL || records->content == KWH_MBUS_DATA) {
        records->error = KWH_ERROR_RESERVED_DIF;
        return false;
    }
    record->type = KWHI_TYPE_SPECIAL;
    record->kind = KWH_MBUS_KIND_GLOBAL_READOUT;
    record->header_at = records->at;
    record->header_length = 1;
    record->status = KWH_STATUS_NOT_AVAILABLE;
    records->at++;
    return true;
}

bool kwhi_record_next(struct kwh_mbus_records *records, const uint8_t *data, size_t size,
                      struct kwh_mbus_record *record, struct kwhi_mbus_scale *scale)
{
    bool command = records->content != KWH_MBUS_DATA;

    while (records->at < size && data[records->at] == KWHI_DIF_IDLE)
        records->at++;
    if (records->at >= size)
        return false;
    if ((data[records->at] & 15) == KWHI_TYPE_SPECIAL)
        return next_special(records, data[records->at], size, record);
    records->error = kwhi_record_parse(data, size, records->at, command, record, scale);
    if (records->error != KWH_OK) {
        kwhi_record_clear(record, records->msb_first);
        return false;
    }
    records->at = (uint8_t)(record->data_at + record->data_length);
    return true;
}

static bool next_record(struct kwh_mbus_records *records, const uint8_t *data, size_t size,
                        struct kwh_mbus_record *record)
{
    struct kwhi_mbus_scale scale;

    if (!kwhi_record_next(records, data, size, record, &scale))
        return false;
    if (record->type != KWHI_TYPE_SPECIAL)
        kwhi_record_value(data, size, &scale, record);
    if (records->content == KWH_MBUS_DATA && record->report != 0)
        record->status = KWH_STATUS_RECORD_ERROR;
    return true;
}

bool kwh_mbus_next(struct kwh_mbus_records *records, const uint8_t *data, size_t size,
                   struct kwh_mbus_record *record)
{
    kwhi_record_clear(record, records->msb_first);
    record->medium = records->medium;
    if (size > KWH_MBUS_DATA_MAX)
        records->error = KWH_ERROR_ARGUMENT;
    if (records->error != KWH_OK)
        return false;
    switch ((enum kwh_mbus_content)records->content) {
    case KWH_MBUS_DATA:
    case KWH_MBUS_COMMAND:
    case KWH_MBUS_SELECTION:
        return next_record(records, data, size, record);
    case KWH_MBUS_FIXED:
        record->msb_first = records->msb_first;
        return next_counter(records, data, size, record);
    case KWH_MBUS_REPORT:
    case KWH_MBUS_ALARM:
        break;
    }
    return false;
}
