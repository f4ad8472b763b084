#include "cmd/cli/settings.h"

#include <filesystem>
#include <limits>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "checkpoint/vkey.h"
#include "cmd/cli/files.h"
#include "toml++/toml.h"

namespace sightline::cli {
namespace {

namespace fs = std::filesystem;

struct StringSetting {
  const char* name;  // in profiles; SIGHTLINE_<NAME> in the environment
  std::string Settings::*field;
  bool is_file;
};

constexpr StringSetting kStrings[] = {
    {"server", &Settings::server, false},
    {"ca", &Settings::ca, true},
    {"cert", &Settings::cert, true},
    {"key", &Settings::key, true},
    {"server_name", &Settings::server_name, false},
    {"statement_key", &Settings::statement_key, true},
    {"submitter", &Settings::submitter, false},
};

std::string EnvName(const char* name) {
  return absl::StrCat("SIGHTLINE_", absl::AsciiStrToUpper(name));
}

absl::StatusOr<toml::table> ParseToml(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& e) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " line ", e.source().begin.line, ": ",
                     std::string(e.description())));
  }
}

absl::Status CheckNames(const toml::table& table, bool top,
                        const std::string& path) {
  std::set<std::string> known = {"vkey", "plaintext"};
  for (const StringSetting& setting : kStrings) known.insert(setting.name);
  if (top) known.insert("profiles");
  for (const auto& [name, value] : table) {
    if (known.count(std::string(name.str())) == 0) {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ": \"", std::string(name.str()), "\" is no setting"));
    }
  }
  return absl::OkStatus();
}

absl::Status TakeVkeys(const toml::table& table, const std::string& path,
                       Settings* out) {
  if (!out->vkeys.empty() || !table.contains("vkey")) return absl::OkStatus();
  const toml::node& node = *table.get("vkey");
  if (const auto one = node.value<std::string>()) out->vkeys = {*one};
  if (const toml::array* list = node.as_array()) {
    for (const toml::node& item : *list) {
      out->vkeys.push_back(item.value_or<std::string>(""));
    }
  }
  if (!out->vkeys.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": vkey: want a text or a list of texts"));
}

// Takes from `table` what `out` leaves open.
absl::Status TakeTable(const toml::table& table, bool top,
                       const std::string& path, Settings* out) {
  RETURN_IF_ERROR(CheckNames(table, top, path));
  for (const StringSetting& setting : kStrings) {
    const toml::node* node = table.get(setting.name);
    if (node == nullptr || !(out->*setting.field).empty()) continue;
    const auto value = node->value<std::string>();
    if (!value.has_value()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, ": ", setting.name, ": want a text"));
    }
    out->*setting.field = setting.is_file && !value->empty()
                              ? (fs::path(path).parent_path() / *value).string()
                              : *value;
  }
  out->plaintext = out->plaintext || table["plaintext"].value_or(false);
  return TakeVkeys(table, path, out);
}

void TakeEnvironment(const Invocation& run, Settings* out) {
  for (const StringSetting& setting : kStrings) {
    if (!(out->*setting.field).empty()) continue;
    out->*setting.field =
        run.around.env(EnvName(setting.name).c_str()).value_or("");
  }
  if (!out->vkeys.empty()) return;
  const std::string vkeys = run.around.env("SIGHTLINE_VKEY").value_or("");
  out->vkeys = absl::StrSplit(vkeys, ' ', absl::SkipEmpty());
}

// The profile file; "" when there is none and none was asked for.
absl::StatusOr<std::string> ConfigFile(const Invocation& run) {
  if (!run.config_file.empty()) return run.config_file;
  if (const auto file = run.around.env("SIGHTLINE_CONFIG")) return *file;
  fs::path folder;
  if (const auto xdg = run.around.env("XDG_CONFIG_HOME")) {
    folder = *xdg;
  } else if (const auto home = run.around.env("HOME")) {
    folder = fs::path(*home) / ".config";
  } else {
    return "";
  }
  const fs::path file = folder / "sightline" / "config.toml";
  std::error_code error;
  return fs::exists(file, error) ? file.string() : "";
}

absl::Status TakeProfile(const Invocation& run, Settings* out) {
  ASSIGN_OR_RETURN(const std::string path, ConfigFile(run));
  const std::string profile =
      !run.profile.empty() ? run.profile
                           : run.around.env("SIGHTLINE_PROFILE").value_or("");
  if (path.empty()) {
    if (profile.empty()) return absl::OkStatus();
    return absl::NotFoundError(absl::StrCat(
        "profile \"", profile, "\": no configuration file; give --config"));
  }
  ASSIGN_OR_RETURN(const toml::table table, ParseToml(path));
  if (!profile.empty()) {
    const toml::table* chosen = table["profiles"][profile].as_table();
    if (chosen == nullptr) {
      return absl::NotFoundError(
          absl::StrCat(path, ": no profile \"", profile, "\""));
    }
    RETURN_IF_ERROR(TakeTable(*chosen, /*top=*/false, path, out));
  }
  return TakeTable(table, /*top=*/true, path, out);
}

// "VKEY@FROM-TO": the key counts for tree sizes FROM <= size < TO; either may
// be left out.
absl::Status AddRanged(absl::string_view text, checkpoint::LogKeySet* keys) {
  const size_t at = text.rfind('@');
  const size_t plus = text.rfind('+');
  if (at == text.npos || plus == text.npos || at < plus) return keys->Add(text);
  const std::vector<absl::string_view> ends =
      absl::StrSplit(text.substr(at + 1), absl::MaxSplits('-', 1));
  uint64_t from = 0;
  uint64_t to = checkpoint::LogKeySet::kNoEnd;
  if (!ends[0].empty()) {
    ASSIGN_OR_RETURN(from, base::ParseDecimal(ends[0]));
  }
  if (ends.size() > 1 && !ends[1].empty()) {
    ASSIGN_OR_RETURN(to, base::ParseDecimal(ends[1]));
  }
  return keys->Add(text.substr(0, at), from, to);
}

}  // namespace

void AddTrustOptions(CLI::App* command, Settings* flags) {
  command
      ->add_option("--vkey", flags->vkeys,
                   "Verifier key of the log, the one thing that is trusted; "
                   "VKEY@FROM-TO counts for these tree sizes only")
      ->group("Trust");
}

void AddAuthorityOption(CLI::App* command, Settings* flags) {
  command
      ->add_option(
          "--ca", flags->ca,
          "PEM file of the authority of the server's certificate, "
          "gRPC or https://; without it, those that the machine trusts")
      ->group("Connection");
}

void AddConnectionOptions(CLI::App* command, Settings* flags) {
  AddTrustOptions(command, flags);
  const auto option = [command](const char* name, std::string* value,
                                const char* help) {
    command->add_option(name, *value, help)->group("Connection");
  };
  option("--server", &flags->server, "HOST:PORT of the log");
  AddAuthorityOption(command, flags);
  option("--cert", &flags->cert, "PEM file of your client certificate");
  option("--key", &flags->key, "Private key of that certificate");
  option("--server-name", &flags->server_name,
         "Name in the server's certificate, when not the host");
  command
      ->add_flag("--plaintext", flags->plaintext,
                 "No TLS; for a log on this machine only")
      ->group("Connection");
  command
      ->add_option("--timeout", flags->timeout_seconds,
                   "Seconds to wait for an answer")
      ->check(CLI::PositiveNumber)
      ->capture_default_str()
      ->group("Connection");
  command
      ->add_flag("--no-state", flags->no_state,
                 "Neither use nor keep the newest checkpoint of earlier runs")
      ->group("Connection");
}

void AddSigningOptions(CLI::App* command, Settings* flags) {
  command
      ->add_option("--submitter", flags->submitter,
                   "Who says it, \"ori:CA0194200\"; else that of the client "
                   "certificate")
      ->group("Signing");
  command
      ->add_option("--statement-key", flags->statement_key,
                   "Private key that signs the statement")
      ->group("Signing");
}

absl::StatusOr<Settings> Resolve(const Settings& flags, const Invocation& run) {
  Settings out = flags;
  TakeEnvironment(run, &out);
  RETURN_IF_ERROR(TakeProfile(run, &out));
  return out;
}

absl::StatusOr<checkpoint::LogKeySet> TrustedKeys(const Settings& settings) {
  if (settings.vkeys.empty()) {
    return absl::InvalidArgumentError(
        "no verifier key: give the log's with --vkey, SIGHTLINE_VKEY or in the "
        "profile (its operator publishes it)");
  }
  const std::string& first = settings.vkeys[0];
  checkpoint::LogKeySet keys(
      absl::string_view(first).substr(0, first.find('+')));
  for (const std::string& vkey : settings.vkeys) {
    RETURN_IF_ERROR(base::Annotate(AddRanged(vkey, &keys), "--vkey"));
  }
  return keys;
}

absl::StatusOr<std::string> StateFolder(const Invocation& run) {
  fs::path folder;
  if (const auto own = run.around.env("SIGHTLINE_STATE_DIR")) {
    folder = *own;
  } else if (const auto xdg = run.around.env("XDG_STATE_HOME")) {
    folder = fs::path(*xdg) / "sightline";
  } else if (const auto home = run.around.env("HOME")) {
    folder = fs::path(*home) / ".local" / "state" / "sightline";
  } else {
    return absl::NotFoundError("no place for state: set SIGHTLINE_STATE_DIR");
  }
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    return absl::InternalError(
        absl::StrCat(folder.string(), ": ", error.message()));
  }
  return folder.string();
}

}  // namespace sightline::cli
