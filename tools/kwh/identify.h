/* SPDX-License-Identifier: MIT */
/* Why a meter is taken for what it is. */
#ifndef IDENTIFY_H
#define IDENTIFY_H

#include "link.h"

#define CODE_TEXT 12
#define WHY_TEXT  200

/* Of a link that is identified: the code of its identification registers, "" where there are none,
 * and what said that the map is right. */
void identity_why(const struct link *link, char code[CODE_TEXT], char why[WHY_TEXT]);

#endif
