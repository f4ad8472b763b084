// Every fault of a statement, collected, so that a submitter hears of all at
// once.
//
// Shapes:  a field is a path of proto field names:
//          "footage_request.area.s2_cell", "header.sealed[2].path".
// Units:   at most kMaxViolations are kept, the rest is counted; a Status
//          carries as many as fit kMaxStatusBytes, since it travels in HTTP/2
//          headers.
// Errors:  ToStatus gives kInvalidArgument.
// Threads: thread-compatible.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace sightline::statement {

inline constexpr size_t kMaxViolations = 256;
// Of the message, and of the payload again.
inline constexpr size_t kMaxStatusBytes = 2500;
// Key of the status payload: a serialised google.rpc.BadRequest.
inline constexpr absl::string_view kBadRequestTypeUrl =
    "type.googleapis.com/google.rpc.BadRequest";

struct Violation {
  std::string field;
  std::string description;  // got and want, no personal data

  friend bool operator==(const Violation& a, const Violation& b) {
    return a.field == b.field && a.description == b.description;
  }
};

class Violations {
 public:
  void Add(absl::string_view field, absl::string_view description);
  void Append(const Violations& others);

  // OK when there are none. Otherwise the message lists "field: description;
  // ..." and the payload kBadRequestTypeUrl names each as a FieldViolation.
  absl::Status ToStatus() const;

  bool empty() const { return kept_.empty(); }
  const std::vector<Violation>& kept() const& { return kept_; }
  // Of a temporary: a copy, so that a loop over it does not outlive it.
  std::vector<Violation> kept() && { return std::move(kept_); }
  // Including those that were not kept.
  size_t count() const { return kept_.size() + dropped_; }

 private:
  std::vector<Violation> kept_;
  size_t dropped_ = 0;
};

// What ToStatus put into a status, wherever it has travelled; empty when it
// holds no (readable) BadRequest.
std::vector<Violation> ViolationsFromStatus(const absl::Status& status);

}  // namespace sightline::statement
