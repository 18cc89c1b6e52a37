/* SPDX-License-Identifier: MIT */
#include "words.h"

#include <kwh/quantity.h>

/* In the order of enum kwh_unit, from KWH_UNIT_ONE and from KWH_UNIT_VOLT; the symbols are UTF-8.
 */
/* clang-format off */
static KWH_CONST char symbols[] =
    "1\0" "V\0" "A\0" "W\0" "var\0" "VA\0" "Hz\0" "Wh\0" "varh\0" "VAh\0" "s\0" "Ah\0"
    "deg\0" "%\0" "\xC2\xB0" "C\0" "J\0" "m^3\0" "m^3/h\0" "m^3/min\0" "m^3/s\0" "kg\0"
    "kg/h\0" "J/h\0" "K\0" "bar\0" "month\0" "year\0" "cal\0" "ft^3\0" "gal\0" "gal/min\0"
    "gal/h\0" "\xC2\xB0" "F\0" "dBm\0";
static KWH_CONST char suffixes[] =
    "v\0" "a\0" "w\0" "var\0" "va\0" "hz\0" "wh\0" "varh\0" "vah\0" "s\0" "ah\0"
    "deg\0" "percent\0" "celsius\0" "j\0" "m3\0" "m3_h\0" "m3_min\0" "m3_s\0" "kg\0" "kg_h\0"
    "j_h\0" "k\0" "bar\0" "month\0" "year\0" "cal\0" "ft3\0" "gal\0" "gal_min\0" "gal_h\0"
    "fahrenheit\0" "dbm\0";
/* clang-format on */

KWH_CONST char *kwh_unit_symbol(enum kwh_unit unit)
{
    /* What is before the first word wraps to far behind the last. */
    return kwhi_word(symbols, (uint32_t)unit - KWH_UNIT_ONE);
}

KWH_CONST char *kwh_unit_suffix(enum kwh_unit unit)
{
    return kwhi_word(suffixes, (uint32_t)unit - KWH_UNIT_VOLT);
}
