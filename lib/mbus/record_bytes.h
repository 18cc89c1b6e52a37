/* SPDX-License-Identifier: MIT */
/* The data of a record as bytes. */
#ifndef KWHI_MBUS_RECORD_BYTES_H
#define KWHI_MBUS_RECORD_BYTES_H

#include <kwh/mbus_record.h>

/* Bytes of data of a type; of one of variable length 0. */
uint8_t kwhi_type_length(uint8_t type);

/* The bytes of a record's data as one number, at most eight of them. */
uint64_t kwhi_record_raw(const uint8_t *data, size_t size, const struct kwh_mbus_record *record);

#endif
