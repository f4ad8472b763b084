// The questions, answered from entries in memory and without any index: what the
// views must agree with, and what a client makes of a log that it has read.
//
// Source:  docs/records.md "Questions".
// Errors:  Add: kInvalidArgument: out of order; kDataLoss: not an entry;
//          kResourceExhausted: more entries than the model is for.
// Threads: thread-compatible.
// Cost:    about 2 KB for each request; a question looks at every request.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/record.pb.h"
#include "proto/sightline/v1/record_service.pb.h"
#include "records/entry_facts.h"
#include "records/reconcile.h"
#include "records/request_row.h"

namespace sightline::records {

class Model {
 public:
  explicit Model(uint64_t max_entries = 2'000'000)
      : max_entries_(max_entries) {}

  // REQUIRES: entries come from 0 on, each once.
  absl::Status Add(uint64_t index, absl::string_view entry);

  uint64_t size() const { return size_; }

  std::optional<v1::RequestRow> Request(uint64_t index,
                                        int64_t as_of_unix_ms) const;
  // In the order of SearchRequests.
  std::vector<v1::RequestRow> Search(const v1::RequestFilter& filter,
                                     int64_t as_of_unix_ms) const;
  // Admitted in [from, before), with the neighbours of the period.
  std::vector<v1::FeedRow> Feed(const std::string& submitter, int64_t from,
                                int64_t before) const;
  // Months that touch [from, before).
  std::vector<v1::SealedMonth> SealedMonths(int64_t from, int64_t before) const;
  // These take all of a question but its pages and, where the moment is given
  // beside it, its as_of.
  std::vector<v1::SealRow> Seals(const v1::ListSealsRequest& request,
                                 int64_t as_of_unix_ms) const;
  std::vector<v1::TimelineEvent> Changes(
      const v1::ListChangesRequest& request) const;
  std::vector<v1::ReconcileRow> Reconcile(
      const v1::ReconcileRequest& request) const;
  std::vector<v1::StatisticsRow> Statistics(
      const v1::GetStatisticsRequest& request, int64_t as_of_unix_ms) const;

 private:
  struct Report {
    uint64_t index = 0;
    v1::PeriodReport report;
  };

  RequestParts PartsOf(uint64_t index) const;

  const uint64_t max_entries_;
  uint64_t size_ = 0;
  std::map<uint64_t, v1::RequestFacts> requests_;
  std::map<uint64_t, std::vector<v1::TimelineEvent>> events_;  // by request
  std::map<uint64_t, uint64_t> roots_;  // of entries that are no requests
  std::map<std::string, v1::SubmitterFacts> submitters_;
  std::map<std::pair<std::string, uint32_t>, v1::PolicyFacts> policies_;
  std::map<std::string, std::vector<v1::FeedRow>> feeds_;
  std::map<uint32_t, v1::SealedMonth> sealed_months_;
  std::map<uint64_t, uint32_t> faces_;   // closed still -> their month
  std::vector<v1::SealRow> seals_;       // as their entries made them
  std::vector<v1::TimelineEvent> said_;  // every event, in order
  std::map<Book, Report> reports_;
};

}  // namespace sightline::records
