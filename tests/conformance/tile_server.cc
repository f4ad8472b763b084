// Serves a log whose leaves everybody can compute, over HTTP on a free port.
//
//   tile_server eight    leaves: the eight of the original CT tests
//   tile_server numbers  leaf i is the 8-byte big-endian number i
//
// Prints "serving HTTP on ADDRESS". Each line N on standard input makes the log N
// leaves large, in one batch; it is answered by "size N" once that is published.
// Ends with standard input.
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/status_macros.h"
#include "checkpoint/log_checkpoint.h"
#include "checkpoint/note_signer.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "merkle/batch_tree.h"
#include "merkle/compact_range.h"
#include "merkle/hash.h"
#include "publish/publisher.h"
#include "storage/memory_log_store.h"
#include "telemetry/diagnostics.h"
#include "tiles/entry_bundle.h"
#include "tiles/tile_builder.h"
#include "web/server.h"
#include "web/tlog_handler.h"

namespace sightline::tests {
namespace {

constexpr char kOrigin[] = "example.com/vector-log";
constexpr char kSeedByte = 1;

class KnownLog {
 public:
  explicit KnownLog(bool eight) : eight_(eight), signer_(MakeSigner()) {}

  absl::Status GrowTo(uint64_t size);

  const storage::LogStore& store() const { return store_; }
  std::shared_ptr<const publish::PublishedTree> published() const {
    base::MutexLock lock(&mutex_);
    return published_;
  }

 private:
  static checkpoint::NoteSigner MakeSigner() {
    return *checkpoint::NoteSigner::Create(
        kOrigin, checkpoint::KeyType::kEd25519,
        *crypto::PrivateKey::FromSeed(std::string(32, kSeedByte)));
  }
  std::string Entry(uint64_t index) const;

  const bool eight_;
  const checkpoint::NoteSigner signer_;
  storage::MemoryLogStore store_;
  merkle::CompactRange range_;
  tiles::TileBuilder tiles_;

  mutable base::Mutex mutex_;
  std::shared_ptr<const publish::PublishedTree> published_
      ABSL_GUARDED_BY(mutex_) = std::make_shared<publish::PublishedTree>();
};

std::string KnownLog::Entry(uint64_t index) const {
  static constexpr const char* kEight[] = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  return eight_ ? *base::HexDecode(kEight[index % 8]) : base::U64(index);
}

absl::Status KnownLog::GrowTo(uint64_t size) {
  std::string entries;
  std::vector<uint32_t> ends;
  std::vector<crypto::Digest> leaves;
  std::vector<crypto::Digest> identities;
  for (uint64_t i = range_.size(); i < size; ++i) {
    const std::string entry = Entry(i);
    RETURN_IF_ERROR(tiles::AppendEntry(entry, &entries));
    ends.push_back(static_cast<uint32_t>(entries.size()));
    leaves.push_back(merkle::LeafHash(entry));
    identities.push_back(crypto::Sha256(base::U64(i)));
  }
  merkle::BatchTree tree;
  tree.Reset(range_, leaves);
  ASSIGN_OR_RETURN(const std::string note,
                   checkpoint::SignCheckpoint({kOrigin, size, tree.root(), {}},
                                              {&signer_, 1}));
  storage::Batch batch;
  batch.expected_tree_size = range_.size();
  batch.entries = entries;
  batch.entry_ends = ends;
  batch.leaf_hashes = leaves;
  batch.identity_hashes = identities;
  ASSIGN_OR_RETURN(batch.tiles, tiles_.Build(tree));
  batch.state.tree_size = size;
  batch.state.root_hash = tree.root();
  batch.checkpoint = note;
  RETURN_IF_ERROR(store_.Commit(batch));
  tiles_.Commit();
  range_ = tree.range();
  auto published = std::make_shared<publish::PublishedTree>();
  published->tree_size = size;
  published->root_hash = tree.root();
  published->checkpoint = note;
  base::MutexLock lock(&mutex_);
  published_ = std::move(published);
  return absl::OkStatus();
}

absl::Status Serve(bool eight) {
  KnownLog log(eight);
  web::TlogHandler handler([&log] { return log.published(); }, &log.store(),
                           telemetry::NoDiagnostics());
  web::ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  // Nobody is disconnected for being slow: whoever is in the way stays there.
  options.request_timeout = options.send_timeout = absl::Hours(1);
  ASSIGN_OR_RETURN(const auto server,
                   web::Server::Start(options, &handler, base::Clock::Real(),
                                      telemetry::NoDiagnostics()));
  std::cout << "serving HTTP on " << server->addresses().front() << std::endl;
  for (std::string line; std::getline(std::cin, line);) {
    uint64_t size = 0;
    if (!absl::SimpleAtoi(line, &size)) {
      return absl::InvalidArgumentError(absl::StrCat("size ", line));
    }
    RETURN_IF_ERROR(log.GrowTo(size));
    std::cout << "size " << size << std::endl;
  }
  server->Shutdown(absl::Seconds(1));
  return absl::OkStatus();
}

}  // namespace
}  // namespace sightline::tests

int main(int argc, char** argv) {
  const absl::Status status =
      sightline::tests::Serve(argc == 2 && std::string(argv[1]) == "eight");
  if (!status.ok()) std::cerr << "tile_server: " << status << "\n";
  return status.ok() ? EXIT_SUCCESS : EXIT_FAILURE;
}
