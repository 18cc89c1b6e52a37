/* SPDX-License-Identifier: MIT */
/* What stands behind a CI field. */
#ifndef KWHI_MBUS_HEADER_LAYOUT_H
#define KWHI_MBUS_HEADER_LAYOUT_H

#include <kwh/mbus_telegram.h>

/* The headers, by their length. */
enum kwhi_header {
    KWHI_HEADER_NONE = 0,
    KWHI_HEADER_SHORT = 4,   /* access number, status, signature */
    KWHI_HEADER_ADDRESS = 8, /* identification, manufacturer, version, medium */
    KWHI_HEADER_LONG = 12,   /* the address, then as the short one */
    KWHI_HEADER_FIXED = 16   /* with its two counters */
};

struct kwhi_header_layout {
    uint8_t ci;
    uint8_t content; /* enum kwh_mbus_content */
    uint8_t header;  /* enum kwhi_header */
    bool msb_first;
};

/* The layout of a CI field, or NULL. */
KWH_CONST struct kwhi_header_layout *kwhi_header_layout(uint8_t ci);

#endif
