/* SPDX-License-Identifier: MIT */
/*
 * The frozen names, tests/data/quantities.csv: name, number, unit, form, OBIS code. Made from the
 * vocabulary and never from what the library prints.
 */
#ifndef KWH_TESTS_FROZEN_NAMES_H
#define KWH_TESTS_FROZEN_NAMES_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FROZEN_NAMES 633

struct frozen_name {
    char name[96];
    uint32_t number;
    char unit[8];
    char form[8];
    char obis[24];
};

/* Cuts a line of comma-separated columns in place; missing columns are empty. */
static inline void split_columns(char *line, char **columns, size_t count)
{
    size_t i;

    line[strcspn(line, "\r\n")] = '\0';
    for (i = 0; i < count; i++) {
        char *comma = strchr(line, ',');

        columns[i] = line;
        line = comma != NULL ? comma + 1 : line + strlen(line);
        if (comma != NULL)
            *comma = '\0';
    }
}

/* Returns how many names there are; -1 when the file cannot be read. */
static inline int load_frozen_names(struct frozen_name *names, int capacity)
{
    FILE *file = fopen(KWH_SOURCE_ROOT "/tests/data/quantities.csv", "r");
    char line[256];
    char *columns[5];
    int count = 0;

    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        return -1;
    while (count < capacity && fgets(line, sizeof line, file) != NULL) {
        struct frozen_name *name = &names[count++];

        split_columns(line, columns, 5);
        snprintf(name->name, sizeof name->name, "%s", columns[0]);
        name->number = (uint32_t)strtoul(columns[1], NULL, 16);
        snprintf(name->unit, sizeof name->unit, "%s", columns[2]);
        snprintf(name->form, sizeof name->form, "%s", columns[3]);
        snprintf(name->obis, sizeof name->obis, "%s", columns[4]);
    }
    fclose(file);
    return count;
}

#endif
