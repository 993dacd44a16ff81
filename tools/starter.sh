#!/usr/bin/env bash
# Make a ready index of the starter corpus, so that an installation does not embed it: tools/starter.sh WHEELHOUSE
#
# The wheel of careerbot in WHEELHOUSE reads the corpus that it carries, and WHEELHOUSE/starter.careerbot becomes the backup of that
# index. An earlier one is built upon: only what changed is embedded.
set -euo pipefail
wheelhouse=$(cd "$1" && pwd)
python=${PYTHON:-python3}
starter=$wheelhouse/starter.careerbot
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" -m zipfile --extract "$wheelhouse"/careerbot-*.whl "$work/wheel"
export CAREERBOT_HOME=$work/home
ingest() { PYTHONPATH="$work/wheel" "$python" -c 'from ingest.cli import main; main()' "$@"; }

if [[ -e "$starter" ]]; then
    ingest import "$starter" >/dev/null || rm -rf "$CAREERBOT_HOME"
fi
# The folder is gone when this ends: wherever the corpus is installed, its files have moved there, and are not embedded again.
ingest sync --quiet --yes "$work/wheel/bot/data/corpus" || ingest sync --quiet --rebuild "$work/wheel/bot/data/corpus"
ingest export "$work/starter.careerbot"
mv "$work/starter.careerbot" "$starter"
