/* SPDX-License-Identifier: MIT */
#include "recorded.h"

#include "names.h"
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define REPORT_MAX ((size_t)16 << 20) /* bytes; a hundred times the largest */

/* ------------------------------------------------------------------------------------------------
 * Loading
 */

/* The whole file with a NUL behind it; NULL and a message when it cannot be read. */
static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        complain("%s: %s", path, strerror(errno));
        return NULL;
    }
    char *text = allocate(REPORT_MAX, 1);
    size_t size = fread(text, 1, REPORT_MAX - 1, file);
    bool right = ferror(file) == 0 && feof(file) != 0;
    fclose(file);
    if (right)
        text[size] = '\0';
    else
        complain("%s: cannot be read, or is too long", path);
    if (!right)
        free(text);
    return right ? text : NULL;
}

static const char *text_of(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

static bool take_report(struct recorded *recorded, const cJSON *object)
{
    const cJSON *form = cJSON_GetObjectItemCaseSensitive(object, "report");
    const cJSON *link = cJSON_GetObjectItemCaseSensitive(object, "link");
    const cJSON *address = cJSON_GetObjectItemCaseSensitive(link, "address");
    const char *protocol = text_of(object, "protocol"), *map = text_of(object, "map");
    if (!cJSON_IsNumber(form) || form->valueint != 1 || protocol == NULL)
        return false;
    recorded->protocol = strcmp(protocol, "mbus") == 0 ? KWH_PROTOCOL_MBUS : KWH_PROTOCOL_MODBUS;
    /* Whoever is asked answers; units that only TCP has cannot be asked here. */
    recorded->address = cJSON_IsNumber(address) && address->valueint >= 1 &&
                                address->valueint <= kwh_modbus_rtu_over_tcp.address_max
                            ? (uint8_t)address->valueint
                            : 1;
    recorded->map = map != NULL ? kwh_host_find_protocol_map(map, recorded->protocol) : NULL;
    return dump_parse(&recorded->dump, object);
}

enum exit_code recorded_load(struct recorded *recorded, const char *path)
{
    memset(recorded, 0, sizeof *recorded);
    char *text = read_file(path);
    if (text == NULL)
        return EXIT_CODE_USAGE;
    cJSON *object = cJSON_Parse(text);
    bool right = object != NULL && take_report(recorded, object);
    cJSON_Delete(object);
    free(text);
    return right ? EXIT_CODE_OK : usage_error("%s is no report of `kwh report`", path);
}

void recorded_free(struct recorded *recorded)
{
    dump_free(&recorded->dump);
}

/* ------------------------------------------------------------------------------------------------
 * Answering
 */

/* The exception of a register that was refused then; 2 of one that was not asked for, 0 when the
 * meter was silent. */
static uint8_t refusal_of(const struct recorded *recorded, enum kwh_space space, uint16_t address)
{
    for (size_t i = 0; i < recorded->dump.block_count; i++) {
        const struct dump_block *block = &recorded->dump.blocks[i];
        if (block->error != KWH_OK && block->space == space && address >= block->address &&
            address < block->address + block->count)
            return kwh_error_exception(block->error);
    }
    return kwh_error_exception(KWH_ERROR_ILLEGAL_DATA_ADDRESS);
}

/* The registers may have come in several requests. False: the exception is in *code. */
static bool put_registers(const struct recorded *recorded, enum kwh_space space, unsigned address,
                          unsigned count, uint8_t *bytes, uint8_t *code)
{
    for (unsigned i = 0; i < count; i++) {
        const uint8_t *word = dump_registers(&recorded->dump, space, (uint16_t)(address + i), 1);
        if (word == NULL) {
            *code = refusal_of(recorded, space, (uint16_t)(address + i));
            return false;
        }
        memcpy(bytes + (size_t)2 * i, word, 2);
    }
    return true;
}

/* One request, address and CRC around it. */
static void answer_modbus(struct recorded *recorded, const uint8_t *request, size_t size)
{
    uint8_t *answer = recorded->answer, code = kwh_error_exception(KWH_ERROR_ILLEGAL_FUNCTION);
    bool reads = size == 8 &&
                 (request[1] == KWH_MODBUS_READ_HOLDING || request[1] == KWH_MODBUS_READ_INPUT);
    unsigned count = reads ? (unsigned)(request[4] << 8 | request[5]) : 0;
    size_t length = 3;
    if (size < 4)
        return;
    answer[0] = request[0];
    answer[1] = request[1];
    if (reads && count <= KWH_MODBUS_READ_MAX &&
        put_registers(recorded,
                      request[1] == KWH_MODBUS_READ_INPUT ? KWH_SPACE_INPUT : KWH_SPACE_HOLDING,
                      (unsigned)(request[2] << 8 | request[3]), count, answer + 3, &code)) {
        answer[2] = (uint8_t)(2 * count);
        length += (size_t)2 * count;
    } else if (code == 0) {
        return; /* silent then, silent now */
    } else {
        answer[1] |= 0x80u;
        answer[2] = code;
    }
    uint16_t crc = kwh_crc16(KWH_CRC16_START, answer, length);
    answer[length] = (uint8_t)crc;
    answer[length + 1] = (uint8_t)(crc >> 8);
    recorded->size = length + 2;
}

/* The telegram at hand; behind the last the first comes again. */
static const struct dump_telegram *telegram_at(struct recorded *recorded)
{
    const struct dump_telegram *first = NULL;
    size_t part = 0;
    for (size_t i = 0; i < recorded->dump.telegram_count; i++) {
        const struct dump_telegram *telegram = &recorded->dump.telegrams[i];
        if (telegram->asked != recorded->asked)
            continue;
        first = first == NULL ? telegram : first;
        if (part++ == recorded->part)
            return telegram;
    }
    recorded->part = 0;
    return first;
}

static bool has_telegram(const struct recorded *recorded, uint8_t ci)
{
    for (size_t i = 0; i < recorded->dump.telegram_count; i++)
        if (recorded->dump.telegrams[i].asked == ci)
            return true;
    return false;
}

static void lead_to(struct recorded *recorded, uint8_t ci)
{
    recorded->asked = has_telegram(recorded, ci) ? ci : 0;
    recorded->part = 0;
    recorded->fcb = true;
}

static void answer_mbus(struct recorded *recorded, const uint8_t *request, size_t size)
{
    struct kwh_mbus_frame frame;
    if (kwh_mbus_frame_decode(request, size, &frame) != KWH_OK)
        return;
    recorded->answer[0] = 0xE5;
    recorded->size = 1;
    bool fcb = (frame.c & KWH_MBUS_FCB) != 0;
    if (frame.kind == KWH_MBUS_LONG || frame.kind == KWH_MBUS_CONTROL) {
        lead_to(recorded, frame.ci);
    } else if ((frame.c | KWH_MBUS_FCB) == (KWH_MBUS_REQ_UD2 | KWH_MBUS_FCB)) {
        recorded->part += fcb != recorded->fcb; /* the bit turns: the next one */
        recorded->fcb = fcb;
        const struct dump_telegram *telegram = telegram_at(recorded);
        if (telegram == NULL)
            return;
        memcpy(recorded->answer, telegram->frame, telegram->size);
        recorded->size = telegram->size;
    } else {
        lead_to(recorded, 0);
    }
}

static uint32_t backend_now(void *context)
{
    (void)context;
    return kwh_host_now_us();
}

static enum kwh_error backend_send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    struct recorded *recorded = context;
    *sent = count;
    recorded->size = 0;
    if (recorded->protocol == KWH_PROTOCOL_MBUS)
        answer_mbus(recorded, bytes, count);
    else
        answer_modbus(recorded, bytes, count);
    return KWH_OK;
}

static enum kwh_error backend_receive(void *context, uint8_t *room, size_t capacity,
                                      uint32_t until_us, size_t *got)
{
    struct recorded *recorded = context;
    uint32_t wait_us = until_us - kwh_host_now_us();
    *got = recorded->size < capacity ? recorded->size : capacity;
    memcpy(room, recorded->answer, *got);
    recorded->size = 0;
    if (*got == 0 && wait_us <= UINT32_MAX / 2) {
        struct timespec pause = {wait_us / 1000000, (long)(wait_us % 1000000) * 1000};
        (void)nanosleep(&pause, NULL);
    }
    return KWH_OK;
}

enum exit_code recorded_open(struct link *link, const struct options *options, const char *path,
                             struct recorded *recorded)
{
    bool is_mbus = recorded->protocol == KWH_PROTOCOL_MBUS;
    memset(link, 0, sizeof *link);
    link->options = options;
    link->target_text = path;
    link->target.scheme = is_mbus ? KWH_SCHEME_MBUSTCP : KWH_SCHEME_RTUTCP;
    link->target.retries = -1;
    link->maps = allocate(kwh_maps_count, sizeof *link->maps);
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (recorded->map != NULL ? kwh_maps[i].map == recorded->map
                                  : kwh_maps[i].map->protocol == (uint8_t)recorded->protocol)
            link->maps[link->map_count++] = kwh_maps[i].map;
    link->map = recorded->map;
    link->address = is_mbus ? KWH_MBUS_ANY : recorded->address;
    kwh_host_close(&link->host); /* there is no port */
    if (kwh_line_init(&link->host.line, is_mbus ? &kwh_mbus_over_tcp : &kwh_modbus_rtu_over_tcp,
                      link->host.buffer, sizeof link->host.buffer) != KWH_OK)
        return EXIT_CODE_INTERNAL;
    recorded->backend = (struct kwh_backend){.context = recorded,
                                             .now_us = backend_now,
                                             .send = backend_send,
                                             .receive = backend_receive};
    link->host.line.backend = link->real = &recorded->backend;
    return EXIT_CODE_OK;
}
