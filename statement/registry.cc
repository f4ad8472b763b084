#include "statement/registry.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "statement/dsse.h"
#include "statement/kinds.h"
#include "statement/log_vkey.h"
#include "statement/submitter_id.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

// Entries before this index count.
uint64_t Before(uint64_t tree_size) {
  return tree_size == 0 ? std::numeric_limits<uint64_t>::max() : tree_size;
}

absl::Status PermissionDenied(absl::string_view message) {
  return absl::PermissionDeniedError(message);
}

// The first eight digits: enough to tell keys apart in a message.
std::string KeyName(absl::string_view key_id) {
  return absl::StrCat("key ", base::HexEncode(key_id.substr(0, 4)), "...");
}

bool ContainsIgnoringCase(absl::string_view text, absl::string_view lower) {
  return absl::StrContains(absl::AsciiStrToLower(text), lower);
}

}  // namespace

// --- Looking things up ---

const Registry::SubmitterRecord* Registry::Find(absl::string_view id,
                                                uint64_t before) const {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  const SubmitterRecord& record = submitters_[found->second];
  return record.base.enrolled_index < before ? &record : nullptr;
}

const Registry::KeyRecord* Registry::FindKeyRecord(absl::string_view key_id,
                                                   uint64_t before) const {
  const absl::StatusOr<crypto::Digest> digest = crypto::DigestFromBytes(key_id);
  if (!digest.ok()) return nullptr;
  const auto found = by_key_id_.find(*digest);
  if (found == by_key_id_.end()) return nullptr;
  const KeyRecord& record = keys_[found->second];
  return record.period.first_index < before ? &record : nullptr;
}

absl::string_view Registry::OwnerName(const KeyRecord& key) const {
  return key.owner == kRegistrarOwner
             ? kRegistrar
             : absl::string_view(submitters_[key.owner].base.id);
}

Submitter Registry::AsOf(const SubmitterRecord& record, uint64_t before) const {
  Submitter out = record.base;
  for (const StatusPeriod& period : record.statuses) {
    if (period.index < before) out.status = period.status;
  }
  for (uint32_t place : record.keys) {
    KeyPeriod period = keys_[place].period;
    if (period.first_index >= before) continue;
    if (period.end_index >= before) {  // revoked later
      period.end_index = 0;
      period.disputed_from_index = std::nullopt;
    }
    out.keys.push_back(std::move(period));
  }
  for (uint64_t index : record.source_indices) {
    if (index < before) out.source_indices.push_back(index);
  }
  return out;
}

absl::StatusOr<Submitter> Registry::FindSubmitter(absl::string_view id,
                                                  uint64_t tree_size) const {
  const SubmitterRecord* record = Find(id, Before(tree_size));
  if (record == nullptr) {
    return absl::NotFoundError(absl::StrCat("no submitter ", id));
  }
  return AsOf(*record, Before(tree_size));
}

absl::Status Registry::CheckActive(absl::string_view id, uint64_t index) const {
  const SubmitterRecord* record = Find(id, index);
  if (record == nullptr) {
    return absl::UnauthenticatedError(
        absl::StrCat("submitter ", id, " is not enrolled"));
  }
  const StatusPeriod* now = nullptr;
  for (const StatusPeriod& period : record->statuses) {
    if (period.index < index) now = &period;
  }
  if (now->status == v1::SUBMITTER_STATUS_ACTIVE) return absl::OkStatus();
  return PermissionDenied(absl::StrCat(
      "submitter ", id, " is ",
      now->status == v1::SUBMITTER_STATUS_SUSPENDED ? "suspended" : "gone",
      " since entry ", now->index));
}

absl::Status Registry::CheckMayImport(uint64_t index,
                                      const v1::Statement& statement) const {
  if (!statement.footage_request().has_imported()) return absl::OkStatus();
  const absl::string_view id = statement.header().submitter();
  const SubmitterRecord* record = Find(id, index);
  if (record != nullptr &&
      record->base.verification == v1::IDENTITY_VERIFICATION_IMPORTED) {
    return absl::OkStatus();
  }
  return PermissionDenied(
      absl::StrCat("footage_request.imported: submitter ", id,
                   " was not taken over from a public list, so it must state "
                   "its requests in full"));
}

bool Registry::Matches(const SubmitterFilter& filter,
                       const SubmitterRecord& record) {
  const Submitter& s = record.base;
  if (filter.kind != v1::SUBMITTER_KIND_UNSPECIFIED && filter.kind != s.kind) {
    return false;
  }
  if (!filter.state.empty() && filter.state != s.state) return false;
  if (filter.name_contains.empty()) return true;
  const std::string lower = absl::AsciiStrToLower(filter.name_contains);
  return ContainsIgnoringCase(s.name, lower) ||
         std::any_of(s.aliases.begin(), s.aliases.end(),
                     [&](const std::string& alias) {
                       return ContainsIgnoringCase(alias, lower);
                     });
}

std::vector<Submitter> Registry::ListSubmitters(uint64_t tree_size,
                                                const SubmitterFilter& filter,
                                                absl::string_view after_id,
                                                size_t limit) const {
  std::vector<Submitter> out;
  const uint64_t before = Before(tree_size);
  for (auto it = by_id_.upper_bound(after_id);
       it != by_id_.end() && out.size() < limit; ++it) {
    const SubmitterRecord& record = submitters_[it->second];
    if (record.base.enrolled_index < before && Matches(filter, record)) {
      out.push_back(AsOf(record, before));
    }
  }
  return out;
}

size_t Registry::CountSubmitters(uint64_t tree_size) const {
  const uint64_t before = Before(tree_size);
  const auto end =
      std::partition_point(submitters_.begin(), submitters_.end(),
                           [before](const SubmitterRecord& record) {
                             return record.base.enrolled_index < before;
                           });
  return static_cast<size_t>(end - submitters_.begin());
}

absl::StatusOr<SubmitterKey> Registry::FindKey(absl::string_view key_id,
                                               uint64_t tree_size) const {
  const uint64_t before = Before(tree_size);
  const KeyRecord* record = FindKeyRecord(key_id, before);
  if (record == nullptr) return absl::NotFoundError("no such key");
  SubmitterKey out{std::string(OwnerName(*record)), record->period};
  if (out.period.end_index >= before) {
    out.period.end_index = 0;
    out.period.disputed_from_index = std::nullopt;
  }
  return out;
}

std::vector<PolicyEntry> Registry::Policies(uint64_t tree_size) const {
  return policies_.Before(Before(tree_size));
}

const v1::PolicyVersion* Registry::FindPolicy(absl::string_view policy_id,
                                              uint32_t version,
                                              uint64_t tree_size) const {
  return policies_.Find(policy_id, version, Before(tree_size));
}

const v1::PolicyVersion* Registry::PolicyInForce(v1::Channel channel,
                                                 int64_t unix_ms,
                                                 uint64_t tree_size) const {
  return policies_.InForce(channel, unix_ms, Before(tree_size));
}

PolicyView Registry::PoliciesFor(const v1::Statement& statement,
                                 int64_t admitted_unix_ms,
                                 uint64_t index) const {
  if (!IsGoverned(statement)) return {};
  const v1::FootageRequest& request = statement.footage_request();
  PolicyView out;
  out.in_force = PolicyInForce(request.channel(),
                               PolicyTime(statement, admitted_unix_ms), index);
  if (request.has_policy()) {
    const v1::PolicyVersion* const cited = FindPolicy(
        request.policy().policy_id(), request.policy().version(), index);
    out.cited_is_known = cited != nullptr;
    if (cited != out.in_force) out.cited = cited;
  }
  const SubmitterRecord* agency = Find(statement.header().submitter(), index);
  out.assembly_index = assemblies_.ListedBy(
      request, agency == nullptr ? "" : agency->base.county_fips, index);
  return out;
}

std::vector<v1::LogKey> Registry::LogKeys(uint64_t tree_size) const {
  return log_keys_.Before(Before(tree_size));
}

std::vector<crypto::PublicKey> Registry::RegistrarKeys() const {
  std::vector<crypto::PublicKey> out;
  for (const KeyRecord& record : keys_) {
    if (record.owner == kRegistrarOwner) out.push_back(record.period.key);
  }
  return out;
}

// --- Who may sign what ---

absl::StatusOr<SignatureKeys> Registry::AuthoriseGenesis(
    uint64_t index, const v1::SignedStatement& signed_statement,
    const v1::Statement& statement) const {
  if (index != 0) {
    return absl::InvalidArgumentError("a genesis can be entry 0 only");
  }
  if (statement.header().submitter() != kRegistrar) {
    return PermissionDenied("the registrars sign the genesis");
  }
  const v1::Genesis& genesis = statement.genesis();
  absl::flat_hash_map<std::string, crypto::PublicKey> listed;
  for (const v1::PublicKey& encoded : genesis.registrar_keys()) {
    ASSIGN_OR_RETURN(crypto::PublicKey key,
                     crypto::PublicKey::FromSpkiDer(encoded.spki_der()));
    listed.emplace(std::string(crypto::AsBytes(key.key_id())), key);
  }
  SignatureKeys keys;
  for (const v1::Signature& signature : signed_statement.signatures()) {
    // Each key counts once: taken out of the list.
    const auto node = listed.extract(signature.key_id());
    if (node.empty()) {
      return absl::UnauthenticatedError(
          "a signature by a key that is not in the list of registrars, or "
          "twice "
          "by the same");
    }
    keys.push_back(node.mapped());
  }
  if (keys.size() < genesis.registrar_threshold()) {
    return PermissionDenied(absl::StrCat(keys.size(),
                                         " registrars signed, want ",
                                         genesis.registrar_threshold()));
  }
  RETURN_IF_ERROR(CheckGenesis(genesis));
  return keys;
}

// Whether `key` may sign entry `index`.
absl::Status Registry::CheckKeyCounts(const KeyRecord& key,
                                      uint64_t index) const {
  const uint64_t end = key.period.end_index;
  if (end != 0 && index >= end) {
    return PermissionDenied(
        absl::StrCat(KeyName(crypto::AsBytes(key.period.key.key_id())),
                     " was revoked by entry ", end));
  }
  return absl::OkStatus();
}

absl::StatusOr<SignatureKeys> Registry::RegistrarSignatures(
    uint64_t index, const v1::SignedStatement& signed_statement) const {
  SignatureKeys keys;
  for (const v1::Signature& signature : signed_statement.signatures()) {
    const KeyRecord* record = FindKeyRecord(signature.key_id(), index);
    if (record == nullptr || record->owner != kRegistrarOwner) {
      return absl::UnauthenticatedError(
          absl::StrCat(KeyName(signature.key_id()), " is not a registrar's"));
    }
    for (const crypto::PublicKey& other : keys) {
      if (other == record->period.key) {
        return PermissionDenied("the same registrar signed twice");
      }
    }
    keys.push_back(record->period.key);
  }
  if (keys.size() < registrar_threshold_) {
    return PermissionDenied(absl::StrCat(
        keys.size(), " registrars signed, want ", registrar_threshold_));
  }
  return keys;
}

absl::StatusOr<SignatureKeys> Registry::SubmitterSignature(
    uint64_t index, const v1::SignedStatement& signed_statement,
    absl::string_view submitter) const {
  if (signed_statement.signatures_size() != 1) {
    return PermissionDenied(
        absl::StrCat(signed_statement.signatures_size(),
                     " signatures, want one by the submitter"));
  }
  const std::string& key_id = signed_statement.signatures(0).key_id();
  const KeyRecord* record = FindKeyRecord(key_id, index);
  if (record == nullptr) {
    return absl::UnauthenticatedError(
        absl::StrCat(KeyName(key_id), " is not in the registry"));
  }
  if (OwnerName(*record) != submitter) {
    return PermissionDenied(
        absl::StrCat(KeyName(key_id), " is not a key of ", submitter));
  }
  RETURN_IF_ERROR(CheckKeyCounts(*record, index));
  return SignatureKeys{record->period.key};
}

absl::Status Registry::CheckMaySealWhole(uint64_t index,
                                         const v1::Statement& statement) const {
  if (!statement.header().has_whole_seal()) return absl::OkStatus();
  const v1::FootageRequest& request = statement.footage_request();
  const v1::PolicyRef& cited = request.policy();
  // Of what entries before `index` say; 0 would ask for all of them.
  const v1::PolicyVersion* policy =
      FindPolicy(cited.policy_id(), cited.version(), index);
  const bool allowed =
      policy != nullptr && std::find(policy->whole_seal_processes().begin(),
                                     policy->whole_seal_processes().end(),
                                     request.legal_process()) !=
                               policy->whole_seal_processes().end();
  if (allowed && AllowsWholeSeal(statement.header(), *policy)) {
    return absl::OkStatus();
  }
  if (allowed) {
    return absl::InvalidArgumentError(absl::StrCat(
        "header.whole_seal: longer than the policy that is cited (",
        cited.policy_id(), " version ", cited.version(), ": ",
        policy->max_seal_seconds(),
        " s from claimed_time) lets seals last, or on another ground"));
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "header.whole_seal: the policy that is cited (",
      policy == nullptr
          ? "none that the log has"
          : absl::StrCat(cited.policy_id(), " version ", cited.version()),
      ") does not let requests under ",
      v1::LegalProcess_Name(request.legal_process()), " be sealed as a whole"));
}

absl::StatusOr<SignatureKeys> Registry::AuthoriseFace(
    const v1::SignedStatement& signed_statement) const {
  if (signed_statement.signatures().empty()) return SignatureKeys();
  return PermissionDenied("the log's own statements are not signed");
}

absl::StatusOr<SignatureKeys> Registry::AuthoriseRules(
    uint64_t index, const v1::SignedStatement& signed_statement,
    const v1::Statement& statement) const {
  const v1::StatementKind kind = KindOf(statement);
  if (kind == v1::STATEMENT_KIND_GENESIS) {
    return AuthoriseGenesis(index, signed_statement, statement);
  }
  if (applied_size_ == 0 || index == 0) {
    return absl::FailedPreconditionError("the log has no genesis yet");
  }
  const v1::StatementHeader& header = statement.header();
  if (header.origin() != origin_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "header.origin: meant for another log, this is ", origin_));
  }
  const std::string& submitter = header.submitter();
  if (statement.has_sealed_statement()) return AuthoriseFace(signed_statement);
  if (!MaySay(SubmitterKindOf(submitter), kind)) {
    return PermissionDenied(absl::StrCat("submitter ", submitter,
                                         " may not make statements of kind ",
                                         KindName(kind)));
  }
  if (submitter != kRegistrar) {
    RETURN_IF_ERROR(CheckActive(submitter, index));
    RETURN_IF_ERROR(CheckMayImport(index, statement));
    RETURN_IF_ERROR(CheckMaySealWhole(index, statement));
    return SubmitterSignature(index, signed_statement, submitter);
  }
  ASSIGN_OR_RETURN(SignatureKeys keys,
                   RegistrarSignatures(index, signed_statement));
  RETURN_IF_ERROR(CheckApplies(index, statement));
  return keys;
}

absl::Status Registry::Authorise(uint64_t index,
                                 const v1::SignedStatement& signed_statement,
                                 const v1::Statement& statement) const {
  ASSIGN_OR_RETURN(const SignatureKeys keys,
                   AuthoriseRules(index, signed_statement, statement));
  return VerifySignatures(signed_statement, keys);
}

absl::Status VerifySignatures(const v1::SignedStatement& signed_statement,
                              absl::Span<const crypto::PublicKey> keys) {
  const auto& signatures = signed_statement.signatures();
  if (signatures.empty() ||
      keys.size() != static_cast<size_t>(signatures.size())) {
    return absl::UnauthenticatedError(absl::StrCat(
        signatures.size(), " signatures for ", keys.size(), " keys"));
  }
  const std::string pae = PreAuthEncoding(signed_statement.payload_type(),
                                          signed_statement.payload());
  for (int i = 0; i < signatures.size(); ++i) {
    const absl::Status status = VerifySignature(keys[static_cast<size_t>(i)],
                                                pae, signatures[i].signature());
    if (!status.ok()) {
      return absl::UnauthenticatedError(
          absl::StrCat("signature ", i, ": ", status.message()));
    }
  }
  return absl::OkStatus();
}

// --- Whether a change makes sense ---

absl::Status Registry::CheckNewKey(uint64_t index,
                                   const v1::PublicKey& key) const {
  const crypto::Digest id = crypto::Sha256(key.spki_der());
  const std::string name = KeyName(crypto::AsBytes(id));
  const KeyRecord* other = FindKeyRecord(crypto::AsBytes(id), index);
  if (other != nullptr) {
    return absl::AlreadyExistsError(
        absl::StrCat(name, " is in use: ", OwnerName(*other),
                     " has it since entry ", other->period.first_index));
  }
  if (log_keys_.Holds(id, index)) {
    return absl::AlreadyExistsError(
        absl::StrCat(name, " is a key of the log itself"));
  }
  return absl::OkStatus();
}

// A key that signs for the log signs nothing else.
absl::Status Registry::CheckNewLogKey(uint64_t index,
                                      const v1::LogKey& key) const {
  ASSIGN_OR_RETURN(const crypto::PublicKey parsed,
                   ParseLogVkey(key.vkey(), origin_));
  const KeyRecord* other =
      FindKeyRecord(crypto::AsBytes(parsed.key_id()), index);
  if (other == nullptr) return absl::OkStatus();
  return absl::AlreadyExistsError(absl::StrCat(
      "log key ", key.vkey(), " is a statement key of ", OwnerName(*other)));
}

absl::Status Registry::CheckGenesis(const v1::Genesis& genesis) const {
  RETURN_IF_ERROR(LogKeyHistory::CheckFirst(genesis.log_keys()));
  for (const v1::LogKey& log_key : genesis.log_keys()) {
    ASSIGN_OR_RETURN(const crypto::PublicKey key,
                     ParseLogVkey(log_key.vkey(), genesis.origin()));
    for (const v1::PublicKey& registrar : genesis.registrar_keys()) {
      if (registrar.spki_der() == key.spki_der()) {
        return absl::InvalidArgumentError(
            "genesis.registrar_keys: a key of the log itself");
      }
    }
  }
  return absl::OkStatus();
}

absl::Status Registry::CheckEnrolment(uint64_t index,
                                      const v1::Enrolment& enrolment) const {
  const SubmitterRecord* record = Find(enrolment.submitter(), index);
  if (record != nullptr) {
    return absl::AlreadyExistsError(absl::StrCat(
        "submitter ", enrolment.submitter(), " is enrolled already, by entry ",
        record->base.enrolled_index));
  }
  for (const v1::PublicKey& key : enrolment.keys()) {
    RETURN_IF_ERROR(CheckNewKey(index, key));
  }
  return absl::OkStatus();
}

absl::Status Registry::CheckRevocation(uint64_t index,
                                       const SubmitterRecord& record,
                                       const v1::RevokedKey& revoked) const {
  const KeyRecord* key = FindKeyRecord(revoked.key_id(), index);
  if (key == nullptr || OwnerName(*key) != record.base.id) {
    return absl::NotFoundError(absl::StrCat(
        KeyName(revoked.key_id()), " is not a key of ", record.base.id));
  }
  const uint64_t end = key->period.end_index;
  if (end != 0 && end < index) {
    return absl::FailedPreconditionError(
        absl::StrCat(KeyName(revoked.key_id()), " was revoked by entry ", end));
  }
  if (revoked.has_disputed_from_index() &&
      revoked.disputed_from_index() > index) {
    return absl::InvalidArgumentError(
        "key_rotation.revoke: disputed from an index that is yet to come");
  }
  return absl::OkStatus();
}

absl::Status Registry::CheckRotation(uint64_t index,
                                     const v1::KeyRotation& rotation) const {
  const SubmitterRecord* record = Find(rotation.submitter(), index);
  if (record == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("no submitter ", rotation.submitter()));
  }
  for (const v1::PublicKey& key : rotation.add()) {
    RETURN_IF_ERROR(CheckNewKey(index, key));
  }
  for (const v1::RevokedKey& revoked : rotation.revoke()) {
    RETURN_IF_ERROR(CheckRevocation(index, *record, revoked));
  }
  return absl::OkStatus();
}

absl::Status Registry::CheckApplies(uint64_t index,
                                    const v1::Statement& statement) const {
  switch (statement.kind_case()) {
    case v1::Statement::kGenesis:
      return index == 0 ? CheckGenesis(statement.genesis())
                        : absl::FailedPreconditionError(
                              "the log has a genesis already");
    case v1::Statement::kEnrolment:
      return CheckEnrolment(index, statement.enrolment());
    case v1::Statement::kKeyRotation:
      return CheckRotation(index, statement.key_rotation());
    case v1::Statement::kStatusChange: {
      const std::string& id = statement.status_change().submitter();
      return Find(id, index) != nullptr
                 ? absl::OkStatus()
                 : absl::NotFoundError(absl::StrCat("no submitter ", id));
    }
    case v1::Statement::kPolicyVersion:
      return policies_.CheckNext(index, statement.policy_version());
    case v1::Statement::kLogKeyChange:
      return log_keys_.CheckChange(
          index, statement.log_key_change(),
          [&](const v1::LogKey& key) { return CheckNewLogKey(index, key); });
    default:
      return absl::OkStatus();
  }
}

// --- Following the log ---

absl::Status Registry::Apply(uint64_t index, const v1::Statement& statement) {
  if (applied_size_ != 0 && index < applied_size_) {
    return absl::FailedPreconditionError(absl::StrCat(
        "registry: entry ", index, " after entry ", applied_size_ - 1));
  }
  if (applied_size_ == 0 && (index != 0 || !statement.has_genesis())) {
    return absl::FailedPreconditionError(
        "registry: entry 0, the genesis, comes first");
  }
  RETURN_IF_ERROR(CheckApplies(index, statement));
  switch (statement.kind_case()) {
    case v1::Statement::kGenesis:
      ApplyGenesis(statement.genesis());
      break;
    case v1::Statement::kEnrolment:
      ApplyEnrolment(index, statement.enrolment());
      break;
    case v1::Statement::kKeyRotation:
      ApplyRotation(index, statement.key_rotation());
      break;
    case v1::Statement::kStatusChange:
      ApplyStatus(index, statement.status_change());
      break;
    case v1::Statement::kPolicyVersion:
      policies_.Apply(index, statement.policy_version());
      break;
    case v1::Statement::kAssemblyCalendar:
      assemblies_.Apply(index, statement.assembly_calendar());
      break;
    case v1::Statement::kLogKeyChange:
      log_keys_.Apply(index, origin_, statement.log_key_change().log_keys());
      break;
    default:
      break;
  }
  applied_size_ = index + 1;
  return absl::OkStatus();
}

void Registry::AddKey(uint64_t index, uint32_t owner,
                      const v1::PublicKey& encoded) {
  // Validate has parsed it before; a key that does not parse is nobody's.
  absl::StatusOr<crypto::PublicKey> key =
      crypto::PublicKey::FromSpkiDer(encoded.spki_der());
  if (!key.ok()) return;
  const uint32_t place = static_cast<uint32_t>(keys_.size());
  if (!by_key_id_.emplace(key->key_id(), place).second) return;
  keys_.push_back({{*std::move(key), index, 0, std::nullopt}, owner});
  if (owner != kRegistrarOwner) submitters_[owner].keys.push_back(place);
}

void Registry::ApplyGenesis(const v1::Genesis& genesis) {
  origin_ = genesis.origin();
  registrar_threshold_ = genesis.registrar_threshold();
  for (const v1::PublicKey& key : genesis.registrar_keys()) {
    AddKey(0, kRegistrarOwner, key);
  }
  log_keys_.Apply(0, origin_, genesis.log_keys());
}

void Registry::ApplyEnrolment(uint64_t index, const v1::Enrolment& enrolment) {
  const uint32_t place = static_cast<uint32_t>(submitters_.size());
  SubmitterRecord& record = submitters_.emplace_back();
  Submitter& base = record.base;
  base.id = enrolment.submitter();
  base.kind = enrolment.kind();
  base.name = enrolment.name();
  base.agency_type = enrolment.agency_type();
  base.state = enrolment.state();
  base.county_fips = enrolment.county_fips();
  base.units.assign(enrolment.units().begin(), enrolment.units().end());
  base.aliases.assign(enrolment.aliases().begin(), enrolment.aliases().end());
  base.verification = enrolment.verification();
  base.provisional = IsProvisional(base.id);
  base.enrolled_index = index;
  base.joined_unix_ms = ToUnixMs(enrolment.joined());
  record.statuses.push_back({index, v1::SUBMITTER_STATUS_ACTIVE});
  record.source_indices.push_back(index);
  by_id_.emplace(base.id, place);
  for (const v1::PublicKey& key : enrolment.keys()) AddKey(index, place, key);
}

void Registry::ApplyRotation(uint64_t index, const v1::KeyRotation& rotation) {
  const uint32_t place = by_id_.find(rotation.submitter())->second;
  submitters_[place].source_indices.push_back(index);
  for (const v1::PublicKey& key : rotation.add()) AddKey(index, place, key);
  for (const v1::RevokedKey& revoked : rotation.revoke()) {
    const absl::StatusOr<crypto::Digest> id =
        crypto::DigestFromBytes(revoked.key_id());
    KeyPeriod& period = keys_[by_key_id_.find(*id)->second].period;
    period.end_index = index;
    if (revoked.has_disputed_from_index()) {
      period.disputed_from_index = revoked.disputed_from_index();
    }
  }
}

void Registry::ApplyStatus(uint64_t index, const v1::StatusChange& change) {
  SubmitterRecord& record =
      submitters_[by_id_.find(change.submitter())->second];
  record.statuses.push_back({index, change.status()});
  record.source_indices.push_back(index);
}

}  // namespace sightline::statement
