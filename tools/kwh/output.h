/* SPDX-License-Identifier: MIT */
/* The three forms of output: a table for people, JSON lines, CSV. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "command.h"

#include <cjson/cJSON.h>

/* ---- output_table.c ---- */

#define TABLE_COLUMNS 12

/* Rows of cells, printed when all are known, so that the columns fit. */
struct table {
    const char *alignment; /* one letter a column: l, r, or d for the decimal point */
    size_t columns;
    char ***rows; /* a heading has a NULL second cell */
    size_t count, capacity;
    bool has_titles;
};

/* How to print: what the terminal can do. */
struct style {
    FILE *file;
    bool color;
    size_t width; /* 0: no terminal */
};

struct style output_style(const struct options *options);
void table_begin(struct table *table, const char *alignment);
/* A row of as many cells as there are columns; copies them. */
void table_row(struct table *table, const char *const *cells);
/* The same, at first, for the titles of the columns. */
void table_titles(struct table *table, const char *const *cells);
/* A line of its own between the rows. */
void table_heading(struct table *table, const char *text);
/* Prints and frees it. */
void table_end(struct table *table, const struct style *style);
void table_free(struct table *table);
/* Columns of help: 78, or those of a narrower terminal. */
size_t help_width(void);
/* Text that begins in column @p indent, in lines of at most @p width characters that break at
 * blanks and at its own line ends. */
void print_wrapped(FILE *file, const char *text, size_t indent, size_t width);
/* Escape sequences; "" without color. */
const char *style_bold(const struct style *style);
const char *style_dim(const struct style *style);
const char *style_off(const struct style *style);

/* ---- output_json.c: ends the program when there is no memory ---- */

cJSON *json_object(void);
cJSON *json_array(void);
/* @p text NULL: null. */
void json_text(cJSON *object, const char *key, const char *text);
/* An exact number, as text. */
void json_number(cJSON *object, const char *key, const char *digits);
void json_unsigned(cJSON *object, const char *key, uint64_t number);
void json_boolean(cJSON *object, const char *key, bool value);
void json_null(cJSON *object, const char *key);
/* The options of a subcommand, for those who write pages of them; of options.c. */
cJSON *option_array(const struct subcommand *subcommand);
/* Takes @p item over. */
void json_item(cJSON *object, const char *key, cJSON *item);
void json_append(cJSON *array, cJSON *item);
void json_append_text(cJSON *array, const char *text);
/* Digits come through as written; a word that is a number is one. */
bool is_json_number(const struct kwh_reading *reading);
/* A value under its key; null, and its status under status, when there is none. */
void json_reading(cJSON *values, cJSON *status, const char *key, const struct kwh_reading *reading);
/* One line on standard output, flushed; frees the object. */
void json_print(cJSON *object);

/* ---- output_csv.c ---- */

/* One record of RFC 4180; NULL is an empty field. */
void csv_record(const char *const *fields, size_t count);

/* ---- output_people.c ---- */

/* Bytes that hold a time of day in UTC, "2026-01-31T12:00:00.125Z". */
#define TIME_TEXT 32
void print_time(int64_t utc_ms, char text[TIME_TEXT]);
int64_t utc_now_ms(void);

/* How far the point moves for people: 0, 3 for kilo, 6 for mega. */
int power_for_people(const struct kwh_reading *reading);

/* A value for people: the point moved by @p power, and the unit that goes with it returned. The
 * status in words when there is no value. */
const char *print_for_people(const struct kwh_reading *reading, int power,
                             char text[KWH_READING_TEXT]);

/* A number and the unit for people, of no reading. */
const char *print_number_for_people(struct kwh_decimal value, enum kwh_unit unit,
                                    char text[KWH_DECIMAL_TEXT]);

/* A status in words, "not available". */
void print_status(enum kwh_status status, char text[KWH_READING_TEXT]);

/* The groups of a readout in the order in which people look for them. */
unsigned group_of(uint32_t quantity);
#define GROUP_TEXT 48
void group_title(unsigned group, char text[GROUP_TEXT]);

#endif
