#!/usr/bin/env bash
# Install the archive that `make bundle` made, in an empty network namespace and an empty home, and ask: a question that
# the corpus answers, and one that it does not.
#     tools/bundle_test.sh FOLDER-OF-THE-ARCHIVE
set -euo pipefail
archive=$(find "$(cd "$1" && pwd)" -maxdepth 1 -name 'careerbot-*.tar' | sort | tail -1)
[[ -n "$archive" ]] || { echo "bundle-test: no archive in $1: make bundle" >&2; exit 2; }
[[ $EUID -eq 0 ]] || { echo "bundle-test: it needs root for a network namespace" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/home"
python=$(command -v "${PYTHON:-python3}")

echo "archive: $(du --block-size=MB "$archive" | cut -f1)"
tar -xf "$archive" -C "$work"
folder=$(find "$work" -maxdepth 1 -name 'careerbot-*' -type d)
cat >"$work/use.sh" <<'END'
set -euo pipefail
if timeout 5 bash -c '</dev/tcp/deb.debian.org/80' 2>/dev/null; then echo "bundle-test: there is a network here" >&2; exit 1; fi
began=$SECONDS
"$1/install.sh" "$HOME/careerbot" | tee "$HOME/installing.txt"
echo "installed after $((SECONDS - began)) s: $(du -s --block-size=MB "$HOME/careerbot" | cut -f1)"
began=$(date +%s%N)
"$HOME/careerbot/bin/ask" "how do I get into CV?" | tee "$HOME/answer.txt"
echo "first answer: $((($(date +%s%N) - began) / 1000000)) ms"
grep -q '\[1\]' "$HOME/answer.txt"
! grep -q 'does not fit' "$HOME/installing.txt" || { echo "bundle-test: the ready index was not used" >&2; exit 1; }
code=0
"$HOME/careerbot/bin/ask" "what is the capital of Mongolia?" || code=$?
[[ $code -eq 3 ]] || { echo "bundle-test: a question outside the corpus ended with $code, not with a refusal" >&2; exit 1; }
"$HOME/careerbot/bin/ingest" verify
END
env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 PYTHON="$python" unshare --net bash "$work/use.sh" "$folder"

# A damaged archive is refused before anything is installed.
victim=$(find "$folder/wheels" -name '*.whl' | sort | sed -n 1p)
cp --remove-destination "$victim" "$victim.copy"
printf 'x' >>"$victim.copy"
mv "$victim.copy" "$victim"
if env -i PATH="$PATH" HOME="$work/home" PYTHON="$python" "$folder/install.sh" "$work/again" >/dev/null 2>&1; then
    echo "bundle-test: a damaged wheel was installed" >&2
    exit 1
fi
[[ ! -e "$work/again" ]] || { echo "bundle-test: a damaged archive left something behind" >&2; exit 1; }
echo "bundle-test: all held"
