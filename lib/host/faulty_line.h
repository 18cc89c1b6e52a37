/* SPDX-License-Identifier: MIT */
/* Bytes on a line that has faults. */
#ifndef KWHI_FAULTY_LINE_H
#define KWHI_FAULTY_LINE_H

#include <kwh/faults.h>

struct kwhi_faulty_line {
    struct kwh_faults faults;
    uint32_t state; /* of the random numbers, never 0 */
};

void kwhi_faulty_line_init(struct kwhi_faulty_line *line, const struct kwh_faults *faults,
                           uint32_t seed);

/* Whether something of this probability happens now. */
bool kwhi_faulty_line_happens(struct kwhi_faulty_line *line, uint32_t probability);

/* What of `count` bytes arrives, in place; returns how many do. */
size_t kwhi_faulty_line_pass(struct kwhi_faulty_line *line, uint8_t *bytes, size_t count);

/* The most that kwhi_faulty_line_noise() gives. */
#define KWHI_NOISE_MAX 3u

/* What stands before an answer that is due; returns how many bytes, perhaps 0. */
size_t kwhi_faulty_line_noise(struct kwhi_faulty_line *line, uint8_t bytes[KWHI_NOISE_MAX]);

#endif
