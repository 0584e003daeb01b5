#!/usr/bin/env bash
# site.sh SITE [REFERENCES]: builds the site into the folder SITE, strictly, and checks its links; with the references of all languages if
# their folder, which references.sh has made, is given. Whatever is wrong with a page or a link ends it.
set -euo pipefail
site=$(realpath -m "$1")
references=${2:+$(realpath "$2")}
cd "$(dirname "$0")"
venv=../../target/docs/venv/bin
# The generator speaks of its successor at each start.
export NO_MKDOCS_2_WARNING=1
export JOTGATE_REFERENCES=${references:+true}

"$venv/python" -B -m prepare ../../target/docs/pages ${references:+"$references"}
# Not quietly: what it does not show it does not count.
"$venv/mkdocs" build --strict --config-file mkdocs.yml --site-dir "$site"

# A reader's browser asks no other host for anything.
if grep -rlE '<(script|link|img|iframe)[^>]+(src|href)="?(https?:)?//|@import (url\()?.?(https?:)?//' --include='*.html' --include='*.css' "$site"
then
    echo "these files are to be read with something that lies at another host" >&2
    exit 1
fi

echo "the site is in $site; its links:"
links() { node_modules/.bin/linkinator . --server-root "$site" "$@"; }
# Pages of other generators are not held to their anchors, some of which scripts make. What is left out there: a crate's own broken link,
# scripts that rustdoc names where there is none, and a private module to which YARD links in a listing.
links --config linkinator.config.json
if [ -n "$references" ]; then links --config linkinator.references.json; fi
