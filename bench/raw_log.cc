#include "bench/raw_log.h"

#include <utility>

#include "admission/admitted_entry_maker.h"
#include "base/status_macros.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/vkey.h"
#include "crypto/signer.h"

namespace sightline::bench {

RawLog::~RawLog() { Shutdown(); }

absl::StatusOr<std::unique_ptr<RawLog>> RawLog::Open(
    const std::string& path, const RawLogOptions& options) {
  std::unique_ptr<RawLog> log(new RawLog());
  ASSIGN_OR_RETURN(crypto::PrivateKey key,
                   crypto::PrivateKey::FromSeed(options.key_seed));
  ASSIGN_OR_RETURN(
      checkpoint::NoteSigner signer,
      checkpoint::NoteSigner::Create(
          options.origin, checkpoint::KeyType::kEd25519, std::move(key)));
  log->vkey_ = signer.vkey();
  ASSIGN_OR_RETURN(log->store_,
                   storage::RocksDbLogStore::Open(path, options.store));
  std::vector<checkpoint::NoteSigner> signers;
  signers.push_back(std::move(signer));
  ASSIGN_OR_RETURN(
      log->publisher_,
      publish::Publisher::Create({}, log->store_.get(), options.origin,
                                 std::move(signers),
                                 [](const auto&, uint64_t) { return true; }));
  log->sink_.publisher = log->publisher_.get();
  ASSIGN_OR_RETURN(
      log->sequencer_,
      sequencer::Sequencer::Create(options.sequencer, log->store_.get(),
                                   &log->gate_, &log->encoder_, &log->sink_));
  return log;
}

absl::Status RawLog::Submit(absl::string_view feed, std::string entry,
                            sequencer::Completion done) {
  return Submit(admission::AdmittedEntryMaker::Make(feed, std::move(entry)),
                std::move(done));
}

absl::Status RawLog::Submit(admission::AdmittedEntry entry,
                            sequencer::Completion done) {
  return sequencer_->Submit(std::move(entry), std::move(done));
}

void RawLog::Shutdown() {
  if (sequencer_ != nullptr) sequencer_->Shutdown();
  if (publisher_ != nullptr) publisher_->Shutdown();
}

}  // namespace sightline::bench
