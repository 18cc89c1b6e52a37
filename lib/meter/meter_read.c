/* SPDX-License-Identifier: MIT */
/* Blocking readouts by quantity. */
#include <kwh/meter.h>

bool kwh_meter_next(struct kwh_meter *meter, struct kwh_reading *reading)
{
    bool result = false;
    enum kwh_error error = kwh_dialogue_run(&meter->dialogue, meter->line, &result);

    if (result)
        *reading = meter->reading;
    else
        meter->dialogue.error = error;
    return result;
}

/* The cheapest requests for this line; the memory of the plan is the caller's. */
static void make_plan(const struct kwh_meter *meter, struct kwh_plan *plan)
{
    struct kwh_bus_cost cost = kwh_bus_cost_line(meter->line, meter->map);
    kwh_plan_make(plan, &cost);
}

/* The plan goes out of scope with the call. */
static enum kwh_error end_readout(struct kwh_meter *meter)
{
    meter->plan = NULL;
    return meter->dialogue.error;
}

static enum kwh_error value_error(const struct kwh_reading *reading)
{
    return kwh_reading_has_value(reading) ? KWH_OK : KWH_ERROR_NO_VALUE;
}

enum kwh_error kwh_meter_select(struct kwh_meter *meter)
{
    struct kwh_reading reading;
    struct kwh_plan plan;

    if (meter->selection.asked >= meter->map->selector_count)
        return KWH_OK;
    kwh_plan_init(&plan, meter->map, meter->profiles, NULL, 0);
    kwh_meter_begin(meter, &plan);
    (void)kwh_meter_next(meter, &reading);
    return end_readout(meter);
}

enum kwh_error kwh_meter_read_one(struct kwh_meter *meter, uint32_t quantity,
                                  struct kwh_reading *reading)
{
    struct kwh_plan_entry entry;
    struct kwh_reading next;
    struct kwh_plan plan;

    kwh_reading_init(reading, quantity, KWH_STATUS_NO_ANSWER);
    enum kwh_error error = kwh_meter_select(meter);
    if (error != KWH_OK)
        return error;
    kwh_plan_init(&plan, meter->map, meter->profiles, &entry, 1);
    error = kwh_plan_add(&plan, quantity);
    if (error != KWH_OK) {
        kwh_reading_init(reading, quantity, KWH_STATUS_NOT_AVAILABLE);
        return error;
    }
    make_plan(meter, &plan);
    kwh_meter_begin(meter, &plan);
    while (kwh_meter_next(meter, &next)) /* to the end, which may lead the meter back */
        *reading = next;
    error = end_readout(meter);
    return error != KWH_OK ? error : value_error(reading);
}

/* Adds the quantities to the plan; those that the map lacks are settled at once. */
static enum kwh_error add_all(struct kwh_plan *plan, const uint32_t *quantities, size_t count,
                              struct kwh_reading *readings)
{
    enum kwh_error first = KWH_OK;

    for (size_t i = 0; i < count; i++) {
        enum kwh_error error = kwh_plan_add(plan, quantities[i]);
        kwh_reading_init(&readings[i], quantities[i],
                         error == KWH_OK ? KWH_STATUS_NO_ANSWER : KWH_STATUS_NOT_AVAILABLE);
        if (first == KWH_OK)
            first = error;
    }
    return first;
}

enum kwh_error kwh_meter_read(struct kwh_meter *meter, const uint32_t *quantities, size_t count,
                              struct kwh_reading *readings, struct kwh_plan_entry *entries)
{
    struct kwh_reading reading;
    struct kwh_plan plan;

    if (count < 1 || count > KWH_METER_READ_MAX)
        return KWH_ERROR_ARGUMENT;
    for (size_t i = 0; i < count; i++)
        kwh_reading_init(&readings[i], quantities[i], KWH_STATUS_NO_ANSWER);
    enum kwh_error first = kwh_meter_select(meter);
    if (first != KWH_OK)
        return first;
    kwh_plan_init(&plan, meter->map, meter->profiles, entries, count);
    first = add_all(&plan, quantities, count, readings);
    make_plan(meter, &plan);
    kwh_meter_begin(meter, &plan);
    while (kwh_meter_next(meter, &reading)) {
        for (size_t i = 0; i < count; i++)
            if (quantities[i] == reading.quantity)
                readings[i] = reading;
    }
    enum kwh_error error = end_readout(meter);
    if (first == KWH_OK)
        first = error;
    for (size_t i = 0; i < count && first == KWH_OK; i++)
        first = value_error(&readings[i]);
    return first;
}
