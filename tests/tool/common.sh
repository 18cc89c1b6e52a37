# SPDX-License-Identifier: MIT
# What the tests of the kwh command share; read by each with `.`.
# shellcheck shell=sh disable=SC2034
set -u
: "${KWH:?the kwh command}" "${SOURCE:?folder of the sources}"
unset NO_COLOR
temp=$(mktemp -d)
failed=0
pids=
# For a server that goes, and may come back: an address of this test alone, and a port that no
# system chooses by itself. One that it had chosen it may give to another test in the meantime.
own_place=127.$((64 + $$ / 65536 % 128)).$(($$ / 256 % 256)).$(($$ % 256)):10502

stop_all()
{
    for pid in $pids; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    rm -rf "$temp"
}
trap stop_all EXIT
trap 'exit 1' INT TERM

complain()
{
    echo "FAILED: $*"
    failed=1
}

# exits CODE ARGUMENT...: runs kwh; its output is in $temp/out and $temp/err.
exits()
{
    code=$1
    shift
    timeout 300 "$KWH" "$@" >"$temp/out" 2>"$temp/err" </dev/null
    got=$?
    if [ "$got" != "$code" ]; then
        complain "kwh $*: exit $got, not $code"
        cat "$temp/out" "$temp/err"
    fi
}

# finds COUNT TARGET OPTION...: a scan finds so many meters. Where most of its time is silence, that
# is kept short, and what a busy computer was too late for is looked for again.
finds()
{
    count=$1
    shift
    for _ in 1 2 3 4 5 6 7 8; do
        timeout 300 "$KWH" scan "$@" >"$temp/out" 2>"$temp/err" </dev/null &&
            [ "$(grep -cE '"kind":"meter"|,meter,' "$temp/out")" -ge "$count" ] && return
    done
    complain "kwh scan $*: not $count meters: $(cat "$temp/out" "$temp/err")"
}

# says FILE TEXT: the last run printed it (out or err).
says()
{
    grep -qF -- "$2" "$temp/$1" || {
        complain "std$1 does not say: $2"
        cat "$temp/$1"
    }
}

# prints TEXT: the whole standard output of the last run.
prints()
{
    [ "$(cat "$temp/out")" = "$1" ] || {
        complain "standard output is not: $1"
        cat "$temp/out"
    }
}

# json EXPRESSION: true of the JSON lines of the last run, the list `lines`; numbers are texts.
json()
{
    "$PYTHON" - "$temp/out" "$1" <<'CODE' || complain "not so: $1"
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    lines = [json.loads(line, parse_float=str, parse_int=str) for line in file]
line = lines[0] if lines else None
try:
    right = eval(sys.argv[2])
except (TypeError, KeyError, IndexError):
    right = False
if not right:
    sys.exit(f"{lines}")
CODE
}

# start NAME COMMAND...: in the background; waits for its first line. Sets $pid and $target.
start()
{
    name=$1
    shift
    rm -f "$temp/$name.out" # that of an earlier one would pass for ready
    "$@" >"$temp/$name.out" 2>"$temp/$name.err" </dev/null &
    pid=$!
    pids="$pids $pid"
    tries=0
    until [ -s "$temp/$name.out" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 100 ] || ! kill -0 "$pid" 2>/dev/null; then
            complain "$* did not start"
            cat "$temp/$name.err"
            exit 1
        fi
        sleep 0.1
    done
    target=$(head -n 1 "$temp/$name.out")
}

# ends PID SIGNAL CODE: ends what was started. Its number may soon be that of another process, which
# is not to be ended with the test.
ends()
{
    kill -s "$2" "$1"
    wait "$1"
    got=$?
    [ "$got" = "$3" ] || complain "SIG$2: exit $got, not $3"
    pids=$(printf '%s \n' "$pids" | sed "s/ $1 / /; s/ *\$//")
}

# stop SIGNAL CODE: ends the last one started.
stop()
{
    ends "$pid" "$1" "$2"
}

# interrupted FILE TEXT ARGUMENT...: runs kwh, and Ctrl-C ends it as soon as $temp/FILE says TEXT.
# What an earlier run left there would pass for its word, and before that word it may not yet listen.
interrupted()
{
    file=$1
    text=$2
    shift 2
    rm -f "$temp/out" "$temp/err"
    "$KWH" "$@" >"$temp/out" 2>"$temp/err" </dev/null &
    runs=$!
    pids="$pids $runs"
    tries=0
    until grep -qsF -- "$text" "$temp/$file"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ] || ! kill -0 "$runs" 2>/dev/null; then
            complain "kwh $*: std$file never says: $text"
            kill "$runs" 2>/dev/null
            break
        fi
        sleep 0.1
    done
    kill -s INT "$runs" 2>/dev/null
    wait "$runs"
    got=$?
    [ "$got" = 130 ] || complain "kwh $*: Ctrl-C: exit $got, not 130"
    pids=${pids% "$runs"}
}

finish()
{
    [ "$failed" = 0 ] && echo "all right"
    exit "$failed"
}
