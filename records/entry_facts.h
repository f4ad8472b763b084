// What one entry says, as far as rows are made of it.
//
// Source:  proto/sightline/v1/record.proto; docs/records.md.
// Errors:  kDataLoss: not an entry, no statement in it, or a time that is none.
// Threads: pure; any thread.
//
// Kinds that are not known here are entries of a feed and nothing else: a view
// must not stop because the log has learned to say more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/record.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::records {

struct RecordEntry {
  uint64_t index = 0;
  std::string leaf_hash;  // 32 bytes
  v1::StatementKind kind = v1::STATEMENT_KIND_UNSPECIFIED;
  v1::Entry entry;  // without the signed statement
  v1::Statement statement;
  // Of an unsealing that brings a whole statement (statement/whole_seal.h).
  std::optional<v1::Statement> brought;
  std::string feed;

  // What it stands for: what it brings, or its statement.
  const v1::Statement& stands_for() const {
    return brought.has_value() ? *brought : statement;
  }
};

absl::StatusOr<RecordEntry> ReadRecordEntry(uint64_t index,
                                            absl::string_view bytes);

// Of a footage request; of one that was sealed as a whole, in the entry that opens
// it. Only the first such entry of a face brings it into the record: who goes through
// a log leaves out the others.
std::optional<v1::RequestFacts> FactsOf(const RecordEntry& entry);

// Of what names an earlier entry: answers, amendments, reviews, unsealings,
// renewals, erasures, attestations about an entry, and requests that escalate
// another. One at most, but for the opening of a whole request that escalates
// another: that names its face and then the other.
std::vector<v1::TimelineEvent> EventsOf(const RecordEntry& entry);

// Of an enrolment.
std::optional<v1::SubmitterFacts> SubmitterOf(const RecordEntry& entry);

// Of a policy.
std::optional<v1::PolicyFacts> PolicyOf(const RecordEntry& entry);

v1::FeedRow FeedRowOf(const RecordEntry& entry);

// Whether a row can be of this moment: from 1970 to the end of the year 9999.
bool IsMoment(int64_t unix_ms);

// Whether entries of this kind change what was said before: amendments,
// unsealings, renewals, erasures.
bool IsChange(v1::StatementKind kind);

// By legal process or as an emergency: nobody is asked.
bool IsCompelled(v1::Channel channel, v1::LegalProcess process);
bool IsEmergency(const v1::FootageRequest& request);

}  // namespace sightline::records
