#include "monitor/report_books.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "records/reconcile.h"
#include "statement/submitter_id.h"
#include "statement/vocabulary_text.h"
#include "statement/whole_seal.h"

namespace sightline::monitor {
namespace {

bool IsPlatform(const std::string& id) {
  return statement::SubmitterKindOf(id) == v1::SUBMITTER_KIND_PLATFORM;
}

}  // namespace

void ReportBooks::Add(const Count& count) {
  if (std::get<0>(count) <= forgotten_) return;
  ++counts_[count];
  if (counts_.size() <= max_counts_) return;
  forgotten_ = std::get<0>(counts_.begin()->first);
  counts_.erase(counts_.begin(),
                counts_.lower_bound(Count(forgotten_ + 1, "", "", 0, 0)));
}

void ReportBooks::OnRequest(const v1::Statement& statement,
                            int64_t admitted_unix_ms) {
  const uint32_t month = statement::MonthOf(admitted_unix_ms);
  if (forgotten_ == kAll) forgotten_ = month;
  const v1::FootageRequest& request = statement.footage_request();
  const std::string& agency = statement.header().submitter();
  const std::string& platform = request.custodian();
  const auto add = [&](const std::string& whose, const std::string& with) {
    Add({month, whose, with, request.channel(), request.legal_process()});
  };
  add(agency, "");
  if (platform.empty() || platform == agency) return;
  add(platform, "");
  if (IsPlatform(agency)) return;
  add(agency, platform);
  add(platform, agency);
}

std::vector<std::string> ReportBooks::Differences(
    const v1::Statement& report) const {
  const v1::PeriodReport& said = report.period_report();
  if (said.month() <= forgotten_) return {};
  records::MonthBooks books;
  books.book = {said.month(), report.header().submitter(), said.counterparty()};
  books.own.report = &said;
  for (auto it = counts_.lower_bound(Count(said.month(), books.book.submitter,
                                           said.counterparty(), 0, 0));
       it != counts_.end(); ++it) {
    const auto& [month, whose, with, channel, process] = it->first;
    if (month != said.month() || whose != books.book.submitter ||
        with != said.counterparty()) {
      break;
    }
    books.logged[{channel, process, v1::OUTCOME_UNSPECIFIED}].logged =
        static_cast<int64_t>(it->second);
  }
  std::vector<std::string> out;
  for (const v1::ReconcileRow& row : records::ReconcileMonth(books)) {
    if (row.outcome() != v1::OUTCOME_UNSPECIFIED || !records::Disagrees(row)) {
      continue;
    }
    out.push_back(absl::StrCat(statement::Text(row.channel()), ", ",
                               statement::Text(row.legal_process()),
                               ": reported ", row.reported(), ", logged ",
                               row.logged()));
  }
  return out;
}

void ReportBooks::ForgetAll() {
  counts_.clear();
  forgotten_ = kAll;
}

nlohmann::json ReportBooks::Save() const {
  nlohmann::json counts = nlohmann::json::array();
  for (const auto& [count, requests] : counts_) {
    const auto& [month, whose, with, channel, process] = count;
    counts.push_back({month, whose, with, channel, process, requests});
  }
  return {{"forgotten", forgotten_}, {"counts", std::move(counts)}};
}

void ReportBooks::Load(const nlohmann::json& saved) {
  forgotten_ = saved.at("forgotten").get<uint32_t>();
  for (const nlohmann::json& item : saved.at("counts")) {
    counts_[{item.at(0).get<uint32_t>(), item.at(1).get<std::string>(),
             item.at(2).get<std::string>(), item.at(3).get<int>(),
             item.at(4).get<int>()}] = item.at(5).get<uint64_t>();
  }
}

}  // namespace sightline::monitor
