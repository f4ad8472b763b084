// What California's notices of electronic warrants say, in the words of the log.
//
// Source:  Cal. Penal Code 1546.2; the closed lists of the public data set.
// Shapes:  lists in a field are separated by semicolons.
// Threads: pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::cli {

// "Los Angeles" -> "06037"; "" when California has no such county.
std::string CaliforniaCountyFips(absl::string_view name);

// "Meta/Facebook" -> "platform:meta-facebook"; "" for what is no company's name
// ("OTHER", "Bank").
std::string CustodianId(absl::string_view provider);

// One field of a notice each. kInvalidArgument: a word that is not in the list.
absl::Status SetItems(absl::string_view items, bool is_camera_platform,
                      v1::FootageRequest* request);
absl::Status SetServedOn(absl::string_view served_on, bool is_camera_platform,
                         v1::FootageRequest* request);
absl::Status SetNature(absl::string_view nature, absl::string_view grounds,
                       v1::FootageRequest* request);

// Whether the words are among the grounds for a warrant that the law lists.
absl::Status CheckGrounds(absl::string_view grounds);

// Reasons to delay notice, in the order of the statute; none for "".
absl::StatusOr<std::vector<v1::SealGround>> DelayReasons(
    absl::string_view reasons);

}  // namespace sightline::cli
