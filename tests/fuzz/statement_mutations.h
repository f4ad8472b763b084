// Everything that can be done to the fields of a statement, one field at a time,
// whether the statement has set it or not. Tests only.
//
// The mutations of one statement are the same every time.
//
// Threads: pure; any thread.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/statement.pb.h"

namespace sightline::tests {

using Change = std::function<void(v1::Statement*)>;

struct Mutation {
  std::string path;  // of the field, "footage_request.area.s2_cell"
  std::string what;
  Change change;
  // Wrong whatever the rest of the statement says, so that a fault below `path`
  // must be named.
  bool always_wrong = false;
  // The choice that the field is one of, "footage_request.area.place"; "": none. The
  // last one that is set is the only one there.
  std::string choice;
};

std::vector<Mutation> MutationsOf(const v1::Statement& statement);

// Whether neither undoes the other.
bool AreIndependent(const Mutation& a, const Mutation& b);

// Whether one of the fields is `path`, or below it, or a message that has it.
bool NamesField(const std::set<std::string>& fields, absl::string_view path);

// The paths that statements can have, elements of lists by the name of the list
// alone; a Timestamp is one path.
std::set<std::string> AllPaths();
// Those that are set in `statement`.
std::set<std::string> PathsOf(const v1::Statement& statement);

}  // namespace sightline::tests
