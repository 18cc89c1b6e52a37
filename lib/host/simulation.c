/* SPDX-License-Identifier: MIT */
/* A simulated meter: the load, what a person pinned, and what such a meter says of itself. */
#include <kwh/faults.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "simulation_load.h"

/* A value that somebody chose: pinned, or written as a setting. */
struct chosen {
    struct chosen *next;
    struct kwh_reading reading;
    bool counts;             /* on from there */
    struct kwh_decimal then; /* what the load had counted */
};

struct kwh_simulation {
    const struct kwh_map *map;
    const struct kwh_model *model; /* NULL when the family cannot be told over the bus */
    struct chosen *chosen;
    struct kwhi_load load;
    struct kwh_faults faults; /* its limit and its holes */
    struct kwh_slave *slave;  /* that serves it, or NULL */
    uint64_t unlocked_ms;     /* settings may be written until then */
    char serial[9];
    uint8_t address;
};

/* How long a password holds. */
#define UNLOCK_MS 60000u

/* What a meter says of itself, as far as nothing better is known. Words that a map does not have
 * are passed over: the first choice of its list stands in. */
static const struct {
    uint32_t quantity;
    const char *text;
} device_items[] = {
    {KWH_PROTOCOL_VERSION, "3.2"},
    {KWH_SOFTWARE_VERSION, "2.18"},
    {KWH_HARDWARE_VERSION, "1.32"},
    {KWH_PULSE_RATE, "1000"},
    {KWH_PULSE_WIDTH, "0.1"},
    {KWH_COMBINATION_CODE, "forward"},
    {KWH_DISPLAY_CYCLE_TIME, "10"},
    {KWH_POWER_DOWN_COUNTER, "12"},
    {KWH_SOFTWARE_CHECKSUM, "0D012D35"},
    {KWH_STATUS_WORD, "00110111"},
    {KWH_CT_RATIO, "5/5"},
    {KWH_CT_SECONDARY, "5"},
    {KWH_STOP_BITS, "1"},
    {KWH_VENDOR_SIGNATURE, "SOCO"},
    {KWH_VENDOR_NAME, "SOCOMEC"},
    {KWH_PRODUCT_NAME, "COUNTIS E44"},
    {KWH_PRODUCT_NAME_EXTENDED, "COUNTIS E44"},
    {KWH_TABLE_VERSION, "1.03"},
    {KWH_ROLLOVER_VALUE, "9999999990"},
    {KWH_NETWORK_TYPE, "3p4w"},
    {KWH_PULSE_OUTPUT_MODE, "gross"},
    {KWH_BACKLIGHT_TIME, "3600"},
    {KWH_CLOCK_DAY, "1"},
    {KWH_CLOCK_MONTH, "1"},
    {KWH_CLOCK_YEAR, "2026"},
    {KWH_CLOCK_HOUR, "12"},
    {KWH_DEMAND_PERIOD, "900"},
};

static uint16_t profiles_of(const struct kwh_simulation *simulation)
{
    return simulation->model != NULL ? simulation->model->profiles : KWH_ALL_PROFILES;
}

/* On M-Bus the serial number stands in the header of every telegram, whatever the map has. */
static const struct kwh_row header_row = {
    .quantity = KWH_SERIAL_NUMBER,
    .format = KWH_FORMAT(KWH_TYPE_BCD32, KWH_SCALE_1, KWH_SPACE_HOLDING, KWH_INFERRED)};

/* The row that holds a quantity, whatever its rank. */
static const struct kwh_row *row_of(const struct kwh_simulation *simulation, uint32_t quantity)
{
    struct kwh_map_iterator rows = {simulation->map, profiles_of(simulation), 0, 0};
    const struct kwh_row *found = kwh_map_find(simulation->map, rows.profiles, quantity);
    const struct kwh_row *row;
    while (found == NULL && (row = kwh_map_next(&rows)) != NULL)
        if (row->quantity == quantity && !kwh_row_write_only(row))
            found = row;
    if (simulation->map->protocol == KWH_PROTOCOL_MBUS &&
        (found == NULL || kwh_record_of(simulation->map, found) == NULL))
        found = quantity == KWH_SERIAL_NUMBER ? &header_row : NULL;
    return found;
}

static enum kwh_error parse(const struct kwh_simulation *simulation, const struct kwh_row *row,
                            const char *text, struct kwh_reading *reading)
{
    const struct kwh_record *record = kwh_record_of(simulation->map, row);
    return record != NULL ? kwh_record_parse(simulation->map, record, text, reading)
                          : kwh_row_parse(simulation->map, row, text, reading);
}

/* Whether the meter has no room for a value. */
static bool overflows(const struct kwh_simulation *simulation, const struct kwh_row *row,
                      const struct kwh_reading *reading)
{
    const struct kwh_record *record = kwh_record_of(simulation->map, row);
    uint8_t bytes[KWH_MBUS_DATA_MAX];
    size_t size = 0;
    enum kwh_error error = record != NULL
                               ? kwh_record_encode(simulation->map, record, reading, bytes,
                                                   sizeof bytes, &size)
                               : kwh_row_encode(simulation->map, row, reading, bytes, sizeof bytes);
    return error == KWH_ERROR_OVERFLOW;
}

static unsigned phases_of(const struct kwh_simulation *simulation)
{
    struct kwh_map_iterator rows = {simulation->map, profiles_of(simulation), 0, 0};
    const struct kwh_row *row;
    while ((row = kwh_map_next(&rows)) != NULL)
        if (KWH_QUANTITY_CLASS(row->quantity) == KWH_CLASS_MEASUREMENT &&
            KWH_QUANTITY_PHASE(row->quantity) == KWH_PHASE_L2)
            return 3;
    return 1;
}

static struct chosen *find_chosen(const struct kwh_simulation *simulation, uint32_t quantity)
{
    struct chosen *chosen = simulation->chosen;
    while (chosen != NULL && chosen->reading.quantity != quantity)
        chosen = chosen->next;
    return chosen;
}

/* What the counters follow: the tariff and the combination code. */
static void follow(struct kwh_simulation *simulation, const struct kwh_reading *reading)
{
    enum kwh_combination combination;
    if (reading->quantity == KWH_TARIFF && reading->decimal.exponent == 0 &&
        reading->decimal.mantissa >= 1 && reading->decimal.mantissa <= KWHI_LOAD_TARIFFS)
        simulation->load.tariff = (unsigned)reading->decimal.mantissa;
    if (reading->quantity == KWH_COMBINATION_CODE && reading->word != NULL &&
        kwh_combination_parse(reading->word, &combination) == KWH_OK)
        simulation->load.combination = combination;
}

static enum kwh_error choose(struct kwh_simulation *simulation, const struct kwh_reading *reading)
{
    struct chosen *chosen = find_chosen(simulation, reading->quantity);
    if (chosen == NULL) {
        chosen = malloc(sizeof *chosen);
        if (chosen == NULL)
            return KWH_ERROR_CAPACITY;
        chosen->next = simulation->chosen;
        simulation->chosen = chosen;
    }
    chosen->reading = *reading;
    chosen->counts = false;
    follow(simulation, reading);
    return KWH_OK;
}

/* ------------------------------------------------------------------------------------------------
 * Device items
 */

/* The words that identify the model, as far as @p row holds them. */
static bool identity(const struct kwh_simulation *simulation, const struct kwh_row *row,
                     struct kwh_reading *reading)
{
    const struct kwh_map *map = simulation->map;
    size_t words = kwh_row_words(row);
    uint8_t code[4], bytes[4];
    if (simulation->model == NULL || map->identity_words == 0 || map->identity_words > 2 ||
        kwh_row_space(row) != (enum kwh_space)map->identity_space ||
        row->address < map->identity_address ||
        row->address + words > (size_t)map->identity_address + map->identity_words)
        return false;
    kwh_registers_store(code, map->identity_words, KWH_ORDER_ABCD, simulation->model->code);
    memcpy(bytes, code + (size_t)2 * (row->address - map->identity_address), 2 * words);
    kwh_row_decode(map, row, bytes, reading);
    return true;
}

/* What the model is told by besides the identification registers. */
static bool told_by(const struct kwh_simulation *simulation, uint32_t quantity,
                    struct kwh_decimal *value)
{
    const struct kwh_model *model = simulation->model;
    if (model == NULL || model->quantity != quantity)
        return false;
    *value = kwh_decimal(model->value, 0);
    return true;
}

static void print_unsigned(uint32_t number, char text[16])
{
    (void)snprintf(text, 16, "%lu", (unsigned long)number);
}

/* How many tariffs the map has counters for. */
static unsigned tariffs_of(const struct kwh_simulation *simulation)
{
    static const uint32_t counters[] = {KWH_ACTIVE_ENERGY_IMPORT_T2, KWH_ACTIVE_ENERGY_IMPORT_T3,
                                        KWH_ACTIVE_ENERGY_IMPORT_T4};
    unsigned count = 1;
    while (count <= KWH_COUNT(counters) && row_of(simulation, counters[count - 1]) != NULL)
        count++;
    return count;
}

/* The factory line settings and the serial number, as text. */
static bool factory_text(const struct kwh_simulation *simulation, uint32_t quantity, char text[16])
{
    static const struct kwh_line_settings standard = KWH_LINE_SETTINGS_DEFAULT;
    const struct kwh_line_settings *line = simulation->map->line_count > 0 ? simulation->map->lines
                                                                           : &standard;
    const char *parity = line->parity == 'E' ? "even" : line->parity == 'O' ? "odd" : "none";
    switch (quantity) {
    case KWH_BAUD_RATE:
        print_unsigned(line->baud, text);
        return true;
    case KWH_PARITY:
        (void)snprintf(text, 16, "%s", parity);
        return true;
    case KWH_STOP_BITS:
        print_unsigned(line->stop_bits, text);
        return true;
    case KWH_PARITY_STOP_BITS:
        (void)snprintf(text, 16, "%s_%u", parity, (unsigned)line->stop_bits);
        return true;
    case KWH_DEVICE_ADDRESS:
        print_unsigned(simulation->address, text);
        return true;
    case KWH_SERIAL_NUMBER:
        (void)snprintf(text, 16, "%s", simulation->serial);
        return true;
    case KWH_TARIFF_COUNT:
        print_unsigned(tariffs_of(simulation), text);
        return true;
    case KWH_RATED_CURRENT:
        print_unsigned(simulation->load.phases == 1 ? 45 : 100, text);
        return true;
    default:
        return false;
    }
}

static const char *device_text(uint32_t quantity)
{
    for (size_t i = 0; i < KWH_COUNT(device_items); i++)
        if (device_items[i].quantity == quantity)
            return device_items[i].text;
    return NULL;
}

/* The time of the load, which begins with 2026, as the registers of a row have it. */
static void take_time(const struct kwh_simulation *simulation, const struct kwh_row *row,
                      struct kwh_reading *reading)
{
    uint32_t seconds = UINT32_C(820540800) + (uint32_t)(simulation->load.time_ms / 1000);
    uint8_t bytes[2 * 16] = {0};
    kwh_registers_store(bytes, 2, (enum kwh_word_order)(simulation->map->order & 3u), seconds);
    kwh_row_decode(simulation->map, row, bytes, reading);
}

/* Something that the registers can hold when nothing is known. */
static void stand_in(const struct kwh_simulation *simulation, const struct kwh_row *row,
                     struct kwh_reading *reading)
{
    const struct kwh_item *item = kwh_map_item(simulation->map, row->quantity);
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->certainty = (uint8_t)kwh_row_certainty(row);
    if (item != NULL && item->choices != NULL && item->choice_count > 0) {
        reading->word = item->choices[0].word;
        reading->decimal = kwh_decimal(item->choices[0].code, item->choices[0].exponent);
    } else if (item != NULL && item->minimum > 0) {
        reading->decimal = kwh_decimal(item->minimum, item->exponent);
    }
    if (reading->form == KWH_FORM_DIGITS && kwh_record_of(simulation->map, row) != NULL)
        (void)parse(simulation, row, "0", reading);
    else if (reading->form == KWH_FORM_DIGITS)
        reading->length = (uint8_t)(4 * (kwh_row_words(row) < 4 ? kwh_row_words(row) : 4));
}

static bool live_item(const struct kwh_simulation *simulation, uint32_t quantity,
                      struct kwh_decimal *value)
{
    uint32_t without_phase = quantity & ~((uint32_t)15 << 14);
    if (quantity == KWH_TARIFF) {
        *value = kwh_decimal((int64_t)kwhi_load_tariff(&simulation->load), 0);
        return true;
    }
    if (without_phase == KWH_QUADRANT) {
        unsigned phase = KWH_QUANTITY_PHASE(quantity);
        *value = kwh_decimal((int64_t)kwhi_load_quadrant(&simulation->load, phase), 0);
        return true;
    }
    return told_by(simulation, quantity, value);
}

/* Whether settings may be written only with a password, and now. */
static bool has_lock(const struct kwh_simulation *simulation)
{
    return simulation->map->writing != NULL && simulation->map->writing->unlock != 0;
}

static bool is_unlocked(const struct kwh_simulation *simulation)
{
    return !has_lock(simulation) || simulation->load.time_ms < simulation->unlocked_ms;
}

static void item_value(const struct kwh_simulation *simulation, const struct kwh_row *row,
                       struct kwh_reading *reading)
{
    char factory[16];
    const char *text = factory_text(simulation, row->quantity, factory) ? factory
                       : has_lock(simulation) && simulation->map->writing->unlock == row->quantity
                           ? (is_unlocked(simulation) ? "1" : "0")
                           : device_text(row->quantity);
    if (identity(simulation, row, reading))
        return;
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->certainty = (uint8_t)kwh_row_certainty(row);
    if (reading->form == KWH_FORM_TIME && kwh_record_of(simulation->map, row) == NULL) {
        take_time(simulation, row, reading);
        return;
    }
    if (reading->form == KWH_FORM_DECIMAL &&
        live_item(simulation, row->quantity, &reading->decimal))
        return;
    if (text == NULL || parse(simulation, row, text, reading) != KWH_OK)
        stand_in(simulation, row, reading);
}

/* ------------------------------------------------------------------------------------------------
 * Serving
 */

static bool is_hole(const struct kwh_simulation *simulation, const struct kwh_row *row)
{
    const struct kwh_faults *faults = &simulation->faults;
    size_t last = row->address + kwh_row_words(row) - 1u;

    for (size_t i = 0; i < faults->hole_count; i++)
        if (faults->holes[i].first <= last && faults->holes[i].last >= row->address)
            return true;
    return false;
}

static int64_t milli(struct kwh_decimal value)
{
    int64_t number = 0;
    return kwh_decimal_to_int64(value, -3, KWH_ROUND_HALF_EVEN, &number) == KWH_OK ? number : 0;
}

/* Thousandths that a counter has come to since somebody set it, as if it never began again. */
static int64_t counted_on(const struct kwh_simulation *simulation, const struct chosen *chosen)
{
    struct kwh_decimal now = kwh_decimal(0, 0);
    if (kwhi_load_value(&simulation->load, chosen->reading.quantity, &now) != KWH_OK)
        now = chosen->then;
    return milli(chosen->reading.decimal) + milli(now) - milli(chosen->then);
}

/* At what the counter behind a quantity begins again, in thousandths; 0: nobody knows. */
static int64_t modulus_of(const struct kwh_simulation *simulation, uint32_t quantity)
{
    struct kwh_counter counter;
    return kwh_map_counter(simulation->map, quantity, &counter) ? milli(counter.modulus) : 0;
}

/* How often a counter has begun again: its quantity is that of the number, but for the process. */
static bool rollovers(const struct kwh_simulation *simulation, struct kwh_reading *reading)
{
    const uint32_t process = UINT32_C(15) << 2;
    uint32_t quantity = reading->quantity & ~process;
    const struct chosen *chosen = find_chosen(simulation, quantity);
    int64_t modulus = modulus_of(simulation, quantity);
    if (KWH_QUANTITY_PROCESS(reading->quantity) != KWH_PROCESS_ROLLOVERS || chosen == NULL ||
        !chosen->counts || modulus == 0)
        return false;
    reading->decimal = kwh_decimal(counted_on(simulation, chosen) / modulus, 0);
    return true;
}

static void roll_over(const struct kwh_simulation *simulation, struct kwh_reading *reading)
{
    int64_t modulus = modulus_of(simulation, reading->quantity);
    if (modulus != 0 && milli(reading->decimal) >= modulus)
        reading->decimal = kwh_decimal(milli(reading->decimal) % modulus, -3);
}

static void measure(const struct kwh_simulation *simulation, const struct kwh_row *row,
                    struct kwh_reading *reading)
{
    kwh_reading_init(reading, row->quantity, KWH_STATUS_OK);
    reading->certainty = (uint8_t)kwh_row_certainty(row);
    if (rollovers(simulation, reading))
        return;
    if (kwhi_load_value(&simulation->load, row->quantity, &reading->decimal) != KWH_OK)
        stand_in(simulation, row, reading);
    roll_over(simulation, reading);
}

static enum kwh_error row_value(void *context, const struct kwh_row *row,
                                struct kwh_reading *reading)
{
    const struct kwh_simulation *simulation = context;
    const struct chosen *chosen = find_chosen(simulation, row->quantity);
    if (chosen != NULL) {
        *reading = chosen->reading;
        if (chosen->counts) {
            reading->decimal = kwh_decimal(counted_on(simulation, chosen), -3);
            roll_over(simulation, reading);
        }
    } else if (KWH_QUANTITY_CLASS(row->quantity) == KWH_CLASS_MEASUREMENT) {
        measure(simulation, row, reading);
    } else {
        item_value(simulation, row, reading);
    }
    if (is_hole(simulation, row))
        return KWH_ERROR_ILLEGAL_DATA_ADDRESS;
    /* What is too narrow for the value reads 0, as on a meter. */
    if (overflows(simulation, row, reading))
        reading->decimal = kwh_decimal(0, 0);
    return KWH_OK;
}

/* As it is read after it was written. */
static enum kwh_error choose_setting(struct kwh_simulation *simulation,
                                     const struct kwh_reading *reading)
{
    const struct kwh_item *item = kwh_map_item(simulation->map, reading->quantity);
    const struct kwh_choice *choice = item != NULL ? kwh_item_choice(item, reading->decimal) : NULL;
    struct kwh_reading setting = *reading;
    if (choice != NULL && choice->reads_as != 0)
        setting.decimal = kwh_decimal(choice->reads_as, 0);
    return choose(simulation, &setting);
}

/* A choice as a letter or a number of line settings: "even_1", "9600". */
static const char *word_of(const struct kwh_reading *reading, char text[KWH_READING_TEXT])
{
    return kwh_reading_print(reading, text, KWH_READING_TEXT) == KWH_OK ? text : "";
}

/* What the meter keeps of its own link counts from the next request on; what waits for a start of
 * the meter is only kept. */
static void move_link(struct kwh_simulation *simulation, const struct kwh_reading *reading)
{
    const struct kwh_item *item = kwh_map_item(simulation->map, reading->quantity);
    struct kwh_slave *slave = simulation->slave;
    char text[KWH_READING_TEXT];
    const char *word = word_of(reading, text);
    if (slave == NULL || item == NULL || (item->flags & KWH_ITEM_RESTART) != 0)
        return;
    switch (reading->quantity) {
    case KWH_DEVICE_ADDRESS:
        slave->address = (uint8_t)strtoul(word, NULL, 10);
        break;
    case KWH_BAUD_RATE:
        slave->line.baud = (uint32_t)strtoul(word, NULL, 10);
        break;
    case KWH_PARITY:
    case KWH_PARITY_STOP_BITS:
        slave->line.parity = word[0] == 'e' ? 'E' : word[0] == 'o' ? 'O' : 'N';
        if (reading->quantity == KWH_PARITY_STOP_BITS)
            slave->line.stop_bits = strstr(word, "_2") != NULL ? 2 : 1;
        break;
    default:
        break;
    }
}

/* A setting that cannot be undone stays: what comes later is acknowledged and forgotten. */
static bool is_final(struct kwh_simulation *simulation, const struct kwh_row *row)
{
    const struct kwh_item *item = kwh_map_item(simulation->map, row->quantity);
    struct kwh_reading now;
    const struct kwh_choice *choice;
    const struct chosen *chosen = find_chosen(simulation, row->quantity);
    if (row->quantity != KWH_COMBINATION_CODE || item == NULL)
        return false;
    if (chosen != NULL)
        now = chosen->reading;
    else if (row_value(simulation, row, &now) != KWH_OK)
        return false;
    choice = kwh_item_choice(item, now.decimal);
    return choice != NULL && (choice->risk & KWH_RISK_IRREVERSIBLE) != 0;
}

/* The password that somebody chose, else that of the factory. */
static uint32_t password_of(const struct kwh_simulation *simulation)
{
    const struct chosen *chosen = find_chosen(simulation, KWH_PASSWORD);
    char text[KWH_READING_TEXT];
    return chosen != NULL ? (uint32_t)strtoul(word_of(&chosen->reading, text), NULL, 10)
                          : simulation->map->writing->default_password;
}

static void unlock(struct kwh_simulation *simulation, const struct kwh_reading *reading)
{
    char text[KWH_READING_TEXT];
    bool is_right = strtoul(word_of(reading, text), NULL, 10) == password_of(simulation);
    simulation->unlocked_ms = is_right ? simulation->load.time_ms + UNLOCK_MS : 0;
}

static void act(struct kwh_simulation *simulation, const struct kwh_reading *reading)
{
    const struct kwh_item *item = kwh_map_item(simulation->map, reading->quantity);
    struct kwh_reading tariff = *reading;
    if (item != NULL && (item->risk & KWH_RISK_COUNTER_RESET) != 0)
        kwhi_load_reset(&simulation->load);
    tariff.quantity = KWH_TARIFF;
    if (reading->quantity == KWH_ACTION_SET_TARIFF)
        follow(simulation, &tariff);
}

static enum kwh_error set(struct kwh_simulation *simulation, const struct kwh_row *row,
                          const struct kwh_reading *reading)
{
    if (is_final(simulation, row))
        return KWH_OK;
    move_link(simulation, reading);
    return choose_setting(simulation, reading);
}

static enum kwh_error row_write(void *context, const struct kwh_row *row,
                                const struct kwh_reading *reading)
{
    struct kwh_simulation *simulation = context;
    if (has_lock(simulation) && simulation->map->writing->unlock == row->quantity) {
        unlock(simulation, reading);
        return KWH_OK;
    }
    if (!is_unlocked(simulation))
        return KWH_ERROR_ARGUMENT;
    switch (KWH_QUANTITY_CLASS(row->quantity)) {
    case KWH_CLASS_ITEM:
        return set(simulation, row, reading);
    case KWH_CLASS_MEASUREMENT: /* only counters that can be cleared are writable */
        kwhi_load_reset(&simulation->load);
        return KWH_OK;
    case KWH_CLASS_ACTION:
        act(simulation, reading);
        return KWH_OK;
    default:
        return KWH_OK;
    }
}

/* ------------------------------------------------------------------------------------------------
 * The meter
 */

/* The first model that the code alone tells; those before it need a further value to be right. */
static const struct kwh_model *plain_model(const struct kwh_map *map)
{
    for (uint16_t i = 0; i < map->model_count; i++)
        if (map->models[i].quantity == 0)
            return &map->models[i];
    return map->model_count > 0 ? map->models : NULL;
}

enum kwh_error kwh_simulation_new(struct kwh_simulation **simulation, const struct kwh_map *map,
                                  uint32_t seed)
{
    struct kwh_simulation *made;
    *simulation = NULL;
    if (map == NULL)
        return KWH_ERROR_ARGUMENT;
    made = calloc(1, sizeof *made);
    if (made == NULL)
        return KWH_ERROR_CAPACITY;
    made->map = map;
    made->model = plain_model(map);
    made->address = map->default_address != 0 ? map->default_address : 1;
    (void)snprintf(made->serial, sizeof made->serial, "2443%04u", (unsigned)(seed % 10000u));
    kwhi_load_init(&made->load, phases_of(made), seed);
    made->load.signed_current = row_of(made, KWH_POWER_FACTOR_MAGNITUDE) != NULL;
    if (row_of(made, KWH_COMBINATION_CODE) == NULL)
        made->load.combination = KWH_COMBINATION_FORWARD_PLUS_REVERSE;
    *simulation = made;
    return KWH_OK;
}

void kwh_simulation_free(struct kwh_simulation *simulation)
{
    while (simulation != NULL && simulation->chosen != NULL) {
        struct chosen *chosen = simulation->chosen;
        simulation->chosen = chosen->next;
        free(chosen);
    }
    free(simulation);
}

enum kwh_error kwh_simulation_pin(struct kwh_simulation *simulation, const char *name,
                                  const char *value)
{
    uint32_t quantity;
    struct kwh_reading reading;
    struct kwh_decimal then = kwh_decimal(0, 0);
    struct kwh_counter counter;
    struct chosen *chosen;
    char text[KWH_READING_TEXT];
    size_t length = strlen(value);
    bool counts = length > 0 && value[length - 1] == '+';
    enum kwh_error error = kwh_quantity_parse(name, &quantity);
    if (error != KWH_OK)
        return error;
    const struct kwh_row *row = row_of(simulation, quantity);
    if (row == NULL)
        return KWH_ERROR_NOT_IN_MAP;
    if (counts)
        length--;
    if (length >= sizeof text)
        return KWH_ERROR_SYNTAX;
    memcpy(text, value, length);
    text[length] = '\0';
    error = parse(simulation, row, text, &reading);
    if (counts && (!kwh_map_counter(simulation->map, quantity, &counter) ||
                   kwhi_load_value(&simulation->load, quantity, &then) != KWH_OK))
        error = KWH_ERROR_SYNTAX;
    if (error == KWH_OK)
        error = choose(simulation, &reading);
    if (error != KWH_OK)
        return error;
    chosen = find_chosen(simulation, quantity);
    if (chosen != NULL) {
        chosen->counts = counts;
        chosen->then = then;
    }
    return KWH_OK;
}

void kwh_simulation_advance(struct kwh_simulation *simulation, uint32_t elapsed_ms)
{
    kwhi_load_advance(&simulation->load, elapsed_ms);
}

void kwh_simulation_faults(struct kwh_simulation *simulation, const struct kwh_faults *faults)
{
    simulation->faults = *faults;
}

void kwh_simulation_slave(struct kwh_simulation *simulation, uint8_t address,
                          struct kwh_slave *slave)
{
    memset(slave, 0, sizeof *slave);
    simulation->address = address;
    simulation->slave = slave;
    slave->map = simulation->map;
    slave->profiles = profiles_of(simulation);
    slave->address = address;
    slave->value = row_value;
    slave->write = row_write;
    slave->context = simulation;
    slave->request_limit = simulation->faults.limit;
}

enum kwh_error kwh_simulation_value(struct kwh_simulation *simulation, uint32_t quantity,
                                    struct kwh_reading *reading)
{
    const struct kwh_row *row = row_of(simulation, quantity);
    if (row == NULL) {
        kwh_reading_init(reading, quantity, KWH_STATUS_NOT_AVAILABLE);
        return KWH_ERROR_NOT_IN_MAP;
    }
    return row_value(simulation, row, reading);
}
