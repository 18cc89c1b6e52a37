/* SPDX-License-Identifier: MIT */
#include "show.h"

#include "board.h"

void show_text(const char *who, const char *what, const char *text)
{
    board_print(who);
    board_print(" ");
    board_print(what);
    board_print(" ");
    board_print(text);
    board_print("\n");
}

void show_reading(const char *who, const struct kwh_reading *reading)
{
    char name[KWH_QUANTITY_TEXT], text[KWH_READING_TEXT];

    if (kwh_quantity_print(reading->quantity, name, sizeof name) != KWH_OK)
        return;
    if (kwh_reading_print(reading, text, sizeof text) == KWH_OK)
        show_text(who, name, text);
    else
        show_text(who, name, kwh_status_name((enum kwh_status)reading->status));
}

void show_decimal(const char *who, const char *what, struct kwh_decimal value)
{
    char text[KWH_DECIMAL_TEXT];

    if (kwh_decimal_print(&value, text, sizeof text) == KWH_OK)
        show_text(who, what, text);
}
