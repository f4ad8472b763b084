#include "cmd/cli/import/imported_agency.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cmd/cli/import/import_ids.h"
#include "statement/submitter_id.h"
#include "statement/text.h"
#include "statement/timestamps.h"

namespace sightline::cli {
namespace {

constexpr size_t kMaxAliases = 64;
constexpr size_t kMaxNameBytes = 200;

struct NameSign {
  absl::string_view word;
  v1::AgencyType type;
};

// The first that fits decides: "University ... Police Department" is a campus,
// "Sheriff" outdoes the county that follows.
constexpr std::array<NameSign, 27> kSigns = {{
    {"district attorney", v1::AGENCY_TYPE_PROSECUTOR},
    {"prosecutor", v1::AGENCY_TYPE_PROSECUTOR},
    {"university", v1::AGENCY_TYPE_CAMPUS},
    {"college", v1::AGENCY_TYPE_CAMPUS},
    {"campus", v1::AGENCY_TYPE_CAMPUS},
    {"school", v1::AGENCY_TYPE_CAMPUS},
    {"transit", v1::AGENCY_TYPE_TRANSIT},
    {"railroad", v1::AGENCY_TYPE_TRANSIT},
    {"tribal", v1::AGENCY_TYPE_TRIBAL},
    {"sheriff", v1::AGENCY_TYPE_SHERIFF},
    {"fire department", v1::AGENCY_TYPE_FIRE},
    {"fire rescue", v1::AGENCY_TYPE_FIRE},
    {"drug enforcement administration", v1::AGENCY_TYPE_FEDERAL},
    {"federal bureau", v1::AGENCY_TYPE_FEDERAL},
    {"homeland security", v1::AGENCY_TYPE_FEDERAL},
    {"u.s. ", v1::AGENCY_TYPE_FEDERAL},
    {"united states", v1::AGENCY_TYPE_FEDERAL},
    {"state police", v1::AGENCY_TYPE_STATE},
    {"state patrol", v1::AGENCY_TYPE_STATE},
    {"highway patrol", v1::AGENCY_TYPE_STATE},
    {"department of justice", v1::AGENCY_TYPE_STATE},
    {"department of corrections", v1::AGENCY_TYPE_STATE},
    {"department of insurance", v1::AGENCY_TYPE_STATE},
    {"police", v1::AGENCY_TYPE_POLICE},
    {"public safety", v1::AGENCY_TYPE_POLICE},
    {" pd", v1::AGENCY_TYPE_POLICE},
    {"marshal", v1::AGENCY_TYPE_OTHER},
}};

}  // namespace

absl::StatusOr<std::string> ImportedAgencyId(absl::string_view ori,
                                             absl::string_view state,
                                             absl::string_view name) {
  if (ori.empty()) {
    return statement::ProvisionalId(absl::StrCat(state, " ", name));
  }
  if (!statement::IsOri(ori)) {
    return absl::InvalidArgumentError(
        absl::StrCat("ori9: no ORI: \"", statement::Printable(ori), "\""));
  }
  return statement::AgencyId(ori);
}

v1::AgencyType AgencyTypeByName(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  for (const NameSign& sign : kSigns) {
    if (absl::StrContains(lower, sign.word)) return sign.type;
  }
  return v1::AGENCY_TYPE_OTHER;
}

void AddAlias(absl::string_view spelling, ImportedAgency* agency) {
  std::vector<std::string>& aliases = agency->aliases;
  if (spelling.empty() || spelling.size() > kMaxNameBytes ||
      spelling == agency->name || aliases.size() == kMaxAliases ||
      std::find(aliases.begin(), aliases.end(), spelling) != aliases.end()) {
    return;
  }
  aliases.emplace_back(spelling);
}

v1::Statement EnrolmentOf(const ImportedAgency& agency,
                          absl::string_view origin, int64_t claimed_unix_ms,
                          const crypto::PublicKey& key) {
  v1::Statement statement;
  v1::StatementHeader& header = *statement.mutable_header();
  header.set_origin(std::string(origin));
  header.set_submitter(std::string(statement::kRegistrar));
  header.set_statement_id(ImportedStatementId("enrolment", agency.id, 0));
  *header.mutable_claimed_time() = statement::FromUnixMs(claimed_unix_ms);
  v1::Enrolment& enrolment = *statement.mutable_enrolment();
  enrolment.set_submitter(agency.id);
  enrolment.set_kind(v1::SUBMITTER_KIND_AGENCY);
  enrolment.set_name(agency.name);
  enrolment.set_agency_type(agency.type);
  enrolment.set_state(agency.state);
  enrolment.set_county_fips(agency.county_fips);
  enrolment.add_keys()->set_spki_der(std::string(key.spki_der()));
  *enrolment.mutable_joined() = statement::FromUnixMs(agency.joined_unix_ms);
  enrolment.set_verification(v1::IDENTITY_VERIFICATION_IMPORTED);
  for (const std::string& alias : agency.aliases) enrolment.add_aliases(alias);
  return statement;
}

}  // namespace sightline::cli
