// DisclosureService: who reads what is sealed, and that the log shows it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "proto/sightline/v1/disclosure_service.grpc.pb.h"
#include "statement/entry_codec.h"
#include "statement/statement_codec.h"
#include "tests/services/calls.h"
#include "tests/services/sealed_log.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Stub = v1::DisclosureService::Stub;

class DisclosureTest : public SealedLogTest {
 protected:
  void SetUp() override { Start(); }

  absl::StatusOr<v1::ReadSealedResponse> ReadAs(const Party* peer,
                                                const Submission& read) {
    Stub stub(log_->Channel(peer));
    v1::ReadSealedRequest request;
    *request.mutable_statement() = read.statement;
    return Call(&stub, &Stub::ReadSealed, request);
  }
  absl::StatusOr<v1::EraseResponse> EraseAs(const Party* peer,
                                            const Submission& erasure) {
    Stub stub(log_->Channel(peer));
    v1::EraseRequest request;
    *request.mutable_statement() = erasure.statement;
    return Call(&stub, &Stub::Erase, request);
  }

  // The openings of the request are the case number, then the narrative.
  void ExpectBoth(const v1::ReadSealedResponse& response) {
    ASSERT_EQ(response.openings_size(), 2);
    EXPECT_EQ(response.openings(0).SerializeAsString(),
              request_.openings[1].SerializeAsString());
    EXPECT_EQ(response.openings(1).SerializeAsString(),
              request_.openings[0].SerializeAsString());
  }
};

TEST_F(DisclosureTest, GivesASubmitterItsOwnAndLogsTheReadFirst) {
  const uint64_t before = size();
  const Submission read =
      Read(parties().agency(), v1::SealedRead::BASIS_OWN_RECORD);
  ASSERT_OK_AND_ASSIGN(const auto response, ReadAs(&parties().agency(), read));
  ExpectBoth(response);
  EXPECT_EQ(response.receipt().index(), before);
  EXPECT_OK(CheckReceipt(parties(), response.receipt(), read.statement));
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(DisclosureTest, GivesOnlyWhatWasAskedFor) {
  ASSERT_OK_AND_ASSIGN(
      const auto response,
      ReadAs(&parties().agency(),
             Read(parties().agency(), v1::SealedRead::BASIS_OWN_RECORD,
                  {"case_number"})));
  ASSERT_EQ(response.openings_size(), 1);
  EXPECT_EQ(response.openings(0).path(), "case_number");
}

TEST_F(DisclosureTest, RefusesStrangersAndLogsNothing) {
  const uint64_t before = size();
  const Submission read =
      Read(parties().platform(), v1::SealedRead::BASIS_OWN_RECORD);
  EXPECT_THAT(ReadAs(&parties().platform(), read),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("an entry of another submitter")));
  EXPECT_EQ(size(), before);
}

TEST_F(DisclosureTest, RefusesACertificateThatIsNotTheReaders) {
  const uint64_t before = size();
  const Submission read =
      Read(parties().agency(), v1::SealedRead::BASIS_OWN_RECORD);
  EXPECT_THAT(ReadAs(&parties().platform(), read),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(ReadAs(nullptr, read),
              StatusIs(absl::StatusCode::kUnauthenticated));
  EXPECT_EQ(size(), before);
}

TEST_F(DisclosureTest, RegistrarsReadTogether) {
  Submission read =
      Read(parties().registrar(), v1::SealedRead::BASIS_OVERSIGHT);
  Submission alone = read;
  alone.statement.mutable_signatures()->RemoveLast();
  EXPECT_THAT(ReadAs(&parties().registrar(), alone),
              StatusIs(absl::StatusCode::kPermissionDenied));
  ASSERT_OK_AND_ASSIGN(const auto response,
                       ReadAs(&parties().registrar(), read));
  ExpectBoth(response);
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(DisclosureTest, CourtsReadByTheirOrder) {
  const Party court = parties().MakeParty("court:cacd");
  ASSERT_OK(log_->Enrol(court));
  ASSERT_OK_AND_ASSIGN(
      const auto response,
      ReadAs(&court, Read(court, v1::SealedRead::BASIS_COURT_ORDER)));
  ExpectBoth(response);
  EXPECT_THAT(ReadAs(&court, Read(court, v1::SealedRead::BASIS_OWN_RECORD)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("sealed_read.basis")));
}

TEST_F(DisclosureTest, OneEntryIsOneRead) {
  const Submission read =
      Read(parties().agency(), v1::SealedRead::BASIS_OWN_RECORD);
  ASSERT_OK(ReadAs(&parties().agency(), read));
  const uint64_t before = size();
  EXPECT_THAT(ReadAs(&parties().agency(), read),
              StatusIs(absl::StatusCode::kAlreadyExists,
                       HasSubstr("this read is entry 4")));
  EXPECT_EQ(size(), before);
}

TEST_F(DisclosureTest, TakesNoOtherKind) {
  EXPECT_THAT(
      ReadAs(&parties().agency(), parties().Request(parties().agency())),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("a statement of kind footage_request, want "
                         "sealed_read")));
}

TEST_F(DisclosureTest, SubmittersUnseal) {
  Stub stub(log_->Channel(&parties().agency()));
  v1::UnsealRequest request;
  *request.mutable_statement() =
      Unsealing(parties().agency(), "case_number").statement;
  ASSERT_OK_AND_ASSIGN(const auto response,
                       Call(&stub, &Stub::Unseal, request));
  EXPECT_OK(CheckReceipt(parties(), response.receipt(), request.statement()));
}

TEST_F(DisclosureTest, RegistrarsEraseTogetherAndTheEntryStays) {
  Submission erasure = Erasure(parties().registrar());
  Submission alone = erasure;
  alone.statement.mutable_signatures()->RemoveLast();
  EXPECT_THAT(EraseAs(&parties().registrar(), alone),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_OK(log_->store().ReadSealedPayload(target_.index()));
  ASSERT_OK_AND_ASSIGN(const auto response,
                       EraseAs(&parties().registrar(), erasure));
  EXPECT_OK(CheckReceipt(parties(), response.receipt(), erasure.statement));
  EXPECT_THAT(log_->store().ReadSealedPayload(target_.index()),
              StatusIs(absl::StatusCode::kNotFound));
  const uint64_t before = size();
  EXPECT_THAT(
      ReadAs(&parties().agency(),
             Read(parties().agency(), v1::SealedRead::BASIS_OWN_RECORD)),
      StatusIs(absl::StatusCode::kNotFound, HasSubstr("was erased")));
  EXPECT_EQ(size(), before);  // a read that gives nothing is none
  EXPECT_THAT(Audit(), IsEmpty());
}

TEST_F(DisclosureTest, AgenciesDoNotErase) {
  EXPECT_THAT(EraseAs(&parties().agency(), Erasure(parties().agency())),
              StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_OK(log_->store().ReadSealedPayload(target_.index()));
}

// --- What stays on disk -----------------------------------------------------------

// The names of files below `folder` that hold `bytes`.
std::vector<std::string> FilesWith(const std::string& folder,
                                   const std::string& bytes) {
  std::vector<std::string> out;
  for (const auto& file :
       std::filesystem::recursive_directory_iterator(folder)) {
    if (!file.is_regular_file()) continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(in), {});
    if (content.find(bytes) != std::string::npos) out.push_back(file.path());
  }
  return out;
}

class ErasureOnDiskTest : public SealedLogTest {
 protected:
  void SetUp() override {
    TestLogOptions options;
    options.on_disk = true;
    Start(std::move(options));
  }
};

TEST_F(ErasureOnDiskTest, CannotBeReadBackFromTheDataFolder) {
  ASSERT_OK_AND_ASSIGN(const std::string ciphertext,
                       log_->store().ReadSealedPayload(target_.index()));
  // Its data key, and its last bytes: an encryption of the value.
  const std::vector<std::string> secrets = {
      ciphertext, ciphertext.substr(12, 60),
      ciphertext.substr(ciphertext.size() - 64)};
  for (const std::string& secret : secrets) {
    EXPECT_FALSE(FilesWith(log_->store_folder(), secret).empty());
  }
  ASSERT_OK(
      log_->Submit(parties().registrar(), Erasure(parties().registrar())));
  ASSERT_OK(log_->log().PurgeErased());
  for (const std::string& secret : secrets) {
    EXPECT_THAT(FilesWith(log_->store_folder(), secret), IsEmpty());
  }
  for (const v1::SealOpening& opening : request_.openings) {
    EXPECT_THAT(FilesWith(log_->store_folder(), opening.value()), IsEmpty());
    EXPECT_THAT(FilesWith(log_->store_folder(), opening.salt()), IsEmpty());
  }
  ASSERT_OK(log_->Restart());
  EXPECT_THAT(log_->store().ReadSealedPayload(target_.index()),
              StatusIs(absl::StatusCode::kNotFound));
  for (const std::string& secret : secrets) {
    EXPECT_THAT(FilesWith(log_->store_folder(), secret), IsEmpty());
  }
  EXPECT_THAT(Audit(), IsEmpty());
}

}  // namespace
}  // namespace sightline::tests
