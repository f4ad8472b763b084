#include "monitor/report_books.h"

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "statement/submitter_id.h"
#include "statement/vocabulary_text.h"
#include "statement/whole_seal.h"

namespace sightline::monitor {
namespace {

using Requests = std::pair<int, int>;  // channel, process

bool IsPlatform(const std::string& id) {
  return statement::SubmitterKindOf(id) == v1::SUBMITTER_KIND_PLATFORM;
}

std::string RequestsText(const Requests& requests) {
  return absl::StrCat(
      statement::Text(static_cast<v1::Channel>(requests.first)), ", ",
      statement::Text(static_cast<v1::LegalProcess>(requests.second)));
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
  std::map<Requests, std::pair<uint64_t, uint64_t>> classes;  // said, logged
  std::set<Requests> by_outcome;
  for (const v1::ClassTotal& total : said.totals()) {
    const Requests requests(total.channel(), total.legal_process());
    if (total.outcome() != v1::OUTCOME_UNSPECIFIED) {
      by_outcome.insert(requests);
    } else {
      classes[requests].first = total.count();
    }
  }
  const std::string& by = report.header().submitter();
  for (auto it = counts_.lower_bound(
           Count(said.month(), by, said.counterparty(), 0, 0));
       it != counts_.end(); ++it) {
    const auto& [month, whose, with, channel, process] = it->first;
    if (month != said.month() || whose != by || with != said.counterparty()) {
      break;
    }
    const Requests requests(channel, process);
    // Told by outcome alone, it is not told here.
    if (by_outcome.count(requests) > 0 && classes.count(requests) == 0) {
      continue;
    }
    classes[requests].second = it->second;
  }
  std::vector<std::string> out;
  for (const auto& [requests, counts] : classes) {
    if (counts.first == counts.second) continue;
    out.push_back(absl::StrCat(RequestsText(requests), ": reported ",
                               counts.first, ", logged ", counts.second));
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
