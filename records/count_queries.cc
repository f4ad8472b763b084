// GetStatistics.
#include <map>
#include <string>
#include <utility>

#include "records/list_filter.h"
#include "records/paging.h"
#include "records/queries.h"
#include "records/request_filter.h"
#include "records/row_loader.h"
#include "records/statistics.h"
#include "records/view_keys.h"

namespace sightline::records {
namespace {

constexpr uint32_t kLastMonth = 999912;

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

absl::Status Queries::GetStatistics(const v1::GetStatisticsRequest& request,
                                    v1::GetStatisticsResponse* response) const {
  statement::Violations violations;
  CheckConditions(request, &violations);
  RETURN_IF_ERROR(violations.ToStatus());
  if (request.has_filter()) return CountFiltered(request, response);
  ASSIGN_OR_RETURN(const Page page, PageOf(request, false, {}, now_unix_ms_));
  response->mutable_basis()->set_as_of_unix_ms(page.as_of_unix_ms);
  return Counting(snapshot_, request, page, response).Run();
}

}  // namespace sightline::records
