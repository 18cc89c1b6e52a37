/* SPDX-License-Identifier: MIT */
/* Reads one value of one M-Bus meter, by primary or secondary address. */
#include <kwh/host.h>
#include <kwh/mbus_meter.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const char *link = argc > 1 ? argv[1] : "mbus:/dev/ttyUSB0,baud=2400@s24430002";
    const struct kwh_map *map = &kwh_map_inepro_pro1_mbus;
    struct kwh_host host;
    struct kwh_mbus_meter mbus;
    struct kwh_reading r;
    char text[KWH_DECIMAL_TEXT];
    enum kwh_error e = kwh_host_open(&host, link);
    if (e == KWH_OK && host.target.has_secondary)
        e = kwh_mbus_meter_select(&mbus, kwh_host_line(&host), map, &host.target.secondary);
    else if (e == KWH_OK)
        e = kwh_mbus_meter_init(&mbus, kwh_host_line(&host), map, host.target.address);
    if (e == KWH_OK)
        e = kwh_meter_read_one(&mbus.meter, KWH_ACTIVE_ENERGY_IMPORT, &r);
    if (e == KWH_OK)
        e = kwh_decimal_print(&r.decimal, text, sizeof text);
    puts(e == KWH_OK ? text : kwh_error_text(e));
    kwh_host_close(&host);
    return e == KWH_OK ? 0 : 1;
}
