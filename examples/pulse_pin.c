/* SPDX-License-Identifier: MIT */
/*
 * Firmware that counts the S0 pulses of a meter at a pin: the interrupt of the pin feeds a counter,
 * the main loop makes energy and power of it. No floating point, no division but the library's.
 */
#include "fake/pin.h"

#include <kwh/edge_counter.h>
#include <kwh/pulse.h>

/* A PRO380 at 1000 imp/kWh: pulses of 2.5 ms at the least, at 69 kW one each 52.2 ms. */
static const struct kwh_decimal rate = {1000, 0};
static const struct kwh_edge_settings settings = {
    .debounce_us = 500, .width_min_us = 2000, .interval_min_us = 46957};
static struct kwh_edge_counter counter;

static void pin_changed(void)
{
    kwh_edge_counter_input(&counter, pin_is_low(), pin_now_us());
}

int main(void)
{
    kwh_edge_counter_init(&counter, &settings, pin_is_low(), pin_now_us());
    while (pin_sleep_ms(6000, pin_changed)) {
        struct kwh_edge_counter now;
        struct kwh_decimal value;
        uint64_t interval_us;

        pin_interrupt_enable(false);
        pin_changed(); /* time passes without edges, too */
        now = counter;
        pin_interrupt_enable(true);

        if (kwh_pulse_energy(now.pulses, rate, &value) == KWH_OK)
            pin_show("Wh", &value);
        if (kwh_edge_counter_interval(&now, &interval_us) == KWH_OK &&
            kwh_pulse_power(1, interval_us, rate, &value) == KWH_OK)
            pin_show("W", &value);
    }
    return 0;
}
