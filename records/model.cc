#include "records/model.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "records/list_filter.h"
#include "records/reconcile.h"
#include "records/request_filter.h"
#include "records/seal_row.h"
#include "records/statistics.h"

namespace sightline::records {

absl::Status Model::Add(uint64_t index, absl::string_view bytes) {
  if (index != size_) {
    return absl::InvalidArgumentError(
        absl::StrCat("entry ", index, " is not the next, ", size_));
  }
  if (size_ >= max_entries_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the log has more than the ", max_entries_,
                     " entries that are read into memory"));
  }
  ASSIGN_OR_RETURN(const RecordEntry entry, ReadRecordEntry(index, bytes));
  ++size_;
  const std::string& by = entry.statement.header().submitter();
  feeds_[entry.feed].push_back(FeedRowOf(entry));
  if (entry.statement.has_sealed_statement()) {
    const uint32_t month = entry.statement.sealed_statement().month();
    v1::SealedMonth& sealed = sealed_months_[month];
    sealed.set_month(month);
    sealed.set_sealed(sealed.sealed() + 1);
    faces_[index] = month;
  }
  bool is_known = false;
  if (entry.brought.has_value()) {
    const auto face = faces_.find(entry.statement.unsealing().target().index());
    is_known = face == faces_.end();
    if (!is_known) {
      v1::SealedMonth& sealed = sealed_months_[face->second];
      sealed.set_opened(sealed.opened() + 1);
      faces_.erase(face);
    }
  }
  for (v1::SealRow& seal : SealsOf(entry)) seals_.push_back(std::move(seal));
  if (auto facts = FactsOf(entry); facts.has_value() && !is_known) {
    requests_.emplace(index, *std::move(facts));
  }
  if (auto submitter = SubmitterOf(entry)) {
    submitters_.emplace(submitter->submitter(), *submitter);
  }
  if (auto policy = PolicyOf(entry)) {
    policies_.insert_or_assign(
        {policy->policy().policy_id(), policy->policy().version()}, *policy);
  }
  if (entry.statement.has_period_report()) {
    const v1::PeriodReport& report = entry.statement.period_report();
    reports_[{report.month(), by, report.counterparty()}] = {index, report};
  }
  for (v1::TimelineEvent& event : EventsOf(entry)) {
    uint64_t root = event.target_index();
    const auto linked = roots_.find(root);
    if (linked != roots_.end()) root = linked->second;
    if (requests_.count(root) > 0) {
      events_[root].push_back(event);
      if (requests_.count(index) == 0) roots_[index] = root;
    }
    said_.push_back(std::move(event));
  }
  return absl::OkStatus();
}

RequestParts Model::PartsOf(uint64_t index) const {
  RequestParts parts;
  parts.facts = requests_.at(index);
  const auto events = events_.find(index);
  if (events != events_.end()) parts.events = events->second;
  const auto agency = submitters_.find(parts.facts.submitter());
  if (agency != submitters_.end()) parts.agency = &agency->second;
  if (parts.facts.has_policy()) {
    const auto policy = policies_.find(
        {parts.facts.policy().policy_id(), parts.facts.policy().version()});
    if (policy != policies_.end()) parts.policy = &policy->second;
  }
  return parts;
}

std::optional<v1::RequestRow> Model::Request(uint64_t index,
                                             int64_t as_of_unix_ms) const {
  if (requests_.count(index) == 0) return std::nullopt;
  return MakeRequestRow(PartsOf(index), as_of_unix_ms);
}

std::vector<v1::RequestRow> Model::Search(const v1::RequestFilter& filter,
                                          int64_t as_of_unix_ms) const {
  std::vector<std::pair<uint32_t, v1::RequestRow>> found;
  for (const auto& [index, facts] : requests_) {
    if (!MatchesFacts(filter, facts)) continue;
    v1::RequestRow row = MakeRequestRow(PartsOf(index), as_of_unix_ms);
    const auto day = OrderDay(filter, row.facts().request());
    if (day.has_value() && Matches(filter, row, as_of_unix_ms)) {
      found.emplace_back(*day, std::move(row));
    }
  }
  std::stable_sort(
      found.begin(), found.end(),
      [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<v1::RequestRow> rows;
  rows.reserve(found.size());
  for (auto& [day, row] : found) rows.push_back(std::move(row));
  return rows;
}

std::vector<v1::FeedRow> Model::Feed(const std::string& submitter, int64_t from,
                                     int64_t before) const {
  const auto feed = feeds_.find(submitter);
  if (feed == feeds_.end()) return {};
  std::vector<v1::FeedRow> rows;
  for (const v1::FeedRow& row : feed->second) {
    if (row.admitted_unix_ms() < from) rows.clear();  // only the last of these
    rows.push_back(row);
    if (row.admitted_unix_ms() >= before) break;
  }
  return rows;
}

std::vector<v1::SealedMonth> Model::SealedMonths(int64_t from,
                                                 int64_t before) const {
  std::vector<v1::SealedMonth> rows;
  for (const auto& [month, row] : sealed_months_) {
    if (month >= MonthOf(from) && month <= MonthOf(before - 1)) {
      rows.push_back(row);
    }
  }
  return rows;
}

std::vector<v1::SealRow> Model::Seals(const v1::ListSealsRequest& request,
                                      int64_t as_of_unix_ms) const {
  std::multimap<uint64_t, const v1::TimelineEvent*> events;
  for (const v1::TimelineEvent& event : said_) {
    events.emplace(event.target_index(), &event);
  }
  std::vector<v1::SealRow> rows;
  for (const v1::SealRow& made : seals_) {
    std::optional<v1::SealRow> seal = made;
    const auto [begin, end] = events.equal_range(made.index());
    for (auto it = begin; it != end && seal.has_value(); ++it) {
      seal = AfterEvent(*seal, *it->second);
    }
    if (!seal.has_value()) continue;
    seal->set_overdue(IsOverdue(*seal, as_of_unix_ms));
    const auto agency = submitters_.find(seal->submitter());
    if (agency != submitters_.end()) AddAgency(agency->second, &*seal);
    if (MatchesSeal(request, *seal) && MatchesPlace(request, *seal)) {
      rows.push_back(*std::move(seal));
    }
  }
  const auto order = [](const v1::SealRow& seal) {
    return std::make_tuple(SealOrder(seal), seal.index(), seal.path());
  };
  std::sort(rows.begin(), rows.end(),
            [&](const auto& a, const auto& b) { return order(a) < order(b); });
  return rows;
}

std::vector<v1::TimelineEvent> Model::Changes(
    const v1::ListChangesRequest& request) const {
  std::vector<v1::TimelineEvent> rows;
  for (const v1::TimelineEvent& said : said_) {
    if (!MatchesChange(request, said)) continue;
    v1::TimelineEvent event = said;
    const auto agency = submitters_.find(event.submitter());
    if (agency != submitters_.end()) *event.mutable_agency() = agency->second;
    if (MatchesPlace(request, event)) rows.push_back(std::move(event));
  }
  return rows;
}

std::vector<v1::ReconcileRow> Model::Reconcile(
    const v1::ReconcileRequest& request) const {
  std::map<Book, MonthBooks> books;
  for (const auto& [index, facts] : requests_) {
    const v1::RequestRow row = MakeRequestRow(PartsOf(index), 0);
    for (const Book& book : BooksOf(row)) Count(row, 1, &books[book].logged);
  }
  for (const auto& [book, report] : reports_) {
    books[book].own = {&report.report, report.index};
    if (!book.counterparty.empty()) {
      books[OtherSide(book)].others = {&report.report, report.index};
    }
  }
  std::vector<v1::ReconcileRow> rows;
  for (auto& [book, month] : books) {
    const auto whose = submitters_.find(book.submitter);
    if (!MatchesBook(request, book) ||
        !MatchesPlace(request,
                      whose == submitters_.end() ? nullptr : &whose->second)) {
      continue;
    }
    month.book = book;
    for (v1::ReconcileRow& row : ReconcileMonth(month)) {
      if ((!request.disagreements() || Disagrees(row)) &&
          MatchesClass(request, row)) {
        rows.push_back(std::move(row));
      }
    }
  }
  return rows;
}

std::vector<v1::StatisticsRow> Model::Statistics(
    const v1::GetStatisticsRequest& request, int64_t as_of_unix_ms) const {
  const v1::RequestFilter filter = FilterOf(request);
  std::map<std::string, v1::Statistics> groups;
  for (const v1::RequestRow& row : Search(filter, as_of_unix_ms)) {
    for (const auto& [grouping, group] : GroupsOf(row)) {
      if (grouping == request.group_by() &&
          (request.key().empty() || request.key() == group)) {
        records::Add(StatisticsOf(row), &groups[group]);
      }
    }
  }
  std::vector<v1::StatisticsRow> rows;
  for (const auto& [group, statistics] : groups) {
    v1::StatisticsRow row;
    row.set_key(group);
    *row.mutable_statistics() = statistics;
    const auto submitter = submitters_.find(group);
    if (submitter != submitters_.end()) {
      *row.mutable_submitter() = submitter->second;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace sightline::records
