// What a store derives from a log, right and wrong in each way.
#include "monitor/record_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/status_matchers.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note.h"
#include "crypto/sha256.h"
#include "merkle/hash.h"
#include "monitor/check_log.h"
#include "monitor/check_options.h"
#include "monitor/check_report.h"
#include "monitor/log_maker.h"
#include "monitor/problem.h"
#include "monitor/store_records.h"
#include "statement/dsse.h"
#include "statement/entry_codec.h"
#include "statement/kinds.h"
#include "tiles/entry_source.h"
#include "tiles/memory_tiles.h"

namespace sightline::monitor {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kAgency = "ori:CA0194200";

// The records of a LogMaker's log, as they must be, for a test to change.
struct Records final : public StoreRecords {
  Records(const LogMaker& log, std::string note) : newest(std::move(note)) {
    std::map<std::string, StoredFeedHead> by_feed;
    for (uint64_t i = 0; i < log.size(); ++i) {
      const auto peek = *statement::PeekEntry(log.entry(i));
      identities[statement::IdentityHash(peek.payload_type, peek.payload)] = i;
      leaves[merkle::LeafHash(log.entry(i))] = i;
      const std::string feed(peek.submitter);
      by_feed[feed] = {feed, peek.feed_ordinal, i};
      if (statement::IsControl(peek.kind)) control.push_back(i);
      tree.last_admitted_unix_ms = peek.admitted_unix_ms;
      if (peek.kind == v1::STATEMENT_KIND_FOOTAGE_REQUEST) payloads[i] = "p";
    }
    for (const auto& [feed, head] : by_feed) heads.push_back(head);
    const auto parsed = checkpoint::ParseNote(newest);
    const auto text = checkpoint::ParseCheckpoint(parsed->text);
    tree.tree_size = text->tree_size;
    tree.root_hash = text->root_hash;
  }

  absl::StatusOr<StoredTree> ReadTree() const override { return tree; }
  absl::Status FindByIdentity(
      absl::Span<const crypto::Digest> hashes,
      std::vector<std::optional<uint64_t>>* out) const override {
    out->clear();
    for (const crypto::Digest& hash : hashes) {
      const auto found = identities.find(hash);
      out->push_back(found == identities.end()
                         ? std::nullopt
                         : std::optional<uint64_t>(found->second));
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<uint64_t>> FindByLeafHash(
      const crypto::Digest& hash) const override {
    const auto found = leaves.find(hash);
    if (found == leaves.end()) return std::nullopt;
    return found->second;
  }
  absl::Status CheckHashIndex() const override { return index; }
  absl::Status CheckPendingPurge() const override { return purge; }
  absl::StatusOr<std::string> ReadCosigned(
      absl::string_view origin) const override {
    EXPECT_EQ(origin, LogMaker::kOrigin);
    return cosigned;
  }
  absl::StatusOr<std::vector<StoredFeedHead>> ReadFeedHeads() const override {
    return heads;
  }
  absl::StatusOr<std::vector<uint64_t>> ReadControlIndices() const override {
    return control;
  }
  absl::StatusOr<std::string> ReadCheckpointCovering(
      uint64_t index) const override {
    const auto older = checkpoints.upper_bound(index);
    return older == checkpoints.end() ? newest : older->second;
  }
  absl::StatusOr<uint64_t> ReadBatchEnd(uint64_t index) const override {
    const auto end = batch_ends.upper_bound(index);
    return end == batch_ends.end() ? tree.tree_size : *end;
  }
  absl::StatusOr<std::string> ReadSealedPayload(uint64_t i) const override {
    const auto found = payloads.find(i);
    if (found == payloads.end()) return absl::NotFoundError("none");
    return found->second;
  }
  absl::Status CheckSealedPayload(const crypto::Digest&, const v1::Statement&,
                                  absl::string_view payload) const override {
    return payload == "p" ? absl::OkStatus() : absl::DataLossError("damaged");
  }

  std::string newest;
  std::map<uint64_t, std::string> checkpoints;  // older ones, by size
  std::set<uint64_t> batch_ends;                // of older batches
  StoredTree tree;
  std::map<crypto::Digest, uint64_t> identities;
  std::map<crypto::Digest, uint64_t> leaves;
  std::vector<StoredFeedHead> heads;
  std::vector<uint64_t> control;
  std::map<uint64_t, std::string> payloads;
  absl::Status index;
  absl::Status purge;
  absl::StatusOr<std::string> cosigned = absl::NotFoundError("none");
};

class RecordCheckTest : public ::testing::Test {
 protected:
  RecordCheckTest() {
    log_.Enrol(kAgency);
    for (int i = 0; i < 5; ++i) log_.Request(kAgency);
    tiles_ = log_.Build();
    records_.emplace(log_, *tiles_.ReadCheckpoint());
  }

  std::vector<std::string> Problems(CheckDepth depth = CheckDepth::kRules) {
    tiles::BundleEntrySource entries(&tiles_, log_.size());
    CheckSources sources;
    sources.checkpoint = *tiles_.ReadCheckpoint();
    sources.entries = &entries;
    sources.tiles = &tiles_;
    sources.stored_tiles = &tiles_;
    sources.records = &*records_;
    CheckOptions options;
    options.depth = depth;
    const auto report = CheckLog(sources, nullptr, options);
    EXPECT_OK(report);
    std::vector<std::string> texts;
    for (const Problem& problem : report->problems) {
      texts.push_back(ProblemText(problem));
    }
    return texts;
  }

  LogMaker log_;
  tiles::MemoryTiles tiles_;
  std::optional<Records> records_;
};

TEST_F(RecordCheckTest, FindsNothingInRecordsThatAreRight) {
  EXPECT_THAT(Problems(), IsEmpty());
  EXPECT_THAT(Problems(CheckDepth::kHashes), IsEmpty());
  EXPECT_THAT(Problems(CheckDepth::kSignatures), IsEmpty());
}

TEST_F(RecordCheckTest, NamesAnEntryThatIsNotFoundByItsHashes) {
  records_->identities.begin()->second ^= 1;
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr(": identity hash: stored")));
  records_->identities.begin()->second ^= 1;
  records_->leaves.erase(merkle::LeafHash(log_.entry(3)));
  EXPECT_THAT(Problems(),
              ElementsAre("entry 3: leaf hash in the index: stored record: got "
                          "none, want entry 3"));
}

TEST_F(RecordCheckTest, NamesAFeedHeadThatIsAnotherOrNone) {
  ++records_->heads.front().ordinal;
  EXPECT_THAT(Problems(), ElementsAre("feed head of ori:CA0194200: stored "
                                      "record: got ordinal 6 at entry 6, want "
                                      "ordinal 5 at entry 6"));
  records_->heads.erase(records_->heads.begin());
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("got none, want ordinal 5")));
  records_->heads.push_back({"ori:CA0194200", 5, 6});
  records_->heads.push_back({"party:nobody", 1, 2});
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("party:nobody")));
}

TEST_F(RecordCheckTest, NamesWhatIsAmissInTheControlList) {
  records_->control = {0, 2};
  EXPECT_THAT(
      Problems(),
      ElementsAre("entry 1: list of control entries: stored record: got not in "
                  "it, want in it",
                  "entry 2: list of control entries: stored record: got in it, "
                  "want not in it"));
}

TEST_F(RecordCheckTest, NamesSealedPayloads) {
  records_->payloads[2] = "x";
  records_->payloads[1] = "p";
  records_->payloads.erase(4);
  EXPECT_THAT(Problems(),
              ElementsAre(HasSubstr("entry 1: sealed payload"),
                          HasSubstr("entry 2: sealed payload: stored record: "
                                    "got damaged"),
                          HasSubstr("entry 4: sealed payload: stored record: "
                                    "got none, and no erasure")));
}

TEST_F(RecordCheckTest, NamesTheTreeStateAndTheIndexAtEveryDepth) {
  records_->tree.root_hash[0] ^= 1;
  records_->index = absl::DataLossError("run 0-64");
  for (const CheckDepth depth : {CheckDepth::kHashes, CheckDepth::kRules}) {
    EXPECT_THAT(Problems(depth),
                ElementsAre(HasSubstr("hash index"), HasSubstr("tree state")));
  }
}

TEST_F(RecordCheckTest, NamesTheTimeOfTheLastEntry) {
  ++records_->tree.last_admitted_unix_ms;
  EXPECT_THAT(Problems(), ElementsAre(HasSubstr("last entry admitted at")));
}

TEST_F(RecordCheckTest, NamesADamagedCheckpointOnce) {
  records_->newest[records_->newest.size() - 10] ^= 1;
  EXPECT_THAT(Problems(CheckDepth::kHashes),
              ElementsAre(HasSubstr("checkpoint covering entry 0")));
}

TEST_F(RecordCheckTest, NamesAnOlderCheckpointThatIsRemovedOrAnother) {
  records_->batch_ends = {2, 5};
  for (const uint64_t size : {2, 5}) {
    LogMaker older;
    older.Enrol(kAgency);
    while (older.size() < size) older.Request(kAgency);
    records_->checkpoints[size] = *older.Build().ReadCheckpoint();
  }
  EXPECT_THAT(Problems(CheckDepth::kHashes), IsEmpty());

  const auto whole = records_->checkpoints;
  records_->checkpoints.erase(2);
  EXPECT_THAT(Problems(CheckDepth::kHashes),
              ElementsAre("checkpoint of tree size 2: stored record: got none, "
                          "want the one that its batch was signed with"));
  // A good signature in the wrong place hides nothing.
  records_->checkpoints[2] = whole.at(5);
  EXPECT_THAT(Problems(CheckDepth::kHashes),
              ElementsAre(HasSubstr("checkpoint of tree size 2")));
  records_->checkpoints.clear();
  EXPECT_THAT(Problems(CheckDepth::kHashes),
              ElementsAre(HasSubstr("checkpoint of tree size 2"),
                          HasSubstr("checkpoint of tree size 5")));
}

TEST_F(RecordCheckTest, NamesWhatIsAmissWithTheCosignedCheckpoint) {
  LogMaker older;
  older.Enrol(kAgency);
  older.Request(kAgency);
  records_->cosigned = *older.Build().ReadCheckpoint();
  EXPECT_THAT(Problems(CheckDepth::kHashes), IsEmpty());

  LogMaker other;
  other.Enrol("ori:CA0380100");
  records_->cosigned = *other.Build().ReadCheckpoint();
  EXPECT_THAT(Problems(CheckDepth::kHashes),
              ElementsAre(HasSubstr("cosigned checkpoint: root hash")));
  while (other.size() <= log_.size()) other.Request("ori:CA0380100");
  records_->cosigned = *other.Build().ReadCheckpoint();
  EXPECT_THAT(Problems(CheckDepth::kHashes),
              ElementsAre(AllOf(HasSubstr("cosigned checkpoint"),
                                HasSubstr("as the log is now"))));
  (*records_->cosigned)[30] ^= 1;
  EXPECT_THAT(Problems(CheckDepth::kHashes),
              ElementsAre(HasSubstr("cosigned checkpoint")));
  records_->cosigned = absl::DataLossError("is cut short");
  EXPECT_THAT(Problems(CheckDepth::kHashes),
              ElementsAre(AllOf(HasSubstr("cosigned checkpoint"),
                                HasSubstr("is cut short"))));
}

TEST_F(RecordCheckTest, NamesAListOfPurgesThatDoesNotReadBack) {
  records_->purge = absl::DataLossError("does not hash to what it says");
  EXPECT_THAT(Problems(CheckDepth::kHashes),
              ElementsAre(HasSubstr("list of payloads to purge: stored record: "
                                    "got does not hash")));
}

TEST_F(RecordCheckTest, FailsWhenTheStoreCannotBeRead) {
  records_->index = absl::UnavailableError("gone");
  tiles::BundleEntrySource entries(&tiles_, log_.size());
  CheckSources sources;
  sources.checkpoint = *tiles_.ReadCheckpoint();
  sources.entries = &entries;
  sources.stored_tiles = &tiles_;
  sources.records = &*records_;
  EXPECT_EQ(CheckLog(sources, nullptr, {}).status().code(),
            absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace sightline::monitor
