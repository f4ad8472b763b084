#include "cmd/cli/import/california.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "statement/offences.h"
#include "statement/submitter_id.h"
#include "statement/text.h"

namespace sightline::cli {
namespace {

// In alphabetical order, in which FIPS numbers them 1, 3, 5 ...
constexpr std::array<absl::string_view, 58> kCounties = {
    "Alameda",   "Alpine",        "Amador",       "Butte",
    "Calaveras", "Colusa",        "Contra Costa", "Del Norte",
    "El Dorado", "Fresno",        "Glenn",        "Humboldt",
    "Imperial",  "Inyo",          "Kern",         "Kings",
    "Lake",      "Lassen",        "Los Angeles",  "Madera",
    "Marin",     "Mariposa",      "Mendocino",    "Merced",
    "Modoc",     "Mono",          "Monterey",     "Napa",
    "Nevada",    "Orange",        "Placer",       "Plumas",
    "Riverside", "Sacramento",    "San Benito",   "San Bernardino",
    "San Diego", "San Francisco", "San Joaquin",  "San Luis Obispo",
    "San Mateo", "Santa Barbara", "Santa Clara",  "Santa Cruz",
    "Shasta",    "Sierra",        "Siskiyou",     "Solano",
    "Sonoma",    "Stanislaus",    "Sutter",       "Tehama",
    "Trinity",   "Tulare",        "Tuolumne",     "Ventura",
    "Yolo",      "Yuba"};

constexpr absl::string_view kGrounds[] = {
    "ARREST_WARRANT",  "CHILD_EXPLOITATION",
    "FELONY_EVIDENCE", "INTENT_PUBLIC_OFFENSE",
    "MEANS_OF_FELONY", "OTHER",
    "STOLEN"};

// In the order of the statute.
constexpr std::pair<absl::string_view, v1::SealGround> kDelayReasons[] = {
    {"ENDANGER", v1::SEAL_GROUND_ENDANGER},
    {"FLIGHT", v1::SEAL_GROUND_FLIGHT},
    {"TAMPERING", v1::SEAL_GROUND_TAMPERING},
    {"INTIMIDATION", v1::SEAL_GROUND_INTIMIDATION},
    {"JEOPARDIZE", v1::SEAL_GROUND_JEOPARDIZE}};

// What a notice names as the nature of the investigation. An offence is given
// where the words mean one code, or the group that is public.
struct Nature {
  absl::string_view words;
  v1::Purpose purpose;
  absl::string_view offence;
};
constexpr Nature kNatures[] = {
    {"Arson", v1::PURPOSE_PROPERTY_DAMAGE, "200"},
    {"Burglary", v1::PURPOSE_THEFT, "220"},
    {"Child Exploitation", v1::PURPOSE_OTHER, statement::kChildOffenceGroup},
    {"Crime of Violence", v1::PURPOSE_PHYSICAL_INJURY, ""},
    {"Gang", v1::PURPOSE_OTHER, ""},
    {"Homicide", v1::PURPOSE_PHYSICAL_INJURY, ""},
    {"Human Trafficking", v1::PURPOSE_OTHER, ""},
    {"Kidnapping", v1::PURPOSE_OTHER, "100"},
    {"Missing Person", v1::PURPOSE_MISSING_PERSON, ""},
    {"Narcotics", v1::PURPOSE_OTHER, "35A"},
    {"OTHER", v1::PURPOSE_OTHER, ""},
    {"Sex", v1::PURPOSE_OTHER, statement::kSexualOffenceGroup},
    {"Stalking", v1::PURPOSE_OTHER, ""},
    {"Theft/Fraud", v1::PURPOSE_THEFT, ""},
    {"Weapons", v1::PURPOSE_OTHER, "520"},
};

std::vector<absl::string_view> Words(absl::string_view list) {
  return absl::StrSplit(list, ';', absl::SkipEmpty());
}

bool Has(absl::string_view list, absl::string_view word) {
  const std::vector<absl::string_view> words = Words(list);
  return std::find(words.begin(), words.end(), word) != words.end();
}

absl::Status UnknownWord(absl::string_view column, absl::string_view word) {
  return absl::InvalidArgumentError(absl::StrCat(
      column, ": unknown word \"", statement::Printable(word), "\""));
}

// The category an item falls into; unspecified for an unknown word.
v1::DataCategory CategoryOf(absl::string_view item, bool is_camera_platform) {
  if (item == "SUBSCRIBER") return v1::DATA_CATEGORY_SUBSCRIBER;
  if (item == "TRANSACTIONAL") return v1::DATA_CATEGORY_ACCOUNT_TRANSACTION;
  if (item == "LOCATION") return v1::DATA_CATEGORY_DEVICE_LOCATION;
  if (item == "COMMUNICATIONS") return v1::DATA_CATEGORY_COMMUNICATIONS;
  if (item == "ADDRESSING") return v1::DATA_CATEGORY_ADDRESSING;
  if (item == "OTHER") return v1::DATA_CATEGORY_OTHER;
  if (item != "STORED_FILES") return v1::DATA_CATEGORY_UNSPECIFIED;
  // What a camera company stores for its customers is video.
  return is_camera_platform ? v1::DATA_CATEGORY_VIDEO_STORED
                            : v1::DATA_CATEGORY_OTHER;
}

v1::Declared IncludesContent(absl::string_view items) {
  if (Has(items, "COMMUNICATIONS") || Has(items, "STORED_FILES")) {
    return v1::DECLARED_YES;
  }
  return items.empty() || Has(items, "OTHER") ? v1::DECLARED_UNSPECIFIED
                                              : v1::DECLARED_NO;
}

}  // namespace

std::string CaliforniaCountyFips(absl::string_view name) {
  const auto county =
      std::lower_bound(kCounties.begin(), kCounties.end(), name);
  if (county == kCounties.end() || *county != name) return "";
  return absl::StrFormat(
      "06%03d",
      2 * static_cast<int>(std::distance(kCounties.begin(), county)) + 1);
}

std::string CustodianId(absl::string_view provider) {
  if (provider == "OTHER" || provider == "Bank") return "";
  if (provider == "Amazon (not Ring)") provider = "Amazon";
  return statement::PlatformId(provider).value_or("");
}

absl::Status SetItems(absl::string_view items, bool is_camera_platform,
                      v1::FootageRequest* request) {
  std::vector<v1::DataCategory> categories;
  for (absl::string_view item : Words(items)) {
    const v1::DataCategory category = CategoryOf(item, is_camera_platform);
    if (category == v1::DATA_CATEGORY_UNSPECIFIED) {
      return UnknownWord("items", item);
    }
    categories.push_back(category);
  }
  if (categories.empty()) categories.push_back(v1::DATA_CATEGORY_OTHER);
  std::sort(categories.begin(), categories.end());
  categories.erase(std::unique(categories.begin(), categories.end()),
                   categories.end());
  for (v1::DataCategory category : categories) {
    request->add_data_categories(category);
  }
  request->set_includes_content(IncludesContent(items));
  return absl::OkStatus();
}

absl::Status SetServedOn(absl::string_view served_on, bool is_camera_platform,
                         v1::FootageRequest* request) {
  bool business = false;
  bool residence = false;
  bool other = false;
  for (absl::string_view word : Words(served_on)) {
    if (word == "Business") {
      business = true;
    } else if (word == "Residence") {
      residence = true;
      other = true;
    } else if (word == "Device Only") {
      other = true;
    } else {
      return UnknownWord("served_on", word);
    }
  }
  if (is_camera_platform) {
    request->add_evidence_sources(v1::EVIDENCE_SOURCE_HOME_CAMERA);
  } else if (business) {
    request->add_evidence_sources(v1::EVIDENCE_SOURCE_ACCOUNT_RECORDS);
  }
  if (other || request->evidence_sources().empty()) {
    request->add_evidence_sources(v1::EVIDENCE_SOURCE_OTHER);
  }
  if (business && residence) {
    request->set_recipient_class(v1::RECIPIENT_CLASS_BOTH);
  } else if (business) {
    request->set_recipient_class(v1::RECIPIENT_CLASS_PLATFORM);
  } else if (residence) {
    request->set_recipient_class(v1::RECIPIENT_CLASS_RESIDENT);
  }
  return absl::OkStatus();
}

absl::Status SetNature(absl::string_view nature, absl::string_view grounds,
                       v1::FootageRequest* request) {
  if (nature.empty()) {
    // The grounds tell it in two cases.
    if (Has(grounds, "CHILD_EXPLOITATION")) nature = "Child Exploitation";
    if (grounds == "STOLEN") nature = "Theft/Fraud";
    if (nature.empty()) return absl::OkStatus();
  }
  const auto* known =
      std::find_if(std::begin(kNatures), std::end(kNatures),
                   [&](const Nature& n) { return n.words == nature; });
  if (known == std::end(kNatures)) return UnknownWord("primary_nature", nature);
  request->set_purpose(known->purpose);
  request->set_offence_code(std::string(known->offence));
  return absl::OkStatus();
}

absl::Status CheckGrounds(absl::string_view grounds) {
  for (absl::string_view word : Words(grounds)) {
    if (std::find(std::begin(kGrounds), std::end(kGrounds), word) ==
        std::end(kGrounds)) {
      return UnknownWord("grounds", word);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::SealGround>> DelayReasons(
    absl::string_view reasons) {
  std::vector<v1::SealGround> out;
  for (absl::string_view word : Words(reasons)) {
    const auto* known =
        std::find_if(std::begin(kDelayReasons), std::end(kDelayReasons),
                     [&](const auto& reason) { return reason.first == word; });
    if (known == std::end(kDelayReasons)) {
      return UnknownWord("delay_reasons", word);
    }
    out.push_back(known->second);
  }
  // The enum numbers them as the statute does.
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace sightline::cli
