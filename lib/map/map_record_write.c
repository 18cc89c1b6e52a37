/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <kwh/map_record.h>
#include <kwh/mbus.h>

#include "record_reading.h"
#include "row.h"
#include "write_guard.h"

/* A setting, and what its map says of it. */
struct setting {
    KWH_CONST struct kwh_map *map;
    KWH_CONST struct kwh_record *row;
    KWH_CONST struct kwh_item *item;
    const struct kwh_reading *value;
};

/* The bytes, which must tell the meter this value and no other that it was rounded to. */
static enum kwh_error make(const struct setting *setting, struct kwh_decimal number,
                           struct kwh_record_write *write)
{
    struct kwh_reading reading;
    struct kwh_decimal again;
    size_t size = 0;
    enum kwh_error error = kwh_record_encode(setting->map, setting->row, setting->value,
                                             write->data, sizeof write->data, &size);
    if (error != KWH_OK)
        return KWH_ERROR_ARGUMENT;
    kwhi_record_told(setting->map, setting->row, write->data, size, &reading);
    if (!kwh_reading_has_value(&reading) || !kwhi_number_of(setting->map, &reading, &again) ||
        kwh_decimal_compare(again, number) != 0)
        return KWH_ERROR_ARGUMENT;
    write->ci = setting->item->write_function;
    write->size = (uint8_t)size;
    return KWH_OK;
}

/* The speed is the CI field itself. */
static enum kwh_error make_speed(struct kwh_decimal number, struct kwh_record_write *write)
{
    int64_t baud = 0;
    if (kwh_decimal_to_int64(number, 0, KWH_ROUND_NONE, &baud) == KWH_OK && baud > 0 &&
        baud <= INT32_MAX)
        write->ci = kwh_mbus_baud_ci((uint32_t)baud);
    return write->ci != 0 ? KWH_OK : KWH_ERROR_ARGUMENT;
}

static enum kwh_error write_setting(const struct setting *setting, unsigned allowed,
                                    struct kwh_record_write *write)
{
    struct kwh_decimal number;
    unsigned risk;
    enum kwh_error error = kwhi_write_guard(setting->map, setting->item, setting->value, allowed,
                                            &number, &risk);
    if (error != KWH_OK)
        return error;
    return setting->row->length == 0 ? make_speed(number, write) : make(setting, number, write);
}

enum kwh_error kwh_record_write(KWH_CONST struct kwh_map *map, uint32_t quantity,
                                const struct kwh_reading *value, unsigned allowed,
                                struct kwh_record_write *write)
{
    struct setting setting = {map, NULL, kwh_map_item(map, quantity), value};
    memset(write, 0, sizeof *write);
    setting.row = kwhi_written_record(map, KWH_ALL_PROFILES, quantity);
    if (setting.row == NULL)
        return KWH_ERROR_NOT_IN_MAP;
    enum kwh_error error = write_setting(&setting, allowed, write);
    if (error != KWH_OK)
        memset(write, 0, sizeof *write);
    return error;
}
