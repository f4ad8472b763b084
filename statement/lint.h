// What in a text is probably personal data.
//
// A public field is public for ever, so validation refuses what looks like it;
// the command line warns of it before a value is sealed. It is a guess, made to
// miss rather than to refuse case numbers, agencies' names and dates.
//
// Source:  docs/statements.md "Personal data".
// Shapes:  UTF-8 text of any length; what is not ASCII is taken for letters.
//          Nothing of the text is ever quoted.
// Threads: pure; any thread.
// Cost:    linear; nothing allocated for texts of up to 32 words.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace sightline::statement {

enum class PersonalData : uint8_t {
  kEmailAddress,
  kPhoneNumber,
  kLicencePlate,
  kStreetAddress,
  kDateOfBirth,
  kPersonName,
};

// "an e-mail address", "a phone number", ...
absl::string_view PersonalDataName(PersonalData what);

class PersonalDataSet {
 public:
  void Add(PersonalData what) { bits_ |= Bit(what); }
  bool Contains(PersonalData what) const { return (bits_ & Bit(what)) != 0; }
  bool empty() const { return bits_ == 0; }

  // "an e-mail address, a phone number"; "" when empty.
  std::string ToString() const;

 private:
  static unsigned Bit(PersonalData what) {
    return 1u << static_cast<unsigned>(what);
  }
  unsigned bits_ = 0;
};

// What stands in a field: only names of agencies, units and schemes are searched
// for names of persons.
enum class TextKind { kFreeText, kNameOfBody };

PersonalDataSet FindPersonalData(absl::string_view text,
                                 TextKind kind = TextKind::kFreeText);

}  // namespace sightline::statement
