#include "statement/lint.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace sightline::statement {
namespace {

using absl::string_view;

// --- Words ----------------------------------------------------------------------

struct Word {
  string_view raw;   // between spaces
  string_view bare;  // without punctuation around it
};
using Words = absl::InlinedVector<Word, 32>;

bool IsLetter(char c) {
  return absl::ascii_isalpha(c) || static_cast<unsigned char>(c) >= 0x80;
}
bool IsDigit(char c) { return absl::ascii_isdigit(c); }
bool IsLetterOrDigit(char c) { return IsLetter(c) || IsDigit(c); }

string_view Bare(string_view raw) {
  while (!raw.empty() && !IsLetterOrDigit(raw.front())) raw.remove_prefix(1);
  while (!raw.empty() && !IsLetterOrDigit(raw.back())) raw.remove_suffix(1);
  return raw;
}

Words SplitWords(string_view text) {
  Words out;
  const auto spaces = std::count(text.begin(), text.end(), ' ');
  out.reserve(static_cast<size_t>(spaces) + 1);
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const string_view raw = text.substr(0, end);
    if (!raw.empty()) out.push_back({raw, Bare(raw)});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Words in lower case. What most words of a text are not, their length and first
// letter tell.
class WordList {
 public:
  template <size_t N>
  constexpr explicit WordList(const string_view (&words)[N])
      : begin_(words), end_(words + N) {
    for (const string_view word : words) {
      lengths_ |= uint64_t{1} << word.size();
      if (!word.empty()) letters_ |= LetterBit(word[0]);
    }
  }

  bool Contains(string_view word) const {
    if (word.size() >= 64 || (lengths_ >> word.size() & 1) == 0) return false;
    if (!word.empty() && (letters_ & LetterBit(word[0])) == 0) return false;
    return std::any_of(begin_, end_, [word](string_view one) {
      return absl::EqualsIgnoreCase(word, one);
    });
  }

 private:
  // The same for both cases of a letter.
  static constexpr uint32_t LetterBit(char c) {
    return uint32_t{1} << (static_cast<unsigned char>(c) & 31);
  }

  const string_view* begin_;
  const string_view* end_;
  uint64_t lengths_ = 0;
  uint32_t letters_ = 0;
};

template <const auto& kWords>
bool IsOneOf(string_view word) {
  static constexpr WordList kList(kWords);
  return kList.Contains(word);
}

template <typename Predicate>
size_t CountOf(string_view word, Predicate is) {
  return static_cast<size_t>(std::count_if(word.begin(), word.end(), is));
}
bool AllOf(string_view word, bool (*is)(char)) {
  return !word.empty() && std::all_of(word.begin(), word.end(), is);
}

// The number that `digits` are, or 0 when they are too many.
int Number(string_view digits) {
  int out = 0;
  if (digits.size() > 6) return 0;
  for (char c : digits) out = out * 10 + (c - '0');
  return out;
}
bool IsYear(string_view word) {
  return word.size() == 4 && AllOf(word, IsDigit) && Number(word) >= 1900 &&
         Number(word) < 2100;
}

// --- E-mail addresses -----------------------------------------------------------

bool IsLocalPart(char c) {
  return absl::ascii_isalnum(c) ||
         absl::StrContains("._%+-", string_view(&c, 1));
}

// "example.org" and what may follow it: labels, the last of letters.
bool StartsWithDomain(string_view text) {
  bool dotted = false;
  for (;;) {
    size_t label = 0;
    while (label < text.size() &&
           (absl::ascii_isalnum(text[label]) || text[label] == '-')) {
      ++label;
    }
    if (label == 0) return false;
    const bool letters = AllOf(text.substr(0, label), IsLetter);
    if (dotted && letters && label >= 2) return true;
    if (label == text.size() || text[label] != '.') return false;
    dotted = true;
    text.remove_prefix(label + 1);
  }
}

bool HasEmailAddress(string_view text) {
  for (size_t at = text.find('@'); at != string_view::npos;
       at = text.find('@', at + 1)) {
    if (at > 0 && IsLocalPart(text[at - 1]) &&
        StartsWithDomain(text.substr(at + 1))) {
      return true;
    }
  }
  return false;
}

// --- Phone numbers --------------------------------------------------------------

// Digits without a letter beside them, and what joins them to those before.
struct Digits {
  string_view text;
  string_view before;  // since the previous digits, or the start
  string_view after;   // all that follows
  bool glued;          // to a letter
};
using DigitRuns = absl::InlinedVector<Digits, 16>;

DigitRuns SplitDigits(string_view text) {
  DigitRuns out;
  size_t last_end = 0;
  for (size_t begin = 0; begin < text.size();) {
    if (!IsDigit(text[begin])) {
      ++begin;
      continue;
    }
    size_t end = begin;
    while (end < text.size() && IsDigit(text[end])) ++end;
    const bool glued = (begin > 0 && IsLetter(text[begin - 1])) ||
                       (end < text.size() && IsLetter(text[end]));
    out.push_back({text.substr(begin, end - begin),
                   text.substr(last_end, begin - last_end), text.substr(end),
                   glued});
    last_end = begin = end;
  }
  return out;
}

bool IsSeparator(string_view between) {
  return !between.empty() && between.size() <= 2 &&
         between.find_first_not_of(" -./()") == string_view::npos;
}

// Whether the digits at `i` begin something: not the middle of "CA-213-555".
bool BeginsNumber(const DigitRuns& runs, size_t i) {
  string_view before = runs[i].before;
  if (absl::EndsWith(before, "(")) before.remove_suffix(1);
  if (before.empty() || before.back() == ' ') return true;
  if (!absl::StrContains("-/#", before.substr(before.size() - 1))) {
    return i == 0 || before != ".";
  }
  return i > 0 && runs[i - 1].text == "1" && before == "-";
}

bool EndsNumber(const Digits& last) {
  if (last.after.empty()) return true;
  if (last.after.size() == 1) return true;
  const bool joint = absl::StrContains("-/", last.after.substr(0, 1));
  return !joint || !IsLetterOrDigit(last.after[1]);
}

// (213) 555-0142, 213.555.0142, 1-213-555-0142.
bool IsAmericanPhone(const DigitRuns& runs, size_t i) {
  if (i + 3 > runs.size()) return false;
  const Digits &area = runs[i], &exchange = runs[i + 1], &line = runs[i + 2];
  return area.text.size() == 3 && exchange.text.size() == 3 &&
         line.text.size() == 4 && area.text[0] >= '2' &&
         exchange.text[0] >= '2' && IsSeparator(exchange.before) &&
         IsSeparator(line.before) && !area.glued && !exchange.glued &&
         !line.glued && BeginsNumber(runs, i) && EndsNumber(line);
}

// How many digits stand from run `i` on, joined by separators alone.
size_t JoinedDigits(const DigitRuns& runs, size_t i, size_t* groups) {
  size_t count = runs[i].text.size();
  *groups = 1;
  while (i + *groups < runs.size() && IsSeparator(runs[i + *groups].before)) {
    count += runs[i + (*groups)++].text.size();
  }
  return count;
}

// 020 7946 0958, 07700 900123: groups of three digits and more.
bool IsBritishPhone(const DigitRuns& runs, size_t i) {
  const string_view first = runs[i].text;
  if (first.size() < 3 || first.size() > 5 || first[0] != '0') return false;
  if (!absl::StrContains("12378", first.substr(1, 1))) return false;
  size_t groups = 0;
  const size_t count = JoinedDigits(runs, i, &groups);
  if (groups < 2 || groups > 3 || count < 10 || count > 11) return false;
  for (size_t k = i; k < i + groups; ++k) {
    const bool spaced = k == i || runs[k].before == " ";
    if (runs[k].glued || runs[k].text.size() < 3 || !spaced) return false;
  }
  return BeginsNumber(runs, i) && EndsNumber(runs[i + groups - 1]);
}

// +44 20 7946 0958; a plus sign inside a word is none of a phone number.
bool IsInternationalPhone(const DigitRuns& runs, size_t i) {
  const string_view before = runs[i].before;
  if (runs[i].glued || !absl::EndsWith(before, "+")) return false;
  const bool begins =
      before.size() == 1 ? i == 0 : !IsLetterOrDigit(before[before.size() - 2]);
  size_t groups = 0;
  const size_t count = JoinedDigits(runs, i, &groups);
  return begins && count >= 8 && count <= 15;
}

constexpr string_view kPhoneWords[] = {"tel",    "telephone", "phone", "cell",
                                       "mobile", "fax",       "call"};

// "phone 2135550142": any seven digits and more after such a word.
bool IsCalledPhone(const DigitRuns& runs, size_t i) {
  const string_view before = runs[i].before;
  if (runs[i].glued || before.empty() || IsDigit(before.back())) return false;
  string_view word = Bare(before);
  word = word.substr(word.find_last_of(" :") + 1);
  size_t groups = 0;
  return IsOneOf<kPhoneWords>(word) && JoinedDigits(runs, i, &groups) >= 7;
}

bool HasPhoneNumber(string_view text) {
  const DigitRuns runs = SplitDigits(text);
  for (size_t i = 0; i < runs.size(); ++i) {
    if (IsAmericanPhone(runs, i) || IsBritishPhone(runs, i) ||
        IsInternationalPhone(runs, i) || IsCalledPhone(runs, i)) {
      return true;
    }
  }
  return false;
}

// --- Licence plates -------------------------------------------------------------

constexpr string_view kPlateWords[] = {"plate", "plates", "lpn",
                                       "vrm",   "tag",    "reg"};
constexpr string_view kFillers[] = {"no", "number", "num", "is", "was", "of",
                                    "on", "in",     "the", "a",  ""};

// The shape of a word: 'A' for an upper-case letter, '0' for a digit.
bool HasShape(string_view word, string_view shape) {
  return std::equal(word.begin(), word.end(), shape.begin(), shape.end(),
                    [](char c, char want) {
                      return want == '0' ? IsDigit(c) : absl::ascii_isupper(c);
                    });
}

// Letters and digits, as a plate has them; a hyphen may stand between.
bool CouldBePlate(string_view word) {
  const size_t digits = CountOf(word, IsDigit);
  const size_t letters = CountOf(word, IsLetter);
  const size_t rest = word.size() - digits - letters;
  return digits >= 1 && letters >= 1 && digits + letters >= 5 &&
         digits + letters <= 8 &&
         rest == CountOf(word, [](char c) { return c == '-'; }) && rest <= 1;
}

// "ABC 1234"
bool CouldBePlate(string_view first, string_view second) {
  return first.size() >= 2 && first.size() <= 4 && second.size() >= 2 &&
         second.size() <= 4 && AllOf(first, IsLetterOrDigit) &&
         CountOf(second, IsDigit) + CountOf(first, IsDigit) >= 2 &&
         CouldBePlate(absl::StrCat(first, second));
}

bool IsNamedPlate(const Words& words, size_t i) {
  if (!IsOneOf<kPlateWords>(words[i].bare)) return false;
  while (++i < words.size() && IsOneOf<kFillers>(words[i].bare)) {
  }
  if (i >= words.size()) return false;
  return CouldBePlate(words[i].bare) ||
         (i + 1 < words.size() &&
          CouldBePlate(words[i].bare, words[i + 1].bare));
}

bool HasLicencePlate(const Words& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    // As California and Britain write them.
    if (HasShape(words[i].bare, "0AAA000") ||
        HasShape(words[i].bare, "AA00AAA") || IsNamedPlate(words, i)) {
      return true;
    }
  }
  return false;
}

// --- Street addresses -----------------------------------------------------------

constexpr string_view kStreets[] = {"street", "avenue", "ave",  "boulevard",
                                    "blvd",   "road",   "rd",   "lane",
                                    "ln",     "hwy",    "pkwy", "parkway"};
// Words of other things as well.
constexpr string_view kPerhapsStreets[] = {
    "drive", "dr", "way", "place", "terrace", "ter", "circle", "cir", "ct"};
// A number after one of these is not that of a house.
constexpr string_view kNumbered[] = {
    "precinct", "district", "division",   "area",   "zone",    "beat",
    "unit",     "station",  "troop",      "squad",  "team",    "engine",
    "ladder",   "company",  "region",     "sector", "section", "case",
    "no",       "number",   "department", "route",  "highway", "ward"};
// What a street's name has not: "12 cameras on Elm Street".
constexpr string_view kNotInNames[] = {
    "on",   "of",   "in",    "at",   "to",      "from",      "for",   "and",
    "the",  "near", "along", "with", "by",      "hours",     "hour",  "minutes",
    "days", "am",   "pm",    "or",   "cameras", "residents", "police"};

bool IsHouseNumber(string_view word) {
  if (!word.empty() && IsLetter(word.back())) word.remove_suffix(1);
  return word.size() <= 6 && AllOf(word, IsDigit);
}

// "Main St, ..." but not "Port St. Lucie".
bool IsStreetAsSt(const Words& words, size_t i) {
  const string_view word = words[i].bare;
  if (!absl::EqualsIgnoreCase(word, "st")) return false;
  if (i + 1 == words.size()) return true;
  const char last = words[i].raw.back();
  if (last == ',' || last == ';' || last == ')') return true;
  return !absl::ascii_isupper(
      words[i + 1].bare.empty() ? ' ' : words[i + 1].bare.front());
}

bool IsAddress(const Words& words, size_t i) {
  if (!IsHouseNumber(words[i].bare)) return false;
  if (i > 0 && IsOneOf<kNumbered>(words[i - 1].bare)) return false;
  const bool year = IsYear(words[i].bare);
  // One to three words of the name, then the word for a street.
  for (size_t k = i + 1; k < words.size() && k <= i + 4; ++k) {
    const string_view word = words[k].bare;
    if (k > i + 1 && (IsOneOf<kStreets>(word) || IsStreetAsSt(words, k) ||
                      (!year && IsOneOf<kPerhapsStreets>(word)))) {
      return true;
    }
    const char last = words[k].raw.back();
    if (word.empty() || !IsLetterOrDigit(word[0]) || last == ',' ||
        last == ';' || IsOneOf<kNotInNames>(word)) {
      return false;
    }
  }
  return false;
}

bool HasStreetAddress(const Words& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsAddress(words, i)) return true;
  }
  return false;
}

// --- Dates of birth -------------------------------------------------------------

constexpr string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                   "jul", "aug", "sep", "oct", "nov", "dec"};

bool IsMonth(string_view word) {
  return word.size() >= 3 && AllOf(word, IsLetter) &&
         IsOneOf<kMonths>(word.substr(0, 3));
}

// A year, 01/02/1984, 1984-02-01, 010284.
bool IsDate(string_view word) {
  const size_t digits = CountOf(word, IsDigit);
  if (digits == word.size()) {
    return IsYear(word) || digits == 6 || digits == 8;
  }
  const size_t joints =
      CountOf(word, [](char c) { return c == '/' || c == '-' || c == '.'; });
  return digits >= 3 && digits + joints == word.size() && joints == 2;
}

bool HasDateSoon(const Words& words, size_t i) {
  for (size_t end = std::min(i + 4, words.size()); i < end; ++i) {
    const string_view word = words[i].bare;
    if (IsDate(word)) return true;
    const bool part = IsOneOf<kFillers>(word) || IsMonth(word) ||
                      (word.size() <= 2 && AllOf(word, IsDigit));
    if (!part) return false;
  }
  return false;
}

constexpr string_view kBirthWords[] = {"dob",      "d.o.b", "birthdate",
                                       "birthday", "born",  "birth"};

bool HasDateOfBirth(const Words& words) {
  for (size_t i = 0; i < words.size(); ++i) {
    const string_view word = words[i].bare;
    if (word.empty() || !absl::StrContains("bBdD", word[0])) continue;
    size_t after = i + 1;
    if (absl::EqualsIgnoreCase(word, "birth") && after < words.size() &&
        absl::EqualsIgnoreCase(words[after].bare, "date")) {
      ++after;
    }
    if (IsOneOf<kBirthWords>(word) && HasDateSoon(words, after)) return true;
    // DOB:01/02/1984
    if (absl::StartsWithIgnoreCase(word, "dob") &&
        IsDate(Bare(word.substr(3)))) {
      return true;
    }
  }
  return false;
}

// --- Names of persons -----------------------------------------------------------

// Ranks and titles that stand before a person's name.
constexpr string_view kShortRanks[] = {"det",  "sgt", "ofc", "cpl", "lt",
                                       "capt", "mr",  "mrs", "ms",  "dep"};
constexpr string_view kRanks[] = {
    "detective", "officer",      "sergeant", "lieutenant", "captain",
    "corporal",  "deputy",       "agent",    "trooper",    "inspector",
    "constable", "investigator", "commander"};
constexpr string_view kOffices[] = {"sheriff",  "chief",        "marshal",
                                    "judge",    "commissioner", "attn",
                                    "attention"};
// The most frequent given names of the United States.
constexpr string_view kGivenNames[] = {
    "james",       "robert",   "john",     "michael",   "david",
    "william",     "richard",  "joseph",   "thomas",    "charles",
    "christopher", "daniel",   "matthew",  "anthony",   "mark",
    "donald",      "steven",   "paul",     "andrew",    "joshua",
    "kenneth",     "kevin",    "brian",    "george",    "timothy",
    "ronald",      "edward",   "jason",    "jeffrey",   "ryan",
    "jacob",       "gary",     "nicholas", "eric",      "jonathan",
    "stephen",     "larry",    "justin",   "scott",     "brandon",
    "benjamin",    "samuel",   "gregory",  "alexander", "frank",
    "patrick",     "raymond",  "jack",     "dennis",    "jerry",
    "jose",        "juan",     "carlos",   "luis",      "mary",
    "patricia",    "jennifer", "linda",    "elizabeth", "barbara",
    "susan",       "jessica",  "sarah",    "karen",     "lisa",
    "nancy",       "betty",    "sandra",   "margaret",  "ashley",
    "kimberly",    "emily",    "donna",    "michelle",  "carol",
    "amanda",      "melissa",  "deborah",  "stephanie", "rebecca",
    "sharon",      "laura",    "cynthia",  "dorothy",   "amy",
    "kathleen",    "angela",   "shirley",  "emma",      "brenda",
    "pamela",      "nicole",   "anna",     "samantha",  "katherine",
    "christine",   "jane",     "maria",    "alex",      "peter",
    "adam",        "henry"};
// Words that no person's name has.
constexpr string_view kBodyWords[] = {"police",       "department",
                                      "dept",         "pd",
                                      "sheriff",      "sheriffs",
                                      "sheriff's",    "so",
                                      "office",       "county",
                                      "parish",       "city",
                                      "town",         "township",
                                      "village",      "borough",
                                      "unit",         "task",
                                      "force",        "division",
                                      "bureau",       "section",
                                      "squad",        "team",
                                      "station",      "district",
                                      "precinct",     "academy",
                                      "fire",         "rescue",
                                      "state",        "university",
                                      "college",      "school",
                                      "campus",       "transit",
                                      "port",         "airport",
                                      "tribal",       "nation",
                                      "public",       "safety",
                                      "services",     "service",
                                      "involved",     "general",
                                      "attorney",     "attorney's",
                                      "court",        "prosecutor",
                                      "program",      "scheme",
                                      "project",      "registry",
                                      "community",    "crime",
                                      "crimes",       "gang",
                                      "homicide",     "robbery",
                                      "burglary",     "narcotics",
                                      "patrol",       "detail",
                                      "watch",        "group",
                                      "command",      "area",
                                      "region",       "center",
                                      "centre",       "agency",
                                      "authority",    "marshal",
                                      "marshal's",    "shooting",
                                      "wellness",     "support",
                                      "at",           "of",
                                      "and",          "in",
                                      "the",          "governor",
                                      "governor's",   "memorial",
                                      "reserve",      "association",
                                      "constabulary", "cameras",
                                      "camera",       "watch",
                                      "neighborhood", "neighbourhood",
                                      "park",         "hospital",
                                      "company",      "inc",
                                      "llc",          "ltd"};

bool IsNameWord(string_view word) {
  return word.size() >= 2 && absl::ascii_isupper(word[0]) &&
         std::none_of(word.begin(), word.end(), IsDigit) &&
         !IsOneOf<kBodyWords>(word);
}

// "J." or "J"
bool IsInitial(string_view word) {
  return word.size() == 1 && absl::ascii_isupper(word[0]);
}

string_view WordAt(const Words& words, size_t i) {
  return i < words.size() ? words[i].bare : string_view();
}

// "Alex Miller", "J. Miller"
bool IsFullName(string_view first, string_view last) {
  return (IsOneOf<kGivenNames>(first) || IsInitial(first)) && IsNameWord(last);
}

bool NameFollowsRank(const Words& words, size_t i) {
  const string_view rank = words[i].bare;
  const string_view first = WordAt(words, i + 1);
  const string_view second = WordAt(words, i + 2);
  if (IsOneOf<kShortRanks>(rank)) {
    return IsFullName(first, second) ||
           (IsNameWord(first) && !IsOneOf<kBodyWords>(second));
  }
  if (IsOneOf<kRanks>(rank)) {
    return IsFullName(first, second) ||
           (IsNameWord(first) && IsNameWord(second) && i + 3 == words.size());
  }
  return IsOneOf<kOffices>(rank) && IsFullName(first, second);
}

// The whole text is "Jane Doe" or "Jane Q. Doe".
bool IsBareName(const Words& words) {
  if (words.size() < 2 || words.size() > 3) return false;
  if (!IsOneOf<kGivenNames>(words[0].bare)) return false;
  if (words.size() == 3 && !IsInitial(words[1].bare) &&
      !IsNameWord(words[1].bare)) {
    return false;
  }
  return IsNameWord(words[0].bare) && IsNameWord(words.back().bare);
}

// The whole text is "Doe, Jane".
bool IsReversedName(const Words& words) {
  return words.size() == 2 && words[0].raw.back() == ',' &&
         IsNameWord(words[0].bare) && IsNameWord(words[1].bare) &&
         IsOneOf<kGivenNames>(words[1].bare);
}

bool HasPersonName(const Words& words) {
  for (size_t i = 0; i + 1 < words.size(); ++i) {
    if (NameFollowsRank(words, i)) return true;
  }
  return IsBareName(words) || IsReversedName(words);
}

}  // namespace

string_view PersonalDataName(PersonalData what) {
  switch (what) {
    case PersonalData::kEmailAddress:
      return "an e-mail address";
    case PersonalData::kPhoneNumber:
      return "a phone number";
    case PersonalData::kLicencePlate:
      return "a licence plate";
    case PersonalData::kStreetAddress:
      return "a street address";
    case PersonalData::kDateOfBirth:
      return "a date of birth";
    case PersonalData::kPersonName:
      return "a person's name";
  }
  return "";
}

std::string PersonalDataSet::ToString() const {
  std::string out;
  for (const PersonalData what :
       {PersonalData::kEmailAddress, PersonalData::kPhoneNumber,
        PersonalData::kLicencePlate, PersonalData::kStreetAddress,
        PersonalData::kDateOfBirth, PersonalData::kPersonName}) {
    if (!Contains(what)) continue;
    absl::StrAppend(&out, out.empty() ? "" : ", ", PersonalDataName(what));
  }
  return out;
}

PersonalDataSet FindPersonalData(string_view text, TextKind kind) {
  PersonalDataSet out;
  if (text.empty()) return out;
  if (HasEmailAddress(text)) out.Add(PersonalData::kEmailAddress);
  const bool has_digits = std::any_of(text.begin(), text.end(), IsDigit);
  if (!has_digits && kind == TextKind::kFreeText) return out;
  const Words words = SplitWords(text);
  if (has_digits) {
    if (HasPhoneNumber(text)) out.Add(PersonalData::kPhoneNumber);
    if (HasLicencePlate(words)) out.Add(PersonalData::kLicencePlate);
    if (HasStreetAddress(words)) out.Add(PersonalData::kStreetAddress);
    if (HasDateOfBirth(words)) out.Add(PersonalData::kDateOfBirth);
  }
  if (kind == TextKind::kNameOfBody && HasPersonName(words)) {
    out.Add(PersonalData::kPersonName);
  }
  return out;
}

}  // namespace sightline::statement
