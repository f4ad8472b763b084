// Statements of every kind and shape, mutated field by field and handed to a log:
// nothing crashes, what is malformed is refused with every fault named, and what is
// logged is well formed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "merkle/hash.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/entry_codec.h"
#include "statement/policy.h"
#include "statement/seal.h"
#include "statement/statement_codec.h"
#include "statement/validate.h"
#include "statement/whole_seal.h"
#include "tests/fuzz/statement_mutations.h"
#include "tests/fuzz/statement_variants.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

// Those say themselves: the first entry, and the face of what is sealed.
bool IsOfTheLog(v1::StatementKind kind) {
  return kind == v1::STATEMENT_KIND_GENESIS ||
         kind == v1::STATEMENT_KIND_SEALED_STATEMENT;
}

bool IsSealedAsAWhole(const v1::Statement& statement) {
  return statement.header().has_whole_seal();
}

class AdmittedMutations : public ::testing::TestWithParam<Variant> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start({}));
    party_ = parties().MakeParty("party:example-reporter");
    ASSERT_OK(log_->Enrol(party_));
    EnrolImported();
    if (kind() != v1::STATEMENT_KIND_POLICY_VERSION) PublishPolicies();
    Ask();
  }

  v1::StatementKind kind() const { return GetParam().kind; }
  const TestParties& parties() const { return log_->parties(); }

  // Whoever was taken over from a public list hands in what such lists say.
  void EnrolImported() {
    imported_ = parties().MakeParty("ori:CA0199900");
    ASSERT_OK_AND_ASSIGN(
        v1::Statement enrolment,
        statement::ParseStatement(
            parties().Enrolment(imported_).statement.payload()));
    enrolment.mutable_enrolment()->set_verification(
        v1::IDENTITY_VERIFICATION_IMPORTED);
    ASSERT_OK(log_->Submit(parties().registrar(),
                           parties().Sign(enrolment, parties().registrar())));
  }

  void PublishPolicies() {
    for (const v1::PolicyVersion& policy : statement::DefaultPolicies()) {
      v1::Statement statement = parties().Example(
          v1::STATEMENT_KIND_POLICY_VERSION, parties().registrar(), nullptr);
      *statement.mutable_policy_version() = policy;
      ASSERT_OK(log_->Submit(parties().registrar(),
                             parties().Sign(statement, parties().registrar())));
    }
  }

  // The request that the example speaks of.
  void Ask() {
    google::protobuf::RepeatedPtrField<v1::SealOpening> openings;
    v1::Statement statement = parties().Example(
        v1::STATEMENT_KIND_FOOTAGE_REQUEST, parties().agency(), &openings);
    const std::string shape = ShapeOfRequest();
    for (const Variant& variant : Variants()) {
      if (variant.name == shape) variant.change(&statement);
    }
    request_ = parties().Sign(statement, parties().agency());
    request_.openings =
        IsSealedAsAWhole(statement) ? OpeningOfAWhole() : openings;
    ASSERT_OK_AND_ASSIGN(const auto logged,
                         log_->Submit(parties().agency(), request_));
    target_.set_index(logged.receipt().index());
    const merkle::Hash leaf = merkle::LeafHash(logged.receipt().entry());
    target_.set_leaf_hash(std::string(crypto::AsBytes(leaf)));
  }
  std::string ShapeOfRequest() const {
    if (kind() == v1::STATEMENT_KIND_EMERGENCY_REVIEW) {
      return "footage_request_in_an_emergency";
    }
    return GetParam().name == "unsealing_of_a_whole"
               ? "footage_request_sealed_as_a_whole"
               : "";
  }
  static google::protobuf::RepeatedPtrField<v1::SealOpening> OpeningOfAWhole() {
    google::protobuf::RepeatedPtrField<v1::SealOpening> out;
    out.Add()->set_path(std::string(statement::kWholePath));
    out[0].set_salt(std::string(statement::kSealSaltSize, 's'));
    return out;
  }

  const Party& Speaker() const {
    switch (kind()) {
      case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
      case v1::STATEMENT_KIND_EMERGENCY_REVIEW:
        return parties().platform();
      case v1::STATEMENT_KIND_ATTESTATION:
        return party_;
      case v1::STATEMENT_KIND_FOOTAGE_REQUEST:
        return GetParam().name == "footage_request_imported"
                   ? imported_
                   : parties().agency();
      case v1::STATEMENT_KIND_AMENDMENT:
      case v1::STATEMENT_KIND_UNSEALING:
      case v1::STATEMENT_KIND_SEAL_RENEWAL:
      case v1::STATEMENT_KIND_SEALED_READ:
      case v1::STATEMENT_KIND_PERIOD_REPORT:
      case v1::STATEMENT_KIND_REGISTRY_EVENT:
        return parties().agency();
      default:
        return parties().registrar();
    }
  }

  // The example, in its shape, about what this log holds.
  v1::Statement Linked() {
    v1::Statement out = parties().Example(kind(), Speaker(), &openings_);
    GetParam().change(&out);
    if (IsSealedAsAWhole(out)) openings_ = OpeningOfAWhole();
    if (out.header().sealed().empty() && !IsSealedAsAWhole(out)) {
      openings_.Clear();
    }
    Link(&out);
    return out;
  }
  void Link(v1::Statement* s) {
    switch (kind()) {
      case v1::STATEMENT_KIND_FOOTAGE_REQUEST:
        if (s->footage_request().has_escalates()) {
          *s->mutable_footage_request()->mutable_escalates() = target_;
        }
        return;
      case v1::STATEMENT_KIND_FOOTAGE_RESPONSE:
        *s->mutable_footage_response()->mutable_request() = target_;
        return;
      case v1::STATEMENT_KIND_AMENDMENT:
        *s->mutable_amendment()->mutable_target() = target_;
        return;
      case v1::STATEMENT_KIND_EMERGENCY_REVIEW:
        *s->mutable_emergency_review()->mutable_request() = target_;
        return;
      case v1::STATEMENT_KIND_UNSEALING:
        *s->mutable_unsealing()->mutable_target() = target_;
        *s->mutable_unsealing()->mutable_openings(0) = Opening();
        return;
      case v1::STATEMENT_KIND_SEAL_RENEWAL:
        *s->mutable_seal_renewal()->mutable_target() = target_;
        return;
      case v1::STATEMENT_KIND_SEALED_READ:
        *s->mutable_sealed_read()->mutable_target() = target_;
        return;
      case v1::STATEMENT_KIND_ERASURE:
        *s->mutable_erasure()->mutable_target() = target_;
        return;
      case v1::STATEMENT_KIND_ATTESTATION:
        if (s->attestation().has_about()) {
          *s->mutable_attestation()->mutable_about() = target_;
        }
        return;
      case v1::STATEMENT_KIND_ENROLMENT:
        if (s->enrolment().submitter() == parties().agency().id) {
          s->mutable_enrolment()->set_submitter("ori:CA0199800");
        }
        return;
      case v1::STATEMENT_KIND_KEY_ROTATION:
        if (s->key_rotation().revoke_size() > 0) {
          s->mutable_key_rotation()->mutable_revoke(0)->set_key_id(
              std::string(crypto::AsBytes(
                  parties().agency().keys[0].public_key().key_id())));
        }
        return;
      default:
        return;
    }
  }
  v1::SealOpening Opening() const {
    return ShapeOfRequest().empty()
               ? request_.openings[0]
               : statement::FillWholeOpening(request_.openings[0],
                                             request_.statement);
  }

  absl::Status Submit(const v1::Statement& statement) {
    Submission submission = parties().Sign(statement, Speaker());
    submission.openings = openings_;
    return log_->Submit(Speaker(), submission).status();
  }
  // One that no statement had, so that it is not taken for one that is there.
  void GiveId(v1::Statement* statement) {
    std::string& id = *statement->mutable_header()->mutable_statement_id();
    if (id.size() != 16) return;
    ++ids_;
    for (int i = 0; i < 4; ++i) {
      id[12 + i] = static_cast<char>(ids_ >> (8 * i));
    }
  }

  void ExpectJudged(v1::Statement statement, bool always_wrong) {
    GiveId(&statement);
    const absl::Status status = Submit(statement);
    const statement::Violations faults = statement::Validate(statement);
    if (status.ok()) {
      EXPECT_TRUE(faults.empty());
      EXPECT_FALSE(always_wrong);
      return;
    }
    EXPECT_FALSE(status.message().empty());
    // A fault of the log's own would be kInternal or kDataLoss.
    EXPECT_TRUE(
        absl::IsInvalidArgument(status) || absl::IsPermissionDenied(status) ||
        absl::IsUnauthenticated(status) || absl::IsAlreadyExists(status) ||
        absl::IsFailedPrecondition(status))
        << status;
    // What does not fit a status is counted in it.
    if (!absl::IsInvalidArgument(status) ||
        absl::EndsWith(status.message(), " more")) {
      return;
    }
    std::set<std::string> named;
    for (const statement::Violation& v :
         statement::ViolationsFromStatus(status)) {
      named.insert(v.field);
    }
    for (const statement::Violation& v : faults.kept()) {
      EXPECT_EQ(named.count(v.field), 1u) << v.field << " in " << status;
    }
  }

  // How many entries there are; all of them are well formed.
  uint64_t CountEntries() const {
    uint64_t entries = 0;
    const uint64_t size = log_->log().publisher().integrated()->tree_size;
    EXPECT_OK(log_->store().ReadEntries(
        0, size, [&](uint64_t index, absl::string_view bytes) {
          const auto entry = statement::ParseEntry(bytes);
          EXPECT_OK(entry);
          const auto statement =
              statement::ParseStatement(entry->statement().payload());
          EXPECT_OK(statement) << index;
          EXPECT_TRUE(statement::Validate(*statement).empty()) << index;
          ++entries;
          return true;
        }));
    return entries;
  }

  std::unique_ptr<TestLog> log_;
  Party party_;
  Party imported_;
  Submission request_;
  v1::EntryLink target_;
  google::protobuf::RepeatedPtrField<v1::SealOpening> openings_;
  uint32_t ids_ = 0;
};

TEST_P(AdmittedMutations, TheExampleIsLogged) {
  const uint64_t before = CountEntries();
  const absl::Status status = Submit(Linked());
  EXPECT_EQ(status.ok(), !IsOfTheLog(kind())) << status;
  EXPECT_EQ(CountEntries(), before + (status.ok() ? 1 : 0));
}

TEST_P(AdmittedMutations, NothingMalformedIsLogged) {
  const v1::Statement example = Linked();
  const std::vector<Mutation> mutations = MutationsOf(example);
  for (size_t i = 0; i < mutations.size(); ++i) {
    const Mutation& mutation = mutations[i];
    SCOPED_TRACE(absl::StrCat(mutation.path, ": ", mutation.what));
    v1::Statement statement = example;
    mutation.change(&statement);
    ExpectJudged(statement, mutation.always_wrong);
    // And with another.
    const Mutation& other = mutations[(i + 17) % mutations.size()];
    if (!AreIndependent(mutation, other)) continue;
    SCOPED_TRACE(absl::StrCat(other.path, ": ", other.what));
    other.change(&statement);
    ExpectJudged(statement, mutation.always_wrong || other.always_wrong);
  }
  CountEntries();
}

INSTANTIATE_TEST_SUITE_P(Kinds, AdmittedMutations,
                         ::testing::ValuesIn(Variants()),
                         [](const ::testing::TestParamInfo<Variant>& info) {
                           return info.param.name;
                         });

}  // namespace
}  // namespace sightline::tests
