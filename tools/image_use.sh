#!/usr/bin/env bash
# The second half of tools/image_test.sh, in an empty network namespace: ROOT is the image's file system, WORK a folder.
set -euo pipefail
ip link set lo up

command=(env -i PATH=/opt/careerbot/bin:/usr/bin:/bin HOME=/data CAREERBOT_HOME=/data CAREERBOT_MODELS=/opt/models LANG=C.UTF-8
    PYTHONDONTWRITEBYTECODE=1 API_KEY_FILE=/data/secret "$(command -v chroot)" --userspec=10001:10001 "$ROOT")
inside() { "${command[@]}" "$@"; }
fail() { echo "image-test: $1" >&2; exit 1; }
api() {  # METHOD PATH [JSON] with the secret as key
    local body=()
    [[ $# -lt 3 ]] || body=(-H 'Content-Type: application/json' --data "$3")
    curl --silent --show-error --fail-with-body --max-time 120 -X "$1" -H "Authorization: Bearer $(cat "$WORK/volume/secret")" \
        "${body[@]}" "http://127.0.0.1:8765$2"
}

started=()
leave() { for process in "${started[@]}"; do kill "$process" 2>/dev/null || true; done; wait; }
trap leave EXIT

[[ "$(inside id -u)" == 10001 ]] || fail "it does not run as user 10001"
! inside touch /opt/careerbot/x 2>/dev/null || fail "the root file system can be written"
inside touch /data/x /tmp/x || fail "the volume and the temporary folder cannot be written"
! curl --silent --max-time 3 http://deb.debian.org >/dev/null || fail "there is a network here"

began=$(date +%s%N)
inside careerbot-start ask "how do I get into CV?" | tee "$WORK/answer.txt"
echo "first start, first index and first answer: $((($(date +%s%N) - began) / 1000000)) ms"
grep -q '\[1\]' "$WORK/answer.txt" || fail "the answer cites nothing"
code=0
inside careerbot-start ask "what is the capital of Mongolia?" || code=$?
[[ $code -eq 3 ]] || fail "a question outside the corpus ended with $code, not with a refusal"

echo "a-secret-for-this-test-only-0123456789" >"$WORK/volume/secret"
serve() {
    began=$(date +%s%N)
    "${command[@]}" careerbot-start api >>"$WORK/api.log" 2>&1 &
    server=$!
    started+=("$server")
    for _ in $(seq 200); do
        if api GET /readyz >/dev/null 2>&1; then echo "API ready after $((($(date +%s%N) - began) / 1000000)) ms"; return; fi
        sleep 0.25
    done
    tail -n 20 "$WORK/api.log" >&2
    fail "the API did not become ready"
}
stop() { kill -TERM "$server"; wait "$server" || true; }
answered() { api POST /v1/ask '{"question": "how do I get into CV?"}' | python3 -c '
import json, sys
answer = json.load(sys.stdin)
assert answer["status"] == "answered" and answer["citations"], answer
print("POST /v1/ask:", len(answer["claims"]), "claims, index", answer["index"]["generation"])'; }

serve
answered
! curl --silent --fail --max-time 10 http://127.0.0.1:8765/v1/sources >/dev/null || fail "it answers without a key"

# The volume survives a restart: no second import, the same generation.
before=$(inside cat /data/CURRENT)
stop
serve
[[ "$before" == "$(inside cat /data/CURRENT)" ]] || fail "the index did not survive the restart"
answered

# A writer killed in the middle of a sync leaves the readers serving.
mkdir -p "$WORK/volume/interviews"
for n in $(seq 400); do
    printf '# Interview %s\n\n**Host:** What did you learn first?\n\n**Guest %s:** I learned to solder boards in workshop number %s.\n' \
        "$n" "$n" "$n" >"$WORK/volume/interviews/$n.md"
done
chown -R 10001:10001 "$WORK/volume/interviews"
# Each step replaces the process it runs in, so that this id is the one of `ingest`.
"${command[@]}" careerbot-start ingest sync /data/interviews --quiet &
writer=$!
for _ in $(seq 240); do
    if compgen -G "$WORK/volume/embedding-*/*" >/dev/null; then break; fi
    sleep 0.25
done
kill -KILL "$writer" || fail "the writer had finished before it could be killed"
wait "$writer" 2>/dev/null || true
[[ "$before" == "$(inside cat /data/CURRENT)" ]] || fail "a half-written index was published"
answered
inside careerbot-start ingest sync /data/interviews --quiet
[[ "$before" != "$(inside cat /data/CURRENT)" ]] || fail "the second sync published nothing"
sleep 2
answered
stop
echo "image-test: all held"
