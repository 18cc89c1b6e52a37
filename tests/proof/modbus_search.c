/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0
// proof: SOURCES=lib/modbus/modbus_search.c,lib/modbus/request.c,lib/modbus/pdu_length.c,lib/base/error.c
// proof: OPTIONS=-eva-precision,2
#include <kwh/modbus_search.h>

#include "proof.h"

/* A search, and any outcomes of what it asks. The line, proven by itself, is any here. */
static struct kwh_line line;
static struct kwh_framing framing;
static struct kwh_modbus_search search;

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

const uint8_t *kwh_line_answer(const struct kwh_line *on, const struct kwh_exchange *exchange,
                               size_t *length)
{
    (void)exchange;
    *length = 0;
    return on->buffer;
}

static size_t any_length(const uint8_t *pdu, size_t available)
{
    (void)pdu;
    return available;
}

size_t kwh_modbus_length_counted(const uint8_t *pdu, size_t available)
{
    return any_length(pdu, available);
}

size_t kwh_modbus_length_device_id(const uint8_t *pdu, size_t available)
{
    return any_length(pdu, available);
}

int main(void)
{
    struct kwh_modbus_found found = {0, KWH_OK, 0};

    framing.properties = ANY_BYTE();
    line.framing = &framing;
    if (kwh_modbus_search_init(&search, &line, ANY_BYTE(), ANY_BYTE()) != KWH_OK)
        return 1;
    while (ANY_OF(0, 1) != 0) {
        enum kwh_wish wish = search.dialogue.next(&search.dialogue);
        if (wish == KWH_WISH_EXCHANGE) {
            search.dialogue.exchange.error = (enum kwh_error)ANY_OF(0, 114);
            search.dialogue.exchange.from = ANY_BYTE();
            search.dialogue.exchange.latency_us = ANY_UINT32();
            search.dialogue.outcome(&search.dialogue, &line);
        }
        if (ANY_OF(0, 1) != 0)
            kwh_modbus_search_again(&search, ANY_UINT32());
        if (ANY_OF(0, 1) != 0)
            kwh_modbus_search_stop(&search, ANY_UINT32());
    }
    (void)kwh_modbus_search_next(&search, &found);
    return found.address;
}
