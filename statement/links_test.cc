#include "statement/links.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "crypto/fixed_rng.h"
#include "crypto/sha256.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/examples.h"
#include "statement/kinds.h"
#include "statement/test_log.h"
#include "statement/timestamps.h"

namespace sightline::statement {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string EntryOf(const v1::Statement& statement) {
  std::string out;
  AppendEntry(1, Sign(statement, {TestKey(1)})->SerializeAsString(), "", 1,
              std::nullopt, &out);
  return out;
}

std::string LeafHashOf(absl::string_view entry) {
  return std::string(crypto::AsBytes(crypto::HashPrefixed(0, entry)));
}

class LinksTest : public ::testing::Test {
 protected:
  LinksTest() {
    target_ = Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST, &openings_);
  }

  v1::Statement Make(v1::StatementKind kind,
                     std::vector<v1::SealOpening>* openings = nullptr) {
    Example example =
        ExampleStatement(kind, kTestOrigin, "", kTestNowUnixMs, rng_);
    if (openings != nullptr) *openings = example.openings;
    return example.statement;
  }

  // What is wrong with the only link of `from`, when it names `target_`.
  std::vector<std::string> Faults(const v1::Statement& from) {
    const std::string entry = EntryOf(target_);
    std::vector<std::string> out;
    for (Link link : LinksOf(from)) {
      link.leaf_hash = LeafHashOf(entry);
      for (const Violation& v : CheckLink(from, link, entry).kept()) {
        out.push_back(absl::StrCat(v.field, ": ", v.description));
      }
    }
    return out;
  }

  crypto::FixedRng rng_{11};
  v1::Statement target_;
  std::vector<v1::SealOpening> openings_;
};

TEST_F(LinksTest, AreFoundInEveryKindThatHasThem) {
  const auto field = [this](v1::StatementKind kind) {
    const std::vector<Link> links = LinksOf(Make(kind));
    return links.empty() ? std::string() : links[0].field;
  };
  EXPECT_EQ(field(v1::STATEMENT_KIND_FOOTAGE_RESPONSE),
            "footage_response.request");
  EXPECT_EQ(field(v1::STATEMENT_KIND_AMENDMENT), "amendment.target");
  EXPECT_EQ(field(v1::STATEMENT_KIND_EMERGENCY_REVIEW),
            "emergency_review.request");
  EXPECT_EQ(field(v1::STATEMENT_KIND_UNSEALING), "unsealing.target");
  EXPECT_EQ(field(v1::STATEMENT_KIND_SEAL_RENEWAL), "seal_renewal.target");
  EXPECT_EQ(field(v1::STATEMENT_KIND_ERASURE), "erasure.target");
  EXPECT_EQ(field(v1::STATEMENT_KIND_SEALED_READ), "sealed_read.target");
  EXPECT_EQ(field(v1::STATEMENT_KIND_FOOTAGE_REQUEST), "");
  EXPECT_EQ(field(v1::STATEMENT_KIND_ATTESTATION), "");
  EXPECT_EQ(field(v1::STATEMENT_KIND_ENROLMENT), "");
  v1::Statement request = Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  request.mutable_footage_request()->mutable_escalates()->set_index(5);
  EXPECT_EQ(LinksOf(request)[0].index, 5u);
  v1::Statement attestation = Make(v1::STATEMENT_KIND_ATTESTATION);
  attestation.mutable_attestation()->mutable_about()->set_index(6);
  EXPECT_EQ(LinksOf(attestation)[0].field, "attestation.about");
}

TEST_F(LinksTest, LeafHashMustBeTheEntrys) {
  const v1::Statement response = Make(v1::STATEMENT_KIND_FOOTAGE_RESPONSE);
  const Link link = LinksOf(response)[0];  // a hash of zeros
  EXPECT_THAT(CheckLink(response, link, EntryOf(target_)).kept(),
              ElementsAre(Violation{"footage_response.request.leaf_hash",
                                    "not the leaf hash of entry 1"}));
}

TEST_F(LinksTest, ResponseAnswersARequestToThisPlatform) {
  v1::Statement response = Make(v1::STATEMENT_KIND_FOOTAGE_RESPONSE);
  EXPECT_THAT(Faults(response), IsEmpty());
  target_.mutable_footage_request()->clear_custodian();
  EXPECT_THAT(Faults(response), IsEmpty());
  target_.mutable_footage_request()->set_custodian("platform:other");
  EXPECT_THAT(Faults(response), ElementsAre("footage_response.request: a "
                                            "request to another platform"));
  target_ = Make(v1::STATEMENT_KIND_AMENDMENT);
  EXPECT_THAT(
      Faults(response),
      ElementsAre("footage_response.request: entry 1 is of kind amendment, "
                  "want footage_request"));
}

TEST_F(LinksTest, EscalationFollowsARequest) {
  v1::Statement request = Make(v1::STATEMENT_KIND_FOOTAGE_REQUEST);
  request.mutable_footage_request()->mutable_escalates()->set_index(1);
  EXPECT_THAT(Faults(request), IsEmpty());
  target_ = Make(v1::STATEMENT_KIND_PERIOD_REPORT);
  EXPECT_THAT(Faults(request),
              Contains(HasSubstr("footage_request.escalates: entry 1 is of")));
}

TEST_F(LinksTest, AmendmentIsOfOnesOwn) {
  v1::Statement amendment = Make(v1::STATEMENT_KIND_AMENDMENT);
  EXPECT_THAT(Faults(amendment), IsEmpty());
  target_.mutable_header()->set_submitter("ori:NY0303000");
  EXPECT_THAT(Faults(amendment), ElementsAre("amendment.target: an entry of "
                                             "another submitter"));
}

TEST_F(LinksTest, CorrectionNamesAFieldOfTheTarget) {
  v1::Statement amendment = Make(v1::STATEMENT_KIND_AMENDMENT);
  amendment.mutable_amendment()->mutable_correction()->set_field(
      "period_report.month");
  EXPECT_THAT(Faults(amendment),
              ElementsAre("amendment.correction.field: the entry has no field "
                          "of this path"));
}

TEST_F(LinksTest, NarrowingIsOfARequest) {
  v1::Statement amendment = Make(v1::STATEMENT_KIND_AMENDMENT);
  amendment.mutable_amendment()->mutable_narrowing();
  EXPECT_THAT(Faults(amendment), IsEmpty());
  target_ = Make(v1::STATEMENT_KIND_PERIOD_REPORT);
  EXPECT_THAT(Faults(amendment), Contains(HasSubstr("want footage_request")));
}

TEST_F(LinksTest, ReviewIsOfAnEmergency) {
  v1::Statement review = Make(v1::STATEMENT_KIND_EMERGENCY_REVIEW);
  v1::FootageRequest& request = *target_.mutable_footage_request();
  EXPECT_THAT(Faults(review), ElementsAre("emergency_review.request: a request "
                                          "that is no emergency"));
  request.set_channel(v1::CHANNEL_EMERGENCY);
  EXPECT_THAT(Faults(review), IsEmpty());
  request.set_channel(v1::CHANNEL_LEGAL_PROCESS);
  request.set_legal_process(v1::LEGAL_PROCESS_EMERGENCY_2702);
  EXPECT_THAT(Faults(review), IsEmpty());
  target_ = Make(v1::STATEMENT_KIND_PERIOD_REPORT);
  EXPECT_THAT(Faults(review),
              Contains("emergency_review.request: entry 1 is of "
                       "kind period_report, want "
                       "footage_request"));
}

TEST_F(LinksTest, PlatformsReviewWhatTheyWereAsked) {
  v1::Statement review = Make(v1::STATEMENT_KIND_EMERGENCY_REVIEW);
  v1::FootageRequest& request = *target_.mutable_footage_request();
  request.set_channel(v1::CHANNEL_EMERGENCY);
  for (const char* const custodian : {"platform:other", ""}) {
    request.set_custodian(custodian);
    review.mutable_header()->set_submitter("platform:example-cameras");
    EXPECT_THAT(Faults(review),
                ElementsAre("emergency_review.request: a request to another "
                            "platform, or to none by name"));
    for (const char* const other : {"court:cacd", "registrar"}) {
      review.mutable_header()->set_submitter(other);
      EXPECT_THAT(Faults(review), IsEmpty());
    }
  }
}

TEST_F(LinksTest, NobodyReviewsTheirOwnRequest) {
  v1::Statement review = Make(v1::STATEMENT_KIND_EMERGENCY_REVIEW);
  target_.mutable_footage_request()->set_channel(v1::CHANNEL_EMERGENCY);
  review.mutable_header()->set_submitter(target_.header().submitter());
  EXPECT_THAT(Faults(review), ElementsAre("emergency_review.request: a request "
                                          "of the reviewer's own"));
}

TEST_F(LinksTest, UnsealingOpensWhatIsSealed) {
  v1::Statement unsealing = Make(v1::STATEMENT_KIND_UNSEALING);
  *unsealing.mutable_unsealing()->mutable_openings(0) = openings_[0];
  EXPECT_THAT(Faults(unsealing), IsEmpty());
  unsealing.mutable_unsealing()->mutable_openings(0)->set_value("other");
  EXPECT_THAT(Faults(unsealing),
              ElementsAre("unsealing.openings[0].value: salt and value do not "
                          "give the commitment"));
  unsealing.mutable_unsealing()->mutable_openings(0)->set_path("judge_name");
  EXPECT_THAT(Faults(unsealing), ElementsAre("unsealing.openings[0].path: not "
                                             "sealed in the entry"));
}

TEST_F(LinksTest, CourtsUnsealWhatOthersSealed) {
  v1::Statement unsealing = Make(v1::STATEMENT_KIND_UNSEALING);
  *unsealing.mutable_unsealing()->mutable_openings(0) = openings_[0];
  unsealing.mutable_header()->set_submitter("ori:NY0303000");
  EXPECT_THAT(Faults(unsealing), ElementsAre("unsealing.target: an entry of "
                                             "another submitter"));
  unsealing.mutable_header()->set_submitter("court:cacd");
  EXPECT_THAT(Faults(unsealing), IsEmpty());
}

TEST_F(LinksTest, KeepersUnsealWhatHasEnded) {
  v1::Statement unsealing = Make(v1::STATEMENT_KIND_UNSEALING);
  *unsealing.mutable_unsealing()->mutable_openings(0) = openings_[0];
  unsealing.mutable_header()->set_submitter("keeper:log");
  const v1::SealedField& field = target_.header().sealed(0);
  ASSERT_EQ(field.path(), openings_[0].path());
  const auto claim = [&](int64_t after_end_ms) {
    *unsealing.mutable_header()->mutable_claimed_time() =
        FromUnixMs(ToUnixMs(field.sealed_until()) + after_end_ms);
    return Faults(unsealing);
  };
  EXPECT_THAT(claim(0), IsEmpty());
  EXPECT_THAT(claim(-1), ElementsAre("unsealing.openings[0].path: its seal has "
                                     "not ended"));
  target_.mutable_header()->mutable_sealed(0)->clear_sealed_until();
  EXPECT_THAT(claim(0), ElementsAre("unsealing.openings[0].path: its seal has "
                                    "not ended"));
}

TEST_F(LinksTest, KeepersDoNotSpeakOfTheFuture) {
  v1::Statement unsealing = Make(v1::STATEMENT_KIND_UNSEALING);
  const int64_t claimed = ToUnixMs(unsealing.header().claimed_time());
  EXPECT_THAT(CheckKeeperTime(unsealing, claimed - 1).kept(), IsEmpty());
  unsealing.mutable_header()->set_submitter("keeper:log");
  EXPECT_THAT(CheckKeeperTime(unsealing, claimed).kept(), IsEmpty());
  EXPECT_THAT(CheckKeeperTime(unsealing, claimed - 1).kept(),
              ElementsAre(Violation{"header.claimed_time",
                                    "later than the log's own time"}));
}

TEST_F(LinksTest, ReadsAreOfOnesOwnButForCourtsAndRegistrars) {
  v1::Statement read = Make(v1::STATEMENT_KIND_SEALED_READ);
  EXPECT_THAT(Faults(read), IsEmpty());
  read.mutable_sealed_read()->add_paths("judge_name");
  EXPECT_THAT(Faults(read),
              ElementsAre("sealed_read.paths[1]: not sealed in the entry"));
  read.mutable_sealed_read()->mutable_paths()->RemoveLast();
  read.mutable_header()->set_submitter("platform:example-cameras");
  EXPECT_THAT(Faults(read), ElementsAre("sealed_read.target: an entry of "
                                        "another submitter"));
  read.mutable_header()->set_submitter("court:cacd");
  EXPECT_THAT(Faults(read), IsEmpty());
  read.mutable_header()->set_submitter("registrar");
  EXPECT_THAT(Faults(read), IsEmpty());
}

TEST_F(LinksTest, RenewalIsOfWhatIsSealed) {
  v1::Statement renewal = Make(v1::STATEMENT_KIND_SEAL_RENEWAL);
  EXPECT_THAT(Faults(renewal), IsEmpty());
  renewal.mutable_seal_renewal()->add_paths("judge_name");
  EXPECT_THAT(Faults(renewal),
              ElementsAre("seal_renewal.paths[1]: not sealed in the entry"));
}

TEST_F(LinksTest, ErasureNeedsASeal) {
  const v1::Statement erasure = Make(v1::STATEMENT_KIND_ERASURE);
  EXPECT_THAT(Faults(erasure), IsEmpty());
  target_.mutable_header()->clear_sealed();
  EXPECT_THAT(Faults(erasure), ElementsAre("erasure.target: nothing is sealed "
                                           "in this entry"));
}

TEST_F(LinksTest, AttestationIsAboutItsSubmitter) {
  v1::Statement attestation = Make(v1::STATEMENT_KIND_ATTESTATION);
  attestation.mutable_attestation()->mutable_about()->set_index(1);
  EXPECT_THAT(Faults(attestation), IsEmpty());
  attestation.mutable_attestation()->set_about_submitter("ori:NY0303000");
  EXPECT_THAT(Faults(attestation),
              Contains(HasSubstr("another submitter than about_submitter")));
}

TEST_F(LinksTest, BytesThatAreNoEntryAreNamed) {
  const v1::Statement response = Make(v1::STATEMENT_KIND_FOOTAGE_RESPONSE);
  Link link = LinksOf(response)[0];
  link.leaf_hash = LeafHashOf("garbage");
  EXPECT_THAT(CheckLink(response, link, "garbage").kept(),
              ElementsAre(::testing::Field(&Violation::field,
                                           "footage_response.request")));
}

}  // namespace
}  // namespace sightline::statement
