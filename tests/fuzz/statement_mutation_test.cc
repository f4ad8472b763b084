// Statements of every kind and shape, mutated field by field: nothing crashes, and
// every fault is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "statement/describe.h"
#include "statement/statement_codec.h"
#include "statement/text.h"
#include "statement/validate.h"
#include "tests/fuzz/statement_mutations.h"
#include "tests/fuzz/statement_variants.h"

namespace sightline::tests {
namespace {

using ::testing::IsEmpty;

std::set<std::string> FaultyFields(const v1::Statement& statement) {
  std::set<std::string> out;
  const statement::Violations violations = statement::Validate(statement);
  EXPECT_EQ(violations.ToStatus().ok(), violations.empty());
  for (const statement::Violation& v : violations.kept()) {
    EXPECT_FALSE(v.field.empty() || v.description.empty());
    out.insert(v.field);
  }
  return out;
}

class MutationOfKind : public ::testing::TestWithParam<Variant> {};

TEST_P(MutationOfKind, WhatIsWrongIsNamed) {
  const v1::Statement example = ExampleOf(GetParam());
  ASSERT_THAT(FaultyFields(example), IsEmpty());
  int wrong = 0;
  for (const Mutation& mutation : MutationsOf(example)) {
    SCOPED_TRACE(absl::StrCat(mutation.path, ": ", mutation.what));
    v1::Statement statement = example;
    mutation.change(&statement);
    const std::set<std::string> faults = FaultyFields(statement);
    if (mutation.always_wrong) {
      EXPECT_TRUE(NamesField(faults, mutation.path))
          << ::testing::PrintToString(faults);
      ++wrong;
    }
    // People can look at it whatever it says.
    EXPECT_TRUE(
        statement::IsPlainText(statement::DescribeStatement(statement)));
    EXPECT_FALSE(statement::DescribeStatementAtLength(statement).empty());
    // The strict parser takes its bytes, or says why not.
    const std::string bytes = statement.SerializeAsString();
    const auto parsed = statement::ParseStatement(bytes);
    if (parsed.ok()) {
      EXPECT_EQ(statement::SerialiseStatement(*parsed), bytes);
    } else {
      EXPECT_FALSE(parsed.status().message().empty());
    }
  }
  EXPECT_GE(wrong, 5);
}

// The two are to be the same, and are.
bool AreTheOrigins(const Mutation& a, const Mutation& b) {
  return std::set<std::string>{a.path, b.path} ==
         std::set<std::string>{"header.origin", "genesis.origin"};
}

void ExpectAllNamed(const v1::Statement& example,
                    const std::vector<const Mutation*>& mutations) {
  for (size_t i = 0; i < mutations.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (!AreIndependent(*mutations[k], *mutations[i]) ||
          AreTheOrigins(*mutations[k], *mutations[i])) {
        return;
      }
    }
  }
  v1::Statement statement = example;
  std::string what;
  for (const Mutation* mutation : mutations) {
    mutation->change(&statement);
    absl::StrAppend(&what, mutation->path, " ", mutation->what, ", ");
  }
  // Hundreds of faults are counted, and the first of them kept.
  const statement::Violations found = statement::Validate(statement);
  if (found.count() > found.kept().size()) return;
  const std::set<std::string> faults = FaultyFields(statement);
  for (const Mutation* mutation : mutations) {
    EXPECT_TRUE(NamesField(faults, mutation->path))
        << what << ::testing::PrintToString(faults);
  }
}

TEST_P(MutationOfKind, SeveralFaultsAreAllNamed) {
  const v1::Statement example = ExampleOf(GetParam());
  std::vector<Mutation> wrong;
  for (Mutation& mutation : MutationsOf(example)) {
    if (mutation.always_wrong) wrong.push_back(std::move(mutation));
  }
  const size_t n = wrong.size();
  for (size_t i = 0; i < n; ++i) {
    // Some others of each, the same every time.
    for (size_t k = 1; k <= 6; ++k) {
      const Mutation* const second = &wrong[(i + 5 * k) % n];
      const Mutation* const third = &wrong[(i + 11 * k + 3) % n];
      ExpectAllNamed(example, {&wrong[i], second});
      ExpectAllNamed(example, {&wrong[i], second, third});
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, MutationOfKind, ::testing::ValuesIn(Variants()),
                         [](const ::testing::TestParamInfo<Variant>& info) {
                           return info.param.name;
                         });

// So that a field that is added cannot be forgotten.
TEST(Variants, SetEveryFieldOfEveryStatement) {
  std::set<std::string> set;
  for (const Variant& variant : Variants()) {
    set.merge(PathsOf(ExampleOf(variant)));
  }
  const std::set<std::string> all = AllPaths();
  std::vector<std::string> forgotten;
  std::set_difference(all.begin(), all.end(), set.begin(), set.end(),
                      std::back_inserter(forgotten));
  EXPECT_THAT(forgotten, IsEmpty());
}

}  // namespace
}  // namespace sightline::tests
