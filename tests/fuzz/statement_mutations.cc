#include "tests/fuzz/statement_mutations.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace sightline::tests {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// How to get from a statement to the message that has a field.
using Way = std::function<Message*(v1::Statement*)>;

bool IsTimestamp(const FieldDescriptor* field) {
  return field->message_type() != nullptr &&
         field->message_type()->full_name() == "google.protobuf.Timestamp";
}

std::string Join(const std::string& prefix, const FieldDescriptor* field) {
  return prefix.empty() ? field->name()
                        : absl::StrCat(prefix, ".", field->name());
}

// Finds every field of an example, and what can be done to it.
class Mutator {
 public:
  std::vector<Mutation> Of(const v1::Statement& statement) && {
    Walk(statement, "", [](v1::Statement* s) -> Message* { return s; });
    return std::move(out_);
  }

 private:
  void Add(const std::string& path, const std::string& what, const Way& way,
           std::function<void(Message*)> change, bool always_wrong = false) {
    out_.push_back({path, what,
                    [way, change = std::move(change)](v1::Statement* s) {
                      change(way(s));
                    },
                    always_wrong, choice_});
  }

  void Walk(const Message& message, const std::string& prefix, const Way& way) {
    const Descriptor* const type = message.GetDescriptor();
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* const field = type->field(i);
      const std::string path = Join(prefix, field);
      const bool is_set = IsSet(message, field);
      // Another kind of statement is another example.
      if (prefix.empty() && !is_set) continue;
      choice_ = field->real_containing_oneof() == nullptr
                    ? ""
                    : absl::StrCat(prefix, ".",
                                   field->real_containing_oneof()->name());
      if (is_set) Common(message, field, path, way);
      if (!is_set && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        Missing(field, path, way);
      } else if (field->is_repeated()) {
        Repeated(message, field, path, way);
      } else {
        Single(message, field, path, way);
      }
    }
  }

  static bool IsSet(const Message& message, const FieldDescriptor* field) {
    const Reflection& fields = *message.GetReflection();
    return field->is_repeated() ? fields.FieldSize(message, field) > 0
                                : fields.HasField(message, field);
  }

  // A message that the example has not.
  void Missing(const FieldDescriptor* field, const std::string& path,
               const Way& way) {
    if (field->is_repeated()) {
      return Add(
          path, "an empty one", way,
          [field](Message* m) { m->GetReflection()->AddMessage(m, field); },
          true);
    }
    Add(path, "an empty one", way,
        [field](Message* m) { m->GetReflection()->MutableMessage(m, field); });
    if (!IsTimestamp(field)) return;
    Add(
        path, "out of all range", way,
        [field](Message* m) {
          Message* const time = m->GetReflection()->MutableMessage(m, field);
          time->GetReflection()->SetInt64(
              time, time->GetDescriptor()->FindFieldByName("seconds"),
              std::numeric_limits<int64_t>::max());
        },
        true);
  }

  void Common(const Message&, const FieldDescriptor* field,
              const std::string& path, const Way& way) {
    Add(path, "cleared", way,
        [field](Message* m) { m->GetReflection()->ClearField(m, field); });
  }

  void Single(const Message& message, const FieldDescriptor* field,
              const std::string& path, const Way& way) {
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return Text(field, path, way);
      case FieldDescriptor::CPPTYPE_ENUM:
        return Add(
            path, "unknown value", way,
            [field](Message* m) {
              m->GetReflection()->SetEnumValue(m, field, 9999);
            },
            true);
      case FieldDescriptor::CPPTYPE_UINT32:
        return Add(path, "largest", way, [field](Message* m) {
          m->GetReflection()->SetUInt32(m, field,
                                        std::numeric_limits<uint32_t>::max());
        });
      case FieldDescriptor::CPPTYPE_UINT64:
        return Add(path, "largest", way, [field](Message* m) {
          m->GetReflection()->SetUInt64(m, field,
                                        std::numeric_limits<uint64_t>::max());
        });
      case FieldDescriptor::CPPTYPE_INT64:
        for (const int64_t value : {std::numeric_limits<int64_t>::min(),
                                    std::numeric_limits<int64_t>::max()}) {
          Add(
              path, absl::StrCat(value), way,
              [field, value](Message* m) {
                m->GetReflection()->SetInt64(m, field, value);
              },
              true);
        }
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        for (const int32_t value : {-1, 1'000'000'000}) {
          Add(
              path, absl::StrCat(value), way,
              [field, value](Message* m) {
                m->GetReflection()->SetInt32(m, field, value);
              },
              true);
        }
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        return Add(path, "true", way, [field](Message* m) {
          m->GetReflection()->SetBool(m, field, true);
        });
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Walk(message.GetReflection()->GetMessage(message, field), path,
                    [way, field](v1::Statement* s) {
                      Message* const m = way(s);
                      return m->GetReflection()->MutableMessage(m, field);
                    });
      default:
        FAIL() << path << ": a type without mutations";
    }
  }

  void SetText(const FieldDescriptor* field, const std::string& path,
               const Way& way, const std::string& what, std::string value,
               bool always_wrong) {
    Add(
        path, what, way,
        [field, value = std::move(value)](Message* m) {
          m->GetReflection()->SetString(m, field, value);
        },
        always_wrong);
  }

  void Text(const FieldDescriptor* field, const std::string& path,
            const Way& way) {
    const bool bytes = field->type() == FieldDescriptor::TYPE_BYTES;
    // Sealed values may be anything; they are no field of a statement but in an
    // unsealing, where only the commitment binds them.
    const bool free = field->name() == "value";
    SetText(field, path, way, "of one byte", "x", bytes && !free);
    SetText(field, path, way, "too long", std::string(20'000, 'x'), true);
    if (bytes) return;
    SetText(field, path, way, "with a control character", "a\x01z", true);
    SetText(field, path, way, "with a bidirectional control", "a\xe2\x80\xaez",
            true);
    SetText(field, path, way, "a space", " ", false);
  }

  void Repeated(const Message& message, const FieldDescriptor* field,
                const std::string& path, const Way& way) {
    const int size = message.GetReflection()->FieldSize(message, field);
    if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      Add(
          path, "empty ones added", way,
          [field](Message* m) {
            for (int i = 0; i < 300; ++i)
              m->GetReflection()->AddMessage(m, field);
          },
          true);
      for (int i = 0; i < size; ++i) {
        Walk(message.GetReflection()->GetRepeatedMessage(message, field, i),
             absl::StrCat(path, "[", i, "]"),
             [way, field, i](v1::Statement* s) {
               Message* const m = way(s);
               return m->GetReflection()->MutableRepeatedMessage(m, field, i);
             });
      }
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
      Add(
          path, "unknown value added", way,
          [field](Message* m) {
            m->GetReflection()->AddEnumValue(m, field, 9999);
          },
          true);
      if (size == 0) return;
      Add(
          path, "first one twice", way,
          [field](Message* m) {
            const Reflection* r = m->GetReflection();
            r->AddEnumValue(m, field, r->GetRepeatedEnumValue(*m, field, 0));
          },
          true);
    } else {
      ASSERT_EQ(field->cpp_type(), FieldDescriptor::CPPTYPE_STRING) << path;
      Add(
          path, "control character added", way,
          [field](Message* m) {
            m->GetReflection()->AddString(m, field, "\x01");
          },
          true);
      if (size == 0) return;
      Add(
          path, "first one twice", way,
          [field](Message* m) {
            const Reflection* r = m->GetReflection();
            r->AddString(m, field, r->GetRepeatedString(*m, field, 0));
          },
          true);
    }
  }

  std::string choice_;  // of the field at hand
  std::vector<Mutation> out_;
};

// Without the places in lists: "header.sealed[1].path" is "header.sealed.path".
void AddPaths(const Message& message, const std::string& prefix,
              std::set<std::string>* out) {
  std::vector<const FieldDescriptor*> fields;
  const Reflection& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string path = Join(prefix, field);
    out->insert(path);
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
        IsTimestamp(field)) {
      continue;
    }
    if (!field->is_repeated()) {
      AddPaths(reflection.GetMessage(message, field), path, out);
      continue;
    }
    for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
      AddPaths(reflection.GetRepeatedMessage(message, field, i), path, out);
    }
  }
}

// No message holds itself.
void AddPaths(const Descriptor* type, const std::string& prefix,
              std::set<std::string>* out) {
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor* const field = type->field(i);
    const std::string path = Join(prefix, field);
    out->insert(path);
    if (field->message_type() != nullptr && !IsTimestamp(field)) {
      AddPaths(field->message_type(), path, out);
    }
  }
}

}  // namespace

std::vector<Mutation> MutationsOf(const v1::Statement& statement) {
  return Mutator().Of(statement);
}

bool AreIndependent(const Mutation& a, const Mutation& b) {
  if (NamesField({a.path}, b.path)) return false;
  return a.choice.empty() || a.choice != b.choice;
}

bool NamesField(const std::set<std::string>& fields, absl::string_view path) {
  for (const std::string& field : fields) {
    if (absl::StartsWith(field, path) || absl::StartsWith(path, field)) {
      return true;
    }
  }
  return false;
}

std::set<std::string> AllPaths() {
  std::set<std::string> out;
  AddPaths(v1::Statement::descriptor(), "", &out);
  return out;
}

std::set<std::string> PathsOf(const v1::Statement& statement) {
  std::set<std::string> out;
  AddPaths(statement, "", &out);
  return out;
}

}  // namespace sightline::tests
