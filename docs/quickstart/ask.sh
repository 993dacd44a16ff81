#!/bin/sh
# One answer, then the same as a stream of events. Usage: ask.sh "How do I get into computer vision?"
set -eu
url="${CAREERBOT_URL:-http://127.0.0.1:8765}"
question="${1:-How do I get into computer vision?}"
body="{\"question\": \"$question\", \"sources\": 2}"

curl --fail-with-body --silent --show-error "$url/v1/ask" \
  -H "Authorization: ${CAREERBOT_KEY:+Bearer $CAREERBOT_KEY}" -H "Content-Type: application/json" -d "$body"
echo

curl --fail-with-body --silent --show-error --no-buffer "$url/v1/ask" \
  -H "Authorization: ${CAREERBOT_KEY:+Bearer $CAREERBOT_KEY}" -H "Content-Type: application/json" -H "Accept: text/event-stream" -d "$body"
