#!/bin/sh
# What a container of careerbot starts: api, discord, ingest, or any other command (`ask "..."`, `bot doctor`).
#
#   CAREERBOT_KEY_FILE    a secret of at least 32 characters that the API accepts as a key with the scopes ask and admin
#   CAREERBOT_INTERVIEWS  folder that `ingest` watches (default /interviews)
set -eu

# The image holds the starter corpus as a ready index. An index that is there already is left alone.
if [ ! -e "$CAREERBOT_HOME/CURRENT" ]; then
    ingest import /opt/careerbot/starter.careerbot || [ -e "$CAREERBOT_HOME/CURRENT" ]
fi

case "${1:-api}" in
    api)
        [ "$#" -eq 0 ] || shift
        if [ -n "${CAREERBOT_KEY_FILE:-}" ]; then
            bot keys add compose --scope ask --scope admin --secret-file "$CAREERBOT_KEY_FILE"
        fi
        exec bot serve --host 0.0.0.0 --port 8765 "$@"
        ;;
    discord)
        shift
        exec bot discord "$@"
        ;;
    ingest)
        shift
        if [ "$#" -eq 0 ]; then set -- watch "${CAREERBOT_INTERVIEWS:-/interviews}"; fi
        exec ingest "$@"
        ;;
    *)
        exec "$@"
        ;;
esac
