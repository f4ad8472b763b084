#include "statement/links.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "crypto/sha256.h"
#include "statement/entry_codec.h"
#include "statement/field_path.h"
#include "statement/footage_rules.h"
#include "statement/kinds.h"
#include "statement/seal.h"
#include "statement/statement_codec.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"
#include "statement/whole_seal.h"

namespace sightline::statement {
namespace {

constexpr uint8_t kLeafPrefix = 0x00;  // RFC 6962 s2.1

Link MakeLink(absl::string_view field, const v1::EntryLink& link) {
  return {std::string(field), link.index(), link.leaf_hash()};
}

const v1::SealedField* FindSealed(const v1::Statement& statement,
                                  absl::string_view path) {
  for (const v1::SealedField& field : statement.header().sealed()) {
    if (field.path() == path) return &field;
  }
  return nullptr;
}

// Checks what one statement says of another.
class TargetCheck {
 public:
  TargetCheck(const v1::Statement& from, const v1::Statement& target,
              const Link& link, Violations* out)
      : from_(from), target_(target), link_(link), out_(*out) {}

  void Run() {
    switch (from_.kind_case()) {
      case v1::Statement::kFootageRequest:
        return OfKind(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
      case v1::Statement::kFootageResponse:
        return Request();
      case v1::Statement::kAmendment:
        return Amended();
      case v1::Statement::kEmergencyReview:
        return Reviewed();
      case v1::Statement::kUnsealing:
        if (BringsStatement(from_)) return Brought();
        OfSubmitterCourtOrKeeper();
        return Openings();
      case v1::Statement::kSealRenewal:
        OfSameSubmitterOrCourt();
        return Paths("seal_renewal.paths", from_.seal_renewal().paths());
      case v1::Statement::kErasure:
        return Require(target_.header().sealed_size() > 0, "",
                       "nothing is sealed in this entry");
      case v1::Statement::kSealedRead:
        if (ReaderKind() != v1::SUBMITTER_KIND_REGISTRAR) {
          OfSameSubmitterOrCourt();
        }
        return Paths("sealed_read.paths", from_.sealed_read().paths());
      case v1::Statement::kAttestation:
        return Require(target_.header().submitter() ==
                           from_.attestation().about_submitter(),
                       "",
                       "an entry of another submitter than about_submitter");
      default:
        return;
    }
  }

 private:
  void Require(bool ok, absl::string_view below, absl::string_view fault) {
    if (!ok) out_.Add(absl::StrCat(link_.field, below), fault);
  }

  void OfKind(v1::StatementKind kind) {
    if (KindOf(target_) == kind) return;
    out_.Add(link_.field, absl::StrCat("entry ", link_.index, " is of kind ",
                                       KindName(KindOf(target_)), ", want ",
                                       KindName(kind)));
  }

  void OfSameSubmitter() {
    Require(target_.header().submitter() == from_.header().submitter(), "",
            "an entry of another submitter");
  }

  v1::SubmitterKind ReaderKind() const {
    return SubmitterKindOf(from_.header().submitter());
  }

  void OfSameSubmitterOrCourt() {
    if (ReaderKind() != v1::SUBMITTER_KIND_COURT) OfSameSubmitter();
  }

  void OfSubmitterCourtOrKeeper() {
    if (ReaderKind() != v1::SUBMITTER_KIND_KEEPER) OfSameSubmitterOrCourt();
  }

  // What a keeper opens has ended by what its seal said. That no renewal has
  // prolonged it is for who has read the entries in between.
  void Ended(const v1::SealedField& field, absl::string_view at) {
    if (ReaderKind() != v1::SUBMITTER_KIND_KEEPER) return;
    if (field.has_sealed_until() &&
        ToUnixMs(field.sealed_until()) <=
            ToUnixMs(from_.header().claimed_time())) {
      return;
    }
    out_.Add(absl::StrCat(at, ".path"), "its seal has not ended");
  }

  // A whole statement: the face hides whose it is, the statement says it.
  void Brought() {
    const auto brought = ReadBrought(from_);
    const Violations faults = CheckBrought(from_, target_);
    out_.Append(faults);
    if (!faults.empty() || !brought.ok()) return;
    if (ReaderKind() != v1::SUBMITTER_KIND_COURT &&
        ReaderKind() != v1::SUBMITTER_KIND_KEEPER) {
      Require(
          brought->statement.header().submitter() == from_.header().submitter(),
          "", "an entry of another submitter");
    }
    Openings();
  }

  void Request() {
    OfKind(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
    const std::string& custodian = target_.footage_request().custodian();
    Require(custodian.empty() || custodian == from_.header().submitter(), "",
            "a request to another platform");
  }

  void Amended() {
    OfSameSubmitter();
    const v1::Amendment& amendment = from_.amendment();
    if (amendment.has_narrowing()) {
      OfKind(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
    }
    if (amendment.has_correction() &&
        !IsFieldPathOf(KindOf(target_), amendment.correction().field())) {
      out_.Add("amendment.correction.field",
               "the entry has no field of this path");
    }
  }

  // Whoever asked does not judge whether it was right to ask; a platform judges
  // what it was asked.
  void Reviewed() {
    OfKind(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
    Require(!target_.has_footage_request() ||
                IsEmergency(target_.footage_request()),
            "", "a request that is no emergency");
    const std::string& reviewer = from_.header().submitter();
    Require(target_.header().submitter() != reviewer, "",
            "a request of the reviewer's own");
    Require(ReaderKind() != v1::SUBMITTER_KIND_PLATFORM ||
                target_.footage_request().custodian() == reviewer,
            "", "a request to another platform, or to none by name");
  }

  void Openings() {
    const auto& openings = from_.unsealing().openings();
    for (int i = 0; i < openings.size(); ++i) {
      const v1::SealedField* field = FindSealed(target_, openings[i].path());
      const std::string at = absl::StrCat("unsealing.openings[", i, "]");
      if (field == nullptr) {
        out_.Add(at + ".path", "not sealed in the entry");
      } else if (!Opens(openings[i], *field)) {
        out_.Add(at + ".value", "salt and value do not give the commitment");
      }
      if (field != nullptr) Ended(*field, at);
    }
  }

  void Paths(absl::string_view at,
             const google::protobuf::RepeatedPtrField<std::string>& paths) {
    for (int i = 0; i < paths.size(); ++i) {
      if (FindSealed(target_, paths[i]) == nullptr) {
        out_.Add(absl::StrCat(at, "[", i, "]"), "not sealed in the entry");
      }
    }
  }

  const v1::Statement& from_;
  const v1::Statement& target_;
  const Link& link_;
  Violations& out_;
};

}  // namespace

std::vector<Link> LinksOf(const v1::Statement& s) {
  switch (s.kind_case()) {
    case v1::Statement::kFootageRequest:
      if (!s.footage_request().has_escalates()) return {};
      return {MakeLink("footage_request.escalates",
                       s.footage_request().escalates())};
    case v1::Statement::kFootageResponse:
      return {
          MakeLink("footage_response.request", s.footage_response().request())};
    case v1::Statement::kAmendment:
      return {MakeLink("amendment.target", s.amendment().target())};
    case v1::Statement::kEmergencyReview:
      return {
          MakeLink("emergency_review.request", s.emergency_review().request())};
    case v1::Statement::kUnsealing:
      return {MakeLink("unsealing.target", s.unsealing().target())};
    case v1::Statement::kSealRenewal:
      return {MakeLink("seal_renewal.target", s.seal_renewal().target())};
    case v1::Statement::kErasure:
      return {MakeLink("erasure.target", s.erasure().target())};
    case v1::Statement::kSealedRead:
      return {MakeLink("sealed_read.target", s.sealed_read().target())};
    case v1::Statement::kAttestation:
      if (!s.attestation().has_about()) return {};
      return {MakeLink("attestation.about", s.attestation().about())};
    default:
      return {};
  }
}

Violations CheckLink(const v1::Statement& statement, const Link& link,
                     absl::string_view entry) {
  Violations out;
  const crypto::Digest leaf_hash = crypto::HashPrefixed(kLeafPrefix, entry);
  if (link.leaf_hash != crypto::AsBytes(leaf_hash)) {
    out.Add(link.field + ".leaf_hash",
            absl::StrCat("not the leaf hash of entry ", link.index));
    return out;
  }
  const absl::StatusOr<EntryPeek> peek = PeekEntry(entry);
  absl::StatusOr<v1::Statement> target =
      peek.ok() ? ParseStatement(peek->payload) : peek.status();
  if (!target.ok()) {
    out.Add(link.field, absl::StrCat("entry ", link.index, ": ",
                                     target.status().message()));
    return out;
  }
  // What an unsealing brought is what its entry stands for from then on.
  if (BringsStatement(*target)) target = StandsFor(*target);
  TargetCheck(statement, *target, link, &out).Run();
  return out;
}

Violations CheckKeeperTime(const v1::Statement& statement,
                           int64_t admitted_unix_ms) {
  Violations out;
  const v1::StatementHeader& header = statement.header();
  if (SubmitterKindOf(header.submitter()) == v1::SUBMITTER_KIND_KEEPER &&
      ToUnixMs(header.claimed_time()) > admitted_unix_ms) {
    out.Add("header.claimed_time", "later than the log's own time");
  }
  return out;
}

}  // namespace sightline::statement
