/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,1,4,8,11,12,13,16,17,252
// proof: SOURCES=lib/mbus/mbus_telegram.c,lib/mbus/telegram_encode.c,lib/mbus/manufacturer.c
#include "mbus/record_parse.h"
#include "proof.h"

static uint8_t data[PROOF_BYTES(LEN)];
static uint8_t written[PROOF_BYTES(LEN)];

/* In place of lib/mbus/mbus_record.c and record_parse.c, which tests/proof/mbus_record.c proves. */
void kwh_mbus_records_init(struct kwh_mbus_records *records,
                           const struct kwh_mbus_telegram *telegram)
{
    records->at = telegram->header_length;
    records->msb_first = telegram->msb_first;
    records->error = KWH_OK;
}

void kwhi_record_clear(struct kwh_mbus_record *record, bool msb_first)
{
    record->msb_first = msb_first;
}

bool kwhi_record_next(struct kwh_mbus_records *records, const uint8_t *bytes, size_t size,
                      struct kwh_mbus_record *record, struct kwhi_mbus_scale *scale)
{
    (void)bytes;
    (void)size;
    record->status = 0;
    scale->marks = 0;
    records->error = (enum kwh_error)ANY_OF(0, 112);
    return ANY_OF(0, 1) != 0;
}

/* Any header of LEN bytes, and any header into LEN bytes. */
int main(void)
{
    struct kwh_mbus_telegram telegram;
    char text[KWH_MBUS_MANUFACTURER_TEXT];
    uint16_t manufacturer;
    size_t size;
    enum kwh_error error;
    MAKE_ANY(data);
    error = kwh_mbus_telegram_decode(ANY_BYTE(), PROOF_START(data), LEN, &telegram);
    telegram.ci = ANY_BYTE();
    if (error == KWH_OK || error == KWH_ERROR_UNKNOWN_CI)
        error = kwh_mbus_telegram_encode(&telegram, PROOF_START(written), LEN, &size);
    kwh_mbus_manufacturer_print(ANY_WORD(), text);
    MAKE_ANY(text);
    text[4] = '\0';
    if (error == KWH_OK)
        error = kwh_mbus_manufacturer_parse(text, &manufacturer);
    return (int)error;
}
