#!/bin/bash
# A log as its operator runs it, for readers in other languages: `sightline init`,
# `sightlined` in a process of its own, and signed requests of two agencies, brought in
# by `sightline import`.
#
#   real_log.sh BIN
#
# BIN is the folder of sightline and sightlined. Prints where the log serves HTTP and
# its vkey, one a line. Each line N on standard input makes the log N entries large; it
# is answered by "size N". Ends with standard input.
set -euo pipefail
PATH=$(readlink -f "$1"):$PATH
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
folder=$(mktemp -d)
cd "$folder"
# shellcheck source=tests/cli/prelude.sh
source "$here/../cli/prelude.sh"
trap '[[ -z ${SERVER:-} ]] || kill -KILL "$SERVER" 2> /dev/null; rm -rf "$folder"' EXIT

# What goes wrong is told beside what the reader reads.
tell() { must "$@" >&2; }

bring_in() {
  tell sightline import "$@" --keys-dir keys --authority ca \
    --registrar-key registrar-1.key --registrar-key registrar-2.key
}

enrol() {
  printf '%s\n' agency,lea_type,state,joined,joined_text,ori9,ori_match,county_fips \
    "$1,Police,CA,2018-03-22,2018,$2,exact_name,$3" > agencies.csv
  bring_in agencies agencies.csv
}

# Request number $1 to $2, of the two agencies by turns.
requests() {
  awk -v from="$1" -v until="$2" 'BEGIN {
    print "source_file,source_row,agency_name,ori9,court_county,submitted,primary_nature," \
      "served_on,provider,items,info_start,info_end,grounds,delay_reasons,emergency"
    agency[0] = "Los Angeles Police Department,CA0194200,Los Angeles"
    agency[1] = "Sonoma County Sheriff,CA0490000,Sonoma"
    for (i = from; i < until; ++i)
      printf "notices.csv,%d,%s,2020-02-03 10:35,Burglary,Business,Example Phone,SUBSCRIBER," \
        "2020-01-10,2020-01-12,FELONY_EVIDENCE,,N\n", i, agency[i % 2]
  }' > requests.csv
  bring_in requests requests.csv
}

# From one entry, genesis, to $2: the agencies come first.
grow() {
  local from=$1 to=$2
  if ((from == 1 && to > 1)); then
    enrol 'Los Angeles Police Department' CA0194200 06037
    from=2
  fi
  if ((from == 2 && to > 2)); then
    enrol 'Sonoma County Sheriff' CA0490000 06097
    from=3
  fi
  if ((from < to)); then requests "$from" "$to"; fi
}

make_parties
serve
printf '%s\n%s\n' "$HTTP" "$VKEY"
size=1
while read -r wanted; do
  grow "$size" "$wanted"
  size=$wanted
  echo "size $size"
done
stop_serving
SERVER=
