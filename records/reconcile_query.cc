// Reconcile.
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "records/list_filter.h"
#include "records/paging.h"
#include "records/queries.h"
#include "records/reconcile.h"
#include "records/row_loader.h"
#include "records/view_keys.h"

namespace sightline::records {
namespace {

// Reports, counts and reports of the other side all begin so.
Book BookOf(absl::string_view key) {
  KeyReader reader(key);
  Book book;
  book.month = reader.Small();
  book.submitter = std::string(reader.Text());
  book.counterparty = std::string(reader.Text());
  return book;
}

std::string KeyOf(View view, const Book& book) {
  return BookKey(view, book.month, book.submitter, book.counterparty).bytes();
}

// Before every key of the book and of those after it, and after all others.
std::string KeyFrom(View view, const Book& book) {
  std::string key = KeyOf(view, book);
  key.pop_back();
  return key;
}

// No id holds so low a character: after every id that begins as this one ends.
constexpr char kAfter = '\x01';

// A report that is stored with its index.
class StoredReport {
 public:
  absl::Status Read(const storage::ViewSnapshot& snapshot, const Book& book) {
    ASSIGN_OR_RETURN(const auto stored,
                     snapshot.Get(KeyOf(View::kReports, book)));
    if (!stored.has_value() || stored->size() < 8) return absl::OkStatus();
    ASSIGN_OR_RETURN(report_, ParseView<v1::PeriodReport>(
                                  absl::string_view(*stored).substr(8)));
    told_ = {&report_, base::ReadU64(*stored)};
    return absl::OkStatus();
  }

  // Valid while this is.
  const BookReport& told() const { return told_; }

 private:
  v1::PeriodReport report_;
  BookReport told_;
};

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

  // A page ends with a book, so it may be longer than asked; and where many books
  // are passed over it may be empty.
  absl::Status Run() {
    Book at = {request_.from_month(), request_.submitter(), ""};
    if (!page_.position.empty()) {
      at = BookOf(absl::StrCat("x", page_.position));
    }
    for (uint32_t examined = 0;; ++examined) {
      ASSIGN_OR_RETURN(std::optional<Book> next, NextStored(at));
      if (!next.has_value()) return absl::OkStatus();
      if (static_cast<uint32_t>(response_.rows_size()) >= page_.size ||
          examined >= kMaxReconciled) {
        response_.set_next_page_token(
            page_.TokenAt(KeyOf(View::kBooks, *next).substr(1)));
        return absl::OkStatus();
      }
      if (!MatchesBook(request_, *next)) {
        at = After(*next);
        continue;
      }
      RETURN_IF_ERROR(AddRows(*next));
      at = *std::move(next);
      at.counterparty.push_back(kAfter);
    }
  }

 private:
  // From where the next one can be that is listed, after one that is not.
  Book After(const Book& book) const {
    const std::string& wanted = request_.submitter();
    if (!wanted.empty() && book.submitter < wanted) {
      return {book.month, wanted, request_.counterparty()};
    }
    if (!wanted.empty() && (book.submitter > wanted ||
                            book.counterparty > request_.counterparty())) {
      return {book.month + 1, wanted, request_.counterparty()};
    }
    if (!request_.counterparty().empty() &&
        book.counterparty < request_.counterparty()) {
      return {book.month, book.submitter, request_.counterparty()};
    }
    return {book.month, book.submitter + kAfter, ""};
  }

  // A book of which there is a report or, unless only reports can matter, a count.
  absl::StatusOr<std::optional<Book>> NextStored(const Book& at) const {
    std::optional<Book> next;
    for (const View view : {View::kReports, View::kReported, View::kBooks}) {
      if (view == View::kBooks && request_.disagreements()) continue;
      RETURN_IF_ERROR(snapshot_->Scan(
          KeyFrom(view, at),
          storage::AfterPrefix(Key(view).Small(request_.until_month()).bytes()),
          [&](absl::string_view key, absl::string_view) {
            Book book = BookOf(key);
            if (!next.has_value() || book < *next) next = std::move(book);
            return false;
          }));
    }
    return next;
  }

  absl::Status AddRows(const Book& book) {
    if (AsksForPlace(request_)) {
      ASSIGN_OR_RETURN(const v1::SubmitterFacts* const submitter,
                       loader_.Submitter(book.submitter));
      if (!MatchesPlace(request_, submitter)) return absl::OkStatus();
    }
    MonthBooks books;
    books.book = book;
    StoredReport own;
    RETURN_IF_ERROR(own.Read(*snapshot_, book));
    books.own = own.told();
    StoredReport others;
    if (!book.counterparty.empty()) {
      RETURN_IF_ERROR(others.Read(*snapshot_, OtherSide(book)));
      books.others = others.told();
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

}  // namespace

absl::Status Queries::Reconcile(const v1::ReconcileRequest& request,
                                v1::ReconcileResponse* response) const {
  statement::Violations violations;
  CheckConditions(request, &violations);
  RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_RETURN(const Page page, PageOf(request, false, {}, now_unix_ms_));
  response->mutable_basis()->set_as_of_unix_ms(page.as_of_unix_ms);
  return Reconciliation(snapshot_, request, page, response).Run();
}

}  // namespace sightline::records
