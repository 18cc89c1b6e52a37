/* SPDX-License-Identifier: MIT */
#include "faulty_line.h"

void kwhi_faulty_line_init(struct kwhi_faulty_line *line, const struct kwh_faults *faults,
                           uint32_t seed)
{
    line->faults = *faults;
    line->state = seed * UINT32_C(2654435761) | 1u; /* neighboring seeds shall differ at once */
}

/* 0 up to below `limit`. Marsaglia's xorshift. */
static uint32_t random_below(struct kwhi_faulty_line *line, uint32_t limit)
{
    line->state ^= line->state << 13;
    line->state ^= line->state >> 17;
    line->state ^= line->state << 5;
    return (uint32_t)((uint64_t)line->state * limit >> 32);
}

bool kwhi_faulty_line_happens(struct kwhi_faulty_line *line, uint32_t probability)
{
    return probability != 0 && random_below(line, KWH_FAULTS_ALL) < probability;
}

size_t kwhi_faulty_line_pass(struct kwhi_faulty_line *line, uint8_t *bytes, size_t count)
{
    size_t passed = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned byte = bytes[i];

        if (kwhi_faulty_line_happens(line, line->faults.drop))
            continue;
        for (unsigned bit = 0; bit < 8; bit++)
            if (kwhi_faulty_line_happens(line, line->faults.flip))
                byte ^= 1u << bit;
        bytes[passed++] = (uint8_t)byte;
    }
    return passed;
}

size_t kwhi_faulty_line_noise(struct kwhi_faulty_line *line, uint8_t bytes[KWHI_NOISE_MAX])
{
    size_t count = 0;

    if (kwhi_faulty_line_happens(line, line->faults.noise))
        count = 1u + random_below(line, KWHI_NOISE_MAX);
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t)random_below(line, 256);
    return count;
}
