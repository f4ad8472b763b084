// RETURN_IF_ERROR and ASSIGN_OR_RETURN, named like upstream's so that they can be
// swapped for Abseil's when the installed release has them.
//
// Example:
//   ASSIGN_OR_RETURN(Note note, ParseNote(text));
//   RETURN_IF_ERROR(Check(note));
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"

#define SIGHTLINE_CONCAT_INNER_(a, b) a##b
#define SIGHTLINE_CONCAT_(a, b) SIGHTLINE_CONCAT_INNER_(a, b)

// Evaluates `expr` (absl::Status) once and returns it when it is not OK.
#define RETURN_IF_ERROR(expr)                              \
  do {                                                     \
    ::absl::Status sightline_status_ = (expr);             \
    if (!sightline_status_.ok()) return sightline_status_; \
  } while (false)

// Evaluates `expr` (absl::StatusOr<T>) once; on OK moves the value into `lhs`,
// otherwise returns the status.
#define ASSIGN_OR_RETURN(lhs, expr)                                        \
  ASSIGN_OR_RETURN_IMPL_(SIGHTLINE_CONCAT_(sightline_statusor_, __LINE__), \
                         lhs, expr)
#define ASSIGN_OR_RETURN_IMPL_(statusor, lhs, expr)        \
  auto statusor = (expr);                                  \
  if (!statusor.ok()) return std::move(statusor).status(); \
  lhs = *std::move(statusor)

namespace sightline::base {

// Prefixes the message with `context` ("context: message"), keeping the code and
// every payload. OK stays OK.
inline absl::Status Annotate(const absl::Status& status,
                             absl::string_view context) {
  if (status.ok()) return status;
  absl::Status out(status.code(),
                   absl::StrCat(context, ": ", status.message()));
  status.ForEachPayload(
      [&out](absl::string_view url, const absl::Cord& payload) {
        out.SetPayload(url, payload);
      });
  return out;
}

}  // namespace sightline::base
