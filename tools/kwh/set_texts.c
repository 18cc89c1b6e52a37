/* SPDX-License-Identifier: MIT */
#include "set.h"

#include <string.h>

/* What is said of a quantity in place of the general words. */
static const struct {
    uint32_t quantity;
    const char *words;
} consequences[] = {
    {KWH_COMBINATION_CODE, "locks the meter: no other combination code can be set afterwards"},
    {KWH_CT_RATIO, "moves the counters to a page of the past, and a meter does that few times"},
    {KWH_TARIFF, "activates a tariff that the meter shows for ever after"},
    {KWH_DATA_TYPE, "leads to values that nobody knows how to read"},
    {KWH_PASSWORD, "locks out whoever forgets the new password"},
    {KWH_ACTION_CONTROL_SYSTEM, "interrupts the communication"},
    {KWH_DEVICE_ADDRESS, "gives the meter another address"},
    {KWH_BAUD_RATE, "gives the meter another speed"},
    {KWH_PARITY, "gives the meter another character format"},
    {KWH_PARITY_STOP_BITS, "gives the meter another character format"},
    {KWH_SERIAL_NUMBER, "gives the meter another secondary address"},
};

void describe_risk(uint32_t quantity, unsigned risk, char text[SET_TEXT])
{
    const char *words = risk == KWH_RISK_COUNTER_RESET  ? "clears a counter, which cannot be undone"
                        : risk == KWH_RISK_IRREVERSIBLE ? "cannot be undone"
                        : risk == KWH_RISK_LINK_CHANGE  ? "changes how the meter is reached"
                                                        : "";
    const char *option = risk == KWH_RISK_COUNTER_RESET  ? "--allow-counter-reset"
                         : risk == KWH_RISK_IRREVERSIBLE ? "--allow-irreversible"
                                                         : "--allow-link-change";
    for (size_t i = 0; risk != KWH_RISK_COUNTER_RESET && i < KWH_COUNT(consequences); i++)
        if (consequences[i].quantity == quantity)
            words = consequences[i].words;
    snprintf(text, SET_TEXT, "it %s; %s allows it", words, option);
}

const char *describe_need(const struct kwh_item *item)
{
    unsigned every = item->risk, some = 0;
    for (unsigned i = 0; item->choices != NULL && i < item->choice_count; i++)
        some |= item->choices[i].risk;
    if ((every & KWH_RISK_IRREVERSIBLE) != 0)
        return "--allow-irreversible";
    if ((every & KWH_RISK_COUNTER_RESET) != 0)
        return "--allow-counter-reset";
    if ((every & KWH_RISK_LINK_CHANGE) != 0)
        return "--allow-link-change";
    return (some & KWH_RISK_IRREVERSIBLE) != 0  ? "some --allow-irreversible"
           : (some & KWH_RISK_LINK_CHANGE) != 0 ? "some --allow-link-change"
                                                : "";
}

static void append(char text[SET_TEXT], const char *more)
{
    size_t length = strlen(text);
    const char *separator = length != 0 ? ", " : "";
    if (length + strlen(separator) + strlen(more) + 6 < SET_TEXT)
        snprintf(text + length, SET_TEXT - length, "%s%s", separator, more);
    else if (length + 6 < SET_TEXT && strcmp(text + length - 3, "...") != 0)
        snprintf(text + length, SET_TEXT - length, ", ...");
}

static void append_number(char text[SET_TEXT], int32_t code, int8_t exponent)
{
    struct kwh_decimal value = kwh_decimal(code, exponent);
    char number[KWH_DECIMAL_TEXT];
    if (kwh_decimal_print(&value, number, sizeof number) == KWH_OK)
        append(text, number);
}

/* What its values are multiples of, where that is not 1. */
static void append_step(char text[SET_TEXT], const struct kwh_map *map, const struct kwh_item *item)
{
    const struct kwh_row *row = kwh_map_find(map, KWH_ALL_PROFILES, item->quantity);
    struct kwh_decimal step = kwh_decimal(1, item->exponent);
    char number[KWH_DECIMAL_TEXT];
    size_t length = strlen(text);
    if (row != NULL && kwh_row_type(row) != KWH_TYPE_RECORD && kwh_row_scale(row) >= KWH_SCALE_36)
        step = kwh_scale_value(kwh_row_scale(row));
    if ((step.mantissa != 1 || step.exponent != 0) &&
        kwh_decimal_print(&step, number, sizeof number) == KWH_OK)
        snprintf(text + length, SET_TEXT - length, " in steps of %.40s", number);
}

void describe_values(const struct kwh_map *map, uint32_t quantity, char text[SET_TEXT])
{
    const struct kwh_item *item = kwh_map_item(map, quantity);
    struct kwh_decimal least, most;
    char low[KWH_DECIMAL_TEXT], high[KWH_DECIMAL_TEXT];
    text[0] = '\0';
    if (item == NULL)
        return;
    for (unsigned i = 0; item->choices != NULL && i < item->choice_count; i++) {
        const struct kwh_choice *choice = &item->choices[i];
        if (choice->word != NULL)
            append(text, choice->word);
        else
            append_number(text, choice->code, choice->exponent);
    }
    if (item->choices != NULL)
        return;
    least = kwh_decimal(item->minimum, item->exponent);
    most = kwh_decimal(item->maximum, item->exponent);
    if (quantity == KWH_CT_RATIO)
        snprintf(text, SET_TEXT, "1/1 to 9999/9999");
    else if (item->minimum == item->maximum)
        append_number(text, item->minimum, item->exponent);
    else if (kwh_decimal_print(&least, low, sizeof low) == KWH_OK &&
             kwh_decimal_print(&most, high, sizeof high) == KWH_OK) {
        snprintf(text, SET_TEXT, "%.80s to %.80s", low, high);
        append_step(text, map, item);
    }
}
