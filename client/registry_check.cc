#include "client/registry_check.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "client/evidence.h"
#include "crypto/sha256.h"
#include "statement/entry_codec.h"
#include "statement/statement_codec.h"

namespace sightline::client {
namespace {

// Canonical serialisation has one spelling, so equal bytes are equal messages.
template <typename Message>
bool Same(const Message& a, const Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

absl::Status Differs(absl::string_view what) {
  return Unverified(
      absl::StrCat(what, ": the entries named do not say what was answered"));
}

absl::Status ApplyEntry(uint64_t index, absl::string_view entry,
                        statement::Registry* registry) {
  v1::SignedStatement envelope;
  ASSIGN_OR_RETURN(const v1::Statement statement,
                   StatementOf(entry, &envelope));
  RETURN_IF_ERROR(registry->Authorise(index, envelope, statement));
  return registry->Apply(index, statement);
}

}  // namespace

absl::StatusOr<statement::Registry> Replay(const EntryMap& entries) {
  statement::Registry registry;
  for (const auto& [index, entry] : entries) {
    const absl::Status applied = ApplyEntry(index, entry, &registry);
    if (!applied.ok()) {
      return Unverified(absl::StrCat("entry ", index), applied);
    }
  }
  return registry;
}

absl::Status CheckSubmitter(const statement::Registry& registry,
                            const v1::Submitter& answer, uint64_t tree_size) {
  const auto found = registry.FindSubmitter(answer.submitter(), tree_size);
  if (found.ok() && Same(ToProto(*found), answer)) return absl::OkStatus();
  return Differs(absl::StrCat("submitter ", answer.submitter()));
}

absl::Status CheckPolicy(const statement::Registry& registry,
                         const v1::Policy& answer, uint64_t tree_size) {
  for (const statement::PolicyEntry& entry : registry.Policies(tree_size)) {
    if (entry.index == answer.index() && Same(*entry.policy, answer.policy())) {
      return absl::OkStatus();
    }
  }
  return Differs(absl::StrCat("policy at entry ", answer.index()));
}

absl::Status CheckKey(const statement::Registry& registry,
                      absl::string_view submitter, const v1::KeyPeriod& answer,
                      uint64_t tree_size) {
  const auto found = registry.FindKey(answer.key_id(), tree_size);
  if (found.ok() && found->submitter == submitter &&
      Same(ToProto(found->period), answer)) {
    return absl::OkStatus();
  }
  return Differs(absl::StrCat("key ", base::HexEncode(answer.key_id())));
}

v1::KeyPeriod ToProto(const statement::KeyPeriod& period) {
  v1::KeyPeriod out;
  out.set_key_id(std::string(crypto::AsBytes(period.key.key_id())));
  out.set_spki_der(std::string(period.key.spki_der()));
  out.set_first_index(period.first_index);
  out.set_end_index(period.end_index);
  if (period.disputed_from_index.has_value()) {
    out.set_disputed_from_index(*period.disputed_from_index);
  }
  return out;
}

v1::Submitter ToProto(const statement::Submitter& submitter) {
  v1::Submitter out;
  out.set_submitter(submitter.id);
  out.set_kind(submitter.kind);
  out.set_name(submitter.name);
  out.set_agency_type(submitter.agency_type);
  out.set_state(submitter.state);
  out.set_county_fips(submitter.county_fips);
  for (const std::string& unit : submitter.units) out.add_units(unit);
  for (const std::string& alias : submitter.aliases) out.add_aliases(alias);
  out.set_status(submitter.status);
  out.set_verification(submitter.verification);
  for (const auto& key : submitter.keys) *out.add_keys() = ToProto(key);
  out.set_provisional(submitter.provisional);
  out.set_enrolled_index(submitter.enrolled_index);
  for (uint64_t index : submitter.source_indices) out.add_source_indices(index);
  return out;
}

absl::StatusOr<v1::Statement> StatementOf(absl::string_view entry,
                                          v1::SignedStatement* envelope) {
  ASSIGN_OR_RETURN(v1::Entry parsed, statement::ParseEntry(entry));
  *envelope = std::move(*parsed.mutable_statement());
  return statement::ParseStatement(envelope->payload());
}

}  // namespace sightline::client
