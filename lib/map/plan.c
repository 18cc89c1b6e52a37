/* SPDX-License-Identifier: MIT */
#include <string.h>

#include <kwh/line.h>
#include <kwh/plan.h>

/* Flags of an entry. */
enum {
    FIRST = 1,  /* a request begins here */
    SPLIT = 2,  /* a request must begin here: a longer one was refused */
    REFUSED = 4 /* refused alone: neither read again nor read across */
};

/* Most registers in an answer (MODBUS Application Protocol V1.1b3, 6.3). */
#define REGISTERS_MAX 125

/* Keeps indices within 16 bits on every machine. */
#define ENTRIES_MAX 0x7FFF

/* Registers from `first` to before `end`; 32 bits, because 0xFFFF is the last register. */
struct span {
    uint32_t first, end;
};

static struct span span_of(KWH_CONST struct kwh_row *row)
{
    struct span span = {row->address, row->address + (uint32_t)kwh_row_words(row)};
    return span;
}

/* Where requests are even, a value of an odd number of registers is asked for as it is. */
static bool stands_alone(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row)
{
    return map->alignment == 2 && kwh_row_words(row) % 2 != 0;
}

/* The registers that have to be asked for to get a span with this value in it. */
static struct span aligned(KWH_CONST struct kwh_map *map, KWH_CONST struct kwh_row *row,
                           struct span span)
{
    if (map->alignment == 2 && !stands_alone(map, row)) {
        span.first &= ~UINT32_C(1);
        span.end += span.end & 1;
    }
    return span;
}

/* May one request read this span, with more than one value in it? */
static bool is_allowed(KWH_CONST struct kwh_map *map, enum kwh_space space, struct span span,
                       uint32_t limit)
{
    if (span.end - span.first > limit)
        return false;
    for (uint16_t i = 0; i < map->edge_count; i++)
        if (map->edges[i] > span.first && map->edges[i] < span.end)
            return false;
    for (uint16_t i = 0; i < map->avoid_count; i++) {
        KWH_CONST struct kwh_range *range = &map->avoid[i];
        if (range->space == space && range->last >= span.first && range->first < span.end)
            return false;
    }
    return true;
}

struct kwh_bus_cost kwh_bus_cost_serial(const struct kwh_line_settings *settings,
                                        uint32_t turnaround_us)
{
    struct kwh_bus_cost cost = {kwh_character_ns(settings), turnaround_us, 0, 0};
    cost.quiet_us = kwh_silence_us(cost.character_ns);
    return cost;
}

struct kwh_bus_cost kwh_bus_cost_line(const struct kwh_line *line, KWH_CONST struct kwh_map *map)
{
    struct kwh_bus_cost cost = {line->character_ns, kwh_map_turnaround_us(map), 0, 0};
    uint32_t silence_us = kwh_silence_us(line->character_ns);
    cost.quiet_us = silence_us > line->timing.quiet_us ? silence_us : line->timing.quiet_us;
    return cost;
}

void kwh_plan_init(struct kwh_plan *plan, KWH_CONST struct kwh_map *map, uint16_t profiles,
                   struct kwh_plan_entry *entries, size_t capacity)
{
    memset(plan, 0, sizeof *plan);
    plan->map = map;
    plan->entries = entries;
    plan->capacity = capacity < ENTRIES_MAX ? (uint16_t)capacity : ENTRIES_MAX;
    plan->profiles = profiles;
}

static bool is_before(KWH_CONST struct kwh_row *x, KWH_CONST struct kwh_row *y)
{
    return kwh_row_space(x) != kwh_row_space(y) ? kwh_row_space(x) < kwh_row_space(y)
                                                : x->address < y->address;
}

/* Entries stand in the order of their registers. Until the plan is made each is its own request. */
enum kwh_error kwh_plan_add_row(struct kwh_plan *plan, KWH_CONST struct kwh_row *row)
{
    uint16_t at = plan->count;
    for (uint16_t i = 0; i < plan->count; i++)
        if (plan->entries[i].row == row)
            return KWH_OK;
    if (plan->count >= plan->capacity)
        return KWH_ERROR_CAPACITY;
    while (at > 0 && is_before(row, plan->entries[at - 1].row)) {
        plan->entries[at] = plan->entries[at - 1];
        at--;
    }
    memset(&plan->entries[at], 0, sizeof plan->entries[at]);
    plan->entries[at].row = row;
    plan->entries[at].flags = FIRST;
    plan->count++;
    if (at + 1 < plan->count)
        plan->entries[at + 1].flags |= FIRST;
    return KWH_OK;
}

enum kwh_error kwh_plan_add(struct kwh_plan *plan, uint32_t quantity)
{
    KWH_CONST struct kwh_row *row = kwh_map_find(plan->map, plan->profiles, quantity);
    return row != NULL ? kwh_plan_add_row(plan, row) : KWH_ERROR_NOT_IN_MAP;
}

enum kwh_error kwh_plan_add_readout(struct kwh_plan *plan)
{
    struct kwh_map_iterator iterator = {plan->map, plan->profiles, 0, 0};
    KWH_CONST struct kwh_row *row;
    enum kwh_error error = KWH_OK;
    while (error == KWH_OK && (row = kwh_map_next(&iterator)) != NULL)
        if (kwh_row_is_readout(row))
            error = kwh_plan_add_row(plan, row);
    return error;
}

static struct kwh_bus_cost effective_cost(KWH_CONST struct kwh_map *map,
                                          const struct kwh_bus_cost *given)
{
    static KWH_CONST struct kwh_line_settings usual = KWH_LINE_SETTINGS_DEFAULT;
    struct kwh_line_settings line = usual;
    struct kwh_bus_cost cost = given != NULL
                                   ? *given
                                   : kwh_bus_cost_serial(&line, kwh_map_turnaround_us(map));
    uint32_t quiet_us = UINT32_C(1000) * map->quiet_ms;
    if (cost.quiet_us < quiet_us)
        cost.quiet_us = quiet_us;
    if (cost.limit == 0)
        cost.limit = map->request_safe;
    if (cost.limit == 0 || cost.limit > REGISTERS_MAX)
        cost.limit = REGISTERS_MAX;
    return cost;
}

uint64_t kwh_plan_request_ns(const struct kwh_bus_cost *cost, uint16_t registers)
{
    return (13 + UINT64_C(2) * registers) * cost->character_ns +
           UINT64_C(1000) * ((uint64_t)cost->turnaround_us + cost->quiet_us);
}

/* What some requests cost together: exact, and small in memory. */
struct total {
    uint32_t registers;
    uint16_t requests;
};

static uint64_t total_ns(const struct kwh_bus_cost *cost, struct total total)
{
    return total.requests * kwh_plan_request_ns(cost, 0) +
           total.registers * (UINT64_C(2) * cost->character_ns);
}

static bool is_cheaper(const struct kwh_bus_cost *cost, struct total x, struct total y)
{
    uint64_t x_ns = total_ns(cost, x);
    uint64_t y_ns = total_ns(cost, y);
    if (x_ns != y_ns)
        return x_ns < y_ns;
    return x.registers != y.registers ? x.registers < y.registers : x.requests < y.requests;
}

static struct total total_before(const struct kwh_plan *plan, uint16_t entry)
{
    struct total none = {0, 0};
    if (entry == 0)
        return none;
    struct total total = {plan->entries[entry - 1].registers, plan->entries[entry - 1].requests};
    return total;
}

/* May a request that begins at this entry begin one earlier instead? */
static bool may_join(const struct kwh_plan *plan, uint16_t entry)
{
    const struct kwh_plan_entry *at = &plan->entries[entry];
    const struct kwh_plan_entry *before = &plan->entries[entry - 1];
    return (at->flags & SPLIT) == 0 && (before->flags & REFUSED) == 0 &&
           kwh_row_space(before->row) == kwh_row_space(at->row) &&
           !stands_alone(plan->map, at->row) && !stands_alone(plan->map, before->row);
}

/*
 * The best plan for the entries up to `last` is the best plan for those before some `from`, and one
 * request for the rest: tries every `from`, backwards, until a request would be too long.
 */
static void choose_last_request(struct kwh_plan *plan, uint16_t last)
{
    struct kwh_plan_entry *entries = plan->entries;
    enum kwh_space space = kwh_row_space(entries[last].row);
    struct span span = span_of(entries[last].row);
    struct total best = {0, 0};
    uint16_t from = last;
    entries[last].from = last;
    if (entries[last].flags & REFUSED) {
        best = total_before(plan, last);
        entries[last].registers = best.registers;
        entries[last].requests = best.requests;
        return;
    }
    for (;;) {
        struct span own = span_of(entries[from].row);
        span.first = own.first; /* the smallest, because entries are sorted */
        span.end = own.end > span.end ? own.end : span.end;
        struct span asked = aligned(plan->map, entries[last].row, span);
        if (from != last && !is_allowed(plan->map, space, asked, plan->cost.limit))
            break;
        struct total total = total_before(plan, from);
        total.registers += asked.end - asked.first;
        total.requests++;
        if (from == last || is_cheaper(&plan->cost, total, best)) {
            best = total;
            entries[last].from = from;
        }
        if (from == 0 || !may_join(plan, from))
            break;
        from--;
    }
    entries[last].registers = best.registers;
    entries[last].requests = best.requests;
}

void kwh_plan_make(struct kwh_plan *plan, const struct kwh_bus_cost *cost)
{
    plan->cost = effective_cost(plan->map, cost);
    for (uint16_t i = 0; i < plan->count; i++) {
        plan->entries[i].flags &= SPLIT | REFUSED;
        choose_last_request(plan, i);
    }
    for (uint16_t end = plan->count; end > 0;) {
        uint16_t from = plan->entries[end - 1].from;
        plan->entries[from].flags |= FIRST;
        end = from;
    }
}

bool kwh_plan_is_refused(const struct kwh_plan *plan, uint16_t entry)
{
    return (plan->entries[entry].flags & REFUSED) != 0;
}

bool kwh_plan_request(const struct kwh_plan *plan, uint16_t first, struct kwh_plan_request *request)
{
    const struct kwh_plan_entry *entries = plan->entries;
    memset(request, 0, sizeof *request);
    while (first < plan->count && (entries[first].flags & REFUSED))
        first++;
    if (first >= plan->count)
        return false;
    struct span span = span_of(entries[first].row);
    uint16_t end = (uint16_t)(first + 1);
    for (; end < plan->count && !(entries[end].flags & FIRST); end++) {
        struct span own = span_of(entries[end].row);
        span.end = own.end > span.end ? own.end : span.end;
    }
    span = aligned(plan->map, entries[first].row, span);
    request->function = kwh_row_space(entries[first].row) == KWH_SPACE_INPUT ? 4 : 3;
    request->address = (uint16_t)span.first;
    request->count = (uint16_t)(span.end - span.first);
    request->first = first;
    request->values = (uint16_t)(end - first);
    return true;
}

uint64_t kwh_plan_total_ns(const struct kwh_plan *plan, uint32_t *bytes)
{
    struct kwh_plan_request request = {0, 0, 0, 0, 0};
    uint64_t sum_ns = 0;
    uint32_t sum = 0;
    while (kwh_plan_request(plan, (uint16_t)(request.first + request.values), &request)) {
        sum_ns += kwh_plan_request_ns(&plan->cost, request.count);
        sum += 13 + UINT32_C(2) * request.count;
    }
    if (bytes != NULL)
        *bytes = sum;
    return sum_ns;
}

/* Where to cut a request: before the value behind its widest hole, else in the middle. */
static uint16_t cut_of(const struct kwh_plan *plan, const struct kwh_plan_request *request)
{
    uint16_t cut = (uint16_t)(request->first + request->values / 2);
    uint32_t end = span_of(plan->entries[request->first].row).end;
    uint32_t widest = 0;
    for (uint16_t i = 1; i < request->values; i++) {
        struct span own = span_of(plan->entries[request->first + i].row);
        if (own.first > end && own.first - end > widest) {
            widest = own.first - end;
            cut = (uint16_t)(request->first + i);
        }
        end = own.end > end ? own.end : end;
    }
    return cut;
}

bool kwh_plan_refused(struct kwh_plan *plan, uint16_t first)
{
    struct kwh_plan_request request;
    if (!kwh_plan_request(plan, first, &request))
        return false;
    if (request.values == 1) {
        plan->entries[request.first].flags |= REFUSED | FIRST;
        return false;
    }
    plan->entries[cut_of(plan, &request)].flags |= SPLIT | FIRST;
    return true;
}
