#include "tests/e2e/real_notices.h"

#include <cstdlib>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace sightline::tests {
namespace {

using Row = std::map<std::string, std::string>;

absl::TimeZone California() {
  absl::TimeZone zone;
  if (!absl::LoadTimeZone("America/Los_Angeles", &zone)) std::abort();
  return zone;
}

// Whether the list, parted by semicolons, has the word.
bool Lists(const std::string& list, const std::string& word) {
  return absl::StrContains(absl::StrCat(";", list, ";"),
                           absl::StrCat(";", word, ";"));
}

std::string Slug(const std::string& name) {
  return absl::StrReplaceAll(cli::Words(name), {{" ", "-"}});
}

int64_t SubmittedOf(const std::string& text) {
  absl::Time time;
  std::string fault;
  const bool is_utc = absl::EndsWith(text, " UTC");
  if (!absl::ParseTime(is_utc ? "%Y-%m-%d %H:%M:%S UTC" : "%Y-%m-%d %H:%M",
                       text, is_utc ? absl::UTCTimeZone() : California(), &time,
                       &fault)) {
    std::abort();
  }
  return absl::ToUnixMillis(time);
}

// Midnight in California.
absl::CivilDay DayOf(const std::string& text) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) std::abort();
  return day;
}

void SetPeriod(const Row& row, Notice* notice) {
  if (row.at("info_start").empty()) return;
  const absl::CivilDay first = DayOf(row.at("info_start"));
  const absl::CivilDay last = DayOf(row.at("info_end"));
  if (last < first) return;
  const auto midnight = [](absl::CivilDay day) {
    return absl::ToUnixMillis(absl::FromCivil(day, California()));
  };
  notice->period = {midnight(first), midnight(last + 1)};
  notice->is_of_one_day = first == last;
}

// By the nature that the notice names; where it names none two grounds tell it.
void SetPurpose(const Row& row, Notice* notice) {
  const std::string& grounds = row.at("grounds");
  std::string nature = row.at("primary_nature");
  if (nature.empty() && grounds == "STOLEN") nature = "Theft/Fraud";
  if (nature.empty() && Lists(grounds, "CHILD_EXPLOITATION")) {
    nature = "Child Exploitation";
  }
  if (nature.empty()) return;
  const std::map<std::string, std::pair<v1::Purpose, std::string>> meanings = {
      {"Arson", {v1::PURPOSE_PROPERTY_DAMAGE, "200"}},
      {"Burglary", {v1::PURPOSE_THEFT, "220"}},
      {"Theft/Fraud", {v1::PURPOSE_THEFT, ""}},
      {"Crime of Violence", {v1::PURPOSE_PHYSICAL_INJURY, ""}},
      {"Homicide", {v1::PURPOSE_PHYSICAL_INJURY, ""}},
      {"Missing Person", {v1::PURPOSE_MISSING_PERSON, ""}},
      {"Child Exploitation", {v1::PURPOSE_OTHER, "90X"}},
      {"Sex", {v1::PURPOSE_OTHER, "11X"}},
      {"Kidnapping", {v1::PURPOSE_OTHER, "100"}},
      {"Narcotics", {v1::PURPOSE_OTHER, "35A"}},
      {"Weapons", {v1::PURPOSE_OTHER, "520"}},
  };
  const auto meaning = meanings.find(nature);
  notice->purpose =
      meaning == meanings.end() ? v1::PURPOSE_OTHER : meaning->second.first;
  if (meaning != meanings.end()) notice->offence = meaning->second.second;
}

void SetPlatform(const Row& row, Notice* notice) {
  const std::string& provider = row.at("provider");
  if (provider.empty() || absl::StrContains(provider, ";") ||
      provider == "OTHER" || provider == "Bank") {
    return;
  }
  notice->platform = absl::StrCat(
      "platform:", provider == "Amazon (not Ring)" ? "amazon" : Slug(provider));
}

void SetDelay(const Row& row, Notice* notice) {
  const std::pair<std::string, v1::SealGround> statute[] = {
      {"ENDANGER", v1::SEAL_GROUND_ENDANGER},
      {"FLIGHT", v1::SEAL_GROUND_FLIGHT},
      {"TAMPERING", v1::SEAL_GROUND_TAMPERING},
      {"INTIMIDATION", v1::SEAL_GROUND_INTIMIDATION},
      {"JEOPARDIZE", v1::SEAL_GROUND_JEOPARDIZE}};
  for (const auto& [word, ground] : statute) {
    if (!Lists(row.at("delay_reasons"), word)) continue;
    notice->delay = ground;
    return;
  }
}

}  // namespace

std::map<std::string, std::string> CountiesByOri(const cli::Table& agencies) {
  std::map<std::string, std::set<std::string>> names;
  for (const Row& row : agencies) {
    names[row.at("ori9")].insert(cli::Words(row.at("agency")));
  }
  std::map<std::string, std::string> counties;
  for (const Row& row : agencies) {
    const std::string& ori = row.at("ori9");
    if (ori.empty() || names[ori].size() > 1) continue;
    counties.emplace(ori, row.at("county_fips"));
  }
  return counties;
}

std::vector<Notice> ReadNotices(const cli::Table& notices,
                                const cli::Table& agencies) {
  const std::map<std::string, std::string> counties = CountiesByOri(agencies);
  std::vector<Notice> out;
  for (const Row& row : notices) {
    Notice& notice = out.emplace_back();
    notice.line = out.size() + 1;  // the header is the first
    notice.source = row.at("source_file");
    notice.row = std::stoull(row.at("source_row"));
    const std::string& ori = row.at("ori9");
    notice.agency = ori.empty()
                        ? absl::StrCat("prov:ca-", Slug(row.at("agency_name")))
                        : absl::StrCat("ori:", ori);
    const auto county = counties.find(ori);
    if (county != counties.end()) notice.county = county->second;
    notice.submitted = SubmittedOf(row.at("submitted"));
    notice.year = UtcYear(row.at("submitted"));
    notice.asks_location_alone = row.at("items") == "LOCATION";
    notice.is_emergency = row.at("emergency") == "Y";
    SetPeriod(row, &notice);
    SetPurpose(row, &notice);
    SetPlatform(row, &notice);
    SetDelay(row, &notice);
  }
  return out;
}

std::map<std::string, uint64_t> ReadPopulation(const cli::Table& counties) {
  std::map<std::string, uint64_t> out;
  for (const Row& row : counties) {
    const std::string& id = row.at("CountyId");
    out[absl::StrCat(id.size() == 4 ? "0" : "", id)] =
        std::stoull(row.at("TotalPop"));
  }
  return out;
}

int UtcYear(const std::string& time) {
  const int year = std::stoi(time.substr(0, 4));
  if (absl::EndsWith(time, "UTC")) return year;
  const bool last_evening =
      time.substr(5, 5) == "12-31" && std::stoi(time.substr(11, 2)) >= 16;
  return last_evening ? year + 1 : year;
}

}  // namespace sightline::tests
