/* SPDX-License-Identifier: MIT */
/* Reads all that a map of one's own says. Nothing had to be registered or built anew. */
#include "../fake/bus.h"

#include <stdio.h>

KWH_MAP_DECLARE(acme_x1);

int main(void)
{
    char name[KWH_QUANTITY_TEXT], text[KWH_READING_TEXT];
    struct kwh_plan_entry entries[8];
    struct kwh_plan plan;
    struct kwh_meter meter;
    struct kwh_reading reading;

    enum kwh_error e = kwh_meter_init(&meter, bus_with(&kwh_map_acme_x1), &kwh_map_acme_x1, 1);
    kwh_plan_init(&plan, &kwh_map_acme_x1, KWH_ALL_PROFILES, entries, KWH_COUNT(entries));
    if (e == KWH_OK)
        e = kwh_plan_add_readout(&plan);
    kwh_plan_make(&plan, NULL);
    kwh_meter_begin(&meter, &plan);
    while (e == KWH_OK && kwh_meter_next(&meter, &reading))
        if (kwh_quantity_print(reading.quantity, name, sizeof name) == KWH_OK &&
            kwh_reading_print(&reading, text, sizeof text) == KWH_OK)
            printf("%s %s\n", name, text);
    return e == KWH_OK ? (int)meter.dialogue.error : 1;
}
