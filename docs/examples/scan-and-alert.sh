#!/usr/bin/env bash
# Looks at all environments of the account's region and tells what is new, for cron:
#
#   */10 * * * * scan-and-alert.sh 'mail -s "Elastic Beanstalk" team@example.org' /var/lib/eb-scan
#
# The first argument is a command that reads the alert from its standard input, the second a folder for what
# was told last. The same is not told twice; that all is well again is told once. Needs Python 3. Exit codes are those
# of `ebrescue scan`: 0 all well, 3 something is wrong, 7 AWS could not be used (told too: silence is no all-clear).
set -uo pipefail
alert="$1" folder="$2"
mkdir -p "$folder"
exec 9> "$folder/lock"
flock -n 9 || exit 0 # the last one still looks

ebrescue scan --format json --timeout 8m > "$folder/scan.json" 2> "$folder/errors"
code=$?
case $code in
  0) : > "$folder/now" ;;
  3) python3 - "$folder/scan.json" > "$folder/now" <<'EOF' ;;
import json, sys
for one in json.load(open(sys.argv[1]))["environments"]:
    causes = [f"{found['code']} {found['title']}" for found in one["findings"] if found["role"] == "cause"]
    if one["verdict"] != "healthy":
        print(f"{one['region']} {one['name']}: {one['verdict']}, {'; '.join(causes) or 'no cause found'}")
EOF
  *) { echo "the scan could not look (exit code $code):"; cat "$folder/errors"; } > "$folder/now" ;;
esac
touch "$folder/told"
if ! cmp -s "$folder/now" "$folder/told"; then
  if [ -s "$folder/now" ]; then cat "$folder/now"; else echo "all environments are well again"; fi | bash -c "$alert"
  mv "$folder/now" "$folder/told"
fi
exit $code
