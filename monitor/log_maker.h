// Makes whole logs, sound ones and every kind of unsound one. Tests only.
//
// Shares no code with admission, sequencer and publisher: what the checker thinks
// of their logs is tested where they are.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "checkpoint/log_keys.h"
#include "checkpoint/note_signer.h"
#include "crypto/fixed_rng.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/entry.pb.h"
#include "proto/sightline/v1/statement.pb.h"
#include "proto/sightline/v1/vocabulary.pb.h"
#include "statement/registry.h"
#include "tiles/memory_tiles.h"

namespace sightline::monitor {

class LogMaker {
 public:
  static constexpr absl::string_view kOrigin = "log.example/test";
  static constexpr int64_t kStartUnixMs = 1590969600000;  // 2020-06-01

  // Begins with a genesis: one log key, three registrars, two must sign.
  LogMaker();

  // The key of `name`, always the same. "log" signs checkpoints; "registrar 0"
  // to "registrar 2" are the registrars'; submitters sign with their id's.
  static crypto::PrivateKey Key(absl::string_view name);

  uint64_t size() const { return entries_.size(); }
  const std::string& entry(uint64_t index) const { return entries_[index]; }
  std::string leaf_hash(uint64_t index) const;

  // An example of a kind, by `submitter` ("" as statement/examples.h), to be
  // changed and added.
  v1::Statement Make(v1::StatementKind kind, absl::string_view submitter);

  // Adds statements as a sound log would: signed by those who should, numbered,
  // with the policy's findings. Returns the index.
  uint64_t Add(const v1::Statement& statement);
  // With other signers than it should have.
  uint64_t AddSignedBy(const v1::Statement& statement,
                       absl::Span<const crypto::PrivateKey> keys);
  // After `damage` has changed the finished entry; the log goes on as if it had
  // not.
  uint64_t AddDamaged(const v1::Statement& statement,
                      const std::function<void(v1::Entry*)>& damage);
  // Any bytes.
  uint64_t AddBytes(std::string entry);

  // The face of a request with a whole_seal (statement/whole_seal.h), signed by
  // its submitter; `opening` opens it.
  uint64_t AddFace(const v1::Statement& request, v1::SealOpening* opening);
  // An unsealing by `submitter`, to be added.
  v1::Statement Opening(absl::string_view submitter, uint64_t face,
                        const v1::SealOpening& opening);

  uint64_t Enrol(absl::string_view submitter);
  uint64_t Request(absl::string_view submitter);

  // A request whose case number is sealed until then, and what is said of that
  // seal. The renewal is the submitter's; whoever unseals says that it is
  // `claimed_unix_ms`.
  struct Sealed {
    uint64_t index = 0;
    v1::SealOpening opening;
  };
  Sealed SealedRequest(absl::string_view submitter, int64_t until_unix_ms);
  uint64_t Renew(absl::string_view submitter, const Sealed& sealed,
                 int64_t until_unix_ms);
  uint64_t Unseal(absl::string_view submitter, const Sealed& sealed,
                  int64_t claimed_unix_ms);

  // The next entry is admitted this much later than the one before.
  void set_step_ms(int64_t step_ms) { step_ms_ = step_ms; }

  // Tiles, bundles and a checkpoint by `signer` (null: the log's key).
  tiles::MemoryTiles Build(
      const checkpoint::NoteSigner* signer = nullptr) const;
  std::string CheckpointOf(uint64_t tree_size, const std::string& root,
                           const checkpoint::NoteSigner* signer) const;
  static checkpoint::NoteSigner Signer(absl::string_view key_name);
  static checkpoint::LogKeySet TrustedKeys();

 private:
  struct Feed {
    uint64_t ordinal = 0;
    uint64_t last_index = 0;
  };

  std::vector<crypto::PrivateKey> SignersOf(
      const v1::Statement& statement) const;
  v1::Entry Place(const v1::Statement& statement,
                  absl::Span<const crypto::PrivateKey> keys);
  void PlaceInFeed(const std::string& feed, v1::Entry* entry);
  uint64_t AddGenesis();

  crypto::FixedRng rng_{1};
  int64_t now_ms_ = kStartUnixMs;
  int64_t step_ms_ = 1000;
  statement::Registry registry_;
  std::map<std::string, Feed> feeds_;
  std::vector<std::string> entries_;
};

}  // namespace sightline::monitor
