#!/usr/bin/env bash
# A PostgreSQL server of its own for tests and measurements: in a temporary folder, reached by a
# Unix socket there and by TCP at a loopback address of its own, gone when standard input ends.
#
#   tools/postgres.sh < pipe     prints one line, FOLDER ADDRESS, when the server is ready
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

# a free port may be somebody else's by the time it is bound, so the usual one is taken, at an
# address that is nobody else's: it is made of the number of this process, which has 22 bits
address=127.$((128 | $$ >> 16)).$(($$ >> 8 & 255)).$(($$ & 255))

cd "$folder"
"${as[@]}" "$bin/initdb" --pgdata "$folder/data" --username owner --auth trust --no-sync \
    --encoding UTF8 --locale C.UTF-8 >"$folder/initdb.log" 2>&1 || {
    cat "$folder/initdb.log" >&2
    exit 1
}
# the log goes to a file: a pipe that nobody reads would stop the server
"${as[@]}" "$bin/postgres" -D "$folder/data" -k "$folder" -p 5432 \
    -c listen_addresses="$address" -c fsync=off -c full_page_writes=off \
    -c max_connections=400 ${STROWGER_PG_OPTIONS:-} </dev/null >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 300); do
    "$bin/pg_isready" -q -h "$folder" -p 5432 && break
    kill -0 "$server" 2>/dev/null || {
        cat "$folder/log" >&2
        exit 1
    }
    sleep 0.1
done
"$bin/pg_isready" -q -h "$folder" -p 5432
echo "$folder $address"
cat >/dev/null || true
