// Statements and entries in plain English, for people who read a log.
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
#include "proto/sightline/v1/vocabulary.pb.h"

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

// Human text of a vocabulary's value: Text(v1::CHANNEL_DIRECT_ASK) is "direct
// ask". "unspecified" for 0, "unknown (17)" for a number without a name.
std::string Text(v1::Channel value);
std::string Text(v1::LegalProcess value);
std::string Text(v1::EvidenceSource value);
std::string Text(v1::DataCategory value);
std::string Text(v1::Purpose value);
std::string Text(v1::Declared value);
std::string Text(v1::RecipientClass value);
std::string Text(v1::CountBucket value);  // "20 to 99"
std::string Text(v1::EmergencyBasis value);
std::string Text(v1::RequesterVerification value);
std::string Text(v1::Outcome value);
std::string Text(v1::RefusalGround value);
std::string Text(v1::UserNotice value);
std::string Text(v1::SealGround value);
std::string Text(v1::SealGranter value);
std::string Text(v1::SubmitterKind value);
std::string Text(v1::AgencyType value);
std::string Text(v1::IdentityVerification value);
std::string Text(v1::SubmitterStatus value);
std::string Text(v1::StatementKind value);

// "2020-05-30 18:00 UTC" (seconds only when they are not 0).
std::string TimeText(int64_t unix_ms);

// Replaces control characters and invalid UTF-8 by '?', for text of unknown
// origin.
std::string Printable(absl::string_view text);

}  // namespace sightline::statement
