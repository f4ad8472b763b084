#include "records/reconcile.h"

#include <set>
#include <utility>

#include "absl/strings/string_view.h"
#include "records/statistics.h"
#include "statement/submitter_id.h"

namespace sightline::records {
namespace {

using Requests = std::pair<int, int>;  // channel, legal process

bool IsPlatform(absl::string_view id) {
  return statement::SubmitterKindOf(id) == v1::SUBMITTER_KIND_PLATFORM;
}

// What one report says, by class.
class Told {
 public:
  explicit Told(const BookReport& report) : index_(report.index) {
    if (report.report == nullptr) return;
    exists_ = true;
    for (const v1::ClassTotal& total : report.report->totals()) {
      const Requests requests(total.channel(), total.legal_process());
      (total.outcome() == 0 ? whole_ : by_outcome_).insert(requests);
      totals_[{requests.first, requests.second, total.outcome()}] =
          total.count();
    }
  }

  bool exists() const { return exists_; }
  uint64_t index() const { return index_; }
  const std::map<ClassKey, uint64_t>& totals() const { return totals_; }

  // Whether its silence about a class means none: it tells of such requests by
  // outcome, or all together, as the class is.
  bool Tells(const ClassKey& key) const {
    const Requests requests(std::get<0>(key), std::get<1>(key));
    if (std::get<2>(key) != 0) return by_outcome_.count(requests) > 0;
    return by_outcome_.count(requests) == 0 || whole_.count(requests) > 0;
  }

 private:
  bool exists_ = false;
  uint64_t index_;
  std::set<Requests> whole_;
  std::set<Requests> by_outcome_;
  std::map<ClassKey, uint64_t> totals_;
};

class Month {
 public:
  explicit Month(const MonthBooks& books)
      : books_(books), own_(books.own), others_(books.others) {}

  std::vector<v1::ReconcileRow> Rows() const {
    std::set<ClassKey> classes;
    for (const Told* const told : {&own_, &others_}) {
      for (const auto& [key, count] : told->totals()) classes.insert(key);
    }
    for (const auto& [key, count] : books_.logged) {
      if (count.logged > 0 && IsTold(key)) classes.insert(key);
    }
    std::vector<v1::ReconcileRow> out;
    out.reserve(classes.size());
    for (const ClassKey& key : classes) out.push_back(RowOf(key));
    return out;
  }

 private:
  bool IsTold(const ClassKey& key) const {
    if (!own_.exists() && !others_.exists()) return own_.Tells(key);
    return (own_.exists() && own_.Tells(key)) ||
           (others_.exists() && others_.Tells(key));
  }

  v1::ReconcileRow RowOf(const ClassKey& key) const {
    v1::ReconcileRow row;
    row.set_submitter(books_.book.submitter);
    row.set_counterparty(books_.book.counterparty);
    row.set_month(books_.book.month);
    row.set_channel(static_cast<v1::Channel>(std::get<0>(key)));
    row.set_legal_process(static_cast<v1::LegalProcess>(std::get<1>(key)));
    row.set_outcome(static_cast<v1::Outcome>(std::get<2>(key)));
    if (own_.exists() && own_.Tells(key)) row.set_report_index(own_.index());
    const auto reported = own_.totals().find(key);
    if (reported != own_.totals().end()) row.set_reported(reported->second);
    if (others_.exists() && others_.Tells(key)) {
      row.set_counterparty_report_index(others_.index());
    }
    const auto others = others_.totals().find(key);
    if (others != others_.totals().end()) {
      row.set_counterparty_reported(others->second);
    }
    const auto logged = books_.logged.find(key);
    if (logged != books_.logged.end()) {
      row.set_logged(static_cast<uint64_t>(logged->second.logged));
      row.set_answered(static_cast<uint64_t>(logged->second.answered));
    }
    return row;
  }

  const MonthBooks& books_;
  const Told own_;
  const Told others_;
};

}  // namespace

Book OtherSide(const Book& book) {
  return {book.month, book.counterparty, book.submitter};
}

std::vector<v1::ReconcileRow> ReconcileMonth(const MonthBooks& books) {
  return Month(books).Rows();
}

bool Disagrees(const v1::ReconcileRow& row) {
  return (row.has_report_index() && row.reported() != row.logged()) ||
         (row.has_counterparty_report_index() &&
          row.counterparty_reported() != row.logged());
}

std::vector<Book> BooksOf(const v1::RequestRow& row) {
  const uint32_t month = MonthOf(row.facts().admitted_unix_ms());
  const std::string& agency = row.facts().submitter();
  const std::string& platform = row.facts().request().custodian();
  std::vector<Book> out = {{month, agency, ""}};
  if (platform.empty() || platform == agency) return out;
  out.push_back({month, platform, ""});
  if (IsPlatform(agency) || !IsPlatform(platform)) return out;
  out.push_back({month, agency, platform});
  out.push_back({month, platform, agency});
  return out;
}

void Count(const v1::RequestRow& row, int64_t sign, ClassCounts* counts) {
  const v1::FootageRequest& request = row.facts().request();
  ClassCount& all = (*counts)[{request.channel(), request.legal_process(), 0}];
  all.logged += sign;
  if (row.answered_index() != 0) all.answered += sign;
  if (row.outcome() == v1::OUTCOME_UNSPECIFIED) return;
  (*counts)[{request.channel(), request.legal_process(), row.outcome()}]
      .logged += sign;
}

}  // namespace sightline::records
