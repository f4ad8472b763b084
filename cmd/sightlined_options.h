// What sightlined is told: flags, and one configuration file that they override.
//
// Shapes:  a key of the file is the long name of a flag, without dashes in front;
//          docs/sightlined.example.toml names them all.
// Errors:  kInvalidArgument, naming every key and value that is wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "base/rate_limit.h"
#include "services/log_instance.h"
#include "services/server.h"
#include "storage/rocksdb_options.h"
#include "telemetry/diagnostic_lines.h"
#include "web/log_front.h"
#include "web/server.h"

namespace sightline::daemon {

inline constexpr char kDefaultListen[] = "127.0.0.1:7443";

struct Flags {
  std::string data_dir;
  std::vector<std::string> listen;  // with TLS, none: kDefaultListen
  std::string plaintext_loopback;
  std::vector<std::string> http_listen;   // in the clear
  std::vector<std::string> https_listen;  // neither: no HTTP
  std::string https_cert;                 // none: tls_cert and tls_key
  std::string https_key;
  std::string metrics_listen;  // none: no metrics
  uint64_t http_max_connections = 16384;
  uint64_t http_max_connections_per_address = 256;
  double http_receipts_per_second = 20;
  int http_threads = 2;
  std::string genesis;
  std::vector<std::string> log_keys;
  std::string tls_cert;
  std::string tls_key;
  std::string tls_client_ca;
  std::string seal_key;
  std::string seal_key_command;
  std::vector<std::string> old_seal_keys;
  std::string keeper;
  std::string keeper_key;
  std::string witness_policy;
  std::string witness_ca;  // none: those that the machine trusts
  bool witness_fail_open = false;
  double witness_round_seconds = 10;
  std::string log_format = "text";
  std::string log_level = "info";
  double quota_per_second = 0;
  double quota_burst = 1000;
  uint64_t max_waiting = 4096;
  uint64_t block_cache_mb = 64;
  uint64_t reserve_mb = 256;
  double shutdown_grace_seconds = 10;
  bool channelz = false;
};

// Everything that the parts of the server want.
struct Settings {
  storage::RocksDbOptions store;
  services::LogOptions log;
  services::ServerOptions server;
  std::optional<web::LogFrontOptions> http;
  base::Rate receipts_per_client;
  std::optional<web::ServerOptions> metrics;
  telemetry::LineOptions lines;
};

// Adds every flag, and --config.
void AddFlags(CLI::App* app, Flags* flags);

absl::StatusOr<Settings> ToSettings(const Flags& flags);

}  // namespace sightline::daemon
