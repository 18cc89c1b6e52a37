/* SPDX-License-Identifier: MIT */
/* Sets one value of one meter, and says what came of it. */
#include <kwh/host.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    const char *link = argc > 1 ? argv[1] : "sim:inepro_pro380";
    const struct kwh_map *map = &kwh_map_inepro_pro380_modbus;
    struct kwh_host host;
    struct kwh_setting setting;
    struct kwh_reading value;
    char before[KWH_READING_TEXT], after[KWH_READING_TEXT];

    kwh_reading_init(&value, KWH_DISPLAY_CYCLE_TIME, KWH_STATUS_OK);
    value.decimal = kwh_decimal(25, 0); /* seconds */
    enum kwh_error e = kwh_host_open(&host, link);
    if (e == KWH_OK)
        e = kwh_setting_init(&setting, kwh_host_line(&host), map, 1, &value, KWH_RISK_NONE);
    if (e == KWH_OK) {
        setting.from.line = kwh_host_settings(&host);
        e = kwh_setting_run(&setting);
        if (kwh_reading_print(&setting.before, before, sizeof before) == KWH_OK &&
            kwh_reading_print(&setting.after, after, sizeof after) == KWH_OK)
            printf("%s s -> %s s, ", before, after);
        puts(kwh_outcome_name((enum kwh_outcome)setting.outcome));
    }
    if (e != KWH_OK)
        puts(kwh_error_text(e));
    kwh_host_close(&host);
    return e == KWH_OK ? 0 : 1;
}
