#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: installed.sh MESON
# A program that knows nothing but pkg-config builds against the installed library, shared and
# static, the installed headers fit the installed libraries, and the installed kwh finds them.
set -eu
: "${BUILD:?build folder}" "${CC:?C compiler}"
command -v pkg-config >/dev/null || { echo "SKIP: needs pkg-config"; exit 77; }
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT

"$1" install -C "$BUILD" --no-rebuild --destdir "$temp/root" >"$temp/log" 2>&1 || {
    cat "$temp/log"
    exit 1
}
PKG_CONFIG_LIBDIR=$(dirname "$(find "$temp/root" -name libkwh.pc)")
PKG_CONFIG_LIBDIR=$PKG_CONFIG_LIBDIR:$(pkg-config --variable pc_path pkg-config)
export PKG_CONFIG_LIBDIR
export PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 # else none for a prefix /usr
libdir=$(dirname "$(find "$temp/root" -name libkwh.a)")
include=$temp/root$(pkg-config --variable includedir libkwh)
prefixed()
{
    sed "s|-I$(pkg-config --variable includedir libkwh)|-I$include|; s|-L[^ ]*|-L$libdir|"
}

cat >"$temp/program.c" <<'END'
#include <kwh.h>
#include <stdio.h>
int main(void)
{
    static const uint8_t request[] = {0x01, 0x03, 0x50, 0x02, 0x00, 0x06};
    uint16_t crc = kwh_crc16(KWH_CRC16_START, request, sizeof request);
    printf("%02X %02X\n", crc & 0xFFu, crc >> 8);
    return 0;
}
END
expect()
{
    if [ "$2" != "75 08" ]; then
        echo "$1: got '$2', not '75 08'"
        exit 1
    fi
    echo "$1: right"
}

# CC and the flags are several words.
# shellcheck disable=SC2046,SC2086
{
    $CC "$temp/program.c" $(pkg-config --cflags --libs libkwh | prefixed) -o "$temp/shared"
    expect shared "$(LD_LIBRARY_PATH=$libdir "$temp/shared")"
    $CC "$temp/program.c" $(pkg-config --cflags libkwh | prefixed) "$libdir/libkwh.a" -o "$temp/static"
    expect static "$("$temp/static")"
}

# A map of one's own, and a map of the library, by the installed headers.
cat >"$temp/map.c" <<'END'
#include <kwh/maps.h>
#include <stdio.h>

static const struct kwh_row rows[] = {
    KWH_INPUT(0x0010, UINT16, DECI, VOLTAGE_L1, KWH_MANUAL),
};
static const struct kwh_block blocks[] = {{.rows = rows, .count = KWH_COUNT(rows)}};
static const struct kwh_map own = {.name = "own", .blocks = blocks, .block_count = 1};

static void print(const struct kwh_map *map, uint32_t quantity, const uint8_t *bytes)
{
    struct kwh_reading reading;
    char text[KWH_READING_TEXT];
    kwh_row_decode(map, kwh_map_find(map, KWH_ALL_PROFILES, quantity), bytes, &reading);
    printf("%s ", kwh_reading_print(&reading, text, sizeof text) == KWH_OK ? text : "-");
}

int main(void)
{
    static const uint8_t voltage[] = {0x09, 0x00};
    static const uint8_t power[] = {0x3E, 0x33, 0x33, 0x33};
    print(&own, KWH_VOLTAGE_L1, voltage);
    print(&kwh_map_inepro_pro380_modbus, KWH_ACTIVE_POWER, power);
    puts(kwh_maps_count >= 2 ? "listed" : "not listed");
    return 0;
}
END
# shellcheck disable=SC2046,SC2086
$CC "$temp/map.c" $(pkg-config --cflags --libs libkwh | prefixed) -o "$temp/map"
got=$(LD_LIBRARY_PATH=$libdir "$temp/map")
[ "$got" = "230.4 175 listed" ] || { echo "maps: got '$got'"; exit 1; }
echo "maps: right"

if [ -e "$libdir/libkwh-host.a" ]; then
    [ -e "$include/kwh/host.h" ] || { echo "libkwh-host without kwh/host.h"; exit 1; }
    echo '#include <kwh/host.h>
int main(void) { return 0; }' >"$temp/host.c"
    # shellcheck disable=SC2046,SC2086
    $CC "$temp/host.c" $(pkg-config --cflags --libs libkwh-host | prefixed) -o "$temp/host"
    LD_LIBRARY_PATH=$libdir "$temp/host"
    echo "host: right"
elif [ -e "$include/kwh/host.h" ]; then
    echo "kwh/host.h without libkwh-host"
    exit 1
fi

# In /usr it is the loader that knows where the libraries are.
kwh=$(find "$temp/root" -path '*/bin/kwh')
if [ -n "$kwh" ] && [ "$(pkg-config --variable prefix libkwh)" != /usr ]; then
    unset LD_LIBRARY_PATH
    "$kwh" maps >/dev/null || { echo "the installed kwh does not run"; exit 1; }
    if ldd "$kwh" | grep 'libkwh' | grep -v "=> $temp/root/"; then
        echo "the libraries above are not the installed ones"
        exit 1
    fi
    echo "kwh: right"
fi
