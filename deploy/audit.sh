#!/usr/bin/env bash
# Asks a public service whether an installed dependency has a known fault (needs: pip install pip-audit). Ends with 1 if one has, and
# also if the service cannot say so of every single one: without --strict, out of reach looks like "none found".
set -euo pipefail
installed=$(mktemp)
trap 'rm -f "$installed"' EXIT
pip freeze --exclude-editable --exclude mental-health-llm-tracker >"$installed"
pip-audit --strict --no-deps --disable-pip --progress-spinner off --requirement "$installed"
