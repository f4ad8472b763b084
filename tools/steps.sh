# Shell functions shared by ./dev and tools/check. Source it; needs bash.
#
# A step prints one line: its name, its verdict, its time. What it wrote goes
# to a log that is shown only when the step failed.
# shellcheck shell=bash

# Prints the packages named in list files FILE... that dpkg does not have.
missing_packages() {
  local wanted have
  wanted=$(grep -hv -e '^#' -e '^$' "$@" | sort -u)
  # shellcheck disable=SC2086 # a list of words
  have=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' $wanted 2> /dev/null |
    sed -n 's/^installed //p' | sort -u) || true # it fails for a package it does not know
  comm -23 <(printf '%s\n' "$wanted") <(printf '%s\n' "$have")
}

# One sync at the end instead of dpkg's one a file, which is most of the time: after a
# power failure in between, install again.
apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q -o DPkg::Lock::Timeout=120 update &&
    apt-get -q -o DPkg::Lock::Timeout=120 -o Dpkg::Options::=--force-unsafe-io \
      install -y --no-install-recommends "$@" && sync -f /usr
}

# Installs what is missing of the packages in list files FILE...; silent when
# nothing is.
install_packages() {
  local packages
  mapfile -t packages < <(missing_packages "$@")
  [[ ${#packages[@]} -gt 0 ]] || return 0
  if [[ $EUID -ne 0 ]]; then
    printf 'These Debian packages are missing; as root run:\n\n  %s %s\n\n' \
      'apt-get update && apt-get install -y --no-install-recommends' "${packages[*]}" >&2
    return 1
  fi
  step "install ${#packages[@]} packages" apt_install "${packages[@]}"
}

# Runs Bazel's COMMAND. SIGHTLINE_BAZEL_STARTUP may hold startup options, for
# example --output_base=/big/disk. Progress lines are for the ticker alone.
bz() {
  local command=$1 progress=()
  shift
  [[ -z ${TICKING:-} ]] || progress=(--show_progress --curses=no --show_progress_rate_limit=1)
  # shellcheck disable=SC2086 # a list of words
  bazel ${SIGHTLINE_BAZEL_STARTUP:-} "$command" "${progress[@]}" "$@"
}

# Prints where Bazel puts the descriptor set of the whole wire contract.
proto_descriptors() {
  echo "$(bz info bazel-bin 2> /dev/null)/proto/sightline/v1/services.binpb"
}

# Lists the files that git knows or would take and that match PATTERN...,
# separated by NUL.
files() {
  git ls-files -z -co --exclude-standard --deduplicate -- "$@" |
    while IFS= read -r -d '' file; do [[ ! -f $file ]] || printf '%s\0' "$file"; done
}

cc_sources() { files '*.cc' '*.h'; }

# Drops what Bazel says of what is well, and its progress lines.
without_chatter() {
  grep -vE -e '^(INFO: |Loading: |Analyzing: |\[[0-9,]+ / [0-9,]+\] |Starting local Bazel|\.\.\. )' \
    -e '^//[^ ]+ +(\(cached\) )?PASSED in ' -e '^  Stats over [0-9]+ runs' || true
}

# On a terminal, keeps one line up to date until killed: name, seconds, and how
# far Bazel is.
ticker() {
  local name=$1 log=$2 from=$SECONDS at
  while sleep 1; do
    at=$(tail -c 2000 "$log" | grep -oE '^\[[0-9,]+ / [0-9,]+\]' | tail -n 1) || at=''
    printf '\r%-24s ...    %4d s %s\e[K' "$name" $((SECONDS - from)) "$at"
  done
}

# step NAME COMMAND...: runs the command and prints one line; its status is the
# command's. STEP_LOG is where the output is.
step() {
  local name=$1 status=0 from=${EPOCHREALTIME/./} tick='' TICKING=''
  shift
  STEP_LOG=$(mktemp "${TMPDIR:-/tmp}/sightline-step.XXXXXX")
  if [[ -t 1 ]]; then
    ticker "$name" "$STEP_LOG" &
    tick=$! TICKING=1
  fi
  "$@" > "$STEP_LOG" 2>&1 < /dev/null || status=$?
  if [[ -n $tick ]]; then
    kill "$tick"
    wait "$tick" 2> /dev/null || true
    printf '\r\e[K'
  fi
  local ms=$(((${EPOCHREALTIME/./} - from) / 1000)) verdict=ok
  [[ $status -eq 0 ]] || verdict=FAILED
  printf '%-24s %-6s %4d.%d s\n' "$name" "$verdict" $((ms / 1000)) $((ms % 1000 / 100))
  [[ $status -eq 0 ]] || without_chatter < "$STEP_LOG"
  rm -f "$STEP_LOG"
  return "$status"
}
