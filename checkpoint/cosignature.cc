#include "checkpoint/cosignature.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"

namespace sightline::checkpoint {
namespace {

constexpr size_t kTimestampSize = 8;
constexpr size_t kCosignatureSize = kTimestampSize + 64;

}  // namespace

absl::StatusOr<Cosignature> ParseCosignature(absl::string_view bytes) {
  if (bytes.size() != kCosignatureSize) {
    return absl::InvalidArgumentError(absl::StrCat(
        "cosignature: ", bytes.size(), " bytes, want ", kCosignatureSize));
  }
  Cosignature out;
  out.time_unix_s = base::ReadU64(bytes);
  if (out.time_unix_s > kMaxTimestamp) {
    return absl::InvalidArgumentError("cosignature: timestamp above 2^63 - 1");
  }
  out.signature = std::string(bytes.substr(kTimestampSize));
  return out;
}

std::string FormatCosignature(const Cosignature& cosignature) {
  return absl::StrCat(base::U64(cosignature.time_unix_s),
                      cosignature.signature);
}

std::string CosignatureMessage(uint64_t time_unix_s, absl::string_view text) {
  return absl::StrCat("cosignature/v1\ntime ", time_unix_s, "\n", text);
}

}  // namespace sightline::checkpoint
