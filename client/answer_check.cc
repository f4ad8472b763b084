#include "client/answer_check.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "client/evidence.h"
#include "client/proof_bytes.h"
#include "merkle/compact_range.h"
#include "merkle/proof.h"
#include "records/entry_facts.h"
#include "records/list_filter.h"
#include "records/model.h"
#include "records/request_filter.h"
#include "records/row_check.h"
#include "records/seal_row.h"
#include "records/statistics.h"
#include "statement/entry_codec.h"
#include "statement/timestamps.h"

namespace sightline::client {
namespace {

constexpr int64_t kBeginningOfTime = std::numeric_limits<int64_t>::min();
constexpr int64_t kEndOfTime = std::numeric_limits<int64_t>::max();

absl::Status NoProof(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("the answer ", what));
}

template <typename Message>
bool Same(const Message& a, const Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

// Entries of one page, each proven.
class Basis {
 public:
  absl::Status Open(const v1::AnswerBasis& basis, const NoteOpener& open) {
    ASSIGN_OR_RETURN(const OpenedTree tree, open(basis.checkpoint()));
    if (!records::IsMoment(basis.as_of_unix_ms())) {
      return Unverified("an answer of no time");
    }
    if (basis.tree_size() > tree.size) {
      return Unverified(absl::StrCat("an answer of ", basis.tree_size(),
                                     " entries, proven in a tree of ",
                                     tree.size));
    }
    for (const v1::LogEntry& entry : basis.entries()) {
      ASSIGN_OR_RETURN(const auto proof, ReadHashes(entry.inclusion_proof()));
      const absl::Status proven = merkle::VerifyInclusion(
          entry.index(), tree.size, merkle::LeafHash(entry.entry()), proof,
          tree.root);
      if (!proven.ok()) {
        return Unverified(absl::StrCat("entry ", entry.index()), proven);
      }
      const absl::Status read = rows_.AddEntry(entry.index(), entry.entry());
      if (!read.ok()) return Unverified("an entry of the answer", read);
    }
    return absl::OkStatus();
  }

  const records::RowCheck& rows() const { return rows_; }

 private:
  records::RowCheck rows_;
};

// Every entry of the log from one on, proven by the tree's root.
absl::StatusOr<OpenedTree> CheckRun(const v1::AnswerFile& file,
                                    const NoteOpener& open) {
  ASSIGN_OR_RETURN(const OpenedTree tree, open(file.checkpoint()));
  if (tree.size > merkle::kMaxTreeSize || file.first_entry() > tree.size ||
      tree.size - file.first_entry() !=
          static_cast<uint64_t>(file.entries_size())) {
    return Unverified("the entries given are not those of the signed tree");
  }
  // Where nothing follows, there is nothing to prove.
  if (file.entries().empty()) return tree;
  ASSIGN_OR_RETURN(const auto left, ReadHashes(file.left()));
  auto range = merkle::CompactRange::Create(file.first_entry(), left);
  if (!range.ok()) return Unverified("entries of the answer", range.status());
  for (const std::string& entry : file.entries()) {
    range->Append(merkle::LeafHash(entry));
  }
  if (range->Root() != tree.root) {
    return Unverified("the entries given are not those of the signed tree");
  }
  return tree;
}

absl::StatusOr<records::Model> ModelOf(const v1::AnswerFile& file,
                                       const NoteOpener& open,
                                       uint64_t tree_size) {
  if (file.first_entry() != 0) return NoProof("lacks the log's first entries");
  ASSIGN_OR_RETURN(const OpenedTree tree, CheckRun(file, open));
  if (tree_size > tree.size) {
    return NoProof("is of more entries than it brings");
  }
  records::Model model;
  for (uint64_t i = 0; i < tree_size; ++i) {
    const absl::Status added = model.Add(i, file.entries(static_cast<int>(i)));
    if (absl::IsDataLoss(added)) return Unverified("entry", added);
    RETURN_IF_ERROR(added);
  }
  return model;
}

// What all kinds of pages are asked.
template <typename Response>
absl::Status CheckPages(const std::vector<const Response*>& pages,
                        std::optional<int64_t> as_of, bool allow_more,
                        AnswerVerdict* verdict) {
  if (pages.empty()) return NoProof("has no page");
  for (size_t i = 0; i < pages.size(); ++i) {
    const v1::AnswerBasis& basis = pages[i]->basis();
    if (i + 1 < pages.size() && pages[i]->next_page_token().empty()) {
      return Unverified("a page follows the last one");
    }
    const int64_t moment = as_of.value_or(pages[0]->basis().as_of_unix_ms());
    if (basis.as_of_unix_ms() != moment) {
      return Unverified("pages are of different moments");
    }
    verdict->tree_size = basis.tree_size();
    verdict->as_of_unix_ms = moment;
    verdict->rows += static_cast<uint64_t>(pages[i]->rows_size());
  }
  if (!allow_more && !pages.back()->next_page_token().empty()) {
    return NoProof("lacks its last page");
  }
  return absl::OkStatus();
}

template <typename Request>
std::optional<int64_t> MomentOf(const Request& request) {
  if (!request.has_as_of()) return std::nullopt;
  return statement::ToUnixMs(request.as_of());
}

// Takes the pages of one kind out of the file.
template <typename Response, typename Has, typename Get>
absl::StatusOr<std::vector<const Response*>> PagesOf(const v1::AnswerFile& file,
                                                     Has has, Get get) {
  std::vector<const Response*> pages;
  for (const v1::AnswerFile::Page& page : file.pages()) {
    if (!(page.*has)()) return NoProof("has a page of another question");
    pages.push_back(&(page.*get)());
  }
  return pages;
}

absl::Status OutOfOrder() { return Unverified("rows are out of order"); }

class Checker {
 public:
  Checker(const v1::AnswerFile& file, const NoteOpener& open, bool allow_more)
      : file_(file), open_(open), allow_more_(allow_more) {}

  absl::StatusOr<AnswerVerdict> Check() {
    RETURN_IF_ERROR(CheckQuestion());
    return verdict_;
  }

 private:
  using Page = v1::AnswerFile::Page;

  absl::Status CheckQuestion() {
    switch (file_.question_case()) {
      case v1::AnswerFile::kRequest:
        return CheckRequest(file_.request());
      case v1::AnswerFile::kSearch:
        return CheckSearch(file_.search());
      case v1::AnswerFile::kFeed:
        return CheckFeed(file_.feed());
      case v1::AnswerFile::kSeals:
        return CheckSeals(file_.seals());
      case v1::AnswerFile::kChanges:
        return CheckChanges(file_.changes());
      case v1::AnswerFile::kReconcile:
        return CheckReconcile(file_.reconcile());
      case v1::AnswerFile::kStatistics:
        return CheckStatistics(file_.statistics());
      default:
        return NoProof("is to no question");
    }
  }

  absl::Status CheckRequest(const v1::GetRequestRequest& request) {
    if (file_.pages_size() != 1 || !file_.pages(0).has_request()) {
      return NoProof("is not one request");
    }
    const v1::GetRequestResponse& response = file_.pages(0).request();
    const int64_t as_of = response.basis().as_of_unix_ms();
    if (response.row().facts().index() != request.index() ||
        MomentOf(request).value_or(as_of) != as_of) {
      return Unverified("another request, or another moment, than asked for");
    }
    Basis basis;
    RETURN_IF_ERROR(basis.Open(response.basis(), open_));
    verdict_ = {1, response.basis().tree_size(), as_of, false};
    return Held(basis.rows().Check(response.row(), as_of));
  }

  absl::Status CheckSearch(const v1::SearchRequestsRequest& request) {
    ASSIGN_OR_RETURN(const auto pages,
                     PagesOf<v1::SearchRequestsResponse>(
                         file_, &Page::has_search, &Page::search));
    RETURN_IF_ERROR(
        CheckPages(pages, MomentOf(request), allow_more_, &verdict_));
    std::pair<uint32_t, uint64_t> last;
    bool first = true;
    for (const v1::SearchRequestsResponse* page : pages) {
      Basis basis;
      RETURN_IF_ERROR(basis.Open(page->basis(), open_));
      for (const v1::RequestRow& row : page->rows()) {
        RETURN_IF_ERROR(Held(basis.rows().Check(row, verdict_.as_of_unix_ms)));
        const auto day =
            records::OrderDay(request.filter(), row.facts().request());
        if (!day.has_value() ||
            !records::Matches(request.filter(), row, verdict_.as_of_unix_ms)) {
          return Unverified(absl::StrCat("request ", row.facts().index(),
                                         " is not among those asked for"));
        }
        const std::pair<uint32_t, uint64_t> at(*day, row.facts().index());
        if (!first && at <= last) return OutOfOrder();
        last = at;
        first = false;
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckSeals(const v1::ListSealsRequest& request) {
    ASSIGN_OR_RETURN(
        const auto pages,
        PagesOf<v1::ListSealsResponse>(file_, &Page::has_seals, &Page::seals));
    RETURN_IF_ERROR(
        CheckPages(pages, MomentOf(request), allow_more_, &verdict_));
    std::tuple<uint64_t, uint64_t, std::string> last;
    for (const v1::ListSealsResponse* page : pages) {
      Basis basis;
      RETURN_IF_ERROR(basis.Open(page->basis(), open_));
      for (const v1::SealRow& row : page->rows()) {
        RETURN_IF_ERROR(Held(basis.rows().Check(row, verdict_.as_of_unix_ms)));
        if (!records::MatchesSeal(request, row) ||
            !records::MatchesPlace(request, row)) {
          return Unverified(absl::StrCat("the seal of entry ", row.index(),
                                         " is not among those asked for"));
        }
        std::tuple<uint64_t, uint64_t, std::string> at(records::SealOrder(row),
                                                       row.index(), row.path());
        if (at <= last) return OutOfOrder();
        last = std::move(at);
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckChanges(const v1::ListChangesRequest& request) {
    ASSIGN_OR_RETURN(const auto pages,
                     PagesOf<v1::ListChangesResponse>(file_, &Page::has_changes,
                                                      &Page::changes));
    RETURN_IF_ERROR(CheckPages(pages, std::nullopt, allow_more_, &verdict_));
    uint64_t least = request.since_index();
    for (const v1::ListChangesResponse* page : pages) {
      Basis basis;
      RETURN_IF_ERROR(basis.Open(page->basis(), open_));
      for (const v1::TimelineEvent& row : page->rows()) {
        RETURN_IF_ERROR(Held(basis.rows().Check(row)));
        if (row.index() >= least && (!records::MatchesChange(request, row) ||
                                     !records::MatchesPlace(request, row))) {
          return Unverified(absl::StrCat("entry ", row.index(),
                                         " is not among those asked for"));
        }
        if (row.index() < least) return OutOfOrder();
        least = row.index() + 1;
      }
    }
    return absl::OkStatus();
  }

  absl::Status CheckFeed(const v1::ListFeedRequest& request) {
    ASSIGN_OR_RETURN(
        const auto pages,
        PagesOf<v1::ListFeedResponse>(file_, &Page::has_feed, &Page::feed));
    RETURN_IF_ERROR(CheckPages(pages, std::nullopt, allow_more_, &verdict_));
    std::vector<v1::FeedRow> rows;
    for (const v1::ListFeedResponse* page : pages) {
      Basis basis;
      RETURN_IF_ERROR(basis.Open(page->basis(), open_));
      for (const v1::FeedRow& row : page->rows()) {
        RETURN_IF_ERROR(Held(basis.rows().Check(row, request.submitter())));
        rows.push_back(row);
      }
    }
    return CheckChain(request, rows);
  }

  // No ordinal is missing, each entry names the one before, and both ends of the
  // period are held by entries outside of it or by the ends of the log.
  absl::Status CheckChain(const v1::ListFeedRequest& request,
                          const std::vector<v1::FeedRow>& rows) {
    const int64_t from = request.has_admitted_from()
                             ? statement::ToUnixMs(request.admitted_from())
                             : kBeginningOfTime;
    const int64_t before = request.has_admitted_before()
                               ? statement::ToUnixMs(request.admitted_before())
                               : kEndOfTime;
    if (rows.empty()) return Unverified("a feed without entries");
    if (rows.front().ordinal() != 1 &&
        rows.front().admitted_unix_ms() >= from) {
      return Unverified("the feed's entry before the period is missing");
    }
    for (size_t i = 1; i < rows.size(); ++i) {
      if (rows[i].ordinal() != rows[i - 1].ordinal() + 1 ||
          rows[i].previous_index() != rows[i - 1].index()) {
        return Unverified(absl::StrCat("the feed is broken between number ",
                                       rows[i - 1].ordinal(), " and ",
                                       rows[i].ordinal()));
      }
    }
    if (rows.back().admitted_unix_ms() >= before) {
      verdict_.is_complete = true;
      return absl::OkStatus();
    }
    if (file_.checkpoint().empty()) return absl::OkStatus();
    return CheckTail(request.submitter(), rows.back().index());
  }

  // That the feed's last entry is its last: none of the later ones is its.
  absl::Status CheckTail(const std::string& submitter, uint64_t last_index) {
    if (file_.first_entry() != last_index + 1) {
      return NoProof("lacks the entries after the feed's last");
    }
    RETURN_IF_ERROR(CheckRun(file_, open_).status());
    uint64_t index = file_.first_entry();
    for (const std::string& entry : file_.entries()) {
      const auto peek = statement::PeekEntry(entry);
      if (!peek.ok()) return Unverified("entry", peek.status());
      if (peek->feed == submitter) {
        return Unverified(
            absl::StrCat("entry ", index, " of ", submitter, " was left out"));
      }
      ++index;
    }
    verdict_.is_complete = true;
    return absl::OkStatus();
  }

  template <typename Response, typename Row>
  absl::Status CheckWhole(
      const std::vector<const Response*>& pages, std::optional<int64_t> moment,
      const std::function<std::vector<Row>(const records::Model& model)>&
          answer,
      const std::function<std::vector<Row>(const std::vector<Row>&)>& whole =
          nullptr) {
    RETURN_IF_ERROR(CheckPages(pages, moment, allow_more_, &verdict_));
    std::vector<Row> given;
    for (const Response* page : pages) {
      if (page->basis().tree_size() != verdict_.tree_size) {
        return Unverified("pages are of different trees");
      }
      given.insert(given.end(), page->rows().begin(), page->rows().end());
    }
    if (whole != nullptr) given = whole(given);
    verdict_.rows = given.size();
    ASSIGN_OR_RETURN(const records::Model model,
                     ModelOf(file_, open_, verdict_.tree_size));
    const std::vector<Row> made = answer(model);
    const bool same =
        given.size() <= made.size() &&
        (allow_more_ || given.size() == made.size()) &&
        std::equal(given.begin(), given.end(), made.begin(), Same<Row>);
    if (!same) return Unverified("the entries give another answer");
    verdict_.is_complete = true;
    return absl::OkStatus();
  }

  absl::Status CheckReconcile(const v1::ReconcileRequest& request) {
    ASSIGN_OR_RETURN(const auto pages,
                     PagesOf<v1::ReconcileResponse>(file_, &Page::has_reconcile,
                                                    &Page::reconcile));
    return CheckWhole<v1::ReconcileResponse, v1::ReconcileRow>(
        pages, std::nullopt,
        [&](const records::Model& model) { return model.Reconcile(request); });
  }

  absl::Status CheckStatistics(const v1::GetStatisticsRequest& request) {
    ASSIGN_OR_RETURN(const auto pages,
                     PagesOf<v1::GetStatisticsResponse>(
                         file_, &Page::has_statistics, &Page::statistics));
    // With conditions a group comes in parts, over several pages.
    std::function<std::vector<v1::StatisticsRow>(
        const std::vector<v1::StatisticsRow>&)>
        whole;
    if (request.has_filter()) whole = records::MergeByKey;
    return CheckWhole<v1::GetStatisticsResponse, v1::StatisticsRow>(
        pages, request.has_filter() ? MomentOf(request) : std::nullopt,
        [&](const records::Model& model) {
          return model.Statistics(request, verdict_.as_of_unix_ms);
        },
        whole);
  }

  static absl::Status Held(const absl::Status& status) {
    return status.ok() ? status : Unverified("a row", status);
  }

  const v1::AnswerFile& file_;
  const NoteOpener& open_;
  const bool allow_more_;
  AnswerVerdict verdict_;
};

}  // namespace

NoteOpener OpenWith(const checkpoint::LogKeySet* keys) {
  return [keys](absl::string_view note) -> absl::StatusOr<OpenedTree> {
    const auto opened = keys->OpenCheckpoint(note);
    if (!opened.ok()) return Unverified("checkpoint", opened.status());
    return OpenedTree{opened->checkpoint.tree_size,
                      opened->checkpoint.root_hash};
  };
}

absl::StatusOr<AnswerVerdict> CheckAnswer(const v1::AnswerFile& file,
                                          const NoteOpener& open,
                                          bool allow_more) {
  return Checker(file, open, allow_more).Check();
}

}  // namespace sightline::client
