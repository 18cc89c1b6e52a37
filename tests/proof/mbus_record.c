/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,1,2,16,252,253 OPTIONS=-eva-precision,1
// proof: SOURCES=lib/mbus/mbus_record.c,lib/mbus/record_parse.c,lib/mbus/record_value.c
// proof: SOURCES=lib/base/calendar.c,lib/mbus/record_time.c,lib/mbus/vif.c,lib/mbus/vife.c
// proof: SOURCES=lib/base/decimal.c,lib/base/decimal_times.c
#include <kwh/mbus_record.h>

#include "proof.h"

static uint8_t data[PROOF_BYTES(LEN)];

/* In place of lib/base/decimal_binary32.c, all that it may give; tried there with all 2^32 inputs.
 */
enum kwh_error kwh_decimal_from_binary32(uint32_t bits, struct kwh_decimal *value)
{
    bool finite = kwh_binary32_classify(bits) == KWH_BINARY32_FINITE;
    *value = kwh_decimal(Frama_C_long_long_interval(INT64_MIN, INT64_MAX), (int8_t)ANY_BYTE());
    return finite ? KWH_OK : KWH_ERROR_NO_VALUE;
}

/* One step from anywhere in any telegram of LEN bytes: so every step of every walk. */
int main(void)
{
    struct kwh_mbus_records records;
    struct kwh_mbus_record record;
    MAKE_ANY(data);
    records.at = ANY_BYTE();
    records.content = ANY_BYTE();
    records.counter = ANY_BYTE();
    records.medium = ANY_BYTE();
    records.msb_first = ANY_OF(0, 1) != 0;
    records.more_records_follow = false;
    records.manufacturer_at = 0;
    records.manufacturer_length = 0;
    records.error = KWH_OK;
    if (!kwh_mbus_next(&records, PROOF_START(data), LEN, &record))
        return (int)records.error;
    return record.status | record.form;
}
