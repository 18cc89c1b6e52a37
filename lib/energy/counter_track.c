/* SPDX-License-Identifier: MIT */
#include <kwh/counter.h>
#include <string.h>

enum state {
    EMPTY,
    SURE,
    IN_DOUBT /* there is a candidate */
};

void kwh_counter_track_init(struct kwh_counter_track *track, const struct kwh_counter *counter)
{
    memset(track, 0, sizeof *track);
    track->counter = counter;
    track->state = EMPTY;
}

static uint64_t older(uint64_t age_ms, uint64_t elapsed_ms)
{
    return elapsed_ms < UINT64_MAX - age_ms ? age_ms + elapsed_ms : UINT64_MAX;
}

/* The sample is the new base, the difference goes on the total. */
static enum kwh_error believe(struct kwh_counter_track *track,
                              const struct kwh_counter_sample *sample,
                              struct kwh_decimal difference)
{
    struct kwh_decimal total;
    enum kwh_error error = kwh_decimal_add(track->total, difference, &total);

    if (error == KWH_OK) {
        track->total = total;
        track->base = *sample;
        track->base_age_ms = 0;
        track->state = SURE;
    }
    return error;
}

static enum kwh_error begin(struct kwh_counter_track *track,
                            const struct kwh_counter_sample *sample, struct kwh_counter_step *step)
{
    enum kwh_error error = kwh_counter_step(track->counter, sample, sample, 0, step);

    if (error == KWH_OK) {
        step->verdict = KWH_COUNTER_FIRST;
        error = believe(track, sample, step->difference);
    }
    return error == KWH_OK ? KWH_ERROR_UNDETERMINED : error;
}

/* A sample that does not follow from the base: the first of its kind waits for a second. */
static enum kwh_error doubt(struct kwh_counter_track *track,
                            const struct kwh_counter_sample *sample)
{
    struct kwh_counter_step step;
    enum kwh_error error;

    if (track->state == IN_DOUBT && kwh_counter_step(track->counter, &track->candidate, sample,
                                                     track->candidate_age_ms, &step) == KWH_OK) {
        error = believe(track, sample, step.difference);
        if (error != KWH_OK)
            return error;
        track->breaks += track->breaks < UINT32_MAX;
    } else {
        track->candidate = *sample;
        track->candidate_age_ms = 0;
        track->state = IN_DOUBT;
    }
    return KWH_ERROR_UNDETERMINED;
}

enum kwh_error kwh_counter_track_sample(struct kwh_counter_track *track,
                                        const struct kwh_counter_sample *sample,
                                        uint64_t elapsed_ms, struct kwh_counter_step *step)
{
    enum kwh_error error;

    if (track->state == EMPTY)
        return begin(track, sample, step);
    track->base_age_ms = older(track->base_age_ms, elapsed_ms);
    track->candidate_age_ms = older(track->candidate_age_ms, elapsed_ms);
    error = kwh_counter_step(track->counter, &track->base, sample, track->base_age_ms, step);
    if (error == KWH_OK)
        return believe(track, sample, step->difference);
    return error == KWH_ERROR_ARGUMENT ? error : doubt(track, sample);
}
