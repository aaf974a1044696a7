#!/bin/sh
# Installs the system packages that are missing, with apt-get, as root or through sudo; quiet when nothing is.
#   venv   what `make run` needs: Python's venv
#   font   what the pictures of reports need: a font that knows Chinese (a small one when there is none)
#   test   what `make test` needs besides: Node, a browser, a Chinese font
set -eu

missing=""
need() { missing="$missing $1"; }
has() { command -v "$1" >/dev/null 2>&1; }

# Without a font for Chinese, pictures and the browser show empty boxes.
has_chinese_font() {
    has fc-list && [ -n "$(fc-list :lang=zh-cn 2>/dev/null)" ] && return
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts \( -iname '*cjk*' -o -iname '*wqy*' \) 2>/dev/null | head -n 1)" ]
}

case "${1:-}" in
venv)
    "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
    ;;
font)
    has_chinese_font || need fonts-wqy-microhei
    ;;
test)
    has node || need nodejs
    has npm || need npm
    [ -x /usr/bin/chromium ] || need chromium
    has_chinese_font || need fonts-noto-cjk
    ;;
*)
    echo "usage: $0 venv|font|test" >&2
    exit 2
    ;;
esac

[ -n "$missing" ] || exit 0

refuse() {
    echo "These system packages are missing and could not be installed:$missing ($1)" >&2
    exit 1
}

has apt-get || refuse "there is no apt-get here; install them by hand"
if [ "$(id -u)" -eq 0 ]; then
    as_root="env"
elif has sudo; then
    as_root="sudo"
else
    refuse "neither root nor sudo; install them by hand"
fi

echo "Installing system packages:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
install() {
    # shellcheck disable=SC2086
    $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1
}
# The package lists of a fresh machine are empty or old: only then fetch them.
install || { $as_root apt-get update -qq >"$log" 2>&1 && install; } || {
    tail -n 5 "$log" >&2
    refuse "apt-get failed"
}
