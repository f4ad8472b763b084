#include "cmd/cli/values.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "statement/counts.h"

namespace sightline::cli {
namespace {

using google::protobuf::EnumDescriptor;

// "COUNT_BUCKET_" of CountBucket.
std::string Prefix(const EnumDescriptor* type) {
  std::string prefix;
  for (const char c : type->name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(c);
  }
  return prefix + "_";
}

std::string ShortName(const google::protobuf::EnumValueDescriptor& value) {
  absl::string_view name = value.name();
  absl::ConsumePrefix(&name, Prefix(value.type()));
  return absl::AsciiStrToLower(name);
}

}  // namespace

absl::StatusOr<google::protobuf::Timestamp> ParseTime(absl::string_view text) {
  absl::Time time;
  for (const char* format : {"%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%dT%H:%M:%E*S",
                             "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
    if (!absl::ParseTime(format, text, absl::UTCTimeZone(), &time, nullptr)) {
      continue;
    }
    google::protobuf::Timestamp out;
    out.set_seconds(absl::ToUnixSeconds(time));
    out.set_nanos(static_cast<int32_t>(
        (time - absl::FromUnixSeconds(out.seconds())) / absl::Nanoseconds(1)));
    return out;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "time \"", text, "\": want 2020-05-30 or 2020-05-30T18:00:00Z"));
}

absl::StatusOr<v1::CountBucket> ParseBucket(absl::string_view text) {
  uint64_t count = 0;
  if (!absl::SimpleAtoi(text, &count)) return ParseEnum<v1::CountBucket>(text);
  return statement::BucketOf(count);
}

absl::StatusOr<int> ParseEnumValue(const EnumDescriptor* type,
                                   absl::string_view text) {
  std::string name = absl::StrReplaceAll(
      absl::AsciiStrToUpper(absl::StripAsciiWhitespace(text)),
      {{"-", "_"}, {" ", "_"}});
  const auto* value = type->FindValueByName(name);
  if (value == nullptr) {
    value = type->FindValueByName(absl::StrCat(Prefix(type), name));
  }
  if (value != nullptr && value->number() != 0) return value->number();
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\": want one of ", EnumChoices(type)));
}

std::string EnumChoices(const EnumDescriptor* type) {
  std::vector<std::string> names;
  for (int i = 0; i < type->value_count(); ++i) {
    if (type->value(i)->number() != 0) {
      names.push_back(ShortName(*type->value(i)));
    }
  }
  return absl::StrJoin(names, ", ");
}

absl::StatusOr<uint64_t> ParseNumber(absl::string_view what,
                                     absl::string_view text) {
  const auto number = base::ParseDecimal(text);
  if (number.ok()) return number;
  return absl::InvalidArgumentError(
      absl::StrCat(what, " \"", text, "\": want a number"));
}

absl::StatusOr<std::string> ParseHash(absl::string_view what,
                                      absl::string_view text) {
  const auto bytes = base::HexDecode(text);
  if (bytes.ok() && bytes->size() == 32) return bytes;
  return absl::InvalidArgumentError(
      absl::StrCat(what, " \"", text, "\": want 64 hexadecimal digits"));
}

}  // namespace sightline::cli
