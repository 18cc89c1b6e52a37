/* SPDX-License-Identifier: MIT */
/* M-Bus: the usual telegram of a meter, and every record in it with its names. */
#include "mbus.h"

static void show(const uint8_t *data, size_t size, const struct kwh_mbus_record *record)
{
    char text[KWH_MBUS_KIND_TEXT];
    kwh_mbus_kind_print(record, text);
    board_result = (uint8_t)text[0];
    board_result = (uint8_t)*kwh_mbus_function_name((enum kwh_mbus_function)record->function);
    if (kwh_mbus_unit_text(data, size, record, text, sizeof text) == KWH_OK)
        board_result = (uint8_t)text[0];
    if (kwh_mbus_text(data, size, record, text, sizeof text) == KWH_OK)
        board_result = (uint8_t)text[0];
    mbus_show(record);
}

int main(void)
{
    if (!mbus_begin())
        return 1;
    for (;;)
        mbus_turn(show);
}
