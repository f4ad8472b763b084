#include "records/entry_facts.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "statement/kinds.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::records {
namespace {

absl::Status NoEntry(uint64_t index, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("entry ", index, ": ", what));
}

// Fills in what the kind says; false when it names no earlier entry.
bool FillKnownEvent(const v1::Statement& said, v1::TimelineEvent* event) {
  switch (said.kind_case()) {
    case v1::Statement::kFootageResponse:
      event->set_target_index(said.footage_response().request().index());
      *event->mutable_response() = said.footage_response();
      return true;
    case v1::Statement::kAmendment:
      event->set_target_index(said.amendment().target().index());
      *event->mutable_amendment() = said.amendment();
      return true;
    case v1::Statement::kEmergencyReview:
      event->set_target_index(said.emergency_review().request().index());
      *event->mutable_emergency_review() = said.emergency_review();
      return true;
    case v1::Statement::kUnsealing:
      event->set_target_index(said.unsealing().target().index());
      event->mutable_unsealing();
      for (const v1::SealOpening& opening : said.unsealing().openings()) {
        event->mutable_unsealing()->add_paths(opening.path());
      }
      return true;
    case v1::Statement::kSealRenewal:
      event->set_target_index(said.seal_renewal().target().index());
      *event->mutable_seal_renewal() = said.seal_renewal();
      return true;
    case v1::Statement::kErasure:
      event->set_target_index(said.erasure().target().index());
      *event->mutable_erasure() = said.erasure();
      return true;
    default:
      return false;
  }
}

bool FillLinkedEvent(const v1::Statement& said, v1::TimelineEvent* event) {
  if (said.has_attestation() && said.attestation().has_about()) {
    event->set_target_index(said.attestation().about().index());
    *event->mutable_attestation() = said.attestation();
    return true;
  }
  if (said.has_footage_request() && said.footage_request().has_escalates()) {
    const v1::FootageRequest& request = said.footage_request();
    event->set_target_index(request.escalates().index());
    v1::Escalation* const escalation = event->mutable_escalation();
    escalation->set_channel(request.channel());
    escalation->set_legal_process(request.legal_process());
    escalation->set_custodian(request.custodian());
    return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<RecordEntry> ReadRecordEntry(uint64_t index,
                                            absl::string_view bytes) {
  RecordEntry out;
  out.index = index;
  out.leaf_hash = std::string(crypto::AsBytes(merkle::LeafHash(bytes)));
  if (!out.entry.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return NoEntry(index, "does not parse");
  }
  if (!out.statement.ParseFromString(out.entry.statement().payload())) {
    return NoEntry(index, "holds no statement that parses");
  }
  if (!IsMoment(out.entry.admitted_unix_ms())) {
    return NoEntry(index, "was admitted at no time");
  }
  out.entry.clear_statement();
  out.kind = statement::KindOf(out.statement);
  if (statement::BringsStatement(out.statement)) {
    auto brought = statement::ReadBrought(out.statement);
    if (!brought.ok()) return NoEntry(index, "brings no statement that parses");
    out.brought = std::move(brought->statement);
  }
  out.feed = out.stands_for().header().submitter();
  return out;
}

std::optional<v1::RequestFacts> FactsOf(const RecordEntry& entry) {
  const v1::Statement& said = entry.stands_for();
  if (!said.has_footage_request()) return std::nullopt;
  v1::RequestFacts facts;
  facts.set_index(entry.index);
  facts.set_leaf_hash(entry.leaf_hash);
  facts.set_admitted_unix_ms(entry.entry.admitted_unix_ms());
  const v1::StatementHeader& header = said.header();
  facts.set_claimed_unix_ms(statement::ToUnixMs(header.claimed_time()));
  facts.set_submitter(header.submitter());
  *facts.mutable_request() = said.footage_request();
  if (entry.brought.has_value()) {
    facts.set_sealed_index(entry.statement.unsealing().target().index());
  }
  if (entry.entry.has_policy()) *facts.mutable_policy() = entry.entry.policy();
  *facts.mutable_findings() = entry.entry.findings();
  *facts.mutable_sealed() = header.sealed();
  return facts;
}

std::vector<v1::TimelineEvent> EventsOf(const RecordEntry& entry) {
  std::vector<v1::TimelineEvent> events;
  const auto add = [&](const v1::Statement& said, auto fill) {
    v1::TimelineEvent event;
    if (!fill(said, &event)) return;
    event.set_index(entry.index);
    event.set_admitted_unix_ms(entry.entry.admitted_unix_ms());
    event.set_submitter(said.header().submitter());
    event.set_kind(statement::KindOf(said));
    *event.mutable_sealed() = said.header().sealed();
    events.push_back(std::move(event));
  };
  add(entry.statement, FillKnownEvent);
  add(entry.stands_for(), FillLinkedEvent);
  return events;
}

std::optional<v1::SubmitterFacts> SubmitterOf(const RecordEntry& entry) {
  if (!entry.statement.has_enrolment()) return std::nullopt;
  const v1::Enrolment& enrolment = entry.statement.enrolment();
  v1::SubmitterFacts facts;
  facts.set_enrolled_index(entry.index);
  facts.set_submitter(enrolment.submitter());
  facts.set_name(enrolment.name());
  facts.set_agency_type(enrolment.agency_type());
  facts.set_state(enrolment.state());
  facts.set_county_fips(enrolment.county_fips());
  return facts;
}

std::optional<v1::PolicyFacts> PolicyOf(const RecordEntry& entry) {
  if (!entry.statement.has_policy_version()) return std::nullopt;
  const v1::PolicyVersion& policy = entry.statement.policy_version();
  v1::PolicyFacts facts;
  facts.set_index(entry.index);
  *facts.mutable_policy() = policy.policy();
  facts.set_response_deadline_seconds(policy.response_deadline_seconds());
  facts.set_review_deadline_seconds(policy.review_deadline_seconds());
  facts.set_notice_deadline_seconds(policy.notice_deadline_seconds());
  return facts;
}

v1::FeedRow FeedRowOf(const RecordEntry& entry) {
  v1::FeedRow row;
  row.set_ordinal(entry.entry.feed_ordinal());
  row.set_index(entry.index);
  if (entry.entry.has_feed_previous_index()) {
    row.set_previous_index(entry.entry.feed_previous_index());
  }
  row.set_admitted_unix_ms(entry.entry.admitted_unix_ms());
  row.set_kind(entry.kind);
  return row;
}

bool IsMoment(int64_t unix_ms) {
  return unix_ms >= 0 && unix_ms <= 253'402'300'799'999;
}

bool IsChange(v1::StatementKind kind) {
  return kind == v1::STATEMENT_KIND_AMENDMENT ||
         kind == v1::STATEMENT_KIND_UNSEALING ||
         kind == v1::STATEMENT_KIND_SEAL_RENEWAL ||
         kind == v1::STATEMENT_KIND_ERASURE;
}

bool IsCompelled(v1::Channel channel, v1::LegalProcess process) {
  return channel == v1::CHANNEL_EMERGENCY ||
         channel == v1::CHANNEL_LEGAL_PROCESS ||
         (process != v1::LEGAL_PROCESS_UNSPECIFIED &&
          process != v1::LEGAL_PROCESS_NONE_CONSENT);
}

bool IsEmergency(const v1::FootageRequest& request) {
  return request.channel() == v1::CHANNEL_EMERGENCY ||
         request.legal_process() == v1::LEGAL_PROCESS_EMERGENCY_2702;
}

}  // namespace sightline::records
