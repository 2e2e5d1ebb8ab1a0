#!/usr/bin/env bash
# Foreign SIP software calls through a running exchange, and the audio is compared.
#
#   tests/interop/run.sh              all tests; ends with "N passed, M failed"
#   tests/interop/run.sh hold codecs  those whose name holds one of the words
#   tests/interop/run.sh --list       their names
#
# STROWGER names the binary (target/debug/strowger by default); KEEP=1 keeps the folders of
# failed and passed tests alike and says where they are.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
export STROWGER="${STROWGER:-${CARGO_TARGET_DIR:-$root/target}/debug/strowger}"

if [ ! -x "$STROWGER" ]; then
    echo "interop: there is no $STROWGER: cargo build -p strowger" >&2
    exit 1
fi
# any Python 3 with numpy will do; Debian's package serves Debian's Python only
for python in python3 /usr/bin/python3; do
    if "$python" -c 'import numpy' 2>/dev/null; then
        exec "$python" "$here/run.py" "$@"
    fi
done
echo "interop: numpy is missing: tools/setup.sh interop" >&2
exit 1
