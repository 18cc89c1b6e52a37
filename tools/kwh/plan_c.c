/* SPDX-License-Identifier: MIT */
/* kwh plan -o c: a plan as constants, with what reading it needs of its map. */
#include "names.h"
#include "plan.h"

#include <kwh/fixed_plan.h>

#include <ctype.h>
#include <string.h>

static void upper(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)toupper((unsigned char)*text);
}

/* The names of the header, without KWH_. */
static void macro_of(uint32_t quantity, char text[NAME_TEXT])
{
    name_of(quantity, text);
    upper(text);
}

static const char *const scales[] = {
    [KWH_SCALE_1] = "1",       [KWH_SCALE_MILLI] = "MILLI", [KWH_SCALE_CENTI] = "CENTI",
    [KWH_SCALE_DECI] = "DECI", [KWH_SCALE_10] = "10",       [KWH_SCALE_100] = "100",
    [KWH_SCALE_KILO] = "KILO", [KWH_SCALE_10K] = "10K",     [KWH_SCALE_100K] = "100K",
    [KWH_SCALE_MEGA] = "MEGA", [KWH_SCALE_36] = "36",       [KWH_SCALE_60] = "60",
};

static const char *scale_name(const struct kwh_row *row)
{
    unsigned index = (unsigned)kwh_row_scale(row);
    return index < KWH_COUNT(scales) ? scales[index] : "1";
}

/* A line as in a map. */
static void print_row(const struct kwh_row *row)
{
    const char *space = kwh_row_space(row) == KWH_SPACE_INPUT ? "INPUT" : "HOLDING";
    enum kwh_type type = kwh_row_type(row);
    char name[NAME_TEXT], certainty[16], columns[32];
    macro_of(row->quantity, name);
    snprintf(certainty, sizeof certainty, "%s", kwh_certainty_name(kwh_row_certainty(row)));
    upper(certainty);
    snprintf(columns, sizeof columns, "%s", kwh_type_name(type));
    upper(columns);
    if (type == KWH_TYPE_TEXT || type == KWH_TYPE_TEXT16) {
        printf("    KWH_%s_%s(0x%04X, %u, %s, KWH_%s),\n", space, columns, (unsigned)row->address,
               (unsigned)kwh_row_words(row), name, certainty);
        return;
    }
    strcat(columns, ",");
    printf("    KWH_%s(0x%04X, %-8s %s, %s, KWH_%s),\n", space, (unsigned)row->address, columns,
           scale_name(row), name, certainty);
}

static void print_rows(const struct kwh_plan *plan)
{
    puts("static KWH_CONST struct kwh_row rows[] = {");
    for (uint16_t i = 0; i < plan->count; i++)
        print_row(kwh_plan_row(plan, i));
    puts("};\n\n"
         "static KWH_CONST struct kwh_block blocks[] = {{.rows = rows, .count = "
         "KWH_COUNT(rows)}};\n");
}

/* The item of a value that is read as a word, else NULL. */
static KWH_CONST struct kwh_item *worded(const struct kwh_plan *plan, uint16_t entry)
{
    uint32_t quantity = kwh_plan_row(plan, entry)->quantity;
    const struct kwh_item *item = kwh_map_item(plan->map, quantity);
    if (item == NULL || kwh_quantity_form(quantity) != KWH_FORM_CHOICE)
        return NULL;
    for (uint8_t i = 0; i < item->choice_count; i++)
        if (item->choices[i].word != NULL)
            return item;
    return NULL;
}

/* The first value that has these choices: they are named for it. */
static uint16_t first_with(const struct kwh_plan *plan, const struct kwh_choice *choices)
{
    uint16_t entry = 0;
    for (;; entry++) {
        const struct kwh_item *item = worded(plan, entry);
        if (item != NULL && item->choices == choices)
            return entry;
    }
}

static void print_choices(const struct kwh_item *item, const char *name)
{
    printf("static KWH_CONST struct kwh_choice %s[] = {\n", name);
    for (uint8_t i = 0; i < item->choice_count; i++) {
        const struct kwh_choice *choice = &item->choices[i];
        if (choice->word == NULL)
            continue;
        printf("    {.code = %ld, ", (long)choice->code);
        if (choice->exponent != 0)
            printf(".exponent = %d, ", (int)choice->exponent);
        printf(".word = KWH_TEXT(\"%s\")},\n", choice->word);
    }
    puts("};\n");
}

/* Returns how many items there are. */
static unsigned print_items(const struct kwh_plan *plan)
{
    char name[NAME_TEXT];
    unsigned count = 0;
    for (uint16_t i = 0; i < plan->count; i++) {
        const struct kwh_item *item = worded(plan, i);
        if (item != NULL && first_with(plan, item->choices) == i) {
            name_of(item->quantity, name);
            print_choices(item, name);
        }
    }
    for (uint16_t i = 0; i < plan->count; i++) {
        const struct kwh_item *item = worded(plan, i);
        char choices[NAME_TEXT];
        if (item == NULL)
            continue;
        if (count++ == 0)
            puts("static KWH_CONST struct kwh_item items[] = {");
        macro_of(item->quantity, name);
        name_of(kwh_plan_row(plan, first_with(plan, item->choices))->quantity, choices);
        printf("    KWH_CHOICE_ITEM(%s, 0, %s, 0),\n", name, choices);
    }
    if (count > 0)
        puts("};\n");
    return count;
}

static const char *const orders[] = {
    [KWH_ORDER_ABCD] = "ABCD",
    [KWH_ORDER_CDAB] = "CDAB",
    [KWH_ORDER_BADC] = "BADC",
    [KWH_ORDER_DCBA] = "DCBA",
};

static void print_map(const struct kwh_map *map, unsigned items)
{
    puts("static KWH_CONST struct kwh_map map = {\n"
         "    .blocks = blocks,\n"
         "    .block_count = KWH_COUNT(blocks),");
    if (items > 0)
        puts("    .items = items,\n"
             "    .item_count = KWH_COUNT(items),");
    if (map->order != KWH_ORDER_ABCD)
        printf("    .order = KWH_ORDER_%s,\n", orders[map->order & 3]);
    if (map->top_is_absent != 0)
        puts("    .top_is_absent = 1,");
    if (map->quiet_ms != 0)
        printf("    .quiet_ms = %u,\n", (unsigned)map->quiet_ms);
    if (map->answer_ms != 0)
        printf("    .answer_ms = %u,\n", (unsigned)map->answer_ms);
    puts("};\n");
}

static unsigned print_requests(const struct kwh_plan *plan)
{
    struct kwh_plan_request request;
    unsigned count = 0;
    puts("static KWH_CONST struct kwh_plan_request requests[] = {");
    for (uint16_t at = 0; kwh_plan_request(plan, at, &request);
         at = (uint16_t)(request.first + request.values)) {
        printf("    {%u, 0x%04X, %u, %u, %u},\n", (unsigned)request.function,
               (unsigned)request.address, (unsigned)request.count, (unsigned)request.first,
               (unsigned)request.values);
        count++;
    }
    puts("};\n");
    return count;
}

void plan_c(const struct kwh_plan *plan)
{
    const struct kwh_map *map = plan->map;
    printf("/* SPDX-License-Identifier: MIT */\n"
           "/*\n"
           " * %s: %u value%s. Made by `kwh plan`, see kwh/fixed_plan.h; not to be edited.\n",
           map->name, (unsigned)plan->count, plan->count == 1 ? "" : "s");
    if (map->selector_count > 0)
        printf(" * This family must be asked before it is read which of its values it has, and how "
               "they\n"
               " * are to be taken: these are the values of a meter that answers as %s.\n",
               map->model_count > 0 ? map->models[0].name : map->title);
    puts(" */\n"
         "#include <kwh.h>\n\n"
         "/* clang-format off */");
    print_rows(plan);
    print_map(map, print_items(plan));
    print_requests(plan);
    printf("KWH_FIXED_PLAN_DECLARE(%s);\n"
           "KWH_CONST struct kwh_fixed_plan kwh_plan_%s = {&map, requests, KWH_COUNT(requests)};\n",
           map->name, map->name);
}
