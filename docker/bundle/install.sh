#!/bin/sh
# Install careerbot from this folder, without network: ./install.sh [FOLDER]     (default: ~/careerbot)
# Everything goes into FOLDER: libraries, unpacked models, the index. Deleting it removes all of it.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$HOME/careerbot}
python=${PYTHON:-python3}

fail() {
    echo "install: $1" >&2
    exit 1
}

"$python" -c 'import sys; sys.exit(sys.version_info[:2] != (PYMAJOR, PYMINOR))' 2>/dev/null ||
    fail "these packages are for Python PYMAJOR.PYMINOR: install it, or name it: PYTHON=/path/to/pythonPYMAJOR.PYMINOR $0"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "Python's venv module is missing: on Debian or Ubuntu install the package python3-venv"

echo "checking the files"
(cd "$here" && sha256sum --quiet --check SHA256SUMS) || fail "a file is damaged or missing: copy the archive again"

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
echo "installing the libraries into $folder"
"$python" -m venv "$folder/venv"
# --isolated and PIP_CONFIG_FILE: how pip is set up on this machine must not matter.
PIP_CONFIG_FILE=/dev/null "$folder/venv/bin/python" -m pip install --isolated --quiet --no-index --no-deps --no-compile --disable-pip-version-check \
    --find-links "$here/wheels" --require-hashes --requirement "$here/requirements.txt"
# Compiled once, here: whoever runs the commands may not write to this folder. Most of the code is in these, and is never used.
"$folder/venv/bin/python" -m compileall -q -j 0 -x '/(torch|transformers|sympy|scipy|sklearn|networkx)/' "$folder/venv/lib" || true

mkdir -p "$folder/bin" "$folder/models" "$folder/home"
for command in ask bot ingest; do
    cat > "$folder/bin/$command" <<END
#!/bin/sh
export CAREERBOT_MODELS="\${CAREERBOT_MODELS:-$folder/models}" CAREERBOT_HOME="\${CAREERBOT_HOME:-$folder/home}"
exec "$folder/venv/bin/$command" "\$@"
END
    chmod 755 "$folder/bin/$command"
done

echo "unpacking the models"
"$folder/bin/bot" models
echo "bringing the starter corpus"
corpus=$("$folder/venv/bin/python" -I -c 'from bot.resources import corpus_dir; print(corpus_dir())')
if [ -e "$folder/home/CURRENT" ]; then
    # An upgrade: what was read and removed here stays as it is; only the starter corpus is brought up to date.
    "$folder/bin/ingest" sync --quiet "$corpus" || echo "install: the index was left as it was; see: $folder/bin/bot doctor" >&2
elif ! { "$folder/bin/ingest" import "$here/starter.careerbot" && "$folder/bin/ingest" sync --quiet "$corpus"; }; then
    echo "the ready index does not fit here: reading the corpus takes some minutes"
    "$folder/bin/ingest" sync --quiet --rebuild "$corpus"
fi
echo
echo "ready. Try:  $folder/bin/ask \"how do I get into CV?\""
