#!/usr/bin/env bash
# Measures the exchange on this machine; `make bench` runs it. Some six minutes, after the build.
#
#   bench/run.sh [--quick] [--no-build] [RESULTS.json]
#
# The exchange gets one core and the driver (tools/load) another, both on loopback. A table is
# printed at the end; the same figures go to RESULTS.json (target/bench/results.json).
# SHARED_BENCH=DIR names a folder with another driver, sipload.rs, and its maxrate.py: when it is
# there (../shared/bench by default), its figures are printed beside.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}"
readonly HOME_DIR="$CARGO_TARGET_DIR/bench"
readonly SHARED_BENCH="${SHARED_BENCH:-../shared/bench}"
readonly USERS=20000 SIP=127.0.0.50:5060 DRIVER=127.0.0.51
quick=()
build=yes
while [[ "${1:-}" == --* ]]; do
    case "$1" in
        --quick) quick=(--quick) ;;
        --no-build) build=no ;;
        *) echo "bench: no such option: $1" >&2 && exit 2 ;;
    esac
    shift
done
results="${1:-$HOME_DIR/results.json}"
exchange=""
pin_exchange=()
pin_driver=()
core=()

say() { printf '== %s\n' "$*"; }

# With two cores each side has its own; "per core" is then what it says.
choose_cores() {
    if command -v taskset >/dev/null && [ "$(nproc)" -ge 2 ]; then
        pin_exchange=(taskset -c 0)
        pin_driver=(taskset -c 1)
        core=(--core 0)
    else
        say "one core, or no taskset: exchange and driver share, and rates say little"
    fi
}

build_all() {
    say "building strowger, the driver and the parser's example (optimised)"
    cargo build --release --locked -p strowger -p load
    cargo build --release --locked -p sip-message --example parse_speed
}

# A fresh data folder, so that no run profits or suffers from another.
start_exchange() {
    local data="$HOME_DIR/data" log="$HOME_DIR/exchange.log" waited=0
    rm -rf "$data"
    "$CARGO_TARGET_DIR/release/strowger" demo --data "$data" --load "$USERS" >/dev/null
    "${pin_exchange[@]}" "$CARGO_TARGET_DIR/release/strowger" serve --data "$data" \
        --sip "$SIP" --http 127.0.0.1:0 --media 127.0.0.50 --media-ports 40000-49999 \
        --log warn >"$log" 2>&1 &
    exchange=$!
    until grep -q '^ready' "$log"; do
        if ! kill -0 "$exchange" 2>/dev/null || [ "$waited" -ge 300 ]; then
            cat "$log" >&2
            return 1
        fi
        sleep 0.1
        waited=$((waited + 1))
    done
    say "$(grep '^ready' "$log"), process $exchange"
}

stop_exchange() {
    [ -n "$exchange" ] || return 0
    kill -KILL "$exchange" 2>/dev/null || true
    wait "$exchange" 2>/dev/null || true
    exchange=""
}

measure_parser() {
    say "the parser alone"
    "${pin_exchange[@]}" "$CARGO_TARGET_DIR/release/examples/parse_speed" --json \
        >"$HOME_DIR/parser.json" || true
}

# The other driver, where it is at hand: the same exchange, somebody else's ruler.
measure_with_the_other_driver() {
    [ -f "$SHARED_BENCH/sipload.rs" ] || return 0
    command -v python3 >/dev/null || return 0
    say "the other driver: $SHARED_BENCH/sipload.rs"
    local sipload="$HOME_DIR/sipload" steps=5
    [ ${#quick[@]} -eq 0 ] || steps=3
    rustc --edition 2021 -O "$SHARED_BENCH/sipload.rs" -o "$sipload" 2>/dev/null
    local common=(--target "$SIP" --ip "$DRIVER" --domain load.example)
    other_search registrations 1000 25000 "$steps" reg "${common[@]}" --users "$USERS"
    other_search calls 200 5000 "$steps" call "${common[@]}" --uas-port 5080 --hold 1
}

other_search() {
    local what=$1 low=$2 high=$3 steps=$4
    shift 4
    python3 "$SHARED_BENCH/maxrate.py" --pid "$exchange" --lo "$low" --hi "$high" --secs 4 \
        --steps "$steps" --repeat 1 --rest 2 --driver-core "${pin_driver[2]:-any}" \
        -- "$HOME_DIR/sipload" "$@" | tail -n 1 \
        | python3 -c 'import json, sys
d = json.load(sys.stdin)
print("%-44s %12.0f" % (sys.argv[1] + " (sipload)", d["max_rate"]))
print("%-44s %12.3f" % ("  CPU seconds per 1,000", d["cpu_s_per_1000_median"] or 0))' "$what"
}

mkdir -p "$HOME_DIR"
# a socket per talking party, on both sides
ulimit -n "$(ulimit -Hn)"
choose_cores
[ "$build" = no ] || build_all
trap stop_exchange EXIT
measure_parser
start_exchange
"${pin_driver[@]}" "$CARGO_TARGET_DIR/release/load" all --pid "$exchange" "${quick[@]}" \
    "${core[@]}" --parser "$HOME_DIR/parser.json" --out "$results" | tee "$HOME_DIR/table.txt"
measure_with_the_other_driver | tee -a "$HOME_DIR/table.txt"
say "JSON: $results"
