#include "records/view_writer.h"

#include <optional>

#include "base/bytes.h"
#include "base/status_macros.h"
#include "records/request_hint.h"
#include "records/seal_row.h"
#include "records/statistics.h"
#include "records/view_keys.h"
#include "statement/seal.h"

namespace sightline::records {
namespace {

std::string PolicyKey(const v1::PolicyRef& policy) {
  return Key(View::kPolicy)
      .Text(policy.policy_id())
      .Small(policy.version())
      .bytes();
}

std::string ReportKey(View view, const Book& book) {
  return BookKey(view, book.month, book.submitter, book.counterparty).bytes();
}

std::string CountKey(const Book& book, const ClassKey& of) {
  return BookKey(View::kBooks, book.month, book.submitter, book.counterparty)
      .Small(static_cast<uint32_t>(std::get<0>(of)))
      .Small(static_cast<uint32_t>(std::get<1>(of)))
      .Small(static_cast<uint32_t>(std::get<2>(of)))
      .bytes();
}

// No seal is listed under what no moment can change.
constexpr int64_t kNoMoment = 0;

bool IsUnanswered(const v1::RequestRow& row) {
  return row.answered_index() == 0 &&
         row.state() != v1::REQUEST_STATE_WITHDRAWN;
}

}  // namespace

absl::Status ViewWriter::Apply(uint64_t index, absl::string_view bytes) {
  ASSIGN_OR_RETURN(const RecordEntry entry, ReadRecordEntry(index, bytes));
  last_leaf_hash_ = entry.leaf_hash;
  RETURN_IF_ERROR(ApplyFeed(entry));
  RETURN_IF_ERROR(ApplyRegistry(entry));
  RETURN_IF_ERROR(ApplyRequest(entry));
  RETURN_IF_ERROR(ApplySeals(entry));
  return ApplyEvent(entry);
}

absl::Status ViewWriter::ApplyFeed(const RecordEntry& entry) {
  const std::string& submitter = entry.feed;
  const v1::FeedRow row = FeedRowOf(entry);
  pending_.Put(Key(View::kFeed).Text(submitter).Number(row.ordinal()).bytes(),
               SerialiseView(row));
  pending_.Put(Key(View::kFeedHead).Text(submitter).bytes(),
               base::U64(row.ordinal()));
  // A face says no more than the month.
  if (entry.statement.has_sealed_statement()) return absl::OkStatus();
  const auto day = static_cast<uint32_t>(row.admitted_unix_ms() / kDayMs);
  const std::string key = Key(View::kDayStart).Small(day).bytes();
  ASSIGN_OR_RETURN(const auto known, pending_.Get(key));
  if (!known.has_value()) pending_.Put(key, base::U64(entry.index));
  return absl::OkStatus();
}

absl::Status ViewWriter::ApplyRegistry(const RecordEntry& entry) {
  if (const auto submitter = SubmitterOf(entry)) {
    const std::string key =
        Key(View::kSubmitter).Text(submitter->submitter()).bytes();
    ASSIGN_OR_RETURN(const auto known, pending_.Get(key));
    if (!known.has_value()) pending_.Put(key, SerialiseView(*submitter));
  }
  if (const auto policy = PolicyOf(entry)) {
    pending_.Put(PolicyKey(policy->policy()), SerialiseView(*policy));
  }
  if (entry.statement.has_period_report()) {
    const v1::PeriodReport& report = entry.statement.period_report();
    const Book book = {report.month(), entry.statement.header().submitter(),
                       report.counterparty()};
    pending_.Put(ReportKey(View::kReports, book),
                 base::U64(entry.index) + SerialiseView(report));
    if (!book.counterparty.empty()) {
      pending_.Put(ReportKey(View::kReported, OtherSide(book)), "");
    }
  }
  return absl::OkStatus();
}

absl::Status ViewWriter::ApplyRequest(const RecordEntry& entry) {
  std::optional<v1::RequestFacts> facts = FactsOf(entry);
  if (!facts.has_value()) return absl::OkStatus();
  if (entry.brought.has_value()) {
    ASSIGN_OR_RETURN(const bool is_first, OpensFace(entry));
    if (!is_first) return absl::OkStatus();
  }
  pending_.Put(Key(View::kRequest).Number(entry.index).bytes(),
               SerialiseView(*facts));
  Held& held = held_[entry.index];
  held.parts.facts = *std::move(facts);
  RETURN_IF_ERROR(FillParties(&held));
  const v1::RequestRow row = MakeRequestRow(held.parts, kNoMoment);
  PutLists(row);
  return CountRow(row, true);
}

void ViewWriter::PutLists(const v1::RequestRow& row) {
  const uint64_t index = row.facts().index();
  const v1::FootageRequest& request = row.facts().request();
  const auto list = [&](View view) {
    pending_.Put(Key(view).Number(index).bytes(), "");
  };
  const auto list_by = [&](View view, absl::string_view text) {
    if (text.empty()) return;
    pending_.Put(Key(view).Text(text).Number(index).bytes(), "");
  };
  list_by(View::kByAgency, row.facts().submitter());
  list_by(View::kByCustodian, request.custodian());
  list_by(View::kByState, row.state_code());
  list_by(View::kByCounty, row.county_fips());
  list_by(View::kByWholeState, request.area().state());
  list_by(View::kByOffence, request.offence_code());
  pending_.Put(Key(View::kByChannel)
                   .Small(static_cast<uint32_t>(request.channel()))
                   .Number(index)
                   .bytes(),
               "");
  const std::string hint = HintOf(row);
  const TouchedDays touched = DaysOf(request);
  for (const uint32_t day : touched.days) {
    pending_.Put(Key(View::kByDay).Small(day).Number(index).bytes(), hint);
  }
  if (touched.is_long) {
    pending_.Put(Key(View::kByDay).Small(0).Number(index).bytes(), hint);
  }
  if (row.violates_policy()) list(View::kViolations);
  if (IsEmergency(request)) list(View::kEmergencies);
  if (request.assembly_related() == v1::DECLARED_YES) list(View::kAssemblies);
  pending_.Put(Key(View::kUnanswered).Number(index).bytes(), hint);
}

absl::StatusOr<bool> ViewWriter::OpensFace(const RecordEntry& entry) {
  const uint64_t face = entry.statement.unsealing().target().index();
  ASSIGN_OR_RETURN(const std::optional<uint64_t> end,
                   pending_.ReadNumber(Key(View::kSealEnd)
                                           .Number(face)
                                           .Text(statement::kWholePath)
                                           .bytes()));
  if (!end.has_value()) return false;
  ASSIGN_OR_RETURN(const auto seal,
                   pending_.Read<v1::SealRow>(Key(View::kSeals)
                                                  .Number(*end)
                                                  .Number(face)
                                                  .Text(statement::kWholePath)
                                                  .bytes()));
  if (!seal.has_value()) {
    return absl::DataLossError("the views lack a seal that they list");
  }
  RETURN_IF_ERROR(CountSealed(MonthOf(seal->sealed_since_unix_ms()), 0, 1));
  return true;
}

absl::Status ViewWriter::CountSealed(uint32_t month, uint64_t sealed,
                                     uint64_t opened) {
  const std::string key = Key(View::kSealedMonth).Small(month).bytes();
  ASSIGN_OR_RETURN(auto known, pending_.Read<v1::SealedMonth>(key));
  v1::SealedMonth row = known.value_or(v1::SealedMonth());
  row.set_month(month);
  row.set_sealed(row.sealed() + sealed);
  row.set_opened(row.opened() + opened);
  pending_.Put(key, SerialiseView(row));
  return absl::OkStatus();
}

absl::Status ViewWriter::ApplySeals(const RecordEntry& entry) {
  if (entry.statement.has_sealed_statement()) {
    RETURN_IF_ERROR(
        CountSealed(entry.statement.sealed_statement().month(), 1, 0));
  }
  for (const v1::SealRow& seal : SealsOf(entry)) PutSeal(seal);
  return absl::OkStatus();
}

absl::Status ViewWriter::ApplyEvent(const RecordEntry& entry) {
  for (const v1::TimelineEvent& event : EventsOf(entry)) {
    if (IsChange(event.kind())) {
      pending_.Put(Key(View::kChanges).Number(event.index()).bytes(),
                   SerialiseView(event));
    }
    RETURN_IF_ERROR(ApplyToSeals(event));
    const uint64_t target = event.target_index();
    ASSIGN_OR_RETURN(const auto request,
                     pending_.Get(Key(View::kRequest).Number(target).bytes()));
    std::optional<uint64_t> root = target;
    if (!request.has_value()) {
      ASSIGN_OR_RETURN(
          root, pending_.ReadNumber(Key(View::kRoot).Number(target).bytes()));
    }
    if (root.has_value()) RETURN_IF_ERROR(ApplyToRequest(*root, event));
  }
  return absl::OkStatus();
}

absl::Status ViewWriter::ApplyToRequest(uint64_t root,
                                        const v1::TimelineEvent& event) {
  ASSIGN_OR_RETURN(Held* const held, Hold(root));
  const v1::RequestRow before = MakeRequestRow(held->parts, kNoMoment);
  held->parts.events.push_back(event);
  const v1::RequestRow after = MakeRequestRow(held->parts, kNoMoment);
  pending_.Put(Key(View::kTimeline).Number(root).Number(event.index()).bytes(),
               SerialiseView(event));
  // A request that escalates another has a timeline of its own.
  if (!event.has_escalation()) {
    pending_.Put(Key(View::kRoot).Number(event.index()).bytes(),
                 base::U64(root));
  }
  if (IsUnanswered(before) && !IsUnanswered(after)) {
    pending_.Delete(Key(View::kUnanswered).Number(root).bytes());
  }
  if (after.compelled_by_index() != 0) {
    pending_.Put(Key(View::kCompelled).Number(root).bytes(), "");
  }
  RETURN_IF_ERROR(CountRow(before, false));
  return CountRow(after, true);
}

absl::Status ViewWriter::ApplyToSeals(const v1::TimelineEvent& event) {
  if (!event.has_unsealing() && !event.has_seal_renewal() &&
      !event.has_erasure()) {
    return absl::OkStatus();
  }
  const uint64_t target = event.target_index();
  ASSIGN_OR_RETURN(const auto ends,
                   pending_.Under(Key(View::kSealEnd).Number(target).bytes()));
  for (const auto& [key, end] : ends) {
    KeyReader reader(key);
    reader.Number();
    const std::string path(reader.Text());
    const std::string row_key = Key(View::kSeals)
                                    .Number(base::ReadU64(end))
                                    .Number(target)
                                    .Text(path)
                                    .bytes();
    ASSIGN_OR_RETURN(const auto seal, pending_.Read<v1::SealRow>(row_key));
    if (!seal.has_value()) {
      return absl::DataLossError("the views lack a seal that they list");
    }
    DeleteSeal(*seal);
    if (const auto after = AfterEvent(*seal, event)) PutSeal(*after);
  }
  return absl::OkStatus();
}

void ViewWriter::PutSeal(const v1::SealRow& seal) {
  const uint64_t end = SealOrder(seal);
  const std::string row = SerialiseView(seal);
  pending_.Put(Key(View::kSeals)
                   .Number(end)
                   .Number(seal.index())
                   .Text(seal.path())
                   .bytes(),
               row);
  pending_.Put(Key(View::kSealsBy)
                   .Text(seal.submitter())
                   .Number(end)
                   .Number(seal.index())
                   .Text(seal.path())
                   .bytes(),
               row);
  pending_.Put(
      Key(View::kSealEnd).Number(seal.index()).Text(seal.path()).bytes(),
      base::U64(end));
}

void ViewWriter::DeleteSeal(const v1::SealRow& seal) {
  const uint64_t end = SealOrder(seal);
  pending_.Delete(Key(View::kSeals)
                      .Number(end)
                      .Number(seal.index())
                      .Text(seal.path())
                      .bytes());
  pending_.Delete(Key(View::kSealsBy)
                      .Text(seal.submitter())
                      .Number(end)
                      .Number(seal.index())
                      .Text(seal.path())
                      .bytes());
  pending_.Delete(
      Key(View::kSealEnd).Number(seal.index()).Text(seal.path()).bytes());
}

absl::StatusOr<ViewWriter::Held*> ViewWriter::Hold(uint64_t root) {
  const auto found = held_.find(root);
  if (found != held_.end()) return &found->second;
  Held held;
  ASSIGN_OR_RETURN(auto facts, pending_.Read<v1::RequestFacts>(
                                   Key(View::kRequest).Number(root).bytes()));
  if (!facts.has_value()) {
    return absl::DataLossError("the views lack a request that they link to");
  }
  held.parts.facts = *std::move(facts);
  ASSIGN_OR_RETURN(const auto events,
                   pending_.Under(Key(View::kTimeline).Number(root).bytes()));
  for (const auto& [key, bytes] : events) {
    ASSIGN_OR_RETURN(v1::TimelineEvent event,
                     ParseView<v1::TimelineEvent>(bytes));
    held.parts.events.push_back(std::move(event));
  }
  Held& kept = held_[root];
  kept = std::move(held);
  RETURN_IF_ERROR(FillParties(&kept));
  return &kept;
}

absl::Status ViewWriter::FillParties(Held* held) {
  ASSIGN_OR_RETURN(
      auto agency,
      pending_.Read<v1::SubmitterFacts>(
          Key(View::kSubmitter).Text(held->parts.facts.submitter()).bytes()));
  held->parts.agency = nullptr;
  held->parts.policy = nullptr;
  if (agency.has_value()) {
    held->agency = *std::move(agency);
    held->parts.agency = &held->agency;
  }
  if (!held->parts.facts.has_policy()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto policy, pending_.Read<v1::PolicyFacts>(
                                    PolicyKey(held->parts.facts.policy())));
  if (policy.has_value()) {
    held->policy = *std::move(policy);
    held->parts.policy = &held->policy;
  }
  return absl::OkStatus();
}

absl::Status ViewWriter::CountRow(const v1::RequestRow& row, bool in) {
  const uint32_t month = MonthOf(row.facts().admitted_unix_ms());
  const v1::Statistics statistics = StatisticsOf(row);
  for (const auto& [grouping, group] : GroupsOf(row)) {
    const std::string key = Key(View::kStatistics)
                                .Small(static_cast<uint32_t>(grouping))
                                .Text(group)
                                .Small(month)
                                .bytes();
    auto found = statistics_.find(key);
    if (found == statistics_.end()) {
      ASSIGN_OR_RETURN(auto known, pending_.Read<v1::Statistics>(key));
      found = statistics_.emplace(key, known.value_or(v1::Statistics())).first;
    }
    in ? Add(statistics, &found->second) : Subtract(statistics, &found->second);
  }
  for (const Book& book : BooksOf(row)) {
    Count(row, in ? 1 : -1, &books_[book]);
  }
  return absl::OkStatus();
}

absl::Status ViewWriter::FlushCounts() {
  for (const auto& [key, statistics] : statistics_) {
    pending_.Put(key, SerialiseView(statistics));
  }
  for (const auto& [book, changes] : books_) {
    for (const auto& [of, change] : changes) {
      const std::string key = CountKey(book, of);
      ASSIGN_OR_RETURN(const auto known, pending_.Get(key));
      ClassCount count = change;
      if (known.has_value()) {
        if (known->size() != 16) {
          return absl::DataLossError("a stored count is not 16 bytes long");
        }
        count.logged += static_cast<int64_t>(base::ReadU64(*known));
        count.answered += static_cast<int64_t>(
            base::ReadU64(absl::string_view(*known).substr(8)));
      }
      if (count.logged == 0) {
        pending_.Delete(key);
      } else {
        pending_.Put(key, base::U64(static_cast<uint64_t>(count.logged)) +
                              base::U64(static_cast<uint64_t>(count.answered)));
      }
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<storage::ViewBatch> ViewWriter::Finish() {
  RETURN_IF_ERROR(FlushCounts());
  return pending_.ToBatch();
}

}  // namespace sightline::records
