#!/usr/bin/env bash
# For cron: looks at all environments of some regions and says something only if one is not well.
#
#   */10 * * * *  scan-alert.sh us-west-2,eu-west-1 | mail -E -s 'Elastic Beanstalk' on-call@example.com
set -uo pipefail
lines="$(ebrescue scan --regions "$1" --quiet)"
code=$?
case $code in
  0) ;;
  3) printf '%s\n' "$lines" ;;
  *) printf 'ebrescue scan could not look (exit code %s)\n%s\n' "$code" "$lines" ;;
esac
