// What sightline-witness is told: flags, and one configuration file that they
// override.
//
// Shapes:  a key of the file is the long name of a flag, without dashes in front;
//          docs/sightline-witness.example.toml names them all.
// Errors:  kInvalidArgument, naming every value that is wrong.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "telemetry/diagnostic_lines.h"
#include "witness/handler.h"
#include "witness/http_server.h"

namespace sightline::daemon {

struct WitnessFlags {
  std::string data_dir;
  std::string logs;
  std::vector<std::string> keys;
  std::string listen = "127.0.0.1:7445";
  std::string prefix;
  size_t threads = 32;
  size_t max_body_kb = 128;
  double client_per_second = 20;
  double client_burst = 100;
  std::string log_format = "text";
  std::string log_level = "info";
};

struct WitnessSettings {
  witness::HttpServerOptions http;
  witness::WitnessHandler::Options handler;
  telemetry::LineOptions lines;
};

// Adds every flag, and --config.
void AddWitnessFlags(CLI::App* app, WitnessFlags* flags);

absl::StatusOr<WitnessSettings> ToWitnessSettings(const WitnessFlags& flags);

}  // namespace sightline::daemon
