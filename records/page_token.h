// Where the next page of an answer begins. Callers are not to look inside.
//
// Shapes:  base64 of version, a digest of the question, the moment that rows are
//          made for, and a position of the question's own.
// Errors:  kInvalidArgument: no token of this question.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace sightline::records {

struct PageToken {
  int64_t as_of_unix_ms = 0;
  std::string position;
};

// `question`: bytes that are the same for every page of it.
std::string EncodePageToken(const PageToken& token, absl::string_view question);
absl::StatusOr<PageToken> DecodePageToken(absl::string_view text,
                                          absl::string_view question);

}  // namespace sightline::records
