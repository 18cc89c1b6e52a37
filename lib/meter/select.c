/* SPDX-License-Identifier: MIT */
#include "select.h"

#include "../base/decimal_magnitude.h"
#include "../map/row.h"

/* Asked of a meter with these profiles? */
static bool is_asked(KWH_CONST struct kwh_selector *selector, uint16_t profiles)
{
    return (selector->when == 0 || (selector->when & profiles) != 0) &&
           (selector->unless & profiles) == 0;
}

static uint16_t given_by_selectors(KWH_CONST struct kwh_map *map)
{
    unsigned given = 0;

    for (uint16_t i = 0; i < map->selector_count; i++)
        given |= map->selectors[i].profiles;
    return (uint16_t)given;
}

KWH_CONST struct kwh_selector *kwhi_select_next(KWH_CONST struct kwh_map *map, uint16_t *profiles,
                                                struct kwh_selection *selection)
{
    if (selection->asked == 0)
        *profiles = (uint16_t)(*profiles & ~given_by_selectors(map));
    for (; selection->asked < map->selector_count; selection->asked++)
        if (is_asked(&map->selectors[selection->asked], *profiles))
            return &map->selectors[selection->asked];
    return NULL;
}

static bool fits(KWH_CONST struct kwh_selector *selector, uint8_t address, uint32_t number)
{
    if (selector->low == KWH_OWN_ADDRESS)
        return number == address;
    return number >= selector->low && number <= selector->high;
}

/* Two currents of four BCD digits; transformers have 1 A or 5 A on their secondary side. */
static struct kwh_decimal ratio_of(uint32_t number)
{
    uint64_t primary = 0, secondary = 0;

    if (kwh_registers_bcd_load(number >> 16, 1, &primary) != KWH_OK ||
        kwh_registers_bcd_load(number & 0xFFFFu, 1, &secondary) != KWH_OK)
        return kwh_decimal(0, 0);
    if (secondary == 1)
        return kwh_decimal_reduce(kwh_decimal((int64_t)primary, 0));
    return secondary == 5 ? kwh_decimal_reduce(kwh_decimal(2 * (int64_t)primary, -1))
                          : kwh_decimal(0, 0);
}

static enum kwh_error settle(KWH_CONST struct kwh_selector *selector, uint8_t address,
                             uint16_t *profiles, struct kwh_selection *selection, bool answered,
                             uint32_t number)
{
    bool does_fit = answered && fits(selector, address, number);

    switch ((enum kwh_selector_effect)selector->effect) {
    case KWH_SELECTOR_REQUIRE:
        return does_fit || !answered ? KWH_OK : (enum kwh_error)selector->error;
    case KWH_SELECTOR_PROFILES:
        *profiles = (uint16_t)(does_fit ? *profiles | selector->profiles
                                        : *profiles & ~selector->profiles);
        break;
    case KWH_SELECTOR_RATIO:
        selection->kinds = selector->kinds;
        selection->factor = answered ? ratio_of(number) : kwh_decimal(0, 0);
        break;
    }
    return KWH_OK;
}

static bool is_same_question(KWH_CONST struct kwh_selector *a, KWH_CONST struct kwh_selector *b)
{
    return a->address == b->address && a->words == b->words && a->space == b->space;
}

enum kwh_error kwhi_select_take(KWH_CONST struct kwh_map *map, uint8_t address, uint16_t *profiles,
                                struct kwh_selection *selection, const uint8_t *bytes)
{
    KWH_CONST struct kwh_selector *asked = &map->selectors[selection->asked], *next = asked;
    uint32_t number = 0;
    enum kwh_error error = KWH_OK;

    if (bytes != NULL)
        number = (uint32_t)kwh_registers_load(bytes, asked->words, kwhi_map_order(map));
    do {
        error = settle(next, address, profiles, selection, bytes != NULL, number);
        if (error == KWH_OK)
            selection->asked++;
        next = error == KWH_OK ? kwhi_select_next(map, profiles, selection) : NULL;
    } while (next != NULL && is_same_question(next, asked));
    return error;
}

static enum kwh_status multiply(struct kwh_decimal *value, struct kwh_decimal factor)
{
    return factor.mantissa <= UINT32_MAX &&
                   kwhi_times(&value->mantissa, (uint32_t)factor.mantissa) &&
                   kwh_decimal_shift(*value, factor.exponent, value) == KWH_OK
               ? KWH_STATUS_OK
               : KWH_STATUS_OVERFLOW;
}

void kwhi_select_correct(const struct kwh_selection *selection, struct kwh_reading *reading)
{
    uint32_t quantity = reading->quantity;
    bool lacks = KWH_QUANTITY_CLASS(quantity) == KWH_CLASS_MEASUREMENT &&
                 (selection->kinds >> KWH_QUANTITY_KIND(quantity) & 1) != 0;

    if (!lacks || !kwh_reading_has_value(reading))
        return;
    enum kwh_status status = selection->factor.mantissa == 0
                                 ? KWH_STATUS_NOT_AVAILABLE
                                 : multiply(&reading->decimal, selection->factor);
    if (status != KWH_STATUS_OK) {
        uint8_t certainty = reading->certainty;
        kwh_reading_init(reading, quantity, status);
        reading->certainty = certainty;
    }
}
