#!/usr/bin/env bash
# Commit and push the snapshot, the feeds and the digest if the snapshot or a feed changed. Without news nothing is committed, but
# for a month without any commit: GitHub turns the schedule of a repository off after 60 quiet days, and the date up to which the
# data are complete is news too.
set -euo pipefail
KEEP_ALIVE_DAYS=30

git add data/snapshot.csv feed
quiet_days=$((($(date +%s) - $(git log -1 --format=%ct)) / 86400))
if git diff --cached --quiet && [ "$quiet_days" -lt "$KEEP_ALIVE_DAYS" ]; then
  echo "Nothing changed; nothing committed."
  exit 0
fi
git add data/snapshot.json digest
git commit --quiet --allow-empty -m "data: Refresh to $(date -u +%F)"
git pull --quiet --rebase
git push --quiet
echo "Committed and pushed: $(git log -1 --format='%h %s')."
