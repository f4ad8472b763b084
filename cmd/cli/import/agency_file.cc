#include "cmd/cli/import/agency_file.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "cmd/cli/import/csv_reader.h"
#include "cmd/cli/import/source_dates.h"
#include "statement/geography.h"
#include "statement/submitter_id.h"
#include "statement/text.h"

namespace sightline::cli {
namespace {

constexpr size_t kMaxNameBytes = 200;

// A row before it is known which agencies share an ORI.
struct Candidate {
  std::string ori;
  ImportedAgency agency;
};

std::optional<v1::AgencyType> TypeByLabel(absl::string_view label) {
  if (label == "Police") return v1::AGENCY_TYPE_POLICE;
  if (label == "Sheriff") return v1::AGENCY_TYPE_SHERIFF;
  if (label == "District Attorney") return v1::AGENCY_TYPE_PROSECUTOR;
  if (label == "Fire") return v1::AGENCY_TYPE_FIRE;
  return std::nullopt;
}

// When the agency joined, midnight UTC.
std::optional<int64_t> Joined(const CsvRow& row, ImportNotes* notes) {
  std::optional<absl::CivilDay> day = ParseDay(row["joined"]);
  if (!day.has_value() && row["joined"].empty()) {
    day = ParseMonth(row["joined_text"]);
    if (day.has_value()) {
      notes->Add(row.line(), "joined in a month: taken as its first day");
    } else if (day = ParseYear(row["joined_text"]); day.has_value()) {
      notes->Add(row.line(), "joined in a year: taken as its first day");
    }
  }
  if (!day.has_value()) return std::nullopt;
  return absl::ToUnixMillis(absl::FromCivil(*day, absl::UTCTimeZone()));
}

absl::StatusOr<Candidate> ReadRow(const CsvRow& row, ImportNotes* notes) {
  Candidate candidate;
  candidate.ori = std::string(row["ori9"]);
  ImportedAgency& agency = candidate.agency;
  agency.name = std::string(row["agency"]);
  agency.state = std::string(row["state"]);
  agency.line = row.line();
  if (agency.name.empty()) return absl::InvalidArgumentError("no agency name");
  if (agency.name.size() > kMaxNameBytes ||
      !statement::IsPlainText(agency.name)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the name is not plain text of at most ", kMaxNameBytes, " bytes"));
  }
  if (!statement::IsState(agency.state)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no such state: \"", statement::Printable(agency.state), "\""));
  }
  // The name must do as an id, too, should the ORI turn out to be another's.
  for (absl::string_view ori :
       {absl::string_view(candidate.ori), absl::string_view()}) {
    RETURN_IF_ERROR(ImportedAgencyId(ori, agency.state, agency.name).status());
  }
  const std::optional<int64_t> joined = Joined(row, notes);
  if (!joined.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "no date of joining: \"", statement::Printable(row["joined"]), "\", \"",
        statement::Printable(row["joined_text"]), "\""));
  }
  agency.joined_unix_ms = *joined;
  agency.type =
      TypeByLabel(row["lea_type"]).value_or(AgencyTypeByName(agency.name));
  if (candidate.ori.empty()) {
    notes->Add(row.line(), absl::StartsWith(row["ori_match"], "ambiguous")
                               ? "several possible ORIs: enrolled provisionally"
                               : "no ORI: enrolled provisionally");
  } else if (statement::IsCountyFips(row["county_fips"])) {
    agency.county_fips = std::string(row["county_fips"]);
  } else {
    notes->Add(row.line(), "county not given");
  }
  return candidate;
}

// What two spellings of one name have in common.
std::string NameKey(absl::string_view name) {
  return statement::NameSlug(name).value_or(std::string(name));
}

// Takes the ORI from agencies of different names that claim the same one.
void ResolveSharedOris(std::vector<Candidate>* candidates, ImportNotes* notes) {
  std::map<std::string, std::set<std::string>> names_by_ori;
  for (const Candidate& candidate : *candidates) {
    names_by_ori[candidate.ori].insert(NameKey(candidate.agency.name));
  }
  for (Candidate& candidate : *candidates) {
    if (candidate.ori.empty() || names_by_ori[candidate.ori].size() == 1) {
      continue;
    }
    notes->Add(candidate.agency.line,
               absl::StrCat("agencies of different names have the ORI ",
                            candidate.ori, ": enrolled provisionally"));
    candidate.ori.clear();
    candidate.agency.county_fips.clear();
  }
}

void Merge(const ImportedAgency& other, ImportedAgency* agency,
           ImportNotes* notes) {
  AddAlias(other.name, agency);
  agency->joined_unix_ms =
      std::min(agency->joined_unix_ms, other.joined_unix_ms);
  notes->Add(other.line, "an agency that an earlier row names: taken together");
}

}  // namespace

absl::StatusOr<AgencyFile> ReadAgencyFile(std::istream& in) {
  AgencyFile file;
  std::vector<Candidate> candidates;
  RETURN_IF_ERROR(ReadCsv(
      in, {"agency", "state"},
      [&](const CsvRow& row) {
        ++file.notes.rows;
        absl::StatusOr<Candidate> candidate = ReadRow(row, &file.notes);
        if (candidate.ok()) {
          candidates.push_back(*std::move(candidate));
        } else {
          file.notes.Refuse(row.line(), candidate.status().message());
        }
      },
      [&](uint64_t line, absl::string_view fault) {
        ++file.notes.rows;
        file.notes.Refuse(line, fault);
      }));
  ResolveSharedOris(&candidates, &file.notes);
  absl::flat_hash_map<std::string, size_t> by_id;
  for (Candidate& candidate : candidates) {
    ImportedAgency& agency = candidate.agency;
    // Was checked row by row; without its ORI an agency still has its name.
    ASSIGN_OR_RETURN(
        agency.id, ImportedAgencyId(candidate.ori, agency.state, agency.name));
    const auto [it, is_new] = by_id.emplace(agency.id, file.agencies.size());
    if (is_new) {
      file.agencies.push_back(std::move(agency));
    } else {
      Merge(agency, &file.agencies[it->second], &file.notes);
    }
  }
  return file;
}

}  // namespace sightline::cli
