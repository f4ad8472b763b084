// Submitter ids: "ori:CA0194200", "prov:<name>", "platform:<name>",
// "party:<name>", "court:<name>", "keeper:<name>", "registrar".
//
// Source:  docs/statements.md "Submitter ids"; proto StatementHeader.submitter.
// Shapes:  after the scheme 3 to 100 characters of [a-z0-9-]; an ORI is 9
//          upper-case letters and digits, of which the first two are letters.
// Errors:  kInvalidArgument: cannot be made into an id.
// Threads: pure; any thread.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::statement {

inline constexpr absl::string_view kRegistrar = "registrar";

bool IsSubmitterId(absl::string_view id);
bool IsOri(absl::string_view text);

// By scheme; SUBMITTER_KIND_UNSPECIFIED when it is not a submitter id.
v1::SubmitterKind SubmitterKindOf(absl::string_view id);

// Whether the id marks an agency without an ORI ("prov:").
bool IsProvisional(absl::string_view id);

absl::StatusOr<std::string> AgencyId(absl::string_view ori);

// Makes the part after the scheme from an official name: lower case, everything
// else than [a-z0-9] becomes one '-'. "Ventura County Sheriff's Office" ->
// "ventura-county-sheriff-s-office". kInvalidArgument when fewer than three
// characters remain. Long names are cut to 100.
absl::StatusOr<std::string> NameSlug(absl::string_view name);
absl::StatusOr<std::string> ProvisionalId(absl::string_view name);
absl::StatusOr<std::string> PlatformId(absl::string_view name);

}  // namespace sightline::statement
