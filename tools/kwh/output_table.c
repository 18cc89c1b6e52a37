/* SPDX-License-Identifier: MIT */
#include "output.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define GAP            2
#define INDENT         12 /* of a last cell that stands below */
#define WIDEST_HELP    78
#define NARROWEST_HELP 60
#define NARROWEST_LAST 24 /* columns of the last cell before it is wrapped */

struct style output_style(const struct options *options)
{
    struct style style = {stdout, false, 0};
    struct winsize size;
    const char *no_color = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    if (!isatty(STDOUT_FILENO))
        return style;
    style.color = !options->no_color && (no_color == NULL || no_color[0] == '\0') &&
                  terminal != NULL && strcmp(terminal, "dumb") != 0;
    style.width = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                                  : 80;
    return style;
}

size_t help_width(void)
{
    struct options none;
    memset(&none, 0, sizeof none);
    size_t width = output_style(&none).width;
    return width == 0 || width > WIDEST_HELP ? WIDEST_HELP
           : width < NARROWEST_HELP          ? NARROWEST_HELP
                                             : width;
}

const char *style_bold(const struct style *style)
{
    return style->color ? "\033[1m" : "";
}

const char *style_dim(const struct style *style)
{
    return style->color ? "\033[2m" : "";
}

const char *style_off(const struct style *style)
{
    return style->color ? "\033[0m" : "";
}

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copied = allocate(size, 1);
    memcpy(copied, text, size);
    return copied;
}

void table_begin(struct table *table, const char *alignment)
{
    memset(table, 0, sizeof *table);
    table->alignment = alignment;
    table->columns = strlen(alignment);
}

static char **add_row(struct table *table)
{
    if (table->count == table->capacity) {
        size_t capacity = table->capacity == 0 ? 64 : 2 * table->capacity;
        char ***rows = allocate(capacity, sizeof *rows);
        if (table->count > 0)
            memcpy(rows, table->rows, table->count * sizeof *rows);
        free(table->rows);
        table->rows = rows;
        table->capacity = capacity;
    }
    char **row = allocate(table->columns + 1, sizeof *row);
    table->rows[table->count++] = row;
    return row;
}

void table_row(struct table *table, const char *const *cells)
{
    char **row = add_row(table);
    for (size_t i = 0; i < table->columns; i++)
        row[i] = copy(cells[i] != NULL ? cells[i] : "");
}

void table_titles(struct table *table, const char *const *cells)
{
    table_row(table, cells);
    table->has_titles = true;
}

void table_heading(struct table *table, const char *text)
{
    add_row(table)[0] = copy(text);
}

static bool is_heading(char *const *row)
{
    return row[1] == NULL;
}

/* Characters, not bytes, of a UTF-8 text. */
static size_t width_of(const char *text)
{
    size_t width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0u) != 0x80u;
    return width;
}

/* From the decimal point on. */
static size_t width_behind_point(const char *text)
{
    const char *point = strchr(text, '.');
    bool number = text[strspn(text, "+-0123456789.")] == '\0';
    return number && point != NULL ? strlen(point) : 0;
}

struct layout {
    size_t width[TABLE_COLUMNS];
    size_t behind[TABLE_COLUMNS]; /* of columns aligned at the decimal point */
    bool breaks[TABLE_COLUMNS];   /* begins a further line, where the terminal is narrow */
};

static struct layout lay_out(const struct table *table)
{
    struct layout layout;
    memset(&layout, 0, sizeof layout);
    for (size_t c = 0; c < table->columns; c++) {
        size_t before = 0;
        for (size_t r = 0; r < table->count; r++) {
            const char *cell = is_heading(table->rows[r]) ? "" : table->rows[r][c];
            size_t behind = table->alignment[c] == 'd' ? width_behind_point(cell) : 0;
            size_t front = width_of(cell) - behind;
            before = front > before ? front : before;
            layout.behind[c] = behind > layout.behind[c] ? behind : layout.behind[c];
        }
        layout.width[c] = before + layout.behind[c];
    }
    return layout;
}

static void spaces(FILE *file, size_t count)
{
    fprintf(file, "%*s", (int)count, "");
}

/* Bytes up to the last blank at which at most @p width characters stand before it, or up to the
 * first one. */
static size_t line_length(const char *text, size_t width)
{
    size_t end = strcspn(text, "\n"), length = 0, columns = 0;
    for (size_t i = 0; i <= end; i++) {
        bool blank = i == end || text[i] == ' ';
        if (blank && (length == 0 || columns <= width))
            length = i;
        columns += ((unsigned char)text[i] & 0xC0u) != 0x80u;
    }
    return length;
}

void print_wrapped(FILE *file, const char *text, size_t indent, size_t width)
{
    for (;;) {
        size_t length = line_length(text, width);
        fprintf(file, "%.*s", (int)length, text);
        text += length;
        if (*text == '\n')
            text++;
        else
            text += strspn(text, " ");
        if (*text == '\0')
            return;
        fputc('\n', file);
        spaces(file, *text == '\n' ? 0 : indent);
    }
}

/* Columns that the terminal has no room for go below, where they are still columns. The last one
 * sees to itself. */
static void break_columns(struct layout *layout, size_t columns, const struct style *style,
                          size_t at)
{
    for (size_t c = 0; c + 1 < columns; c++) {
        layout->breaks[c] = c > 0 && style->width > 0 && at + layout->width[c] > style->width;
        at = (layout->breaks[c] ? INDENT : at) + layout->width[c] + GAP;
    }
}

/* The last cell; below the others when the terminal leaves it no room beside them. */
static void print_last(const char *text, size_t at, const struct style *style)
{
    if (style->width == 0 || at + width_of(text) <= style->width) {
        fputs(text, style->file);
    } else if (style->width >= at + NARROWEST_LAST) {
        print_wrapped(style->file, text, at, style->width - at);
    } else {
        size_t indent = style->width > 2 * NARROWEST_LAST ? INDENT : 0;
        fputc('\n', style->file);
        spaces(style->file, indent);
        print_wrapped(style->file, text, indent, style->width - indent);
    }
}

static void print_row(const struct table *table, const struct layout *layout, char *const *row,
                      const struct style *style, size_t at)
{
    size_t last = table->columns;
    while (last > 1 && row[last - 1][0] == '\0')
        last--;
    spaces(style->file, at);
    for (size_t c = 0; c < last; c++) {
        if (layout->breaks[c]) {
            fputc('\n', style->file);
            spaces(style->file, INDENT);
            at = INDENT;
        }
        size_t behind = table->alignment[c] == 'd' ? width_behind_point(row[c]) : 0;
        size_t fill = layout->width[c] - width_of(row[c]);
        size_t right = table->alignment[c] == 'l'   ? fill
                       : table->alignment[c] == 'd' ? layout->behind[c] - behind
                                                    : 0;
        spaces(style->file, fill - right);
        if (c + 1 == table->columns)
            print_last(row[c], at, style);
        else
            fputs(row[c], style->file);
        if (c + 1 < last && !layout->breaks[c + 1])
            spaces(style->file, right + GAP);
        at += layout->width[c] + GAP;
    }
    fputc('\n', style->file);
}

void table_free(struct table *table)
{
    for (size_t r = 0; r < table->count; r++) {
        for (size_t c = 0; c < table->columns; c++)
            free(table->rows[r][c]);
        free(table->rows[r]);
    }
    free(table->rows);
    memset(table, 0, sizeof *table);
}

void table_end(struct table *table, const struct style *style)
{
    struct layout layout = lay_out(table);
    size_t indent = 0;
    for (size_t r = 0; r < table->count; r++)
        indent = is_heading(table->rows[r]) ? GAP : indent;
    break_columns(&layout, table->columns, style, indent);
    for (size_t r = 0; r < table->count; r++) {
        char **row = table->rows[r];
        if (is_heading(row)) {
            fprintf(style->file, "%s%s%s%s\n", r > 0 ? "\n" : "", style_bold(style), row[0],
                    style_off(style));
        } else if (r == 0 && table->has_titles) {
            fputs(style_bold(style), style->file);
            print_row(table, &layout, row, style, indent);
            fputs(style_off(style), style->file);
        } else {
            print_row(table, &layout, row, style, indent);
        }
        flush_output(); /* the reason of a failure is known only at once */
    }
    table_free(table);
}
