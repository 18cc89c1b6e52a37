/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,1,2,3,4,5,6,9,16 LONG=255,260,261,262
// proof: SOURCES=lib/mbus/mbus_frame.c,lib/mbus/mbus_frame_encode.c,lib/mbus/mbus_secondary.c
#include <kwh/mbus.h>

#include "proof.h"

static uint8_t bytes[PROOF_BYTES(LEN)];
static uint8_t data[KWH_MBUS_DATA_MAX];
static uint8_t built[PROOF_BYTES(LEN)];

/* Any LEN bytes taken apart, any frame put together in LEN bytes. */
int main(void)
{
    struct kwh_mbus_frame frame;
    struct kwh_mbus_secondary secondary;
    char text[KWH_MBUS_SECONDARY_TEXT];
    size_t length;
    enum kwh_error error;

    MAKE_ANY(bytes);
    MAKE_ANY(data);
    error = kwh_mbus_frame_decode(PROOF_START(bytes), LEN, &frame);
    MUST(error == KWH_OK || frame.length == 0);
    MUST(frame.length <= LEN && frame.data_at <= LEN && frame.data_length <= LEN);
    error = kwh_mbus_frame_encode(ANY_BYTE(), ANY_BYTE(), ANY_OF(-1, 256), data,
                                  (size_t)ANY_OF(0, KWH_MBUS_DATA_MAX + 1), PROOF_START(built), LEN,
                                  &length);
    MUST(length <= LEN);

    MAKE_ANY(text);
    text[KWH_MBUS_SECONDARY_TEXT - 1] = '\0';
    if (kwh_mbus_secondary_parse(text, &secondary) == KWH_OK)
        kwh_mbus_secondary_print(&secondary, text);
    kwh_mbus_secondary_encode(&secondary, data);
    kwh_mbus_secondary_decode(data, &secondary);
    return (int)error;
}
