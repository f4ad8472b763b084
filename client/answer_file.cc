#include "client/answer_file.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace sightline::client {
namespace {

constexpr absl::string_view kFirstLine = "sightline-answer/v1\n";

}  // namespace

std::string FormatAnswerFile(const v1::AnswerFile& file) {
  return absl::StrCat(kFirstLine, file.SerializeAsString());
}

absl::StatusOr<v1::AnswerFile> ParseAnswerFile(absl::string_view bytes) {
  v1::AnswerFile file;
  if (!absl::ConsumePrefix(&bytes, kFirstLine) ||
      bytes.size() > size_t{std::numeric_limits<int>::max()} ||
      !file.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return absl::InvalidArgumentError(
        "not an answer file, as `sightline ask --proof` writes it");
  }
  return file;
}

}  // namespace sightline::client
