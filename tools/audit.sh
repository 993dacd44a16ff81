#!/usr/bin/env bash
# Ask the Python Packaging Advisory Database about every locked library; fail on a known vulnerability.
# Where the database cannot be reached, or does not know a library, that is said: nothing is passed off as clean.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${VENV:-.venv}/bin
report=$(mktemp)
said=$(mktemp)
trap 'rm -f "$report" "$said"' EXIT

# pip-audit ends with 1 both for findings and for a service that is out of reach; its report tells them apart.
"$bin/pip-audit" --requirement constraints.txt --no-deps --disable-pip --format json --output "$report" --progress-spinner off \
    2>"$said" || true
if [[ ! -s "$report" ]]; then
    tail -n 1 "$said" >&2
    echo "audit: NOT DONE, the advisory database cannot be reached from here" >&2
    exit 0
fi
"$bin/python" - "$report" <<'END'
import json, sys

found = json.load(open(sys.argv[1], encoding="utf-8"))["dependencies"]
skipped = [item["name"] for item in found if "skip_reason" in item]
bad = [(item["name"], item["version"], bug["id"], bug["fix_versions"]) for item in found for bug in item.get("vulns", ())]
for name, version, identity, fixed in bad:
    print(f"audit: {name} {version}: {identity}, mended in {', '.join(fixed) or 'no version yet'}")
if len(skipped) == len(found):
    print("audit: NOT DONE, the package index of this machine has no advisories; one of its answers:", found[0]["skip_reason"])
print(f"audit: {len(found) - len(skipped)} libraries looked up, {len(bad)} known vulnerabilities, NOT looked up: {len(skipped)}")
sys.exit(bool(bad))
END
