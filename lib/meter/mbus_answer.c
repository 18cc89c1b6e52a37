/* SPDX-License-Identifier: MIT */
/*
 * What a slave does with a request (EN 13757-2, and the manuals where they say more): it answers
 * whatever is addressed to it, with E5 unless data are due, and executes nothing twice.
 */
#include "mbus_answer.h"

/* Which frame count bit came last: of data and of requests, by the own address and as selected. */
enum fcb_memory {
    FCB_REQUEST,
    FCB_DATA,
    FCB_SELECTED_REQUEST,
    FCB_SELECTED_DATA
};

#define C_FUNCTION 0x4Fu /* C without frame count bit */
#define REQ_UD1    0x4Au
#define REQ_UD2    0x4Bu
#define SND_UD     0x43u
#define E5         0xE5u
#define A2         0xA2u

static size_t say(uint8_t character, uint8_t *answer)
{
    answer[0] = character;
    return 1;
}

static void forget(struct kwh_mbus_slave *slave, bool selected)
{
    slave->fcb[selected ? FCB_SELECTED_REQUEST : FCB_REQUEST] = 0;
    slave->fcb[selected ? FCB_SELECTED_DATA : FCB_DATA] = 0;
}

/* Whether the frame count bit says that this came before; remembers it. After SND_NKE the memory
 * is 0, so that the first request, which has 1, is new. */
static bool is_repeated(struct kwh_mbus_slave *slave, uint8_t c, bool selected, bool data)
{
    uint8_t *memory = &slave->fcb[selected ? (data ? FCB_SELECTED_DATA : FCB_SELECTED_REQUEST)
                                           : (data ? FCB_DATA : FCB_REQUEST)];
    uint8_t bit = c & KWH_MBUS_FCB;
    bool repeated = (c & KWH_MBUS_FCV) != 0 && *memory == bit;
    if ((c & KWH_MBUS_FCV) != 0)
        *memory = bit;
    return repeated;
}

static size_t initialize(struct kwh_mbus_slave *slave, bool selected, uint8_t *answer)
{
    forget(slave, selected);
    slave->row = slave->next_row = 0;
    if (selected)
        slave->selected = false;
    return say(E5, answer);
}

static size_t select(struct kwh_mbus_slave *slave, const uint8_t *data, size_t size,
                     uint8_t *answer)
{
    struct kwh_mbus_secondary pattern;
    slave->selected = false;
    if (size < KWH_MBUS_SECONDARY_BYTES)
        return 0;
    kwh_mbus_secondary_decode(data, &pattern);
    slave->selected = size == KWH_MBUS_SECONDARY_BYTES &&
                      kwh_mbus_secondary_fits(&pattern, &slave->secondary);
    if (!slave->selected)
        return 0;
    forget(slave, true);
    slave->row = slave->next_row = 0;
    return say(E5, answer);
}

static bool has_telegram(const struct kwh_mbus_slave *slave, uint8_t ci)
{
    KWH_CONST struct kwh_map *map = slave->slave->map;
    for (uint16_t i = 0; i < map->block_count; i++)
        if (map->blocks[i].telegram == ci)
            return true;
    return false;
}

static void choose_telegram(struct kwh_mbus_slave *slave, uint8_t ci)
{
    KWH_CONST struct kwh_mbus_family *family = slave->slave->map->mbus;
    if (has_telegram(slave, ci))
        slave->telegram = ci;
    else if (ci == KWH_MBUS_CI_RESET || ci == family->usual)
        slave->telegram = 0;
    else
        return;
    slave->row = slave->next_row = 0;
}

static size_t take_data(struct kwh_mbus_slave *slave, const uint8_t *request, size_t length,
                        bool selected, uint8_t *answer)
{
    if (length < 3) /* a short frame has no CI field */
        return say(E5, answer);
    uint8_t ci = request[2];
    if ((request[0] & KWH_MBUS_FCV) == 0 && request[1] != KWH_MBUS_ALL)
        return say(A2, answer); /* SND_UD2, which asks for an answer at once */
    if (is_repeated(slave, request[0], selected, true))
        return say(E5, answer);
    if (ci == KWH_MBUS_CI_DATA)
        kwhi_mbus_apply(slave, request + 3, length - 3);
    else if (kwh_mbus_baud(ci) != 0)
        kwhi_mbus_apply_baud(slave, kwh_mbus_baud(ci));
    else
        choose_telegram(slave, ci);
    return say(E5, answer);
}

static size_t give_data(struct kwh_mbus_slave *slave, uint8_t c, bool selected, uint8_t *answer)
{
    if (!is_repeated(slave, c, selected, false)) {
        slave->row = slave->next_row;
        slave->access = (uint8_t)(slave->access + 1u);
    }
    return kwhi_mbus_telegram(slave, answer);
}

size_t kwhi_mbus_answer(struct kwh_mbus_slave *slave, const uint8_t *request, size_t length,
                        uint8_t answer[KWHI_MBUS_PDU_MAX])
{
    uint8_t address = request[1];
    bool selected = address == KWH_MBUS_SELECTED;
    size_t size;

    if (selected && length > 2 && request[2] == KWH_MBUS_CI_SELECT &&
        (request[0] & C_FUNCTION) == SND_UD)
        return select(slave, request + 3, length - 3, answer);
    if (selected ? !slave->selected : address < KWH_MBUS_SELECTED && address != slave->address)
        return 0;
    switch (request[0] & C_FUNCTION) {
    case KWH_MBUS_SND_NKE:
        size = initialize(slave, selected, answer);
        break;
    case SND_UD:
        size = take_data(slave, request, length, selected, answer);
        break;
    case REQ_UD2:
        size = give_data(slave, request[0], selected, answer);
        break;
    case REQ_UD1: /* no alarms */
    default:      /* even what it does not know */
        size = say(E5, answer);
        break;
    }
    return address == KWH_MBUS_ALL ? 0 : size;
}
