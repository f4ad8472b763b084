// A made-up year (records/year_maker.h) in a log on disk, opened and served as
// sightlined does, with the views of it.
//
// Shapes:  entry 0 is a genesis with keys, in the place of the year's own; the
//          others are the year's, byte for byte. Nobody signed them: the log is
//          sound by its hashes, not by its signatures.
// Errors:  any failure ends the program.
// Threads: thread-safe; the clock stands at the end of the year.
#pragma once

#include <memory>
#include <string>

#include "base/fake_clock.h"
#include "grpcpp/channel.h"
#include "records/year_maker.h"
#include "services/log_instance.h"
#include "services/server.h"
#include "storage/rocksdb_log_store.h"
#include "storage/rocksdb_view_store.h"
#include "tests/support/test_parties.h"

namespace sightline::bench {

class YearLog {
 public:
  // In `dir`, which must not exist; it is left behind.
  YearLog(const std::string& dir, const records::YearMaker& year);

  // Over TLS, without a certificate of one's own: the record is public.
  std::shared_ptr<grpc::Channel> Channel() const;

  const storage::ViewStore& views() const { return *views_; }
  // What deriving the views took.
  double derive_seconds() const { return derive_seconds_; }

 private:
  void Fill(const records::YearMaker& year) const;
  void Derive(uint64_t entries);
  void Serve();

  const std::string dir_;
  const tests::TestParties parties_;
  base::FakeClock clock_{records::YearMaker::kEnd};
  double derive_seconds_ = 0;
  // In the order that they need each other.
  std::unique_ptr<storage::RocksDbLogStore> store_;
  std::unique_ptr<storage::RocksDbViewStore> views_;
  std::unique_ptr<services::LogInstance> log_;
  std::unique_ptr<services::Server> server_;
};

}  // namespace sightline::bench
