/* SPDX-License-Identifier: MIT */
/* All records of a telegram. */
#ifndef MBUS_RECORDS_H
#define MBUS_RECORDS_H

#include "board.h"

#include <kwh.h>

static uint8_t frame[KWH_MBUS_READ_BUFFER];

typedef void mbus_shower(const uint8_t *data, size_t size, const struct kwh_mbus_record *record);

static void mbus_show(const struct kwh_mbus_record *record)
{
    board_result = record->kind;
    board_result = record->status;
    board_result = (uint32_t)record->value.mantissa;
    board_result = (uint32_t)record->value.exponent;
}

static inline void mbus_show_records(const uint8_t *bytes, const struct kwh_mbus_frame *answer,
                                     mbus_shower *show)
{
    const uint8_t *data = bytes + answer->data_at;
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;

    if (kwh_mbus_telegram_decode(answer->ci, data, answer->data_length, &telegram) != KWH_OK)
        return;
    kwh_mbus_records_init(&records, &telegram);
    while (kwh_mbus_next(&records, data, answer->data_length, &record))
        show(data, answer->data_length, &record);
}

#endif
