#include "witness/log_list.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/types/optional.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace sightline::witness {
namespace {

using checkpoint::KeyType;
using checkpoint::Verifier;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(what);
}

bool IsLogType(KeyType type) {
  return type == KeyType::kEd25519 || type == KeyType::kEcdsa;
}

struct Record {
  absl::optional<Verifier> key;
  absl::optional<std::string> origin;
  absl::optional<uint64_t> queries_per_day;
  bool begun = false;
};

class Parser {
 public:
  absl::Status AddLine(absl::string_view line) {
    if (absl::StartsWith(line, "#")) return absl::OkStatus();
    if (!has_header_) {
      if (line != "logs/v0") return Malformed("want \"logs/v0\" first");
      has_header_ = true;
      return absl::OkStatus();
    }
    if (line.empty()) return EndRecord();
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(line, absl::MaxSplits(' ', 1));
    if (field.second.empty()) return Malformed("want \"<keyword> <value>\"");
    if (field.first == "revision") return CheckRevision(field.second);
    record_.begun = true;
    return AddField(field.first, field.second);
  }

  absl::StatusOr<std::vector<ListedLog>> Finish() {
    if (!has_header_) return Malformed("no \"logs/v0\" line");
    RETURN_IF_ERROR(EndRecord());
    return std::move(logs_);
  }

 private:
  absl::Status CheckRevision(absl::string_view value) const {
    if (record_.begun || !logs_.empty()) {
      return Malformed("revision belongs above the first log");
    }
    return base::ParseDecimal(value).status();
  }

  absl::Status AddField(absl::string_view keyword, absl::string_view value) {
    if (keyword == "vkey") {
      if (record_.key.has_value())
        return Malformed("second vkey of one record");
      ASSIGN_OR_RETURN(record_.key, Verifier::FromVkey(value));
      if (IsLogType(record_.key->type())) return absl::OkStatus();
      return Malformed("a log needs a log's signature type, not a cosigner's");
    }
    if (keyword == "origin") {
      if (record_.origin.has_value()) return Malformed("second origin");
      record_.origin = std::string(value);
      return absl::OkStatus();
    }
    if (keyword == "qpd") {
      if (record_.queries_per_day.has_value()) return Malformed("second qpd");
      ASSIGN_OR_RETURN(record_.queries_per_day, base::ParseDecimal(value));
      return absl::OkStatus();
    }
    if (keyword == "contact" || keyword == "bastion") return absl::OkStatus();
    return Malformed(
        "unknown keyword; want origin, vkey, qpd, contact or bastion");
  }

  absl::Status EndRecord() {
    const Record record = std::exchange(record_, Record{});
    if (!record.begun) return absl::OkStatus();
    if (!record.key.has_value()) return Malformed("the log above has no vkey");
    const std::string origin =
        record.origin.has_value() ? *record.origin : record.key->name();
    const uint64_t limit = record.queries_per_day.value_or(0);
    const auto known = std::find_if(
        logs_.begin(), logs_.end(),
        [&](const ListedLog& log) { return log.origin == origin; });
    if (known == logs_.end()) {
      if (logs_.size() == kMaxListedLogs) return Malformed("too many logs");
      logs_.push_back({origin, {*record.key}, limit});
      return absl::OkStatus();
    }
    if (known->queries_per_day != limit) {
      return Malformed("the log above is listed with another qpd");
    }
    if (known->keys.size() == kMaxListedLogs) return Malformed("too many keys");
    return AddKey(*record.key, &*known);
  }

  // One (name, ID) with two keys would make every note of the log undecidable.
  static absl::Status AddKey(const Verifier& key, ListedLog* log) {
    for (const Verifier& other : log->keys) {
      if (other.name() == key.name() && other.key_id() == key.key_id()) {
        return Malformed("the key of the log above is listed already");
      }
    }
    log->keys.push_back(key);
    return absl::OkStatus();
  }

  bool has_header_ = false;
  Record record_;
  std::vector<ListedLog> logs_;
};

}  // namespace

absl::StatusOr<std::vector<ListedLog>> ParseLogList(absl::string_view text) {
  if (text.size() > kMaxLogListSize) {
    return absl::InvalidArgumentError("log list: more than 1 MiB");
  }
  Parser parser;
  size_t number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const absl::Status added = parser.AddLine(line);
    if (added.ok()) continue;
    // Whatever the cause, it is the file that must change.
    return absl::InvalidArgumentError(
        absl::StrCat("log list: line ", number, ": ", added.message()));
  }
  auto logs = parser.Finish();
  if (logs.ok()) return logs;
  return absl::InvalidArgumentError(
      absl::StrCat("log list: line ", number, ": ", logs.status().message()));
}

}  // namespace sightline::witness
