#!/bin/sh
# Writes the lock files from the .in files; needs uv. Python 3.11 is the oldest that Streamlit runs on.
set -eu
cd "$(dirname "$0")"
for name in requirements requirements-dev requirements-browser; do
  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --custom-compile-command 'frontend/lock.sh' --output-file "$name.txt" "$name.in"
done
