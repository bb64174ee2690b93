#!/usr/bin/env bash
# A plan by one person, reviewed by another, applied exactly as it was reviewed.
#
#   two-people.sh plan ENVIRONMENT plan.json      on the first person's machine, with read-only credentials
#   two-people.sh apply plan.json                 on the second's, after reading plan.json
#
# `apply` refuses (exit code 8) a plan that was altered or is for another account, region or environment, and
# (9) one that the world has moved away from.
set -euo pipefail
case "$1" in
  plan)
    ebrescue plan "$2" -o "$3" || [ $? = 3 ]
    sha256sum "$3"
    ;;
  apply)
    sha256sum "$2"
    ebrescue apply "$2" --non-interactive --approve destructive
    ;;
esac
