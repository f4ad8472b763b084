// Which log, whom to trust, and as whom: from flags, environment and profile.
//
// Shapes:  flags win over the environment, that over the profile.
//
//   ~/.config/sightline/config.toml, or what SIGHTLINE_CONFIG or --config says:
//
//     server = "log.example.com:7443"
//     vkey = "log.example.com+1a2b3c4d+Aa..."   # or a list of them
//     ca = "ca.pem"            # files: relative to the profile's folder
//     cert = "agency.pem"
//     key = "agency-tls.key"
//     statement_key = "agency.key"
//     submitter = "ori:CA0194200"
//     [profiles.trial]         # --profile trial, or SIGHTLINE_PROFILE
//     server = "127.0.0.1:7443"
//
//   Environment: SIGHTLINE_SERVER, _VKEY (several: separated by spaces), _CA,
//   _CERT, _KEY, _STATEMENT_KEY, _SUBMITTER, _SERVER_NAME, _PROFILE, _CONFIG,
//   _STATE_DIR.
//
// Errors:  kInvalidArgument: a profile that is malformed, or has a name that it
//          should not have. kNotFound: a profile that was asked for is missing.
// Threads: one.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "checkpoint/log_keys.h"
#include "cmd/cli/invocation.h"

namespace sightline::cli {

struct Settings {
  std::string server;
  std::vector<std::string> vkeys;  // each maybe "VKEY@FROM-TO", in tree sizes
  std::string ca;                  // of gRPC and of https://
  std::string cert;
  std::string key;
  std::string server_name;
  std::string statement_key;
  std::string submitter;
  bool plaintext = false;
  bool no_state = false;
  double timeout_seconds = 30;
};

// Adds --vkey.
void AddTrustOptions(CLI::App* command, Settings* flags);
// Adds --ca, for commands that connect to https:// addresses alone.
void AddAuthorityOption(CLI::App* command, Settings* flags);
// Adds --server, --ca, --cert, --key and the like, and --vkey.
void AddConnectionOptions(CLI::App* command, Settings* flags);
// Adds --submitter and --statement-key.
void AddSigningOptions(CLI::App* command, Settings* flags);

// `flags`, what they leave open taken from the environment and the profile.
absl::StatusOr<Settings> Resolve(const Settings& flags, const Invocation& run);

// The log keys to trust; kInvalidArgument says how to give one.
absl::StatusOr<checkpoint::LogKeySet> TrustedKeys(const Settings& settings);

// Where a run keeps what later ones should know: checkpoints, submissions
// without answer. Created when missing.
absl::StatusOr<std::string> StateFolder(const Invocation& run);

}  // namespace sightline::cli
