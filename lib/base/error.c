/* SPDX-License-Identifier: MIT */
#include <kwh/error.h>

/* MODBUS Application Protocol V1.1b3, section 7; 07 and 09 are older or unassigned, but are seen.
 */
#define FIRST_EXCEPTION 0x01u
#define LAST_EXCEPTION  0x0Bu

/* Exception 0 of the numbers: exception n is this + n. */
#define EXCEPTIONS 64u

KWH_STATIC_ASSERT(KWH_ERROR_ILLEGAL_FUNCTION == EXCEPTIONS + FIRST_EXCEPTION, first_exception);
KWH_STATIC_ASSERT(KWH_ERROR_GATEWAY_TARGET == EXCEPTIONS + LAST_EXCEPTION, last_exception);

enum kwh_error kwh_error_from_exception(uint8_t code)
{
    if (code < FIRST_EXCEPTION || code > LAST_EXCEPTION)
        return KWH_ERROR_REFUSED;
    return (enum kwh_error)(EXCEPTIONS + code);
}

uint8_t kwh_error_exception(enum kwh_error error)
{
    if (error < KWH_ERROR_ILLEGAL_FUNCTION || error > KWH_ERROR_GATEWAY_TARGET)
        return 0;
    return (uint8_t)((unsigned int)error - EXCEPTIONS);
}

enum kwh_error kwh_error_from_mbus(uint8_t code)
{
    if (code > KWH_ERROR_MBUS_TOO_MANY_READOUTS - KWH_ERROR_MBUS_UNSPECIFIED)
        return KWH_ERROR_REFUSED;
    return (enum kwh_error)((unsigned int)KWH_ERROR_MBUS_UNSPECIFIED + code);
}
