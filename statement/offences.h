// Offence codes of NIBRS, the purposes they belong to, and what is public of
// them.
//
// Source:  FBI, National Incident-Based Reporting System, Group A and B
//          offences (84 codes). Purposes and groups are ours:
//          docs/statements.md "Offences".
// Shapes:  a code is three characters. Sexual offences and offences that concern
//          children are public as a group only, since code, day and place
//          together may point at a victim: "11X" and "90X".
// Threads: pure; any thread.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "proto/sightline/v1/vocabulary.pb.h"

namespace sightline::statement {

inline constexpr absl::string_view kSexualOffenceGroup = "11X";
inline constexpr absl::string_view kChildOffenceGroup = "90X";

struct Offence {
  absl::string_view code;  // "23D"
  absl::string_view name;  // "Theft From Building"
  char group;              // 'A' or 'B'
  bool federal_only;
  // The purpose that the offence belongs to; unspecified when it fits none of
  // theft, property damage and physical injury.
  v1::Purpose purpose;
  // The group that stands for it in public; empty when the code itself may.
  absl::string_view public_group;
};

// The 84 codes and the two groups, ascending by code.
absl::Span<const Offence> Offences();

// nullptr when there is no such code.
const Offence* FindOffence(absl::string_view code);

// What may be public of `code`: itself or its group. REQUIRES: a known code.
absl::string_view PublicOffenceCode(absl::string_view code);

}  // namespace sightline::statement
