#include "client/entry_stream.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/status_matchers.h"
#include "client/fake_log.h"
#include "client/log_client.h"

namespace sightline::client {
namespace {

using ::sightline::base::StatusIs;

class EntryStreamTest : public ::testing::Test {
 protected:
  EntryStreamTest() {
    log_.Fill(25);
    log_.set_run_size(4);
    Options options;
    options.first_backoff = absl::Milliseconds(1);
    options.max_backoff = absl::Milliseconds(2);
    auto client = LogClient::Create(log_.channel(), log_.log_keys(), options);
    EXPECT_OK(client.status());
    client_ = *std::move(client);
  }

  // Reads until `count` entries have come, or the end.
  std::vector<uint64_t> Read(EntryStream* stream, size_t count) {
    std::vector<uint64_t> indices;
    while (indices.size() < count) {
      const auto run = stream->Next();
      EXPECT_OK(run.status());
      if (!run.ok() || !run->has_value()) break;
      for (const EntryView& entry : (*run)->entries()) {
        EXPECT_EQ(entry.bytes, log_.Entry(entry.index));
        indices.push_back(entry.index);
      }
    }
    return indices;
  }

  std::vector<uint64_t> From(uint64_t begin, uint64_t end, uint64_t step = 1) {
    std::vector<uint64_t> out;
    for (uint64_t i = begin; i < end; i += step) out.push_back(i);
    return out;
  }

  FakeLog log_;
  std::unique_ptr<LogClient> client_;
};

TEST_F(EntryStreamTest, EndsAtTheTreeOfItsBeginning) {
  auto stream = client_->StreamEntries({.start_index = 3});
  EXPECT_EQ(Read(stream.get(), 1000), From(3, 26));
  ASSERT_OK_AND_ASSIGN(const auto end, stream->Next());
  EXPECT_FALSE(end.has_value());
  EXPECT_EQ(stream->next_index(), 26u);
}

TEST_F(EntryStreamTest, FollowsTheTail) {
  auto stream = client_->StreamEntries({.start_index = 20, .follow = true});
  std::thread writer([this] { log_.Fill(10); });
  EXPECT_EQ(Read(stream.get(), 16), From(20, 36));
  writer.join();
}

TEST_F(EntryStreamTest, GivesWhatTheFilterLetsThrough) {
  EntryStreamOptions options;
  options.filter.add_submitters("ori:CA0194200");
  auto stream = client_->StreamEntries(std::move(options));
  EXPECT_EQ(Read(stream.get(), 1000), From(2, 26, 2));
}

TEST_F(EntryStreamTest, GoesOnWhereItWasAfterALostConnection) {
  int retries = 0;
  EntryStreamOptions options;
  options.follow = true;
  options.on_retry = [&retries](const absl::Status&, absl::Duration) {
    ++retries;
  };
  auto stream = client_->StreamEntries(std::move(options));
  std::vector<uint64_t> indices = Read(stream.get(), 8);
  for (int i = 0; i < 3; ++i) {
    log_.BreakStreams();
    for (uint64_t index : Read(stream.get(), 8)) indices.push_back(index);
    log_.Fill(4);
  }
  EXPECT_EQ(indices, From(0, indices.size()));
  EXPECT_GE(retries, 1);
}

TEST_F(EntryStreamTest, GivesUpAfterSoManyFailures) {
  log_.FailNext(grpc::Status(grpc::StatusCode::UNAVAILABLE, "down"), 1000);
  auto stream = client_->StreamEntries({.max_failures = 3});
  EXPECT_THAT(stream->Next(), StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(EntryStreamTest, EndsWithAnErrorThatDoesNotPass) {
  log_.FailNext(grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "no"));
  auto stream = client_->StreamEntries({.follow = true});
  EXPECT_THAT(stream->Next(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(EntryStreamTest, IsCancelledFromAnotherThread) {
  auto stream = client_->StreamEntries({.start_index = 26, .follow = true});
  std::thread other([&stream] { stream->Cancel(); });
  EXPECT_THAT(stream->Next(), StatusIs(absl::StatusCode::kCancelled));
  other.join();
  EXPECT_THAT(stream->Next(), StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(EntryStreamTest, MayBeDroppedUnread) {
  auto stream = client_->StreamEntries({.follow = true});
  EXPECT_EQ(Read(stream.get(), 4).size(), 4u);
}

TEST_F(EntryStreamTest, CatchesARunThatLeavesAnEntryOut) {
  log_.Tamper<v1::StreamEntriesResponse>([](auto* a) {
    a->mutable_run()->mutable_entries()->DeleteSubrange(1, 1);
  });
  auto stream = client_->StreamEntries({});
  EXPECT_THAT(stream->Next(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(EntryStreamTest, CatchesARunThatIsSkipped) {
  // The first run again, true in itself, where the second should come. (The
  // server's thread may outlive this function.)
  const auto first = std::make_shared<v1::StreamEntriesResponse>();
  log_.Tamper<v1::StreamEntriesResponse>([first](auto* a) {
    if (!first->has_run()) *first = *a;
    *a = *first;
  });
  auto stream = client_->StreamEntries({});
  ASSERT_OK(stream->Next().status());
  EXPECT_THAT(stream->Next(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST_F(EntryStreamTest, CatchesATreeThatShrinks) {
  FakeLog same;  // as this log was before it had grown
  same.Fill(25);
  auto stream = client_->StreamEntries({.follow = true});
  log_.Fill(4);
  ASSERT_OK(stream->Next().status());
  log_.Tamper<v1::StreamEntriesResponse>([note = same.Note(26)](auto* a) {
    a->mutable_run()->set_checkpoint(note);
  });
  absl::Status caught;
  while (caught.ok()) caught = stream->Next().status();
  EXPECT_THAT(caught, StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace sightline::client
