/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "../base/calendar.h"
#include "record_parse.h"

enum {
    EXTENDED = 0x80,
    EXTENSIONS_MAX = 10,
    VIF_FB = 0x7B,
    VIF_TEXT = 0x7C,
    VIF_FD = 0x7D,
    VIF_MANUFACTURER = 0x7F
};

void kwhi_record_clear(struct kwh_mbus_record *record, bool msb_first)
{
    memset(record, 0, sizeof *record);
    record->msb_first = msb_first;
    kwhi_time_clear(&record->time);
}

/* DIF and DIFE; *at moves behind them. */
static enum kwh_error parse_dif(const uint8_t *data, size_t size, size_t *at,
                                struct kwh_mbus_record *record)
{
    uint8_t byte = data[*at];

    record->type = byte & 15;
    record->function = byte >> 4 & 3;
    record->storage = byte >> 6 & 1;
    for (unsigned n = 0; (byte & EXTENDED) != 0; n++) {
        if (n == EXTENSIONS_MAX)
            return KWH_ERROR_TOO_MANY_DIFE;
        if (++*at >= size)
            return KWH_ERROR_CUT_DIF;
        byte = data[*at];
        record->storage |= (uint64_t)(byte & 15) << (4 * n + 1);
        record->tariff |= (uint32_t)(byte >> 4 & 3) << 2 * n;
        record->subunit = (uint16_t)(record->subunit | (byte >> 6 & 1u) << n);
    }
    ++*at;
    return KWH_OK;
}

/* How many VIFE stand from `at` on. */
static enum kwh_error count_vife(const uint8_t *data, size_t size, size_t at, uint8_t *count)
{
    *count = 0;
    for (;;) {
        if (*count == EXTENSIONS_MAX)
            return KWH_ERROR_TOO_MANY_VIFE;
        if (at >= size)
            return KWH_ERROR_CUT_VIF;
        ++*count;
        if ((data[at++] & EXTENDED) == 0)
            return KWH_OK;
    }
}

static enum kwh_error parse_vife(const uint8_t *data, size_t size, size_t *at,
                                 struct kwh_mbus_record *record)
{
    enum kwh_error error = count_vife(data, size, *at, &record->vife_count);

    record->vife_at = (uint8_t)*at;
    *at += record->vife_count;
    return error;
}

/* The unit of a plain-text VIF: a length byte and as many characters. */
static enum kwh_error parse_text(const uint8_t *data, size_t size, size_t *at,
                                 struct kwh_mbus_record *record)
{
    if (*at >= size || data[*at] > size - *at - 1)
        return KWH_ERROR_CUT_VIF;
    record->text_at = (uint8_t)(*at + 1);
    record->text_length = data[*at];
    *at += 1u + record->text_length;
    return KWH_OK;
}

/* Bytes of data behind an LVAR; false when the standard does not say. */
static bool variable_length(uint8_t lvar, uint8_t *length)
{
    *length = 0;
    if (lvar < 0xC0)
        *length = lvar;
    else if (lvar < 0xF0)
        *length = lvar & 15;
    else if (lvar <= 0xF4)
        *length = (uint8_t)(4 * (lvar - 0xEC));
    else if (lvar <= 0xF6)
        *length = lvar == 0xF5 ? 48 : 64;
    else
        return false;
    return true;
}

uint8_t kwhi_type_length(uint8_t type)
{
    static KWH_CONST uint8_t lengths[16] = {0, 1, 2, 3, 4, 4, 6, 8, 0, 1, 2, 3, 4, 0, 6, 0};

    return lengths[type & 15];
}

/* LVAR if there is one, and where the data are. */
static enum kwh_error parse_data(const uint8_t *data, size_t size, size_t at,
                                 struct kwh_mbus_record *record)
{
    uint8_t length = kwhi_type_length(record->type);

    if (record->type == KWHI_TYPE_VARIABLE) {
        if (at >= size)
            return KWH_ERROR_CUT_DATA;
        record->lvar = data[at++];
        if (!variable_length(record->lvar, &length))
            return KWH_ERROR_RESERVED_LVAR;
    }
    if (length > size - at)
        return KWH_ERROR_CUT_DATA;
    record->data_at = (uint8_t)at;
    record->data_length = length;
    return KWH_OK;
}

static bool is_printable(const uint8_t *data, size_t size, size_t at, size_t length)
{
    for (size_t i = at; i < at + length && i < size; i++)
        if (data[i] < 0x20 || (data[i] > 0x7E && data[i] < 0xA0))
            return false;
    return true;
}

/* VIFE, text, data: the order of the 2018 edition. */
static bool parse_vife_first(const uint8_t *data, size_t size, size_t at,
                             struct kwh_mbus_record *record)
{
    return parse_vife(data, size, &at, record) == KWH_OK &&
           parse_text(data, size, &at, record) == KWH_OK && record->text_length > 0 &&
           is_printable(data, size, record->text_at, record->text_length) &&
           parse_data(data, size, at, record) == KWH_OK;
}

/*
 * The rest of a plain-text record. Meters put the text in front of the VIFE, the standard behind
 * them: what does not make sense the one way is read the other.
 */
static enum kwh_error parse_plain_text(const uint8_t *data, size_t size, size_t at, bool extended,
                                       struct kwh_mbus_record *record)
{
    enum kwh_error error;

    if (extended && parse_vife_first(data, size, at, record)) {
        record->header_length = (uint8_t)(record->text_at + record->text_length -
                                          record->header_at);
        return KWH_OK;
    }
    record->vife_count = 0;
    error = parse_text(data, size, &at, record);
    if (error == KWH_OK && extended)
        error = parse_vife(data, size, &at, record);
    if (error == KWH_OK)
        error = parse_data(data, size, at, record);
    record->header_length = (uint8_t)(at - record->header_at);
    return error;
}

/* The byte with the real code, behind FB, FD or FD FD. */
static enum kwh_error parse_table(const uint8_t *data, size_t size, size_t *at,
                                  struct kwh_mbus_record *record, uint8_t *vif)
{
    while ((*vif & EXTENDED) != 0) {
        uint8_t code = *vif & 0x7F;
        if (record->table == KWH_MBUS_PRIMARY && (code == VIF_FB || code == VIF_FD))
            record->table = code == VIF_FB ? KWH_MBUS_FB : KWH_MBUS_FD;
        else if (record->table == KWH_MBUS_FD && code == VIF_FD)
            record->table = KWH_MBUS_FD_FD;
        else
            break;
        if (*at >= size)
            return KWH_ERROR_CUT_VIF;
        *vif = data[(*at)++];
    }
    return KWH_OK;
}

enum kwh_error kwhi_record_parse(const uint8_t *data, size_t size, size_t at, bool command,
                                 struct kwh_mbus_record *record, struct kwhi_mbus_scale *scale)
{
    enum kwh_error error;
    uint8_t vif;

    record->header_at = (uint8_t)at;
    error = parse_dif(data, size, &at, record);
    if (error != KWH_OK)
        return error;
    if (at >= size)
        return KWH_ERROR_CUT_VIF;
    vif = data[at++];
    error = parse_table(data, size, &at, record, &vif);
    if (error != KWH_OK)
        return error;
    record->code = vif & 0x7F;
    kwhi_vif_apply(kwhi_vif((enum kwh_mbus_table)record->table, record->code), record->code, record,
                   scale);
    record->manufacturer = record->kind == KWH_MBUS_KIND_MANUFACTURER_SPECIFIC;
    if (record->kind == KWH_MBUS_KIND_PLAIN_TEXT) {
        error = parse_plain_text(data, size, at, (vif & EXTENDED) != 0, record);
    } else {
        if ((vif & EXTENDED) != 0)
            error = parse_vife(data, size, &at, record);
        record->header_length = (uint8_t)(at - record->header_at);
        if (error == KWH_OK)
            error = parse_data(data, size, at, record);
    }
    if (error == KWH_OK && record->vife_count > 0 && !record->manufacturer)
        kwhi_vife_apply(data, size, command, record, scale);
    return error;
}
