// RegistryService and AdminService: who may submit, and who says so.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "proto/sightline/v1/admin_service.grpc.pb.h"
#include "proto/sightline/v1/registry_service.grpc.pb.h"
#include "statement/violations.h"
#include "tests/services/calls.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using Registry = v1::RegistryService::Stub;
using Admin = v1::AdminService::Stub;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kNotFound = absl::StatusCode::kNotFound;
constexpr auto kOutOfRange = absl::StatusCode::kOutOfRange;

std::string KeyId(const Party& party) {
  return std::string(crypto::AsBytes(party.keys[0].public_key().key_id()));
}

class RegistryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start({}));
    registry_ = std::make_unique<Registry>(log_->Channel());
    admin_ = AdminAs(&parties().registrar());
  }

  const TestParties& parties() const { return log_->parties(); }
  std::unique_ptr<Admin> AdminAs(const Party* party) {
    return std::make_unique<Admin>(log_->Channel(party));
  }

  absl::StatusOr<v1::EnrolResponse> Enrol(Admin* admin, const Party& party) {
    v1::EnrolRequest request;
    *request.mutable_statement() = parties().Enrolment(party).statement;
    return Call(admin, &Admin::Enrol, request);
  }
  absl::StatusOr<v1::GetSubmitterResponse> Get(const std::string& id,
                                               uint64_t tree_size = 0) {
    v1::GetSubmitterRequest request;
    request.set_submitter(id);
    request.set_tree_size(tree_size);
    return Call(registry_.get(), &Registry::GetSubmitter, request);
  }
  absl::StatusOr<v1::ListSubmittersResponse> List(
      const v1::ListSubmittersRequest& request) {
    return Call(registry_.get(), &Registry::ListSubmitters, request);
  }
  absl::StatusOr<v1::GetKeyResponse> GetKey(const std::string& key_id,
                                            uint64_t tree_size = 0) {
    v1::GetKeyRequest request;
    request.set_key_id(key_id);
    request.set_tree_size(tree_size);
    return Call(registry_.get(), &Registry::GetKey, request);
  }

  std::unique_ptr<TestLog> log_;
  std::unique_ptr<Registry> registry_;
  std::unique_ptr<Admin> admin_;
};

std::vector<std::string> IdsOf(const v1::ListSubmittersResponse& page) {
  std::vector<std::string> out;
  for (const v1::Submitter& submitter : page.submitters()) {
    out.push_back(submitter.submitter());
  }
  return out;
}

// --- RegistryService ------------------------------------------------------------

TEST_F(RegistryTest, SaysWhoASubmitterIsAndWhereThatIsWritten) {
  const auto answer = Get("ori:CA0194200");
  ASSERT_OK(answer);
  const v1::Submitter& agency = answer->submitter();
  EXPECT_EQ(answer->tree_size(), 3u);
  EXPECT_EQ(agency.kind(), v1::SUBMITTER_KIND_AGENCY);
  EXPECT_EQ(agency.status(), v1::SUBMITTER_STATUS_ACTIVE);
  EXPECT_EQ(agency.name(), "Name of ori:CA0194200");
  EXPECT_EQ(agency.enrolled_index(), 1u);
  EXPECT_THAT(agency.source_indices(), ElementsAre(1));
  ASSERT_THAT(agency.keys(), SizeIs(1));
  EXPECT_EQ(agency.keys(0).key_id(), KeyId(parties().agency()));
  EXPECT_EQ(agency.keys(0).spki_der(),
            std::string(parties().agency().keys[0].public_key().spki_der()));
  EXPECT_EQ(agency.keys(0).first_index(), 1u);
}

TEST_F(RegistryTest, AnswersAsOfATreeSize) {
  EXPECT_OK(Get("ori:CA0194200", 2));
  EXPECT_THAT(Get("ori:CA0194200", 1), StatusIs(kNotFound));
  const absl::Status beyond = Get("ori:CA0194200", 4).status();
  EXPECT_THAT(beyond, StatusIs(kOutOfRange));
  EXPECT_THAT(FaultyFields(beyond), ElementsAre("tree_size"));
}

TEST_F(RegistryTest, SaysWhatIsWrongWithAQuestion) {
  EXPECT_THAT(Get("ori:NY0303000"), StatusIs(kNotFound));
  EXPECT_THAT(Get("somebody"), StatusIs(kInvalid, HasSubstr("submitter")));
  EXPECT_THAT(GetKey(std::string(32, 'x')), StatusIs(kNotFound));
  EXPECT_THAT(GetKey("x"), StatusIs(kInvalid, HasSubstr("key_id")));
}

TEST_F(RegistryTest, FindsTheOwnerOfAKey) {
  const auto answer = GetKey(KeyId(parties().platform()));
  ASSERT_OK(answer);
  EXPECT_EQ(answer->submitter(), parties().platform().id);
  EXPECT_EQ(answer->key().first_index(), 2u);
  EXPECT_THAT(GetKey(KeyId(parties().platform()), 2), StatusIs(kNotFound));
}

TEST_F(RegistryTest, ListsPageByPageInOneTree) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_OK(
        log_->Enrol(parties().MakeParty(absl::StrCat("party:number-", i))));
  }
  v1::ListSubmittersRequest request;
  request.set_page_size(3);
  std::vector<std::string> seen;
  for (int page = 0; page < 3; ++page) {
    const auto answer = List(request);
    ASSERT_OK(answer);
    EXPECT_EQ(answer->tree_size(), 8u);
    for (const std::string& id : IdsOf(*answer)) seen.push_back(id);
    EXPECT_EQ(answer->next_page_token().empty(), page == 2);
    request.set_page_token(answer->next_page_token());
    // Who joins meanwhile is not in this listing.
    ASSERT_OK(
        log_->Enrol(parties().MakeParty(absl::StrCat("party:zz-", page))));
  }
  EXPECT_THAT(seen,
              ElementsAre("ori:CA0194200", "party:number-0", "party:number-1",
                          "party:number-2", "party:number-3", "party:number-4",
                          "platform:example-cameras"));
}

TEST_F(RegistryTest, ListsWhatIsAskedFor) {
  v1::ListSubmittersRequest request;
  request.set_kind(v1::SUBMITTER_KIND_PLATFORM);
  EXPECT_THAT(IdsOf(*List(request)), ElementsAre("platform:example-cameras"));
  request.clear_kind();
  request.set_name_contains("NAME OF ORI:");
  EXPECT_THAT(IdsOf(*List(request)), ElementsAre("ori:CA0194200"));
  request.set_tree_size(1);
  EXPECT_THAT(IdsOf(*List(request)), ElementsAre());
}

TEST_F(RegistryTest, RefusesPagesThatItDidNotGive) {
  v1::ListSubmittersRequest request;
  request.set_page_size(1001);
  EXPECT_THAT(List(request), StatusIs(kInvalid, HasSubstr("page_size")));
  request.set_page_size(1);
  for (const char* const token : {"x", "AAAA", "MQAAAAAAAAAAb3Jp"}) {
    request.set_page_token(token);
    EXPECT_THAT(List(request), StatusIs(kInvalid, HasSubstr("page_token")))
        << token;
  }
  request.clear_page_token();
  request.set_page_token(List(request)->next_page_token());
  request.set_tree_size(2);
  EXPECT_THAT(List(request), StatusIs(kInvalid, HasSubstr("page_token")));
}

TEST_F(RegistryTest, ListsPolicies) {
  v1::PublishPolicyRequest publish;
  *publish.mutable_statement() =
      parties()
          .SignedExample(v1::STATEMENT_KIND_POLICY_VERSION,
                         parties().registrar())
          .statement;
  ASSERT_OK(Call(admin_.get(), &Admin::PublishPolicy, publish));
  const auto answer =
      Call(registry_.get(), &Registry::ListPolicies, v1::ListPoliciesRequest());
  ASSERT_OK(answer);
  ASSERT_THAT(answer->policies(), SizeIs(1));
  EXPECT_EQ(answer->policies(0).index(), 3u);
  v1::ListPoliciesRequest before;
  before.set_tree_size(3);
  EXPECT_THAT(
      Call(registry_.get(), &Registry::ListPolicies, before)->policies(),
      SizeIs(0));
}

// --- AdminService ---------------------------------------------------------------

TEST_F(RegistryTest, TwoRegistrarsEnrol) {
  const Party party = parties().MakeParty("ori:NY0303000");
  const auto answer = Enrol(admin_.get(), party);
  ASSERT_OK(answer);
  EXPECT_FALSE(answer->duplicate());
  EXPECT_OK(Get(party.id));
}

TEST_F(RegistryTest, TheSameEnrolmentGetsTheSameReceipt) {
  v1::EnrolRequest request;
  *request.mutable_statement() =
      parties().Enrolment(parties().MakeParty("ori:NY0303000")).statement;
  const auto first = Call(admin_.get(), &Admin::Enrol, request);
  ASSERT_OK(first);
  EXPECT_OK(CheckReceipt(parties(), first->receipt(), request.statement()));
  const auto again = Call(admin_.get(), &Admin::Enrol, request);
  ASSERT_OK(again);
  EXPECT_TRUE(again->duplicate());
  EXPECT_EQ(again->receipt().SerializeAsString(),
            first->receipt().SerializeAsString());
}

TEST_F(RegistryTest, OneRegistrarAloneDoesNotEnrol) {
  v1::EnrolRequest request;
  *request.mutable_statement() =
      parties().Enrolment(parties().MakeParty("ori:NY0303000")).statement;
  request.mutable_statement()->mutable_signatures()->RemoveLast();
  EXPECT_THAT(Call(admin_.get(), &Admin::Enrol, request),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(RegistryTest, OnlyRegistrarsComeIn) {
  const Party party = parties().MakeParty("ori:NY0303000");
  EXPECT_THAT(Enrol(AdminAs(nullptr).get(), party),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(Enrol(AdminAs(&parties().agency()).get(), party),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(RegistryTest, EachCallTakesItsOwnKind) {
  const v1::SignedStatement enrolment =
      parties().Enrolment(parties().MakeParty("ori:NY0303000")).statement;
  v1::RotateKeysRequest rotate;
  *rotate.mutable_statement() = enrolment;
  EXPECT_THAT(Call(admin_.get(), &Admin::RotateKeys, rotate),
              StatusIs(kInvalid, HasSubstr("enrolment, want key_rotation")));
  v1::ChangeStatusRequest change;
  *change.mutable_statement() = enrolment;
  EXPECT_THAT(Call(admin_.get(), &Admin::ChangeStatus, change),
              StatusIs(kInvalid));
  v1::PublishPolicyRequest publish;
  *publish.mutable_statement() = enrolment;
  EXPECT_THAT(Call(admin_.get(), &Admin::PublishPolicy, publish),
              StatusIs(kInvalid));
  v1::ChangeLogKeysRequest keys;
  *keys.mutable_statement() = enrolment;
  EXPECT_THAT(Call(admin_.get(), &Admin::ChangeLogKeys, keys),
              StatusIs(kInvalid));
  EXPECT_THAT(Call(admin_.get(), &Admin::Enrol, v1::EnrolRequest()),
              StatusIs(kInvalid));
}

TEST_F(RegistryTest, ASuspendedAgencySubmitsNoMore) {
  v1::Statement statement = parties().Example(v1::STATEMENT_KIND_STATUS_CHANGE,
                                              parties().registrar(), nullptr);
  statement.mutable_status_change()->set_submitter(parties().agency().id);
  statement.mutable_status_change()->set_status(v1::SUBMITTER_STATUS_SUSPENDED);
  v1::ChangeStatusRequest change;
  *change.mutable_statement() =
      parties().Sign(statement, parties().registrar()).statement;
  ASSERT_OK(Call(admin_.get(), &Admin::ChangeStatus, change));
  EXPECT_THAT(log_->Submit(parties().agency(),
                           parties().PlainRequest(parties().agency())),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(Get(parties().agency().id)->submitter().status(),
            v1::SUBMITTER_STATUS_SUSPENDED);
  EXPECT_EQ(Get(parties().agency().id, 3)->submitter().status(),
            v1::SUBMITTER_STATUS_ACTIVE);
}

TEST_F(RegistryTest, ARotatedKeySignsFromThenOn) {
  v1::Statement statement = parties().Example(v1::STATEMENT_KIND_KEY_ROTATION,
                                              parties().registrar(), nullptr);
  v1::KeyRotation* const rotation = statement.mutable_key_rotation();
  Party renewed = parties().MakeParty("ori:NY0303000");  // for its key
  renewed.id = parties().agency().id;
  rotation->Clear();
  rotation->set_submitter(renewed.id);
  rotation->add_add()->set_spki_der(
      std::string(renewed.keys[0].public_key().spki_der()));
  rotation->add_revoke()->set_key_id(KeyId(parties().agency()));
  v1::RotateKeysRequest rotate;
  *rotate.mutable_statement() =
      parties().Sign(statement, parties().registrar()).statement;
  ASSERT_OK(Call(admin_.get(), &Admin::RotateKeys, rotate));
  EXPECT_OK(log_->Submit(renewed, parties().PlainRequest(renewed)));
  EXPECT_THAT(log_->Submit(parties().agency(),
                           parties().PlainRequest(parties().agency())),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(GetKey(KeyId(parties().agency()))->key().end_index(), 3u);
}

}  // namespace
}  // namespace sightline::tests
