#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: lines.sh SHELL MINIMUM PAGE...
# Every line of shell in the pages that begins with kwh, typed into a shell: it must end well, or serve the
# lines behind it and end well when asked to; at a serial port, which no test may touch, it must fail because there
# is none. Reading an empty standard input, as the test runner gives it.
set -eu
: "${SOURCE:?}" "${KWH:?}"
shell=$1
minimum=$2
shift 2
command -v "$shell" >/dev/null || { echo "no $shell here"; exit 77; }
temp=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null; rm -rf "$temp"' EXIT
mkdir "$temp/bin" "$temp/home"
ln -s "$KWH" "$temp/bin/kwh"
export PATH="$temp/bin:$PATH" HOME="$temp/home"

# A server says where it is to be reached, then serves until it is told to end.
serve() # LINE
{
    : >"$temp/ready"
    "$shell" -c "exec $1" >"$temp/ready" 2>"$temp/errors" </dev/null &
    server=$!
    tries=0
    until [ -s "$temp/ready" ]; do
        tries=$((tries + 1))
        kill -0 "$server" 2>/dev/null && [ "$tries" -le 200 ] || return 1
        sleep 0.05
    done
}

stop_serving()
{
    [ -n "$server" ] || return 0
    kill -TERM "$server"
    wait "$server" || { echo "$shell: a server did not end well"; exit 1; }
    server=
}

# The same line with a port that is in no computer: all but the port is right.
at_no_port() # LINE
{
    code=0
    "$shell" -c "$(printf '%s\n' "$1" | sed "s|:/dev/|:$temp/no|")" >"$temp/output" 2>"$temp/errors" \
        </dev/null || code=$?
    [ "$code" = 3 ]
}

# Other tests listen on the same ports: each has a loopback address of its own.
own_loopback=127.$((64 + $$ / 65536 % 128)).$(($$ / 256 % 256)).$(($$ % 256))
count=0
for page in "$@"; do
    sed -n '/^ *```sh$/,/^ *```$/{s/^ *//;/^kwh /p}' "$SOURCE/$page"
done | sed "s/127\.0\.0\.1/$own_loopback/g" >"$temp/lines"
while read -r line; do
    count=$((count + 1))
    case $line in
    *:/dev/*) at_no_port "$line" ;;
    "kwh simulate "*) stop_serving; serve "$line" ;;
    *) "$shell" -c "$line" >"$temp/output" 2>"$temp/errors" </dev/null && [ -s "$temp/output" ] ;;
    esac || { echo "$shell: $line"; cat "$temp/errors"; exit 1; }
done <"$temp/lines"
stop_serving
[ "$count" -ge "$minimum" ] || { echo "only $count lines in $*"; exit 1; }
echo "$count lines"
