/* SPDX-License-Identifier: MIT */
/**
 * @file counter.h
 * Energy registers that only ever count up, and what two readings of one say: how much was counted
 * in between, or that the register rolled over, was reset, belongs to another meter, or that a
 * reading cannot be right.
 *
 *     static const struct kwh_counter counter = {
 *         .modulus = {100000000, 1}, .resolution = {1, 1}, .power_max_w = 69000};  // in Wh
 *     struct kwh_counter_sample before, now;
 *     struct kwh_counter_step step;
 *     ...
 *     now = kwh_counter_sample(&counter, reading.decimal);
 *     if (kwh_counter_step(&counter, &before, &now, elapsed_ms, &step) == KWH_OK)
 *         ... step.difference is exact
 *
 * kwh_counter_track does so for a row of readings, believes nothing at once, and keeps the sum.
 * Readings with a status other than ok are no samples: leave them out, the gap does no harm.
 *
 * A binary32 register is coarser than its meter: from 131 072 kWh on it moves in steps of 15.6 Wh.
 * kwh_counter_sample_binary32() knows the step, and kwh_counter_power() makes no power of it. From
 * a reading, kwh_decimal_shift() and kwh_decimal_to_binary32() lead back to the register.
 *
 * Every function is pure but for what it is given to change; any thread, any interrupt.
 */
#ifndef KWH_COUNTER_H
#define KWH_COUNTER_H

#include <kwh/decimal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What is known of a counter register, in the unit of its readings (Wh, varh, VAh). */
struct kwh_counter {
    struct kwh_decimal modulus;    /**< what it starts again at, once counted; 0: it never does */
    struct kwh_decimal resolution; /**< what it counts in; 0, of binary32 only: not known */
    uint32_t power_max_w;          /**< the most that can flow, 1 or more; W, var, VA */
    /**
     * A net counter, which may fall and be negative. With a modulus it is two's complement: 2^32
     * for 32 bits of which the first is a sign.
     */
    bool both_ways;
};

/** One reading of a counter. */
struct kwh_counter_sample {
    struct kwh_decimal value;
    struct kwh_decimal resolution; /**< how far the difference to another may be from the truth */
    uint64_t meter; /**< the digits of the meter's serial number; 0: not known. Set it behind the
                         functions below: it proves a replacement. */
};

/** A sample of a counter whose register holds all it counts: an integer or BCD. */
static inline struct kwh_counter_sample kwh_counter_sample(const struct kwh_counter *counter,
                                                           struct kwh_decimal value)
{
    struct kwh_counter_sample sample;
    sample.value = value;
    sample.resolution = counter->resolution;
    sample.meter = 0;
    return sample;
}

/**
 * A sample of a binary32 register that counts 10^@p power units, power -9 to 9: 3 for a register in
 * kWh and samples in Wh. Where the steps of binary32 are finer than the counter's resolution, the
 * value is what the meter counted, digit for digit. Beyond, it is the register's value to 10^-9 of
 * its unit, and the resolution of the sample is that step and the counter's own together. Steps
 * below 2^-16 of the register's unit (0.015 Wh in kWh) are taken as 2^-16. On failure it is all 0.
 * @retval KWH_ERROR_NO_VALUE for NaN and infinities
 * @retval KWH_ERROR_OVERFLOW beyond 64 bits
 * @retval KWH_ERROR_ARGUMENT @p power, or a resolution that is neither 0 nor a power of ten
 */
KWH_API KWH_CHECKED enum kwh_error kwh_counter_sample_binary32(const struct kwh_counter *counter,
                                                               uint32_t bits, int power,
                                                               struct kwh_counter_sample *sample);

/**
 * A binary32 as a whole count of 10^-@p digits, 0 to 9, half to even: 16 048.14 kWh at 3 digits is
 * 16 048 140 Wh. Convert a register once and add up integers: sums in binary32 stand still. At more
 * digits than the register has, those of its encoding show (kwh_decimal_from_binary32() leaves them
 * out). On failure it is 0.
 * @retval KWH_ERROR_NO_VALUE for NaN and infinities
 * @retval KWH_ERROR_OVERFLOW beyond 64 bits
 * @retval KWH_ERROR_ARGUMENT @p digits
 */
KWH_API KWH_CHECKED enum kwh_error kwh_binary32_to_count(uint32_t bits, int digits, int64_t *count);

/** What a sample is, after another. Numbers are frozen. */
enum kwh_counter_verdict {
    KWH_COUNTER_OK = 0,      /**< It has counted on; both ways: or back. */
    KWH_COUNTER_STALLED = 1, /**< It stands; or is back by rounding, no more than the resolution. */
    KWH_COUNTER_ROLLED_OVER = 2, /**< It has counted past its modulus. */
    KWH_COUNTER_RESET = 3,       /**< It has been set to 0 and may have counted on since. */
    KWH_COUNTER_REPLACED = 4,    /**< Another meter: another serial number, or a lower value that
                                      cannot have been counted from 0 in the time. */
    KWH_COUNTER_IMPLAUSIBLE = 5, /**< More than can have flowed in the time, or out of range. */
    KWH_COUNTER_AMBIGUOUS = 6,   /**< After so long it may have rolled over more than once. */
    KWH_COUNTER_FIRST = 7        /**< There is nothing before it. Only of kwh_counter_track. */
};

/** The name of a verdict, `rolled_over`. Never NULL. */
KWH_API KWH_CONST char *kwh_counter_verdict_name(enum kwh_counter_verdict verdict);

/** From one sample to another. */
struct kwh_counter_step {
    enum kwh_counter_verdict verdict;
    struct kwh_decimal difference; /**< what was counted, exact; 0 where it is not known */
    struct kwh_decimal resolution; /**< how far the difference may be from what has flowed */
    uint64_t elapsed_ms;
};

/**
 * Judges @p current after @p previous, @p elapsed_ms earlier. As plausible passes what 1.2 times
 * the greatest power gives in the time, and the resolution.
 * @return KWH_OK when the difference is known: verdicts OK, STALLED and ROLLED_OVER
 * @retval KWH_ERROR_UNDETERMINED the verdict says why it is not
 * @retval KWH_ERROR_ARGUMENT no greatest power, a negative modulus, a sample without resolution
 * @retval KWH_ERROR_OVERFLOW the values are too far apart for 64 bits; the verdict is IMPLAUSIBLE
 */
KWH_API KWH_CHECKED enum kwh_error kwh_counter_step(const struct kwh_counter *counter,
                                                    const struct kwh_counter_sample *previous,
                                                    const struct kwh_counter_sample *current,
                                                    uint64_t elapsed_ms,
                                                    struct kwh_counter_step *step);

/**
 * How far the mean power of a step may be from the truth, in W, rounded up to a milliwatt: its
 * resolution over its time.
 * @retval KWH_ERROR_UNDETERMINED no difference, or no time
 * @retval KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_counter_power_error(const struct kwh_counter_step *step,
                                                           struct kwh_decimal *error);

/**
 * Mean power of a step in W, in whole milliwatts, if it is known to @p error_max_w. Where it is
 * not, let more time pass between the samples or take the power register.
 * @retval KWH_ERROR_UNDETERMINED it may be further from the truth; or as above
 * @retval KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_counter_power(const struct kwh_counter_step *step,
                                                     uint32_t error_max_w,
                                                     struct kwh_decimal *power);

/**
 * Follows a counter over many samples. A sample that cannot be right changes nothing until a second
 * one bears it out; a sample that fits what was before ends the doubt. Members are private where
 * not described.
 */
struct kwh_counter_track {
    const struct kwh_counter *counter;
    struct kwh_counter_sample base;      /**< the last sample that was believed */
    struct kwh_counter_sample candidate; /* one that was not, yet */
    uint64_t base_age_ms, candidate_age_ms;
    struct kwh_decimal total; /**< what was counted since the start, across rollovers, resets and
                                   meters; what a reset or replacement hid is not in it */
    uint32_t breaks;          /**< how often another base was borne out: gaps in the total */
    uint8_t state;
};

/** Starts to follow; the total is 0. The counter must outlive it. */
KWH_API void kwh_counter_track_init(struct kwh_counter_track *track,
                                    const struct kwh_counter *counter);

/**
 * Takes the next sample, @p elapsed_ms after the one before it. @p step is from the last sample
 * that was believed; its time is since then.
 * @return KWH_OK when the sample was counted on the total
 * @retval KWH_ERROR_UNDETERMINED the verdict says why not; @p breaks has grown when it is the new
 *         base all the same, because two in a row agree
 * @retval KWH_ERROR_OVERFLOW of the total, or of two in a row that agree; it is not counted
 * @retval KWH_ERROR_ARGUMENT as kwh_counter_step()
 */
KWH_API KWH_CHECKED enum kwh_error kwh_counter_track_sample(struct kwh_counter_track *track,
                                                            const struct kwh_counter_sample *sample,
                                                            uint64_t elapsed_ms,
                                                            struct kwh_counter_step *step);

#ifdef __cplusplus
}
#endif

#endif
