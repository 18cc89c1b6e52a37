/* SPDX-License-Identifier: MIT */
/*
 * Debt: attempts that may still be answered. On a line whose answers carry no id, an answer that
 * comes late looks like the answer to a later request of the same kind. So none is asked before the
 * time is up. Exceptions look alike for every request of a function: hence address and function,
 * not length.
 */
#ifndef KWHI_DEBT_H
#define KWHI_DEBT_H

#include <kwh/line.h>

/* Remembers that the exchange may be answered until `until_us`. */
void kwhi_debt_add(struct kwh_line *line, const struct kwh_exchange *exchange, uint32_t until_us);

/* Whether the exchange must wait for a debt; *until_us is then when to look again. To be asked
 * before each request, whether it waits or not: this forgets what is owed no more, and what is
 * added must not meet debts of before the clock wrapped. */
bool kwhi_debt_blocks(struct kwh_line *line, const struct kwh_exchange *exchange, uint32_t now_us,
                      uint32_t *until_us);

#endif
