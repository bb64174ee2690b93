#!/usr/bin/env bash
# Repairs one environment without a question, within limits, and leaves the post-mortem beside the run.
#
#   repair-and-report.sh ENVIRONMENT [FOLDER]
#
# Only what nobody notices is done by itself (`--approve safe`). Exit codes are those of ebrescue: 0 well again,
# 4 something needs a person's approval, 5 and 6 a person must look, 7 AWS could not be used.
set -uo pipefail
environment="$1" folder="${2:-.}"
ebrescue repair "$environment" --non-interactive --approve safe --timeout 45m --format json > "$folder/run.json"
code=$?
if [ "$(wc -c < "$folder/run.json")" -gt 0 ]; then
  ebrescue report --format html -o "$folder/post-mortem.html"
  ebrescue report --format md -o "$folder/post-mortem.md"
fi
case $code in
  0) echo "$environment is well" ;;
  4) echo "$environment needs approval: ebrescue resume" ;;
  *) echo "$environment is not well (exit code $code), see $folder/post-mortem.md" ;;
esac
exit $code
