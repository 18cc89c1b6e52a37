/* SPDX-License-Identifier: MIT */
#include <kwh/host.h>

/* The next character that tells names apart, in lower case: people write "solar-log pro380". */
static char next_letter(const char **name)
{
    char c;

    do {
        c = *(*name)++;
    } while (c == ' ' || c == '-' || c == '_');
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_same_name(const char *a, const char *b)
{
    char c;

    do {
        c = next_letter(&a);
        if (c != next_letter(&b))
            return false;
    } while (c != '\0');
    return true;
}

static bool has_alias(const struct kwh_map_entry *entry, const char *name)
{
    for (size_t i = 0; entry->notes != NULL && i < entry->notes->alias_count; i++)
        if (is_same_name(entry->notes->aliases[i], name))
            return true;
    return false;
}

static const struct kwh_map *find_named(const char *name, enum kwh_protocol protocol)
{
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (kwh_maps[i].map->protocol == (uint8_t)protocol &&
            is_same_name(kwh_maps[i].map->name, name))
            return kwh_maps[i].map;
    return NULL;
}

static const struct kwh_map *find_alias(const char *name, enum kwh_protocol protocol)
{
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (kwh_maps[i].map->protocol == (uint8_t)protocol && has_alias(&kwh_maps[i], name))
            return kwh_maps[i].map;
    return NULL;
}

/* The name of a family counts before another family's alias, and that before one of its other side.
 */
const struct kwh_map *kwh_host_find_protocol_map(const char *name, enum kwh_protocol protocol)
{
    const struct kwh_map *map = find_named(name, protocol);
    if (map == NULL)
        map = find_alias(name, protocol);
    for (size_t i = 0; map == NULL && i < kwh_maps_count; i++)
        if (has_alias(&kwh_maps[i], name))
            map = find_named(kwh_maps[i].map->name, protocol);
    return map;
}

const struct kwh_map *kwh_host_find_map(const char *name)
{
    const struct kwh_map *map = find_named(name, KWH_PROTOCOL_MODBUS);
    if (map == NULL)
        map = find_named(name, KWH_PROTOCOL_MBUS);
    if (map == NULL)
        map = find_alias(name, KWH_PROTOCOL_MODBUS);
    return map != NULL ? map : find_alias(name, KWH_PROTOCOL_MBUS);
}
