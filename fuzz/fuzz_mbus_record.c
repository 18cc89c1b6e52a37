/* SPDX-License-Identifier: MIT */
/* Any telegram: records follow each other to the end, and what is a number is written as itself. */
#include <kwh/mbus_record.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds)
        abort();
}

static void check_texts(const uint8_t *data, size_t size, const struct kwh_mbus_record *record)
{
    char text[KWH_MBUS_TEXT_MAX], kind[KWH_MBUS_KIND_TEXT];

    kwh_mbus_kind_print(record, kind);
    check(memchr(kind, '\0', sizeof kind) != NULL && kind[0] != '\0');
    check(kwh_mbus_unit_text(data, size, record, text, sizeof text) == KWH_OK);
    check((kwh_mbus_text(data, size, record, text, sizeof text) == KWH_OK) ==
          (record->form == KWH_MBUS_FORM_TEXT));
    check(memchr(text, '\0', sizeof text) != NULL);
}

/* The record that a number becomes reads as the number again. */
static void check_number(const uint8_t *data, const struct kwh_mbus_record *record)
{
    const struct kwh_mbus_telegram telegram = {.content = KWH_MBUS_COMMAND};
    struct kwh_mbus_records records;
    struct kwh_mbus_record again;
    uint8_t written[KWH_MBUS_DATA_MAX];
    size_t size = 0;
    enum kwh_error error = kwh_mbus_put_number(data + record->header_at, record->header_length,
                                               record->value, written, sizeof written, &size);

    if (record->type == 5) {
        /* a real number of minutes, or one that an offset has rounded */
        check(error != KWH_ERROR_ARGUMENT && error != KWH_ERROR_CAPACITY);
        return;
    }
    check(error == KWH_OK && size == (size_t)record->header_length + record->data_length);
    kwh_mbus_records_init(&records, &telegram);
    check(kwh_mbus_next(&records, written, size, &again));
    check(again.is_number && kwh_decimal_compare(again.value, record->value) == 0);
    check(again.storage == record->storage && again.kind == record->kind);
}

static void check_time(const uint8_t *data, const struct kwh_mbus_record *record)
{
    uint8_t written[KWH_MBUS_DATA_MAX];
    size_t size = 0;
    enum kwh_error error = kwh_mbus_put_time(data + record->header_at, record->header_length,
                                             &record->time, written, sizeof written, &size);

    check(record->time.year > 2080 || error == KWH_OK);
}

static void check_record(const uint8_t *data, size_t size, const struct kwh_mbus_telegram *telegram,
                         const struct kwh_mbus_record *record)
{
    bool has_value = record->status == KWH_STATUS_OK || record->status == KWH_STATUS_DOUBTFUL;

    check((size_t)record->header_at + record->header_length <= size);
    check((size_t)record->data_at + record->data_length <= size);
    check((size_t)record->vife_at + record->vife_count <= size);
    check((size_t)record->text_at + record->text_length <= size);
    check(!has_value || record->form != KWH_MBUS_FORM_NUMBER || record->is_number);
    check_texts(data, size, record);
    if (telegram->content == KWH_MBUS_FIXED || telegram->msb_first || record->type > 12 ||
        record->kind == KWH_MBUS_KIND_PLAIN_TEXT)
        return;
    if (record->form == KWH_MBUS_FORM_NUMBER && record->is_number)
        check_number(data, record);
    if (record->form == KWH_MBUS_FORM_TIME && record->status == KWH_STATUS_OK)
        check_time(data, record);
}

static void check_header(const struct kwh_mbus_telegram *telegram, const uint8_t *data)
{
    uint8_t written[16];
    size_t size;
    enum kwh_error error = kwh_mbus_telegram_encode(telegram, written, sizeof written, &size);

    if (error == KWH_OK)
        check(memcmp(written, data, telegram->header_length) == 0);
}

/* The first byte is the CI field. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kwh_mbus_telegram telegram;
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    size_t at;
    uint8_t ci;

    if (size == 0)
        return 0;
    ci = *data++;
    size--;
    if (kwh_mbus_telegram_decode(ci, data, size, &telegram) != KWH_OK) {
        kwh_mbus_records_init(&records, &telegram);
        check(!kwh_mbus_next(&records, data, size, &record));
        return 0;
    }
    check_header(&telegram, data);
    kwh_mbus_records_init(&records, &telegram);
    at = telegram.content == KWH_MBUS_FIXED ? 8 : telegram.header_length;
    while (kwh_mbus_next(&records, data, size, &record)) {
        check(record.kind == KWH_MBUS_KIND_GLOBAL_READOUT || record.data_at >= at);
        at = (size_t)record.data_at + record.data_length;
        check_record(data, size, &telegram, &record);
    }
    check((size_t)records.manufacturer_at + records.manufacturer_length <= size);
    return 0;
}
