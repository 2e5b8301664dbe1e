#!/usr/bin/env bash
# Write feed/*.xml (all papers, and one for each area of application) and the digest of the present week into the present folder.
# Usage: deploy/write_feeds.sh [ADDRESS under which the folder's files can be read]
set -euo pipefail
address=${1:-}

write_feed() {
  tracker feed --filter "$2" ${address:+--self-link "$address/feed/$1.xml"} --output "feed/$1.xml"
}

mkdir -p feed digest
write_feed all ""
for area in education assessment intervention; do
  write_feed "$area" "application=$area"
done
days_since_monday=$(($(date -u +%u) - 1))
tracker digest --since "$(date -u -d "$days_since_monday days ago" +%F)" --output "digest/$(date -u +%G-W%V).md"
