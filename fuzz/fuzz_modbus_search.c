/* SPDX-License-Identifier: MIT */
/*
 * A search on a Modbus line that gives any bytes at any time. Whatever happens: it ends; each
 * address it reports lies in what was searched, is reported once, and a whole frame of it was heard
 * unless it is reported as disturbed; it knows how far it is.
 *
 * Input: framing, first and last address, then what happens while the line receives, one byte that
 * says which and how much.
 */
#include "frame_model.h"
#include "must.h"

#include <kwh/modbus_search.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    HEAD = 3,
    HEARD_MAX = 8192,
    PASSES = 2
};

static struct kwh_line line;
static struct kwh_modbus_search search;
static uint8_t buffer[KWH_MODBUS_TCP_BUFFER];
static uint8_t heard[HEARD_MAX];
static size_t heard_count;
static bool reported[256];
static uint32_t now_us;
static bool tcp;

/* CRC-16 of MODBUS over Serial Line V1.02, once more and bit by bit. */
static uint16_t crc_of(const uint8_t *bytes, size_t count)
{
    uint16_t crc = 0xFFFF;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (uint16_t)((crc & 1u) != 0 ? (crc >> 1) ^ 0xA001u : crc >> 1);
    }
    return crc;
}

static size_t answer_of(uint8_t address, bool refuses, uint8_t *frame)
{
    static const uint8_t good[] = {3, 4, 0, 0, 0, 0}, refused[] = {0x83, 2};
    size_t count = refuses ? sizeof refused : sizeof good;
    size_t at = tcp ? 7 : 1;
    memset(frame, 0, 16);
    if (tcp)
        frame[5] = (uint8_t)(count + 1);
    frame[at - 1] = address;
    memcpy(frame + at, refuses ? refused : good, count);
    if (tcp)
        return at + count;
    uint16_t crc = crc_of(frame, at + count);
    frame[at + count] = (uint8_t)(crc & 0xFFu);
    frame[at + count + 1] = (uint8_t)(crc >> 8);
    return at + count + 2;
}

/* Whether bytes of this address that may be a frame with function 3 were heard. */
static bool was_heard(uint8_t address)
{
    size_t at = tcp ? 6 : 0;
    for (size_t i = 0; i + at + 3 < heard_count + (tcp ? 1 : 0); i++) {
        const uint8_t *pdu = heard + i + at + 1;
        size_t length = pdu[0] == 0x83 ? 2 : pdu[0] == 3 ? 2u + pdu[1] : 0;
        if (heard[i + at] != address || length == 0 ||
            i + at + 1 + length + (tcp ? 0 : 2) > heard_count)
            continue;
        if (tcp || crc_of(heard + i, length + 3) == 0)
            return true;
    }
    return false;
}

static void check_result(uint8_t first, uint8_t last)
{
    const struct kwh_modbus_found *found = &search.found;
    must(found->address >= first && found->address <= last && !reported[found->address]);
    reported[found->address] = true;
    if (found->error == KWH_OK || kwh_error_exception(found->error) != 0)
        must(was_heard(found->address));
    else
        must(found->error == KWH_ERROR_NO_FRAME || found->error == KWH_ERROR_BAD_CRC);
}

static void deliver(const struct kwh_step *step, const uint8_t *bytes, size_t count)
{
    size_t part = count < step->capacity ? count : step->capacity;
    if (heard_count + part > HEARD_MAX)
        return;
    memcpy(step->room, bytes, part);
    memcpy(heard + heard_count, bytes, part);
    heard_count += part;
    kwh_line_got(&line, part, now_us);
}

/* What happens while the line receives; returns how many bytes of the input it used. */
static size_t happen(const uint8_t *data, size_t size, const struct kwh_step *step)
{
    size_t amount = data[0] >> 3, count = amount < size - 1 ? amount : size - 1;
    uint8_t frame[16];
    switch (data[0] & 7) {
    case 0:
        deliver(step, data + 1, count);
        return 1 + count;
    case 1:
    case 2: /* the one that is asked */
        deliver(step, frame, answer_of(search.address, (data[0] & 7) == 2, frame));
        return 1;
    case 3: /* one before it */
        deliver(step, frame, answer_of((uint8_t)(search.address - amount), false, frame));
        return 1;
    case 4: /* most of one */
        deliver(step, frame, answer_of(search.address, false, frame) - 1 - amount % 4);
        return 1;
    case 5:
        now_us += (uint32_t)amount << 10;
        return 1;
    case 6:
        if (amount == 31)
            kwh_modbus_search_stop(&search, now_us);
        return 1;
    default:
        now_us = step->until_us;
        return 1;
    }
}

static void run_pass(const uint8_t **data, size_t *size, uint8_t first, uint8_t last)
{
    struct kwh_step step = {.action = KWH_ACTION_IDLE};
    uint16_t done = 0;
    for (unsigned rounds = 0; step.action != KWH_ACTION_FINISHED; rounds++) {
        must(rounds < 100000);
        kwh_dialogue_step(&search.dialogue, &line, now_us, &step);
        must(search.done >= done && search.done <= search.total);
        done = search.done;
        if (step.action == KWH_ACTION_RESULT) {
            check_result(first, last);
        } else if (step.action == KWH_ACTION_SEND) {
            must(step.count == (tcp ? 12u : 8u));
            kwh_line_sent(&line, step.count, now_us);
        } else if (step.action == KWH_ACTION_RECEIVE && *size > 0) {
            size_t used = happen(*data, *size, &step);
            *data += used;
            *size -= used;
        } else if (step.action == KWH_ACTION_RECEIVE) {
            now_us = step.until_us;
            kwh_line_got(&line, 0, now_us);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kwh_framing *const framings[] = {&kwh_modbus_rtu, &kwh_modbus_tcp,
                                                         &kwh_modbus_rtu_over_tcp};
    static const struct kwh_line_settings settings = {9600, 8, 'E', 1};
    if (size < HEAD)
        return 0;
    uint8_t first = data[1], last = data[2];
    tcp = data[0] % 3 == 1;
    heard_count = 0;
    memset(reported, 0, sizeof reported);
    now_us = UINT32_C(0xFFF00000);
    must(kwh_line_init(&line, framings[data[0] % 3], buffer, sizeof buffer) == KWH_OK);
    kwh_line_set_speed(&line, &settings);
    bool possible = first >= 1 && first <= last && last <= 247;
    must((kwh_modbus_search_init(&search, &line, first, last) == KWH_OK) == possible);
    data += HEAD;
    size -= HEAD;
    for (int pass = 0; pass < PASSES && possible; pass++) {
        run_pass(&data, &size, first, last);
        kwh_modbus_search_again(&search, 200000);
    }
    return 0;
}
