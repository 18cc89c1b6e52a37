/* SPDX-License-Identifier: MIT */
/* Reads one value of one meter. */
#include <kwh/host.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const char *link = argc > 1 ? argv[1] : "rtu:/dev/ttyUSB0,baud=9600,line=8E1";
    struct kwh_host host;
    struct kwh_meter meter;
    struct kwh_reading r;
    char text[KWH_DECIMAL_TEXT];
    enum kwh_error e = kwh_host_open(&host, link);
    if (e == KWH_OK)
        e = kwh_meter_init(&meter, kwh_host_line(&host), &kwh_map_inepro_pro380_modbus, 1);
    if (e == KWH_OK)
        e = kwh_meter_read_one(&meter, KWH_ACTIVE_ENERGY_IMPORT, &r);
    if (e == KWH_OK)
        e = kwh_decimal_print(&r.decimal, text, sizeof text);
    puts(e == KWH_OK ? text : kwh_error_text(e));
    kwh_host_close(&host);
    return e == KWH_OK ? 0 : 1;
}
