/* SPDX-License-Identifier: MIT */
/* The shape of a record: where DIF, VIF, VIFE and data are, and what the bytes of its header say.
 */
#ifndef KWHI_MBUS_RECORD_PARSE_H
#define KWHI_MBUS_RECORD_PARSE_H

#include "record_bytes.h"
#include "vif.h"

/* Data field of variable length, and DIF that are no record. */
enum {
    KWHI_TYPE_VARIABLE = 13,
    KWHI_TYPE_SPECIAL = 15,
    KWHI_DIF_MANUFACTURER = 0x0F,
    KWHI_DIF_MORE = 0x1F,
    KWHI_DIF_IDLE = 0x2F,
    KWHI_DIF_GLOBAL = 0x7F
};

/*
 * The record at data[at]: all of it but its value; it ends at data_at + data_length <= size.
 * size <= KWH_MBUS_DATA_MAX; at < size; msb_first of the record is set, the rest cleared.
 */
enum kwh_error kwhi_record_parse(const uint8_t *data, size_t size, size_t at, bool command,
                                 struct kwh_mbus_record *record, struct kwhi_mbus_scale *scale);

/* What the VIFE say of a record whose shape stands. */
void kwhi_vife_apply(const uint8_t *data, size_t size, bool command, struct kwh_mbus_record *record,
                     struct kwhi_mbus_scale *scale);

/*
 * The next record of a telegram of data or commands, all of it but its value, into a clear one; of
 * a DIF that is no record, type KWHI_TYPE_SPECIAL and no scale. False at the end, and at an error.
 */
bool kwhi_record_next(struct kwh_mbus_records *records, const uint8_t *data, size_t size,
                      struct kwh_mbus_record *record, struct kwhi_mbus_scale *scale);

/* Form, status and value of a record whose shape stands. */
void kwhi_record_value(const uint8_t *data, size_t size, const struct kwhi_mbus_scale *scale,
                       struct kwh_mbus_record *record);

/* A record with nothing in it. */
void kwhi_record_clear(struct kwh_mbus_record *record, bool msb_first);

#endif
