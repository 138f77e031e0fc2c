#!/usr/bin/env bash
#
# Adds the ACLs in acls.tsv to a Kafka cluster. Uses kafka-acls.sh of Kafka, which must be on the PATH.
# A second run changes nothing.

set -euo pipefail

if [[ $# != 2 ]]; then
  echo "Usage: create-acls.sh BOOTSTRAP_SERVERS COMMAND_CONFIG_FILE" >&2
  exit 2
fi

readonly servers=$1
readonly config=$2
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)

while IFS=$'\t' read -r user type pattern name operations; do
  [[ -z $user || $user == \#* ]] && continue
  arguments=()
  IFS=, read -ra all <<<"$operations"
  for operation in "${all[@]}"; do
    arguments+=(--operation "$operation")
  done
  kafka-acls.sh --bootstrap-server "$servers" --command-config "$config" --add --allow-principal "User:$user" \
    "--$type" "$name" --resource-pattern-type "$pattern" "${arguments[@]}" </dev/null
done <"$folder/acls.tsv"
