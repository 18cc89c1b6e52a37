/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0
// proof: SOURCES=lib/energy/counter.c,lib/energy/counter_binary32.c,lib/energy/counter_power.c
// proof: SOURCES=lib/energy/counter_track.c,lib/energy/binary32_count.c,lib/energy/ratio.c
// proof: SOURCES=lib/base/decimal.c
#include <kwh/counter.h>

#include "proof.h"

static struct kwh_decimal any_decimal(void)
{
    return kwh_decimal(Frama_C_long_long_interval(INT64_MIN, INT64_MAX), (int8_t)ANY_BYTE());
}

static struct kwh_counter_sample any_sample(void)
{
    struct kwh_counter_sample sample;
    sample.value = any_decimal();
    sample.resolution = any_decimal();
    sample.meter = ANY_UINT64();
    return sample;
}

/* Any counter, any samples, any state of one that is followed. */
int main(void)
{
    struct kwh_counter counter;
    struct kwh_counter_sample previous, current;
    struct kwh_counter_track track;
    struct kwh_counter_step step;
    struct kwh_decimal power;
    int64_t count;
    int sum = 0;

    counter.modulus = any_decimal();
    counter.resolution = any_decimal();
    counter.power_max_w = ANY_UINT32();
    counter.both_ways = ANY_OF(0, 1) != 0;
    sum += (int)kwh_binary32_to_count(ANY_UINT32(), ANY_OF(-1, 10), &count);
    sum += (int)kwh_counter_sample_binary32(&counter, ANY_UINT32(), ANY_OF(-10, 10), &current);

    previous = any_sample();
    current = any_sample();
    sum += (int)kwh_counter_step(&counter, &previous, &current, ANY_UINT64(), &step);

    step.verdict = (enum kwh_counter_verdict)ANY_OF(0, 8);
    step.difference = any_decimal();
    step.resolution = any_decimal();
    step.elapsed_ms = ANY_UINT64();
    sum += (int)kwh_counter_power(&step, ANY_UINT32(), &power);

    kwh_counter_track_init(&track, &counter);
    track.base = any_sample();
    track.candidate = any_sample();
    track.base_age_ms = ANY_UINT64();
    track.candidate_age_ms = ANY_UINT64();
    track.total = any_decimal();
    track.breaks = ANY_UINT32();
    track.state = ANY_BYTE();
    sum += (int)kwh_counter_track_sample(&track, &current, ANY_UINT64(), &step);
    return sum;
}
