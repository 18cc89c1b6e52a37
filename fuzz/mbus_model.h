/* SPDX-License-Identifier: MIT */
/*
 * M-Bus frames once more, as slowly and literally as EN 13757-2 says them, for the targets to
 * compare with. Nothing of the library is used here.
 */
#ifndef FUZZ_MBUS_MODEL_H
#define FUZZ_MBUS_MODEL_H

#include "must.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* What was asked. */
struct model_ask {
    uint8_t c, address;
    bool short_frame; /* a request without CI field */
    bool ack_only;    /* answered by E5 and nothing else */
};

static inline uint8_t model_sum(const uint8_t *bytes, size_t from, size_t end)
{
    unsigned sum = 0;
    while (from < end)
        sum = (sum + bytes[from++]) % 256;
    return (uint8_t)sum;
}

/* Whether these bytes are exactly a short frame: 10 C A checksum 16. */
static inline bool model_is_short(const uint8_t *bytes, size_t size)
{
    return size == 5 && bytes[0] == 0x10 && bytes[3] == model_sum(bytes, 1, 3) && bytes[4] == 0x16;
}

/* Whether they are exactly a control or long frame: 68 L L 68 C A CI ... checksum 16. */
static inline bool model_is_long(const uint8_t *bytes, size_t size)
{
    return size >= 9 && size <= 261 && bytes[0] == 0x68 && bytes[1] == size - 6 &&
           bytes[2] == size - 6 && bytes[3] == 0x68 && bytes[size - 1] == 0x16 &&
           bytes[size - 2] == model_sum(bytes, 4, size - 2);
}

/* Length of the frame of more than one byte that stands whole at the front; 0: none does. */
static inline size_t model_frame_at(const uint8_t *bytes, size_t size)
{
    for (size_t length = 5; length <= size && length <= 261; length++)
        if (model_is_short(bytes, length) || model_is_long(bytes, length))
            return length;
    return 0;
}

/* Whether a long frame answers: C is 08, 18, 28 or 38, and the address was asked. At FD any
 * selected meter answers with its own, at FE any meter. */
static inline bool model_answers(const struct model_ask *ask, const uint8_t *frame, size_t size)
{
    uint8_t c, from;
    if (!model_is_long(frame, size) || ask->ack_only)
        return false;
    c = frame[4];
    from = frame[5];
    if (c != 0x08 && c != 0x18 && c != 0x28 && c != 0x38)
        return false;
    return from == ask->address || ask->address == 0xFE || (ask->address == 0xFD && from <= 250);
}

/* E5 answers everything, A2 only SND_UD2. */
static inline bool model_is_character(const struct model_ask *ask, uint8_t byte)
{
    return byte == 0xE5 || (byte == 0xA2 && ask->c == 0x43);
}

/* Writes the frame of C, address and what follows them. */
static inline size_t model_seal(const uint8_t *pdu, size_t length, uint8_t *frame)
{
    size_t at = length == 2 ? 1 : 4;
    memcpy(frame + at, pdu, length);
    frame[0] = length == 2 ? 0x10 : 0x68;
    if (length != 2) {
        frame[1] = frame[2] = (uint8_t)length;
        frame[3] = 0x68;
    }
    frame[at + length] = model_sum(frame, at, at + length);
    frame[at + length + 1] = 0x16;
    return at + length + 2;
}

#endif
