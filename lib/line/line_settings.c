/* SPDX-License-Identifier: MIT */
#include <kwh/line_settings.h>

void kwh_line_settings_complete(struct kwh_line_settings *settings,
                                const struct kwh_line_settings *others)
{
    if (settings->baud == 0)
        settings->baud = others->baud;
    if (settings->data_bits == 0)
        settings->data_bits = others->data_bits;
    if (settings->parity == 0)
        settings->parity = others->parity;
    if (settings->stop_bits == 0)
        settings->stop_bits = others->stop_bits;
}
