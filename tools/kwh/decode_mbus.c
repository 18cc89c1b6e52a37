/* SPDX-License-Identifier: MIT */
/* What kwh decode says of an M-Bus frame. */
#include "decode.h"
#include "names.h"

#include <kwh/map_record.h>

#include <inttypes.h>
#include <string.h>

#define BYTES_TEXT 1024 /* of all bytes of a frame in hexadecimal */
#define SHOWN      40   /* the same of a cell */

static bool has_value(const struct kwh_mbus_record *record)
{
    return record->status == KWH_STATUS_OK || record->status == KWH_STATUS_DOUBTFUL;
}

/* The records before the first one that cannot be taken. */
static void begin_records(const struct mbus_frame *frame, struct kwh_mbus_records *records)
{
    memset(records, 0, sizeof *records);
    records->error = KWH_ERROR_UNKNOWN_CI;
    if (frame->has_telegram)
        kwh_mbus_records_init(records, &frame->telegram);
}

/* ---- Names ---- */

/* The how manieth record with its header it is, from 1. */
static unsigned occurrence_of(const struct mbus_frame *frame, const struct kwh_mbus_record *record)
{
    struct kwh_mbus_records records;
    struct kwh_mbus_record other;
    unsigned count = 0;
    begin_records(frame, &records);
    while (kwh_mbus_next(&records, frame->data, frame->size, &other) &&
           other.header_at <= record->header_at)
        count += other.header_length == record->header_length &&
                 memcmp(frame->data + other.header_at, frame->data + record->header_at,
                        record->header_length) == 0;
    return count;
}

/* The row of the map that knows a record; NULL when none does, or the record is not proven. */
static const struct kwh_record *row_of(const struct decoder *decoder,
                                       const struct mbus_frame *frame,
                                       const struct kwh_mbus_record *record)
{
    const struct kwh_record *row = NULL;
    const uint8_t *header = frame->data + record->header_at;
    if (decoder->mbus == NULL || frame->is_damaged)
        return NULL;
    if (frame->telegram.content == KWH_MBUS_COMMAND) {
        row = kwh_map_written_record(decoder->mbus, KWH_ALL_PROFILES, header,
                                     record->header_length);
    } else if (frame->telegram.content == KWH_MBUS_DATA) {
        row = kwh_map_record(decoder->mbus, KWH_ALL_PROFILES, decoder->telegram, header,
                             record->header_length, occurrence_of(frame, record));
    }
    return row != NULL && !kwh_row_hidden(&row->row) ? row : NULL;
}

static void read_record(const struct decoder *decoder, const struct kwh_record *row,
                        const struct mbus_frame *frame, const struct kwh_mbus_record *record,
                        struct kwh_reading *reading)
{
    kwh_record_decode(decoder->mbus, row, frame->data, frame->size, record, reading);
}

void decode_mbus_request(struct decoder *decoder, const struct mbus_frame *frame)
{
    const struct kwh_mbus_family *family = decoder->mbus != NULL ? decoder->mbus->mbus : NULL;
    uint8_t ci = frame->link.ci;
    if (frame->is_damaged || !mbus_frame_is_request(frame) || frame->fields < 3)
        return;
    if (ci == KWH_MBUS_CI_SELECT || (family != NULL && ci == family->usual))
        decoder->telegram = 0;
    else if (mbus_is_makers(ci))
        decoder->telegram = ci;
}

/* ---- JSON ---- */

/* @p present false: null. */
static void add_code(cJSON *object, const char *key, bool present, uint8_t code)
{
    char text[4];
    snprintf(text, sizeof text, "%02X", (unsigned)code);
    json_text(object, key, present ? text : NULL);
}

static void add_number(cJSON *object, const char *key, bool present, uint64_t number)
{
    if (present)
        json_unsigned(object, key, number);
    else
        json_null(object, key);
}

static void add_bytes(cJSON *object, const char *key, const uint8_t *bytes, size_t count)
{
    char text[BYTES_TEXT];
    frame_hex(bytes, count, text, sizeof text);
    json_text(object, key, text);
}

static void add_link(cJSON *object, const struct mbus_frame *frame)
{
    static const char *const kinds[] = {"ack", "nack", "short", "control", "long"};
    json_text(object, "protocol", "mbus");
    json_text(object, "frame", frame->has_kind ? kinds[frame->link.kind] : NULL);
    add_code(object, "control", frame->fields > 0, frame->link.c);
    add_number(object, "address", frame->fields > 1, frame->link.address);
    add_code(object, "ci", frame->fields > 2, frame->link.ci);
    json_text(object, "error", frame->error != KWH_OK ? kwh_error_name(frame->error) : NULL);
}

/* Null what the layout of this header does not have. */
static void add_header(cJSON *object, const struct mbus_frame *frame)
{
    const struct kwh_mbus_telegram *telegram = &frame->telegram;
    char id[12], manufacturer[KWH_MBUS_MANUFACTURER_TEXT], signature[8];
    if (!frame->has_telegram || telegram->header_length == 0) {
        json_null(object, "header");
        return;
    }
    bool fixed = telegram->content == KWH_MBUS_FIXED;
    bool has_address = telegram->header_length >= KWH_MBUS_SECONDARY_BYTES;
    bool has_state = telegram->content != KWH_MBUS_SELECTION;
    cJSON *header = json_object();
    snprintf(id, sizeof id, "%08" PRIX32, telegram->id);
    kwh_mbus_manufacturer_print(telegram->manufacturer, manufacturer);
    snprintf(signature, sizeof signature, "%02X%02X", telegram->signature & 0xFFu,
             (unsigned)telegram->signature >> 8);
    json_text(header, "id", has_address ? id : NULL);
    json_text(header, "manufacturer", has_address && !fixed ? manufacturer : NULL);
    add_number(header, "version", has_address && !fixed, telegram->version);
    add_number(header, "medium", has_address, telegram->medium);
    add_number(header, "access", has_state, telegram->access);
    add_number(header, "status", has_state, telegram->status);
    json_text(header, "signature", has_state && !fixed ? signature : NULL);
    json_item(object, "header", header);
}

/* A text or a time, printed; NULL when the record has another form. */
static const char *text_of(const struct mbus_frame *frame, const struct kwh_mbus_record *record,
                           char text[KWH_MBUS_TEXT_MAX])
{
    struct kwh_reading reading;
    enum kwh_error error = KWH_ERROR_NO_VALUE;
    if (has_value(record) && record->form == KWH_MBUS_FORM_TEXT) {
        error = kwh_mbus_text(frame->data, frame->size, record, text, KWH_MBUS_TEXT_MAX);
    } else if (has_value(record) && record->form == KWH_MBUS_FORM_TIME) {
        kwh_reading_init(&reading, 0, KWH_STATUS_OK);
        reading.form = KWH_FORM_TIME;
        reading.time = record->time;
        error = kwh_reading_print(&reading, text, KWH_MBUS_TEXT_MAX);
    }
    return error == KWH_OK ? text : NULL;
}

static const char *unit_of(const struct mbus_frame *frame, const struct kwh_mbus_record *record,
                           char text[KWH_MBUS_TEXT_MAX])
{
    enum kwh_error error = kwh_mbus_unit_text(frame->data, frame->size, record, text,
                                              KWH_MBUS_TEXT_MAX);
    return error == KWH_OK ? text : "";
}

static void add_value(cJSON *object, const struct kwh_mbus_record *record)
{
    char digits[KWH_DECIMAL_TEXT];
    if (has_value(record) && record->form == KWH_MBUS_FORM_NUMBER &&
        kwh_decimal_print(&record->value, digits, sizeof digits) == KWH_OK)
        json_number(object, "value", digits);
    else
        json_null(object, "value");
}

static void add_quantity(cJSON *object, const struct kwh_record *row)
{
    char name[NAME_TEXT];
    if (row != NULL)
        name_of(row->row.quantity, name);
    json_text(object, "quantity", row != NULL ? name : NULL);
}

static cJSON *record_object(const struct mbus_frame *frame, const struct kwh_mbus_record *record,
                            const struct kwh_record *row)
{
    cJSON *object = json_object();
    char text[KWH_MBUS_TEXT_MAX], kind[KWH_MBUS_KIND_TEXT];
    enum kwh_mbus_function function = (enum kwh_mbus_function)record->function;
    kwh_mbus_kind_print(record, kind);
    add_bytes(object, "header", frame->data + record->header_at, record->header_length);
    add_bytes(object, "data", frame->data + record->data_at, record->data_length);
    json_text(object, "function", kwh_mbus_function_name(function));
    json_unsigned(object, "storage", record->storage);
    json_unsigned(object, "tariff", record->tariff);
    json_unsigned(object, "subunit", record->subunit);
    json_text(object, "kind", kind);
    json_text(object, "unit", unit_of(frame, record, text));
    add_value(object, record);
    json_text(object, "text", text_of(frame, record, text));
    json_text(object, "status", kwh_status_name((enum kwh_status)record->status));
    add_quantity(object, row);
    return object;
}

/* The data of the maker behind the records; NULL of none. */
static const uint8_t *manufacturer_data(const struct mbus_frame *frame)
{
    return frame->end.manufacturer_length > 0 ? frame->data + frame->end.manufacturer_at : NULL;
}

/* The array of the records; the readings of those that the map knows go under their names. */
static cJSON *record_array(const struct decoder *decoder, const struct mbus_frame *frame,
                           cJSON *values, cJSON *status)
{
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    cJSON *array = json_array();
    begin_records(frame, &records);
    while (kwh_mbus_next(&records, frame->data, frame->size, &record)) {
        const struct kwh_record *row = row_of(decoder, frame, &record);
        struct kwh_reading reading;
        char key[NAME_TEXT];
        json_append(array, record_object(frame, &record, row));
        if (row == NULL)
            continue;
        key_of(row->row.quantity, key);
        read_record(decoder, row, frame, &record, &reading);
        if (!cJSON_HasObjectItem(values, key)) /* else a coarser copy */
            json_reading(values, status, key, &reading);
    }
    return array;
}

static void print_json(const struct decoder *decoder, const struct mbus_frame *frame)
{
    bool has_names = decoder->mbus != NULL && !frame->is_damaged && frame->has_telegram;
    cJSON *object = json_object(), *values = json_object(), *status = json_object();
    add_link(object, frame);
    add_header(object, frame);
    json_item(object, "records", record_array(decoder, frame, values, status));
    json_boolean(object, "more_records_follow", frame->end.more_records_follow);
    add_bytes(object, "manufacturer_data", manufacturer_data(frame),
              frame->end.manufacturer_length);
    if (frame->has_telegram && frame->telegram.content == KWH_MBUS_REPORT)
        json_text(object, "report", kwh_error_name(kwh_error_from_mbus(frame->telegram.code)));
    if (frame->rest_size > 0)
        add_bytes(object, "data", frame->rest, frame->rest_size);
    if (has_names) {
        json_item(object, "values", values);
        json_item(object, "status", status);
    } else {
        cJSON_Delete(values);
        cJSON_Delete(status);
    }
    json_print(object);
}

/* ---- For people ---- */

static void print_line(const struct decoder *decoder, const char *text)
{
    size_t width = decoder->style.width;
    if (text[0] == '\0')
        return;
    print_wrapped(stdout, text, 0, width > 0 ? width : SIZE_MAX);
    putchar('\n');
}

static void print_bytes(const struct decoder *decoder, const char *what, const uint8_t *bytes,
                        size_t count)
{
    char hex[BYTES_TEXT], text[BYTES_TEXT + 64];
    frame_hex(bytes, count, hex, sizeof hex);
    snprintf(text, sizeof text, "%s: %s", what, hex);
    if (count > 0)
        print_line(decoder, text);
}

/* The value, or why there is none; returns its unit. */
static const char *print_value(const struct mbus_frame *frame, const struct kwh_mbus_record *record,
                               char text[KWH_MBUS_TEXT_MAX], char unit[KWH_MBUS_TEXT_MAX])
{
    if (!has_value(record)) {
        mbus_record_status(frame, record, text);
        return "";
    }
    if (record->form == KWH_MBUS_FORM_NUMBER) {
        const char *moved = print_number_for_people(record->value, (enum kwh_unit)record->unit,
                                                    text);
        return record->kind == KWH_MBUS_KIND_PLAIN_TEXT ? unit_of(frame, record, unit) : moved;
    }
    if (text_of(frame, record, text) == NULL)
        frame_hex(frame->data + record->data_at, record->data_length, text, SHOWN);
    return "";
}

/* What, value and unit of a record; the name and the reading when the map knows it. */
struct cells {
    char what[MBUS_TEXT], value[KWH_MBUS_TEXT_MAX], unit_text[KWH_MBUS_TEXT_MAX];
    const char *unit;
};

static void fill_cells(const struct decoder *decoder, const struct mbus_frame *frame,
                       const struct kwh_mbus_record *record, struct cells *cells)
{
    const struct kwh_record *row = row_of(decoder, frame, record);
    struct kwh_reading reading;
    if (row == NULL) {
        mbus_record_describe(frame, record, cells->what);
        cells->unit = print_value(frame, record, cells->value, cells->unit_text);
        return;
    }
    name_of(row->row.quantity, cells->what);
    read_record(decoder, row, frame, record, &reading);
    cells->unit = print_for_people(&reading, power_for_people(&reading), cells->value);
}

/* Before the cells stand the bytes when they are to be seen. */
static void add_row(struct table *table, const struct mbus_frame *frame,
                    const struct kwh_mbus_record *record, const struct cells *cells, bool verbose)
{
    char header[3 * 32], data[SHOWN];
    const char *const texts[] = {header, data, cells->what, cells->value, cells->unit};
    frame_hex(frame->data + record->header_at, record->header_length, header, sizeof header);
    frame_hex(frame->data + record->data_at, record->data_length, data, sizeof data);
    table_row(table, verbose ? texts : texts + 2);
}

static void print_records(const struct decoder *decoder, const struct mbus_frame *frame)
{
    bool verbose = decoder->options->verbose > 0;
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    struct cells cells;
    struct table table;
    table_begin(&table, verbose ? "llldl" : "ldl");
    begin_records(frame, &records);
    while (kwh_mbus_next(&records, frame->data, frame->size, &record)) {
        fill_cells(decoder, frame, &record, &cells);
        add_row(&table, frame, &record, &cells, verbose);
    }
    table_end(&table, &decoder->style);
}

/* What no record and no word before stands for. */
static void print_rest(const struct decoder *decoder, const struct mbus_frame *frame)
{
    bool is_code = frame->has_telegram || frame->link.ci == KWH_MBUS_CI_RESET;
    if (frame->has_telegram && frame->telegram.encryption != KWH_MBUS_PLAIN)
        print_bytes(decoder, "encrypted", frame->rest, frame->rest_size);
    else if (frame->error != KWH_OK || !is_code)
        print_bytes(decoder, "not explained", frame->rest, frame->rest_size);
}

static void print_table(const struct decoder *decoder, const struct mbus_frame *frame)
{
    const struct kwh_mbus_records *end = &frame->end;
    char text[MBUS_TEXT];
    mbus_frame_describe(frame, text);
    printf("%s%s%s\n", style_bold(&decoder->style), text, style_off(&decoder->style));
    if (decoder->options->verbose > 0) {
        mbus_frame_link(frame, text);
        print_line(decoder, text);
    }
    if (frame->error != KWH_OK) { /* the first line says why, not what */
        mbus_frame_content(frame, text);
        print_line(decoder, text);
    }
    mbus_frame_state(frame, text);
    print_line(decoder, text);
    print_records(decoder, frame);
    print_rest(decoder, frame);
    print_bytes(decoder, "data of the maker", manufacturer_data(frame), end->manufacturer_length);
    if (end->more_records_follow)
        print_line(decoder, "more records follow in the next telegram");
}

void decode_mbus(struct decoder *decoder, const struct mbus_frame *frame)
{
    if (decoder->options->output == OUTPUT_JSON)
        print_json(decoder, frame);
    else
        print_table(decoder, frame);
    decode_mbus_request(decoder, frame);
}
