#!/bin/sh
# Says whether the widget that was fetched is of this revision, and whole.
set -eu
widget="$MOZ_FETCHES_DIR/widget/widget"
grep -q "^revision: $(git rev-parse HEAD)$" "$widget"
test "$(wc -l < "$widget" | tr -d ' ')" = "$(cat "$MOZ_FETCHES_DIR/notes/lines.txt")"
cp "$widget" "$1"
