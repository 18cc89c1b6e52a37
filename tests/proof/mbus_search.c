/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=261
// proof: SOURCES=lib/mbus/mbus_search.c,lib/mbus/search_pattern.c,lib/mbus/mbus_secondary.c
// proof: SOURCES=lib/base/error.c
// proof: OPTIONS=-eva-precision,0
// proof: DEFINES=BY_PRIMARY=1,BY_PRIMARY=0
#include <kwh/mbus_search.h>

#include "proof.h"

/* A search, and any outcomes of what it asks, with answers of up to LEN bytes. The line, proven by
 * itself, is any here. */
static struct kwh_line line;
static struct kwh_mbus_search search;
static uint8_t buffer[LEN];

void kwh_dialogue_init(struct kwh_dialogue *dialogue, enum kwh_wish (*next)(struct kwh_dialogue *),
                       void (*outcome)(struct kwh_dialogue *, const struct kwh_line *))
{
    dialogue->next = next;
    dialogue->outcome = outcome;
    dialogue->retries = 2;
}

enum kwh_error kwh_dialogue_run(struct kwh_dialogue *dialogue, struct kwh_line *on, bool *result)
{
    (void)dialogue;
    (void)on;
    *result = ANY_OF(0, 1) != 0;
    return (enum kwh_error)ANY_OF(0, 114);
}

void kwh_line_cancel(struct kwh_line *on, uint32_t now_us)
{
    on->last_us = now_us;
}

/* In place of lib/mbus/mbus_request.c and mbus_telegram.c, what they may give. */
void kwh_mbus_snd_nke(struct kwh_exchange *exchange, uint8_t address)
{
    exchange->address = address;
}

void kwh_mbus_req_ud2(struct kwh_exchange *exchange, uint8_t address, bool fcb)
{
    exchange->address = address;
    exchange->head[0] = fcb ? 0x7B : 0x5B;
}

enum kwh_error kwh_mbus_snd_ud(struct kwh_exchange *exchange, uint8_t address, bool fcb, uint8_t ci,
                               const uint8_t *data, size_t size)
{
    exchange->address = address;
    exchange->head[0] = (uint8_t)(ci + data[size - 1] + (fcb ? 1 : 0));
    exchange->body = data;
    return KWH_OK;
}

const uint8_t *kwh_mbus_answer(const struct kwh_line *on, const struct kwh_exchange *exchange,
                               struct kwh_mbus_frame *frame)
{
    (void)on;
    (void)exchange;
    MAKE_ANY(buffer);
    frame->address = ANY_BYTE();
    frame->ci = ANY_BYTE();
    frame->data_at = 7;
    frame->data_length = (uint16_t)ANY_OF(0, LEN - 9);
    return ANY_OF(0, 1) != 0 ? buffer : NULL;
}

enum kwh_error kwh_mbus_telegram_decode(uint8_t ci, const uint8_t *data, size_t size,
                                        struct kwh_mbus_telegram *telegram)
{
    unsigned sum = ci;
    for (size_t i = 0; i < size; i++)
        sum += data[i];
    MAKE_ANY(*telegram);
    telegram->msb_first = sum % 2u != 0;
    return (enum kwh_error)ANY_OF(0, 114);
}

static void any_outcome(void)
{
    struct kwh_exchange *exchange = &search.dialogue.exchange;
    exchange->error = (enum kwh_error)ANY_OF(0, 114);
    exchange->answer_size = ANY_WORD();
    exchange->sendings = ANY_BYTE();
    exchange->latency_us = ANY_UINT32();
    line.bytes_seen = ANY_UINT32();
    line.received = ANY_WORD();
    line.consumed = ANY_WORD();
    line.sent_length = ANY_WORD();
    line.echo_swallowed = ANY_OF(0, 1) != 0;
    line.failure.elapsed_us = ANY_UINT32();
    search.dialogue.outcome(&search.dialogue, &line);
}

int main(void)
{
    struct kwh_mbus_secondary pattern;
    struct kwh_mbus_found found = {.kind = 0};

    line.timing.latest_us = ANY_UINT32();
    line.timing.character_us = ANY_UINT32();
    line.timing.tick_us = ANY_UINT32();
#if BY_PRIMARY
    if (kwh_mbus_search_primary(&search, &line, ANY_BYTE(), ANY_BYTE()) != KWH_OK)
        return 1;
#else
    pattern.id = ANY_UINT32();
    pattern.manufacturer = ANY_WORD();
    pattern.version = ANY_BYTE();
    pattern.medium = ANY_BYTE();
    kwh_mbus_search_secondary(&search, &line, ANY_OF(0, 1) != 0 ? &pattern : NULL,
                              ANY_OF(0, 1) != 0);
#endif
    while (ANY_OF(0, 1) != 0) {
        enum kwh_wish wish = search.dialogue.next(&search.dialogue);
        MUST(search.level <= KWH_MBUS_SEARCH_LEVELS && search.address <= KWH_MBUS_SELECTED);
        line.bytes_seen = ANY_UINT32();
        if (wish == KWH_WISH_EXCHANGE)
            any_outcome();
        if (ANY_OF(0, 1) != 0)
            kwh_mbus_search_stop(&search, ANY_UINT32());
    }
    (void)kwh_mbus_search_next(&search, &found);
    return found.kind;
}
