/* SPDX-License-Identifier: MIT */
/**
 * @file combination.h
 * What a combination code makes of forward and reverse energy: inepro PRO1, PRO380 and the 2PU
 * family.
 *
 * F and R are forward and reverse energy, each phase by itself and then summed; VF and VR are those
 * of the sum of the phases at each moment ("vector sum"): F >= VF, R >= VR, F - R = VF - VR. Codes
 * and columns are those of the manuals (PRO380 6.10, PRO1 7.11, 2PU CT 7.6.11):
 *
 *     PRO1 PRO380 2PU   total    forward reverse   S0 forward S0 reverse (PRO380)
 *       1     1    1     F          F      -R          F         silent
 *       4     4    2    -R          F      -R        silent        R
 *       5     5    3     F + R      F       R          F           R
 *       6     6         -R - F      F      -R          F           R
 *       9     9    4     F - R      F      -R          F           R
 *      10    10    5     F - R      VF     -VR         VF          VR     cannot be undone
 *            11          F - R      F      -R          VF          VR
 *
 * The same number means different things: 4 and 5 of a PRO380 are not 4 and 5 of a 2PU, and 5 locks
 * a 2PU for ever. Take a code with the family it was read from.
 *
 * The total of reactive energy follows the code as well (seen on one PRO380, code 1). Every
 * function is pure; any thread, any interrupt.
 */
#ifndef KWH_COMBINATION_H
#define KWH_COMBINATION_H

#include <kwh/flow.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What a code stands for, named as maps name their choices.
 *
 * Code 6 contradicts itself: the manuals call it "reverse - forward", and the table of the PRO380
 * prints -22 where F is 10 and R is 12. The label gives +2; -22 needs reverse to be taken with the
 * minus of the display, by which code 9 would be 22 and not the -2 that is printed.
 * KWH_COMBINATION_REVERSE_MINUS_FORWARD is the table, because a table of results says more of the
 * device than a label; KWH_COMBINATION_REVERSE_MINUS_FORWARD_LABEL is the label. No device has been
 * seen with code 6: whoever has one, compare its total with both.
 */
enum kwh_combination {
    KWH_COMBINATION_NONE, /**< No combination: what a failed call gives. */
    KWH_COMBINATION_FORWARD,
    KWH_COMBINATION_REVERSE,
    KWH_COMBINATION_FORWARD_PLUS_REVERSE,
    KWH_COMBINATION_REVERSE_MINUS_FORWARD,
    KWH_COMBINATION_FORWARD_MINUS_REVERSE,
    KWH_COMBINATION_FORWARD_MINUS_REVERSE_VECTOR,
    KWH_COMBINATION_FORWARD_MINUS_REVERSE_VECTOR_PULSE,
    KWH_COMBINATION_REVERSE_MINUS_FORWARD_LABEL /**< Of no code: the other reading of 6. */
};

/** Families, as far as they number their codes alike. */
enum kwh_combination_family {
    KWH_COMBINATION_PRO1,   /**< PRO1, PRO2 */
    KWH_COMBINATION_PRO380, /**< PRO380, PRO380-CT */
    KWH_COMBINATION_2PU     /**< 2PU CT, 4PU, 4PS */
};

/** The values that follow a combination. */
enum kwh_combined {
    KWH_COMBINED_TOTAL,
    KWH_COMBINED_FORWARD,
    KWH_COMBINED_REVERSE, /**< As displayed, with its minus; registers hold the amount. */
    /**
     * Energy behind the pulses of the forward S0 output of a PRO380. The manuals of PRO1, which has
     *  one output, and 2PU do not say what theirs follow.
     */
    KWH_COMBINED_PULSE_FORWARD,
    KWH_COMBINED_PULSE_REVERSE /**< The same of the reverse output. */
};

/**
 * The combination behind a code, as a number: 10, also where M-Bus writes it in BCD.
 * @retval KWH_ERROR_UNSUPPORTED when the family has no such code
 */
KWH_API KWH_CHECKED enum kwh_error kwh_combination_from_code(enum kwh_combination_family family,
                                                             uint32_t code,
                                                             enum kwh_combination *combination);

/** The code of a combination. KWH_ERROR_UNSUPPORTED when the family has none for it; 0 then. */
KWH_API KWH_CHECKED enum kwh_error kwh_combination_code(enum kwh_combination_family family,
                                                        enum kwh_combination combination,
                                                        uint8_t *code);

/** The name, `forward_plus_reverse`; "" for KWH_COMBINATION_NONE. Never NULL. */
KWH_API KWH_CONST char *kwh_combination_name(enum kwh_combination combination);

/**
 * The combination of a name, such as the word of a reading of KWH_COMBINATION_CODE.
 * @retval KWH_ERROR_UNKNOWN_NAME
 */
KWH_API KWH_CHECKED enum kwh_error kwh_combination_parse(const char *name,
                                                         enum kwh_combination *combination);

/** Energy by phase, and of the sum of the phases where it is known. */
struct kwh_flows {
    struct kwh_flow phases; /**< F and R: registers will do */
    struct kwh_flow vector; /**< VF and VR: from power over time, see kwh_flows_set_vector() */
    bool vector_known;
};

/**
 * F and R from @p count phases. VF and VR follow from them only when there is nothing to cancel
 * out: no forward energy, no reverse energy, or both in one phase alone. Else they are not known,
 * because the same energies have different vector sums when they flow at other times.
 * @retval KWH_ERROR_ARGUMENT when @p count is 0 or an amount is negative
 * @retval KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_flows_init(struct kwh_flows *flows,
                                                  const struct kwh_flow *phases, size_t count);

/** VF and VR: what an integrator gives that was fed with the sum of the phases' power. */
static inline void kwh_flows_set_vector(struct kwh_flows *flows, struct kwh_flow vector)
{
    flows->vector = vector;
    flows->vector_known = true;
}

/**
 * One value of a combination, in the unit of the flows, exact. On failure it is 0.
 * @retval KWH_ERROR_NO_VALUE an S0 output that stays silent
 * @retval KWH_ERROR_UNDETERMINED it needs the vector sum, which is not known
 * @retval KWH_ERROR_ARGUMENT no such combination or value; a negative amount
 * @retval KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_combine(enum kwh_combination combination,
                                               enum kwh_combined which,
                                               const struct kwh_flows *flows,
                                               struct kwh_decimal *value);

#ifdef __cplusplus
}
#endif

#endif
