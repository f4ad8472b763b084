// A served log of the real notices with what notice_story.h adds to them. Tests only.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/log_client.h"
#include "proto/sightline/v1/statement.pb.h"
#include "statement/tally.h"
#include "tests/e2e/notice_story.h"
#include "tests/e2e/real_data_log.h"
#include "tests/e2e/real_notices.h"
#include "tests/support/test_parties.h"

namespace sightline::tests {

class NoticeLog {
 public:
  explicit NoticeLog(const std::string& data);

  // Fails the test when something of it is refused; client() is null then.
  void Fill();

  const std::string& data() const { return data_; }
  const std::vector<Notice>& notices() const { return notices_; }
  // Null: there is none.
  const Notice* Find(const Place& place) const;
  uint64_t IndexOf(const Notice& notice) const {
    return index_by_line_.at(notice.line);
  }
  uint64_t size() const;
  // Of the last answer that counts residents: nine of them, of whom one shared, two
  // declined and six did nothing.
  const statement::Tally& tally() const { return *tally_; }
  client::LogClient* client() { return client_.get(); }

 private:
  const TestParties& parties() const { return log_->log().parties(); }
  void EnrolPlatforms();
  void ImportYearByYear();
  void Answer();
  void FillResponse(const Notice& notice, v1::FootageResponse* response);
  void CountResidents(v1::FootageResponse* response);
  void UnsealWhatEnded();
  v1::EntryLink LinkTo(const Notice& notice);

  const std::string data_;
  const std::vector<Notice> notices_;
  std::map<Place, const Notice*> by_place_;
  std::map<uint64_t, uint64_t> index_by_line_;
  Party google_;
  Party ring_;
  std::unique_ptr<RealDataLog> log_;
  std::unique_ptr<statement::Tally> tally_;
  std::unique_ptr<client::LogClient> client_;
};

}  // namespace sightline::tests
