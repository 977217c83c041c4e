#!/bin/sh
# Packs a counter, which needs no compiler.
set -eu
mkdir -p counter "$UPLOAD_DIR"
printf '#!/bin/sh\nwc -l < "$1" | tr -d " "\n' > counter/count
chmod +x counter/count
tar -czf "$UPLOAD_DIR/counter.tar.gz" counter
