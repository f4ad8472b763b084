// Statements and entries in plain English, for people who read a log. Single
// values of the vocabularies: vocabulary_text.h.
//
// Shapes:  one line has no newline; nothing sealed is ever shown; control
//          characters never reach a terminal.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/vocabulary_text.h"

namespace sightline::statement {

// Official name of a submitter id; "" when it is not known.
using NameOf = std::function<std::string(absl::string_view id)>;

// "Los Angeles Police Department (ori:CA0194200) asked residents for stored
// video of 2020-05-30 18:00 to 2020-05-31 02:00 UTC in county 06037: vandalism
// (290)".
std::string DescribeStatement(const v1::Statement& statement,
                              const NameOf& name_of = nullptr);

// The same over many lines, "label: value", with everything that is public.
std::string DescribeStatementAtLength(const v1::Statement& statement,
                                      const NameOf& name_of = nullptr);

// One line: index, time, statement, findings.
std::string DescribeEntry(uint64_t index, const v1::Entry& entry,
                          const NameOf& name_of = nullptr);
// Many lines.
std::string DescribeEntryAtLength(uint64_t index, const v1::Entry& entry,
                                  const NameOf& name_of = nullptr);

// "2020-05-30 18:00 UTC" (seconds only when they are not 0).
std::string TimeText(int64_t unix_ms);

}  // namespace sightline::statement
