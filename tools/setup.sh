#!/usr/bin/env bash
# Brings what a task needs onto this machine and says what it does. Safe to run again: what is
# there is left alone, and nothing is fetched then.
#
#   tools/setup.sh build            a C compiler and CMake for the crates that carry C, and a look
#                                   at Rust
#   tools/setup.sh lint             the same, and Rust's own clippy and rustfmt
#   tools/setup.sh fax              the library that faxes: optional, a message if it cannot be had
#   tools/setup.sh mp3              the library that makes MP3 of recordings: optional, likewise
#   tools/setup.sh voices           espeak-ng and a recorded English voice, if there is apt-get;
#                                   without them callers hear music in place of words
#   tools/setup.sh postgres         PostgreSQL's programs, without a running server
#   tools/setup.sh interop          foreign SIP software and what compares the audio
#   tools/setup.sh fuzz             schemathesis, in a Python of its own in .tools/
#   tools/setup.sh packets          a C++ compiler, for what fuzzes packets
#   tools/setup.sh pesq             PESQ, in a Python of its own in .tools/
#   tools/setup.sh deny             cargo-deny, built into .tools/
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# must agree with rust-version in Cargo.toml
readonly RUST=1.95
readonly DENY=0.20.2
readonly SCHEMATHESIS=4.32.5
readonly PESQ=0.0.4

packages_missing() {
    local package
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' \
            || printf '%s ' "$package"
    done
}

apt_install() {
    local missing root=()
    if ! command -v apt-get >/dev/null; then
        echo "setup: no apt-get here; install the like of these yourself: $*" >&2
        return 0
    fi
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || {
            echo "setup: missing packages need root or sudo: $missing" >&2
            return 1
        }
        root=(sudo)
    fi
    echo "setup: installing $missing"
    # shellcheck disable=SC2086 # a list of package names
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=500 \
        install -y --no-install-recommends $missing </dev/null >/dev/null 2>&1 && return 0
    # the lists may be old or absent: fetch them once and try again, aloud
    "${root[@]}" apt-get -q -o DPkg::Lock::Timeout=500 update </dev/null
    # shellcheck disable=SC2086
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=500 \
        install -y --no-install-recommends $missing </dev/null
}

# `version_at_least 1.95 1.96.1` is true
version_at_least() {
    [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]
}

need_rust() {
    local have
    if ! command -v cargo >/dev/null; then
        echo "setup: Rust $RUST or later is needed: https://rustup.rs" >&2
        return 1
    fi
    have=$(rustc --version | cut -d' ' -f2)
    version_at_least "$RUST" "$have" || {
        echo "setup: Rust $RUST or later is needed, this is $have: rustup update stable" >&2
        return 1
    }
}

need_build() {
    need_rust
    command -v cc >/dev/null && command -v pkg-config >/dev/null && command -v cmake >/dev/null \
        && command -v make >/dev/null && return 0
    apt_install gcc libc6-dev pkg-config cmake make
}

need_lint() {
    local tool
    need_build
    for tool in clippy fmt; do
        cargo "$tool" --version >/dev/null 2>&1 && continue
        command -v rustup >/dev/null || {
            echo "setup: cargo $tool is missing: it comes with Rust, https://rustup.rs" >&2
            return 1
        }
        echo "setup: adding clippy and rustfmt to the Rust toolchain"
        rustup component add clippy rustfmt
        return
    done
}

# The exchange runs without voices, so nothing is lost where they cannot be had.
need_voices() {
    command -v apt-get >/dev/null || return 0
    apt_install espeak-ng asterisk-core-sounds-en-g722 \
        || echo "setup: no voices; callers hear music in place of words" >&2
}

# the audio comparison: any Python 3 that has numpy will do; Debian's package serves Debian's own
need_numpy() {
    local python
    for python in python3 /usr/bin/python3; do
        "$python" -c 'import numpy' 2>/dev/null && return 0
    done
    apt_install python3 python3-numpy
}

# Debian's package makes a server and starts it, which no test wants; its setting for that comes
# with a package of its own
need_postgres() {
    local setting=/etc/postgresql-common/createcluster.conf
    compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null && return 0
    apt_install postgresql-common
    if [ -w "$setting" ]; then
        sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' "$setting"
    elif command -v sudo >/dev/null && [ -e "$setting" ]; then
        sudo sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' "$setting"
    fi
    apt_install postgresql
}

# an exchange without it refuses faxes in words, so whoever only wants to try one out goes on
need_fax() {
    compgen -G '/usr/lib/*/libspandsp.so.2' >/dev/null && return 0
    compgen -G '/usr/local/lib/libspandsp.so.2' >/dev/null && return 0
    apt_install libspandsp2 && return 0
    echo "setup: no libspandsp2, so faxes will be refused" >&2
}

# an exchange without it gives recordings as Ogg Opus and WAV
need_mp3() {
    compgen -G '/usr/lib/*/libmp3lame.so.0' >/dev/null && return 0
    compgen -G '/usr/local/lib/libmp3lame.so.0' >/dev/null && return 0
    apt_install libmp3lame0 && return 0
    echo "setup: no libmp3lame0, so recordings will not be given as MP3" >&2
}

need_interop() {
    command -v baresip >/dev/null || apt_install baresip-core
    command -v sipp >/dev/null || apt_install sip-tester
    [ -x /usr/sbin/kamailio ] || apt_install kamailio
    compgen -G '/usr/lib/*/kamailio/modules/tls.so' >/dev/null || apt_install kamailio-tls-modules
    command -v haproxy >/dev/null || apt_install haproxy
    command -v svmap >/dev/null || command -v sipvicious_svmap >/dev/null || apt_install sipvicious
    command -v sox >/dev/null || apt_install sox
    command -v opusdec >/dev/null || apt_install opus-tools
    command -v mpg123 >/dev/null || apt_install mpg123
    command -v espeak-ng >/dev/null || apt_install espeak-ng
    [ -d /usr/share/asterisk/sounds/en_US_f_Allison ] || need_voices
    compgen -G '/usr/lib/*/libsrtp2.so.1' >/dev/null || apt_install libsrtp2-1
    compgen -G '/usr/lib/*/libspandsp.so.2' >/dev/null || apt_install libspandsp2
    compgen -G '/usr/lib/*/libmp3lame.so.0' >/dev/null || apt_install libmp3lame0
    command -v curl >/dev/null || apt_install curl
    command -v openssl >/dev/null || apt_install openssl
    command -v chromedriver >/dev/null || apt_install chromium chromium-driver
    need_numpy
    need_page
}

# JsSIP, made into one script for a page
need_page() {
    local source=tests/interop/page built=.tools/page
    [ "$built/phone.js" -nt "$source/phone.js" ] \
        && cmp -s "$source/package-lock.json" "$built/package-lock.json" && return 0
    command -v npm >/dev/null || apt_install nodejs npm
    echo "setup: installing JsSIP into $built"
    mkdir -p "$built"
    rm -f "$built/phone.js"
    cp "$source/package.json" "$source/package-lock.json" "$built/"
    cp "$source/phone.js" "$built/source.js"
    (cd "$built" && npm ci --silent --no-audit --no-fund </dev/null \
        && npx esbuild source.js --bundle --log-level=warning --outfile=phone.js)
}

# beside what `interop` installs, whose numpy it shares
need_pesq() {
    local python=.tools/pesq
    "$python/bin/python" -c 'import pesq' 2>/dev/null && return 0
    [ -e /usr/include/python3*/Python.h ] || apt_install python3-dev python3-venv
    /usr/bin/python3 -c 'import ensurepip' 2>/dev/null || apt_install python3-venv
    echo "setup: building pesq $PESQ into $python"
    /usr/bin/python3 -m venv --system-site-packages "$python"
    "$python/bin/pip" install --quiet --disable-pip-version-check "pesq==$PESQ" </dev/null
}

need_packets() {
    command -v c++ >/dev/null || apt_install g++
    command -v python3 >/dev/null || apt_install python3
}

need_fuzz() {
    local python=.tools/python
    "$python/bin/schemathesis" --version 2>/dev/null | grep -q " $SCHEMATHESIS\$" && return 0
    python3 -c 'import ensurepip' 2>/dev/null || apt_install python3 python3-venv
    echo "setup: installing schemathesis $SCHEMATHESIS into $python"
    python3 -m venv "$python"
    "$python/bin/pip" install --quiet --disable-pip-version-check \
        "schemathesis==$SCHEMATHESIS" </dev/null
}

need_deny() {
    local started
    if .tools/bin/cargo-deny --version 2>/dev/null | grep -qx "cargo-deny $DENY"; then return 0; fi
    echo "setup: building cargo-deny $DENY into .tools (once; some minutes)"
    started=$SECONDS
    cargo install --quiet --locked --debug cargo-deny --version "$DENY" --root .tools </dev/null
    echo "setup: cargo-deny is there after $((SECONDS - started)) s"
}

for wish in "$@"; do
    case $wish in
        build | lint | fax | mp3 | voices | postgres | interop | fuzz | packets | pesq | deny) "need_$wish" ;;
        *)
            echo "setup: no such wish: $wish" >&2
            exit 2
            ;;
    esac
done
