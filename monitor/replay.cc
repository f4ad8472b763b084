#include "monitor/replay.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "monitor/tile_check.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "statement/policy.h"
#include "statement/policy_trail.h"
#include "statement/verdict.h"
#include "statement/whole_seal.h"

namespace sightline::monitor {
namespace {

std::string IndexText(const std::optional<uint64_t>& index) {
  return index.has_value() ? absl::StrCat("entry ", *index) : "none";
}

// Registry statements that may not be made, as opposed to those that make no
// sense.
ProblemKind KindOfRefusal(const absl::Status& status) {
  return absl::IsUnauthenticated(status) || absl::IsPermissionDenied(status)
             ? ProblemKind::kNotAuthorised
             : ProblemKind::kRegistryRule;
}

std::string VerdictText(const v1::PolicyRef* policy,
                        absl::Span<const v1::Finding> findings) {
  std::string text =
      policy == nullptr
          ? "no policy"
          : absl::StrCat(policy->policy_id(), " version ", policy->version());
  for (const v1::Finding& finding : findings) {
    absl::StrAppend(&text, "; ", finding.rule_id(), " (got ", finding.got(),
                    ", limit ", finding.limit(), ")");
  }
  return text;
}

}  // namespace

// A face says the month of its admission, which lies between those of its
// neighbours.
void Replay::CheckFaceTime(const CheckedEntry& entry) {
  const int64_t admitted = entry.entry.admitted_unix_ms();
  const uint32_t month = entry.statement.sealed_statement().month();
  const uint32_t least = statement::MonthOf(last_admitted_unix_ms_);
  if (!entry.valid) return;  // has been reported
  if (month < least || admitted != statement::MonthBegin(month)) {
    problems_->Add({.kind = ProblemKind::kAdmissionTime,
                    .index = entry.index,
                    .got = absl::StrCat(admitted),
                    .want = absl::StrCat("the first moment of the month ",
                                         std::max(least, month))});
  }
  last_admitted_unix_ms_ = std::max(last_admitted_unix_ms_, admitted);
}

void Replay::CheckTime(const CheckedEntry& entry) {
  if (entry.statement.has_sealed_statement()) return CheckFaceTime(entry);
  const int64_t admitted = entry.entry.admitted_unix_ms();
  if (admitted < last_admitted_unix_ms_) {
    problems_->Add({.kind = ProblemKind::kAdmissionTime,
                    .index = entry.index,
                    .got = absl::StrCat(admitted),
                    .want = absl::StrCat(last_admitted_unix_ms_, " or later")});
  }
  last_admitted_unix_ms_ = std::max(last_admitted_unix_ms_, admitted);
}

void Replay::CheckFeed(const CheckedEntry& checked) {
  const v1::Entry& entry = checked.entry;
  const std::string submitter = statement::FeedOf(checked.statement);
  FeedTotals& feed = feeds_[submitter];
  if (feed.submitter.empty()) feed.submitter = submitter;
  if (entry.feed_ordinal() != feed.entries + 1) {
    problems_->Add({.kind = ProblemKind::kFeedOrdinal,
                    .index = checked.index,
                    .where = submitter,
                    .got = absl::StrCat(entry.feed_ordinal()),
                    .want = absl::StrCat(feed.entries + 1)});
  }
  std::optional<uint64_t> got;
  std::optional<uint64_t> want;
  if (entry.has_feed_previous_index()) got = entry.feed_previous_index();
  if (feed.entries > 0) want = feed.last_index;
  if (got != want) {
    problems_->Add({.kind = ProblemKind::kFeedLink,
                    .index = checked.index,
                    .where = submitter,
                    .got = IndexText(got),
                    .want = IndexText(want)});
  }
  feed.entries = entry.feed_ordinal();
  feed.last_index = checked.index;
  Count(checked, &feed);
}

void Replay::Count(const CheckedEntry& entry, FeedTotals* feed) const {
  const v1::StatementKind kind = statement::KindOf(entry.statement);
  const absl::Time claimed =
      absl::FromUnixSeconds(entry.statement.header().claimed_time().seconds());
  const int year =
      static_cast<int>(absl::ToCivilYear(claimed, absl::UTCTimeZone()).year());
  for (KindTotal& total : feed->totals) {
    if (total.kind != kind || total.year != year) continue;
    ++total.entries;
    return;
  }
  feed->totals.push_back({kind, year, 1});
}

void Replay::CheckAuthority(CheckedEntry* entry) {
  absl::StatusOr<statement::SignatureKeys> keys = registry_.AuthoriseRules(
      entry->index, entry->entry.statement(), entry->statement);
  if (keys.ok()) {
    entry->keys = *std::move(keys);
    return;
  }
  problems_->Add({.kind = KindOfRefusal(keys.status()),
                  .index = entry->index,
                  .got = std::string(keys.status().message())});
}

// Who may have said what an unsealing brings is decided by the entries before its
// face.
void Replay::CheckBrought(const CheckedEntry& entry) {
  if (!statement::BringsStatement(entry.statement)) return;
  const auto brought = statement::ReadBrought(entry.statement);
  if (!brought.ok()) return;  // has been reported
  absl::StatusOr<statement::SignatureKeys> keys = registry_.AuthoriseRules(
      brought->face_index, brought->signed_statement, brought->statement);
  absl::Status status = keys.status();
  ProblemKind kind = KindOfRefusal(status);
  if (keys.ok() && verify_control_) {
    kind = ProblemKind::kSignature;
    status = statement::VerifySignatures(brought->signed_statement, *keys);
  }
  if (status.ok()) return;
  problems_->Add({.kind = kind,
                  .index = entry.index,
                  .where = "the statement that was sealed as a whole",
                  .got = std::string(status.message())});
}

absl::Status Replay::ReadTrail(EntryReader read, CheckedEntry* entry) const {
  entry->trail = trails_.EndOf(entry->statement);
  if (entry->trail.has_value()) return absl::OkStatus();
  const std::optional<uint64_t> target = statement::TrailOf(entry->statement);
  // What points forward has been reported, and leads nowhere.
  if (!statement::IsGovernedBySeals(entry->statement) || !target.has_value() ||
      *target >= entry->index) {
    entry->trail.emplace();
    return absl::OkStatus();
  }
  const absl::StatusOr<statement::TrailEnd> end = statement::FollowTrail(
      entry->statement, [&](uint64_t index) -> absl::StatusOr<std::string> {
        absl::StatusOr<std::string> bytes = read(index);
        // An earlier entry is missing where there is none: no end of the trail.
        if (!absl::IsOutOfRange(bytes.status())) return bytes;
        return absl::NotFoundError(bytes.status().message());
      });
  if (end.ok()) entry->trail = *end;
  return IsAboutTheLog(end.status()) ? absl::OkStatus() : end.status();
}

void Replay::CheckVerdict(const CheckedEntry& checked) {
  const v1::Entry& entry = checked.entry;
  std::optional<statement::TrailEnd> trail = checked.trail;
  if (!trail.has_value()) {
    // That the findings follow from the policy can be told still.
    ++trails_believed_;
    trail.emplace();
    if (entry.has_policy()) trail->policy = entry.policy();
  }
  const statement::Verdict want = statement::JudgeStatement(
      registry_, checked.index, entry.admitted_unix_ms(), checked.statement,
      *trail);
  const std::vector<v1::Finding> got(entry.findings().begin(),
                                     entry.findings().end());
  const v1::PolicyRef* got_policy =
      entry.has_policy() ? &entry.policy() : nullptr;
  if (statement::EncodeVerdict(got_policy, got) == want.Encoded()) return;
  problems_->Add(
      {.kind = ProblemKind::kVerdict,
       .index = checked.index,
       .got = VerdictText(got_policy, got),
       .want = VerdictText(want.policy.has_value() ? &*want.policy : nullptr,
                           want.findings)});
}

bool Replay::VerifySignatures(const CheckedEntry& entry, ProblemLog* problems) {
  const absl::Status status =
      statement::VerifySignatures(entry.entry.statement(), entry.keys);
  if (status.ok()) return true;
  problems->Add({.kind = ProblemKind::kSignature,
                 .index = entry.index,
                 .where = entry.statement.header().submitter(),
                 .got = std::string(status.message())});
  return false;
}

void Replay::ApplyControl(CheckedEntry* entry) {
  // Those who may not say it have been reported; it does not count.
  if (entry->keys.empty()) return;
  if (verify_control_ && !VerifySignatures(*entry, problems_)) return;
  const absl::Status status = registry_.Apply(entry->index, entry->statement);
  if (status.ok()) return;
  problems_->Add({.kind = ProblemKind::kRegistryRule,
                  .index = entry->index,
                  .got = std::string(status.message())});
}

void Replay::Next(CheckedEntry* entry) {
  entry->keys.clear();
  CheckTime(*entry);
  CheckFeed(*entry);
  if (!entry->valid) return;  // has been reported, and says nothing that counts
  CheckAuthority(entry);
  CheckBrought(*entry);
  if (!entry->keys.empty()) renewed_seals_.Next(*entry, problems_);
  CheckVerdict(*entry);
  trails_.Next(*entry);
  if (statement::IsControl(statement::KindOf(entry->statement))) {
    ApplyControl(entry);
  }
}

void Replay::ApplyLogKeys(CheckedEntry* entry) {
  if (!entry->valid) return;
  CheckAuthority(entry);
  ApplyControl(entry);
}

void Replay::Resume(const std::vector<FeedTotals>& feeds,
                    int64_t last_admitted_unix_ms,
                    const std::vector<RenewedSeal>& renewed_seals) {
  renewed_seals_.Resume(renewed_seals);
  for (const FeedTotals& feed : feeds) feeds_[feed.submitter] = feed;
  last_admitted_unix_ms_ = last_admitted_unix_ms;
}

std::vector<FeedTotals> Replay::Feeds() const {
  std::vector<FeedTotals> feeds;
  for (const auto& [submitter, feed] : feeds_) feeds.push_back(feed);
  std::sort(feeds.begin(), feeds.end(),
            [](const FeedTotals& a, const FeedTotals& b) {
              return a.submitter < b.submitter;
            });
  return feeds;
}

}  // namespace sightline::monitor
