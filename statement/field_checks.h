// The checks that rules of statements are made of: one field, one fault.
//
// Shapes:  a check adds one violation per fault, "got, want", without quoting
//          text (it might be personal data). Paths become strings only for
//          faults.
// Threads: pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/lint.h"
#include "statement/violations.h"

namespace sightline::statement {

inline constexpr size_t kMaxNameBytes = 200;

// A place in a statement. Points at its parent, which outlives it.
class Path {
 public:
  explicit Path(absl::string_view name) : name_(name) {}

  Path operator/(absl::string_view name) const { return Path(this, name, -1); }
  Path operator[](int i) const { return Path(this, {}, i); }

  std::string ToString() const;  // "footage_request.evidence_sources[1]"

 private:
  Path(const Path* parent, absl::string_view name, int index)
      : parent_(parent), name_(name), index_(index) {}

  const Path* parent_ = nullptr;
  absl::string_view name_;
  int index_ = -1;
};

// Collects faults.
class Checker {
 public:
  explicit Checker(Violations* out) : out_(*out) {}

  void Fault(const Path& at, absl::string_view description) {
    out_.Add(at.ToString(), description);
  }
  void Require(bool ok, const Path& at, absl::string_view description) {
    if (!ok) Fault(at, description);
  }
  void Present(bool present, const Path& at) {
    Require(present, at, "required");
  }

  // Enums. `is_valid` is the generated Foo_IsValid.
  void RequiredEnum(int value, bool (*is_valid)(int), const Path& at);
  void OptionalEnum(int value, bool (*is_valid)(int), const Path& at);
  // Known values, each once; `min` to `max` of them.
  void EnumList(const google::protobuf::RepeatedField<int>& values,
                bool (*is_valid)(int), int min, int max, const Path& at);

  // Public text of at most `max` bytes, plain (text.h), and without what looks
  // like personal data (lint.h).
  void OptionalText(const std::string& text, size_t max, const Path& at,
                    TextKind kind = TextKind::kFreeText);
  void RequiredText(const std::string& text, size_t max, const Path& at,
                    TextKind kind = TextKind::kFreeText);
  // Required texts of at most kMaxNameBytes, each once.
  void Names(const google::protobuf::RepeatedPtrField<std::string>& names,
             int max, const Path& at, TextKind kind = TextKind::kFreeText);
  // UPPER_SNAKE_CASE, 1 to `max` bytes.
  void ReasonCode(const std::string& code, size_t max, const Path& at);

  void Size(const std::string& bytes, size_t size, const Path& at);
  void Hash(const std::string& bytes, const Path& at) { Size(bytes, 32, at); }

  void RequiredTime(bool present, const google::protobuf::Timestamp& time,
                    const Path& at);
  void OptionalTime(bool present, const google::protobuf::Timestamp& time,
                    const Path& at);
  void Window(const v1::TimeWindow& window, const Path& at);
  void Month(uint32_t month, const Path& at);  // year * 100 + month

  void Area(const v1::CoarseArea& area, const Path& at);
  void OptionalState(const std::string& state, const Path& at);
  void OptionalCounty(const std::string& fips, const Path& at);

  void SubmitterId(const std::string& id, const Path& at);
  void EnrollableId(const std::string& id, const Path& at);  // not "registrar"
  void Link(bool present, const v1::EntryLink& link, const Path& at);
  void Policy(const v1::PolicyRef& policy, const Path& at);
  // Parses every key; `min` to `max` of them, each once.
  void Keys(const google::protobuf::RepeatedPtrField<v1::PublicKey>& keys,
            int min, int max, const Path& at);
  // A path that some kind of statement may seal.
  void AnySealedPath(const std::string& path, const Path& at);
  void Count(int count, int min, int max, const Path& at);

 private:
  Violations& out_;
};

}  // namespace sightline::statement
