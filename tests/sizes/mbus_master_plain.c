/* SPDX-License-Identifier: MIT */
/* M-Bus: the usual telegram of a meter, and every record in it, without names. */
#include "mbus.h"

static void show(const uint8_t *data, size_t size, const struct kwh_mbus_record *record)
{
    (void)data;
    (void)size;
    mbus_show(record);
}

int main(void)
{
    if (!mbus_begin())
        return 1;
    for (;;)
        mbus_turn(show);
}
