// ListFeed, ListSeals and ListChanges.
#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/string_view.h"
#include "base/bytes.h"
#include "records/entry_facts.h"
#include "records/list_filter.h"
#include "records/paging.h"
#include "records/queries.h"
#include "records/row_loader.h"
#include "records/seal_row.h"
#include "records/statistics.h"
#include "records/view_keys.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::records {
namespace {

absl::Status CheckSubmitter(absl::string_view submitter) {
  statement::Violations violations;
  if (!statement::IsSubmitterId(submitter) &&
      submitter != statement::kSealedSubmitter) {
    violations.Add("submitter", "not a submitter id");
  }
  return violations.ToStatus();
}

// One submitter's entries, found by ordinal.
class Feed {
 public:
  Feed(const storage::ViewSnapshot* snapshot, const std::string& submitter)
      : snapshot_(snapshot), submitter_(submitter) {}

  // 0 when there is none.
  absl::StatusOr<uint64_t> Head() const {
    ASSIGN_OR_RETURN(
        const auto head,
        snapshot_->Get(Key(View::kFeedHead).Text(submitter_).bytes()));
    return head.has_value() && head->size() == 8 ? base::ReadU64(*head) : 0;
  }

  absl::StatusOr<v1::FeedRow> Row(uint64_t ordinal) const {
    ASSIGN_OR_RETURN(
        const auto bytes,
        snapshot_->Get(
            Key(View::kFeed).Text(submitter_).Number(ordinal).bytes()));
    if (!bytes.has_value()) {
      return absl::DataLossError(
          absl::StrCat("the views lack number ", ordinal, " of a feed"));
    }
    return ParseView<v1::FeedRow>(*bytes);
  }

  // The first ordinal admitted at `unix_ms` or later; one beyond the head when
  // there is none. Times do not decrease along a feed.
  absl::StatusOr<uint64_t> FirstAt(int64_t unix_ms, uint64_t head) const {
    uint64_t low = 1;
    uint64_t high = head + 1;
    while (low < high) {
      const uint64_t middle = low + (high - low) / 2;
      ASSIGN_OR_RETURN(const v1::FeedRow row, Row(middle));
      if (row.admitted_unix_ms() >= unix_ms) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

 private:
  const storage::ViewSnapshot* const snapshot_;
  const std::string& submitter_;
};

// A log's months are a few hundred at most.
absl::Status AddSealedMonths(const storage::ViewSnapshot& snapshot,
                             const v1::ListFeedRequest& request,
                             v1::ListFeedResponse* response) {
  uint32_t first = 0;
  uint32_t last = std::numeric_limits<uint32_t>::max() - 1;
  if (request.has_admitted_from()) {
    first = MonthOf(statement::ToUnixMs(request.admitted_from()));
  }
  if (request.has_admitted_before()) {
    last = MonthOf(statement::ToUnixMs(request.admitted_before()) - 1);
  }
  absl::Status parsed;
  RETURN_IF_ERROR(
      snapshot.Scan(Key(View::kSealedMonth).Small(first).bytes(),
                    Key(View::kSealedMonth).Small(last + 1).bytes(),
                    [&](absl::string_view, absl::string_view value) {
                      auto row = ParseView<v1::SealedMonth>(value);
                      parsed = row.status();
                      if (row.ok())
                        *response->add_sealed_months() = *std::move(row);
                      return parsed.ok();
                    }));
  return parsed;
}

// Where a page of seals begins and ends.
struct SealSpan {
  std::string begin;
  std::string end;
};

SealSpan SpanOf(const v1::ListSealsRequest& request, const Page& page) {
  const std::string prefix =
      request.submitter().empty()
          ? Key(View::kSeals).bytes()
          : Key(View::kSealsBy).Text(request.submitter()).bytes();
  SealSpan span;
  span.begin = page.position.empty() ? prefix : prefix + page.position;
  span.end = storage::AfterPrefix(prefix);
  if (request.overdue()) {
    const auto as_of =
        static_cast<uint64_t>(std::max<int64_t>(page.as_of_unix_ms, 0));
    span.end = prefix + base::U64(as_of + 1);
  }
  return span;
}

}  // namespace

absl::Status Queries::ListFeed(const v1::ListFeedRequest& request,
                               v1::ListFeedResponse* response) const {
  RETURN_IF_ERROR(CheckSubmitter(request.submitter()));
  ASSIGN_OR_RETURN(const Page page, PageOf(request, false, {}, now_unix_ms_));
  response->mutable_basis()->set_as_of_unix_ms(page.as_of_unix_ms);
  const Feed feed(snapshot_, request.submitter());
  ASSIGN_OR_RETURN(const uint64_t head, feed.Head());
  if (head == 0) {
    return absl::NotFoundError(
        absl::StrCat("the log holds nothing of ", request.submitter()));
  }
  RETURN_IF_ERROR(AddSealedMonths(*snapshot_, request, response));
  uint64_t first = 1;
  uint64_t last = head;
  if (request.has_admitted_from()) {
    ASSIGN_OR_RETURN(
        first,
        feed.FirstAt(statement::ToUnixMs(request.admitted_from()), head));
    first = std::max<uint64_t>(first, 2) - 1;  // and the one before
  }
  if (request.has_admitted_before()) {
    ASSIGN_OR_RETURN(
        last,
        feed.FirstAt(statement::ToUnixMs(request.admitted_before()), head));
    last = std::min(last, head);  // the one after, if there is one
  }
  if (page.position.size() == 8) first = base::ReadU64(page.position);
  for (uint64_t ordinal = first; ordinal <= last; ++ordinal) {
    if (static_cast<uint32_t>(response->rows_size()) >= page.size) {
      response->set_next_page_token(page.TokenAt(base::U64(ordinal)));
      break;
    }
    ASSIGN_OR_RETURN(*response->add_rows(), feed.Row(ordinal));
  }
  return absl::OkStatus();
}

absl::Status Queries::ListSeals(const v1::ListSealsRequest& request,
                                v1::ListSealsResponse* response) const {
  statement::Violations violations;
  CheckConditions(request, &violations);
  RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_RETURN(const Page page, PageOf(request, request.has_as_of(),
                                           request.as_of(), now_unix_ms_));
  response->mutable_basis()->set_as_of_unix_ms(page.as_of_unix_ms);
  const SealSpan span = SpanOf(request, page);
  const size_t prefix = span.begin.size() - page.position.size();
  RowLoader loader(snapshot_, page.as_of_unix_ms);
  uint32_t examined = 0;
  absl::Status parsed;
  RETURN_IF_ERROR(snapshot_->Scan(
      span.begin, span.end,
      [&](absl::string_view key, absl::string_view value) {
        if (static_cast<uint32_t>(response->rows_size()) >= page.size ||
            examined++ >= kMaxExamined) {
          response->set_next_page_token(page.TokenAt(key.substr(prefix)));
          return false;
        }
        auto seal = ParseView<v1::SealRow>(value);
        parsed = seal.status();
        if (!parsed.ok()) return false;
        seal->set_overdue(IsOverdue(*seal, page.as_of_unix_ms));
        if (!MatchesSeal(request, *seal)) return true;
        const auto agency = loader.Submitter(seal->submitter());
        parsed = agency.status();
        if (!parsed.ok()) return false;
        if (*agency != nullptr) AddAgency(**agency, &*seal);
        if (MatchesPlace(request, *seal)) {
          *response->add_rows() = *std::move(seal);
        }
        return true;
      }));
  return parsed;
}

absl::Status Queries::ListChanges(const v1::ListChangesRequest& request,
                                  v1::ListChangesResponse* response) const {
  statement::Violations violations;
  CheckConditions(request, &violations);
  RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_RETURN(const Page page, PageOf(request, false, {}, now_unix_ms_));
  response->mutable_basis()->set_as_of_unix_ms(page.as_of_unix_ms);
  uint64_t from = request.since_index();
  if (page.position.size() == 8) from = base::ReadU64(page.position);
  RowLoader loader(snapshot_, page.as_of_unix_ms);
  uint32_t examined = 0;
  absl::Status parsed;
  RETURN_IF_ERROR(snapshot_->Scan(
      Key(View::kChanges).Number(from).bytes(),
      storage::AfterPrefix(Key(View::kChanges).bytes()),
      [&](absl::string_view key, absl::string_view value) {
        if (static_cast<uint32_t>(response->rows_size()) >= page.size ||
            examined++ >= kMaxExamined) {
          response->set_next_page_token(
              page.TokenAt(base::U64(LastNumber(key))));
          return false;
        }
        auto event = ParseView<v1::TimelineEvent>(value);
        parsed = event.status();
        if (!parsed.ok()) return false;
        if (!MatchesChange(request, *event)) return true;
        const auto agency = loader.Submitter(event->submitter());
        parsed = agency.status();
        if (!parsed.ok()) return false;
        if (*agency != nullptr) *event->mutable_agency() = **agency;
        if (MatchesPlace(request, *event)) {
          *response->add_rows() = *std::move(event);
        }
        return true;
      }));
  return parsed;
}

}  // namespace sightline::records
