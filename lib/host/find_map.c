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

static bool has_alias(const struct kwh_map_notes *notes, const char *name)
{
    for (size_t i = 0; notes != NULL && i < notes->alias_count; i++)
        if (is_same_name(notes->aliases[i], name))
            return true;
    return false;
}

const struct kwh_map *kwh_host_find_map(const char *name)
{
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (is_same_name(kwh_maps[i].map->name, name))
            return kwh_maps[i].map;
    /* The name of a family counts before another family's alias. */
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (has_alias(kwh_maps[i].notes, name))
            return kwh_maps[i].map;
    return NULL;
}
