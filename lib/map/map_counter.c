/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <kwh/map.h>

/* What is counted for good: no demand, no day, no number of roll-overs. */
static bool is_counter(uint32_t quantity)
{
    unsigned kind = KWH_QUANTITY_KIND(quantity);
    return KWH_QUANTITY_CLASS(quantity) == KWH_CLASS_MEASUREMENT &&
           (kind == KWH_KIND_ACTIVE_ENERGY || kind == KWH_KIND_REACTIVE_ENERGY ||
            kind == KWH_KIND_APPARENT_ENERGY) &&
           KWH_QUANTITY_PROCESS(quantity) == KWH_PROCESS_NONE &&
           KWH_QUANTITY_HISTORY(quantity) == 0;
}

bool kwh_map_counter(KWH_CONST struct kwh_map *map, uint32_t quantity, struct kwh_counter *counter)
{
    unsigned direction = KWH_QUANTITY_DIRECTION(quantity);

    memset(counter, 0, sizeof *counter);
    if (map->counter == NULL || !is_counter(quantity))
        return false;
    *counter = *map->counter;
    counter->both_ways = direction == KWH_DIRECTION_NET || direction == KWH_DIRECTION_COMBINED;
    if (counter->both_ways) /* nobody says at what a difference begins again */
        counter->modulus = kwh_decimal(0, 0);
    return true;
}
