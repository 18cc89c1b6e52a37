/* SPDX-License-Identifier: MIT */
/* Is a PRO380 on Modbus TCP, as a gateway that presents another meter or a device with a meter in
 * it would be: every value comes from a callback. The first line printed is where it is reached. */
#include <kwh/host.h>
#include <kwh/maps.h>
#include <stdio.h>

/* What is measured, or digits where it is no number. The others are 0. */
static const struct {
    uint32_t quantity;
    int32_t value;
    int8_t exponent;
    uint8_t digits;
} values[] = {
    {KWH_METER_CODE, 0x0102, 0, 4}, /* tells it from other meters */
    {KWH_SERIAL_NUMBER, 0x24310042, 0, 8},
    {KWH_VOLTAGE_L1, 2301, -1, 0},
    {KWH_CURRENT_L1, 52, -1, 0},
    {KWH_ACTIVE_POWER, 1190, 0, 0},
    {KWH_ACTIVE_ENERGY_IMPORT, 12345, -1, 0},
};

static enum kwh_error supply(void *context, const struct kwh_row *row, struct kwh_reading *reading)
{
    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    for (size_t i = 0; i < KWH_COUNT(values); i++)
        if (values[i].quantity == row->quantity) {
            reading->decimal = kwh_decimal(values[i].value, values[i].exponent);
            reading->digits = (uint64_t)values[i].value;
            reading->length = values[i].digits;
        }
    return KWH_OK;
}

int main(int argc, char **argv)
{
    const struct kwh_slave slave = {.map = &kwh_map_inepro_pro380_modbus,
                                    .profiles = KWH_ALL_PROFILES,
                                    .address = 1,
                                    .value = supply};
    struct kwh_listener *listener = NULL;
    struct kwh_target target;
    char text[KWH_TARGET_TEXT];
    enum kwh_error e = kwh_target_parse(argc > 1 ? argv[1] : "tcp:127.0.0.1:1502", &target, NULL);
    if (e == KWH_OK)
        e = kwh_listener_open(&listener, &target, &slave, 1, NULL);
    if (e == KWH_OK)
        e = kwh_target_print(kwh_listener_target(listener), text, sizeof text);
    if (e == KWH_OK && puts(text) >= 0 && fflush(stdout) == 0)
        while ((e = kwh_listener_serve(listener, 1000)) == KWH_OK)
            continue;
    kwh_listener_close(listener);
    if (e != KWH_ERROR_INTERRUPTED)
        fprintf(stderr, "%s\n", kwh_error_text(e));
    return e == KWH_ERROR_INTERRUPTED ? 0 : 1;
}
