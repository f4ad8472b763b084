// Reconcile and GetStatistics.
#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "records/list_filter.h"
#include "records/paging.h"
#include "records/queries.h"
#include "records/reconcile.h"
#include "records/request_filter.h"
#include "records/row_loader.h"
#include "records/statistics.h"
#include "records/view_keys.h"
#include "statement/submitter_id.h"

namespace sightline::records {
namespace {

constexpr uint32_t kLastMonth = 999912;

void CheckMonths(uint32_t from, uint32_t until, bool optional,
                 statement::Violations* violations) {
  const auto check = [&](uint32_t month, absl::string_view field) {
    if (IsMonth(month) || (optional && month == 0)) return;
    violations->Add(field, "want year * 100 + month, 202006");
  };
  check(from, "from_month");
  check(until, "until_month");
  if (until != 0 && until < from) {
    violations->Add("until_month", "want it not before from_month");
  }
}

struct Book {
  uint32_t month = 0;
  std::string submitter;

  friend bool operator<(const Book& a, const Book& b) {
    return a.month != b.month ? a.month < b.month : a.submitter < b.submitter;
  }
};

// Month and submitter, as reports and books both begin.
Book BookOf(absl::string_view key) {
  KeyReader reader(key);
  Book book;
  book.month = reader.Small();
  book.submitter = std::string(reader.Text());
  return book;
}

std::string KeyOf(View view, const Book& book) {
  return Key(view).Small(book.month).Text(book.submitter).bytes();
}

class Reconciliation {
 public:
  Reconciliation(const storage::ViewSnapshot* snapshot,
                 const v1::ReconcileRequest& request, const Page& page,
                 v1::ReconcileResponse* response)
      : snapshot_(snapshot),
        request_(request),
        page_(page),
        loader_(snapshot, page.as_of_unix_ms),
        response_(*response) {}

  // A page ends with a month of a submitter, so it may be longer than asked.
  absl::Status Run() {
    Book at = {request_.from_month(), request_.submitter()};
    if (!page_.position.empty()) {
      at = BookOf(absl::StrCat("x", page_.position));
    }
    for (uint32_t examined = 0;; ++examined) {
      ASSIGN_OR_RETURN(std::optional<Book> next, NextBook(at));
      if (!next.has_value()) return absl::OkStatus();
      if (static_cast<uint32_t>(response_.rows_size()) >= page_.size ||
          examined >= kMaxReconciled) {
        response_.set_next_page_token(
            page_.TokenAt(KeyOf(View::kBooks, *next).substr(1)));
        return absl::OkStatus();
      }
      RETURN_IF_ERROR(AddRows(*next));
      at = *std::move(next);
      // After every key of this one: no id holds so low a character.
      at.submitter.push_back('\x01');
    }
  }

 private:
  // The first that has a report or requests, from `at` on.
  absl::StatusOr<std::optional<Book>> NextBook(Book at) const {
    while (true) {
      std::optional<Book> next;
      for (const View view : {View::kReports, View::kBooks}) {
        RETURN_IF_ERROR(snapshot_->Scan(
            KeyOf(view, at).substr(0, 5 + at.submitter.size()),
            storage::AfterPrefix(
                Key(view).Small(request_.until_month()).bytes()),
            [&](absl::string_view key, absl::string_view) {
              const Book book = BookOf(key);
              if (!next.has_value() || book < *next) next = book;
              return false;
            }));
      }
      if (!next.has_value() || request_.submitter().empty() ||
          next->submitter == request_.submitter()) {
        return next;
      }
      // Another's: on to where the one asked for would be.
      at = {next->submitter < request_.submitter() ? next->month
                                                   : next->month + 1,
            request_.submitter()};
    }
  }

  absl::Status AddRows(const Book& book) {
    if (AsksForPlace(request_)) {
      ASSIGN_OR_RETURN(const v1::SubmitterFacts* const submitter,
                       loader_.Submitter(book.submitter));
      if (!MatchesPlace(request_, submitter)) return absl::OkStatus();
    }
    MonthBooks books;
    books.submitter = book.submitter;
    books.month = book.month;
    ASSIGN_OR_RETURN(const auto stored,
                     snapshot_->Get(KeyOf(View::kReports, book)));
    v1::PeriodReport report;
    if (stored.has_value() && stored->size() >= 8) {
      ASSIGN_OR_RETURN(report, ParseView<v1::PeriodReport>(
                                   absl::string_view(*stored).substr(8)));
      books.report = &report;
      books.report_index = base::ReadU64(*stored);
    } else if (request_.disagreements()) {
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(ReadCounts(book, &books.logged));
    for (v1::ReconcileRow& row : ReconcileMonth(books)) {
      if (request_.disagreements() && !Disagrees(row)) continue;
      if (!MatchesClass(request_, row)) continue;
      *response_.add_rows() = std::move(row);
    }
    return absl::OkStatus();
  }

  absl::Status ReadCounts(const Book& book, ClassCounts* counts) const {
    const std::string prefix = KeyOf(View::kBooks, book);
    return snapshot_->Scan(
        prefix, storage::AfterPrefix(prefix),
        [&](absl::string_view key, absl::string_view value) {
          KeyReader reader(key);
          reader.Small();
          reader.Text();
          const auto channel = static_cast<int>(reader.Small());
          const auto process = static_cast<int>(reader.Small());
          const auto outcome = static_cast<int>(reader.Small());
          if (value.size() != 16) return true;
          ClassCount& count = (*counts)[{channel, process, outcome}];
          count.logged = static_cast<int64_t>(base::ReadU64(value));
          count.answered = static_cast<int64_t>(base::ReadU64(value.substr(8)));
          return true;
        });
  }

  const storage::ViewSnapshot* const snapshot_;
  const v1::ReconcileRequest& request_;
  const Page& page_;
  RowLoader loader_;
  v1::ReconcileResponse& response_;
};

class Counting {
 public:
  Counting(const storage::ViewSnapshot* snapshot,
           const v1::GetStatisticsRequest& request, const Page& page,
           v1::GetStatisticsResponse* response)
      : snapshot_(snapshot),
        request_(request),
        page_(page),
        loader_(snapshot, page.as_of_unix_ms),
        until_(request.until_month() == 0 ? kLastMonth : request.until_month()),
        prefix_(Key(View::kStatistics)
                    .Small(static_cast<uint32_t>(request.group_by()))
                    .bytes()),
        response_(*response) {}

  absl::Status Run() {
    std::string begin = prefix_ + page_.position;
    std::string end = storage::AfterPrefix(prefix_);
    if (!request_.key().empty()) {
      begin = GroupKey(request_.key());
      end = storage::AfterPrefix(begin);
    }
    absl::Status status;
    RETURN_IF_ERROR(snapshot_->Scan(
        begin, end, [&](absl::string_view key, absl::string_view value) {
          const absl::StatusOr<bool> go_on = Take(key, value);
          status = go_on.status();
          return status.ok() && *go_on;
        }));
    RETURN_IF_ERROR(status);
    return Close();
  }

 private:
  std::string GroupKey(absl::string_view group) const {
    return Key(View::kStatistics)
        .Small(static_cast<uint32_t>(request_.group_by()))
        .Text(group)
        .bytes();
  }

  absl::StatusOr<bool> Take(absl::string_view key, absl::string_view value) {
    KeyReader reader(key);
    reader.Small();
    const std::string group(reader.Text());
    const uint32_t month = reader.Small();
    if (group != open_.key()) {
      RETURN_IF_ERROR(Close());
      if (static_cast<uint32_t>(response_.rows_size()) >= page_.size) {
        response_.set_next_page_token(
            page_.TokenAt(GroupKey(group).substr(prefix_.size())));
        return false;
      }
      open_.set_key(group);
    }
    if (month < request_.from_month() || month > until_) return true;
    ASSIGN_OR_RETURN(const auto statistics, ParseView<v1::Statistics>(value));
    Add(statistics, open_.mutable_statistics());
    return true;
  }

  // Gives the group that has been added up, when there is anything in it.
  absl::Status Close() {
    v1::StatisticsRow row = std::move(open_);
    open_ = v1::StatisticsRow();
    if (row.statistics().requests() == 0) return absl::OkStatus();
    if (request_.group_by() == v1::STATISTICS_GROUPING_AGENCY ||
        request_.group_by() == v1::STATISTICS_GROUPING_PLATFORM) {
      ASSIGN_OR_RETURN(const v1::SubmitterFacts* const submitter,
                       loader_.Submitter(row.key()));
      if (submitter != nullptr) *row.mutable_submitter() = *submitter;
    }
    *response_.add_rows() = std::move(row);
    return absl::OkStatus();
  }

  const storage::ViewSnapshot* const snapshot_;
  const v1::GetStatisticsRequest& request_;
  const Page& page_;
  RowLoader loader_;
  const uint32_t until_;
  const std::string prefix_;
  v1::GetStatisticsResponse& response_;
  v1::StatisticsRow open_;
};

// Rows counted by group, what is not of the group that is asked for left out.
std::map<std::string, v1::Statistics> CountedByGroup(
    const v1::GetStatisticsRequest& request,
    const v1::SearchRequestsResponse& found) {
  std::map<std::string, v1::Statistics> groups;
  for (const v1::RequestRow& row : found.rows()) {
    for (const auto& [grouping, group] : GroupsOf(row)) {
      if (grouping != request.group_by()) continue;
      if (!request.key().empty() && request.key() != group) continue;
      Add(StatisticsOf(row), &groups[group]);
    }
  }
  return groups;
}

}  // namespace

absl::Status Queries::CountFiltered(const v1::GetStatisticsRequest& request,
                                    v1::GetStatisticsResponse* response) const {
  v1::SearchRequestsRequest search;
  *search.mutable_filter() = FilterOf(request);
  statement::Violations violations;
  CheckFilter(search.filter(), &violations);
  RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_RETURN(Page page, PageOf(request, request.has_as_of(),
                                     request.as_of(), now_unix_ms_));
  page.size = kMaxPageSize;
  response->mutable_basis()->set_as_of_unix_ms(page.as_of_unix_ms);
  v1::SearchRequestsResponse found;
  RETURN_IF_ERROR(SearchPage(search, page, &found));
  response->set_next_page_token(found.next_page_token());
  RowLoader loader(snapshot_, page.as_of_unix_ms);
  for (auto& [group, statistics] : CountedByGroup(request, found)) {
    v1::StatisticsRow& row = *response->add_rows();
    row.set_key(group);
    *row.mutable_statistics() = std::move(statistics);
    if (request.group_by() != v1::STATISTICS_GROUPING_AGENCY &&
        request.group_by() != v1::STATISTICS_GROUPING_PLATFORM) {
      continue;
    }
    ASSIGN_OR_RETURN(const v1::SubmitterFacts* const submitter,
                     loader.Submitter(group));
    if (submitter != nullptr) *row.mutable_submitter() = *submitter;
  }
  return absl::OkStatus();
}

absl::Status Queries::Reconcile(const v1::ReconcileRequest& request,
                                v1::ReconcileResponse* response) const {
  statement::Violations violations;
  CheckMonths(request.from_month(), request.until_month(), false, &violations);
  CheckConditions(request, &violations);
  RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_RETURN(const Page page, PageOf(request, false, {}, now_unix_ms_));
  response->mutable_basis()->set_as_of_unix_ms(page.as_of_unix_ms);
  return Reconciliation(snapshot_, request, page, response).Run();
}

absl::Status Queries::GetStatistics(const v1::GetStatisticsRequest& request,
                                    v1::GetStatisticsResponse* response) const {
  statement::Violations violations;
  CheckMonths(request.from_month(), request.until_month(), true, &violations);
  if (request.group_by() == v1::STATISTICS_GROUPING_UNSPECIFIED ||
      !v1::StatisticsGrouping_IsValid(request.group_by())) {
    violations.Add("group_by", "want a grouping");
  }
  if (request.key().size() > 200) {
    violations.Add("key", "want at most 200 bytes");
  }
  RETURN_IF_ERROR(violations.ToStatus());
  if (request.has_filter()) return CountFiltered(request, response);
  ASSIGN_OR_RETURN(const Page page, PageOf(request, false, {}, now_unix_ms_));
  response->mutable_basis()->set_as_of_unix_ms(page.as_of_unix_ms);
  return Counting(snapshot_, request, page, response).Run();
}

}  // namespace sightline::records
