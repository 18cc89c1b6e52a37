#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: over_tcp.sh SERVER READ_ONE EPOLL_LOOP [KWH]
# The server example, twice, is read by the two others, and by the kwh command, which has to take it
# for the meter it says it is.
set -u
server=$1 read_one=$2 epoll_loop=$3 kwh=${4:-}
folder=$(mktemp -d)
pids=
pid=
trap 'for pid in $pids; do kill "$pid"; done; rm -r "$folder"' EXIT

# Starts a server on a free port and waits for the line that says which.
serve() # NAME
{
    "$server" tcp:127.0.0.1:0 >"$folder/$1" </dev/null &
    pids="$pids $!"
    tries=0
    until [ -s "$folder/$1" ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || { echo "the server did not say where it is"; exit 1; }
        sleep 0.1
    done
}

failed=0
expect() # WHAT EXPECTED OUTPUT
{
    [ "$2" = "$3" ] && return
    echo "$1: expected '$2', got '$3'"
    failed=1
}

serve a
serve b
pid_b=${pids##* }
a=$(cat "$folder/a") b=$(cat "$folder/b")
expect read_one "1234.5" "$("$read_one" "$a")"
if [ -n "$kwh" ]; then
    expect kwh "$(printf '%s,ok\n' meter_code,0102, serial_number,24310042, voltage_l1,230.1,V)" \
        "$("$kwh" read "$a@1" meter_code serial_number voltage_l1 -o csv | sed 1d | cut -d, -f3-)"
fi
expect epoll_loop "$(printf '%s 230.1 V\n%s 230.1 V\n' "$a@1" "$b" | sort)" \
    "$("$epoll_loop" "$a@1" "$b" | sort)"
expect "another address" "$a@7 no_answer" "$("$epoll_loop" "$a@7" 2>/dev/null)"

# What cannot be reached ends badly and says why, and the others are read nevertheless.
kill -STOP "$pid_b"
expect "a meter that is silent" "$(printf '%s 230.1 V\n%s,timeout_ms=50 no_answer\n' "$a" "$b")" \
    "$("$epoll_loop" "$a" "$b,timeout_ms=50" 2>"$folder/silent")"
kill -CONT "$pid_b"
expect "why it is silent" "$b,timeout_ms=50: Nothing came before the deadline" \
    "$(head -n 1 "$folder/silent" | cut -d: -f1-4)"
"$epoll_loop" tcp:127.0.0.1:1 >"$folder/output" 2>"$folder/nobody"
expect "nobody there: status" 1 "$?"
expect "nobody there: output" "" "$(cat "$folder/output")"
expect "nobody there: why" \
    "tcp:127.0.0.1:1: The port or connection cannot be opened (Connection refused)" \
    "$(head -n 1 "$folder/nobody")"
"$read_one" sim:inepro_pro380 >/dev/null || { echo "read_one fails on a simulated meter"; failed=1; }
exit "$failed"
