# What .ci/run and .ci/nightly begin with, and source: programs of the system, and what is committed, in a fresh folder.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CI=true # a skip is a failure, unless tests/shared/skips.py lists its reason
export DEBIAN_FRONTEND=noninteractive
say() { printf '\n=== %s (%s s)\n' "$1" "$SECONDS"; }

programs() { # program:package ...; whatever can't be installed is missed by the tests that need it
    local missing
    missing=$(for program in "$@"; do command -v "${program%%:*}" > /dev/null || echo "${program##*:}"; done)
    if [ -n "$missing" ] && command -v apt-get > /dev/null && [ "$(id -u)" = 0 ]; then
        # shellcheck disable=SC2086
        say "system packages: "$missing
        # shellcheck disable=SC2086
        (apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing fonts-dejavu-core) \
            < /dev/null > "$work/apt.log" 2>&1 || tail -n 5 "$work/apt.log"
    fi
}

fresh_clone() { # FOLDER: what is committed, the shell in it, and pip with the versions that it pins
    git clone -q "$root" "$work/$1"
    cd "$work/$1"
    export PIP_CONSTRAINT=$work/$1/.ci/constraints.txt
}

of_the_readme() { # WORDS: the command it prints that has these words
    sed -n "s/^\(python3 -m venv .*$1.*\)$/\1/p" README.md | grep .
}
