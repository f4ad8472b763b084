// Answers in files: written by whoever asked, checked by anybody (answer_check.h).
//
// Source:  docs/formats.md "Answer file".
// Shapes:  one line of text, then a serialised AnswerFile; at most 2 GiB.
// Errors:  kInvalidArgument: not such a file.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/record_service.pb.h"

namespace sightline::client {

std::string FormatAnswerFile(const v1::AnswerFile& file);
absl::StatusOr<v1::AnswerFile> ParseAnswerFile(absl::string_view bytes);

}  // namespace sightline::client
