#include "statement/whole_seal.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/seal.h"
#include "statement/statement_codec.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

constexpr size_t kUuidSize = 16;

// From the commitment: as unguessable, and the same for the same face.
std::string StatementIdOf(absl::string_view commitment) {
  std::string id(commitment.substr(0, kUuidSize));
  id.resize(kUuidSize);
  id[6] = static_cast<char>((id[6] & 0x0f) | 0x40);  // RFC 9562: version 4
  id[8] = static_cast<char>((id[8] & 0x3f) | 0x80);  // and its variant
  return id;
}

v1::Statement Face(absl::string_view origin, v1::LegalProcess process,
                   const v1::WholeSeal& seal, absl::string_view commitment,
                   uint32_t month) {
  v1::Statement face;
  v1::StatementHeader& header = *face.mutable_header();
  header.set_origin(std::string(origin));
  header.set_submitter(std::string(kSealedSubmitter));
  header.set_statement_id(StatementIdOf(commitment));
  v1::SealedField& field = *header.add_sealed();
  field.set_path(std::string(kWholePath));
  field.set_commitment(std::string(commitment));
  field.set_ground(seal.ground());
  field.set_granter(seal.granter());
  *field.mutable_sealed_until() = seal.sealed_until();
  face.mutable_sealed_statement()->set_legal_process(process);
  return FaceInMonth(std::move(face), month);
}

v1::WholeSeal SealOf(const v1::SealedField& field) {
  v1::WholeSeal seal;
  seal.set_ground(field.ground());
  seal.set_granter(field.granter());
  *seal.mutable_sealed_until() = field.sealed_until();
  return seal;
}

}  // namespace

uint32_t MonthOf(int64_t unix_ms) {
  const absl::CivilMonth month =
      absl::ToCivilMonth(absl::FromUnixMillis(unix_ms), absl::UTCTimeZone());
  return static_cast<uint32_t>(month.year() * 100 + month.month());
}

int64_t MonthBegin(uint32_t month) {
  const absl::CivilMonth civil(month / 100, static_cast<int>(month % 100));
  return absl::ToUnixMillis(absl::FromCivil(civil, absl::UTCTimeZone()));
}

v1::Statement MakeFace(const v1::Statement& statement,
                       absl::string_view commitment, uint32_t month) {
  return Face(statement.header().origin(),
              statement.footage_request().legal_process(),
              statement.header().whole_seal(), commitment, month);
}

Violations CheckWholeOpening(
    const google::protobuf::RepeatedPtrField<v1::SealOpening>& openings) {
  Violations out;
  if (openings.size() != 1) {
    out.Add("openings",
            absl::StrCat(openings.size(), " openings, want one: ", kWholePath,
                         ", with the salt of the whole seal"));
    return out;
  }
  if (openings[0].path() != kWholePath) {
    out.Add("openings[0].path", absl::StrCat("want ", kWholePath));
  }
  if (openings[0].salt().size() != kSealSaltSize) {
    out.Add("openings[0].salt", absl::StrCat(openings[0].salt().size(),
                                             " bytes, want ", kSealSaltSize));
  }
  if (!openings[0].value().empty()) {
    out.Add("openings[0].value", "want none: it is the statement");
  }
  return out;
}

v1::SealOpening FillWholeOpening(v1::SealOpening opening,
                                 const v1::SignedStatement& signed_statement) {
  opening.set_value(signed_statement.SerializeAsString());
  return opening;
}

std::string FaceEnvelope(absl::string_view face, uint32_t month) {
  v1::Statement statement;
  // Made by MakeFace in this process.
  const bool parsed =
      statement.ParseFromArray(face.data(), static_cast<int>(face.size()));
  assert(parsed);
  if (!parsed) return "";
  v1::SignedStatement envelope;
  envelope.set_payload_type(std::string(kPayloadType));
  envelope.set_payload(
      FaceInMonth(std::move(statement), month).SerializeAsString());
  return envelope.SerializeAsString();
}

crypto::Digest PayloadBinding(const v1::Statement& statement,
                              const crypto::Digest& identity_hash) {
  crypto::Digest out = identity_hash;
  if (statement.has_sealed_statement() &&
      statement.header().sealed_size() == 1 &&
      WholeField(statement).commitment().size() == out.size()) {
    const std::string& commitment = WholeField(statement).commitment();
    std::copy(commitment.begin(), commitment.end(), out.begin());
  }
  return out;
}

absl::StatusOr<crypto::Digest> ReadPayloadBinding(absl::string_view entry) {
  ASSIGN_OR_RETURN(const EntryPeek peek, PeekEntry(entry));
  ASSIGN_OR_RETURN(const v1::Statement statement, ParseStatement(peek.payload));
  return PayloadBinding(statement,
                        IdentityHash(peek.payload_type, peek.payload));
}

v1::Statement FaceInMonth(v1::Statement face, uint32_t month) {
  face.mutable_sealed_statement()->set_month(month);
  *face.mutable_header()->mutable_claimed_time() =
      FromUnixMs(MonthBegin(month));
  return face;
}

bool IsWellMadeFace(const v1::Statement& face) {
  if (!face.has_sealed_statement() || face.header().sealed_size() != 1) {
    return false;
  }
  const v1::SealedStatement& said = face.sealed_statement();
  const uint32_t month = said.month();
  if (month < 197001 || month > 999912 || month % 100 < 1 || month % 100 > 12) {
    return false;
  }
  const v1::SealedField& field = WholeField(face);
  return Face(face.header().origin(), said.legal_process(), SealOf(field),
              field.commitment(), month)
             .SerializeAsString() == face.SerializeAsString();
}

const v1::SealedField& WholeField(const v1::Statement& face) {
  return face.header().sealed(0);
}

bool BringsStatement(const v1::Statement& statement) {
  const auto& openings = statement.unsealing().openings();
  return !openings.empty() && openings[0].path() == kWholePath;
}

absl::StatusOr<BroughtStatement> ReadBrought(const v1::Statement& unsealing) {
  const auto& openings = unsealing.unsealing().openings();
  if (openings.size() != 1) {
    return absl::InvalidArgumentError(
        "a statement that was sealed as a whole is opened alone");
  }
  BroughtStatement out;
  out.face_index = unsealing.unsealing().target().index();
  ASSIGN_OR_RETURN(out.signed_statement,
                   ParseSignedStatement(openings[0].value()));
  ASSIGN_OR_RETURN(out.statement,
                   ParseStatement(out.signed_statement.payload()));
  return out;
}

Violations CheckBrought(const v1::Statement& unsealing,
                        const v1::Statement& face) {
  Violations out;
  constexpr absl::string_view kAt = "unsealing.openings[0].value";
  const auto brought = ReadBrought(unsealing);
  if (!brought.ok()) {
    out.Add(kAt, brought.status().message());
    return out;
  }
  if (!IsWellMadeFace(face)) {
    out.Add("unsealing.target", "not sealed as a whole");
    return out;
  }
  if (MakeFace(brought->statement, WholeField(face).commitment(),
               face.sealed_statement().month())
          .SerializeAsString() != face.SerializeAsString()) {
    out.Add(kAt, "origin, process or seal are not those of the entry");
  }
  return out;
}

bool IsFaceOf(const v1::Statement& face,
              const v1::SignedStatement& signed_statement,
              const v1::SealOpening& salted) {
  const auto statement = ParseStatement(signed_statement.payload());
  if (!statement.ok() || !IsWellMadeFace(face)) return false;
  const v1::SealOpening opening = FillWholeOpening(salted, signed_statement);
  return Opens(opening, WholeField(face)) &&
         MakeFace(*statement, WholeField(face).commitment(),
                  face.sealed_statement().month())
                 .SerializeAsString() == face.SerializeAsString();
}

std::string FeedOf(const v1::Statement& statement) {
  // Most statements bring none, and are not to be copied for that.
  if (!BringsStatement(statement)) return statement.header().submitter();
  return StandsFor(statement).header().submitter();
}

v1::Statement StandsFor(const v1::Statement& statement) {
  if (!BringsStatement(statement)) return statement;
  auto brought = ReadBrought(statement);
  return brought.ok() ? std::move(brought->statement) : statement;
}

}  // namespace sightline::statement
