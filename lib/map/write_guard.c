/* SPDX-License-Identifier: MIT */
#include "write_guard.h"

#include "row.h"

bool kwhi_number_of(KWH_CONST struct kwh_map *map, const struct kwh_reading *value,
                    struct kwh_decimal *number)
{
    uint64_t count = value->digits;
    switch ((enum kwh_form)value->form) {
    case KWH_FORM_DECIMAL:
        *number = value->decimal;
        return true;
    case KWH_FORM_CHOICE:
        return kwhi_choice_code(map, value, number) == KWH_OK;
    case KWH_FORM_DIGITS:
        if (kwh_registers_bcd_load(value->digits, 4, &count) != KWH_OK)
            return false;
        break;
    case KWH_FORM_BITS:
        if (count > INT64_MAX)
            return false;
        break;
    case KWH_FORM_TEXT:
    case KWH_FORM_TIME:
        return false;
    }
    *number = kwh_decimal((int64_t)count, 0);
    return true;
}

/* One of the choices, else from minimum to maximum. */
static bool is_allowed(KWH_CONST struct kwh_item *item, struct kwh_decimal number, unsigned *risk)
{
    *risk = item->risk;
    if (item->choices != NULL) {
        KWH_CONST struct kwh_choice *choice = kwh_item_choice(item, number);
        *risk |= choice != NULL ? choice->risk : 0u;
        return choice != NULL;
    }
    return kwh_decimal_compare(number, kwh_decimal(item->minimum, item->exponent)) >= 0 &&
           kwh_decimal_compare(number, kwh_decimal(item->maximum, item->exponent)) <= 0;
}

/* Of a range of two numbers in one, 5/5 as 00050005, the ends say nothing of the second. */
static bool divides_by_zero(const struct kwh_reading *value)
{
    return value->quantity == KWH_CT_RATIO && (value->digits & 0xFFFFu) == 0;
}

enum kwh_error kwhi_write_guard(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_item *item,
                                const struct kwh_reading *value, unsigned allowed,
                                struct kwh_decimal *number, unsigned *risk)
{
    if (value->quantity != item->quantity || !kwh_reading_has_value(value) ||
        value->form != (uint8_t)kwh_quantity_form(value->quantity) ||
        !kwhi_number_of(map, value, number) || !is_allowed(item, *number, risk) ||
        divides_by_zero(value))
        return KWH_ERROR_ARGUMENT;
    return (*risk & ~allowed) != 0 ? KWH_ERROR_RISK : KWH_OK;
}

unsigned kwh_item_risk(KWH_CONST struct kwh_map *map, const struct kwh_reading *value)
{
    KWH_CONST struct kwh_item *item = kwh_map_item(map, value->quantity);
    struct kwh_decimal number;
    unsigned risk;
    bool is_written = item != NULL && item->write_function != 0;
    return is_written && kwhi_write_guard(map, item, value, ~0u, &number, &risk) == KWH_OK ? risk
                                                                                           : 0;
}
