#include "client/field_text.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"

namespace sightline::client {
namespace {

using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kWhole = -1;  // of a list: all of it

absl::Status NoSuchField(absl::string_view name) {
  return absl::NotFoundError(
      absl::StrCat("\"", name, "\": no such field in this statement"));
}

// "COUNT_BUCKET_1_4" of CountBucket is "1_4"; values of nested enums alike.
std::string EnumText(const EnumValueDescriptor& value, EnumStyle style) {
  if (style == EnumStyle::kFull) return value.name();
  std::string prefix;
  for (const char c : value.type()->name()) {
    if (absl::ascii_isupper(c) && !prefix.empty()) prefix += '_';
    prefix += absl::ascii_toupper(c);
  }
  prefix += '_';
  absl::string_view name = value.name();
  absl::ConsumePrefix(&name, prefix);
  return std::string(name);
}

std::string TimeText(const Message& message) {
  google::protobuf::Timestamp time;
  time.CopyFrom(message);
  return absl::FormatTime(
      "%Y-%m-%dT%H:%M:%E*SZ",
      absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
      absl::UTCTimeZone());
}

bool IsTimestamp(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.protobuf.Timestamp";
}

std::string BytesText(const FieldDescriptor& field, absl::string_view bytes) {
  if (field.type() != FieldDescriptor::TYPE_BYTES) return std::string(bytes);
  std::string hex = base::HexEncode(bytes);
  if (field.name() != "statement_id" || bytes.size() != 16) return hex;
  for (size_t at : {20, 16, 12, 8}) hex.insert(at, 1, '-');
  return hex;
}

// The value at `index` of a list, or of a single field.
std::string ValueText(const Message& message, const FieldDescriptor& field,
                      int index, EnumStyle style) {
  const auto& r = *message.GetReflection();
  const bool list = field.is_repeated();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(list ? r.GetRepeatedUInt32(message, &field, index)
                               : r.GetUInt32(message, &field));
    case FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(list ? r.GetRepeatedUInt64(message, &field, index)
                               : r.GetUInt64(message, &field));
    case FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(list ? r.GetRepeatedInt32(message, &field, index)
                               : r.GetInt32(message, &field));
    case FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(list ? r.GetRepeatedInt64(message, &field, index)
                               : r.GetInt64(message, &field));
    case FieldDescriptor::CPPTYPE_BOOL:
      return (list ? r.GetRepeatedBool(message, &field, index)
                   : r.GetBool(message, &field))
                 ? "true"
                 : "false";
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(list ? *r.GetRepeatedEnum(message, &field, index)
                           : *r.GetEnum(message, &field),
                      style);
    case FieldDescriptor::CPPTYPE_STRING:
      return BytesText(field, list ? r.GetRepeatedString(message, &field, index)
                                   : r.GetString(message, &field));
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return TimeText(list ? r.GetRepeatedMessage(message, &field, index)
                           : r.GetMessage(message, &field));
    default:  // the contract has no floating point
      return "";
  }
}

absl::StatusOr<std::string> LeafText(const Message& message,
                                     const FieldDescriptor& field, int index,
                                     EnumStyle style) {
  if (field.message_type() != nullptr && !IsTimestamp(field)) {
    return NoSuchField(absl::StrCat(field.name(), " (name a field of it)"));
  }
  const auto& r = *message.GetReflection();
  if (!field.is_repeated()) {
    const bool unset = field.has_presence() && !r.HasField(message, &field);
    return unset ? std::string() : ValueText(message, field, kWhole, style);
  }
  const int size = r.FieldSize(message, &field);
  if (index != kWhole) {
    return index < size ? ValueText(message, field, index, style)
                        : std::string();
  }
  std::vector<std::string> all;
  for (int i = 0; i < size; ++i)
    all.push_back(ValueText(message, field, i, style));
  return absl::StrJoin(all, ";");
}

// Splits "name[3].rest" into name, index and rest.
bool SplitStep(absl::string_view path, absl::string_view* name, int* index,
               absl::string_view* rest) {
  const size_t dot = path.find('.');
  *name = path.substr(0, dot);
  *rest = dot == path.npos ? "" : path.substr(dot + 1);
  *index = kWhole;
  if (dot != path.npos && rest->empty()) return false;
  if (!absl::ConsumeSuffix(name, "]")) return !name->empty();
  const size_t open = name->rfind('[');
  if (open == name->npos) return false;
  uint32_t number = 0;
  const absl::string_view digits = name->substr(open + 1);
  if (digits.size() > 5 || !absl::SimpleAtoi(digits, &number)) return false;
  *index = static_cast<int>(number);
  *name = name->substr(0, open);
  return true;
}

// Whether there is a message at `index` of a list, or in a single field.
bool IsThere(const Message& message, const FieldDescriptor& field, int index) {
  const auto& r = *message.GetReflection();
  return field.is_repeated() ? index < r.FieldSize(message, &field)
                             : r.HasField(message, &field);
}

// What lies at `index` of a list of messages, or in a single one; nothing set
// gives an empty message.
const Message& Below(const Message& message, const FieldDescriptor& field,
                     int index) {
  const auto& r = *message.GetReflection();
  if (!field.is_repeated()) return r.GetMessage(message, &field);
  if (index < r.FieldSize(message, &field)) {
    return r.GetRepeatedMessage(message, &field, index);
  }
  return *r.GetMessageFactory()->GetPrototype(field.message_type());
}

}  // namespace

absl::StatusOr<std::string> FieldText(const Message& message,
                                      absl::string_view path, EnumStyle style) {
  absl::string_view name;
  absl::string_view rest;
  int index;
  if (!SplitStep(path, &name, &index, &rest)) return NoSuchField(path);
  const FieldDescriptor* field =
      message.GetDescriptor()->FindFieldByName(std::string(name));
  if (field == nullptr || (index != kWhole && !field->is_repeated())) {
    return NoSuchField(path);
  }
  if (rest.empty()) return LeafText(message, *field, index, style);
  const bool descends = field->message_type() != nullptr &&
                        field->is_repeated() == (index != kWhole);
  if (!descends || IsTimestamp(*field)) return NoSuchField(path);
  auto text = FieldText(Below(message, *field, index), rest, style);
  // A number of nothing is no zero: the path alone was checked.
  if (text.ok() && !IsThere(message, *field, index)) return std::string();
  return text;
}

}  // namespace sightline::client
