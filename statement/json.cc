#include "statement/json.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "crypto/sha256.h"
#include "crypto/uuid.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/message.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "proto/sightline/v1/entry.pb.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "statement/statement_codec.h"

namespace sightline::statement {
namespace {

using google::protobuf::Message;
using Json = nlohmann::ordered_json;

constexpr uint8_t kLeafPrefix = 0x00;  // RFC 6962 s2.1
// A statement as text is at most this long: base64 and names included.
constexpr size_t kMaxTextBytes = size_t{1} << 20;
constexpr int kMaxDepth = 32;

absl::StatusOr<std::string> ToJson(const Message& message, JsonStyle style) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = style == JsonStyle::kIndented;
  std::string out;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &out, options);
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("json: ", std::string(status.message())));
  }
  return out;
}

absl::Status CheckTextSize(absl::string_view text) {
  if (text.size() <= kMaxTextBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "text: ", text.size(), " bytes, want at most ", kMaxTextBytes));
}

absl::Status FromJson(absl::string_view json, Message* out) {
  RETURN_IF_ERROR(CheckTextSize(json));
  const auto status = google::protobuf::util::JsonStringToMessage(
      std::string(json), out, google::protobuf::util::JsonParseOptions());
  if (status.ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("json: ", std::string(status.message())));
}

// Keeps the first error, with its line and column counted from 1.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (!text_.empty()) return;
    text_ =
        absl::StrCat("line ", line + 1, ", column ", column + 1, ": ", message);
  }
  void AddWarning(int, int, const std::string&) override {}

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string Rfc3339(int64_t unix_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(unix_ms),
                          absl::UTCTimeZone());
}

std::string UuidTextOf(const std::string& bytes) {
  crypto::Uuid uuid{};
  if (bytes.size() != uuid.size()) return base::HexEncode(bytes);
  std::copy(bytes.begin(), bytes.end(), uuid.begin());
  return crypto::UuidText(uuid);
}

Json SignaturesJson(const v1::SignedStatement& signed_statement) {
  Json out = Json::array();
  for (const v1::Signature& signature : signed_statement.signatures()) {
    out.push_back({{"key_id", base::HexEncode(signature.key_id())},
                   {"signature", base::Base64Encode(signature.signature())}});
  }
  return out;
}

Json FindingsJson(const v1::Entry& entry) {
  Json out = Json::array();
  for (const v1::Finding& finding : entry.findings()) {
    out.push_back({{"rule_id", finding.rule_id()},
                   {"severity", v1::Finding::Severity_Name(finding.severity())},
                   {"got", finding.got()},
                   {"limit", finding.limit()}});
  }
  return out;
}

void AddLogFields(uint64_t index, absl::string_view bytes,
                  const v1::Entry& entry, Json* out) {
  const crypto::Digest leaf_hash = crypto::HashPrefixed(kLeafPrefix, bytes);
  const crypto::Digest identity = IdentityHash(entry.statement());
  (*out)["index"] = index;
  (*out)["leaf_hash"] = base::HexEncode(crypto::AsBytes(leaf_hash));
  (*out)["identity_hash"] = base::HexEncode(crypto::AsBytes(identity));
  (*out)["admitted"] = Rfc3339(entry.admitted_unix_ms());
  (*out)["admitted_unix_ms"] = entry.admitted_unix_ms();
}

void AddFeedFields(const v1::Entry& entry, Json* out) {
  (*out)["feed_ordinal"] = entry.feed_ordinal();
  if (entry.has_feed_previous_index()) {
    (*out)["feed_previous_index"] = entry.feed_previous_index();
  }
  if (entry.has_policy()) {
    (*out)["policy"] = {{"policy_id", entry.policy().policy_id()},
                        {"version", entry.policy().version()}};
  }
  (*out)["findings"] = FindingsJson(entry);
  (*out)["signatures"] = SignaturesJson(entry.statement());
}

}  // namespace

absl::StatusOr<std::string> StatementToJson(const v1::Statement& statement,
                                            JsonStyle style) {
  return ToJson(statement, style);
}

absl::StatusOr<v1::Statement> StatementFromJson(absl::string_view json) {
  v1::Statement out;
  RETURN_IF_ERROR(FromJson(json, &out));
  return out;
}

std::string StatementToText(const v1::Statement& statement) {
  google::protobuf::TextFormat::Printer printer;
  std::string out;
  printer.PrintToString(statement, &out);
  return out;
}

absl::StatusOr<v1::Statement> StatementFromText(absl::string_view text) {
  RETURN_IF_ERROR(CheckTextSize(text));
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(kMaxDepth);
  v1::Statement out;
  if (!parser.ParseFromString(std::string(text), &out)) {
    return absl::InvalidArgumentError(absl::StrCat("text: ", error.text()));
  }
  return out;
}

absl::StatusOr<std::string> OpeningToJson(const v1::SealOpening& opening,
                                          JsonStyle style) {
  return ToJson(opening, style);
}

absl::StatusOr<v1::SealOpening> OpeningFromJson(absl::string_view json) {
  v1::SealOpening out;
  RETURN_IF_ERROR(FromJson(json, &out));
  return out;
}

absl::StatusOr<std::string> EntryToJson(uint64_t index, absl::string_view bytes,
                                        JsonStyle style) {
  ASSIGN_OR_RETURN(const v1::Entry entry, ParseEntry(bytes));
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   ParseStatement(entry.statement().payload()));
  ASSIGN_OR_RETURN(const std::string inner,
                   StatementToJson(statement, JsonStyle::kCompact));
  Json out;
  AddLogFields(index, bytes, entry, &out);
  out["submitter"] = statement.header().submitter();
  out["kind"] = std::string(KindName(KindOf(statement)));
  out["statement_id"] = UuidTextOf(statement.header().statement_id());
  AddFeedFields(entry, &out);
  out["statement"] = Json::parse(inner, nullptr, /*allow_exceptions=*/false);
  // -1: one line, as nlohmann has it.
  return out.dump(style == JsonStyle::kIndented ? 2 : -1, ' ', false,
                  Json::error_handler_t::replace);
}

}  // namespace sightline::statement
