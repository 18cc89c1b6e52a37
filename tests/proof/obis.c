/* SPDX-License-Identifier: MIT */
// proof: LENGTHS=0,1,8,24 SOURCES=lib/base/obis.c
#include <kwh/obis.h>

#include "proof.h"

/* Any text of LEN characters, any code into LEN bytes, any quantity. */
static char text[LEN + 1];
static char printed[PROOF_BYTES(LEN)];

int main(void)
{
    struct kwh_obis code;
    uint32_t quantity;
    enum kwh_error error;

    MAKE_ANY(text);
    text[LEN] = '\0';
    error = kwh_obis_parse(text, &code);
    MAKE_ANY(code);
    if (error != KWH_ERROR_CAPACITY)
        error = kwh_obis_print(code, PROOF_START(printed), LEN);
    if (error == KWH_OK || error == KWH_ERROR_CAPACITY)
        error = kwh_obis_quantity(code, &quantity);
    quantity = (uint32_t)ANY_WORD() << 16 | ANY_WORD();
    if (error == KWH_OK || error == KWH_ERROR_NO_CODE)
        error = kwh_quantity_obis(quantity, &code);
    return (int)error;
}
