/* SPDX-License-Identifier: MIT */
#include "dump.h"

#include "ask.h"

#include <kwh/mbus_readout.h>

#include <stdlib.h>
#include <string.h>

/* Room for one more of @p size bytes. */
static void *make_room(void *items, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity == 0 ? 16 : 2 * *capacity;
    void *more = allocate(*capacity, size);
    if (count > 0)
        memcpy(more, items, count * size);
    free(items);
    return more;
}

struct dump_block *dump_add_block(struct dump *dump, enum kwh_space space, uint16_t address,
                                  uint16_t count)
{
    dump->blocks = make_room(dump->blocks, dump->block_count, &dump->block_capacity,
                             sizeof *dump->blocks);
    struct dump_block *block = &dump->blocks[dump->block_count++];
    block->space = space;
    block->address = address;
    block->count = count;
    return block;
}

struct dump_telegram *dump_add_telegram(struct dump *dump)
{
    dump->telegrams = make_room(dump->telegrams, dump->telegram_count, &dump->telegram_capacity,
                                sizeof *dump->telegrams);
    return &dump->telegrams[dump->telegram_count++];
}

void dump_free(struct dump *dump)
{
    free(dump->blocks);
    free(dump->telegrams);
    memset(dump, 0, sizeof *dump);
}

static bool covers(const struct dump_block *block, enum kwh_space space, uint16_t address,
                   uint16_t count)
{
    return block->space == space && address >= block->address &&
           address + count <= block->address + block->count;
}

uint8_t *dump_registers(const struct dump *dump, enum kwh_space space, uint16_t address,
                        uint16_t count)
{
    for (size_t i = 0; i < dump->block_count; i++) {
        struct dump_block *block = &dump->blocks[i];
        if (block->error == KWH_OK && covers(block, space, address, count))
            return block->bytes + 2 * (address - block->address);
    }
    return NULL;
}

/* ------------------------------------------------------------------------------------------------
 * Modbus
 */

static bool is_refusal(enum kwh_error error)
{
    return kwh_error_class(error) == KWH_ERROR_CLASS_METER;
}

static enum kwh_error read_block(struct link *link, uint8_t function, uint16_t address,
                                 uint16_t count, uint8_t *bytes)
{
    struct question question;
    struct kwh_exchange *exchange = &question.dialogue.exchange;
    ask_init(&question);
    enum kwh_error error = kwh_modbus_read(exchange, link->address, function, address, count);
    if (error != KWH_OK)
        return error;
    if (link->map != NULL) {
        exchange->answer_us = link->host.line.timeout_given ? 0 : link->map->answer_ms * 1000u;
        exchange->quiet_us = link->map->quiet_ms * 1000u;
    }
    error = ask(link, &question);
    if (error == KWH_OK && question.size >= 2u + 2u * count)
        memcpy(bytes, question.answer + 2, 2u * count);
    return error;
}

/* True: there is no use in going on. */
static bool is_over(struct dump *dump, enum kwh_error error, unsigned *silent)
{
    *silent = error == KWH_ERROR_TIMEOUT ? *silent + 1 : 0;
    if (error != KWH_OK && !is_refusal(error) && dump->error == KWH_OK)
        dump->error = error;
    return *silent >= 2 || error == KWH_ERROR_DISCONNECTED || error == KWH_ERROR_IO ||
           kwh_error_class(error) == KWH_ERROR_CLASS_CALLER;
}

/* A request of the plan, in parts where the meter refuses it whole. */
static bool read_requests(struct link *link, struct dump *dump, struct kwh_plan *plan)
{
    struct kwh_plan_request request;
    unsigned silent = 0;
    uint16_t at = 0;
    while (kwh_plan_request(plan, at, &request)) {
        uint8_t bytes[2 * KWH_MODBUS_READ_MAX] = {0};
        enum kwh_error error = read_block(link, request.function, request.address, request.count,
                                          bytes);
        bool over = is_over(dump, error, &silent);
        if (!over && is_refusal(error) && kwh_plan_refused(plan, request.first))
            continue;
        struct dump_block *block = dump_add_block(
            dump, request.function == KWH_MODBUS_READ_INPUT ? KWH_SPACE_INPUT : KWH_SPACE_HOLDING,
            request.address, request.count);
        block->error = error;
        memcpy(block->bytes, bytes, sizeof bytes);
        if (over)
            return false;
        at = (uint16_t)(request.first + request.values);
    }
    return true;
}

static bool read_map(struct link *link, struct dump *dump)
{
    uint16_t profiles = link_profiles(link);
    struct kwh_map_iterator rows = {link->map, profiles, 0, 0};
    const struct kwh_row *row;
    struct kwh_plan plan;
    size_t count = 0;
    while (kwh_map_next(&rows) != NULL)
        count++;
    struct kwh_plan_entry *entries = allocate(count, sizeof *entries);
    kwh_plan_init(&plan, link->map, profiles, entries, count);
    rows = (struct kwh_map_iterator){link->map, profiles, 0, 0};
    enum kwh_error error = KWH_OK;
    while (error == KWH_OK && (row = kwh_map_next(&rows)) != NULL)
        if (!kwh_row_write_only(row))
            error = kwh_plan_add_row(&plan, row);
    struct kwh_bus_cost cost = kwh_bus_cost_line(&link->host.line, link->map);
    kwh_plan_make(&plan, &cost);
    bool whole = error == KWH_OK && read_requests(link, dump, &plan);
    free(entries);
    return whole;
}

/* Registers that the map may not have; once. */
static bool read_others(struct link *link, struct dump *dump, unsigned space, uint16_t address,
                        uint16_t count)
{
    unsigned silent = 0;
    if (count == 0)
        return true;
    for (size_t i = 0; i < dump->block_count; i++)
        if (covers(&dump->blocks[i], (enum kwh_space)space, address, count))
            return true;
    struct dump_block *block = dump_add_block(dump, (enum kwh_space)space, address, count);
    block->error = read_block(
        link, space == KWH_SPACE_INPUT ? KWH_MODBUS_READ_INPUT : KWH_MODBUS_READ_HOLDING, address,
        count, block->bytes);
    return !is_over(dump, block->error, &silent);
}

static void read_modbus(struct link *link, struct dump *dump)
{
    bool goes_on = link->map == NULL || read_map(link, dump);
    for (size_t i = 0; goes_on && i < kwh_maps_count; i++) {
        const struct kwh_map *map = kwh_maps[i].map;
        if (map->protocol != KWH_PROTOCOL_MODBUS || (link->map != NULL && map != link->map))
            continue;
        goes_on = read_others(link, dump, map->identity_space, map->identity_address,
                              map->identity_words);
        for (uint16_t j = 0; goes_on && map == link->map && j < map->selector_count; j++)
            goes_on = read_others(link, dump, map->selectors[j].space, map->selectors[j].address,
                                  map->selectors[j].words);
    }
}

/* ------------------------------------------------------------------------------------------------
 * M-Bus
 */

/* The CI fields of all telegrams of the map, that of the usual one first. */
static size_t list_telegrams(const struct kwh_map *map, uint8_t list[KWH_MBUS_PLAN_TELEGRAMS])
{
    size_t count = 1;
    list[0] = 0;
    for (uint16_t i = 0; map != NULL && i < map->block_count; i++)
        if (memchr(list, map->blocks[i].telegram, count) == NULL && count < KWH_MBUS_PLAN_TELEGRAMS)
            list[count++] = map->blocks[i].telegram;
    return count;
}

static void read_mbus(struct link *link, struct dump *dump)
{
    struct kwh_mbus_readout readout;
    struct kwh_mbus_frame frame;
    uint8_t list[KWH_MBUS_PLAN_TELEGRAMS];
    size_t count = list_telegrams(link->map, list);
    bool result;
    if (link->target.has_secondary)
        kwh_mbus_readout_select(&readout, &link->target.secondary);
    else
        kwh_mbus_readout_init(&readout, link->address);
    readout.dialogue.retries = link->host.line.retries;
    kwh_mbus_readout_begin(&readout, list, count, link->map != NULL ? link->map->mbus->usual : 0);
    while ((dump->error = kwh_dialogue_run(&readout.dialogue, &link->host.line, &result)) ==
               KWH_OK &&
           result) {
        const uint8_t *bytes = kwh_mbus_answer(&link->host.line, &readout.dialogue.exchange,
                                               &frame);
        if (bytes == NULL)
            continue;
        struct dump_telegram *telegram = dump_add_telegram(dump);
        telegram->asked = readout.sequence.asked;
        telegram->size = frame.length;
        memcpy(telegram->frame, bytes, frame.length);
    }
}

void dump_read(struct link *link, struct dump *dump)
{
    if (link_is_mbus(link))
        read_mbus(link, dump);
    else
        read_modbus(link, dump);
}
