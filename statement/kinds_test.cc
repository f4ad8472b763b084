#include "statement/kinds.h"

#include <gtest/gtest.h>

#include <set>

#include "base/status_matchers.h"
#include "google/protobuf/descriptor.h"

namespace sightline::statement {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

TEST(Kinds, AreTheFieldsOfStatementKind) {
  const auto* oneof = v1::Statement::descriptor()->FindOneofByName("kind");
  ASSERT_EQ(static_cast<size_t>(oneof->field_count()), AllKinds().size());
  for (int i = 0; i < oneof->field_count(); ++i) {
    const v1::StatementKind kind = AllKinds()[static_cast<size_t>(i)];
    EXPECT_EQ(oneof->field(i)->number(), kind);
    EXPECT_EQ(oneof->field(i)->name(), KindName(kind));
    EXPECT_TRUE(v1::StatementKind_IsValid(kind));
  }
}

TEST(Kinds, NamesReadBack) {
  for (v1::StatementKind kind : AllKinds()) {
    EXPECT_THAT(ParseKind(KindName(kind)), IsOkAndHolds(kind));
  }
  EXPECT_THAT(ParseKind("request"),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ParseKind("unknown"),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(KindOf, FollowsTheOneof) {
  v1::Statement statement;
  EXPECT_EQ(KindOf(statement), v1::STATEMENT_KIND_UNSPECIFIED);
  statement.mutable_amendment();
  EXPECT_EQ(KindOf(statement), v1::STATEMENT_KIND_AMENDMENT);
}

TEST(IsControl, HoldsForTheRegistryKinds) {
  std::set<v1::StatementKind> control;
  for (v1::StatementKind kind : AllKinds()) {
    if (IsControl(kind)) control.insert(kind);
  }
  EXPECT_EQ(
      control,
      (std::set<v1::StatementKind>{
          v1::STATEMENT_KIND_GENESIS, v1::STATEMENT_KIND_ENROLMENT,
          v1::STATEMENT_KIND_KEY_ROTATION, v1::STATEMENT_KIND_STATUS_CHANGE,
          v1::STATEMENT_KIND_POLICY_VERSION, v1::STATEMENT_KIND_LOG_KEY_CHANGE,
          v1::STATEMENT_KIND_ASSEMBLY_CALENDAR}));
}

std::set<v1::StatementKind> Sayable(v1::SubmitterKind submitter) {
  std::set<v1::StatementKind> out;
  for (v1::StatementKind kind : AllKinds()) {
    if (MaySay(submitter, kind)) out.insert(kind);
  }
  return out;
}

// The table of docs/formats.md.
TEST(MaySay, IsTheTableOfWhoSigns) {
  using Set = std::set<v1::StatementKind>;
  EXPECT_EQ(
      Sayable(v1::SUBMITTER_KIND_AGENCY),
      (Set{v1::STATEMENT_KIND_FOOTAGE_REQUEST, v1::STATEMENT_KIND_AMENDMENT,
           v1::STATEMENT_KIND_UNSEALING, v1::STATEMENT_KIND_SEAL_RENEWAL,
           v1::STATEMENT_KIND_SEALED_READ, v1::STATEMENT_KIND_PERIOD_REPORT,
           v1::STATEMENT_KIND_REGISTRY_EVENT}));
  EXPECT_EQ(
      Sayable(v1::SUBMITTER_KIND_PLATFORM),
      (Set{v1::STATEMENT_KIND_FOOTAGE_RESPONSE, v1::STATEMENT_KIND_AMENDMENT,
           v1::STATEMENT_KIND_EMERGENCY_REVIEW, v1::STATEMENT_KIND_UNSEALING,
           v1::STATEMENT_KIND_SEAL_RENEWAL, v1::STATEMENT_KIND_SEALED_READ,
           v1::STATEMENT_KIND_PERIOD_REPORT}));
  EXPECT_EQ(Sayable(v1::SUBMITTER_KIND_THIRD_PARTY),
            (Set{v1::STATEMENT_KIND_ATTESTATION}));
  EXPECT_EQ(
      Sayable(v1::SUBMITTER_KIND_COURT),
      (Set{v1::STATEMENT_KIND_EMERGENCY_REVIEW, v1::STATEMENT_KIND_UNSEALING,
           v1::STATEMENT_KIND_SEAL_RENEWAL, v1::STATEMENT_KIND_SEALED_READ}));
  EXPECT_EQ(Sayable(v1::SUBMITTER_KIND_KEEPER),
            (Set{v1::STATEMENT_KIND_UNSEALING}));
  EXPECT_EQ(
      Sayable(v1::SUBMITTER_KIND_REGISTRAR),
      (Set{v1::STATEMENT_KIND_GENESIS, v1::STATEMENT_KIND_ENROLMENT,
           v1::STATEMENT_KIND_KEY_ROTATION, v1::STATEMENT_KIND_STATUS_CHANGE,
           v1::STATEMENT_KIND_POLICY_VERSION, v1::STATEMENT_KIND_LOG_KEY_CHANGE,
           v1::STATEMENT_KIND_ASSEMBLY_CALENDAR, v1::STATEMENT_KIND_ERASURE,
           v1::STATEMENT_KIND_SEALED_READ,
           v1::STATEMENT_KIND_EMERGENCY_REVIEW}));
  EXPECT_TRUE(Sayable(v1::SUBMITTER_KIND_UNSPECIFIED).empty());
}

}  // namespace
}  // namespace sightline::statement
