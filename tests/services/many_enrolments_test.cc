// Thousands of agencies enrolled over one stream by two registrars: each is in the
// registry from its own entry on, before and after a restart, and an audit agrees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "base/status_matchers.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "grpcpp/client_context.h"
#include "monitor/check_log.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "proto/sightline/v1/registry_service.grpc.pb.h"
#include "proto/sightline/v1/submission_service.grpc.pb.h"
#include "storage/store_log_reader.h"
#include "tests/services/calls.h"
#include "tests/support/test_log.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {
namespace {

using ::sightline::base::StatusIs;
using ::testing::IsEmpty;

using Registry = v1::RegistryService::Stub;

// 2,000, or what SIGHTLINE_ENROLMENTS says.
size_t Count() {
  const char* const wanted = std::getenv("SIGHTLINE_ENROLMENTS");
  return wanted == nullptr ? 2000 : std::strtoull(wanted, nullptr, 10);
}

// Without a certificate: it does not submit.
Party Agency(size_t i) {
  Party out;
  out.id = absl::StrFormat("ori:TX%05d00", i);
  out.kind = v1::SUBMITTER_KIND_AGENCY;
  out.keys.push_back(
      *crypto::PrivateKey::FromSeed(crypto::AsBytes(crypto::Sha256(out.id))));
  return out;
}

class ManyEnrolments : public ::testing::Test {
 protected:
  void SetUp() override {
    TestLogOptions options;
    options.on_disk = true;
    options.enrol = false;
    ASSERT_OK_AND_ASSIGN(log_, TestLog::Start(options));
  }

  // By id, the entry that its receipt names.
  std::map<std::string, uint64_t> EnrolAll(size_t count) {
    const TestParties& parties = log_->parties();
    const auto stub =
        v1::SubmissionService::NewStub(log_->Channel(&parties.registrar()));
    grpc::ClientContext context;
    SetDeadline(&context);
    const auto call = stub->SubmitStream(&context);
    std::thread writer([&] {
      for (size_t i = 0; i < count; ++i) {
        v1::SubmitStreamRequest request;
        *request.mutable_submit() = parties.Enrolment(Agency(i)).ToRequest();
        if (!call->Write(request)) break;
      }
      call->WritesDone();
    });
    std::map<std::string, uint64_t> indices;
    v1::SubmitStreamResponse response;
    for (size_t i = 0; call->Read(&response); ++i) {
      EXPECT_TRUE(response.has_accepted()) << response.refused().message();
      indices[Agency(i).id] = response.accepted().receipt().index();
    }
    writer.join();
    EXPECT_TRUE(call->Finish().ok());
    return indices;
  }

  // Every page as of `tree_size`, 0: now. By id, the entry that enrolled it.
  std::map<std::string, uint64_t> Listed(uint64_t tree_size) {
    Registry registry(log_->Channel());
    v1::ListSubmittersRequest request;
    request.set_tree_size(tree_size);
    request.set_page_size(300);
    std::map<std::string, uint64_t> out;
    do {
      const auto page = Call(&registry, &Registry::ListSubmitters, request);
      EXPECT_OK(page);
      if (!page.ok()) break;
      for (const v1::Submitter& submitter : page->submitters()) {
        out[submitter.submitter()] = submitter.enrolled_index();
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return out;
  }

  absl::StatusOr<v1::GetSubmitterResponse> Get(const std::string& id,
                                               uint64_t tree_size) {
    Registry registry(log_->Channel());
    v1::GetSubmitterRequest request;
    request.set_submitter(id);
    request.set_tree_size(tree_size);
    return Call(&registry, &Registry::GetSubmitter, request);
  }

  // As `sightline audit` replays it, signatures of both registrars included.
  void ExpectSound(uint64_t entries) {
    storage::StoreLogReader reader(&log_->store());
    monitor::CheckSources sources;
    ASSERT_OK_AND_ASSIGN(sources.checkpoint,
                         log_->store().ReadNewestCheckpoint());
    sources.entries = &reader;
    sources.tiles = &reader;
    sources.stored_tiles = &log_->store();
    monitor::CheckOptions options;
    options.at_rest = true;
    ASSERT_OK_AND_ASSIGN(const monitor::CheckReport report,
                         monitor::CheckLog(sources, nullptr, options));
    EXPECT_THAT(report.problems, IsEmpty());
    EXPECT_EQ(report.checkpoint.tree_size, entries);
  }

  std::unique_ptr<TestLog> log_;
};

TEST_F(ManyEnrolments, AreAllInTheRegistryFromTheirOwnEntriesOn) {
  const size_t count = Count();
  const std::map<std::string, uint64_t> enrolled = EnrolAll(count);
  ASSERT_EQ(enrolled.size(), count);
  EXPECT_EQ(Listed(0), enrolled);

  // As of any tree: those before it, and of the rest none.
  const uint64_t half = 1 + count / 2;
  std::map<std::string, uint64_t> early;
  for (const auto& [id, index] : enrolled) {
    if (index < half) early[id] = index;
  }
  EXPECT_EQ(early.size(), half - 1);
  EXPECT_EQ(Listed(half), early);
  const auto& [last, last_index] = *enrolled.rbegin();
  EXPECT_OK(Get(last, last_index + 1));
  EXPECT_THAT(Get(last, last_index), StatusIs(absl::StatusCode::kNotFound));

  ASSERT_OK(log_->Restart());
  EXPECT_EQ(Listed(0), enrolled);
  EXPECT_EQ(Listed(half), early);
  log_->Stop();
  ExpectSound(count + 1);
}

}  // namespace
}  // namespace sightline::tests
