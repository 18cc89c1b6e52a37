/* SPDX-License-Identifier: MIT */
/* Frames of EN 13757-2 (format class FT 1.2): taken apart and put together. */
#include "mbus_frame.h"

#include <string.h>

static uint8_t checksum(const uint8_t *bytes, size_t size)
{
    unsigned sum = 0;
    for (size_t i = 0; i < size; i++)
        sum += bytes[i];
    return (uint8_t)(sum & 0xFFu);
}

/* Checksum and stop byte behind the `size` bytes at `from`. */
static enum kwh_error check_end(const uint8_t *bytes, size_t from, size_t size)
{
    if (checksum(bytes + from, size) != bytes[from + size])
        return KWH_ERROR_BAD_CHECKSUM;
    return bytes[from + size + 1] == KWHI_MBUS_STOP ? KWH_OK : KWH_ERROR_BAD_STOP;
}

static enum kwh_error find_short(const uint8_t *bytes, size_t size, size_t *length)
{
    if (size < KWHI_MBUS_SHORT_SIZE)
        return KWH_ERROR_CUT_FRAME;
    *length = KWHI_MBUS_SHORT_SIZE;
    return check_end(bytes, 1, 2);
}

static enum kwh_error find_long(const uint8_t *bytes, size_t size, size_t *length)
{
    if (size >= 2 && bytes[1] < 3)
        return KWH_ERROR_BAD_LENGTH;
    if (size >= 3 && bytes[2] != bytes[1])
        return KWH_ERROR_BAD_LENGTH;
    if (size >= 4 && bytes[3] != KWHI_MBUS_START_LONG)
        return KWH_ERROR_BAD_START;
    if (size < 4 || size < (size_t)bytes[1] + KWHI_MBUS_LONG_OVERHEAD)
        return KWH_ERROR_CUT_FRAME;
    *length = (size_t)bytes[1] + KWHI_MBUS_LONG_OVERHEAD;
    return check_end(bytes, 4, bytes[1]);
}

enum kwh_error kwhi_mbus_frame_find(const uint8_t *bytes, size_t size, size_t *length)
{
    *length = 0;
    switch (bytes[0]) {
    case KWHI_MBUS_E5:
    case KWHI_MBUS_A2:
        *length = 1;
        return KWH_OK;
    case KWHI_MBUS_START_SHORT:
        return find_short(bytes, size, length);
    case KWHI_MBUS_START_LONG:
        return find_long(bytes, size, length);
    default:
        return KWH_ERROR_BAD_START;
    }
}

/* A frame that stands whole and right at `bytes`. */
static void take_apart(const uint8_t *bytes, struct kwh_mbus_frame *frame)
{
    if (bytes[0] == KWHI_MBUS_E5 || bytes[0] == KWHI_MBUS_A2) {
        frame->kind = bytes[0] == KWHI_MBUS_E5 ? KWH_MBUS_ACK : KWH_MBUS_NACK;
    } else if (bytes[0] == KWHI_MBUS_START_SHORT) {
        frame->kind = KWH_MBUS_SHORT;
        frame->c = bytes[1];
        frame->address = bytes[2];
    } else {
        frame->kind = bytes[1] == 3 ? KWH_MBUS_CONTROL : KWH_MBUS_LONG;
        frame->c = bytes[4];
        frame->address = bytes[5];
        frame->ci = bytes[6];
        frame->data_at = 7;
        frame->data_length = (uint16_t)(bytes[1] - 3u);
    }
}

enum kwh_error kwh_mbus_frame_decode(const uint8_t *bytes, size_t size,
                                     struct kwh_mbus_frame *frame)
{
    size_t length = 0;
    enum kwh_error error = size == 0 ? KWH_ERROR_CUT_FRAME
                                     : kwhi_mbus_frame_find(bytes, size, &length);
    memset(frame, 0, sizeof *frame);
    if (error == KWH_OK && size > length)
        error = KWH_ERROR_EXCESS_BYTES;
    if (error != KWH_OK)
        return error;
    frame->length = (uint16_t)length;
    take_apart(bytes, frame);
    return KWH_OK;
}

static size_t seal(uint8_t *frame, size_t from, size_t size)
{
    frame[from + size] = checksum(frame + from, size);
    frame[from + size + 1] = KWHI_MBUS_STOP;
    return from + size + 2;
}

size_t kwhi_mbus_frame_short(uint8_t c, uint8_t address, uint8_t *frame)
{
    frame[0] = KWHI_MBUS_START_SHORT;
    frame[1] = c;
    frame[2] = address;
    return seal(frame, 1, 2);
}

size_t kwhi_mbus_frame_long(uint8_t c, uint8_t address, uint8_t ci, size_t size, uint8_t *frame)
{
    frame[0] = frame[3] = KWHI_MBUS_START_LONG;
    frame[1] = frame[2] = (uint8_t)(size + 3u);
    frame[4] = c;
    frame[5] = address;
    frame[6] = ci;
    return seal(frame, 4, size + 3u);
}
