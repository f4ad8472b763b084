#include "records/reconcile.h"

#include <set>
#include <utility>

namespace sightline::records {
namespace {

using Requests = std::pair<int, int>;  // channel, legal process

v1::ReconcileRow RowOf(const MonthBooks& books, const ClassKey& key) {
  v1::ReconcileRow row;
  row.set_submitter(books.submitter);
  row.set_month(books.month);
  row.set_channel(static_cast<v1::Channel>(std::get<0>(key)));
  row.set_legal_process(static_cast<v1::LegalProcess>(std::get<1>(key)));
  row.set_outcome(static_cast<v1::Outcome>(std::get<2>(key)));
  if (books.report != nullptr) row.set_report_index(books.report_index);
  const auto logged = books.logged.find(key);
  if (logged != books.logged.end()) {
    row.set_logged(static_cast<uint64_t>(logged->second.logged));
    row.set_answered(static_cast<uint64_t>(logged->second.answered));
  }
  return row;
}

}  // namespace

std::vector<v1::ReconcileRow> ReconcileMonth(const MonthBooks& books) {
  std::map<ClassKey, uint64_t> reported;
  std::set<Requests> whole;
  std::set<Requests> by_outcome;
  if (books.report != nullptr) {
    for (const v1::ClassTotal& total : books.report->totals()) {
      const Requests requests(total.channel(), total.legal_process());
      (total.outcome() == 0 ? whole : by_outcome).insert(requests);
      reported[{requests.first, requests.second, total.outcome()}] =
          total.count();
    }
  }
  std::map<ClassKey, v1::ReconcileRow> rows;
  for (const auto& [key, count] : reported) {
    v1::ReconcileRow row = RowOf(books, key);
    row.set_reported(count);
    rows.emplace(key, std::move(row));
  }
  for (const auto& [key, count] : books.logged) {
    const Requests requests(std::get<0>(key), std::get<1>(key));
    const bool tells =
        std::get<2>(key) != 0
            ? by_outcome.count(requests) > 0
            : by_outcome.count(requests) == 0 || whole.count(requests) > 0;
    if (count.logged > 0 && tells) rows.emplace(key, RowOf(books, key));
  }
  std::vector<v1::ReconcileRow> out;
  out.reserve(rows.size());
  for (auto& [key, row] : rows) out.push_back(std::move(row));
  return out;
}

bool Disagrees(const v1::ReconcileRow& row) {
  return row.has_report_index() && row.reported() != row.logged();
}

std::vector<std::string> BooksOf(const v1::RequestRow& row) {
  std::vector<std::string> out = {row.facts().submitter()};
  const std::string& custodian = row.facts().request().custodian();
  if (!custodian.empty() && custodian != out.front()) out.push_back(custodian);
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
