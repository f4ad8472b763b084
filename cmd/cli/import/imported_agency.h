// An agency that a public list names, and how it is enrolled.
//
// Source:  docs/formats.md "Submitter ids"; FBI originating agency identifiers.
// Shapes:  with an ORI it is "ori:<ORI>"; without one it is provisional,
//          "prov:<state>-<name>", so that agencies of one name in two states stay
//          two. Spellings that differ in case and punctuation alone are one.
// Threads: pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::cli {

struct ImportedAgency {
  std::string id;
  std::string name;
  std::vector<std::string> aliases;  // other spellings
  v1::AgencyType type = v1::AGENCY_TYPE_UNSPECIFIED;
  std::string state;
  std::string county_fips;  // "" when unknown
  int64_t joined_unix_ms = 0;
  uint64_t line = 0;  // the first row that names it
};

// `ori` "" when it has none. kInvalidArgument: neither makes an id.
absl::StatusOr<std::string> ImportedAgencyId(absl::string_view ori,
                                             absl::string_view state,
                                             absl::string_view name);

// By what the name says: "... County Sheriff's Office". OTHER when it says
// nothing.
v1::AgencyType AgencyTypeByName(absl::string_view name);

// Adds a spelling unless it is the name or is there already; beyond 64, the
// limit of Enrolment, none.
void AddAlias(absl::string_view spelling, ImportedAgency* agency);

// The statement that enrols it with `key`, to be signed by registrars. The same
// arguments give the same bytes.
v1::Statement EnrolmentOf(const ImportedAgency& agency,
                          absl::string_view origin, int64_t claimed_unix_ms,
                          const crypto::PublicKey& key);

}  // namespace sightline::cli
