#!/bin/sh
# Builds the stamper with the header that was fetched.
set -eu
cd "$(dirname "$0")/../tools/stamper"
mkdir -p "$TASK_WORKDIR/out/stamper" "$UPLOAD_DIR"
${CC:-cc} -I "$MOZ_FETCHES_DIR/header" -DARGUMENT="\"$1\"" -o "$TASK_WORKDIR/out/stamper/stamp" stamp.c
tar -czf "$UPLOAD_DIR/stamper.tar.gz" -C "$TASK_WORKDIR/out" stamper
