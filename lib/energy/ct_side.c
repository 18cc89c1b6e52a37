/* SPDX-License-Identifier: MIT */
#include <kwh/ct_ratio.h>
#include <kwh/quantity.h>

/* Software of a 2PU that gives current and power of the secondary side. */
#define CHECKSUM_SECONDARY UINT32_C(0x22291973)
#define SECONDARY_BIT      1u

static bool is_current_or_power(uint32_t quantity)
{
    uint32_t kind = KWH_QUANTITY_KIND(quantity);

    return kind == KWH_KIND_CURRENT || kind == KWH_KIND_ACTIVE_POWER ||
           kind == KWH_KIND_REACTIVE_POWER || kind == KWH_KIND_APPARENT_POWER;
}

enum kwh_ct_side kwh_ct_side_of(enum kwh_ct_meter meter, uint32_t quantity, uint32_t checksum)
{
    if (KWH_QUANTITY_CLASS(quantity) != KWH_CLASS_MEASUREMENT)
        return KWH_CT_SIDE_UNKNOWN;
    if ((quantity & SECONDARY_BIT) != 0)
        return KWH_CT_SIDE_SECONDARY;
    if (meter != KWH_CT_METER_2PU || !is_current_or_power(quantity))
        return KWH_CT_SIDE_PRIMARY;
    if (checksum == 0)
        return KWH_CT_SIDE_UNKNOWN;
    return checksum == CHECKSUM_SECONDARY ? KWH_CT_SIDE_SECONDARY : KWH_CT_SIDE_PRIMARY;
}
