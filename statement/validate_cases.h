// Rules of statements as cases: a change to a valid example, and the fault that
// it makes. Tests only.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crypto/fixed_rng.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/examples.h"
#include "statement/test_log.h"
#include "statement/validate.h"
#include "statement/violations.h"

namespace sightline::statement {

inline v1::Statement Example(v1::StatementKind kind) {
  crypto::FixedRng rng(7);
  return ExampleStatement(kind, kTestOrigin, "", kTestNowUnixMs, rng).statement;
}

inline std::vector<std::string> FaultsOf(const v1::Statement& statement) {
  std::vector<std::string> out;
  for (const Violation& v : Validate(statement).kept()) {
    out.push_back(absl::StrCat(v.field, ": ", v.description));
  }
  return out;
}

// One change to a valid example, and the fault that it makes; "" when it makes
// none.
struct Case {
  const char* name;
  v1::StatementKind kind;
  std::function<void(v1::Statement*)> change;
  const char* fault;
};

class ValidateRule : public ::testing::TestWithParam<Case> {};

TEST_P(ValidateRule, NamesTheFault) {
  v1::Statement statement = Example(GetParam().kind);
  GetParam().change(&statement);
  const std::vector<std::string> faults = FaultsOf(statement);
  if (std::string(GetParam().fault).empty()) {
    EXPECT_THAT(faults, ::testing::IsEmpty());
  } else {
    EXPECT_THAT(faults,
                ::testing::Contains(::testing::HasSubstr(GetParam().fault)));
  }
}

inline void Instantiate(std::vector<Case>* cases, v1::StatementKind kind,
                        const char* name, const char* fault,
                        std::function<void(v1::Statement*)> change) {
  cases->push_back({name, kind, std::move(change), fault});
}

inline std::string CaseName(const ::testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

}  // namespace sightline::statement
