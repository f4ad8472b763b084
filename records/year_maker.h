// A year of a made-up log with everything that is known about it: what answers
// are tested against. Tests and benchmarks only.
//
// The truth is kept while the entries are made, in words of its own: it shares no
// code with what answers the questions. Entries have no valid signatures.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/record.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::records {

// One request, as it really went.
struct TrueRequest {
  uint64_t index = 0;
  int64_t admitted = 0;
  std::string agency;
  std::string platform;  // "" when none is addressed
  std::string state;
  std::string county;
  std::string cell;  // instead of the county
  v1::FootageRequest said;
  bool is_voluntary = false;
  bool is_emergency = false;
  bool breaks_policy = false;
  bool is_listed = false;  // beside an assembly of a calendar
  bool withdrawn = false;
  bool declined = false;
  bool given = false;
  int64_t given_at = 0;
  int64_t notice_at = 0;  // 0: none
  uint64_t answered_by = 0;
  int64_t answered_at = 0;
  v1::Outcome outcome = v1::OUTCOME_UNSPECIFIED;
  uint64_t compelled_by = 0;
  v1::CountBucket shared = v1::COUNT_BUCKET_UNSPECIFIED;
  v1::CountBucket refused = v1::COUNT_BUCKET_UNSPECIFIED;
  uint64_t counted_by = 0;
  uint64_t reviewed_by = 0;  // the last; 0: none
  v1::ReviewVerdict verdict = v1::REVIEW_VERDICT_UNSPECIFIED;
  bool given_too_early = false;
};

struct TrueSeal {
  std::string agency;
  int64_t until = 0;
  uint32_t renewals = 0;
  bool erased = false;
};

struct YearOptions {
  uint32_t seed = 1;
  uint64_t entries = 2000;
  uint32_t agencies = 20;
};

class YearMaker {
 public:
  static constexpr absl::string_view kOrigin = "log.example.com/year";
  static constexpr int64_t kBegin = 1577836800000;  // 2020-01-01
  static constexpr int64_t kEnd = 1609459200000;    // 2021-01-01
  static constexpr int64_t kDay = 86'400'000;
  static constexpr int kDeadlineDays = 30;
  static constexpr int kReviewDays = 3;

  explicit YearMaker(const YearOptions& options);

  // --- The log ---
  const std::vector<std::string>& entries() const { return entries_; }

  // --- The truth ---
  const std::vector<TrueRequest>& requests() const { return requests_; }
  // Not opened, by entry and path; personal data left out.
  const std::map<std::pair<uint64_t, std::string>, TrueSeal>& seals() const {
    return seals_;
  }
  const std::vector<uint64_t>& changes() const { return changes_; }
  const std::map<std::string, std::vector<uint64_t>>& feeds() const {
    return feeds_;
  }
  int64_t admitted(uint64_t index) const { return times_[index]; }
  // Submitter, month, channel, process: reported, and what it should have been.
  using BookLine = std::tuple<std::string, uint32_t, int, int>;
  const std::map<BookLine, std::pair<uint64_t, uint64_t>>& wrong_reports()
      const {
    return wrong_reports_;
  }
  // A month and class of an agency and a platform, as the reports about the pair have
  // it. No value: that side filed no report about the other, which is not the same
  // as having reported none.
  struct TruePair {
    std::optional<uint64_t> agency_says;
    std::optional<uint64_t> platform_says;
    uint64_t logged = 0;
  };
  // Agency, platform, month, channel, process.
  using PairLine = std::tuple<std::string, std::string, uint32_t, int, int>;
  // Those of which at least one side says something else than the log has.
  std::map<PairLine, TruePair> WrongPairs() const;
  const std::vector<std::string>& agencies() const { return agencies_; }
  const std::vector<std::string>& platforms() const { return platforms_; }

 private:
  struct Feed {
    uint64_t ordinal = 0;
    uint64_t last = 0;
  };

  uint64_t Roll(uint64_t below);
  bool Chance(int percent) {
    return Roll(100) < static_cast<uint64_t>(percent);
  }
  v1::Statement New(const std::string& submitter);
  uint64_t Append(const v1::Statement& statement,
                  const v1::Entry& verdict = {});
  v1::EntryLink LinkTo(uint64_t index) const;

  void Begin();
  void Act();
  void Request(const TrueRequest* escalates);
  void FillPlace(TrueRequest* truth);
  void FillWindows(v1::FootageRequest* request);
  void Seal(v1::Statement* statement);
  void Answer(TrueRequest* truth);
  void FillAnswer(const TrueRequest& truth, v1::FootageResponse* answer);
  void Learn(const v1::FootageResponse& answer, uint64_t index,
             TrueRequest* truth);
  void Amend(TrueRequest* truth);
  void Review();
  void ChangeSeal();
  void Attest(const TrueRequest& truth);
  void Report();
  // What one side of a pair files about the other.
  void ReportPair(const std::string& agency, const std::string& platform,
                  uint32_t month, bool by_agency);
  void ReportPairs(const std::string& submitter, uint32_t month);
  TrueRequest* AnyRequest();

  const YearOptions options_;
  std::mt19937 random_;
  int64_t now_ = kBegin;
  std::vector<std::string> entries_;
  std::vector<int64_t> times_;
  std::map<std::string, Feed> feed_heads_;
  std::vector<std::string> agencies_;
  std::vector<std::string> platforms_;

  std::vector<TrueRequest> requests_;
  std::vector<size_t> unanswered_;   // places in requests_
  std::vector<size_t> emergencies_;  // the same
  std::map<std::pair<uint64_t, std::string>, TrueSeal> seals_;
  std::vector<uint64_t> changes_;
  std::map<std::string, std::vector<uint64_t>> feeds_;
  std::map<BookLine, std::pair<uint64_t, uint64_t>> wrong_reports_;
  std::map<BookLine, uint64_t> totals_;
  using Classes = std::map<std::pair<int, int>, uint64_t>;
  using PairMonth = std::tuple<uint32_t, std::string, std::string>;
  std::map<PairMonth, Classes> pair_totals_;
  std::map<PairMonth, Classes> pair_reports_[2];  // by platforms, by agencies
  std::set<std::pair<std::string, uint32_t>> reported_;
  uint32_t month_reported_ = 0;
};

}  // namespace sightline::records
