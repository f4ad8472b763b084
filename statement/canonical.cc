#include "statement/canonical.h"

#include <array>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::statement {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

using MessageFields = std::vector<const FieldDescriptor*>;
using FieldTable = absl::flat_hash_map<const Descriptor*, MessageFields>;

void AddToTable(const Descriptor* type, FieldTable* table) {
  if (table->contains(type)) return;
  MessageFields fields;
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* field = type->field(i);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      fields.push_back(field);
    }
  }
  table->emplace(type, fields);
  for (const FieldDescriptor* field : fields) {
    AddToTable(field->message_type(), table);
  }
}

// The message-typed fields of every type that is parsed here, so that the walk
// below touches nothing else. Made once; constant afterwards.
const FieldTable& Table() {
  static const FieldTable* const table = [] {
    auto* made = new FieldTable;
    AddToTable(v1::Statement::descriptor(), made);
    AddToTable(v1::Entry::descriptor(), made);
    return made;
  }();
  return *table;
}

bool HasUnknown(const Message& message, const FieldTable& table) {
  const Reflection* reflection = message.GetReflection();
  if (!reflection->GetUnknownFields(message).empty()) return true;
  const auto found = table.find(message.GetDescriptor());
  if (found == table.end()) return true;
  for (const FieldDescriptor* field : found->second) {
    if (!field->is_repeated()) {
      if (reflection->HasField(message, field) &&
          HasUnknown(reflection->GetMessage(message, field), table)) {
        return true;
      }
      continue;
    }
    const int size = reflection->FieldSize(message, field);
    for (int i = 0; i < size; ++i) {
      if (HasUnknown(reflection->GetRepeatedMessage(message, field, i),
                     table)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

bool HasUnknownFields(const Message& message) {
  return HasUnknown(message, Table());
}

bool SerialisesTo(const Message& message, absl::string_view bytes) {
  if (message.ByteSizeLong() != bytes.size()) return false;
  std::array<uint8_t, 1024> small;
  if (bytes.size() <= small.size()) {
    message.SerializeWithCachedSizesToArray(small.data());
    return absl::string_view(reinterpret_cast<const char*>(small.data()),
                             bytes.size()) == bytes;
  }
  std::string large(bytes.size(), '\0');
  message.SerializeWithCachedSizesToArray(
      reinterpret_cast<uint8_t*>(large.data()));
  return large == bytes;
}

absl::Status ParseCanonical(absl::string_view bytes, absl::string_view what,
                            Message* out) {
  if (!out->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(
        absl::StrCat(what, ": not a protobuf message of this type"));
  }
  if (HasUnknownFields(*out)) {
    return absl::InvalidArgumentError(absl::StrCat(what, ": unknown field"));
  }
  if (!SerialisesTo(*out, bytes)) {
    return absl::InvalidArgumentError(absl::StrCat(
        what, ": not canonical, its fields would serialise differently"));
  }
  return absl::OkStatus();
}

}  // namespace sightline::statement
