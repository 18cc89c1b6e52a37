#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: add_map.sh MESON
# Adding a meter is adding one file: a copy of the tree gets one, and the build finds it, lists it,
# declares it, and holds it against the rules for maps. A build that was set up before says so.
set -eu
: "${SOURCE:?folder of the sources}" "${CC:?C compiler}"
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
mkdir "$temp/tree"
(cd "$SOURCE" && tar cf - --exclude './.git' --exclude './build*' .) | (cd "$temp/tree" && tar xf -)
cd "$temp/tree"
export CC

# Right but for one thing, which the rules must find.
map() # ADDRESS
{
    cat <<END
/* SPDX-License-Identifier: MIT */
#include <kwh/map.h>

static KWH_CONST struct kwh_row rows[] = {
    KWH_INPUT(0x0010, UINT16, DECI, VOLTAGE_L1, KWH_MANUAL),
    KWH_INPUT($1, INT32, 1, ACTIVE_POWER, KWH_MANUAL),
};
static KWH_CONST struct kwh_block blocks[] = {{.rows = rows, .count = KWH_COUNT(rows)}};
static KWH_CONST struct kwh_line_settings lines[] = {{19200, 8, 'N', 2}};

KWH_MAP_DECLARE(acme_one_modbus);
KWH_CONST struct kwh_map kwh_map_acme_one_modbus = {
    .name = "acme_one",
    .title = "ACME One",
    .blocks = blocks,
    .block_count = KWH_COUNT(blocks),
    .lines = lines,
    .line_count = KWH_COUNT(lines),
    .default_address = 1,
};

#ifdef KWH_MAP_PROOF
static const uint16_t words[] = {0x0900};
static const struct kwh_proof_span spans[] = {{KWH_SPACE_INPUT, 0x0010, 1, words}};
static const struct kwh_proof_value values[] = {{"voltage_l1", "230.4"}};

KWH_PROOF_DECLARE(acme_one_modbus);
const struct kwh_map_proof kwh_proof_acme_one_modbus = {.source = "made up", .spans = spans, .span_count = 1, .values = values, .value_count = 1};
#endif
END
}

quietly()
{
    "$@" >"$temp/log" 2>&1 || { cat "$temp/log"; exit 1; }
}

set_up="$1 setup $temp/b -Dhost=disabled -Dtools=disabled -Dexamples=false"
# The options are several words.
# shellcheck disable=SC2086
quietly $set_up
map 0x0011 >maps/acme_one.c
before=$(ls maps/*.c | grep -v acme | xargs -n 1 basename)
# shellcheck disable=SC2086
if SOURCE=$temp/tree tests/build/lists.sh $before >"$temp/log"; then
    echo "a build set up before does not say that there is a new map"
    exit 1
fi
grep -q 'setup --reconfigure' "$temp/log"
# shellcheck disable=SC2086
quietly $set_up --reconfigure

ninja -C "$temp/b" tests/test_maps lib/libkwh.a >"$temp/log" 2>&1 || { cat "$temp/log"; exit 1; }
quietly "$temp/b/tests/test_maps"
cat >"$temp/list.c" <<'END'
#include <kwh/maps.h>
#include <stdio.h>
int main(void)
{
    for (size_t i = 0; i < kwh_maps_count; i++) {
        printf("%s%s\n", kwh_maps[i].map->name,
               kwh_maps[i].map == &kwh_map_acme_one_modbus ? " itself" : "");
    }
    return 0;
}
END
# CC may be several words.
# shellcheck disable=SC2086
$CC -Iinclude -I"$temp/b/include" "$temp/list.c" "$temp/b/lib/libkwh.a" -o "$temp/list"
"$temp/list" | grep -qx 'acme_one itself' || { echo "the new map is not listed"; exit 1; }

map 0x0010 >maps/acme_one.c # two rows at one address
ninja -C "$temp/b" tests/test_maps >"$temp/log" 2>&1 || { cat "$temp/log"; exit 1; }
if "$temp/b/tests/test_maps" >"$temp/log" 2>&1; then
    echo "rows that overlap are not found"
    exit 1
fi
grep -q 'acme_one 0010: rows overlap' "$temp/log"
echo "one file, and $("$temp/list" | wc -l) maps are listed"
