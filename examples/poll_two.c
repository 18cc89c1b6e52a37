/* SPDX-License-Identifier: MIT */
/* Two meters of different families, line settings and even one address, read again and again. */
#include <kwh/poll.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    static const char *const links[] = {"rtu:/dev/ttyUSB0,baud=9600,line=8E1@1",
                                        "rtu:/dev/ttyUSB0,baud=9600,line=8N1@1"};
    static const struct kwh_map *const maps[] = {&kwh_map_inepro_pro380_modbus,
                                                 &kwh_map_eastron_sdm72d_m2_modbus};
    static const uint32_t quantities[] = {KWH_ACTIVE_ENERGY_IMPORT};
    struct kwh_poll *poll;
    struct kwh_poll_event event;
    char text[KWH_READING_TEXT];
    enum kwh_error e = kwh_poll_new(&poll, NULL);
    for (int i = 0; i < 2 && e == KWH_OK; i++) {
        struct kwh_poll_meter meter = {
            .map = maps[i], .quantities = quantities, .count = 1, .period_ms = 1000};
        e = kwh_target_parse(argc > 2 ? argv[i + 1] : links[i], &meter.target, NULL);
        if (e == KWH_OK)
            e = kwh_poll_add(poll, &meter, NULL);
    }
    for (int left = argc > 3 ? 2 : -1; e == KWH_OK && left != 0;) { /* for ever, or once each */
        e = kwh_poll_next(poll, 1000, &event);
        if (e == KWH_OK && event.kind == KWH_POLL_READING &&
            kwh_reading_print(&event.reading, text, sizeof text) == KWH_OK)
            printf("meter %u: %s Wh\n", (unsigned)event.meter, text);
        if (e == KWH_OK && event.kind == KWH_POLL_READOUT && event.error != KWH_OK)
            printf("meter %u: %s\n", (unsigned)event.meter, kwh_error_text(event.error));
        left -= e == KWH_OK && event.kind == KWH_POLL_READOUT && left > 0;
    }
    kwh_poll_free(poll);
    return e == KWH_OK ? 0 : 1;
}
