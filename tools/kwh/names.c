/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <ctype.h>
#include <string.h>

#define LONGEST (NAME_TEXT - 1)
#define NEAREST 3
#define TOO_FAR 1000

static int lower(char c)
{
    return tolower((unsigned char)c);
}

/* Levenshtein's distance, the number of letters to change, add or take away, to the first @p width
 * letters of @p b. Case does not matter. */
static unsigned distance(const char *a, const char *b, size_t width)
{
    unsigned row[LONGEST + 1];
    if (width > LONGEST || strlen(a) > LONGEST)
        return TOO_FAR;
    for (size_t j = 0; j <= width; j++)
        row[j] = (unsigned)j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        unsigned diagonal = row[0];
        row[0] = (unsigned)i + 1;
        for (size_t j = 0; j < width; j++) {
            unsigned changed = diagonal + (lower(a[i]) != lower(b[j]));
            unsigned shorter = row[j] + 1, longer = row[j + 1] + 1;
            diagonal = row[j + 1];
            row[j + 1] = changed < shorter ? changed : shorter;
            row[j + 1] = longer < row[j + 1] ? longer : row[j + 1];
        }
    }
    return row[width];
}

/* The nearest names found so far, the nearest first. */
struct near_names {
    char text[NEAREST][NAME_TEXT];
    unsigned distance[NEAREST];
    size_t count;
};

/* To the whole name; or to its first words, which is a little further. */
static unsigned distance_of_words(const char *asked, const char *name)
{
    unsigned nearest = distance(asked, name, strlen(name));
    for (const char *end = strchr(name, '_'); end != NULL; end = strchr(end + 1, '_')) {
        unsigned far = 1 + distance(asked, name, (size_t)(end - name));
        nearest = far < nearest ? far : nearest;
    }
    return nearest;
}

static void consider(struct near_names *near, const char *asked, const char *name)
{
    unsigned far = distance_of_words(asked, name);
    size_t at = near->count, length = strlen(name);
    /* A name with more behind it, as its unit, counts as near, and so does part of a longer one. */
    if (strncmp(asked, name, length) == 0 && asked[length] == '_' && far > 1)
        far = 1;
    if (strlen(asked) >= 4 && strstr(name, asked) != NULL && far > 2)
        far = 2;
    if (far > 1 + strlen(asked) / 4)
        return;
    for (size_t i = 0; i < near->count; i++)
        if (strcmp(near->text[i], name) == 0)
            return;
    while (at > 0 && near->distance[at - 1] > far)
        at--;
    if (at == NEAREST)
        return;
    if (near->count < NEAREST)
        near->count++;
    for (size_t i = near->count - 1; i > at; i--) {
        near->distance[i] = near->distance[i - 1];
        memcpy(near->text[i], near->text[i - 1], NAME_TEXT);
    }
    near->distance[at] = far;
    snprintf(near->text[at], NAME_TEXT, "%s", name);
}

/* @p map: where more is to be read; NULL: in the list of maps. */
static enum exit_code unknown(const char *what, const char *name, const struct near_names *near,
                              const struct kwh_map *map)
{
    char list[NEAREST * (NAME_TEXT + 4)] = "";
    for (size_t i = 0; i < near->count; i++) {
        size_t at = strlen(list);
        snprintf(list + at, sizeof list - at, "%s%s",
                 i == 0                ? "; did you mean "
                 : i + 1 < near->count ? ", "
                                       : " or ",
                 near->text[i]);
    }
    complain("%s '%s'%s%s", what, name, list, near->count > 0 ? "?" : "");
    fprintf(stderr, "try: kwh maps%s%s\n", map != NULL ? " " : "", map != NULL ? map->name : "");
    return EXIT_CODE_USAGE;
}

enum exit_code parse_target(const char *what, const char *text, struct kwh_target *target)
{
    size_t where = 0;
    char hint[KWH_TARGET_TEXT + 32];
    if (kwh_target_parse(text, target, &where) == KWH_OK) {
        if (target->settings.data_bits != 7)
            return EXIT_CODE_OK;
        return usage_error("%s '%s': Modbus RTU and M-Bus have bytes of 8 bits", what, text);
    }
    (void)kwh_target_hint(text, hint, sizeof hint); /* one that was cut helps, too */
    return usage_error("%s '%s': cannot be understood from '%s' on; %s", what, text,
                       where < strlen(text) ? text + where : "its end", hint);
}

/* @p near gets the names of the maps, and those of the brands, that are near. */
static void consider_maps(struct near_names *near, const char *name)
{
    for (size_t i = 0; i < kwh_maps_count; i++) {
        const struct kwh_map_notes *notes = kwh_maps[i].notes;
        consider(near, name, kwh_maps[i].map->name);
        for (size_t j = 0; notes != NULL && j < notes->alias_count; j++)
            consider(near, name, notes->aliases[j]);
    }
}

enum exit_code find_map(const char *name, const struct kwh_map **map)
{
    struct near_names near = {.count = 0};
    *map = kwh_host_find_map(name);
    if (*map != NULL)
        return EXIT_CODE_OK;
    consider_maps(&near, name);
    return unknown("no map is called", name, &near, NULL);
}

enum exit_code find_protocol_map(const char *name, enum kwh_protocol protocol,
                                 const struct kwh_map **map)
{
    const struct kwh_map *found;
    *map = kwh_host_find_protocol_map(name, protocol);
    if (*map != NULL)
        return EXIT_CODE_OK;
    enum exit_code code = find_map(name, &found);
    if (code != EXIT_CODE_OK)
        return code;
    complain("%s speaks no %s", found->title, protocol == KWH_PROTOCOL_MBUS ? "M-Bus" : "Modbus");
    fputs("try: kwh maps\n", stderr);
    return EXIT_CODE_USAGE;
}

const struct kwh_map_entry *map_entry(const struct kwh_map *map)
{
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (kwh_maps[i].map == map)
            return &kwh_maps[i];
    return NULL;
}

void name_of(uint32_t quantity, char text[NAME_TEXT])
{
    if (kwh_quantity_print(quantity, text, NAME_TEXT) != KWH_OK)
        snprintf(text, NAME_TEXT, "quantity_%08lx", (unsigned long)quantity);
}

void key_of(uint32_t quantity, char text[NAME_TEXT])
{
    const char *suffix = kwh_unit_suffix(kwh_quantity_unit(quantity));
    name_of(quantity, text);
    if (suffix[0] != '\0') {
        size_t length = strlen(text);
        snprintf(text + length, NAME_TEXT - length, "_%s", suffix);
    }
}

static void consider_map(struct near_names *near, const char *asked, const struct kwh_map *map,
                         uint16_t profiles)
{
    struct kwh_map_iterator rows = {map, profiles, 0, 0};
    for (const struct kwh_row *row; (row = kwh_map_next(&rows)) != NULL;) {
        char name[NAME_TEXT];
        if (kwh_row_rank(row) == 0 && !kwh_row_hidden(row) && !kwh_row_write_only(row)) {
            name_of(row->quantity, name);
            consider(near, asked, name);
        }
    }
}

enum exit_code check_name(const char *name, const struct kwh_map *map)
{
    uint32_t quantity;
    struct kwh_obis code;
    struct near_names near = {.count = 0};
    if (kwh_quantity_parse(name, &quantity) == KWH_OK || kwh_obis_parse(name, &code) == KWH_OK)
        return EXIT_CODE_OK;
    for (size_t i = 0; i < kwh_maps_count; i++)
        if (map == NULL || map == kwh_maps[i].map)
            consider_map(&near, name, kwh_maps[i].map, KWH_ALL_PROFILES);
    return unknown("unknown name", name, &near, map);
}

/* Of another model, or to be written only. */
static bool is_in_map(const struct kwh_map *map, uint32_t quantity)
{
    struct kwh_map_iterator rows = {map, KWH_ALL_PROFILES, 0, 0};
    const struct kwh_row *row;
    while ((row = kwh_map_next(&rows)) != NULL)
        if (row->quantity == quantity)
            return true;
    return false;
}

enum exit_code find_quantity(const char *name, const struct kwh_map *map, uint16_t profiles,
                             uint32_t *quantity)
{
    struct kwh_obis code;
    struct near_names near = {.count = 0};
    enum exit_code exit_code = check_name(name, map);
    if (exit_code != EXIT_CODE_OK)
        return exit_code;
    if (kwh_quantity_parse(name, quantity) != KWH_OK) {
        *quantity = kwh_obis_parse(name, &code) == KWH_OK ? kwh_map_find_obis(map, profiles, code)
                                                          : 0;
    }
    if (*quantity != 0 && kwh_map_find(map, profiles, *quantity) != NULL)
        return EXIT_CODE_OK;
    if (*quantity != 0 && is_in_map(map, *quantity)) {
        complain("%s cannot be read from this meter (map %s)", name, map->name);
        fprintf(stderr, "try: kwh maps %s\n", map->name);
        return EXIT_CODE_USAGE;
    }
    consider_map(&near, name, map, profiles);
    char what[128];
    snprintf(what, sizeof what, "the meter (map %s) has no", map->name);
    return unknown(what, name, &near, map);
}
