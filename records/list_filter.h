// Which rows of a list a question asks for: seals, changes, books.
//
// Source:  docs/records.md "Filters". Of requests: request_filter.h.
// Errors:  Check...: adds every fault, named by the question's field.
// Threads: pure; any thread.
#pragma once

#include <cstdint>

#include "proto/sightline/v1/record.pb.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "records/reconcile.h"
#include "statement/violations.h"

namespace sightline::records {

void CheckConditions(const v1::ListSealsRequest& request,
                     statement::Violations* violations);
void CheckConditions(const v1::ListChangesRequest& request,
                     statement::Violations* violations);
void CheckConditions(const v1::ReconcileRequest& request,
                     statement::Violations* violations);
// All but its filter (request_filter.h).
void CheckConditions(const v1::GetStatisticsRequest& request,
                     statement::Violations* violations);

// Whether what the seal itself says fits, all but the place of its agency; whether
// that place does. `seal` has its `overdue`.
bool MatchesSeal(const v1::ListSealsRequest& request, const v1::SealRow& seal);
bool MatchesPlace(const v1::ListSealsRequest& request, const v1::SealRow& seal);

// A change at or after since_index, all but the place of who made it; whether that
// place fits. `event` has its `agency`.
bool MatchesChange(const v1::ListChangesRequest& request,
                   const v1::TimelineEvent& event);
bool MatchesPlace(const v1::ListChangesRequest& request,
                  const v1::TimelineEvent& event);

// Whose books and of when they are. Where no submitter is asked for a pair is listed
// with the one that is no platform.
bool MatchesBook(const v1::ReconcileRequest& request, const Book& book);

// The class of a row; the place of whose books they are, null when not enrolled.
bool MatchesClass(const v1::ReconcileRequest& request,
                  const v1::ReconcileRow& row);
bool MatchesPlace(const v1::ReconcileRequest& request,
                  const v1::SubmitterFacts* submitter);

// Whether MatchesPlace has to know the submitter.
template <typename Request>
bool AsksForPlace(const Request& request) {
  return !request.state().empty() || !request.county_fips().empty();
}

// The filter of a count, with the months of the question in it.
v1::RequestFilter FilterOf(const v1::GetStatisticsRequest& request);

}  // namespace sightline::records
