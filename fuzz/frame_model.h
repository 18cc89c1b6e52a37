/* SPDX-License-Identifier: MIT */
/*
 * Modbus frames once more, as slowly and literally as the standards say them, for the targets to
 * compare with: MODBUS over Serial Line V1.02 (6.2.2, CRC generation), MODBUS Application Protocol
 * V1.1b3 (6, 7), MODBUS Messaging on TCP/IP V1.0b (3.1.3). Nothing of the library is used here.
 */
#ifndef FUZZ_FRAME_MODEL_H
#define FUZZ_FRAME_MODEL_H

#include "must.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What was asked: function 03 or 04 with count registers, or 06 or 10. */
struct model_request {
    uint8_t unit, function;
    uint16_t address, count, value, id;
};

static inline uint16_t model_crc(const uint8_t *bytes, size_t length)
{
    unsigned crc = 0xFFFF;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1u) != 0 ? crc >> 1 ^ 0xA001u : crc >> 1;
    }
    return (uint16_t)crc;
}

static inline bool model_crc_holds(const uint8_t *bytes, size_t length)
{
    uint16_t crc = model_crc(bytes, length - 2);
    return bytes[length - 2] == (crc & 0xFFu) && bytes[length - 1] == crc >> 8;
}

static inline void model_word(uint8_t *bytes, unsigned word)
{
    bytes[0] = (uint8_t)(word >> 8);
    bytes[1] = (uint8_t)(word & 0xFFu);
}

/* Whether the PDU is a right answer, good or an exception. */
static inline bool model_answers(const struct model_request *request, const uint8_t *pdu,
                                 size_t length)
{
    uint8_t echo[5];
    if (length == 2 && pdu[0] == request->function + 0x80)
        return true;
    if (length < 2 || pdu[0] != request->function)
        return false;
    if (request->function == 3 || request->function == 4)
        return pdu[1] == 2 * request->count && length == 2u + 2u * request->count;
    echo[0] = request->function;
    model_word(echo + 1, request->address);
    model_word(echo + 3, request->function == 6 ? request->value : request->count);
    return length == 5 && memcmp(pdu, echo, 5) == 0;
}

/* Length of the PDU of a good answer. */
static inline size_t model_answer_length(const struct model_request *request)
{
    return request->function == 3 || request->function == 4 ? 2u + 2u * request->count : 5;
}

/* Seals `length` bytes, address and PDU, as an RTU frame. */
static inline size_t model_rtu_seal(uint8_t *frame, size_t length)
{
    uint16_t crc = model_crc(frame, length);
    frame[length] = (uint8_t)(crc & 0xFFu);
    frame[length + 1] = (uint8_t)(crc >> 8);
    return length + 2;
}

/* The header before `length` bytes of PDU. */
static inline void model_mbap(uint8_t *frame, uint16_t id, uint8_t unit, size_t length)
{
    model_word(frame, id);
    model_word(frame + 2, 0);
    model_word(frame + 4, (unsigned)length + 1);
    frame[6] = unit;
}

/* Whether these bytes are exactly a right answer as an RTU frame. */
static inline bool model_rtu_answer(const struct model_request *request, const uint8_t *frame,
                                    size_t length)
{
    return length >= 5 && length <= 256 && frame[0] == request->unit &&
           model_answers(request, frame + 1, length - 3) && model_crc_holds(frame, length);
}

/* Whether these bytes are exactly a right answer as a Modbus TCP frame. */
static inline bool model_tcp_answer(const struct model_request *request, const uint8_t *frame,
                                    size_t length)
{
    return length >= 9 && length <= 260 && frame[0] == request->id >> 8 &&
           frame[1] == (request->id & 0xFF) && frame[2] == 0 && frame[3] == 0 &&
           (size_t)frame[4] * 256 + frame[5] == length - 6 && frame[6] == request->unit &&
           model_answers(request, frame + 7, length - 7);
}

#endif
