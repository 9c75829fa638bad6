#!/bin/sh
# The job protocol from a shell: parameters come as variables, each answer is one line of JSON on standard output.
set -eu

echo '{"type":"hello","protocol":"clew-job/1","plugin":"count-rows","version":"0.1.0"}'

fail() {
  printf '{"type":"failure","failure":{"type":"%s","message":"%s","retryable":false}}\n' "$1" "$2"
  exit 0
}

# A record ends at a line feed outside quotes; a file's header rows do not count, nor do empty lines.
count_records() {
  awk -v header="$CLEW_PARAMETER_headerRows" '
    { line = $0; quotes += gsub(/"/, "", line); held = held $0 }
    quotes % 2 == 0 { if (held !~ /^\r?$/) records++; held = "" }
    END { print (records > header ? records - header : 0) }
  ' "$1"
}

list=$(mktemp)
trap 'rm -f "$list"' EXIT
find "$CLEW_INPUT_DIR" -type f -name '*.csv' > "$list"

files=0
rows=0
while IFS= read -r file; do
  files=$((files + 1))
  rows=$((rows + $(count_records "$file")))
  echo "{\"type\":\"metric\",\"name\":\"rows\",\"value\":$rows,\"step\":$files}"
done < "$list"
[ "$files" -gt 0 ] || fail BAD_INPUT "no CSV file in the inputs"

verdict=PASS
[ "$rows" -ge "$CLEW_PARAMETER_minRows" ] || verdict=FAIL
printf '{"type":"output","role":"report","output":{"nodeType":"Report","reportType":"DATA_VALIDATION","about":["data"],"verdict":"%s","metrics":{"rows":%d,"files":%d}}}\n' \
  "$verdict" "$rows" "$files"
echo '{"type":"result"}'
