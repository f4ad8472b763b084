#include "cmd/sightlined_options.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"

namespace sightline::daemon {
namespace {

constexpr size_t kMetricsConnections = 64;
constexpr double kReceiptsBurstSeconds = 5;

// Faults of the flags taken together; CLI11 has checked each by itself.
std::vector<std::string> Faults(const Flags& flags) {
  std::vector<std::string> faults;
  if (flags.data_dir.empty()) faults.push_back("data-dir must name a folder");
  if (flags.tls_cert.empty() != flags.tls_key.empty()) {
    faults.push_back("tls-cert and tls-key go together");
  }
  if (!flags.listen.empty() && flags.tls_cert.empty()) {
    faults.push_back("listen needs tls-cert and tls-key");
  }
  if (flags.tls_cert.empty() && flags.plaintext_loopback.empty()) {
    faults.push_back("neither tls-cert nor plaintext-loopback is given");
  }
  if (flags.https_cert.empty() != flags.https_key.empty()) {
    faults.push_back("https-cert and https-key go together");
  }
  if (!flags.https_listen.empty() && flags.https_cert.empty() &&
      flags.tls_cert.empty()) {
    faults.push_back("https-listen needs https-cert or tls-cert");
  }
  if (flags.witness_fail_open && flags.witness_policy.empty()) {
    faults.push_back("witness-fail-open needs witness-policy");
  }
  if (!flags.witness_ca.empty() && flags.witness_policy.empty()) {
    faults.push_back("witness-ca needs witness-policy");
  }
  const bool seals = !flags.seal_key.empty() || !flags.seal_key_command.empty();
  if (!flags.seal_key.empty() && !flags.seal_key_command.empty()) {
    faults.push_back("seal-key and seal-key-command exclude each other");
  }
  if (!flags.old_seal_keys.empty() && !seals) {
    faults.push_back("old-seal-key needs seal-key or seal-key-command");
  }
  if (flags.keeper.empty() != flags.keeper_key.empty()) {
    faults.push_back("keeper and keeper-key go together");
  }
  if (!flags.keeper.empty() && !seals) {
    faults.push_back("keeper needs seal-key or seal-key-command");
  }
  if (flags.log_keys.empty()) {
    faults.push_back("log-key must name a key file");
  }
  return faults;
}

// The certificate for HTTP: its own, or that of gRPC.
web::TlsFiles HttpsFiles(const Flags& flags) {
  web::TlsFiles files;
  const bool own = !flags.https_cert.empty();
  files.certificate = own ? flags.https_cert : flags.tls_cert;
  files.private_key = own ? flags.https_key : flags.tls_key;
  return files;
}

}  // namespace

void AddFlags(CLI::App* app, Flags* flags) {
  app->set_config("--config", "", "Read settings from FILE; flags override it")
      ->type_name("FILE");
  app->allow_config_extras(CLI::config_extras_mode::error);
  app->add_option("--data-dir", flags->data_dir,
                  "Folder of the log; made when it does not exist")
      ->type_name("DIR");
  app->add_option("--listen", flags->listen,
                  absl::StrCat("Address for gRPC over TLS; port 0 takes a free "
                               "one [",
                               kDefaultListen, "]"))
      ->type_name("HOST:PORT");
  app->add_option("--plaintext-loopback", flags->plaintext_loopback,
                  "Loopback address for reading without TLS")
      ->type_name("HOST:PORT");
  app->add_option("--http-listen", flags->http_listen,
                  "IP address for reading over HTTP: checkpoint, tiles, entry "
                  "bundles, Connect; without it there is no HTTP")
      ->type_name("IP:PORT");
  app->add_option("--https-listen", flags->https_listen, "The same over TLS")
      ->type_name("IP:PORT");
  app->add_option("--https-cert", flags->https_cert,
                  "Certificate chain for it (PEM), reloaded when it changes; "
                  "without it that of --tls-cert")
      ->type_name("FILE");
  app->add_option("--https-key", flags->https_key, "Its private key (PEM)")
      ->type_name("FILE");
  app->add_option("--metrics-listen", flags->metrics_listen,
                  "IP address for operators, in the clear: /metrics for "
                  "Prometheus, /healthz")
      ->type_name("IP:PORT");
  app->add_option("--http-max-connections", flags->http_max_connections,
                  "HTTP connections at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app->add_option("--http-max-connections-per-address",
                  flags->http_max_connections_per_address,
                  "Of one IPv4 address or IPv6 /64; 0: no limit")
      ->capture_default_str();
  app->add_option("--http-receipts-per-second", flags->http_receipts_per_second,
                  "COSE receipts for one IPv4 address or IPv6 /64; 0: no limit")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_option("--http-threads", flags->http_threads,
                  "Threads that serve HTTP")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  app->add_option(
         "--genesis", flags->genesis,
         "Genesis file of `sightline init`; becomes entry 0 of an empty "
         "folder")
      ->type_name("FILE");
  app->add_option("--log-key", flags->log_keys,
                  "Private note key that signs checkpoints; several while keys "
                  "change")
      ->type_name("FILE");
  app->add_option("--tls-cert", flags->tls_cert,
                  "Server certificate chain (PEM); reloaded when it changes")
      ->type_name("FILE");
  app->add_option("--tls-key", flags->tls_key, "Its private key (PEM)")
      ->type_name("FILE");
  app->add_option(
         "--tls-client-ca", flags->tls_client_ca,
         "Authorities of submitters' certificates (PEM); without it nobody "
         "can submit")
      ->type_name("FILE");
  app->add_option("--seal-key", flags->seal_key,
                  "Key that sealed payloads are kept under; without it "
                  "statements with sealed fields are refused")
      ->type_name("FILE");
  app->add_option("--seal-key-command", flags->seal_key_command,
                  "Command that prints that key as base64, instead of a file")
      ->type_name("COMMAND");
  app->add_option("--old-seal-key", flags->old_seal_keys,
                  "Key that was used before and still opens; several allowed")
      ->type_name("FILE");
  app->add_option("--keeper", flags->keeper,
                  "Submitter (keeper:NAME) that opens seals which have ended; "
                  "without it nothing is opened by itself")
      ->type_name("SUBMITTER");
  app->add_option("--keeper-key", flags->keeper_key,
                  "Its statement key, as registrars have enrolled it")
      ->type_name("FILE");
  app->add_option("--witness-policy", flags->witness_policy,
                  "Witnesses and their quorum (tlog-policy); without it none "
                  "is asked")
      ->type_name("FILE");
  app->add_option("--witness-ca", flags->witness_ca,
                  "Authorities of the certificates of https:// witnesses "
                  "(PEM); without it those that the machine trusts")
      ->type_name("FILE");
  app->add_flag("--witness-fail-open", flags->witness_fail_open,
                "Serve checkpoints that the witness quorum has not cosigned");
  app->add_option("--witness-round-seconds", flags->witness_round_seconds,
                  "How long witnesses are asked about one tree before a newer "
                  "one takes its place")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
  app->add_option("--log-format", flags->log_format,
                  "Diagnostic lines on standard error: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  app->add_option("--log-level", flags->log_level, "Least level of those lines")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();
  app->add_option("--quota-per-second", flags->quota_per_second,
                  "Statements a second of one submitter; 0: no quota")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_option("--quota-burst", flags->quota_burst,
                  "Statements of one submitter at once")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app->add_option("--max-waiting", flags->max_waiting,
                  "Statements that may wait for their index")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app->add_option("--block-cache-mb", flags->block_cache_mb,
                  "Memory for blocks read from disk, MiB")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app->add_option("--reserve-mb", flags->reserve_mb,
                  "Free disk space below which statements are refused, MiB")
      ->capture_default_str();
  app->add_option("--shutdown-grace-seconds", flags->shutdown_grace_seconds,
                  "How long a stop waits for calls to end")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  app->add_flag("--channelz", flags->channelz,
                "Show connections to whoever can connect");
}

absl::StatusOr<Settings> ToSettings(const Flags& flags) {
  const std::vector<std::string> faults = Faults(flags);
  if (!faults.empty()) {
    return absl::InvalidArgumentError(absl::StrJoin(faults, "; "));
  }
  Settings settings;
  settings.store.block_cache_bytes = size_t{flags.block_cache_mb} << 20;
  settings.store.reserve_bytes = uint64_t{flags.reserve_mb} << 20;
  settings.log.quota.statements_per_second = flags.quota_per_second;
  settings.log.quota.burst = flags.quota_burst;
  settings.log.sequencer.max_waiting = flags.max_waiting;
  settings.server.listen = flags.listen;
  if (flags.listen.empty() && !flags.tls_cert.empty()) {
    settings.server.listen = {kDefaultListen};
  }
  settings.server.plaintext_loopback = flags.plaintext_loopback;
  settings.server.channelz = flags.channelz;
  if (!flags.http_listen.empty() || !flags.https_listen.empty()) {
    web::ServerOptions& http = settings.http.emplace().server;
    http.listen = flags.http_listen;
    http.tls_listen = flags.https_listen;
    if (!flags.https_listen.empty()) http.tls = HttpsFiles(flags);
    http.threads = flags.http_threads;
    http.max_connections = flags.http_max_connections;
    http.max_connections_per_address = flags.http_max_connections_per_address;
    RETURN_IF_ERROR(http.Validate());
    settings.receipts_per_client.per_second = flags.http_receipts_per_second;
    settings.receipts_per_client.burst =
        std::max(1.0, kReceiptsBurstSeconds * flags.http_receipts_per_second);
  }
  if (!flags.metrics_listen.empty()) {
    web::ServerOptions& metrics = settings.metrics.emplace();
    metrics.listen = {flags.metrics_listen};
    metrics.threads = 1;
    metrics.max_connections = kMetricsConnections;
    metrics.max_connections_per_address = 0;
    RETURN_IF_ERROR(metrics.Validate());
  }
  if (!flags.tls_cert.empty()) {
    services::TlsFiles files;
    files.certificate = flags.tls_cert;
    files.private_key = flags.tls_key;
    files.client_ca = flags.tls_client_ca;
    settings.server.tls = files;
  }
  ASSIGN_OR_RETURN(settings.lines.format,
                   telemetry::ParseLineFormat(flags.log_format));
  ASSIGN_OR_RETURN(settings.lines.least,
                   telemetry::ParseLevel(flags.log_level));
  RETURN_IF_ERROR(settings.store.Validate());
  RETURN_IF_ERROR(settings.log.sequencer.Validate());
  RETURN_IF_ERROR(settings.server.Validate());
  return settings;
}

}  // namespace sightline::daemon
