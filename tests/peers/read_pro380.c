/* SPDX-License-Identifier: MIT */
/* Reads a PRO380 at a TARGET and prints name=value lines; with a file name, writes there what
 * passed on the line: "sent" or "frame" and the bytes. */
#include <stdio.h>

#include <kwh/host.h>
#include <kwh/maps.h>

enum {
    VALUES = 128
};

static void write_trace(void *context, enum kwh_trace what, const uint8_t *bytes, size_t count,
                        uint32_t now_us)
{
    FILE *file = context;

    (void)now_us;
    if (what != KWH_TRACE_SENT && what != KWH_TRACE_FRAME)
        return;
    fputs(what == KWH_TRACE_SENT ? "sent " : "frame ", file);
    for (size_t i = 0; i < count; i++)
        fprintf(file, "%02x", bytes[i]);
    fputc('\n', file);
}

static void print(const struct kwh_reading *reading)
{
    char name[KWH_QUANTITY_TEXT], text[KWH_READING_TEXT];

    if (kwh_quantity_print(reading->quantity, name, sizeof name) != KWH_OK)
        return;
    if (kwh_reading_print(reading, text, sizeof text) == KWH_OK)
        printf("%s=%s\n", name, text);
    else
        printf("%s:%s\n", name, kwh_status_name((enum kwh_status)reading->status));
}

static enum kwh_error read_all(struct kwh_host *host)
{
    static struct kwh_plan_entry entries[VALUES];
    struct kwh_meter meter;
    struct kwh_plan plan;
    struct kwh_reading reading;
    enum kwh_error error = kwh_meter_init(&meter, kwh_host_line(host),
                                          &kwh_map_inepro_pro380_modbus,
                                          kwh_host_address(host, &kwh_map_inepro_pro380_modbus));

    kwh_plan_init(&plan, &kwh_map_inepro_pro380_modbus, KWH_ALL_PROFILES, entries, VALUES);
    if (error == KWH_OK)
        error = kwh_plan_add_readout(&plan);
    if (error != KWH_OK)
        return error;
    kwh_plan_make(&plan, NULL);
    kwh_meter_begin(&meter, &plan);
    while (kwh_meter_next(&meter, &reading))
        print(&reading);
    return meter.dialogue.error;
}

int main(int count, char **arguments)
{
    struct kwh_host host;
    enum kwh_error error;
    FILE *trace = count > 2 ? fopen(arguments[2], "w") : NULL;
    char text[512];

    if (count < 2 || (count > 2 && trace == NULL)) {
        fputs("usage: read_pro380 TARGET [TRACE]\n", stderr);
        return 2;
    }
    error = kwh_host_open(&host, arguments[1]);
    if (error == KWH_OK && trace != NULL) {
        kwh_host_line(&host)->trace = write_trace;
        kwh_host_line(&host)->trace_context = trace;
    }
    if (error == KWH_OK)
        error = read_all(&host);
    if (error != KWH_OK) {
        (void)kwh_failure_print(kwh_line_failure(kwh_host_line(&host)), kwh_host_scheme(&host),
                                text, sizeof text);
        fprintf(stderr, "%s: %s\n", kwh_error_name(error), text);
    }
    kwh_host_close(&host);
    if (trace != NULL && fclose(trace) != 0)
        return 1;
    return error == KWH_OK ? 0 : 5;
}
