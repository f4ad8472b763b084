#include "admission/admission.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/examples.h"
#include "statement/violations.h"

namespace sightline::admission {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr absl::string_view kOrigin = "example.com/test-log";
constexpr absl::string_view kAgency = "ori:CA0194200";
constexpr absl::string_view kPlatform = "platform:doorbell";
constexpr int64_t kNow = 1'593'000'000'000;

crypto::PrivateKey Key(char seed) {
  return crypto::PrivateKey::FromSeed(std::string(32, seed)).value();
}

class MemoryEntries final : public EntrySource {
 public:
  absl::StatusOr<std::string> ReadEntry(uint64_t index) const override {
    const auto it = entries.find(index);
    if (it == entries.end()) return absl::OutOfRangeError("beyond the tree");
    return it->second;
  }
  std::map<uint64_t, std::string> entries;
};

class AdmissionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    sealer_ = *PayloadSealer::Create(crypto::SecretString(std::string(32, 'k')),
                                     crypto::Rng::Real());
    Options options;
    options.origin = std::string(kOrigin);
    admission_ =
        std::make_unique<Admission>(options, &clock_, &entries_, sealer_.get());
  }

  v1::Statement Example(v1::StatementKind kind, absl::string_view submitter) {
    auto example = statement::ExampleStatement(kind, kOrigin, submitter, kNow,
                                               *crypto::Rng::Real());
    openings_.Clear();
    for (auto& opening : example.openings) *openings_.Add() = opening;
    return example.statement;
  }

  v1::SignedStatement Genesis() {
    v1::Statement genesis = Example(v1::STATEMENT_KIND_GENESIS, "registrar");
    auto* body = genesis.mutable_genesis();
    body->clear_registrar_keys();
    for (const char seed : {'1', '2', '3'}) {
      body->add_registrar_keys()->set_spki_der(
          std::string(Key(seed).public_key().spki_der()));
    }
    body->set_registrar_threshold(2);
    return statement::Sign(genesis, {Key('1'), Key('2')}).value();
  }

  v1::SignedStatement Enrol(absl::string_view submitter, v1::SubmitterKind kind,
                            char key) {
    v1::Statement statement =
        Example(v1::STATEMENT_KIND_ENROLMENT, "registrar");
    auto* body = statement.mutable_enrolment();
    body->set_submitter(std::string(submitter));
    body->set_kind(kind);
    if (kind != v1::SUBMITTER_KIND_AGENCY) {
      body->clear_agency_type();
    }
    body->clear_keys();
    body->add_keys()->set_spki_der(
        std::string(Key(key).public_key().spki_der()));
    return statement::Sign(statement, {Key('1'), Key('3')}).value();
  }

  // Gives an admitted entry its index and tells the gate, as the sequencer does.
  uint64_t Log(const AdmittedEntry& entry) {
    const uint64_t index = entries_.entries.size();
    std::string bytes;
    statement::AppendEntry(kNow, entry.signed_statement(), entry.verdict(), 1,
                           std::nullopt, &bytes);
    entries_.entries[index] = bytes;
    if (entry.control()) {
      EXPECT_OK(admission_->Integrated(index, bytes));
    }
    return index;
  }

  void LogGenesisAndEnrolments() {
    auto genesis = admission_->AdmitGenesis(Genesis());
    ASSERT_OK(genesis);
    Log(*genesis);
    for (const auto& statement :
         {Enrol(kAgency, v1::SUBMITTER_KIND_AGENCY, 'a'),
          Enrol(kPlatform, v1::SUBMITTER_KIND_PLATFORM, 'p')}) {
      openings_.Clear();
      auto entry = admission_->Admit({"registrar"}, statement, openings_);
      ASSERT_OK(entry);
      Log(*entry);
    }
  }

  v1::Statement Request() {
    return Example(v1::STATEMENT_KIND_FOOTAGE_REQUEST, kAgency);
  }
  absl::StatusOr<AdmittedEntry> AdmitRequest(const v1::Statement& request,
                                             char key = 'a',
                                             absl::string_view peer = kAgency) {
    return admission_->Admit({std::string(peer)},
                             statement::Sign(request, {Key(key)}).value(),
                             openings_);
  }

  base::FakeClock clock_{kNow};
  MemoryEntries entries_;
  std::unique_ptr<PayloadSealer> sealer_;
  std::unique_ptr<Admission> admission_;
  SealOpenings openings_;
};

TEST_F(AdmissionTest, AdmitsGenesisEnrolmentsAndARequest) {
  LogGenesisAndEnrolments();
  auto entry = AdmitRequest(Request());
  ASSERT_OK(entry);
  EXPECT_EQ(entry->feed(), kAgency);
  EXPECT_FALSE(entry->control());
  EXPECT_TRUE(entry->governed());
  EXPECT_EQ(entry->admitted_unix_ms(), kNow);
  EXPECT_EQ(entry->registry_version(), 3u);
  EXPECT_THAT(std::string(entry->sealed_payload()), Not(IsEmpty()));
}

TEST_F(AdmissionTest, NothingButGenesisBeforeGenesis) {
  EXPECT_FALSE(AdmitRequest(Request()).ok());
}

TEST_F(AdmissionTest, GenesisComesOnce) {
  LogGenesisAndEnrolments();
  EXPECT_FALSE(admission_->AdmitGenesis(Genesis()).ok());
  EXPECT_THAT(admission_->Admit({"registrar"}, Genesis(), {}).status(),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(AdmissionTest, GenesisNeedsItsOwnThresholdOfRegistrars) {
  v1::SignedStatement genesis = Genesis();
  genesis.mutable_signatures()->RemoveLast();
  EXPECT_FALSE(admission_->AdmitGenesis(genesis).ok());
}

TEST_F(AdmissionTest, RefusesACallerWithoutCertificate) {
  LogGenesisAndEnrolments();
  EXPECT_THAT(AdmitRequest(Request(), 'a', "").status(),
              StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(AdmissionTest, AStolenCertificateWritesForNobody) {
  LogGenesisAndEnrolments();
  EXPECT_THAT(AdmitRequest(Request(), 'a', kPlatform).status(),
              StatusIs(absl::StatusCode::kPermissionDenied,
                       HasSubstr("the statement that of ori:CA0194200")));
  // The agency's certificate, another submitter's key.
  EXPECT_FALSE(AdmitRequest(Request(), 'p').ok());
}

TEST_F(AdmissionTest, RefusesASignatureThatDoesNotVerify) {
  LogGenesisAndEnrolments();
  auto signed_statement = statement::Sign(Request(), {Key('a')}).value();
  std::string* signature =
      signed_statement.mutable_signatures(0)->mutable_signature();
  (*signature)[7] = static_cast<char>((*signature)[7] ^ 1);
  EXPECT_FALSE(
      admission_->Admit({std::string(kAgency)}, signed_statement, openings_)
          .ok());
}

TEST_F(AdmissionTest, OneRegistrarCannotEnrol) {
  LogGenesisAndEnrolments();
  v1::SignedStatement enrolment =
      Enrol("ori:NY0303000", v1::SUBMITTER_KIND_AGENCY, 'n');
  enrolment.mutable_signatures()->RemoveLast();
  EXPECT_FALSE(admission_->Admit({"registrar"}, enrolment, {}).ok());
}

TEST_F(AdmissionTest, NamesEveryFaultAtOnce) {
  LogGenesisAndEnrolments();
  v1::Statement request = Request();
  request.mutable_footage_request()->set_channel(v1::CHANNEL_UNSPECIFIED);
  request.mutable_footage_request()->set_offence_code("XYZ");
  request.mutable_header()->set_origin("example.com/other-log");
  const absl::Status status = AdmitRequest(request).status();
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument));
  std::vector<std::string> fields;
  for (const auto& violation : statement::ViolationsFromStatus(status)) {
    fields.push_back(violation.field);
  }
  EXPECT_THAT(fields, ::testing::IsSupersetOf({"footage_request.channel",
                                               "footage_request.offence_code",
                                               "header.origin"}));
}

TEST_F(AdmissionTest, RefusesAnOpeningThatDoesNotFitItsSeal) {
  LogGenesisAndEnrolments();
  const v1::Statement request = Request();
  ASSERT_GT(openings_.size(), 0);
  openings_.Mutable(0)->set_value("something else");
  EXPECT_THAT(AdmitRequest(request).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(AdmissionTest, ErrorsDoNotQuoteSealedValues) {
  LogGenesisAndEnrolments();
  const v1::Statement request = Request();
  openings_.Mutable(0)->set_value("planted-marker");
  openings_.Mutable(0)->set_salt("planted-salt");
  EXPECT_THAT(AdmitRequest(request).status().ToString(),
              Not(HasSubstr("planted")));
}

TEST_F(AdmissionTest, SealedFieldsNeedAKeyToKeepThemWith) {
  Options options;
  options.origin = std::string(kOrigin);
  admission_ =
      std::make_unique<Admission>(options, &clock_, &entries_, nullptr);
  LogGenesisAndEnrolments();
  EXPECT_THAT(AdmitRequest(Request()).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(AdmissionTest, UnknownFieldsInTheEnvelopeAreRefused) {
  LogGenesisAndEnrolments();
  auto signed_statement = statement::Sign(Request(), {Key('a')}).value();
  signed_statement.GetReflection()
      ->MutableUnknownFields(&signed_statement)
      ->AddVarint(99, 1);
  EXPECT_THAT(
      admission_->Admit({std::string(kAgency)}, signed_statement, openings_)
          .status(),
      StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(AdmissionTest, AResponseMustNameARequestThatIsInTheLog) {
  LogGenesisAndEnrolments();
  v1::Statement request = Request();
  request.mutable_footage_request()->set_custodian(std::string(kPlatform));
  auto entry = AdmitRequest(request);
  ASSERT_OK(entry);
  const uint64_t index = Log(*entry);
  v1::Statement response =
      Example(v1::STATEMENT_KIND_FOOTAGE_RESPONSE, kPlatform);
  auto* link = response.mutable_footage_response()->mutable_request();
  link->set_index(index);
  link->set_leaf_hash(std::string(
      crypto::AsBytes(crypto::HashPrefixed(0x00, entries_.entries[index]))));
  EXPECT_OK(AdmitRequest(response, 'p', kPlatform));
  link->set_index(index + 1);
  EXPECT_THAT(AdmitRequest(response, 'p', kPlatform).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is not in the log")));
  link->set_index(0);
  EXPECT_THAT(AdmitRequest(response, 'p', kPlatform).status(),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

// It has no policy of its own: that of the request which it is about counts.
TEST_F(AdmissionTest, ARenewalIsHeldAgainstThePolicyOfItsRequest) {
  LogGenesisAndEnrolments();
  v1::Statement request = Request();
  v1::Statement policy =
      Example(v1::STATEMENT_KIND_POLICY_VERSION, "registrar");
  auto* body = policy.mutable_policy_version();
  body->clear_channels();
  body->add_channels(request.footage_request().channel());
  body->mutable_in_force_from()->set_seconds(1);
  body->clear_in_force_until();
  body->set_max_seal_seconds(86400);
  auto entry = admission_->Admit(
      {"registrar"}, statement::Sign(policy, {Key('1'), Key('2')}).value(), {});
  ASSERT_OK(entry);
  Log(*entry);
  request = Request();
  entry = AdmitRequest(request);
  ASSERT_OK(entry);
  const uint64_t index = Log(*entry);
  v1::Statement renewal = Example(v1::STATEMENT_KIND_SEAL_RENEWAL, kAgency);
  openings_.Clear();
  v1::SealRenewal& what = *renewal.mutable_seal_renewal();
  what.mutable_target()->set_index(index);
  what.mutable_target()->set_leaf_hash(std::string(
      crypto::AsBytes(crypto::HashPrefixed(0x00, entries_.entries[index]))));
  what.clear_paths();
  what.add_paths("case_number");
  const auto until = [&](int64_t seconds) {
    what.mutable_sealed_until()->set_seconds(kNow / 1000 + seconds);
    what.mutable_sealed_until()->set_nanos(0);
    renewal.mutable_header()->mutable_claimed_time()->set_seconds(kNow / 1000);
    renewal.mutable_header()->mutable_claimed_time()->set_nanos(0);
  };
  until(86400);
  auto kept = AdmitRequest(renewal);
  ASSERT_OK(kept);
  EXPECT_THAT(std::string(kept->verdict()), HasSubstr("rfa-2021"));
  EXPECT_THAT(std::string(kept->verdict()), Not(HasSubstr("seal.")));
  until(86401);
  auto broken = AdmitRequest(renewal);
  ASSERT_OK(broken);
  EXPECT_THAT(std::string(broken->verdict()), HasSubstr("seal.too_long"));
  // Judged again, it is judged alike.
  const std::string verdict(broken->verdict());
  ASSERT_OK(admission_->Recheck(index + 1, kNow, &*broken));
  EXPECT_EQ(broken->verdict(), verdict);
}

TEST_F(AdmissionTest, QuotaIsPerSubmitter) {
  Options options;
  options.origin = std::string(kOrigin);
  options.quota.statements_per_second = 1;
  options.quota.burst = 2;
  admission_ =
      std::make_unique<Admission>(options, &clock_, &entries_, sealer_.get());
  LogGenesisAndEnrolments();  // two by the registrar
  EXPECT_OK(AdmitRequest(Request()));
  EXPECT_OK(AdmitRequest(Request()));
  EXPECT_THAT(AdmitRequest(Request()).status(),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(AdmissionTest, WhatWasAdmittedBeforeASuspensionIsRecheckedAfterIt) {
  LogGenesisAndEnrolments();
  auto request = AdmitRequest(Request());
  ASSERT_OK(request);
  v1::Statement suspension =
      Example(v1::STATEMENT_KIND_STATUS_CHANGE, "registrar");
  suspension.mutable_status_change()->set_submitter(std::string(kAgency));
  suspension.mutable_status_change()->set_status(
      v1::SUBMITTER_STATUS_SUSPENDED);
  openings_.Clear();
  auto entry = admission_->Admit(
      {"registrar"}, statement::Sign(suspension, {Key('1'), Key('2')}).value(),
      openings_);
  ASSERT_OK(entry);
  Log(*entry);
  ASSERT_NE(request->registry_version(), admission_->version());
  EXPECT_THAT(admission_->Recheck(4, kNow, &*request),
              StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(AdmissionTest, APolicyInForceLeavesItsFindingsInTheEntry) {
  LogGenesisAndEnrolments();
  v1::Statement request = Request();
  auto before = AdmitRequest(request);
  ASSERT_OK(before);
  const SealOpenings openings = openings_;
  v1::Statement policy =
      Example(v1::STATEMENT_KIND_POLICY_VERSION, "registrar");
  auto* body = policy.mutable_policy_version();
  body->clear_channels();
  body->add_channels(request.footage_request().channel());
  body->mutable_in_force_from()->set_seconds(1);
  body->clear_in_force_until();
  body->set_min_window_seconds(0);
  body->set_max_window_seconds(1);
  auto entry = admission_->Admit(
      {"registrar"}, statement::Sign(policy, {Key('1'), Key('2')}).value(), {});
  ASSERT_OK(entry);
  Log(*entry);
  EXPECT_THAT(std::string(before->verdict()), Not(HasSubstr("window.max")));
  // Judged again at its index, it gets the verdict that an auditor will compute.
  ASSERT_OK(admission_->Recheck(4, kNow, &*before));
  EXPECT_THAT(std::string(before->verdict()), HasSubstr("window.max"));
  openings_ = openings;
  auto after = AdmitRequest(request);
  ASSERT_OK(after);
  EXPECT_EQ(after->verdict(), before->verdict());
}

}  // namespace
}  // namespace sightline::admission
