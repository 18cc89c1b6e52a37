/* SPDX-License-Identifier: MIT */
/* What kwh decode says of a Modbus frame. */
#include "decode.h"
#include "names.h"
#include "output.h"

#include <string.h>

/* Where the registers of a frame begin is in the frame itself, in its request, or said by --at. */
static enum exit_code find_address(struct decoder *decoder, struct frame *frame)
{
    long at = decoder->options->at;
    if (frame->has_address || frame->direction != FRAME_ANSWER || frame->count == 0)
        return EXIT_CODE_OK;
    if (at + frame->count > 0x10000) {
        return usage_error("--at 0x%04lX: no meter has the %u registers from there", at,
                           (unsigned)frame->count);
    }
    if (at >= 0) {
        frame->address = (uint16_t)at;
        frame->has_address = true;
    } else if (decoder->has_request && frame_answers(frame, &decoder->request)) {
        frame->address = decoder->request.address;
        frame->has_address = true;
    }
    return EXIT_CODE_OK;
}

/* The next row of the map whose registers are all in the frame; NULL at the end. */
static const struct kwh_row *next_row(const struct frame *frame, struct kwh_map_iterator *rows)
{
    enum kwh_space space = frame->function == 4 ? KWH_SPACE_INPUT : KWH_SPACE_HOLDING;
    const struct kwh_row *row;
    while ((row = kwh_map_next(rows)) != NULL) {
        size_t words = kwh_row_words(row);
        if (kwh_row_space(row) == space && !kwh_row_hidden(row) && row->address >= frame->address &&
            row->address + words <= (size_t)frame->address + frame->data_length / 2)
            return row;
    }
    return NULL;
}

static bool has_named_registers(const struct decoder *decoder, const struct frame *frame)
{
    return decoder->modbus != NULL && frame->error == NULL && frame->has_address &&
           frame->count != 0 && frame->data != NULL;
}

static const uint8_t *registers_of(const struct frame *frame, const struct kwh_row *row)
{
    return frame->data + (size_t)2 * (row->address - frame->address);
}

/* Unit, function, CRC: what the head of a frame says. */
static void add_head(cJSON *object, const struct frame *frame)
{
    char text[FRAME_NAME];
    json_text(object, "protocol", "modbus");
    json_text(object, "frame", frame->tcp ? "tcp" : "rtu");
    json_text(object, "error", frame->error);
    if (frame->error != NULL && strcmp(frame->error, "no_frame") == 0)
        return; /* a stump says nothing */
    json_text(object, "direction", frame_direction_name(frame->direction));
    json_unsigned(object, "unit", frame->unit);
    json_unsigned(object, "function", frame->function);
    frame_function_name(frame->function, text);
    json_text(object, "name", text);
    if (frame->tcp) {
        json_unsigned(object, "transaction", frame->transaction);
        return;
    }
    snprintf(text, sizeof text, "%04X", (unsigned)frame->crc);
    json_text(object, "crc", text);
    if (frame->crc != frame->crc_expected) {
        snprintf(text, sizeof text, "%04X", (unsigned)frame->crc_expected);
        json_text(object, "crc_expected", text);
    }
}

static void add_content(cJSON *object, const struct frame *frame)
{
    cJSON *words = json_array();
    char text[3 * 256 + 4];
    uint8_t code = frame->exception;
    json_text(object, "exception",
              code != 0 ? kwh_error_name(kwh_error_from_exception(code)) : NULL);
    if (frame->has_address)
        json_unsigned(object, "address", frame->address);
    else
        json_null(object, "address");
    json_unsigned(object, "count", frame->count);
    for (size_t i = 0; frame->count != 0 && i + 1 < frame->data_length; i += 2) {
        snprintf(text, sizeof text, "%02X%02X", (unsigned)frame->data[i],
                 (unsigned)frame->data[i + 1]);
        json_append_text(words, text);
    }
    json_item(object, "words", words);
    frame_hex(frame->data, frame->count == 0 ? frame->data_length : 0, text, sizeof text);
    json_text(object, "data", text);
}

static void add_values(cJSON *object, const struct decoder *decoder, const struct frame *frame)
{
    struct kwh_map_iterator rows = {decoder->modbus, KWH_ALL_PROFILES, 0, 0};
    cJSON *values = json_object(), *status = json_object();
    for (const struct kwh_row *row; (row = next_row(frame, &rows)) != NULL;) {
        struct kwh_reading reading;
        char key[NAME_TEXT];
        key_of(row->quantity, key);
        kwh_row_decode(decoder->modbus, row, registers_of(frame, row), &reading);
        if (!cJSON_HasObjectItem(values, key)) /* else a coarser copy */
            json_reading(values, status, key, &reading);
    }
    json_item(object, "values", values);
    json_item(object, "status", status);
}

static void print_json(const struct decoder *decoder, const struct frame *frame)
{
    cJSON *object = json_object();
    add_head(object, frame);
    if (frame->error == NULL)
        add_content(object, frame);
    if (has_named_registers(decoder, frame))
        add_values(object, decoder, frame);
    json_print(object);
}

static void print_values(const struct decoder *decoder, const struct frame *frame)
{
    struct kwh_map_iterator rows = {decoder->modbus, KWH_ALL_PROFILES, 0, 0};
    struct table table;
    table_begin(&table, "llldl");
    for (const struct kwh_row *row; (row = next_row(frame, &rows)) != NULL;) {
        struct kwh_reading reading;
        char address[8], words[40], name[NAME_TEXT], value[KWH_READING_TEXT];
        kwh_row_decode(decoder->modbus, row, registers_of(frame, row), &reading);
        snprintf(address, sizeof address, "0x%04X", (unsigned)row->address);
        frame_hex(registers_of(frame, row), 2 * kwh_row_words(row), words, sizeof words);
        name_of(row->quantity, name);
        const char *unit = print_for_people(&reading, power_for_people(&reading), value);
        table_row(&table, (const char *const[]){address, words, name, value, unit});
    }
    table_end(&table, &decoder->style);
}

static void print_words(const struct decoder *decoder, const struct frame *frame)
{
    struct table table;
    table_begin(&table, "rlr");
    for (size_t i = 0; i + 1 < frame->data_length; i += 2) {
        char address[16], word[8], number[8];
        unsigned value = (unsigned)(frame->data[i] << 8 | frame->data[i + 1]);
        snprintf(address, sizeof address, frame->has_address ? "0x%04X" : "+%u",
                 (unsigned)(frame->address + i / 2));
        snprintf(word, sizeof word, "%04X", value);
        snprintf(number, sizeof number, "%u", value);
        table_row(&table, (const char *const[]){address, word, number});
    }
    table_end(&table, &decoder->style);
}

static void print_table(const struct decoder *decoder, const struct frame *frame)
{
    char text[FRAME_TEXT];
    frame_describe(frame, text);
    printf("%s%s%s\n", style_bold(&decoder->style), text, style_off(&decoder->style));
    if (has_named_registers(decoder, frame))
        print_values(decoder, frame);
    else if (frame->error == NULL && frame->count != 0 && frame->data != NULL)
        print_words(decoder, frame);
}

void decode_modbus_request(struct decoder *decoder, const struct frame *frame)
{
    decoder->request = *frame;
    decoder->request.data = NULL;
    decoder->has_request = true;
}

enum exit_code decode_modbus(struct decoder *decoder, struct frame *frame)
{
    enum exit_code code = find_address(decoder, frame);
    if (code != EXIT_CODE_OK)
        return code;
    if (decoder->options->output == OUTPUT_JSON)
        print_json(decoder, frame);
    else
        print_table(decoder, frame);
    if (frame->direction == FRAME_REQUEST)
        decode_modbus_request(decoder, frame);
    return EXIT_CODE_OK;
}
