// A served log that takes the real public records in, with the importer's own code:
// what tests of them begin with. Tests only.
//
//   const std::string data = RealDataFolder();
//   if (data.empty()) GTEST_SKIP() << kNoRealData;
//   ASSERT_OK_AND_ASSIGN(auto log, RealDataLog::Start(data));
//
// Nobody is enrolled at first; the policies that Sightline ships are published.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "checkpoint/log_keys.h"
#include "client/log_client.h"
#include "cmd/cli/import/agency_file.h"
#include "cmd/cli/import/identities.h"
#include "cmd/cli/import/importer.h"
#include "cmd/cli/import/key_folder.h"
#include "cmd/cli/import/request_file.h"
#include "crypto/signer.h"
#include "proto/sightline/v1/statement.pb.h"
#include "storage/rocksdb_log_store.h"
#include "tests/support/test_log.h"

namespace sightline::tests {

inline constexpr char kAgencyFile[] =
    "/ring_agency_partnerships_2020-10_with_ori.csv";
inline constexpr char kRequestFile[] =
    "/calecpa_notifications_2016_2021_sanitized.csv";
inline constexpr char kGeofenceFile[] =
    "/google_geofence_warrants_by_jurisdiction_2018-2020.csv";
inline constexpr char kPopulationFile[] = "/county_population_2017.csv";
inline constexpr char kGoogle[] = "platform:google";

inline constexpr char kNoRealData[] =
    "NOT TESTED: set SIGHTLINE_TEST_DATA to the folder of the public records";

// What SIGHTLINE_TEST_DATA says; "" when it says nothing.
std::string RealDataFolder();

// Receipt files by name.
using Receipts = std::map<std::string, std::string>;

class RealDataLog {
 public:
  static absl::StatusOr<std::unique_ptr<RealDataLog>> Start(
      const std::string& data);

  TestLog& log() { return *log_; }
  storage::RocksDbLogStore* store() { return store_.get(); }
  absl::Span<const crypto::PrivateKey> registrars() const {
    return log_->parties().registrar().keys;
  }
  checkpoint::LogKeySet LogKeys() const;
  // As somebody whom nobody knows.
  absl::StatusOr<std::unique_ptr<client::LogClient>> Connect();

  absl::Status Publish(const v1::PolicyVersion& policy);

  absl::StatusOr<cli::AgencyFile> ReadAgencies() const;
  absl::StatusOr<cli::RequestFile> ReadRequests() const;
  // `receipts` may be null; otherwise it outlives the importer.
  cli::Importer MakeImporter(Receipts* receipts);
  // Both files, enrolling and submitting.
  absl::Status Import(cli::ImportResult* agencies, cli::ImportResult* requests,
                      Receipts* receipts);

  // The provider's totals, by the provider, which is enrolled for it.
  absl::Status ReportGeofenceWarrants(const Party& google);

 private:
  explicit RealDataLog(const std::string& data) : data_(data) {}
  absl::Status Open();

  const std::string data_;
  std::unique_ptr<storage::RocksDbLogStore> store_;
  std::unique_ptr<TestLog> log_;  // gone before the store that it writes to
  std::unique_ptr<cli::KeyFolder> keys_;
  std::unique_ptr<cli::Identities> identities_;
  std::mutex receipts_mutex_;
};

}  // namespace sightline::tests
