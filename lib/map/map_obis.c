/* SPDX-License-Identifier: MIT */
#include <kwh/map.h>

static bool same(struct kwh_obis x, struct kwh_obis y)
{
    return x.a == y.a && x.b == y.b && x.c == y.c && x.d == y.d && x.e == y.e && x.f == y.f;
}

/* The map decides among the quantities that share a code, as the conventions of a power factor. */
uint32_t kwh_map_find_obis(KWH_CONST struct kwh_map *map, uint16_t profiles, struct kwh_obis code)
{
    struct kwh_map_iterator iterator = {map, profiles, 0, 0};
    KWH_CONST struct kwh_row *row;
    while ((row = kwh_map_next(&iterator)) != NULL) {
        struct kwh_obis own;
        if (kwh_row_rank(row) == 0 && !kwh_row_hidden(row) && !kwh_row_write_only(row) &&
            kwh_quantity_obis(row->quantity, &own) == KWH_OK && same(own, code))
            return row->quantity;
    }
    return 0;
}
