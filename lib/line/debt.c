/* SPDX-License-Identifier: MIT */
#include "debt.h"
#include "line_state.h"

enum debt_state {
    DEBT_NONE,
    DEBT_ONE, /* of one function and one address, or some in a row */
    DEBT_ANY  /* of any: the table was full */
};

/* More than the longest request takes to leave: 512 characters at 300 Bd. */
#define LONGEST_REQUEST_US UINT32_C(20000000)

/* A stamp further ahead than any debt lasts is from before the clock wrapped. */
static bool expired(const struct kwh_line *line, const struct kwh_debt *debt, uint32_t now_us)
{
    uint32_t left = debt->until_us - now_us;
    return left == 0 || left > line->timing.latest_us + line->timing.frame_us + LONGEST_REQUEST_US;
}

static bool same(const struct kwh_debt *debt, const struct kwh_exchange *exchange)
{
    return debt->state == DEBT_ANY ||
           (debt->address <= exchange->address && exchange->address <= debt->last &&
            debt->function == exchange->head[0]);
}

/* A search goes through the addresses: those that stay silent are one debt. */
static bool continues(const struct kwh_debt *debt, const struct kwh_exchange *exchange)
{
    return exchange->anyone && debt->state == DEBT_ONE && debt->last + 1u == exchange->address &&
           debt->function == exchange->head[0];
}

static bool later(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) > 0;
}

void kwhi_debt_add(struct kwh_line *line, const struct kwh_exchange *exchange, uint32_t until_us)
{
    struct kwh_debt *place = NULL;
    for (size_t i = 0; i < KWH_LINE_DEBTS; i++) {
        struct kwh_debt *debt = &line->debts[i];
        if (debt->state != DEBT_NONE && (same(debt, exchange) || continues(debt, exchange))) {
            if (debt->state == DEBT_ONE && debt->last < exchange->address)
                debt->last = exchange->address;
            if (later(until_us, debt->until_us))
                debt->until_us = until_us;
            return;
        }
        if (debt->state == DEBT_NONE && place == NULL)
            place = debt;
    }
    if (place != NULL) {
        place->state = kwhi_has(line, KWH_FRAMING_BURST) ? DEBT_ANY : DEBT_ONE;
        place->address = exchange->address;
        place->last = exchange->address;
        place->function = exchange->head[0];
        place->until_us = until_us;
        return;
    }
    place = &line->debts[0];
    place->state = DEBT_ANY;
    for (size_t i = 1; i < KWH_LINE_DEBTS; i++)
        if (later(line->debts[i].until_us, until_us))
            until_us = line->debts[i].until_us;
    if (later(until_us, place->until_us))
        place->until_us = until_us;
}

bool kwhi_debt_blocks(struct kwh_line *line, const struct kwh_exchange *exchange, uint32_t now_us,
                      uint32_t *until_us)
{
    bool blocks = false;
    for (size_t i = 0; i < KWH_LINE_DEBTS; i++) {
        struct kwh_debt *debt = &line->debts[i];
        if (debt->state == DEBT_NONE)
            continue;
        if (expired(line, debt, now_us)) {
            debt->state = DEBT_NONE;
        } else if (!exchange->anyone && same(debt, exchange) &&
                   (!blocks || later(debt->until_us, *until_us))) {
            *until_us = debt->until_us;
            blocks = true;
        }
    }
    return blocks;
}
