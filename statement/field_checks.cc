#include "statement/field_checks.h"

#include <algorithm>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "crypto/signer.h"
#include "statement/geography.h"
#include "statement/sealed_paths.h"
#include "statement/submitter_id.h"
#include "statement/text.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

constexpr size_t kMaxPolicyIdBytes = 100;

bool IsPolicyIdCharacter(char c) {
  return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
}

bool IsReasonCharacter(char c) {
  return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
}

std::string TooLong(size_t got, size_t max) {
  return absl::StrCat(got, " bytes, want at most ", max);
}

}  // namespace

std::string Path::ToString() const {
  std::string out = parent_ == nullptr ? "" : parent_->ToString();
  if (index_ >= 0) {
    absl::StrAppend(&out, "[", index_, "]");
  } else {
    absl::StrAppend(&out, out.empty() ? "" : ".", name_);
  }
  return out;
}

void Checker::RequiredEnum(int value, bool (*is_valid)(int), const Path& at) {
  if (value == 0) {
    Fault(at, "required");
  } else {
    OptionalEnum(value, is_valid, at);
  }
}

void Checker::OptionalEnum(int value, bool (*is_valid)(int), const Path& at) {
  if (!is_valid(value)) Fault(at, absl::StrCat("unknown value ", value));
}

void Checker::EnumList(const google::protobuf::RepeatedField<int>& values,
                       bool (*is_valid)(int), int min, int max,
                       const Path& at) {
  Count(values.size(), min, max, at);
  for (int i = 0; i < std::min(values.size(), max); ++i) {
    RequiredEnum(values[i], is_valid, at[i]);
    const auto before = values.begin() + i;
    Require(std::find(values.begin(), before, values[i]) == before, at[i],
            "given before");
  }
}

void Checker::OptionalText(const std::string& text, size_t max, const Path& at,
                           TextKind kind) {
  if (text.size() > max) Fault(at, TooLong(text.size(), max));
  Require(IsPlainText(text), at, "control characters or invalid UTF-8");
  // Too long is refused already, and would only cost time.
  if (text.size() > max) return;
  const PersonalDataSet found = FindPersonalData(text, kind);
  if (found.empty()) return;
  Fault(at, absl::StrCat("looks like ", found.ToString(),
                         ", and personal data is never public"));
}

void Checker::RequiredText(const std::string& text, size_t max, const Path& at,
                           TextKind kind) {
  Present(!text.empty(), at);
  OptionalText(text, max, at, kind);
}

void Checker::Names(
    const google::protobuf::RepeatedPtrField<std::string>& names, int max,
    const Path& at, TextKind kind) {
  Count(names.size(), 0, max, at);
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < std::min(names.size(), max); ++i) {
    RequiredText(names[i], kMaxNameBytes, at[i], kind);
    Require(seen.insert(names[i]).second, at[i], "given before");
  }
}

void Checker::ReasonCode(const std::string& code, size_t max, const Path& at) {
  if (code.empty()) {
    Fault(at, "required");
  } else if (code.size() > max) {
    Fault(at, TooLong(code.size(), max));
  } else {
    Require(absl::ascii_isupper(code[0]) &&
                std::all_of(code.begin(), code.end(), IsReasonCharacter),
            at, "want UPPER_SNAKE_CASE");
  }
}

void Checker::Size(const std::string& bytes, size_t size, const Path& at) {
  if (bytes.size() != size) {
    Fault(at, absl::StrCat(bytes.size(), " bytes, want ", size));
  }
}

void Checker::RequiredTime(bool present,
                           const google::protobuf::Timestamp& time,
                           const Path& at) {
  Present(present, at);
  OptionalTime(present, time, at);
}

void Checker::OptionalTime(bool present,
                           const google::protobuf::Timestamp& time,
                           const Path& at) {
  Require(!present || IsValidTimestamp(time), at,
          "want a time from 1970 to 9999 with 0 to 999999999 nanoseconds");
}

void Checker::Window(const v1::TimeWindow& window, const Path& at) {
  RequiredTime(window.has_begin(), window.begin(), at / "begin");
  RequiredTime(window.has_end(), window.end(), at / "end");
  if (!window.has_begin() || !window.has_end()) return;
  const auto key = [](const google::protobuf::Timestamp& t) {
    return std::make_pair(t.seconds(), t.nanos());
  };
  Require(key(window.begin()) < key(window.end()), at, "want begin before end");
}

void Checker::Month(uint32_t month, const Path& at) {
  const uint32_t year = month / 100;
  const uint32_t of_year = month % 100;
  Require(year >= 1970 && year <= 9999 && of_year >= 1 && of_year <= 12, at,
          "want year * 100 + month, for example 202006");
}

void Checker::Area(const v1::CoarseArea& area, const Path& at) {
  switch (area.place_case()) {
    case v1::CoarseArea::kCountyFips:
      Require(IsCountyFips(area.county_fips()), at / "county_fips",
              "want a county's five digits");
      break;
    case v1::CoarseArea::kS2Cell: {
      const std::optional<int> level = S2Level(area.s2_cell());
      if (!level.has_value()) {
        Fault(at / "s2_cell", "not the token of an S2 cell");
      } else if (*level > kMaxS2Level) {
        Fault(at / "s2_cell",
              absl::StrCat("level ", *level, " is too fine, want at most ",
                           kMaxS2Level));
      }
      break;
    }
    case v1::CoarseArea::kState:
      Require(IsState(area.state()), at / "state",
              "want a state's two letters");
      break;
    case v1::CoarseArea::PLACE_NOT_SET:
      Fault(at, "want a county, a cell or a state");
      break;
  }
}

void Checker::OptionalState(const std::string& state, const Path& at) {
  Require(state.empty() || IsState(state), at, "want a state's two letters");
}

void Checker::OptionalCounty(const std::string& fips, const Path& at) {
  Require(fips.empty() || IsCountyFips(fips), at,
          "want a county's five digits");
}

void Checker::SubmitterId(const std::string& id, const Path& at) {
  if (id.empty()) {
    Fault(at, "required");
  } else {
    Require(IsSubmitterId(id), at,
            "not a submitter id, want for example \"ori:CA0194200\"");
  }
}

void Checker::EnrollableId(const std::string& id, const Path& at) {
  SubmitterId(id, at);
  Require(id != kRegistrar, at, "the registrars are listed in the genesis");
}

void Checker::Link(bool present, const v1::EntryLink& link, const Path& at) {
  if (!present) {
    Fault(at, "required");
  } else {
    Hash(link.leaf_hash(), at / "leaf_hash");
  }
}

void Checker::Policy(const v1::PolicyRef& policy, const Path& at) {
  const std::string& id = policy.policy_id();
  Require(!id.empty() && id.size() <= kMaxPolicyIdBytes &&
              std::all_of(id.begin(), id.end(), IsPolicyIdCharacter),
          at / "policy_id", "want 1 to 100 of [a-z0-9-]");
  Require(policy.version() >= 1, at / "version", "want 1 or more");
}

void Checker::Keys(
    const google::protobuf::RepeatedPtrField<v1::PublicKey>& keys, int min,
    int max, const Path& at) {
  Count(keys.size(), min, max, at);
  absl::flat_hash_set<absl::string_view> seen;
  for (int i = 0; i < std::min(keys.size(), max); ++i) {
    const std::string& der = keys[i].spki_der();
    const absl::StatusOr<crypto::PublicKey> key =
        crypto::PublicKey::FromSpkiDer(der);
    if (!key.ok()) Fault(at[i] / "spki_der", key.status().message());
    Require(seen.insert(der).second, at[i] / "spki_der", "given before");
  }
}

void Checker::AnySealedPath(const std::string& path, const Path& at) {
  Require(IsSealedPath(path), at, "no field of this name can be sealed");
}

void Checker::Count(int count, int min, int max, const Path& at) {
  if (count >= min && count <= max) return;
  Fault(at, min == 0 ? absl::StrCat(count, " items, want at most ", max)
                     : absl::StrCat(count, " items, want ", min, " to ", max));
}

}  // namespace sightline::statement
