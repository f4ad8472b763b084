#include "monitor/alert.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "crypto/sha256.h"
#include "nlohmann/json.hpp"

namespace sightline::monitor {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kIdBytes = 16;
constexpr char kTimeFormat[] = "%Y-%m-%dT%H:%M:%E3SZ";

}  // namespace

std::string AlertId(absl::string_view rule, absl::string_view kind,
                    absl::string_view subject) {
  const crypto::Digest hash =
      crypto::Sha256(absl::StrCat(rule, "\n", kind, "\n", subject));
  return base::HexEncode(crypto::AsBytes(hash).substr(0, kIdBytes));
}

std::string TimeText(int64_t unix_ms) {
  return absl::FormatTime(kTimeFormat, absl::FromUnixMillis(unix_ms),
                          absl::UTCTimeZone());
}

std::string AlertToJson(const Alert& alert) {
  Json json = {{"id", alert.id},
               {"time", TimeText(alert.time_unix_ms)},
               {"rule", alert.rule},
               {"kind", alert.kind},
               {"text", alert.text}};
  if (alert.index.has_value()) json["index"] = *alert.index;
  if (!alert.submitter.empty()) json["submitter"] = alert.submitter;
  if (!alert.evidence.empty()) json["evidence"] = alert.evidence;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<Alert> AlertFromJson(absl::string_view text) {
  const Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  const auto string = [&](const char* name) {
    return json.contains(name) && json[name].is_string()
               ? json[name].get<std::string>()
               : std::string();
  };
  absl::Time time;
  std::string ignored;
  if (!json.is_object() || string("id").empty() ||
      !absl::ParseTime(absl::RFC3339_full, string("time"), &time, &ignored)) {
    return absl::InvalidArgumentError("not an alert");
  }
  Alert alert;
  alert.id = string("id");
  alert.time_unix_ms = absl::ToUnixMillis(time);
  alert.rule = string("rule");
  alert.kind = string("kind");
  alert.text = string("text");
  if (json.contains("index") && json["index"].is_number_unsigned()) {
    alert.index = json["index"].get<uint64_t>();
  }
  alert.submitter = string("submitter");
  alert.evidence = string("evidence");
  return alert;
}

}  // namespace sightline::monitor
