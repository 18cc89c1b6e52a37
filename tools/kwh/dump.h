/* SPDX-License-Identifier: MIT */
/* What a meter sends, raw: the registers of its map, or its M-Bus telegrams. */
#ifndef DUMP_H
#define DUMP_H

#include "link.h"

/* Registers that were asked for at once. */
struct dump_block {
    enum kwh_space space;
    uint16_t address, count;
    enum kwh_error error; /* KWH_OK, or why there are none */
    uint8_t bytes[2 * KWH_MODBUS_READ_MAX];
};

struct dump_telegram {
    uint8_t asked; /* the CI field that asked for it; 0: the usual one */
    size_t size;
    uint8_t frame[KWH_MBUS_FRAME_MAX];
};

struct dump {
    struct dump_block *blocks;
    size_t block_count, block_capacity;
    struct dump_telegram *telegrams;
    size_t telegram_count, telegram_capacity;
    enum kwh_error error; /* the first failure that is no refusal */
};

struct dump_block *dump_add_block(struct dump *dump, enum kwh_space space, uint16_t address,
                                  uint16_t count);
struct dump_telegram *dump_add_telegram(struct dump *dump);
void dump_free(struct dump *dump);

/* The registers as they came, 2 * count bytes; NULL when they are not all in one block. */
uint8_t *dump_registers(const struct dump *dump, enum kwh_space space, uint16_t address,
                        uint16_t count);

/* Reads all that the map of the link has, what identifies meters, and what decides how a map is to
 * be taken; without a map what identifies meters. Changes nothing. */
void dump_read(struct link *link, struct dump *dump);

/* ---- dump_mask.c ---- */

/* Puts zeros in place of every digit of the serial number, wherever and however it stands; returns
 * how many digits it has, 0 when the meter told none. */
unsigned dump_mask(struct dump *dump, const struct kwh_map *map, uint16_t profiles);

/* ---- dump_json.c ---- */

/* "registers" and "telegrams". */
struct cJSON;
void dump_print(const struct dump *dump, struct cJSON *object);
/* The reverse; false when it is not of this form. */
bool dump_parse(struct dump *dump, const struct cJSON *object);

#endif
