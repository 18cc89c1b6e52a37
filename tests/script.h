/* SPDX-License-Identifier: MIT */
/*
 * A meter that follows a script: which request must come next, unit and PDU in hexadecimal digits,
 * and what the answer is: a PDU, "" for silence, or "!" and whole bytes as they are. A backend of a
 * Modbus RTU line in virtual time; its CRC is its own. On M-Bus both are whole frames.
 */
#ifndef TESTS_SCRIPT_H
#define TESTS_SCRIPT_H

#include <kwh/line.h>

#include "hex.h"

struct scene {
    const char *request, *answer;
};

struct script {
    const struct scene *scenes;
    size_t count, next;
    uint32_t now_us;
    uint32_t delay_us; /* of every answer */
    uint32_t sent_us;  /* when the last request came */
    uint32_t gap_us;   /* from the last byte received to the last request */
    uint32_t heard_us;
    bool unplugged;
    bool whole;        /* M-Bus: frames as they are */
    unsigned attempts; /* to send */
    uint8_t pending[300];
    size_t pending_count;
    struct kwh_backend backend;
};

/* Bit by bit, low byte first on the wire. */
static inline size_t script_append_crc(uint8_t *frame, size_t length)
{
    unsigned crc = 0xFFFF;
    for (size_t i = 0; i < length; i++) {
        crc ^= frame[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1u) != 0 ? crc >> 1 ^ 0xA001u : crc >> 1;
    }
    frame[length] = (uint8_t)crc;
    frame[length + 1] = (uint8_t)(crc >> 8);
    return length + 2;
}

static uint32_t script_now(void *context)
{
    return ((struct script *)context)->now_us;
}

static enum kwh_error script_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    struct script *script = context;
    uint8_t wanted[300];
    *sent = count;
    script->attempts++;
    if (script->unplugged)
        return KWH_ERROR_IO;
    assert_in_range(script->next, 0, script->count - 1);
    const struct scene *scene = &script->scenes[script->next++];
    size_t length = hex(scene->request, wanted, sizeof wanted - 2);
    if (!script->whole)
        length = script_append_crc(wanted, length);
    assert_int_equal(count, length);
    assert_memory_equal(bytes, wanted, length);
    script->gap_us = script->now_us - script->heard_us;
    script->sent_us = script->heard_us = script->now_us;

    uint8_t *answer = script->pending;
    script->pending_count = 0;
    if (scene->answer[0] == '!' || script->whole) {
        script->pending_count = hex(scene->answer, answer, sizeof script->pending);
    } else if (scene->answer[0] != '\0') {
        answer[0] = bytes[0];
        length = hex(scene->answer, answer + 1, sizeof script->pending - 3);
        script->pending_count = script_append_crc(answer, length + 1);
    }
    return KWH_OK;
}

static enum kwh_error script_receive(void *context, uint8_t *room, size_t capacity,
                                     uint32_t until_us, size_t *got)
{
    struct script *script = context;
    uint32_t arrives_us = script->sent_us + script->delay_us;
    bool arrives = script->pending_count > 0 && (int32_t)(until_us - arrives_us) >= 0;
    uint32_t then_us = arrives ? arrives_us : until_us;
    *got = 0;
    if ((int32_t)(then_us - script->now_us) > 0)
        script->now_us = then_us;
    if (arrives) {
        *got = script->pending_count < capacity ? script->pending_count : capacity;
        memcpy(room, script->pending, *got);
        memmove(script->pending, script->pending + *got, script->pending_count - *got);
        script->pending_count -= *got;
        script->heard_us = script->now_us;
    }
    return KWH_OK;
}

static inline void script_begin(struct script *script, struct kwh_line *line,
                                const struct scene *scenes, size_t count)
{
    memset(script, 0, sizeof *script);
    script->scenes = scenes;
    script->count = count;
    script->delay_us = 20000;
    script->backend.context = script;
    script->backend.now_us = script_now;
    script->backend.send = script_send;
    script->backend.receive = script_receive;
    line->backend = &script->backend;
}

/* Every scene was played. */
static inline void script_end(const struct script *script)
{
    assert_int_equal(script->next, script->count);
}

#endif
