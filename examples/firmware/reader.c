/* SPDX-License-Identifier: MIT */
/*
 * Reads two meters of different makers on one RS-485 bus and a third one over M-Bus, both at once,
 * and counts the S0 pulses of a fourth; nothing in the loop ever waits for a meter. After two
 * rounds it says what was counted in between, and ends with 0 when every value came. A bus that the
 * board has no UART for is left out.
 */
#include "board.h"
#include "show.h"

#include <kwh.h>

KWH_MAP_DECLARE(inepro_pro380_modbus);
KWH_MAP_DECLARE(eastron_sdm72d_m2_modbus);
KWH_MAP_DECLARE(inepro_pro1_mbus);

#define ROUNDS     2
#define WANTED_MAX 4

/* What is wanted of which meter. */
struct wish {
    const char *name;
    KWH_CONST struct kwh_map *map;
    uint8_t address;
    uint8_t count;
    uint32_t wanted[WANTED_MAX];
};

/* A meter, and what came last. */
struct station {
    const struct wish *wish;
    struct kwh_meter *meter;
    struct kwh_plan plan;
    struct kwh_plan_entry entries[WANTED_MAX];
    struct kwh_reading came[WANTED_MAX]; /* in the order of wish.wanted */
    struct kwh_counter_sample before;    /* of what was imported, in the round before */
    uint32_t since_us;                   /* that it came, or 0 */
};

/* A UART, the line on it, and the meters there, which take turns. */
struct bus {
    void *uart;
    struct kwh_port_uart port;
    struct kwh_line line;
    uint8_t buffer[KWH_MODBUS_RTU_BUFFER];
    struct station stations[2];
    size_t count, turn;
    unsigned rounds; /* still to go */
};

/* Of a PRO380 what its combination code combines, and the code. */
enum {
    IMPORT,
    EXPORT,
    CODE
};

static const struct wish pro380 = {.name = "pro380",
                                   .map = &kwh_map_inepro_pro380_modbus,
                                   .address = 1,
                                   .count = 4,
                                   .wanted = {[IMPORT] = KWH_ACTIVE_ENERGY_IMPORT,
                                              [EXPORT] = KWH_ACTIVE_ENERGY_EXPORT,
                                              [CODE] = KWH_COMBINATION_CODE,
                                              KWH_ACTIVE_POWER}};
static const struct wish sdm72 = {
    .name = "sdm72",
    .map = &kwh_map_eastron_sdm72d_m2_modbus,
    .address = 2,
    .count = 3,
    .wanted = {KWH_VOLTAGE_L1, KWH_ACTIVE_POWER, KWH_ACTIVE_ENERGY_IMPORT}};
static const struct wish pro1 = {.name = "pro1",
                                 .map = &kwh_map_inepro_pro1_mbus,
                                 .address = 1,
                                 .count = 2,
                                 .wanted = {KWH_ACTIVE_ENERGY_IMPORT, KWH_ACTIVE_ENERGY_EXPORT}};

static struct bus modbus, mbus;
static int missing; /* values that did not come */

/* ------------------------------------------------------------------------------------------------
 * What is made of the values
 */

/* What was counted, and how finely it shows: the registers of both Modbus meters hold binary32 in
 * kWh, whose steps grow with the value. */
static bool sample_of(KWH_CONST struct kwh_map *map, const struct kwh_counter *counter,
                      const struct kwh_reading *reading, struct kwh_counter_sample *sample)
{
    struct kwh_decimal kwh;
    uint32_t bits;

    *sample = kwh_counter_sample(counter, reading->decimal);
    return map->protocol == KWH_PROTOCOL_MBUS ||
           (kwh_decimal_shift(reading->decimal, -3, &kwh) == KWH_OK &&
            kwh_decimal_to_binary32(kwh, &bits) == KWH_OK &&
            kwh_counter_sample_binary32(counter, bits, 3, sample) == KWH_OK);
}

/* What has flowed since the round before, or why that is not known: a reset, another meter. */
static void count_on(struct station *station, const struct kwh_reading *reading, uint32_t now_us)
{
    const struct wish *wish = station->wish;
    struct kwh_counter counter;
    struct kwh_counter_sample sample;
    struct kwh_counter_step step;

    if (!kwh_map_counter(wish->map, reading->quantity, &counter) ||
        !sample_of(wish->map, &counter, reading, &sample))
        return;
    if (station->since_us != 0 &&
        kwh_counter_step(&counter, &station->before, &sample, (now_us - station->since_us) / 1000,
                         &step) == KWH_OK)
        show_decimal(wish->name, "counted", step.difference);
    else if (station->since_us != 0)
        show_text(wish->name, "counted", kwh_counter_verdict_name(step.verdict));
    station->before = sample;
    station->since_us = now_us | 1u; /* 0 is never */
}

/* What the display of the meter shows as its total. */
static void combine(const struct kwh_reading *came)
{
    const struct kwh_flow flow = {came[IMPORT].decimal, came[EXPORT].decimal};
    enum kwh_combination combination;
    struct kwh_flows flows;
    struct kwh_decimal total;

    if (came[CODE].word != NULL && kwh_combination_parse(came[CODE].word, &combination) == KWH_OK &&
        kwh_flows_init(&flows, &flow, 1) == KWH_OK &&
        kwh_combine(combination, KWH_COMBINED_TOTAL, &flows, &total) == KWH_OK)
        show_decimal("pro380", "total", total);
}

static void take(struct station *station, uint32_t now_us)
{
    const struct kwh_reading *reading = &station->meter->reading;

    show_reading(station->wish->name, reading);
    if (!kwh_reading_has_value(reading)) {
        missing++;
        return;
    }
    for (size_t i = 0; i < station->wish->count; i++)
        if (station->wish->wanted[i] == reading->quantity)
            station->came[i] = *reading;
    if (reading->quantity == KWH_ACTIVE_ENERGY_IMPORT)
        count_on(station, reading, now_us);
}

/* ------------------------------------------------------------------------------------------------
 * Driving the buses
 */

/* The next meter: its settings of the line, which may be others than its neighbor's. */
static void begin(struct bus *bus)
{
    struct station *station = &bus->stations[bus->turn];
    const struct kwh_line_settings factory = station->wish->map->lines[0];
    const struct kwh_step settings = {.action = KWH_ACTION_SETTINGS, .settings = &factory};

    kwh_port_uart_step(&bus->port, &bus->line, &settings);
    kwh_meter_begin(station->meter, &station->plan);
}

static void finish(struct bus *bus)
{
    struct station *station = &bus->stations[bus->turn];

    if (station->meter->dialogue.error != KWH_OK)
        show_text(station->wish->name, "error", kwh_error_name(station->meter->dialogue.error));
    if (bus->port.set_line_error != KWH_OK) /* the UART cannot do what this meter has */
        show_text(station->wish->name, "settings", kwh_error_name(bus->port.set_line_error));
    bus->turn = (bus->turn + 1) % bus->count;
    if (bus->turn == 0)
        bus->rounds--;
    if (bus->rounds > 0)
        begin(bus);
}

/* One step, which never waits. */
static void work(struct bus *bus)
{
    struct station *station = &bus->stations[bus->turn];
    uint32_t now_us = board_uart.now_us(bus->uart);
    struct kwh_step step;

    if (bus->rounds == 0)
        return;
    kwh_dialogue_step(&station->meter->dialogue, &bus->line, now_us, &step);
    kwh_port_uart_step(&bus->port, &bus->line, &step);
    if (step.action == KWH_ACTION_RESULT)
        take(station, now_us);
    else if (step.action == KWH_ACTION_FINISHED)
        finish(bus);
}

static bool open_bus(struct bus *bus, void *uart, KWH_CONST struct kwh_framing *framing)
{
    bus->uart = uart;
    if (kwh_port_uart_init(&bus->port, &board_uart, uart) != KWH_OK ||
        kwh_line_init(&bus->line, framing, bus->buffer, sizeof bus->buffer) != KWH_OK)
        return false;
    bus->line.timing.tick_us = board_tick_us;
    return true;
}

/* Plans are made once, and used in every round. */
static bool add(struct bus *bus, const struct wish *wish, struct kwh_meter *meter)
{
    struct station *station = &bus->stations[bus->count++];

    station->wish = wish;
    station->meter = meter;
    kwh_plan_init(&station->plan, wish->map, KWH_ALL_PROFILES, station->entries, WANTED_MAX);
    for (size_t i = 0; i < wish->count; i++)
        if (kwh_plan_add(&station->plan, wish->wanted[i]) != KWH_OK)
            return false;
    kwh_plan_make(&station->plan, NULL);
    return true;
}

static bool start_modbus(void)
{
    static struct kwh_meter meters[2];

    if (board_uarts.bus == NULL)
        return true;
    if (!open_bus(&modbus, board_uarts.bus, &kwh_modbus_rtu) ||
        kwh_meter_init(&meters[0], &modbus.line, pro380.map, pro380.address) != KWH_OK ||
        kwh_meter_init(&meters[1], &modbus.line, sdm72.map, sdm72.address) != KWH_OK ||
        !add(&modbus, &pro380, &meters[0]) || !add(&modbus, &sdm72, &meters[1]))
        return false;
    modbus.rounds = ROUNDS;
    begin(&modbus);
    return true;
}

static bool start_mbus(void)
{
    static struct kwh_mbus_meter meter;

    if (board_uarts.second == NULL)
        return true;
    if (!open_bus(&mbus, board_uarts.second, &kwh_mbus_serial) ||
        kwh_mbus_meter_init(&meter, &mbus.line, pro1.map, pro1.address) != KWH_OK ||
        !add(&mbus, &pro1, &meter.meter))
        return false;
    mbus.rounds = ROUNDS;
    begin(&mbus);
    return true;
}

int main(void)
{
    static const struct kwh_decimal rate = {1000, 0}; /* imp/kWh */
    struct kwh_decimal energy;

    board_init();
    if (!start_modbus() || !start_mbus())
        return 2;
    board_print("ready\n");
    while (modbus.rounds > 0 || mbus.rounds > 0) {
        work(&modbus);
        work(&mbus);
        board_rest();
    }
    combine(modbus.stations[0].came);
    if (kwh_pulse_energy(board_pulses(), rate, &energy) == KWH_OK)
        show_decimal("pulses", "energy", energy);
    return missing == 0 ? 0 : 1;
}
