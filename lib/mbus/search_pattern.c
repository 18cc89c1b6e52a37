/* SPDX-License-Identifier: MIT */
/*
 * The tree of patterns (EN 13757-2; M-Bus documentation 4.8, figure 31). Where it is walked, the
 * pattern itself says: a part that is varied holds its value, those behind it hold any.
 */
#include "search_pattern.h"

enum level {
    DIGITS = 8, /* 1 to 8, the most significant first */
    VERSION,
    MEDIUM,
    MANUFACTURER_LOW,
    MANUFACTURER_HIGH
};

KWH_STATIC_ASSERT(MANUFACTURER_HIGH == KWH_MBUS_SEARCH_LEVELS, levels);

/*
 * A line carries 250 meters (EN 13757-2). Where more patterns of the same length collide, or more
 * values of a byte behind the same digits, no meters do that.
 */
#define COLLISIONS_MAX      250u
#define COLLISIONS_MAX_BYTE 8u

bool kwhi_pattern_is_digit(unsigned level)
{
    return level <= DIGITS;
}

static unsigned shift_of(unsigned digit)
{
    return 4u * (DIGITS - digit);
}

static unsigned any_of(unsigned level)
{
    return kwhi_pattern_is_digit(level) ? 15u : 255u;
}

static unsigned last_of(const struct kwh_mbus_search *search, unsigned level)
{
    return kwhi_pattern_is_digit(level) ? (search->letters ? 14u : 9u) : 254u;
}

static unsigned get(const struct kwh_mbus_secondary *pattern, unsigned level)
{
    switch (level) {
    case VERSION:
        return pattern->version;
    case MEDIUM:
        return pattern->medium;
    case MANUFACTURER_LOW:
        return pattern->manufacturer & 0xFFu;
    case MANUFACTURER_HIGH:
        return pattern->manufacturer >> 8;
    default:
        return (unsigned)(pattern->id >> shift_of(level) & 15u);
    }
}

static void set(struct kwh_mbus_secondary *pattern, unsigned level, unsigned value)
{
    switch (level) {
    case VERSION:
        pattern->version = (uint8_t)value;
        break;
    case MEDIUM:
        pattern->medium = (uint8_t)value;
        break;
    case MANUFACTURER_LOW:
        pattern->manufacturer = (uint16_t)((pattern->manufacturer & 0xFF00u) | value);
        break;
    case MANUFACTURER_HIGH:
        pattern->manufacturer = (uint16_t)((pattern->manufacturer & 0xFFu) | value << 8);
        break;
    default:
        pattern->id &= ~(UINT32_C(15) << shift_of(level));
        pattern->id |= (uint32_t)value << shift_of(level);
        break;
    }
}

static bool is_open(const struct kwh_mbus_search *search, unsigned level)
{
    return ((unsigned)search->open >> level & 1u) != 0;
}

unsigned kwhi_pattern_below(const struct kwh_mbus_search *search)
{
    for (unsigned level = search->level + 1u; level <= KWH_MBUS_SEARCH_LEVELS; level++)
        if (is_open(search, level))
            return level;
    return 0;
}

static unsigned above(const struct kwh_mbus_search *search)
{
    for (unsigned level = search->level - 1u; level > 0; level--)
        if (is_open(search, level))
            return level;
    return 0;
}

/* The first pattern at this level, those beside it to follow. */
static void descend(struct kwh_mbus_search *search, unsigned level)
{
    search->level = (uint8_t)level;
    search->told = (uint16_t)(search->told & ~(1u << level));
    if (!kwhi_pattern_is_digit(level))
        search->collisions[level - 1u] = 0;
    search->total += last_of(search, level) + 1u;
    set(&search->pattern, level, 0);
}

void kwhi_pattern_begin(struct kwh_mbus_search *search, const struct kwh_mbus_secondary *start)
{
    search->pattern = *start;
    for (unsigned level = 1; level <= KWH_MBUS_SEARCH_LEVELS; level++)
        if (get(start, level) == any_of(level))
            search->open = (uint16_t)(search->open | 1u << level);
    /* All meters at once may be more than a converter can bear: not one question to all of them. */
    unsigned first = kwhi_pattern_below(search);
    if (first != 0 && kwhi_pattern_is_digit(first))
        descend(search, first);
    else
        search->total = 1;
}

bool kwhi_pattern_collides(struct kwh_mbus_search *search)
{
    unsigned level = search->level;
    if (level == 0)
        return true;
    unsigned limit = kwhi_pattern_is_digit(level) ? COLLISIONS_MAX : COLLISIONS_MAX_BYTE;
    if (search->collisions[level - 1u] >= limit)
        return false;
    search->collisions[level - 1u]++;
    return true;
}

void kwhi_pattern_split(struct kwh_mbus_search *search)
{
    unsigned level = kwhi_pattern_below(search);
    if (level != 0)
        descend(search, level);
}

bool kwhi_pattern_next(struct kwh_mbus_search *search)
{
    while (search->level != 0) {
        unsigned level = search->level, value = get(&search->pattern, level) + 1u;
        if (value <= last_of(search, level)) {
            set(&search->pattern, level, value);
            return true;
        }
        set(&search->pattern, level, any_of(level));
        search->level = (uint8_t)above(search);
        bool was_tried = search->level != 0 || !kwhi_pattern_is_digit(level);
        if (was_tried && ((unsigned)search->told >> level & 1u) == 0) {
            search->again = true;
            search->total++;
            return true;
        }
    }
    return false;
}
