/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,1,7,24,252,260 OPTIONS=-eva-precision,1,-eva-auto-loop-unroll,20
// proof: SOURCES=lib/mbus/record_encode.c,lib/mbus/time_encode.c,lib/mbus/record_parse.c
// proof: SOURCES=lib/base/calendar.c,lib/mbus/record_time.c,lib/mbus/vif.c,lib/mbus/vife.c
// proof: SOURCES=lib/base/decimal.c,lib/base/decimal_times.c
#include <kwh/mbus_record.h>

#include "proof.h"

enum {
    HEADER = 30
};

static uint8_t data[PROOF_BYTES(LEN)];
static uint8_t header[HEADER];
static uint8_t content[HEADER];

/* In place of lib/base/decimal_binary32.c. */
enum kwh_error kwh_decimal_to_binary32(struct kwh_decimal value, uint32_t *bits)
{
    *bits = ANY_UINT32();
    return value.mantissa != 0 && ANY_OF(0, 1) != 0 ? KWH_ERROR_OVERFLOW : KWH_OK;
}

/* Any header and value behind anything in LEN bytes. */
int main(void)
{
    struct kwh_decimal value = kwh_decimal(Frama_C_long_long_interval(INT64_MIN, INT64_MAX), 0);
    struct kwh_time time;
    size_t length = (size_t)ANY_OF(0, HEADER);
    size_t size = ANY_WORD();
    enum kwh_error error;
    MAKE_ANY(data);
    MAKE_ANY(header);
    MAKE_ANY(content);
    value.exponent = (int8_t)ANY_BYTE();
    MAKE_ANY(time);
    error = kwh_mbus_put_number(header, length, value, PROOF_START(data), LEN, &size);
    size = ANY_WORD();
    error = error == KWH_OK ? KWH_OK : KWH_ERROR_BUSY;
    if (kwh_mbus_put_time(header, length, &time, PROOF_START(data), LEN, &size) != KWH_OK)
        error = KWH_ERROR_ARGUMENT;
    size = ANY_WORD();
    if (kwh_mbus_put_text(header, length, (const char *)content, (size_t)ANY_OF(0, HEADER),
                          PROOF_START(data), LEN, &size) != KWH_OK)
        error = KWH_ERROR_ARGUMENT;
    size = ANY_WORD();
    if (kwh_mbus_put_bytes(header, length, content, (size_t)ANY_OF(0, HEADER), PROOF_START(data),
                           LEN, &size) != KWH_OK)
        error = KWH_ERROR_ARGUMENT;
    return (int)error;
}
