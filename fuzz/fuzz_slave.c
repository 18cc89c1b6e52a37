/* SPDX-License-Identifier: MIT */
/*
 * Any request to a meter of ours: the answer is one that the standard knows, a read of many
 * registers says the same as reads of each, and nothing is written that the map does not allow.
 */
#include <kwh/maps.h>
#include <kwh/server.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(int holds)
{
    if (!holds)
        abort();
}

static unsigned word(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

static enum kwh_error value(void *context, const struct kwh_row *row, struct kwh_reading *reading)
{
    (void)context;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->decimal = kwh_decimal((int64_t)(row->address & 0x3F), 0);
    reading->digits = row->address & 0x99u;
    return row->address == 0x5004 ? KWH_ERROR_IO : KWH_OK;
}

static enum kwh_error write_value(void *context, const struct kwh_row *row,
                                  const struct kwh_reading *reading)
{
    const struct kwh_slave *slave = context;
    const struct kwh_item *item = kwh_map_item(slave->map, row->quantity);

    check(item != NULL && item->write_function != 0 && reading->quantity == row->quantity);
    check(kwh_reading_has_value(reading));
    check(item->choices == NULL || kwh_item_choice(item, reading->decimal) != NULL);
    return KWH_OK;
}

static void check_registers(const struct kwh_slave *slave, const uint8_t *request,
                            const uint8_t *answer)
{
    for (unsigned i = 0; i < word(request + 3); i++) {
        unsigned address = word(request + 1) + i;
        const uint8_t one[5] = {request[0], (uint8_t)(address >> 8), (uint8_t)address, 0, 1};
        uint8_t single[KWH_MODBUS_PDU_MAX];

        check(kwh_slave_answer(slave, one, sizeof one, single) == 4);
        check(memcmp(single + 2, answer + 2 + 2 * i, 2) == 0);
    }
}

static void check_answer(const struct kwh_slave *slave, const uint8_t *request, size_t size,
                         const uint8_t *answer, size_t length)
{
    check(length >= 2 && length <= KWH_MODBUS_PDU_MAX);
    if ((answer[0] & 0x80) != 0) {
        check(length == 2 && answer[1] >= 1 && answer[1] <= 4);
        return;
    }
    check(size > 0 && answer[0] == request[0]);
    if (answer[0] == 3 || answer[0] == 4) {
        check(answer[1] == 2 * word(request + 3) && length == 2u + answer[1]);
        check_registers(slave, request, answer);
    } else if (answer[0] == 6 || answer[0] == 0x10) {
        check(length == 5 && memcmp(answer, request, 5) == 0);
    } else if (answer[0] == 8) {
        check(length == size && memcmp(answer, request, size) == 0);
    } else {
        check(answer[0] == 0x11 || answer[0] == 0x2B);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kwh_slave slave = {.map = &kwh_map_inepro_pro380_modbus,
                              .profiles = KWH_ALL_PROFILES,
                              .value = value,
                              .write = write_value};
    uint8_t answer[KWH_MODBUS_PDU_MAX];

    slave.context = &slave;
    size_t length = kwh_slave_answer(&slave, data, size, answer);
    check_answer(&slave, data, size, answer, length);
    return 0;
}
