#include "statement/registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "crypto/fixed_rng.h"
#include "statement/dsse.h"
#include "statement/examples.h"
#include "statement/log_vkey.h"
#include "statement/statement_codec.h"
#include "statement/test_log.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

using ::sightline::base::IsOk;
using ::sightline::base::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr absl::string_view kLapd = "ori:CA0194200";
constexpr absl::string_view kPlatform = "platform:example-cameras";

v1::SignedStatement Signed(const v1::Statement& statement,
                           const std::vector<crypto::PrivateKey>& keys) {
  return *Sign(statement, keys);
}

std::string KeyIdOf(uint8_t seed) {
  return std::string(crypto::AsBytes(TestKey(seed).public_key().key_id()));
}

void AddKeyTo(uint8_t seed, v1::KeyRotation* rotation) {
  rotation->add_add()->set_spki_der(
      std::string(TestKey(seed).public_key().spki_der()));
}

class RegistryTest : public ::testing::Test {
 protected:
  // Entry 1 is an agency with key 1, entry 2 a platform with key 2.
  RegistryTest() {
    EXPECT_OK(log_.Enrol(kLapd, TestKey(1)));
    EXPECT_OK(log_.Enrol(kPlatform, TestKey(2)));
  }

  const Registry& registry() const { return log_.registry(); }

  v1::Statement Request(absl::string_view submitter) {
    v1::Statement s =
        ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kTestOrigin,
                         submitter, kTestNowUnixMs, log_.rng())
            .statement;
    return s;
  }

  // What the registry says of a request of LAPD signed with this key.
  absl::Status AuthoriseRequest(uint64_t index, uint8_t seed) {
    const v1::Statement request = Request(kLapd);
    return registry().Authorise(index, Signed(request, {TestKey(seed)}),
                                request);
  }

  absl::Status ChangeStatus(v1::SubmitterStatus status) {
    v1::Statement s = log_.NewStatement();
    s.mutable_status_change()->set_submitter(std::string(kLapd));
    s.mutable_status_change()->set_status(status);
    *s.mutable_status_change()->mutable_effective() =
        FromUnixMs(kTestNowUnixMs);
    return log_.AppendByRegistrars(s);
  }

  v1::Statement Rotation() {
    v1::Statement s = log_.NewStatement();
    s.mutable_key_rotation()->set_submitter(std::string(kLapd));
    return s;
  }

  v1::Statement Policy(absl::string_view id, uint32_t version) {
    v1::Statement s = log_.NewStatement();
    v1::PolicyVersion& policy = *s.mutable_policy_version();
    policy = DefaultPolicies()[0];
    policy.clear_in_force_until();
    policy.mutable_policy()->set_policy_id(std::string(id));
    policy.mutable_policy()->set_version(version);
    return s;
  }

  TestLog log_;
};

// --- Genesis ---

TEST(RegistryGenesis, IsCertifiedByItsOwnRegistrars) {
  TestLog log;
  EXPECT_EQ(log.registry().origin(), kTestOrigin);
  EXPECT_EQ(log.registry().registrar_threshold(), 2u);
  EXPECT_EQ(log.registry().RegistrarKeys().size(), 3u);
  EXPECT_EQ(log.registry().applied_size(), 1u);
  ASSERT_EQ(log.registry().LogKeys(0).size(), 1u);
}

class RegistryGenesisTest : public ::testing::Test {
 protected:
  RegistryGenesisTest() {
    crypto::FixedRng rng(3);
    statement_ = ExampleStatement(v1::STATEMENT_KIND_GENESIS, kTestOrigin, "",
                                  kTestNowUnixMs, rng)
                     .statement;
    v1::Genesis& genesis = *statement_.mutable_genesis();
    genesis.clear_registrar_keys();
    for (uint8_t seed : {11, 12, 13}) {
      genesis.add_registrar_keys()->set_spki_der(
          std::string(TestKey(seed).public_key().spki_der()));
    }
  }

  absl::Status Authorise(const std::vector<crypto::PrivateKey>& keys) {
    return registry_.Authorise(0, Signed(statement_, keys), statement_);
  }

  Registry registry_;
  v1::Statement statement_;
};

TEST_F(RegistryGenesisTest, WantsTheThreshold) {
  EXPECT_OK(Authorise({TestKey(11), TestKey(13)}));
  EXPECT_THAT(Authorise({TestKey(11)}),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("1 registrars signed, want 2")));
}

TEST_F(RegistryGenesisTest, RefusesStrangersAndRepeats) {
  EXPECT_THAT(Authorise({TestKey(11), TestKey(14)}),
              StatusIs(absl::StatusCode::kUnauthenticated));
  v1::SignedStatement twice = Signed(statement_, {TestKey(11)});
  *twice.add_signatures() = twice.signatures(0);
  EXPECT_THAT(registry_.Authorise(0, twice, statement_),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(RegistryGenesisTest, RefusesABadSignature) {
  v1::SignedStatement signed_statement =
      Signed(statement_, {TestKey(11), TestKey(12)});
  (*signed_statement.mutable_signatures(1)->mutable_signature())[0] ^= 1;
  EXPECT_THAT(
      registry_.Authorise(0, signed_statement, statement_),
      StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("signature 1")));
}

TEST_F(RegistryGenesisTest, WantsALogKeyFromTheFirstSizeOn) {
  statement_.mutable_genesis()->mutable_log_keys(0)->set_first_size(2);
  EXPECT_THAT(Authorise({TestKey(11), TestKey(13)}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  statement_.mutable_genesis()->mutable_log_keys(0)->set_first_size(1);
  EXPECT_OK(Authorise({TestKey(11), TestKey(13)}));
  statement_.mutable_genesis()->mutable_log_keys(0)->set_end_size(100);
  EXPECT_THAT(Authorise({TestKey(11), TestKey(13)}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(RegistryGenesisTest, RefusesARegistrarKeyThatIsALogKey) {
  statement_.mutable_genesis()->mutable_log_keys(0)->set_vkey(
      LogVkey(kTestOrigin, TestKey(12).public_key()));
  EXPECT_THAT(Authorise({TestKey(11), TestKey(13)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("a key of the log itself")));
}

TEST_F(RegistryGenesisTest, ComesFirstAndOnce) {
  TestLog log;
  EXPECT_THAT(log.registry().AuthoriseRules(
                  1, Signed(statement_, {TestKey(11)}), statement_),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(log.registry().CheckApplies(1, statement_),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  const v1::Statement enrolment = log.EnrolmentOf(kLapd, TestKey(1));
  EXPECT_THAT(registry_.Apply(0, enrolment),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(
      registry_.AuthoriseRules(0, Signed(enrolment, {TestKey(1)}), enrolment),
      StatusIs(absl::StatusCode::kFailedPrecondition));
}

// --- Who may sign what ---

TEST_F(RegistryTest, AgencySignsItsRequest) {
  EXPECT_THAT(AuthoriseRequest(3, 1), IsOk());
}

TEST_F(RegistryTest, NotBeforeItIsEnrolled) {
  EXPECT_THAT(
      AuthoriseRequest(1, 1),
      StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("not enrolled")));
  EXPECT_THAT(AuthoriseRequest(2, 1), IsOk());
}

TEST_F(RegistryTest, NotWithSomebodyElsesKey) {
  EXPECT_THAT(AuthoriseRequest(3, 2),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("is not a key of ori:CA0194200")));
  EXPECT_THAT(AuthoriseRequest(3, 9),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       HasSubstr("not in the registry")));
  EXPECT_THAT(AuthoriseRequest(3, 201),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(RegistryTest, NotWithAForgedSignature) {
  const v1::Statement request = Request(kLapd);
  v1::SignedStatement forged = Signed(request, {TestKey(2)});
  forged.mutable_signatures(0)->set_key_id(KeyIdOf(1));
  EXPECT_OK(registry().AuthoriseRules(3, forged, request));
  EXPECT_THAT(
      registry().Authorise(3, forged, request),
      StatusIs(absl::StatusCode::kUnauthenticated, HasSubstr("signature 0")));
}

TEST_F(RegistryTest, NotWithTwoSignatures) {
  const v1::Statement request = Request(kLapd);
  EXPECT_THAT(
      registry().Authorise(3, Signed(request, {TestKey(1), TestKey(201)}),
                           request),
      StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("2 signatures")));
}

TEST_F(RegistryTest, NotForAnotherLog) {
  v1::Statement request = Request(kLapd);
  request.mutable_header()->set_origin("example.com/other");
  EXPECT_THAT(
      registry().Authorise(3, Signed(request, {TestKey(1)}), request),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("header.origin")));
}

TEST_F(RegistryTest, NotAKindOfOthers) {
  const v1::Statement request = Request(kPlatform);
  EXPECT_THAT(registry().Authorise(3, Signed(request, {TestKey(2)}), request),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("may not make statements of kind "
                                 "footage_request")));
  v1::Statement enrolment = log_.EnrolmentOf("ori:CA0000000", TestKey(5));
  enrolment.mutable_header()->set_submitter(std::string(kLapd));
  EXPECT_THAT(
      registry().Authorise(3, Signed(enrolment, {TestKey(1)}), enrolment),
      StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(RegistryTest, OnlyWhoWasImportedImports) {
  v1::Statement enrolment = log_.EnrolmentOf("ori:CA0000000", TestKey(5));
  enrolment.mutable_enrolment()->set_verification(
      v1::IDENTITY_VERIFICATION_IMPORTED);
  ASSERT_OK(log_.AppendByRegistrars(enrolment));  // entry 3
  const auto authorise = [&](absl::string_view submitter, uint8_t seed) {
    v1::Statement request = Request(submitter);
    request.mutable_footage_request()->mutable_imported()->set_source("list");
    request.mutable_footage_request()->mutable_imported()->set_row(1);
    return registry().Authorise(4, Signed(request, {TestKey(seed)}), request);
  };
  EXPECT_OK(authorise("ori:CA0000000", 5));
  EXPECT_THAT(authorise(kLapd, 1),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("footage_request.imported: submitter "
                                 "ori:CA0194200 was not taken over")));
}

TEST_F(RegistryTest, RegistrarsNeedTheThreshold) {
  const v1::Statement s = log_.EnrolmentOf("ori:CA0000000", TestKey(5));
  EXPECT_THAT(registry().Authorise(3, Signed(s, {TestKey(201)}), s),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("1 registrars signed, want 2")));
  EXPECT_OK(
      registry().Authorise(3, Signed(s, {TestKey(203), TestKey(201)}), s));
  EXPECT_OK(registry().Authorise(
      3, Signed(s, {TestKey(203), TestKey(201), TestKey(202)}), s));
}

// Together, by the platform asked, or by a court; not by who asks.
TEST_F(RegistryTest, RegistrarsPlatformsAndCourtsReviewEmergencies) {
  ASSERT_OK(log_.Enrol("court:cacd", TestKey(3)));
  const auto review = [this](absl::string_view submitter) {
    return ExampleStatement(v1::STATEMENT_KIND_EMERGENCY_REVIEW, kTestOrigin,
                            submitter, kTestNowUnixMs, log_.rng())
        .statement;
  };
  const auto authorise = [&](absl::string_view submitter,
                             const std::vector<crypto::PrivateKey>& keys) {
    const v1::Statement statement = review(submitter);
    return registry().Authorise(log_.size(), Signed(statement, keys),
                                statement);
  };
  const std::vector<crypto::PrivateKey> registrars = TestLog::Registrars();
  EXPECT_OK(authorise("registrar", {registrars[0], registrars[2]}));
  EXPECT_THAT(
      authorise("registrar", {registrars[0]}),
      StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("want 2")));
  EXPECT_OK(authorise(kPlatform, {TestKey(2)}));
  EXPECT_OK(authorise("court:cacd", {TestKey(3)}));
  EXPECT_THAT(authorise(kLapd, {TestKey(1)}),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(RegistryTest, RegistrarsCountOnceEach) {
  const v1::Statement s = log_.EnrolmentOf("ori:CA0000000", TestKey(5));
  v1::SignedStatement twice = Signed(s, {TestKey(201)});
  *twice.add_signatures() = twice.signatures(0);
  EXPECT_THAT(
      registry().Authorise(3, twice, s),
      StatusIs(absl::StatusCode::kPermissionDenied, HasSubstr("signed twice")));
}

TEST_F(RegistryTest, RegistrarsOnly) {
  const v1::Statement s = log_.EnrolmentOf("ori:CA0000000", TestKey(5));
  EXPECT_THAT(registry().Authorise(3, Signed(s, {TestKey(201), TestKey(1)}), s),
              StatusIs(absl::StatusCode::kUnauthenticated,
                       HasSubstr("not a registrar's")));
}

TEST_F(RegistryTest, SuspendedSubmittersAreRefusedFromThenOn) {
  ASSERT_OK(ChangeStatus(v1::SUBMITTER_STATUS_SUSPENDED));  // entry 3
  EXPECT_THAT(AuthoriseRequest(3, 1), IsOk());
  EXPECT_THAT(AuthoriseRequest(4, 1),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("is suspended since entry 3")));
  ASSERT_OK(ChangeStatus(v1::SUBMITTER_STATUS_ACTIVE));  // entry 4
  EXPECT_THAT(AuthoriseRequest(5, 1), IsOk());
  EXPECT_FALSE(AuthoriseRequest(4, 1).ok());
  ASSERT_OK(ChangeStatus(v1::SUBMITTER_STATUS_LEFT));  // entry 5
  EXPECT_THAT(AuthoriseRequest(6, 1),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("is gone since entry 5")));
}

// --- Keys ---

TEST_F(RegistryTest, RotatedKeysCountBetweenTheirEntries) {
  v1::Statement rotation = Rotation();  // entry 3
  AddKeyTo(3, rotation.mutable_key_rotation());
  v1::RevokedKey* revoked = rotation.mutable_key_rotation()->add_revoke();
  revoked->set_key_id(KeyIdOf(1));
  revoked->set_disputed_from_index(2);
  ASSERT_OK(log_.AppendByRegistrars(rotation));
  EXPECT_THAT(AuthoriseRequest(3, 3),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(AuthoriseRequest(4, 3), IsOk());
  EXPECT_THAT(AuthoriseRequest(2, 1), IsOk());
  EXPECT_THAT(AuthoriseRequest(4, 1),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("was revoked by entry 3")));

  ASSERT_OK_AND_ASSIGN(const Submitter before,
                       registry().FindSubmitter(kLapd, 3));
  ASSERT_EQ(before.keys.size(), 1u);
  EXPECT_EQ(before.keys[0].end_index, 0u);
  EXPECT_FALSE(before.keys[0].disputed_from_index.has_value());
  EXPECT_THAT(before.source_indices, ElementsAre(1));

  ASSERT_OK_AND_ASSIGN(const Submitter now, registry().FindSubmitter(kLapd, 0));
  ASSERT_EQ(now.keys.size(), 2u);
  EXPECT_EQ(now.keys[0].first_index, 1u);
  EXPECT_EQ(now.keys[0].end_index, 3u);
  EXPECT_EQ(now.keys[0].disputed_from_index, 2u);
  EXPECT_EQ(now.keys[1].first_index, 3u);
  EXPECT_THAT(now.source_indices, ElementsAre(1, 3));
}

TEST_F(RegistryTest, FindsKeysAsOfATreeSize) {
  v1::Statement rotation = Rotation();  // entry 3
  rotation.mutable_key_rotation()->add_revoke()->set_key_id(KeyIdOf(1));
  ASSERT_OK(log_.AppendByRegistrars(rotation));
  ASSERT_OK_AND_ASSIGN(const SubmitterKey key,
                       registry().FindKey(KeyIdOf(1), 0));
  EXPECT_EQ(key.submitter, kLapd);
  EXPECT_EQ(key.period.end_index, 3u);
  EXPECT_EQ(key.period.key, TestKey(1).public_key());
  EXPECT_EQ(registry().FindKey(KeyIdOf(1), 3)->period.end_index, 0u);
  EXPECT_THAT(registry().FindKey(KeyIdOf(1), 1),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(registry().FindKey(KeyIdOf(201), 0)->submitter, "registrar");
  EXPECT_THAT(registry().FindKey("short", 0),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(RegistryTest, RotationRefusesWhatMakesNoSense) {
  v1::Statement strange = Rotation();
  strange.mutable_key_rotation()->add_revoke()->set_key_id(KeyIdOf(2));
  EXPECT_THAT(log_.AppendByRegistrars(strange),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("is not a key of ori:CA0194200")));

  v1::Statement future = Rotation();
  v1::RevokedKey* revoked = future.mutable_key_rotation()->add_revoke();
  revoked->set_key_id(KeyIdOf(1));
  revoked->set_disputed_from_index(99);
  EXPECT_THAT(log_.AppendByRegistrars(future),
              StatusIs(absl::StatusCode::kInvalidArgument));

  v1::Statement nobody = Rotation();
  nobody.mutable_key_rotation()->set_submitter("ori:NY0303000");
  AddKeyTo(3, nobody.mutable_key_rotation());
  EXPECT_THAT(log_.AppendByRegistrars(nobody),
              StatusIs(absl::StatusCode::kNotFound));

  v1::Statement revoke = Rotation();
  revoke.mutable_key_rotation()->add_revoke()->set_key_id(KeyIdOf(1));
  EXPECT_OK(log_.AppendByRegistrars(revoke));
  v1::Statement again = Rotation();
  again.mutable_key_rotation()->add_revoke()->set_key_id(KeyIdOf(1));
  EXPECT_THAT(log_.AppendByRegistrars(again),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("was revoked by entry 3")));
}

TEST_F(RegistryTest, AKeyBelongsToOneForEver) {
  for (uint8_t taken : {1, 2, 201}) {
    EXPECT_THAT(
        log_.Enrol("ori:NY0303000", TestKey(taken)),
        StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("is in use")))
        << int{taken};
  }
  EXPECT_THAT(log_.Enrol("ori:NY0303000", TestKey(200)),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("a key of the log itself")));
  v1::Statement revoke = Rotation();
  revoke.mutable_key_rotation()->add_revoke()->set_key_id(KeyIdOf(1));
  ASSERT_OK(log_.AppendByRegistrars(revoke));
  v1::Statement again = Rotation();
  AddKeyTo(1, again.mutable_key_rotation());
  EXPECT_THAT(log_.AppendByRegistrars(again),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_EQ(log_.size(), 4u);
}

TEST_F(RegistryTest, P256KeysSignToo) {
  ASSERT_OK_AND_ASSIGN(
      const crypto::PrivateKey key,
      crypto::PrivateKey::FromP256Scalar(std::string(32, '\x05')));
  ASSERT_OK(log_.Enrol("ori:NY0303000", key));
  const v1::Statement request = Request("ori:NY0303000");
  EXPECT_OK(registry().Authorise(4, Signed(request, {key}), request));
}

// --- Submitters ---

TEST_F(RegistryTest, FindsSubmittersAsOfATreeSize) {
  ASSERT_OK(ChangeStatus(v1::SUBMITTER_STATUS_SUSPENDED));  // entry 3
  EXPECT_THAT(registry().FindSubmitter(kLapd, 1),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(registry().FindSubmitter(kLapd, 2)->status,
            v1::SUBMITTER_STATUS_ACTIVE);
  EXPECT_EQ(registry().FindSubmitter(kLapd, 3)->status,
            v1::SUBMITTER_STATUS_ACTIVE);
  const Submitter now = *registry().FindSubmitter(kLapd, 0);
  EXPECT_EQ(now.status, v1::SUBMITTER_STATUS_SUSPENDED);
  EXPECT_EQ(now.kind, v1::SUBMITTER_KIND_AGENCY);
  EXPECT_EQ(now.enrolled_index, 1u);
  EXPECT_EQ(now.joined_unix_ms, kTestNowUnixMs);
  EXPECT_FALSE(now.provisional);
}

TEST_F(RegistryTest, RefusesToEnrolTwice) {
  EXPECT_THAT(log_.Enrol(kLapd, TestKey(7)),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("submitter ori:CA0194200 is enrolled already, "
                                 "by entry 1")));
}

TEST_F(RegistryTest, ListsById) {
  ASSERT_OK(log_.Enrol("ori:AK0000000", TestKey(3)));
  ASSERT_OK(log_.Enrol("prov:nowhere-pd", TestKey(4)));
  const auto ids = [this](uint64_t size, const SubmitterFilter& filter,
                          absl::string_view after, size_t limit) {
    std::vector<std::string> out;
    for (const Submitter& s :
         registry().ListSubmitters(size, filter, after, limit)) {
      out.push_back(s.id);
    }
    return out;
  };
  EXPECT_THAT(ids(0, {}, "", 100), ElementsAre("ori:AK0000000", kLapd,
                                               kPlatform, "prov:nowhere-pd"));
  EXPECT_THAT(ids(0, {}, "", 2), ElementsAre("ori:AK0000000", kLapd));
  EXPECT_THAT(ids(0, {}, kLapd, 1), ElementsAre(kPlatform));
  EXPECT_THAT(ids(3, {}, "", 100), ElementsAre(kLapd, kPlatform));
  SubmitterFilter agencies;
  agencies.kind = v1::SUBMITTER_KIND_AGENCY;
  EXPECT_THAT(ids(0, agencies, "", 100),
              ElementsAre("ori:AK0000000", kLapd, "prov:nowhere-pd"));
  SubmitterFilter named;
  named.name_contains = "NOWHERE";
  EXPECT_THAT(ids(0, named, "", 100), ElementsAre("prov:nowhere-pd"));
  SubmitterFilter elsewhere;
  elsewhere.state = "CA";
  EXPECT_TRUE(ids(0, elsewhere, "", 100).empty());
  EXPECT_EQ(registry().CountSubmitters(0), 4u);
  EXPECT_EQ(registry().CountSubmitters(1), 0u);
  EXPECT_EQ(registry().CountSubmitters(3), 2u);
  EXPECT_TRUE(registry().FindSubmitter("prov:nowhere-pd", 0)->provisional);
}

// --- Following the log ---

TEST_F(RegistryTest, GoesForwardOnly) {
  Registry fresh;
  EXPECT_THAT(fresh.Apply(1, Request(kLapd)),
              StatusIs(absl::StatusCode::kFailedPrecondition));
  TestLog log;
  ASSERT_OK(log.Enrol(kLapd, TestKey(1)));
  Registry moved = std::move(log.mutable_registry());
  EXPECT_THAT(moved.Apply(1, log_.EnrolmentOf("ori:NY0303000", TestKey(9))),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("entry 1 after entry 1")));
  // Other kinds change nothing but the size.
  EXPECT_OK(moved.Apply(10, Request(kLapd)));
  EXPECT_EQ(moved.applied_size(), 11u);
  EXPECT_EQ(moved.CountSubmitters(0), 1u);
}

TEST_F(RegistryTest, FailedApplyChangesNothing) {
  v1::Statement rotation = Rotation();
  AddKeyTo(3, rotation.mutable_key_rotation());
  rotation.mutable_key_rotation()->add_revoke()->set_key_id(KeyIdOf(2));
  EXPECT_FALSE(log_.AppendByRegistrars(rotation).ok());
  EXPECT_EQ(registry().FindSubmitter(kLapd, 0)->keys.size(), 1u);
  EXPECT_THAT(registry().FindKey(KeyIdOf(3), 0),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_EQ(registry().applied_size(), 3u);
}

// An auditor who has replayed the whole log asks again about each entry.
TEST_F(RegistryTest, EntriesStayAuthorisedInHindsight) {
  const v1::Statement enrolment = log_.EnrolmentOf("ori:NY0303000", TestKey(9));
  const v1::SignedStatement signed_enrolment =
      Signed(enrolment, {TestKey(201), TestKey(202)});
  ASSERT_OK(log_.AppendByRegistrars(enrolment));  // entry 3
  ASSERT_OK(log_.AppendByRegistrars(Policy("p-one", 1)));
  EXPECT_OK(registry().Authorise(3, signed_enrolment, enrolment));
  EXPECT_THAT(registry().Authorise(4, signed_enrolment, enrolment),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

// --- Policies ---

TEST_F(RegistryTest, PoliciesComeInVersions) {
  EXPECT_THAT(log_.AppendByRegistrars(Policy("p-one", 2)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("want 1, the next")));
  ASSERT_OK(log_.AppendByRegistrars(Policy("p-one", 1)));  // entry 3
  EXPECT_THAT(
      log_.AppendByRegistrars(Policy("p-one", 1)),
      StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("by entry 3")));
  ASSERT_OK(log_.AppendByRegistrars(Policy("p-one", 2)));  // entry 4
  EXPECT_EQ(registry().Policies(0).size(), 2u);
  EXPECT_EQ(registry().Policies(4).size(), 1u);
  EXPECT_EQ(registry().Policies(0)[1].index, 4u);
  EXPECT_EQ(registry().FindPolicy("p-one", 2, 4), nullptr);
  ASSERT_NE(registry().FindPolicy("p-one", 2, 5), nullptr);
  EXPECT_EQ(registry().FindPolicy("p-two", 1, 0), nullptr);
}

TEST_F(RegistryTest, ThePolicyLoggedLastIsInForce) {
  const auto in_force = [this](v1::Channel channel, int64_t ms, uint64_t size) {
    const v1::PolicyVersion* policy =
        registry().PolicyInForce(channel, ms, size);
    return policy == nullptr ? std::string("none")
                             : absl::StrCat(policy->policy().policy_id(), "/",
                                            policy->policy().version());
  };
  v1::Statement first = Policy("p-one", 1);  // entry 3
  *first.mutable_policy_version()->mutable_in_force_from() = FromUnixMs(1000);
  *first.mutable_policy_version()->mutable_in_force_until() = FromUnixMs(3000);
  ASSERT_OK(log_.AppendByRegistrars(first));
  v1::Statement second = Policy("p-one", 2);  // entry 4
  *second.mutable_policy_version()->mutable_in_force_from() = FromUnixMs(2000);
  ASSERT_OK(log_.AppendByRegistrars(second));
  const v1::Channel rfa = v1::CHANNEL_REQUEST_FOR_ASSISTANCE;
  EXPECT_EQ(in_force(rfa, 999, 0), "none");
  EXPECT_EQ(in_force(rfa, 1000, 0), "p-one/1");
  EXPECT_EQ(in_force(rfa, 2000, 0), "p-one/2");
  EXPECT_EQ(in_force(rfa, 2000, 4), "p-one/1");
  EXPECT_EQ(in_force(rfa, 3000, 4), "none");
  EXPECT_EQ(in_force(v1::CHANNEL_EMERGENCY, 2000, 0), "none");
}

TEST_F(RegistryTest, PoliciesForTakesTheDayOfAdmissionOrOfTheRecord) {
  v1::Statement policy = Policy("rfa-2021", 1);  // entry 3
  *policy.mutable_policy_version()->mutable_in_force_from() =
      FromUnixMs(kTestNowUnixMs + 1000);
  ASSERT_OK(log_.AppendByRegistrars(policy));
  v1::Statement request = Request(kLapd);
  PolicyView view = registry().PoliciesFor(request, kTestNowUnixMs + 2000, 4);
  EXPECT_NE(view.in_force, nullptr);
  EXPECT_TRUE(view.cited_is_known);
  view = registry().PoliciesFor(request, kTestNowUnixMs + 2000, 3);
  EXPECT_EQ(view.in_force, nullptr);
  EXPECT_FALSE(view.cited_is_known);
  request.mutable_footage_request()->mutable_imported()->set_row(1);
  view = registry().PoliciesFor(request, kTestNowUnixMs + 2000, 4);
  EXPECT_EQ(view.in_force, nullptr);
  const v1::Statement other = log_.NewStatement();
  EXPECT_EQ(registry().PoliciesFor(other, 0, 4).in_force, nullptr);
}

TEST_F(RegistryTest, PoliciesForKnowsTheAssembliesListedBefore) {
  v1::Statement request = Request(kLapd);
  v1::Statement calendar = log_.NewStatement();  // entry 3
  calendar.mutable_assembly_calendar()->set_source("A register");
  v1::Assembly& assembly =
      *calendar.mutable_assembly_calendar()->add_assemblies();
  *assembly.mutable_window() = request.footage_request().footage_window();
  assembly.set_county_fips("06037");
  ASSERT_OK(log_.AppendByRegistrars(calendar));
  v1::FootageRequest& body = *request.mutable_footage_request();
  body.mutable_area()->set_county_fips("06037");
  const auto listed = [&](uint64_t index) {
    return registry()
        .PoliciesFor(request, kTestNowUnixMs, index)
        .assembly_index;
  };
  EXPECT_EQ(listed(4), 3u);
  EXPECT_EQ(listed(3), std::nullopt);
  body.mutable_area()->set_county_fips("36061");
  EXPECT_EQ(listed(4), std::nullopt);
}

// --- Log keys ---

class LogKeysTest : public RegistryTest {
 protected:
  v1::LogKey Key(uint8_t seed, uint64_t first_size, uint64_t end_size) {
    v1::LogKey key;
    key.set_vkey(LogVkey(kTestOrigin, TestKey(seed).public_key()));
    key.set_first_size(first_size);
    key.set_end_size(end_size);
    return key;
  }

  absl::Status Change(const std::vector<v1::LogKey>& keys) {
    v1::Statement s = log_.NewStatement();
    for (const v1::LogKey& key : keys) {
      *s.mutable_log_key_change()->add_log_keys() = key;
    }
    return log_.AppendByRegistrars(s);
  }
};

TEST_F(LogKeysTest, RotateInsideOneLog) {
  ASSERT_OK(Change({Key(210, 10, 0), Key(200, 0, 12)}));  // entry 3
  const std::vector<v1::LogKey> now = registry().LogKeys(0);
  ASSERT_EQ(now.size(), 2u);
  EXPECT_EQ(now[0].end_size(), 12u);
  EXPECT_EQ(now[1].first_size(), 10u);
  const std::vector<v1::LogKey> before = registry().LogKeys(3);
  ASSERT_EQ(before.size(), 1u);
  EXPECT_EQ(before[0].end_size(), 0u);
}

TEST_F(LogKeysTest, MayNotLeaveAGap) {
  EXPECT_THAT(Change({Key(200, 0, 12)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("no key would count")));
  EXPECT_FALSE(Change({Key(210, 13, 0), Key(200, 0, 12)}).ok());
  EXPECT_OK(Change({Key(210, 12, 0), Key(200, 0, 12)}));
}

TEST_F(LogKeysTest, MayNotReachBack) {
  EXPECT_THAT(Change({Key(210, 3, 0)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("first size 3, want at least 5")));
  EXPECT_THAT(Change({Key(210, 5, 0), Key(200, 0, 3)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("end size 3, want at least 5")));
}

// Entry 3 makes the tree of size 4, which is signed before the entry counts.
TEST_F(LogKeysTest, MayNotBeginOrEndWithTheTreeThatHoldsTheChange) {
  EXPECT_THAT(Change({Key(210, 4, 0)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("first size 4, want at least 5")));
  EXPECT_THAT(Change({Key(210, 5, 0), Key(200, 0, 4)}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("end size 4, want at least 5")));
  EXPECT_OK(Change({Key(210, 5, 0), Key(200, 0, 5)}));
}

TEST_F(LogKeysTest, AreTheSameForTheTreeThatHoldsTheChange) {
  const uint64_t index = log_.size();
  ASSERT_OK(Change({Key(210, index + 2, 0), Key(200, 0, index + 2)}));
  const auto counts = [](const v1::LogKey& key, uint64_t size) {
    return key.first_size() <= size &&
           (key.end_size() == 0 || size < key.end_size());
  };
  for (const uint64_t as_of : {index, index + 1}) {
    for (const v1::LogKey& key : registry().LogKeys(as_of)) {
      const bool is_old = key.first_size() == 0;
      EXPECT_EQ(counts(key, index + 1), is_old) << as_of;
    }
  }
}

TEST_F(LogKeysTest, EndOnce) {
  ASSERT_OK(Change({Key(210, 10, 0), Key(200, 0, 12)}));
  EXPECT_THAT(Change({Key(200, 0, 20)}),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(Change({Key(210, 50, 0)}),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(LogKeysTest, AreNoStatementKeys) {
  EXPECT_THAT(Change({Key(1, 10, 0)}),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("is a statement key of ori:CA0194200")));
}

TEST(VerifySignatures, WantsAKeyForEach) {
  ASSERT_OK_AND_ASSIGN(const v1::SignedStatement s,
                       SignBytes("x", {TestKey(1), TestKey(2)}));
  const crypto::PublicKey one = TestKey(1).public_key();
  const crypto::PublicKey two = TestKey(2).public_key();
  EXPECT_OK(VerifySignatures(s, {one, two}));
  EXPECT_FALSE(VerifySignatures(s, {two, one}).ok());
  EXPECT_FALSE(VerifySignatures(s, {one}).ok());
  EXPECT_FALSE(VerifySignatures(v1::SignedStatement(), {}).ok());
}

// As many agencies as there are in the country, and none left out: the registry
// answers for each of them, and enrolling is not quadratic.
TEST(RegistrySize, TakesTwentyThousandAgencies) {
  constexpr uint64_t kCount = 20'000;
  TestLog log;
  Registry& registry = log.mutable_registry();
  crypto::FixedRng rng(5);
  std::vector<crypto::PrivateKey> keys;
  for (uint64_t i = 0; i < kCount; ++i) {
    keys.push_back(
        *crypto::PrivateKey::FromSeed(rng.Bytes(crypto::kEd25519KeySize)));
    const v1::Statement s =
        log.EnrolmentOf(absl::StrCat("prov:agency-", i), keys.back());
    ASSERT_OK(registry.Apply(i + 1, s));
  }
  EXPECT_EQ(registry.CountSubmitters(0), kCount);
  EXPECT_EQ(registry.CountSubmitters(1001), 1000u);
  EXPECT_EQ(registry.ListSubmitters(0, {}, "", 2 * kCount).size(), kCount);
  EXPECT_EQ(registry.ListSubmitters(1001, {}, "", 2 * kCount).size(), 1000u);
  for (const uint64_t i : {uint64_t{0}, uint64_t{1234}, kCount - 1}) {
    const std::string id = absl::StrCat("prov:agency-", i);
    EXPECT_EQ(registry.FindSubmitter(id, 0)->enrolled_index, i + 1);
    EXPECT_EQ(
        registry.FindKey(crypto::AsBytes(keys[i].public_key().key_id()), 0)
            ->submitter,
        id);
    const v1::Statement request =
        ExampleStatement(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kTestOrigin, id,
                         kTestNowUnixMs, log.rng())
            .statement;
    EXPECT_OK(
        registry.Authorise(kCount + 1, Signed(request, {keys[i]}), request));
    EXPECT_FALSE(registry
                     .Authorise(kCount + 1,
                                Signed(request, {keys[(i + 1) % kCount]}),
                                request)
                     .ok());
  }
}

}  // namespace
}  // namespace sightline::statement
