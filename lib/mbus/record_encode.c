/* SPDX-License-Identifier: MIT */
#include "record_parse.h"
#include "record_time.h"

enum {
    TYPE_REAL = 5
};

/* A record under construction: its shape, read back from what was appended. */
struct draft {
    struct kwh_mbus_record record;
    struct kwhi_mbus_scale scale;
    size_t end;
};

/*
 * Appends the header, LVAR (of type 13) and `length` bytes of data, zeros if bytes is NULL, and
 * reads the record back: what comes out must be this header and this data.
 */
static enum kwh_error append(const uint8_t *header, size_t header_length, const uint8_t *bytes,
                             size_t length, uint8_t lvar, uint8_t *data, size_t capacity,
                             size_t start, struct draft *draft)
{
    size_t limit = capacity < KWH_MBUS_DATA_MAX ? capacity : KWH_MBUS_DATA_MAX;
    size_t at, data_at;
    bool variable;
    enum kwh_error error;

    kwhi_record_clear(&draft->record, false);
    draft->end = 0;
    draft->scale = (struct kwhi_mbus_scale){.factor = 1};
    if (header_length == 0 || (header[0] & 15) == KWHI_TYPE_SPECIAL)
        return KWH_ERROR_ARGUMENT;
    variable = (header[0] & 15) == KWHI_TYPE_VARIABLE;
    if (start > limit || header_length > limit - start ||
        length + variable > limit - start - header_length)
        return KWH_ERROR_CAPACITY;
    /* Bounds that hold are asked for again, so that each loop is proven by itself. */
    at = start;
    for (size_t i = 0; i < header_length && at < limit; i++)
        data[at++] = header[i];
    if (variable && at < limit)
        data[at++] = lvar;
    data_at = at;
    for (size_t i = 0; i < length && at < limit; i++)
        data[at++] = bytes != NULL ? bytes[i] : 0;
    draft->end = at;
    error = kwhi_record_parse(data, at, start, true, &draft->record, &draft->scale);
    if (error != KWH_OK || draft->record.header_length != header_length ||
        draft->record.data_at != data_at || draft->record.data_length != length)
        return KWH_ERROR_ARGUMENT;
    return KWH_OK;
}

/* value / (10^exponent * factor) to the nearest integer, ties to even. */
static enum kwh_error divide(struct kwh_decimal value, int exponent, int32_t factor, int64_t *count)
{
    enum kwh_error error;
    int64_t whole, rest, twice;
    bool cut;

    if (factor == 1)
        return kwh_decimal_to_int64(value, exponent, KWH_ROUND_HALF_EVEN, count);
    error = kwh_decimal_to_int64(value, exponent, KWH_ROUND_TO_ZERO, &whole);
    if (error != KWH_OK)
        return error;
    cut = kwh_decimal_compare(value, kwh_decimal(whole, (int8_t)exponent)) != 0;
    rest = whole % factor;
    twice = rest < 0 ? -2 * rest : 2 * rest;
    *count = whole / factor;
    if (twice > factor || (twice == factor && (cut || (*count & 1) != 0)))
        *count += value.mantissa < 0 ? -1 : 1;
    return KWH_OK;
}

/* Two's complement, or without a sign where the code says so. */
static enum kwh_error store_integer(int64_t count, size_t length, bool is_unsigned, uint64_t *raw)
{
    int64_t top = (int64_t)(UINT64_MAX >> (65 - 8 * length));

    *raw = (uint64_t)count;
    if (is_unsigned && length < 8)
        return *raw > UINT64_MAX >> (64 - 8 * length) ? KWH_ERROR_OVERFLOW : KWH_OK;
    return count > top || count < (is_unsigned ? 0 : -top - 1) ? KWH_ERROR_OVERFLOW : KWH_OK;
}

/* Decimal digits; of a negative number an F in front. */
static enum kwh_error store_digits(int64_t count, size_t length, uint64_t *raw)
{
    uint64_t rest = count < 0 ? UINT64_C(0) - (uint64_t)count : (uint64_t)count;
    size_t digits = 2 * length - (count < 0);

    *raw = 0;
    for (size_t i = 0; i < digits; i++, rest /= 10)
        *raw |= rest % 10 << 4 * i;
    if (count < 0)
        *raw |= UINT64_C(15) << (4 * digits & 63);
    return rest != 0 ? KWH_ERROR_OVERFLOW : KWH_OK;
}

static enum kwh_error store_real(struct kwh_decimal value, const struct kwhi_mbus_scale *scale,
                                 uint64_t *raw)
{
    uint32_t bits = 0;
    enum kwh_error error;

    /* A real number of minutes or hours: no meter has one. */
    if (scale->factor != 1)
        return KWH_ERROR_UNSUPPORTED;
    error = kwh_decimal_shift(value, -scale->exponent, &value);
    if (error == KWH_OK)
        error = kwh_decimal_to_binary32(value, &bits);
    *raw = bits;
    return error;
}

/* A value in the unit of a record as the number in its data field. */
static enum kwh_error store_number(const struct draft *draft, struct kwh_decimal value,
                                   uint64_t *raw)
{
    const struct kwhi_mbus_scale *scale = &draft->scale;
    size_t length = draft->record.data_length;
    int64_t count = 0;
    enum kwh_error error = KWH_OK;

    if (scale->offset != 0)
        error = kwh_decimal_subtract(value, kwh_decimal((int64_t)scale->offset * scale->factor, -3),
                                     &value);
    if (error != KWH_OK)
        return error;
    if (draft->record.type == TYPE_REAL)
        return store_real(value, scale, raw);
    error = divide(value, scale->exponent, scale->factor, &count);
    if (error != KWH_OK)
        return error;
    if (length < 1 || length > 8)
        return KWH_ERROR_ARGUMENT;
    if (draft->record.type > 8)
        return store_digits(count, length, raw);
    return store_integer(count, length, (scale->marks & KWHI_UNSIGNED_DATA) != 0, raw);
}

/* Completes a record with its data. */
static void finish(const struct draft *draft, uint64_t raw, uint8_t *data, size_t *size)
{
    size_t at = draft->record.data_at;

    for (; at < draft->end; at++, raw >>= 8)
        data[at] = (uint8_t)(raw & 0xFF);
    *size = draft->end;
}

enum kwh_error kwh_mbus_put_number(const uint8_t *header, size_t header_length,
                                   struct kwh_decimal value, uint8_t *data, size_t capacity,
                                   size_t *size)
{
    size_t length = header_length > 0 ? kwhi_type_length(header[0]) : 0;
    struct draft draft;
    uint64_t raw = 0;
    enum kwh_error error;

    if (length == 0)
        return KWH_ERROR_ARGUMENT;
    error = append(header, header_length, NULL, length, 0, data, capacity, *size, &draft);
    if (error == KWH_OK)
        error = store_number(&draft, value, &raw);
    if (error == KWH_OK)
        finish(&draft, raw, data, size);
    return error;
}

enum kwh_error kwh_mbus_put_time(const uint8_t *header, size_t header_length,
                                 const struct kwh_time *time, uint8_t *data, size_t capacity,
                                 size_t *size)
{
    size_t length = header_length > 0 ? kwhi_type_length(header[0]) : 0;
    struct draft draft;
    uint64_t raw = 0;
    enum kwh_error error;

    if (length == 0 || (header[0] & 15) > 6 || !kwhi_time_encode(time, length, &raw))
        return KWH_ERROR_ARGUMENT;
    error = append(header, header_length, NULL, length, 0, data, capacity, *size, &draft);
    if (error == KWH_OK)
        finish(&draft, raw, data, size);
    return error;
}

enum kwh_error kwh_mbus_put_text(const uint8_t *header, size_t header_length, const char *text,
                                 size_t length, uint8_t *data, size_t capacity, size_t *size)
{
    struct draft draft;
    size_t at;
    enum kwh_error error;

    if (header_length == 0 || (header[0] & 15) != KWHI_TYPE_VARIABLE || length >= 0xC0)
        return KWH_ERROR_ARGUMENT;
    error = append(header, header_length, NULL, length, (uint8_t)length, data, capacity, *size,
                   &draft);
    if (error != KWH_OK)
        return error;
    at = draft.end;
    for (size_t i = 0; i < length && at > 0; i++)
        data[--at] = (uint8_t)text[i];
    *size = draft.end;
    return KWH_OK;
}

enum kwh_error kwh_mbus_put_bytes(const uint8_t *header, size_t header_length, const uint8_t *bytes,
                                  size_t length, uint8_t *data, size_t capacity, size_t *size)
{
    struct draft draft;
    bool variable = header_length > 0 && (header[0] & 15) == KWHI_TYPE_VARIABLE;
    enum kwh_error error;

    if (length > KWH_MBUS_DATA_MAX || (variable && length == 0))
        return KWH_ERROR_ARGUMENT;
    error = append(header, header_length, variable ? bytes + 1 : bytes, length - variable,
                   variable ? bytes[0] : 0, data, capacity, *size, &draft);
    if (error == KWH_OK)
        *size = draft.end;
    return error;
}
