# What every script may use. Sourced by run_script.py; the folder is new and empty.
# shellcheck shell=bash

# A log in a process of its own, for this script alone: keys, certificates,
# genesis, an agency and a platform, one profile for each of them.
ORIGIN=log.example.com/cli

# Says what failed, when something that a script takes for granted does.
must() {
  local output
  output=$("$@" 2>&1) || {
    printf 'prelude: %s\n%s\n' "$*" "$output"
    exit 99
  }
}

make_parties() {
  VKEY=$(sightline keygen log --origin "$ORIGIN" --out log.key | sed -n 's/^vkey *//p')
  must sightline keygen seal --out seal.key
  must sightline certs ca --out ca
  must sightline certs server --host 127.0.0.1 --out server
  local who
  for who in 1 2; do
    must sightline keygen registrar --out "registrar-$who.key"
  done
  must sightline certs client --submitter registrar --out tls-registrar
  must sightline keygen statement --out agency.key
  must sightline certs client --submitter ori:CA0194200 --out tls-agency
  must sightline keygen statement --algorithm ecdsa-p256 --out platform.key
  must sightline certs client --submitter platform:example-cameras --out tls-platform
  must sightline init --log-key log.key --registrar-key registrar-1.key \
    --registrar-key registrar-2.key --out genesis.bin
}

# What the log signs with.
LOG_KEYS=(--log-key log.key)
# What else it is started with.
SERVE_WITH=()

# Serves the log in data/, on PORT if that is set; writes config.toml with where it
# listens. HTTP and HTTPS are where it can be read without gRPC.
serve() {
  rm -f listening
  mkfifo listening
  sightlined --data-dir data --listen "127.0.0.1:${PORT:-0}" --genesis genesis.bin \
    "${LOG_KEYS[@]}" --seal-key seal.key --tls-cert server.crt \
    --tls-key server.key --tls-client-ca ca.crt --reserve-mb 0 \
    --http-listen 127.0.0.1:0 --https-listen 127.0.0.1:0 "${SERVE_WITH[@]}" \
    > listening 2>> sightlined.log &
  SERVER=$!
  local line http https
  { read -r line && read -r http && read -r https; } < listening || {
    printf 'prelude: the log did not start\n'
    cat sightlined.log
    exit 99
  }
  ADDRESS=${line#listening on }
  export HTTP=http://${http#serving HTTP on }
  export HTTPS=https://${https#serving HTTPS on }
  write_profiles
}

write_profiles() {
  cat > config.toml << TOML
server = "$ADDRESS"
vkey = "$VKEY"
ca = "ca.crt"

[profiles.agency]
cert = "tls-agency.crt"
key = "tls-agency.key"
statement_key = "agency.key"

[profiles.platform]
cert = "tls-platform.crt"
key = "tls-platform.key"
statement_key = "platform.key"

[profiles.registrar]
cert = "tls-registrar.crt"
key = "tls-registrar.key"
TOML
}

stop_serving() {
  kill -TERM "$SERVER"
  wait "$SERVER" || printf 'prelude: the log ended with %d\n' $?
}

# What most scripts begin with: entries 0 to 2 are genesis, agency, platform.
start_log() {
  make_parties
  serve
  must sightline enrol --profile registrar --submitter ori:CA0194200 \
    --name 'Los Angeles Police Department' --type police --state CA \
    --county 06037 --public-key agency.pub --registrar-key registrar-1.key \
    --registrar-key registrar-2.key
  must sightline enrol --profile registrar --submitter platform:example-cameras \
    --name 'Example Cameras' --public-key platform.pub \
    --registrar-key registrar-1.key --registrar-key registrar-2.key
}

# A profile file must exist, also before there is a log.
: > config.toml
export SIGHTLINE_CONFIG=config.toml
export SIGHTLINE_STATE_DIR=state
trap '[[ -z ${SERVER:-} ]] || kill -KILL "$SERVER" 2> /dev/null' EXIT
