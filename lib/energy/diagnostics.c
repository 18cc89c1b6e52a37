/* SPDX-License-Identifier: MIT */
#include <kwh/diagnostics.h>

/* The digits of a PRO380 in their order; a 0 raises the flag. */
static KWH_CONST uint8_t pro380[] = {
    KWH_DIAGNOSTIC_PROGRAM,   KWH_DIAGNOSTIC_EEPROM,    KWH_DIAGNOSTIC_L1_ABSENT,
    KWH_DIAGNOSTIC_L2_ABSENT, KWH_DIAGNOSTIC_L3_ABSENT,
};
#define DIGITS (sizeof pro380 / sizeof pro380[0])

enum kwh_error kwh_diagnostics_pro380(uint32_t status_word, uint32_t *flags)
{
    /* Of 00xx 0xxx, the bit of each digit. */
    static KWH_CONST uint32_t bits[DIGITS] = {0x100000, 0x010000, 0x000100, 0x000010, 0x000001};
    uint32_t raised = 0;
    uint32_t rest = status_word;

    *flags = 0;
    for (size_t i = 0; i < DIGITS; i++) {
        if ((status_word & bits[i]) == 0)
            raised |= pro380[i];
        rest &= ~bits[i];
    }
    if (rest != 0)
        return KWH_ERROR_BAD_ANSWER;
    *flags = raised;
    return KWH_OK;
}

enum kwh_error kwh_diagnostics_pro380_display(const char *text, uint32_t *flags)
{
    uint32_t raised = 0;

    *flags = 0;
    if (*text != 'S')
        return KWH_ERROR_SYNTAX;
    text++;
    for (size_t i = 0; i < DIGITS; i++, text++) {
        while (*text == ' ')
            text++;
        if (*text != '0' && *text != '1')
            return KWH_ERROR_SYNTAX;
        if (*text == '0')
            raised |= pro380[i];
    }
    if (*text != '\0')
        return KWH_ERROR_SYNTAX;
    *flags = raised;
    return KWH_OK;
}

enum kwh_error kwh_diagnostics_pro1(uint32_t number, uint32_t *flags)
{
    *flags = number == 1 ? KWH_DIAGNOSTIC_EEPROM : number == 2 ? KWH_DIAGNOSTIC_PROGRAM : 0;
    return *flags != 0 ? KWH_OK : KWH_ERROR_BAD_ANSWER;
}

/* Bit 0 is ENERGY_LOST, the others follow in the order of the manual. */
uint32_t kwh_diagnostics_2pu(uint8_t number)
{
    return number * KWH_DIAGNOSTIC_ENERGY_LOST;
}
