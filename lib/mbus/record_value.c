/* SPDX-License-Identifier: MIT */
#include "../base/decimal_magnitude.h"
#include "record_parse.h"
#include "record_time.h"

/* How data are stored. */
enum storage {
    NO_DATA,
    INTEGER,
    REAL,
    DIGITS,
    NEGATIVE_DIGITS,
    CHARACTERS,
    OPAQUE
};

static enum storage storage_of(const struct kwh_mbus_record *record, uint8_t marks)
{
    static KWH_CONST uint8_t storages[16] = {NO_DATA, INTEGER, INTEGER, INTEGER, INTEGER, REAL,
                                             INTEGER, INTEGER, NO_DATA, DIGITS,  DIGITS,  DIGITS,
                                             DIGITS,  OPAQUE,  DIGITS,  NO_DATA};

    if (record->type != KWHI_TYPE_VARIABLE)
        return (enum storage)storages[record->type & 15];
    if (record->lvar < 0xC0)
        return (marks & (KWHI_CONTAINER | KWHI_DATE)) != 0 ? OPAQUE : CHARACTERS;
    if (record->data_length == 0)
        return NO_DATA;
    if (record->lvar < 0xE0)
        return record->lvar < 0xD0 ? DIGITS : NEGATIVE_DIGITS;
    return record->data_length <= 8 ? INTEGER : OPAQUE;
}

/* The byte of weight 256^significance. */
static uint8_t byte_at(const uint8_t *data, size_t size, const struct kwh_mbus_record *record,
                       size_t significance)
{
    size_t at = record->data_at +
                (record->msb_first ? record->data_length - 1u - significance : significance);

    return at < size ? data[at] : 0;
}

uint64_t kwhi_record_raw(const uint8_t *data, size_t size, const struct kwh_mbus_record *record)
{
    uint64_t raw = 0;

    for (size_t i = record->data_length < 8 ? record->data_length : 8; i > 0; i--)
        raw = raw << 8 | byte_at(data, size, record, i - 1);
    return raw;
}

static enum kwh_status decode_integer(uint64_t raw, size_t length, bool is_unsigned, int64_t *count)
{
    uint64_t sign = UINT64_C(1) << ((8 * length - 1) & 63);

    if ((raw & sign) == 0)
        *count = (int64_t)raw;
    else if (!is_unsigned)
        *count = -(int64_t)(~raw & (sign - 1)) - 1;
    else if (length == 8)
        return KWH_STATUS_OVERFLOW;
    else
        *count = (int64_t)raw;
    return KWH_STATUS_OK;
}

/*
 * An F in front is a minus; any other digit above 9 is a sign of an error, and nothing but F says
 * that there is no value.
 */
static enum kwh_status decode_digits(const uint8_t *data, size_t size,
                                     const struct kwh_mbus_record *record, bool negative,
                                     int64_t *count)
{
    bool may_have_sign = record->type != KWHI_TYPE_VARIABLE;
    bool bad = false, none = true;
    uint64_t sum = 0;

    for (size_t i = 2 * (size_t)record->data_length; i > 0; i--) {
        uint8_t byte = byte_at(data, size, record, (i - 1) / 2);
        uint8_t digit = i % 2 == 0 ? byte >> 4 : byte & 15;
        none = none && digit == 15;
        if (may_have_sign && digit == 15) {
            negative = true;
            digit = 0;
        }
        may_have_sign = false;
        bad = bad || digit > 9;
        if (sum >> 60 != 0) /* ten times that is beyond INT64_MAX, anything less within 64 bits */
            return KWH_STATUS_OVERFLOW;
        sum = 10 * sum + digit;
    }
    if (bad)
        return none ? KWH_STATUS_NOT_AVAILABLE : KWH_STATUS_BAD_DIGITS;
    if (sum > INT64_MAX)
        return KWH_STATUS_OVERFLOW;
    *count = negative ? -(int64_t)sum : (int64_t)sum;
    return KWH_STATUS_OK;
}

static enum kwh_status decode_real(uint32_t bits, struct kwh_decimal *value)
{
    if (kwh_decimal_from_binary32(bits, value) == KWH_OK)
        return KWH_STATUS_OK;
    return kwh_binary32_classify(bits) == KWH_BINARY32_NAN ? KWH_STATUS_NAN : KWH_STATUS_INFINITE;
}

/*
 * Adds some thousandths; false when 64 bits do not hold the sum. kwh_decimal_add() would say this
 * shorter, but takes more flash than the rest of this file on a microcontroller that has no 64-bit
 * division.
 */
static bool add_thousandths(struct kwh_decimal *value, int32_t thousandths)
{
    struct kwh_decimal offset = kwh_decimal(thousandths, -3);
    uint32_t count = (uint32_t)thousandths;

    for (; offset.exponent < 0 && count == 10 * kwhi_tenth(count); count = kwhi_tenth(count))
        offset.exponent++;
    offset.mantissa = count;
    if (!kwhi_lower(value, offset.exponent) || !kwhi_lower(&offset, value->exponent) ||
        offset.mantissa < 0)
        return false;
    if (value->mantissa < 0) {
        value->mantissa += offset.mantissa;
        return true;
    }
    uint64_t sum = (uint64_t)value->mantissa + (uint64_t)offset.mantissa;
    if (sum <= INT64_MAX)
        value->mantissa = (int64_t)sum;
    return sum <= INT64_MAX;
}

/* (value * 10^exponent + offset) * factor; false when 64 bits do not hold it. */
static bool apply_scale(const struct kwhi_mbus_scale *scale, struct kwh_decimal *value)
{
    if (kwh_decimal_shift(*value, scale->exponent, value) != KWH_OK)
        return false;
    if (scale->offset != 0 && !add_thousandths(value, scale->offset))
        return false;
    return kwhi_times(&value->mantissa, (uint32_t)scale->factor);
}

static enum kwh_status decode_number(const uint8_t *data, size_t size, enum storage storage,
                                     const struct kwhi_mbus_scale *scale,
                                     struct kwh_mbus_record *record)
{
    struct kwh_decimal value = kwh_decimal(0, 0);
    enum kwh_status status;

    if (storage == REAL)
        status = decode_real((uint32_t)(kwhi_record_raw(data, size, record) & UINT32_MAX), &value);
    else if (storage == INTEGER)
        status = decode_integer(kwhi_record_raw(data, size, record), record->data_length,
                                (scale->marks & KWHI_UNSIGNED_DATA) != 0, &value.mantissa);
    else
        status = decode_digits(data, size, record, storage == NEGATIVE_DIGITS, &value.mantissa);
    if (status != KWH_STATUS_OK)
        return status;
    if (!apply_scale(scale, &value))
        return KWH_STATUS_OVERFLOW;
    record->value = value;
    record->is_number = true;
    return KWH_STATUS_OK;
}

/* Types G, J, F and I by their length; J, and the digits that some meters send, count as well. */
static enum kwh_status decode_time(const uint8_t *data, size_t size, enum storage storage,
                                   const struct kwhi_mbus_scale *scale,
                                   struct kwh_mbus_record *record)
{
    bool valid = false;

    if (storage == DIGITS || (storage == INTEGER && record->data_length == 3)) {
        enum kwh_status status = decode_number(data, size, storage, scale, record);
        if (status != KWH_STATUS_OK && status != KWH_STATUS_OVERFLOW)
            return status;
    }
    if (storage == DIGITS && record->is_number && record->data_length == 6)
        valid = kwhi_time_decode_digits(kwhi_record_raw(data, size, record), &record->time);
    else if (storage == INTEGER && (record->kind != KWH_MBUS_KIND_DATE || record->data_length == 2))
        valid = kwhi_time_decode(kwhi_record_raw(data, size, record), record->data_length,
                                 &record->time, &record->summer_time);
    return valid ? KWH_STATUS_OK : KWH_STATUS_INVALID_DATE;
}

static enum kwh_status decode(const uint8_t *data, size_t size, enum storage storage,
                              const struct kwhi_mbus_scale *scale, struct kwh_mbus_record *record)
{
    switch (storage) {
    case INTEGER:
    case REAL:
    case DIGITS:
    case NEGATIVE_DIGITS:
        if ((scale->marks & KWHI_DATE) != 0) {
            record->form = KWH_MBUS_FORM_TIME;
            return decode_time(data, size, storage, scale, record);
        }
        record->form = KWH_MBUS_FORM_NUMBER;
        return decode_number(data, size, storage, scale, record);
    case CHARACTERS:
        record->form = KWH_MBUS_FORM_TEXT;
        return KWH_STATUS_OK;
    case OPAQUE:
        record->form = KWH_MBUS_FORM_BYTES;
        return KWH_STATUS_OK;
    case NO_DATA:
        break;
    }
    record->form = KWH_MBUS_FORM_NOTHING;
    return KWH_STATUS_NOT_AVAILABLE;
}

void kwhi_record_value(const uint8_t *data, size_t size, const struct kwhi_mbus_scale *scale,
                       struct kwh_mbus_record *record)
{
    enum kwh_status status = decode(data, size, storage_of(record, scale->marks), scale, record);

    if (status == KWH_STATUS_OK && (scale->marks & KWHI_DOUBTFUL) != 0)
        status = KWH_STATUS_DOUBTFUL;
    record->status = (uint8_t)status;
}
