// SearchRequests and GetRequest.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "records/paging.h"
#include "records/places.h"
#include "records/queries.h"
#include "records/request_filter.h"
#include "records/request_hint.h"
#include "records/request_row.h"
#include "records/row_loader.h"
#include "records/view_keys.h"

namespace sightline::records {
namespace {

constexpr size_t kChunk = 512;

struct Candidate {
  uint32_t day = 0;
  uint64_t index = 0;
  std::string hint;  // as its list has it (request_hint.h)

  friend bool operator<(const Candidate& a, const Candidate& b) {
    return a.day != b.day ? a.day < b.day : a.index < b.index;
  }
};

std::string Encode(const Candidate& at) {
  std::string bytes;
  base::AppendU32(at.day, &bytes);
  base::AppendU64(at.index, &bytes);
  return bytes;
}

// The lists that together hold every request that the filter takes; the one
// that is likely to be the shortest.
std::vector<std::string> ListsFor(const v1::RequestFilter& filter) {
  std::vector<std::string> lists;
  const auto by_text = [&](View view, absl::string_view text) {
    lists.push_back(Key(view).Text(text).bytes());
  };
  if (filter.submitters_size() > 0) {
    for (const std::string& submitter : filter.submitters()) {
      by_text(View::kByAgency, submitter);
    }
  } else if (filter.compelled_after_decline()) {
    lists.push_back(Key(View::kCompelled).bytes());
  } else if (filter.is_emergency() || filter.review_overdue()) {
    lists.push_back(Key(View::kEmergencies).bytes());
  } else if (filter.unanswered_days() > 0) {
    lists.push_back(Key(View::kUnanswered).bytes());
  } else if (!filter.county_fips().empty()) {
    by_text(View::kByCounty, filter.county_fips());
    by_text(View::kByWholeState, StateOfCounty(filter.county_fips()));
  } else if (filter.violates_policy()) {
    lists.push_back(Key(View::kViolations).bytes());
  } else if (filter.assembly_related() == v1::DECLARED_YES) {
    lists.push_back(Key(View::kAssemblies).bytes());
  } else if (filter.offence_codes_size() > 0) {
    for (const std::string& code : filter.offence_codes()) {
      by_text(View::kByOffence, code);
    }
  } else if (!filter.state().empty()) {
    by_text(View::kByState, filter.state());
  } else if (!filter.custodian().empty()) {
    by_text(View::kByCustodian, filter.custodian());
  } else if (filter.channels_size() > 0) {
    for (const int channel : filter.channels()) {
      lists.push_back(
          Key(View::kByChannel).Small(static_cast<uint32_t>(channel)).bytes());
    }
  } else {
    lists.push_back(Key(View::kRequest).bytes());
  }
  return lists;
}

// Candidates in order, a chunk at a time.
class CandidateReader {
 public:
  CandidateReader(const storage::ViewSnapshot* snapshot,
                  const v1::RequestFilter& filter)
      : snapshot_(snapshot),
        by_day_(IsByDay(filter)),
        days_(DaysOfSpan(TouchesOf(filter))),
        lists_(by_day_ ? std::vector<std::string>() : ListsFor(filter)) {}

  // Those at or after `from`; fewer than kChunk at the end.
  absl::StatusOr<std::vector<Candidate>> From(const Candidate& from) const {
    return by_day_ ? ByDay(from) : ByIndex(from.index);
  }

 private:
  absl::StatusOr<std::vector<Candidate>> ByIndex(uint64_t index) const {
    std::vector<Candidate> out;
    for (const std::string& list : lists_) {
      size_t taken = 0;
      const bool has_hints =
          list.front() == static_cast<char>(View::kUnanswered);
      RETURN_IF_ERROR(snapshot_->Scan(
          list + base::U64(index), storage::AfterPrefix(list),
          [&](absl::string_view key, absl::string_view value) {
            out.push_back(
                {0, LastNumber(key), has_hints ? std::string(value) : ""});
            return ++taken < kChunk;
          }));
    }
    std::sort(out.begin(), out.end());
    out.erase(std::unique(out.begin(), out.end(),
                          [](const Candidate& a, const Candidate& b) {
                            return a.index == b.index;
                          }),
              out.end());
    // Beyond these, one list may lack what another goes on with.
    if (out.size() > kChunk) out.resize(kChunk);
    return out;
  }

  absl::StatusOr<std::vector<Candidate>> ByDay(const Candidate& from) const {
    std::vector<Candidate> out;
    if (from.day == 0) {
      RETURN_IF_ERROR(ScanDays({0, from.index, ""}, 0, &out));
    }
    const Candidate begin = {
        std::max({from.day, days_.first, 1u}),
        from.day >= std::max(days_.first, 1u) ? from.index : 0, ""};
    if (out.size() < kChunk) RETURN_IF_ERROR(ScanDays(begin, days_.last, &out));
    return out;
  }

  absl::Status ScanDays(const Candidate& from, uint32_t last,
                        std::vector<Candidate>* out) const {
    const std::string begin =
        Key(View::kByDay).Small(from.day).Number(from.index).bytes();
    const std::string end =
        storage::AfterPrefix(Key(View::kByDay).Small(last).bytes());
    return snapshot_->Scan(
        begin, end, [&](absl::string_view key, absl::string_view value) {
          KeyReader reader(key);
          const uint32_t day = reader.Small();
          out->push_back({day, reader.Number(), std::string(value)});
          return out->size() < kChunk;
        });
  }

  const storage::ViewSnapshot* const snapshot_;
  const bool by_day_;
  const DaySpan days_;
  const std::vector<std::string> lists_;
};

// The first entry admitted on the day of `unix_ms` or later.
absl::StatusOr<uint64_t> FirstIndexOn(const storage::ViewSnapshot& snapshot,
                                      int64_t unix_ms) {
  if (unix_ms <= 0) return 0;
  const auto day = static_cast<uint32_t>(
      std::min<int64_t>(unix_ms / kDayMs, std::numeric_limits<int32_t>::max()));
  uint64_t first = std::numeric_limits<uint64_t>::max();
  RETURN_IF_ERROR(
      snapshot.Scan(Key(View::kDayStart).Small(day).bytes(),
                    storage::AfterPrefix(Key(View::kDayStart).bytes()),
                    [&](absl::string_view, absl::string_view value) {
                      if (value.size() == 8) first = base::ReadU64(value);
                      return false;
                    }));
  return first;
}

class Search {
 public:
  Search(const storage::ViewSnapshot* snapshot,
         const v1::SearchRequestsRequest& request, const Page& page,
         v1::SearchRequestsResponse* response)
      : filter_(request.filter()),
        page_(page),
        reader_(snapshot, request.filter()),
        loader_(snapshot, page.as_of_unix_ms),
        response_(*response) {}

  absl::Status Run(Candidate at) {
    uint32_t examined = 0;
    uint32_t passed = 0;
    while (true) {
      ASSIGN_OR_RETURN(const std::vector<Candidate> chunk, reader_.From(at));
      for (const Candidate& candidate : chunk) {
        if (static_cast<uint32_t>(response_.rows_size()) >= page_.size ||
            examined >= kMaxExamined || passed >= kMaxPassed) {
          response_.set_next_page_token(page_.TokenAt(Encode(candidate)));
          return absl::OkStatus();
        }
        at = {candidate.day, candidate.index + 1, ""};
        if (!MayMatch(filter_, candidate.hint)) {
          ++passed;
          continue;
        }
        ASSIGN_OR_RETURN(const bool go_on, Take(candidate));
        if (!go_on) return absl::OkStatus();
        ++examined;
      }
      if (chunk.size() < kChunk) return absl::OkStatus();
    }
  }

 private:
  // False when no later candidate can fit.
  absl::StatusOr<bool> Take(const Candidate& candidate) {
    ASSIGN_OR_RETURN(v1::RequestFacts facts, loader_.Facts(candidate.index));
    if (!IsByDay(filter_) &&
        facts.admitted_unix_ms() >= AdmittedOf(filter_).before) {
      return false;
    }
    // Found under each of its days, given under the first.
    if (!MatchesFacts(filter_, facts) ||
        OrderDay(filter_, facts.request()) != candidate.day) {
      return true;
    }
    ASSIGN_OR_RETURN(v1::RequestRow row, loader_.Row(std::move(facts)));
    if (Matches(filter_, row, loader_.as_of_unix_ms())) {
      *response_.add_rows() = std::move(row);
    }
    return true;
  }

  const v1::RequestFilter& filter_;
  const Page& page_;
  const CandidateReader reader_;
  RowLoader loader_;
  v1::SearchRequestsResponse& response_;
};

}  // namespace

absl::Status Queries::GetRequest(const v1::GetRequestRequest& request,
                                 v1::GetRequestResponse* response) const {
  const int64_t as_of =
      request.has_as_of() ? statement::ToUnixMs(request.as_of()) : now_unix_ms_;
  RowLoader loader(snapshot_, as_of);
  ASSIGN_OR_RETURN(v1::RequestFacts facts, loader.Facts(request.index()));
  ASSIGN_OR_RETURN(*response->mutable_row(), loader.Row(std::move(facts)));
  response->mutable_basis()->set_as_of_unix_ms(as_of);
  return absl::OkStatus();
}

absl::Status Queries::SearchRequests(
    const v1::SearchRequestsRequest& request,
    v1::SearchRequestsResponse* response) const {
  statement::Violations violations;
  CheckFilter(request.filter(), &violations);
  RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_RETURN(const Page page, PageOf(request, request.has_as_of(),
                                           request.as_of(), now_unix_ms_));
  response->mutable_basis()->set_as_of_unix_ms(page.as_of_unix_ms);
  return SearchPage(request, page, response);
}

absl::Status Queries::SearchPage(const v1::SearchRequestsRequest& request,
                                 const Page& page,
                                 v1::SearchRequestsResponse* response) const {
  Candidate at;
  if (page.position.size() == 12) {
    at.day = base::ReadU32(page.position);
    at.index = base::ReadU64(absl::string_view(page.position).substr(4));
  } else if (!IsByDay(request.filter())) {
    ASSIGN_OR_RETURN(
        at.index, FirstIndexOn(*snapshot_, AdmittedOf(request.filter()).from));
  }
  return Search(snapshot_, request, page, response).Run(at);
}

}  // namespace sightline::records
