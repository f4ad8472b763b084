#include "client/receipt_page.h"

#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "client/receipt.h"
#include "google/protobuf/descriptor.h"
#include "nlohmann/json.hpp"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::client {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using Json = nlohmann::json;

constexpr char kTemplate[] =
#include "client/receipt_page.inc"
    ;

// Names of fields and values, for the page to read entries with: by message and
// field number [name, kind, type], by enum and number a name.
class Schema {
 public:
  Json Build() {
    Add(v1::Entry::descriptor());
    Add(v1::Statement::descriptor());
    Json& entry = messages_[std::string(v1::Entry::descriptor()->full_name())];
    entry["2"][1] = "unix_ms";
    // The statement is in the envelope as bytes.
    Json& envelope =
        messages_[std::string(v1::SignedStatement::descriptor()->full_name())];
    envelope["2"] = {"statement", "statement",
                     std::string(v1::Statement::descriptor()->full_name())};
    return {{"entry", std::string(v1::Entry::descriptor()->full_name())},
            {"messages", messages_},
            {"enums", enums_}};
  }

 private:
  void Add(const Descriptor* message) {
    if (!seen_.insert(message).second) return;
    Json& fields = messages_[std::string(message->full_name())];
    fields = Json::object();
    std::vector<const Descriptor*> inner;
    for (int i = 0; i < message->field_count(); ++i) {
      const FieldDescriptor* const field = message->field(i);
      fields[absl::StrCat(field->number())] = Describe(field);
      if (field->message_type() != nullptr) {
        inner.push_back(field->message_type());
      }
    }
    for (const Descriptor* type : inner) Add(type);
  }

  Json Describe(const FieldDescriptor* field) {
    const std::string name(field->name());
    switch (field->type()) {
      case FieldDescriptor::TYPE_MESSAGE:
        return {name, "message",
                std::string(field->message_type()->full_name())};
      case FieldDescriptor::TYPE_ENUM:
        AddEnum(field->enum_type());
        return {name, field->is_repeated() ? "packed" : "enum",
                std::string(field->enum_type()->full_name())};
      case FieldDescriptor::TYPE_STRING:
        return {name, "string"};
      case FieldDescriptor::TYPE_BOOL:
        return {name, "bool"};
      default:
        return {name, "number"};  // bytes are shown as such by their wire type
    }
  }

  void AddEnum(const EnumDescriptor* type) {
    Json& values = enums_[std::string(type->full_name())];
    for (int i = 0; i < type->value_count(); ++i) {
      values[absl::StrCat(type->value(i)->number())] =
          std::string(type->value(i)->name());
    }
  }

  std::set<const Descriptor*> seen_;
  Json messages_ = Json::object();
  Json enums_ = Json::object();
};

}  // namespace

absl::StatusOr<std::string> FormatReceiptPage(
    const Receipt& receipt, absl::Span<const std::string> keys) {
  if (keys.empty()) return absl::InvalidArgumentError("no vkey given");
  const Json data = {
      {"vkeys", std::vector<std::string>(keys.begin(), keys.end())},
      {"proof", FormatReceiptFile(receipt)},
      {"schema", Schema().Build()}};
  // A "<" could end the element that the data is in.
  const std::string text = absl::StrReplaceAll(
      data.dump(-1, ' ', /*ensure_ascii=*/true), {{"<", "\\u003c"}});
  return absl::StrReplaceAll(kTemplate, {{"@DATA@", text}});
}

}  // namespace sightline::client
