// The seal of one field, as the entries about it have left it.
//
// Source:  proto SealRow; docs/records.md "Seals".
// Threads: pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/record.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "records/entry_facts.h"

namespace sightline::records {

// As the entry itself makes them; one for each sealed field. `overdue` is left
// to IsOverdue, `agency` to AddAgency.
std::vector<v1::SealRow> SealsOf(const RecordEntry& entry);

// What `event`, which names the seal's entry, does to it: nothing when it was
// opened.
std::optional<v1::SealRow> AfterEvent(v1::SealRow seal,
                                      const v1::TimelineEvent& event);

bool IsOverdue(const v1::SealRow& seal, int64_t as_of_unix_ms);

// Adds whose seal it is, by its enrolment, and that it rests on that.
void AddAgency(const v1::SubmitterFacts& agency, v1::SealRow* seal);

// Order of the listing: those without an end last.
uint64_t SealOrder(const v1::SealRow& seal);

// Whether a listing by ground takes it; unspecified takes all but personal data.
bool TakesGround(v1::SealGround wanted, v1::SealGround ground);

}  // namespace sightline::records
