/* SPDX-License-Identifier: MIT */
/*
 * A meter that answers anything while it is set: whatever it says, the setting is written at most
 * once, the dialogue ends, and what is said of the outcome fits what was sent.
 *
 * Input: which setting (1 byte), how (1 byte: allowed risks, password, no_follow, restart, by
 * secondary address); then answers, one to each request: length and bytes. Of Modbus 200 to 249 is
 * the right frame with bytes from the script, 250 an exception of the code that follows, 251 and
 * more silence; of M-Bus 199 is E5, 200 and more a telegram whose CI and data are the bytes.
 */
#include "must.h"

#include <kwh/crc16.h>
#include <kwh/maps.h>
#include <kwh/modbus.h>
#include <kwh/setting.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    REQUESTS_MAX = 600
};

static const struct {
    const struct kwh_map *map;
    uint32_t quantity;
    int32_t number; /* or code, or digits */
    const char *word;
} settings[] = {
    {&kwh_map_inepro_pro380_modbus, KWH_DISPLAY_CYCLE_TIME, 25, NULL},
    {&kwh_map_inepro_pro380_modbus, KWH_DEVICE_ADDRESS, 9, NULL},
    {&kwh_map_inepro_pro380_modbus, KWH_BAUD_RATE, 4800, NULL},
    {&kwh_map_inepro_pro1_modbus, KWH_ACTIVE_ENERGY_IMPORT_RESETTABLE, 0, NULL},
    {&kwh_map_inepro_2pu_modbus, KWH_COMBINATION_CODE, 5, "forward_minus_reverse_vector"},
    {&kwh_map_inepro_2pu_modbus, KWH_PARITY, 2, "none"},
    {&kwh_map_eastron_sdm72d_m2_modbus, KWH_PULSE_RATE, 2, "10"},
    {&kwh_map_eastron_sdm72d_m2_modbus, KWH_PARITY_STOP_BITS, 1, "even_1"},
    {&kwh_map_socomec_countis_e4x_modbus, KWH_CT_PRIMARY, 200, NULL},
    {&kwh_map_socomec_countis_e4x_modbus, KWH_ACTION_SET_TARIFF, 2, NULL},
    {&kwh_map_inepro_2pu_mbus, KWH_TARIFF, 2, NULL},
    {&kwh_map_inepro_2pu_mbus, KWH_DEVICE_ADDRESS, 9, NULL},
    {&kwh_map_inepro_2pu_mbus, KWH_SERIAL_NUMBER, 0x15012345, NULL},
    {&kwh_map_inepro_pro1_mbus, KWH_BAUD_RATE, 2400, NULL},
    {&kwh_map_inepro_pro1_mbus, KWH_COMBINATION_CODE, 5, "forward_plus_reverse"},
};

static const uint8_t *script;
static size_t left;
static uint8_t pending[300];
static size_t pending_count;
static uint32_t now_us;
static unsigned requests, writes;
static uint8_t expected[KWH_MBUS_FRAME_MAX]; /* the write */
static size_t expected_length;
static bool is_mbus;

static uint32_t now(void *context)
{
    (void)context;
    return now_us;
}

static uint8_t take(void)
{
    if (left == 0)
        return 0;
    left--;
    return *script++;
}

static void answer_modbus(const uint8_t *request, size_t count, uint8_t kind)
{
    pending[pending_count++] = request[0];
    pending[pending_count++] = request[1];
    if (kind == 250) {
        pending[1] |= 0x80;
        pending[pending_count++] = take();
    } else if (request[1] == KWH_MODBUS_READ_HOLDING || request[1] == KWH_MODBUS_READ_INPUT) {
        pending[pending_count++] = (uint8_t)(2 * request[5]);
        while (pending_count < 3u + pending[2])
            pending[pending_count++] = take();
    } else {
        must(count >= 8);
        memcpy(pending + 2, request + 2, 4);
        pending_count = 6;
    }
    uint16_t crc = kwh_crc16(0xFFFF, pending, pending_count);
    pending[pending_count++] = (uint8_t)(crc & 0xFF);
    pending[pending_count++] = (uint8_t)(crc >> 8);
}

static void answer_mbus(const uint8_t *request, size_t count, uint8_t kind)
{
    size_t size = kind - 200u < left ? kind - 200u : left;
    if (kind == 199) {
        pending[pending_count++] = 0xE5;
    } else if (size > 0 && count > 2) {
        uint8_t address = request[0] == 0x68 ? request[5] : request[2];
        must(kwh_mbus_frame_encode(0x08, address, script[0], script + 1, size - 1, pending,
                                   sizeof pending, &pending_count) == KWH_OK);
        script += size;
        left -= size;
    }
}

/* The bit of M-Bus that counts frames is not that of a setting. */
static bool is_write(const uint8_t *bytes, size_t count)
{
    size_t from = is_mbus ? 6 : 1; /* the address may be another one by then */
    return count == expected_length && count > from + 2 &&
           memcmp(bytes + from, expected + from, count - from - 2) == 0;
}

static enum kwh_error send(void *context, const uint8_t *bytes, size_t count, size_t *sent)
{
    uint8_t kind = left > 0 ? take() : 255;
    (void)context;
    *sent = count;
    pending_count = 0;
    requests++;
    must(requests < REQUESTS_MAX);
    writes += is_write(bytes, count);
    must(writes <= 1);
    if (kind < 199 || (kind == 199 && !is_mbus)) {
        size_t size = kind < left ? kind : left;
        memcpy(pending, script, size);
        pending_count = size;
        script += size;
        left -= size;
    } else if (is_mbus) {
        answer_mbus(bytes, count, kind);
    } else if (kind <= 250) {
        answer_modbus(bytes, count, kind);
    }
    return KWH_OK;
}

static enum kwh_error receive(void *context, uint8_t *room, size_t capacity, uint32_t until_us,
                              size_t *got)
{
    (void)context;
    *got = pending_count < capacity ? pending_count : capacity;
    memcpy(room, pending, *got);
    memmove(pending, pending + *got, pending_count - *got);
    pending_count -= *got;
    if (*got == 0 && (int32_t)(until_us - now_us) > 0)
        now_us = until_us;
    return KWH_OK;
}

static enum kwh_error set_line(void *context, const struct kwh_line_settings *line)
{
    (void)context;
    must(line->baud != 0);
    return KWH_OK;
}

static void check_outcome(const struct kwh_setting *setting, enum kwh_error error)
{
    switch ((enum kwh_outcome)setting->outcome) {
    case KWH_OUTCOME_NOT_SENT:
        must(writes == 0 && error != KWH_OK);
        break;
    case KWH_OUTCOME_VERIFIED:
        must(writes == 1 && kwh_reading_has_value(&setting->after));
        break;
    case KWH_OUTCOME_REFUSED:
        must(writes == 1 && error != KWH_OK);
        break;
    case KWH_OUTCOME_IGNORED:
        must(writes == 1 && error == KWH_ERROR_NOT_TAKEN);
        break;
    case KWH_OUTCOME_UNKNOWN:
        must(writes == 1 && (error != KWH_OK || setting->no_follow));
        break;
    case KWH_OUTCOME_NOT_VERIFIABLE:
        must(writes == 1);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct kwh_line_settings speed = {9600, 8, 'E', 1};
    static const struct kwh_mbus_secondary secondary = {0x12345678, 0xFFFF, 0xFF, 0xFF};
    static const struct kwh_backend backend = {
        .now_us = now, .send = send, .receive = receive, .set_line = set_line};
    uint8_t buffer[KWH_MBUS_BUFFER];
    struct kwh_mbus_setting any;
    struct kwh_setting *setting = &any.setting;
    struct kwh_reading value;
    struct kwh_line line;
    enum kwh_error error;

    if (size < 2)
        return 0;
    const size_t which = data[0] % KWH_COUNT(settings);
    const uint8_t how = data[1];
    const struct kwh_map *map = settings[which].map;
    is_mbus = map->protocol == KWH_PROTOCOL_MBUS;
    kwh_reading_init(&value, settings[which].quantity, KWH_STATUS_OK);
    value.decimal = kwh_decimal(settings[which].number, 0);
    value.digits = (uint64_t)settings[which].number;
    value.length = 8;
    value.word = settings[which].word;
    script = data + 2;
    left = size - 2;
    pending_count = 0;
    requests = writes = 0;
    now_us = UINT32_C(0xFFF00000);
    must(kwh_line_init(&line, is_mbus ? &kwh_mbus_serial : &kwh_modbus_rtu, buffer,
                       sizeof buffer) == KWH_OK);
    if (is_mbus)
        kwh_mbus_set_speed(&line, &speed, 0);
    line.backend = &backend;
    if (!is_mbus)
        error = kwh_setting_init(setting, &line, map, 1, &value, how & 7u);
    else if ((how & 0x80) != 0)
        error = kwh_mbus_setting_select(&any, &line, map, &secondary, &value, how & 7u);
    else
        error = kwh_mbus_setting_init(&any, &line, map, 1, &value, how & 7u);
    setting->from.line = speed;
    setting->has_password = (how & 8) != 0;
    setting->password = 1000;
    setting->no_follow = (how & 16) != 0;
    setting->restart = (how & 32) != 0;
    bool is_risky = (kwh_item_risk(map, &value) & ~(unsigned)how & 7u) != 0;
    must(error == (is_risky ? KWH_ERROR_RISK : KWH_OK));
    bool unlocks = setting->has_password && map->writing != NULL && map->writing->unlock != 0;
    expected_length = 0;
    must(kwh_setting_frame(setting, unlocks ? 1 : 0, expected, sizeof expected, &expected_length) ==
         KWH_OK);
    must((expected_length == 0) == is_risky);
    error = kwh_setting_run(setting);
    must(!is_risky || requests == 0);
    check_outcome(setting, error);
    return 0;
}
