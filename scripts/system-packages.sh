#!/bin/sh
# Installs what only the system can give: `system-packages.sh venv` (to run), `system-packages.sh test` (to test).
# Does nothing, and needs no rights, when everything is there already.
set -eu

python=${PYTHON:-python3}
wanted=

want() {
    wanted="$wanted $*"
}

case "${1:-}" in
venv)
    "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || want python3-venv
    ;;
test)
    [ -x /usr/bin/chromium ] || want chromium
    { command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ]; } || want fonts-noto-cjk
    { command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; } || want nodejs npm
    ;;
*)
    echo "usage: system-packages.sh venv|test" >&2
    exit 2
    ;;
esac

[ -n "$wanted" ] || exit 0

fail() {
    echo "system-packages: please install$wanted yourself and try again: $1" >&2
    exit 1
}

command -v apt-get >/dev/null 2>&1 || fail "there is no apt-get here"
if [ "$(id -u)" -eq 0 ]; then
    root=
elif command -v sudo >/dev/null 2>&1; then
    root=sudo
else
    fail "neither root nor sudo"
fi

echo "system-packages: installing$wanted" >&2
# shellcheck disable=SC2086 # $root and $wanted are lists of words
$root env DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null || fail "apt-get update failed"
# shellcheck disable=SC2086
$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >/dev/null ||
    fail "apt-get install failed"
