#include "monitor/log_maker.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/vkey.h"
#include "crypto/sha256.h"
#include "merkle/compact_range.h"
#include "merkle/hash.h"
#include "statement/dsse.h"
#include "statement/examples.h"
#include "statement/policy_trail.h"
#include "statement/seal.h"
#include "statement/statement_codec.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"
#include "statement/verdict.h"
#include "statement/whole_seal.h"

namespace sightline::monitor {

LogMaker::LogMaker() { AddGenesis(); }

crypto::PrivateKey LogMaker::Key(absl::string_view name) {
  const crypto::Digest seed = crypto::Sha256(absl::StrCat("test key ", name));
  return *crypto::PrivateKey::FromSeed(crypto::AsBytes(seed));
}

checkpoint::NoteSigner LogMaker::Signer(absl::string_view key_name) {
  return *checkpoint::NoteSigner::Create(kOrigin, checkpoint::KeyType::kEd25519,
                                         Key(key_name));
}

checkpoint::LogKeySet LogMaker::TrustedKeys() {
  checkpoint::LogKeySet keys(kOrigin);
  keys.Add(Signer("log").vkey()).IgnoreError();  // a key of our own making
  return keys;
}

std::string LogMaker::leaf_hash(uint64_t index) const {
  return std::string(crypto::AsBytes(merkle::LeafHash(entries_[index])));
}

v1::Statement LogMaker::Make(v1::StatementKind kind,
                             absl::string_view submitter) {
  return statement::ExampleStatement(kind, kOrigin, submitter, now_ms_, rng_)
      .statement;
}

std::vector<crypto::PrivateKey> LogMaker::SignersOf(
    const v1::Statement& statement) const {
  const std::string& submitter = statement.header().submitter();
  if (submitter != statement::kRegistrar) return {Key(submitter)};
  return {Key("registrar 0"), Key("registrar 1")};
}

v1::Entry LogMaker::Place(const v1::Statement& statement,
                          absl::Span<const crypto::PrivateKey> keys) {
  now_ms_ += step_ms_;
  v1::Entry entry;
  entry.set_format_version(1);
  entry.set_admitted_unix_ms(now_ms_);
  *entry.mutable_statement() = *statement::Sign(statement, keys);
  const auto trail = statement::FollowTrail(
      statement, [this](uint64_t index) -> absl::StatusOr<std::string> {
        if (index >= size()) return absl::OutOfRangeError("not there");
        return entries_[index];
      });
  statement::Verdict verdict =
      statement::JudgeStatement(registry_, size(), now_ms_, statement,
                                trail.value_or(statement::TrailEnd()));
  if (verdict.policy.has_value()) *entry.mutable_policy() = *verdict.policy;
  for (v1::Finding& finding : verdict.findings) {
    *entry.add_findings() = std::move(finding);
  }
  PlaceInFeed(statement::FeedOf(statement), &entry);
  // Statements that make no sense are added all the same.
  registry_.Apply(size(), statement).IgnoreError();
  return entry;
}

void LogMaker::PlaceInFeed(const std::string& name, v1::Entry* entry) {
  Feed& feed = feeds_[name];
  entry->set_feed_ordinal(++feed.ordinal);
  if (feed.ordinal > 1) entry->set_feed_previous_index(feed.last_index);
  feed.last_index = size();
}

uint64_t LogMaker::AddFace(const v1::Statement& request,
                           v1::SealOpening* opening) {
  now_ms_ += step_ms_;
  const v1::SignedStatement signed_request =
      *statement::Sign(request, SignersOf(request));
  opening->set_path(std::string(statement::kWholePath));
  opening->set_salt(rng_.Bytes(statement::kSealSaltSize));
  *opening = statement::FillWholeOpening(*opening, signed_request);
  const crypto::Digest commitment =
      statement::Commitment(opening->path(), opening->salt(), opening->value());
  const uint32_t month = statement::MonthOf(now_ms_);
  const v1::Statement face =
      statement::MakeFace(request, crypto::AsBytes(commitment), month);
  v1::Entry entry;
  entry.set_format_version(1);
  entry.set_admitted_unix_ms(statement::MonthBegin(month));
  entry.mutable_statement()->ParseFromString(
      statement::FaceEnvelope(face.SerializeAsString(), month));
  PlaceInFeed(std::string(statement::kSealedSubmitter), &entry);
  return AddBytes(entry.SerializeAsString());
}

v1::Statement LogMaker::Opening(absl::string_view submitter, uint64_t face,
                                const v1::SealOpening& opening) {
  v1::Statement statement = Make(v1::STATEMENT_KIND_UNSEALING, submitter);
  v1::Unsealing& unsealing = *statement.mutable_unsealing();
  unsealing.mutable_target()->set_index(face);
  unsealing.mutable_target()->set_leaf_hash(leaf_hash(face));
  unsealing.clear_openings();
  *unsealing.add_openings() = opening;
  return statement;
}

uint64_t LogMaker::Add(const v1::Statement& statement) {
  return AddSignedBy(statement, SignersOf(statement));
}

uint64_t LogMaker::AddSignedBy(const v1::Statement& statement,
                               absl::Span<const crypto::PrivateKey> keys) {
  return AddBytes(Place(statement, keys).SerializeAsString());
}

uint64_t LogMaker::AddDamaged(const v1::Statement& statement,
                              const std::function<void(v1::Entry*)>& damage) {
  v1::Entry entry = Place(statement, SignersOf(statement));
  damage(&entry);
  return AddBytes(entry.SerializeAsString());
}

uint64_t LogMaker::AddBytes(std::string entry) {
  entries_.push_back(std::move(entry));
  return size() - 1;
}

uint64_t LogMaker::AddGenesis() {
  v1::Statement statement = Make(v1::STATEMENT_KIND_GENESIS, "");
  v1::Genesis& genesis = *statement.mutable_genesis();
  genesis.mutable_log_keys(0)->set_vkey(Signer("log").vkey());
  genesis.clear_registrar_keys();
  for (int i = 0; i < 3; ++i) {
    genesis.add_registrar_keys()->set_spki_der(std::string(
        Key(absl::StrCat("registrar ", i)).public_key().spki_der()));
  }
  return Add(statement);
}

uint64_t LogMaker::Enrol(absl::string_view submitter) {
  v1::Statement statement = Make(v1::STATEMENT_KIND_ENROLMENT, "");
  v1::Enrolment& enrolment = *statement.mutable_enrolment();
  enrolment.set_submitter(std::string(submitter));
  enrolment.set_kind(statement::SubmitterKindOf(submitter));
  if (enrolment.kind() != v1::SUBMITTER_KIND_AGENCY) {
    enrolment.clear_agency_type();
  }
  enrolment.clear_keys();
  enrolment.add_keys()->set_spki_der(
      std::string(Key(submitter).public_key().spki_der()));
  return Add(statement);
}

uint64_t LogMaker::Request(absl::string_view submitter) {
  return Add(Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, submitter));
}

LogMaker::Sealed LogMaker::SealedRequest(absl::string_view submitter,
                                         int64_t until_unix_ms) {
  v1::Statement statement = Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, submitter);
  statement::SealTerms terms;
  terms.ground = v1::SEAL_GROUND_ACTIVE_INVESTIGATION;
  terms.granter = v1::SEAL_GRANTER_SUBMITTER;
  terms.sealed_until_unix_ms = until_unix_ms;
  const statement::Seal seal =
      *statement::MakeSeal("case_number", "20-0614-1187", terms, rng_);
  statement.mutable_header()->clear_sealed();
  *statement.mutable_header()->add_sealed() = seal.field;
  return {Add(statement), seal.opening};
}

uint64_t LogMaker::Renew(absl::string_view submitter, const Sealed& sealed,
                         int64_t until_unix_ms) {
  v1::Statement statement = Make(v1::STATEMENT_KIND_SEAL_RENEWAL, submitter);
  v1::SealRenewal& renewal = *statement.mutable_seal_renewal();
  renewal.mutable_target()->set_index(sealed.index);
  renewal.mutable_target()->set_leaf_hash(leaf_hash(sealed.index));
  *renewal.mutable_sealed_until() = statement::FromUnixMs(until_unix_ms);
  return Add(statement);
}

uint64_t LogMaker::Unseal(absl::string_view submitter, const Sealed& sealed,
                          int64_t claimed_unix_ms) {
  v1::Statement statement = Make(v1::STATEMENT_KIND_UNSEALING, submitter);
  *statement.mutable_header()->mutable_claimed_time() =
      statement::FromUnixMs(claimed_unix_ms);
  v1::Unsealing& unsealing = *statement.mutable_unsealing();
  unsealing.mutable_target()->set_index(sealed.index);
  unsealing.mutable_target()->set_leaf_hash(leaf_hash(sealed.index));
  unsealing.clear_openings();
  *unsealing.add_openings() = sealed.opening;
  return Add(statement);
}

std::string LogMaker::CheckpointOf(uint64_t tree_size, const std::string& root,
                                   const checkpoint::NoteSigner* signer) const {
  checkpoint::Checkpoint checkpoint;
  checkpoint.origin = std::string(kOrigin);
  checkpoint.tree_size = tree_size;
  checkpoint.root_hash = *crypto::DigestFromBytes(root);
  const checkpoint::NoteSigner log_signer = Signer("log");
  return *checkpoint::SignCheckpoint(
      checkpoint, {signer != nullptr ? *signer : log_signer});
}

tiles::MemoryTiles LogMaker::Build(const checkpoint::NoteSigner* signer) const {
  merkle::CompactRange range;
  for (const std::string& entry : entries_) {
    range.Append(merkle::LeafHash(entry));
  }
  tiles::MemoryTiles log = tiles::MemoryTiles::FromEntries(entries_);
  log.SetCheckpoint(
      CheckpointOf(size(), std::string(crypto::AsBytes(range.Root())), signer));
  return log;
}

}  // namespace sightline::monitor
