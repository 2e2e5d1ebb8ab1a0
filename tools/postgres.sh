#!/usr/bin/env bash
# A PostgreSQL server of its own for tests and measurements: in a temporary folder, reached by a
# Unix socket there and by TCP on a free port, gone when standard input ends.
#
#   tools/postgres.sh < pipe     prints one line, FOLDER PORT, when the server is ready
#
# Nothing on it is durable and everybody on this machine may enter as anybody.
set -euo pipefail

bin=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
[ -x "$bin/postgres" ] || {
    echo "postgres.sh: no PostgreSQL here: tools/setup.sh postgres" >&2
    exit 1
}

folder=$(mktemp -d "${TMPDIR:-/tmp}/strowger-pg-XXXXXX")
server=
finish() {
    trap - EXIT INT TERM
    [ -z "$server" ] || kill -QUIT "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM

# the server refuses to run as root
as=()
if [ "$(id -u)" -eq 0 ]; then
    chown nobody "$folder"
    as=(setpriv --reuid nobody --regid nogroup --clear-groups)
fi

# the address families differ in nothing here, so one free port of IPv4 will do
free_port() {
    local port
    for _ in $(seq 100); do
        port=$((RANDOM % 20000 + 20000))
        (: </dev/tcp/127.0.0.1/"$port") 2>/dev/null || {
            echo "$port"
            return
        }
    done
    return 1
}
port=$(free_port)

cd "$folder"
"${as[@]}" "$bin/initdb" --pgdata "$folder/data" --username owner --auth trust --no-sync \
    --encoding UTF8 --locale C.UTF-8 >"$folder/initdb.log" 2>&1 || {
    cat "$folder/initdb.log" >&2
    exit 1
}
# the log goes to a file: a pipe that nobody reads would stop the server
"${as[@]}" "$bin/postgres" -D "$folder/data" -k "$folder" -p "$port" \
    -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off \
    -c max_connections=400 ${STROWGER_PG_OPTIONS:-} </dev/null >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 300); do
    "$bin/pg_isready" -q -h "$folder" -p "$port" && break
    kill -0 "$server" 2>/dev/null || {
        cat "$folder/log" >&2
        exit 1
    }
    sleep 0.1
done
"$bin/pg_isready" -q -h "$folder" -p "$port"
echo "$folder $port"
cat >/dev/null || true
