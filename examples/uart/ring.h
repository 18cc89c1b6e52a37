/* SPDX-License-Identifier: MIT */
/*
 * Bytes between an interrupt and the main loop, either way: one writer, one taker, no lock. Each
 * side changes its own index only, and an index is one byte, which every processor writes at once.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stdint.h>

/** 256 entries, so that the indices wrap by themselves; 255 are in use at most, the longest answer
 * to a read of Modbus RTU. */
struct ring {
    volatile uint16_t entries[256]; /* a byte and its mark */
    volatile uint8_t written, taken;
};

/** The writer's side; false: no room. */
static inline bool ring_write(struct ring *ring, unsigned entry)
{
    uint8_t at = ring->written;
    uint8_t next = (uint8_t)(at + 1u);

    if (next == ring->taken)
        return false;
    ring->entries[at] = (uint16_t)entry;
    ring->written = next;
    return true;
}

static inline bool ring_is_empty(const struct ring *ring)
{
    return ring->written == ring->taken;
}

/** The taker's side: the next entry, or -1. */
static inline int ring_take(struct ring *ring)
{
    uint8_t at = ring->taken;
    int entry;

    if (ring_is_empty(ring))
        return -1;
    entry = ring->entries[at];
    ring->taken = (uint8_t)(at + 1u);
    return entry;
}

#endif
