/* SPDX-License-Identifier: MIT */
/**
 * @file ct_ratio.h
 * Current transformers: from the secondary side, which the meter is connected to, to the primary,
 * where the energy is; and whether the meter has done so already. Pure; any thread, any interrupt.
 */
#ifndef KWH_CT_RATIO_H
#define KWH_CT_RATIO_H

#include <kwh/decimal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A ratio as it is set at the meter and printed on the transformer, in A: 250/5. */
struct kwh_ct_ratio {
    uint16_t primary;   /**< 1 or more */
    uint16_t secondary; /**< 1 or 5 */
};

/** The side of the transformer that a value belongs to. */
enum kwh_ct_side {
    KWH_CT_SIDE_UNKNOWN,
    KWH_CT_SIDE_PRIMARY,  /**< Apply nothing: the meter has, or there is nothing to apply. */
    KWH_CT_SIDE_SECONDARY /**< To be multiplied by the ratio. */
};

/** Meters with transformers. */
enum kwh_ct_meter {
    KWH_CT_METER_2PU,
    KWH_CT_METER_PRO380,
    KWH_CT_METER_COUNTIS
};

/**
 * The side of what a meter gives for a measurement (kwh/quantity.h). Quantities named `_secondary`
 * are secondary, in every meter; voltages, frequencies, power factors and times know no side and
 * count as primary.
 *
 * - 2PU: energy is primary. Current and power are secondary with the software of checksum
 *   0x22291973, which one public driver knows, and primary else: give the reading of
 *   KWH_SOFTWARE_CHECKSUM_NON_LEGAL (register 0x4023), or 0 when it was not read, and the side is
 *   not known.
 * - Countis: primary but for `_secondary`.
 * - PRO380-CT: primary, because its manual sets the ratio at the meter and speaks of plain kWh
 *   (inferred).
 *
 * The pulses of an inepro meter are another matter: at the greatest ratio 10 000 imp/kWh would be
 * 14 000 pulses a second if they counted the primary side. No manual says which it is.
 */
KWH_API enum kwh_ct_side kwh_ct_side_of(enum kwh_ct_meter meter, uint32_t quantity,
                                        uint32_t checksum);

/**
 * The value on the primary side: as it is, or times the ratio, exact. On failure it is 0.
 * @retval KWH_ERROR_UNDETERMINED the side is not known
 * @retval KWH_ERROR_ARGUMENT a ratio that is none
 * @retval KWH_ERROR_OVERFLOW
 */
KWH_API KWH_CHECKED enum kwh_error kwh_ct_to_primary(struct kwh_ct_ratio ratio,
                                                     enum kwh_ct_side side,
                                                     struct kwh_decimal value,
                                                     struct kwh_decimal *primary);

#ifdef __cplusplus
}
#endif

#endif
