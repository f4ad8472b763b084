// Values as people write them on a command line: times, buckets, names from
// vocabularies.
//
// Errors:  kInvalidArgument, saying what would be right.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/timestamp.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::cli {

// "2020-05-30", "2020-05-30T18:00", "2020-05-30T18:00:00Z",
// "2020-05-30T18:00:00-07:00"; without an offset it is UTC.
absl::StatusOr<google::protobuf::Timestamp> ParseTime(absl::string_view text);

// A number of people or devices as its public bucket: "37" or "20_99".
absl::StatusOr<v1::CountBucket> ParseBucket(absl::string_view text);

// A value of a vocabulary, in any case, with or without its prefix, '-' for '_':
// "narrowed", "OUTCOME_NARROWED". Refuses "unspecified".
absl::StatusOr<int> ParseEnumValue(const google::protobuf::EnumDescriptor* type,
                                   absl::string_view text);

template <typename Enum>
absl::StatusOr<Enum> ParseEnum(absl::string_view text) {
  const auto value =
      ParseEnumValue(google::protobuf::GetEnumDescriptor<Enum>(), text);
  if (!value.ok()) return value.status();
  return static_cast<Enum>(*value);
}

// "full, partial, ..." for help texts.
std::string EnumChoices(const google::protobuf::EnumDescriptor* type);
template <typename Enum>
std::string Choices() {
  return EnumChoices(google::protobuf::GetEnumDescriptor<Enum>());
}

// A leaf index or tree size.
absl::StatusOr<uint64_t> ParseNumber(absl::string_view what,
                                     absl::string_view text);

// 64 hexadecimal digits, as bytes.
absl::StatusOr<std::string> ParseHash(absl::string_view what,
                                      absl::string_view text);

}  // namespace sightline::cli
