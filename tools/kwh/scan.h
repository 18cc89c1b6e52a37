/* SPDX-License-Identifier: MIT */
/* kwh scan: what the searches of both protocols share. */
#ifndef SCAN_H
#define SCAN_H

#include "link.h"

struct scan {
    struct link link;
    const struct options *options;
    unsigned found;
    uint32_t start_us, shown_us;
    const char *pass;
    bool progress, titled;
};

/* Progress, where somebody looks: how many are settled of how many, at most a few times a second.
 */
void scan_show_progress(struct scan *scan, uint32_t done, uint32_t total);
void scan_clear_progress(struct scan *scan);

/* Begins a pass. */
void scan_begin_pass(struct scan *scan, const char *pass);

/* The first line of CSV, once. */
void scan_csv_titles(struct scan *scan, const char *const *titles, size_t count);

/* The passes of a protocol on an open link: KWH_OK when they came to their end. */
enum kwh_error scan_modbus(struct scan *scan);
enum kwh_error scan_mbus(struct scan *scan);

#endif
