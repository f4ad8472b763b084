#include "cmd/witness_options.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "cmd/host_port.h"

namespace sightline::daemon {
void AddWitnessFlags(CLI::App* app, WitnessFlags* flags) {
  app->set_config("--config", "", "Read settings from FILE; flags override it")
      ->type_name("FILE");
  app->allow_config_extras(CLI::config_extras_mode::error);
  app->add_option("--data-dir", flags->data_dir,
                  "Folder of what was cosigned; made when it does not exist. "
                  "Never restore it from a backup")
      ->required()
      ->type_name("DIR");
  app->add_option("--logs", flags->logs,
                  "Log list: the logs to cosign for (logs/v0)")
      ->required()
      ->type_name("FILE");
  app->add_option("--key", flags->keys,
                  "Private key of `sightline keygen witness`; several while "
                  "keys change")
      ->required()
      ->type_name("FILE");
  app->add_option("--listen", flags->listen,
                  "Address for HTTP; port 0 takes a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app->add_option("--prefix", flags->prefix,
                  "Path in front of every path, for example /witness")
      ->type_name("PATH");
  app->add_option("--threads", flags->threads,
                  "Connections that are served at once; others wait")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app->add_option("--max-body-kb", flags->max_body_kb,
                  "Longest request body, KiB")
      ->check(CLI::Range(16, 1024))
      ->capture_default_str();
  app->add_option("--client-per-second", flags->client_per_second,
                  "add-checkpoint calls a second of one address; 0: no limit "
                  "(behind a proxy, which is one address)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_option("--client-burst", flags->client_burst,
                  "Those calls of one address at once")
      ->check(CLI::Range(1.0, 1e9))
      ->capture_default_str();
  app->add_option("--log-format", flags->log_format,
                  "Diagnostic lines on standard error: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app->add_option("--log-level", flags->log_level, "Least level of those lines")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
}

absl::StatusOr<WitnessSettings> ToWitnessSettings(const WitnessFlags& flags) {
  WitnessSettings settings;
  std::vector<std::string> faults;
  if (!SplitAddress(flags.listen, &settings.http.host, &settings.http.port)) {
    faults.push_back(
        absl::StrCat("listen: want HOST:PORT, not \"", flags.listen, "\""));
  }
  if (!flags.prefix.empty() &&
      (flags.prefix[0] != '/' || absl::EndsWith(flags.prefix, "/"))) {
    faults.push_back(
        "prefix: want a slash at its beginning and none at its end");
  }
  if (!faults.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(faults, "; "));
  }
  settings.http.threads = flags.threads;
  settings.http.max_body_bytes = flags.max_body_kb << 10;
  settings.handler.prefix = flags.prefix;
  settings.handler.per_client = {flags.client_per_second, flags.client_burst};
  ASSIGN_OR_RETURN(settings.lines.format,
                   telemetry::ParseLineFormat(flags.log_format));
  ASSIGN_OR_RETURN(settings.lines.least,
                   telemetry::ParseLevel(flags.log_level));
  return settings;
}

}  // namespace sightline::daemon
