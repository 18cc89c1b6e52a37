/* SPDX-License-Identifier: MIT */
/* Values on the console, without printf. */
#ifndef SHOW_H
#define SHOW_H

#include <kwh/reading.h>

/** "pro380 active_power 300.2", or the name of the status in place of the value. */
void show_reading(const char *who, const struct kwh_reading *reading);

/** "pro1 what 12.5", in the base unit of what it is. */
void show_decimal(const char *who, const char *what, struct kwh_decimal value);

/** "pro380 error no_answer". */
void show_text(const char *who, const char *what, const char *text);

#endif
