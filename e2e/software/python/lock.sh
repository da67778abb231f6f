#!/bin/sh
# Writes the .txt files from the .in files; needs uv.
set -eu
cd "$(dirname "$0")"
for name in tracking serving wrapper environment; do
  uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --output-file "$name.txt" "$name.in"
done
