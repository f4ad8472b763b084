// Holding a request against the policy in force and the version that it cites, and
// what seals something against the policy of its request: what departs from it
// becomes findings in the entry.
//
// Source:  docs/statements.md "Findings"; proto PolicyVersion.
// Shapes:  at most 64 findings; `got` and `limit` are at most 100 bytes each.
// Units:   durations in seconds, areas in square metres, times Unix
//          milliseconds.
// Threads: pure; any thread. Deterministic: an auditor who replays the log gets
//          the same findings, byte for byte.
//
//   rule_id                departs when                               severity
//   channel.ungoverned     no policy in force governs the channel     note
//   policy.missing         the request cites no policy                note
//   policy.superseded      it cites another than the one in force     note
//   policy.unknown         it cites one that the log does not have    violation
//   purpose.not_allowed    purpose outside allowed_purposes           violation
//   offence.not_allowed    the policy lists offences for the purpose,
//                          and this is none of them                  violation
//   purpose.offence        it lists none, and the offence belongs to
//                          another purpose                           note
//   field.missing          a required field is not given; imported
//                          records excepted                          violation
//   window.missing         limits exist, but no footage window        violation
//   window.min window.max  footage window shorter, longer             violation
//   area.missing           limits exist, but no size of the area      violation
//   area.min area.max      area smaller, larger                       violation
//   sealed.missing         a required sealed path is not there        violation
//   assembly.forbidden     declared as related to an assembly         violation
//   second_person.missing  second_person_approved is not YES          violation
//   seal.too_long          a seal outlasts max_seal_seconds           violation
//   seal.ground            a court or a statute sealed on another
//                          ground than seal_grounds                   violation
//   claimed.late           admitted after late_after_seconds,         violation
//                          imported records excepted
//   assembly.undeclared    a logged calendar lists an assembly that  violation
//                          it overlaps, and it is declared as not
//                          related to one
//   assembly.listed        the same, declared as related or not said note
//   claimed.future         claimed 5 minutes after admission or more  note
//   cited.RULE             RULE, by the version that is cited, where
//                          that is another than the one in force and  as RULE
//                          the one in force does not find the same
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/entry_format.h"

namespace sightline::statement {

inline constexpr int kMaxFindings = kMaxEntryFindings;

// Which policies count for one statement; Registry::PoliciesFor fills it in.
struct PolicyView {
  // The version that the statement is held against; nullptr: none governs it.
  // Owned by the registry, valid until the registry changes.
  const v1::PolicyVersion* in_force = nullptr;
  // Whether the policy that the statement cites is in the log.
  bool cited_is_known = false;
  // The calendar entry that lists an assembly which the statement overlaps.
  std::optional<uint64_t> assembly_index;
  // The version that the statement cites, when the log has it and it is another
  // than `in_force`; owned as that is.
  const v1::PolicyVersion* cited = nullptr;
};

// Whether required_fields may name it: a field of FootageRequest.
bool IsRequestField(absl::string_view name);

// Whether policies govern statements of this kind at all (footage requests).
bool IsGoverned(const v1::Statement& statement);

// Whether it is held against the secrecy limits of the policy that the request had
// which it is about: renewals, and other statements than requests that seal
// something. Faces (whole_seal.h) are not: the registry refuses what they may not
// hide.
bool IsGovernedBySeals(const v1::Statement& statement);

// The moment whose policy counts, Unix milliseconds: an imported record is
// judged by the rules of the day it speaks of, everything else by the day of
// admission (a claimed time could be chosen to suit).
int64_t PolicyTime(const v1::Statement& statement, int64_t admitted_unix_ms);

// Where `statement` departs from `policies`, in the order of the table above.
// None for statements that are not governed.
std::vector<v1::Finding> Evaluate(const v1::Statement& statement,
                                  int64_t admitted_unix_ms,
                                  const PolicyView& policies);

// Where the seals that `statement` makes or prolongs depart from `policy`:
// seal.too_long and seal.ground. None unless IsGovernedBySeals.
std::vector<v1::Finding> EvaluateSeals(const v1::Statement& statement,
                                       const v1::PolicyVersion& policy);

// What CheckMaySealWhole of the registry asks: whether the end of a whole seal lies
// within what `policy` allows, and on one of its grounds.
bool AllowsWholeSeal(const v1::StatementHeader& header,
                     const v1::PolicyVersion& policy);

// Policies to start with, as data: "rfa-2021", the published rules of public
// posts in a neighbourhood app from June 2021 to January 2024;
// "community-2025", those of its successor; "ca-electronic-warrant",
// California's notices (Penal Code 1546.2: seals of 90 days, notice within
// three days of an emergency).
std::vector<v1::PolicyVersion> DefaultPolicies();

}  // namespace sightline::statement
