/* SPDX-License-Identifier: MIT */
#include "mbus_frame.h"

#include <string.h>

enum {
    ACK = 0xE5,
    NACK = 0xA2,
    START_SHORT = 0x10,
    START_LONG = 0x68,
    STOP = 0x16,
    SHORT_SIZE = 5,
    LONG_OVERHEAD = 6, /* two starts, two lengths, checksum, stop */
    LONG_HEAD = 4,     /* what stands before C */
    LONG_DATA = 7,
    REQUEST = 0x40 /* bit of C */
};

/* The length that the first bytes tell; 0 when they tell none that can be. */
static size_t told_length(const uint8_t *bytes, size_t length)
{
    if (bytes[0] == ACK || bytes[0] == NACK)
        return 1;
    if (bytes[0] == START_SHORT)
        return SHORT_SIZE;
    if (bytes[0] == START_LONG && length >= LONG_HEAD && bytes[1] >= 3 && bytes[2] == bytes[1] &&
        bytes[3] == START_LONG)
        return bytes[1] + (size_t)LONG_OVERHEAD;
    return 0;
}

/* The checksum that is there, and the one that would be right. */
static void compare_checksum(const uint8_t *bytes, struct mbus_frame *frame)
{
    unsigned sum = 0;
    for (size_t i = frame->link.kind == KWH_MBUS_SHORT ? 1 : LONG_HEAD; i + 2 < frame->length; i++)
        sum += bytes[i];
    frame->checksum = bytes[frame->length - 2];
    frame->checksum_expected = (uint8_t)(sum & 0xFFu);
}

/* What can be told of a frame that does not hold. */
static void guess_link(const uint8_t *bytes, struct mbus_frame *frame)
{
    size_t at = bytes[0] == START_SHORT ? 1 : LONG_HEAD;
    unsigned most = bytes[0] == START_SHORT ? 2 : 3;
    frame->has_kind = bytes[0] == START_SHORT || bytes[0] == START_LONG;
    if (!frame->has_kind)
        return;
    frame->link.kind = bytes[0] == START_SHORT                 ? KWH_MBUS_SHORT
                       : frame->length > 1 && bytes[1] == most ? KWH_MBUS_CONTROL
                                                               : KWH_MBUS_LONG;
    while (frame->fields < most && at + frame->fields < frame->length)
        frame->fields++;
    frame->link.c = frame->fields > 0 ? bytes[at] : 0;
    frame->link.address = frame->fields > 1 ? bytes[at + 1] : 0;
    frame->link.ci = frame->fields > 2 ? bytes[at + 2] : 0;
    if (frame->error == KWH_ERROR_BAD_CHECKSUM)
        compare_checksum(bytes, frame);
    if (frame->fields == 3 && frame->whole != 0) {
        frame->link.data_at = LONG_DATA;
        frame->link.data_length = (uint16_t)(frame->whole - LONG_OVERHEAD - 3);
    }
}

static void parse_link(const uint8_t *bytes, size_t length, struct mbus_frame *frame)
{
    size_t told = told_length(bytes, length);
    frame->length = told == 0 || told > length ? length : told;
    frame->error = kwh_mbus_frame_decode(bytes, frame->length, &frame->link);
    frame->is_damaged = frame->error != KWH_OK;
    frame->has_kind = true;
    if (frame->is_damaged) {
        frame->whole = told;
        guess_link(bytes, frame);
    } else {
        frame->fields = frame->link.kind >= KWH_MBUS_CONTROL ? 3
                        : frame->link.kind == KWH_MBUS_SHORT ? 2
                                                             : 0;
    }
    if (frame->link.data_at != 0) {
        size_t there = frame->length - LONG_DATA, whole = frame->link.data_length;
        frame->data = bytes + LONG_DATA;
        frame->size = there < whole ? there : whole;
    }
}

/* The header. Of a frame that is cut it is judged as if zeros followed, so that one with encrypted
 * data remains one. */
static enum kwh_error parse_header(struct mbus_frame *frame)
{
    uint8_t whole[KWH_MBUS_DATA_MAX] = {0};
    memcpy(whole, frame->data, frame->size);
    enum kwh_error error = kwh_mbus_telegram_decode(frame->link.ci, whole, frame->link.data_length,
                                                    &frame->telegram);
    if (error == KWH_OK && frame->size < frame->telegram.header_length)
        error = KWH_ERROR_SHORT_HEADER;
    frame->has_telegram = error == KWH_OK;
    return error;
}

/* Counts the records; returns where they end. */
static size_t walk(struct mbus_frame *frame)
{
    size_t end = frame->telegram.header_length;
    struct kwh_mbus_record record;
    frame->only_asks = true;
    kwh_mbus_records_init(&frame->end, &frame->telegram);
    while (kwh_mbus_next(&frame->end, frame->data, frame->size, &record)) {
        frame->record_count++;
        frame->only_asks = frame->only_asks && record.form == KWH_MBUS_FORM_NOTHING &&
                           record.report == 0;
        end = record.data_at != 0 ? (size_t)record.data_at + record.data_length
                                  : (size_t)record.header_at + record.header_length;
    }
    return end;
}

static enum kwh_error parse_content(struct mbus_frame *frame)
{
    enum kwh_error error = parse_header(frame);
    size_t end = 0;
    bool has_records = frame->has_telegram && frame->telegram.content != KWH_MBUS_REPORT &&
                       frame->telegram.content != KWH_MBUS_ALARM;
    if (frame->has_telegram) {
        end = walk(frame);
        error = frame->end.error;
    } else if (mbus_frame_is_request(frame) && mbus_request_words(frame->link.ci) != NULL) {
        error = KWH_OK;
    }
    if (!has_records || error != KWH_OK) {
        frame->rest = frame->data + end;
        frame->rest_size = frame->size - end;
    }
    return error;
}

void mbus_frame_parse(const uint8_t *bytes, size_t length, struct mbus_frame *frame)
{
    memset(frame, 0, sizeof *frame);
    parse_link(bytes, length, frame);
    if (frame->data == NULL)
        return;
    enum kwh_error error = parse_content(frame);
    if (!frame->is_damaged)
        frame->error = error;
}

void mbus_frame_stray(enum kwh_error error, size_t length, struct mbus_frame *frame)
{
    memset(frame, 0, sizeof *frame);
    frame->error = error;
    frame->is_damaged = true;
    frame->length = length;
}

bool mbus_frame_is_request(const struct mbus_frame *frame)
{
    return (frame->link.c & REQUEST) != 0;
}

bool mbus_frame_seems(const uint8_t *bytes, size_t length)
{
    if (bytes[0] == START_LONG) {
        return length < LONG_HEAD ? length < 3 || bytes[1] == bytes[2]
                                  : bytes[3] == START_LONG || bytes[1] == bytes[2];
    }
    if (bytes[0] != START_SHORT || length < 2)
        return false;
    return (bytes[1] & REQUEST) != 0 && mbus_control_name(bytes[1]) != NULL &&
           (length <= SHORT_SIZE || bytes[SHORT_SIZE - 1] == STOP);
}
