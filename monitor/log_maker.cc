#include "monitor/log_maker.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/vkey.h"
#include "crypto/sha256.h"
#include "merkle/compact_range.h"
#include "merkle/hash.h"
#include "statement/dsse.h"
#include "statement/examples.h"
#include "statement/policy.h"
#include "statement/statement_codec.h"
#include "statement/submitter_id.h"

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
  if (statement::IsGoverned(statement)) {
    const statement::PolicyView policies =
        registry_.PoliciesFor(statement, now_ms_, size());
    if (policies.in_force != nullptr) {
      *entry.mutable_policy() = policies.in_force->policy();
    }
    for (v1::Finding& finding :
         statement::Evaluate(statement, now_ms_, policies)) {
      *entry.add_findings() = std::move(finding);
    }
  }
  Feed& feed = feeds_[statement.header().submitter()];
  entry.set_feed_ordinal(++feed.ordinal);
  if (feed.ordinal > 1) entry.set_feed_previous_index(feed.last_index);
  feed.last_index = size();
  // Statements that make no sense are added all the same.
  registry_.Apply(size(), statement).IgnoreError();
  return entry;
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
