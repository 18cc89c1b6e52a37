/* SPDX-License-Identifier: MIT */
/**
 * @file power_factor.h
 * Quadrants, and the sign of a power factor, which means something else with each convention.
 *
 *     quadrant    P  Q   load or source            IEC  IEEE  lead/lag  reactive energy, OBIS
 *     1           +  +   inductive load             +    -       +              5
 *     2           -  +   capacitive generator       -    +       -              6
 *     3           -  -   inductive generator        -    -       +              7
 *     4           +  -   capacitive load            +    +       -              8
 *
 * P is positive for import, Q for inductive reactive power while importing. The direction of energy
 * is the sign of P, inductive or capacitive the sign of Q * P: never take either from a power
 * factor alone. Pure; any thread, any interrupt.
 */
#ifndef KWH_POWER_FACTOR_H
#define KWH_POWER_FACTOR_H

#include <kwh/decimal.h>
#include <kwh/quantity.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Numbered as the registers of KWH_QUADRANT are. */
enum kwh_quadrant {
    KWH_QUADRANT_UNKNOWN,
    KWH_QUADRANT_1,
    KWH_QUADRANT_2,
    KWH_QUADRANT_3,
    KWH_QUADRANT_4
};

/**
 * The quadrant of active and reactive power.
 * @retval KWH_ERROR_UNDETERMINED one of them is 0: on an axis there is none
 */
KWH_API KWH_CHECKED enum kwh_error kwh_quadrant_of_powers(struct kwh_decimal active,
                                                          struct kwh_decimal reactive,
                                                          enum kwh_quadrant *quadrant);

/**
 * The quadrant of a direction and a nature, both of active power. The labels of the 2PU (imported
 * inductive, imported capacitive, exported inductive, exported capacitive for 1 to 4) name the
 * direction of reactive power instead: there the number is the quadrant.
 */
static inline enum kwh_quadrant kwh_quadrant_of(bool importing, bool inductive)
{
    return inductive ? (importing ? KWH_QUADRANT_1 : KWH_QUADRANT_3)
                     : (importing ? KWH_QUADRANT_4 : KWH_QUADRANT_2);
}

/** True in quadrants 1 and 4. */
static inline bool kwh_quadrant_is_import(enum kwh_quadrant quadrant)
{
    return quadrant == KWH_QUADRANT_1 || quadrant == KWH_QUADRANT_4;
}

/** True in quadrants 1 and 3. */
static inline bool kwh_quadrant_is_inductive(enum kwh_quadrant quadrant)
{
    return quadrant == KWH_QUADRANT_1 || quadrant == KWH_QUADRANT_3;
}

/** What the sign of a power factor says. */
enum kwh_power_factor_sign {
    KWH_POWER_FACTOR_SIGN_IEC,      /**< That of active power; SDM72 */
    KWH_POWER_FACTOR_SIGN_IEEE,     /**< Leading positive, lagging negative; older SDM630 */
    KWH_POWER_FACTOR_SIGN_LEAD_LAG, /**< Lagging positive, leading negative; registers of Countis */
    KWH_POWER_FACTOR_SIGN_MAGNITUDE /**< Nothing, it is never negative; PRO1, PRO380, 2PU */
};

/** The convention of a quantity of kind KWH_KIND_POWER_FACTOR, from its name. */
static inline enum kwh_power_factor_sign kwh_power_factor_sign_of(uint32_t quantity)
{
    uint32_t nature = KWH_QUANTITY_NATURE(quantity);
    return nature == KWH_NATURE_LEAD_LAG    ? KWH_POWER_FACTOR_SIGN_LEAD_LAG
           : nature == KWH_NATURE_MAGNITUDE ? KWH_POWER_FACTOR_SIGN_MAGNITUDE
                                            : KWH_POWER_FACTOR_SIGN_IEC;
}

/**
 * A power factor in another convention. Between IEEE and lead/lag, and to a magnitude, it can be
 * had without a quadrant (KWH_QUADRANT_UNKNOWN); 0 always. On failure it is 0.
 * @retval KWH_ERROR_UNDETERMINED the sign depends on a quadrant that is not known
 * @retval KWH_ERROR_BAD_ANSWER beyond 1, or of a sign that this quadrant does not have
 * @retval KWH_ERROR_ARGUMENT no such convention or quadrant
 * @retval KWH_ERROR_OVERFLOW of INT64_MIN, which has no positive twin
 */
KWH_API KWH_CHECKED enum kwh_error kwh_power_factor_convert(struct kwh_decimal value,
                                                            enum kwh_power_factor_sign from,
                                                            enum kwh_power_factor_sign to,
                                                            enum kwh_quadrant quadrant,
                                                            struct kwh_decimal *converted);

#ifdef __cplusplus
}
#endif

#endif
