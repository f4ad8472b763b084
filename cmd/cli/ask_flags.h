// What the questions of `sightline ask` share: their options, and the filter of a
// search made of them.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/status_macros.h"
#include "cmd/cli/settings.h"
#include "cmd/cli/values.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::cli {

struct AskFlags {
  Settings settings;
  // --- Which requests ---
  std::vector<std::string> agencies;
  std::string platform;
  std::string state;
  std::string county;
  std::string cell;
  std::string touches_from;
  std::string touches_until;
  std::string since;
  std::string until;
  std::vector<std::string> offences;
  std::vector<std::string> purposes;
  std::vector<std::string> channels;
  std::vector<std::string> processes;
  std::vector<std::string> outcomes;
  std::vector<std::string> states;
  std::string assembly;
  std::string assembly_listed;
  std::string sealed;
  uint32_t days = 30;
  // --- Other questions ---
  uint64_t index = 0;
  std::string submitter;
  std::string ground;
  std::vector<std::string> granters;
  bool overdue = false;
  bool rates = false;
  bool report = false;
  bool review_overdue = false;
  std::vector<std::string> kinds;
  uint32_t from_month = 0;
  uint32_t until_month = 0;
  bool all_classes = false;
  std::string by = "agency";
  std::string key;
  std::string population;
  std::string at;
  std::string tally;
  std::string file;
  // --- How ---
  std::string as_of;
  bool csv = false;
  std::string proof;
  uint64_t max_rows = 0;
};

// kInvalidArgument, naming the option: `text` is no time.
absl::Status FillTime(absl::string_view option, const std::string& text,
                      google::protobuf::Timestamp* out);

// Adds each value that `texts` name; kInvalidArgument, naming the option.
template <typename Enum, typename Add>
absl::Status FillEnums(absl::string_view option,
                       const std::vector<std::string>& texts, Add add) {
  for (const std::string& text : texts) {
    const auto value = ParseEnum<Enum>(text);
    if (!value.ok()) return base::Annotate(value.status(), option);
    add(*value);
  }
  return absl::OkStatus();
}

// The conditions on requests that the options give.
absl::Status FillConditions(const AskFlags& flags, v1::RequestFilter* filter);

// The one agency that --agency names, for questions that take one; else `other`.
// kInvalidArgument when there are several, or `other` is another.
absl::StatusOr<std::string> OneAgency(const AskFlags& flags,
                                      const std::string& other);

// A search with the filter that the options give.
absl::StatusOr<v1::AnswerFile> SearchFor(const AskFlags& flags);

// --csv, --proof, --max-rows and the connection.
void AddAnswerOptions(CLI::App* command, AskFlags* flags);
void AddAsOf(CLI::App* command, AskFlags* flags);
// --since and --until.
void AddPeriod(CLI::App* command, AskFlags* flags);
// --county and --cell.
void AddPlace(CLI::App* command, AskFlags* flags);
// All that a search can be narrowed by.
void AddFilters(CLI::App* command, AskFlags* flags);
// The same options, for a question that can apply those named alone: the others are
// refused, with the reason.
void AddConditions(CLI::App* command, AskFlags* flags,
                   const std::set<std::string>& applied);
// What a resident may ask beside time and place.
void AddResidentFilters(CLI::App* command, AskFlags* flags);

}  // namespace sightline::cli
