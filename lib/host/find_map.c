/* SPDX-License-Identifier: MIT */
#include <kwh/host.h>

#include <string.h>

static bool has_alias(const struct kwh_map_notes *notes, const char *name)
{
    for (size_t i = 0; notes != NULL && i < notes->alias_count; i++)
        if (strcmp(notes->aliases[i], name) == 0)
            return true;
    return false;
}

const struct kwh_map *kwh_host_find_map(const char *name)
{
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (strcmp(kwh_maps[i].map->name, name) == 0)
            return kwh_maps[i].map;
    /* The name of a family counts before another family's alias. */
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (has_alias(kwh_maps[i].notes, name))
            return kwh_maps[i].map;
    return NULL;
}
