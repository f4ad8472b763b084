// What a completion offers for the value of an option.
//
// Shapes:  choices are as help texts have them, "full, partial".
// Threads: pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/string_view.h"
#include "cmd/cli/values.h"

namespace sightline::cli {

// A check that lets everything pass: what reads the value takes more spellings,
// and says better what is wrong.
CLI::Validator Offer(absl::string_view choices);
template <typename Enum>
CLI::Validator Offer() {
  return Offer(Choices<Enum>());
}

// The kinds of statement that somebody can make, "footage_request, ...".
std::string KindChoices();

// What Offer, or CLI::IsMember, has been told of the option; none otherwise.
std::vector<std::string> Offered(CLI::Option* option);

}  // namespace sightline::cli
