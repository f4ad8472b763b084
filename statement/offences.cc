#include "statement/offences.h"

#include <algorithm>

namespace sightline::statement {
namespace {

constexpr v1::Purpose kNone = v1::PURPOSE_UNSPECIFIED;
constexpr v1::Purpose kTheft = v1::PURPOSE_THEFT;
constexpr v1::Purpose kDamage = v1::PURPOSE_PROPERTY_DAMAGE;
constexpr v1::Purpose kInjury = v1::PURPOSE_PHYSICAL_INJURY;
constexpr absl::string_view kSexual = kSexualOffenceGroup;
constexpr absl::string_view kChild = kChildOffenceGroup;

// Code, name, group, federal agencies only, purpose, public group. Ascending.
// clang-format off
constexpr Offence kOffences[] = {
    {"09A", "Murder & Non-negligent Manslaughter", 'A', false, kInjury, ""},
    {"09B", "Negligent Manslaughter", 'A', false, kInjury, ""},
    {"09C", "Justifiable Homicide", 'A', false, kNone, ""},
    {"100", "Kidnapping/Abduction", 'A', false, kInjury, ""},
    {"101", "Treason", 'A', true, kNone, ""},
    {"103", "Espionage", 'A', true, kNone, ""},
    {"11A", "Rape", 'A', false, kInjury, kSexual},
    {"11B", "Sodomy", 'A', false, kInjury, kSexual},
    {"11C", "Sexual Assault With An Object", 'A', false, kInjury, kSexual},
    {"11D", "Fondling", 'A', false, kInjury, kSexual},
    {"11X", "Sexual Offence (group)", 'A', false, kInjury, ""},
    {"120", "Robbery", 'A', false, kTheft, ""},
    {"13A", "Aggravated Assault", 'A', false, kInjury, ""},
    {"13B", "Simple Assault", 'A', false, kInjury, ""},
    {"13C", "Intimidation", 'A', false, kNone, ""},
    {"200", "Arson", 'A', false, kDamage, ""},
    {"210", "Extortion/Blackmail", 'A', false, kNone, ""},
    {"220", "Burglary/Breaking & Entering", 'A', false, kTheft, ""},
    {"23A", "Pocket-picking", 'A', false, kTheft, ""},
    {"23B", "Purse-snatching", 'A', false, kTheft, ""},
    {"23C", "Shoplifting", 'A', false, kTheft, ""},
    {"23D", "Theft From Building", 'A', false, kTheft, ""},
    {"23E", "Theft From Coin-Operated Machine or Device", 'A', false, kTheft, ""},
    {"23F", "Theft From Motor Vehicle", 'A', false, kTheft, ""},
    {"23G", "Theft of Motor Vehicle Parts or Accessories", 'A', false, kTheft, ""},
    {"23H", "All Other Larceny", 'A', false, kTheft, ""},
    {"240", "Motor Vehicle Theft", 'A', false, kTheft, ""},
    {"250", "Counterfeiting/Forgery", 'A', false, kNone, ""},
    {"26A", "False Pretenses/Swindle/Confidence Game", 'A', false, kNone, ""},
    {"26B", "Credit Card/Automated Teller Machine Fraud", 'A', false, kNone, ""},
    {"26C", "Impersonation", 'A', false, kNone, ""},
    {"26D", "Welfare Fraud", 'A', false, kNone, ""},
    {"26E", "Wire Fraud", 'A', false, kNone, ""},
    {"26F", "Identity Theft", 'A', false, kNone, ""},
    {"26G", "Fraud Offenses-Hacking/Computer Invasion", 'A', false, kNone, ""},
    {"26H", "Money Laundering", 'A', true, kNone, ""},
    {"270", "Embezzlement", 'A', false, kNone, ""},
    {"280", "Stolen Property Offenses", 'A', false, kTheft, ""},
    {"290", "Destruction/Damage/Vandalism of Property", 'A', false, kDamage, ""},
    {"30A", "Illegal Entry into the United States", 'A', true, kNone, ""},
    {"30B", "False Citizenship", 'A', true, kNone, ""},
    {"30C", "Smuggling Aliens", 'A', true, kNone, ""},
    {"30D", "Re-entry after Deportation", 'A', true, kNone, ""},
    {"35A", "Drug/Narcotic Violations", 'A', false, kNone, ""},
    {"35B", "Drug Equipment Violations", 'A', false, kNone, ""},
    {"36A", "Incest", 'A', false, kNone, kSexual},
    {"36B", "Statutory Rape", 'A', false, kNone, kSexual},
    {"370", "Pornography/Obscene Material", 'A', false, kNone, kChild},
    {"39A", "Betting/Wagering", 'A', false, kNone, ""},
    {"39B", "Operating/Promoting/Assisting Gambling", 'A', false, kNone, ""},
    {"39C", "Gambling Equipment Violations", 'A', false, kNone, ""},
    {"39D", "Sports Tampering", 'A', false, kNone, ""},
    {"40A", "Prostitution", 'A', false, kNone, ""},
    {"40B", "Assisting or Promoting Prostitution", 'A', false, kNone, ""},
    {"40C", "Purchasing Prostitution", 'A', false, kNone, ""},
    {"49A", "Harboring Escapee/Concealing from Arrest", 'A', true, kNone, ""},
    {"49B", "Flight to Avoid Prosecution", 'A', true, kNone, ""},
    {"49C", "Flight to Avoid Deportation", 'A', true, kNone, ""},
    {"510", "Bribery", 'A', false, kNone, ""},
    {"520", "Weapon Law Violations", 'A', false, kNone, ""},
    {"521", "Violation of National Firearm Act of 1934", 'A', true, kNone, ""},
    {"522", "Weapons of Mass Destruction", 'A', true, kNone, ""},
    {"526", "Weapons of Mass Destruction", 'A', true, kNone, ""},
    {"58A", "Import Violations", 'A', true, kNone, ""},
    {"58B", "Export Violations", 'A', true, kNone, ""},
    {"61A", "Federal Liquor Offenses", 'A', true, kNone, ""},
    {"61B", "Federal Tobacco Offenses", 'A', true, kNone, ""},
    {"620", "Wildlife Trafficking", 'A', true, kNone, ""},
    {"64A", "Human Trafficking, Commercial Sex Acts", 'A', false, kNone, kSexual},
    {"64B", "Human Trafficking, Involuntary Servitude", 'A', false, kNone, ""},
    {"720", "Animal Cruelty", 'A', false, kNone, ""},
    {"90A", "Bad Checks", 'B', false, kNone, ""},
    {"90B", "Curfew/Loitering/Vagrancy Violations", 'B', false, kNone, ""},
    {"90C", "Disorderly Conduct", 'B', false, kNone, ""},
    {"90D", "Driving Under the Influence", 'B', false, kNone, ""},
    {"90E", "Drunkenness", 'B', false, kNone, ""},
    {"90F", "Family Offenses, Nonviolent", 'B', false, kNone, kChild},
    {"90G", "Liquor Law Violations", 'B', false, kNone, ""},
    {"90H", "Peeping Tom", 'B', false, kNone, kSexual},
    {"90I", "Runaway", 'B', false, kNone, kChild},
    {"90J", "Trespass of Real Property", 'B', false, kNone, ""},
    {"90K", "Failure to Appear", 'B', true, kNone, ""},
    {"90L", "Federal Resource Violations", 'B', true, kNone, ""},
    {"90M", "Perjury", 'B', true, kNone, ""},
    {"90X", "Offence Concerning a Child or Family (group)", 'B', false, kNone, ""},
    {"90Z", "All Other Offenses", 'B', false, kNone, ""},
};
// clang-format on

}  // namespace

absl::Span<const Offence> Offences() { return kOffences; }

const Offence* FindOffence(absl::string_view code) {
  const auto* found = std::lower_bound(
      std::begin(kOffences), std::end(kOffences), code,
      [](const Offence& a, absl::string_view b) { return a.code < b; });
  if (found == std::end(kOffences) || found->code != code) return nullptr;
  return found;
}

absl::string_view PublicOffenceCode(absl::string_view code) {
  const Offence* offence = FindOffence(code);
  if (offence == nullptr || offence->public_group.empty()) return code;
  return offence->public_group;
}

}  // namespace sightline::statement
