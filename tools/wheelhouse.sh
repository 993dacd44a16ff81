#!/usr/bin/env bash
# Gather every wheel that careerbot needs, itself included, in a folder: tools/wheelhouse.sh FOLDER
#
# llama-cpp-python is compiled for CPU_BASELINE (x86-64-v3 by default), not taken from pip's cache, which holds a build for this
# processor alone. That one is used, without compiling again, with CPU_BASELINE=native: only machines like this can run it.
# Wheels that are in FOLDER already are kept, but for a llama-cpp-python that was compiled for another baseline.
set -euo pipefail
folder=$(mkdir -p "$1" && cd "$1" && pwd)
here=$(cd "$(dirname "$0")/.." && pwd)
python=${PYTHON:-python3}

baseline=${CPU_BASELINE:-x86-64-v3}
case "$baseline-$(uname -m)" in
    native-*) flags="" ;;
    x86-64-v3-x86_64) flags="-DGGML_NATIVE=OFF -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON -DGGML_BMI2=ON" ;;
    x86-64-v2-x86_64) flags="-DGGML_NATIVE=OFF -DGGML_SSE42=ON -DGGML_AVX=OFF -DGGML_AVX2=OFF -DGGML_FMA=OFF -DGGML_F16C=OFF -DGGML_BMI2=OFF" ;;
    *-aarch64 | *-arm64) flags="-DGGML_NATIVE=OFF -DGGML_CPU_ARM_ARCH=armv8.2-a+dotprod" ;;
    *) echo "wheelhouse: CPU_BASELINE has to be x86-64-v3, x86-64-v2 or native" >&2; exit 2 ;;
esac

cp "$here/constraints.txt" "$folder/constraints.txt"
if [[ "$(cat "$folder/baseline" 2>/dev/null || echo "$baseline")" != "$baseline" ]]; then rm -f "$folder"/llama_cpp_python-*.whl; fi
echo "$baseline" >"$folder/baseline"
llama=$(sed -n 's/^llama[-_]cpp[-_]python==//p' "$here/constraints.txt")
if [[ -n "$flags" ]] && ! compgen -G "$folder/llama_cpp_python-$llama-*.whl" >/dev/null; then
    CMAKE_ARGS="$flags -DLLAVA_BUILD=OFF" "$python" -m pip wheel --quiet --no-cache-dir --no-deps \
        --wheel-dir "$folder" "llama-cpp-python==$llama"
fi
rm -f "$folder"/careerbot-*.whl
if [[ -n "${TORCH_INDEX:-}" ]] && ! compgen -G "$folder/torch-*.whl" >/dev/null; then
    "$python" -m pip download --quiet --no-deps --dest "$folder" --index-url "$TORCH_INDEX" \
        "$(grep '^torch==' "$here/constraints.txt")"
fi
# Only what belongs to this version stays: the bundle takes every wheel that it finds.
rm -rf "$folder/chosen"
"$python" -m pip wheel --quiet --constraint "$here/constraints.txt" --find-links "$folder" \
    --wheel-dir "$folder/chosen" "$here"
rm -f "$folder"/*.whl
mv "$folder"/chosen/*.whl "$folder"
rmdir "$folder/chosen"
