#!/bin/sh
# What a container of careerbot starts: api, discord, ingest, or any other command (`ask "..."`, `bot doctor`).
#
#   API_KEY_FILE  a secret of at least 32 characters that the API accepts as a key with the scopes ask and admin
#   INTERVIEWS    folder that `ingest` watches (default /interviews)
#
# They have no prefix: the commands refuse variables that begin with CAREERBOT_ and are no settings of theirs.
set -eu

# The image holds the starter corpus as a ready index. An index that is there already is left alone, and
# the Discord bot needs none: it asks the API.
if [ "${1:-api}" != discord ] && [ ! -e "$CAREERBOT_HOME/CURRENT" ]; then
    ingest import /opt/careerbot/starter.careerbot || [ -e "$CAREERBOT_HOME/CURRENT" ]
fi

case "${1:-api}" in
    api)
        [ "$#" -eq 0 ] || shift
        if [ -n "${API_KEY_FILE:-}" ]; then
            bot keys add compose --scope ask --scope admin --secret-file "$API_KEY_FILE"
        fi
        exec bot serve --host 0.0.0.0 --port 8765 "$@"
        ;;
    discord)
        shift
        exec bot discord "$@"
        ;;
    ingest)
        shift
        if [ "$#" -eq 0 ]; then set -- watch "${INTERVIEWS:-/interviews}"; fi
        exec ingest "$@"
        ;;
    *)
        exec "$@"
        ;;
esac
