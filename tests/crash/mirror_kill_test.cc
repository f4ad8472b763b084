// Kills mirrors as processes, again and again, at moments drawn from a seed: one
// that copies a running sightlined over HTTP while its log grows, and one that
// logs upload to. What they hold in the end is the log, byte for byte.
//
// Moments are counts of changes in the mirror's folder, never times. The seed is
// printed. Another one:
//   bazel test //tests/crash:mirror_kill_test --test_env=SIGHTLINE_TEST_SEED=7
#include <gtest/gtest.h>
#include <httplib.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/note.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/test_vectors.h"
#include "client/log_client.h"
#include "client/submit_stream.h"
#include "crypto/key_file.h"
#include "crypto/secret.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "mirror/add_entries.h"
#include "mirror/test_upload.h"
#include "tests/crash/command_run.h"
#include "tests/crash/file_watch.h"
#include "tests/crash/log_folder.h"
#include "tests/crash/server_process.h"
#include "tests/support/test_parties.h"
#include "tiles/tile.h"

namespace sightline::tests {
namespace {

namespace fs = std::filesystem;

constexpr int kKills = 30;

uint64_t Seed() {
  const char* const given = std::getenv("SIGHTLINE_TEST_SEED");
  return given == nullptr ? 20'260'202 : std::strtoull(given, nullptr, 10);
}

class Random {
 public:
  Random() : engine_(Seed()) { std::cout << "seed " << Seed() << "\n"; }
  size_t Between(size_t least, size_t most) {
    return std::uniform_int_distribution<size_t>(least, most)(engine_);
  }

 private:
  std::mt19937_64 engine_;
};

// Where the copy is kept.
enum class Destination { kFiles, kRocksDb };

std::string NameOf(const ::testing::TestParamInfo<Destination>& info) {
  return info.param == Destination::kFiles ? "Files" : "RocksDb";
}

uint64_t SizeOf(const std::string& note) {
  const std::vector<std::string> lines = absl::StrSplit(note, '\n');
  return lines.size() < 2 ? 0 : std::strtoull(lines[1].c_str(), nullptr, 10);
}

// --- sightline mirror ---------------------------------------------------------

class MirrorKillTest : public ::testing::TestWithParam<Destination> {
 protected:
  MirrorKillTest() : run_(folder_.path()) {
    fs::create_directory(folder_.data_dir());
  }

  void StartLog() {
    std::vector<std::string> command = folder_.Sightlined();
    command.push_back("--http-listen=127.0.0.1:0");
    ASSERT_OK_AND_ASSIGN(server_, folder_.Start(command));
    ASSERT_OK_AND_ASSIGN(const std::string grpc, server_->AwaitListening());
    ASSERT_OK_AND_ASSIGN(const std::string http,
                         server_->AwaitAddress("serving HTTP"));
    url_ = "http://" + http;
    const TestParties& parties = folder_.parties();
    ASSERT_OK_AND_ASSIGN(const auto registrar,
                         folder_.Connect(grpc, parties.registrar()));
    ASSERT_OK(
        registrar->Submit(parties.Enrolment(parties.agency()).ToRequest()));
    ASSERT_OK_AND_ASSIGN(agency_, folder_.Connect(grpc, parties.agency()));
  }

  void Grow(size_t requests) {
    const TestParties& parties = folder_.parties();
    const auto stream = agency_->OpenSubmitStream();
    for (size_t i = 0; i < requests; ++i) {
      ASSERT_OK(
          stream->Submit(parties.PlainRequest(parties.agency()).ToRequest(),
                         [](absl::StatusOr<client::SubmitResult> answer) {
                           EXPECT_OK(answer.status());
                         }));
    }
    ASSERT_OK(stream->Finish());
  }

  void StopLog() {
    agency_.reset();
    EXPECT_OK(server_->Stop());
  }

  std::string Path(const std::string& name) const {
    return folder_.path() + "/" + name;
  }
  std::vector<std::string> Sightline(std::vector<std::string> words) const {
    words.insert(words.begin(), getenv("SIGHTLINE"));
    words.push_back("--vkey");
    words.push_back(folder_.parties().vkey());
    return words;
  }
  std::vector<std::string> Mirror(const std::string& copy = "copy") const {
    std::vector<std::string> words = {"mirror", url_, Path(copy)};
    if (GetParam() == Destination::kRocksDb) words.push_back("--rocksdb");
    return Sightline(words);
  }
  // Where files come and go while it copies.
  std::string Watched(const std::string& copy = "copy") const {
    return Path(GetParam() == Destination::kRocksDb ? copy
                                                    : copy + "/tile/entries");
  }

  // Kills the mirror kKills times, within what a copy of the whole log changes:
  // of its files the first quarter, so that several are killed before one ends.
  // When one comes to its end, the log grows.
  void KillMirrors() {
    size_t most = run_.ChangesOf(Mirror("other"), Watched("other"));
    EXPECT_GT(most, 8u);
    if (GetParam() == Destination::kFiles) most /= 4;
    int ended = 0;
    for (int killed = 0; killed < kKills;) {
      SCOPED_TRACE(absl::StrCat("after ", killed, " kills"));
      const size_t changes = random_.Between(0, most);
      if (run_.Until(Mirror(), Watched(), changes)) {
        ++ended;
        Grow(random_.Between(600, 1500));
      } else {
        ++killed;
        if (GetParam() == Destination::kFiles) ExpectPromisesKept();
      }
      ASSERT_FALSE(HasFailure());
    }
    std::cout << kKills << " mirrors killed within " << most << " changes, "
              << ended << " came to their end\n";
  }

  // Whenever it was stopped, what its checkpoint promises is there.
  void ExpectPromisesKept() {
    const auto files = FilesBelow(Path("copy"));
    const auto note = files.find("checkpoint");
    if (note == files.end()) return;
    for (const tiles::TileCoord& at : tiles::AllTiles(SizeOf(note->second))) {
      EXPECT_EQ(files.count(tiles::TilePath(at)), 1u) << tiles::TilePath(at);
      if (at.level > 0) continue;
      const std::string path = tiles::EntryBundlePath(at.index, at.width);
      EXPECT_EQ(files.count(path), 1u) << path;
    }
  }

  // Also the partial tiles of earlier trees, which may stay.
  void ExpectWhatTheLogServes() {
    httplib::Client log(url_);
    for (const auto& [path, bytes] : FilesBelow(Path("copy"))) {
      const auto served = log.Get("/" + path);
      ASSERT_TRUE(served);
      EXPECT_EQ(served->status, 200) << path;
      EXPECT_TRUE(served->body == bytes) << path;
    }
  }

  LogFolder folder_;
  CommandRun run_;
  Random random_;
  std::unique_ptr<ServerProcess> server_;
  std::string url_;
  std::unique_ptr<client::LogClient> agency_;
};

TEST_P(MirrorKillTest, EndsByteEqualToTheLog) {
  StartLog();
  ASSERT_FALSE(HasFatalFailure());
  Grow(2000);
  KillMirrors();
  ASSERT_FALSE(HasFailure());
  run_.ToItsEnd(Mirror());
  run_.ToItsEnd(Sightline({"audit", Path("copy")}));
  // A copy of the copy has nothing but the newest tree.
  run_.ToItsEnd(Sightline({"mirror", Path("copy"), Path("files")}));
  if (GetParam() == Destination::kFiles) ExpectWhatTheLogServes();
  StopLog();
  // What the log's own folder holds, by a way that no mirror takes.
  run_.ToItsEnd(Sightline(
      {"export", "--tiles", Path("site"), "--data-dir", folder_.data_dir()}));
  EXPECT_TRUE(FilesBelow(Path("files")) == FilesBelow(Path("site")));
}

INSTANTIATE_TEST_SUITE_P(Into, MirrorKillTest,
                         ::testing::Values(Destination::kFiles,
                                           Destination::kRocksDb),
                         NameOf);

// --- sightline mirror-server ------------------------------------------------

class MirrorServerKillTest : public ::testing::TestWithParam<Destination> {
 protected:
  static constexpr uint64_t kSize = 30000;

  MirrorServerKillTest() {
    std::string name = absl::StrCat(::testing::TempDir(), "/held.XXXXXX");
    folder_ = mkdtemp(name.data());
    EXPECT_OK(crypto::WriteSecretFile(
        folder_ + "/logs.txt",
        absl::StrCat("logs/v0\n\nvkey ", checkpoint::kLogVkey, "\n")));
    EXPECT_OK(crypto::WriteSecretFile(folder_ + "/mirror.key",
                                      signer_.PrivateText()->view()));
    fs::create_directories(Watched());
  }
  ~MirrorServerKillTest() override {
    server_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  static std::string OriginHash() {
    return base::HexEncode(
        crypto::AsBytes(crypto::Sha256(checkpoint::kLogOrigin)));
  }
  std::string Watched() const {
    const std::string held = absl::StrCat(folder_, "/held/logs/", OriginHash());
    return GetParam() == Destination::kRocksDb ? held : held + "/tile/entries";
  }

  void StartServer() {
    std::vector<std::string> command = {
        getenv("SIGHTLINE"),     "mirror-server",
        folder_ + "/held",       "--logs",
        folder_ + "/logs.txt",   "--key",
        folder_ + "/mirror.key", "--submit=127.0.0.1:0",
        "--serve=127.0.0.1:0",   "--client-per-second=0"};
    if (GetParam() == Destination::kRocksDb) command.push_back("--rocksdb");
    ASSERT_OK_AND_ASSIGN(server_,
                         ServerProcess::Start(command, folder_ + "/stderr"));
    ASSERT_OK_AND_ASSIGN(submit_, server_->AwaitAddress("taking uploads"));
    ASSERT_OK_AND_ASSIGN(serve_, server_->AwaitAddress("serving HTTP"));
  }

  httplib::Result Post(const std::string& path, const std::string& body) {
    httplib::Client client("http://" + submit_);
    client.set_read_timeout(300);
    return client.Post("/" + path, body, "application/octet-stream");
  }
  std::string Get(const std::string& path) {
    httplib::Client client("http://" + serve_);
    const auto got = client.Get(absl::StrCat("/", OriginHash(), "/", path));
    return got && got->status == 200
               ? got->body
               : absl::StrCat("status ", got ? got->status : -1);
  }

  // What is pending, and what the mirror lacks.
  void AskWhereItIs() {
    const auto answer = Post("add-entries", log_.AddEntries(0, 0));
    ASSERT_TRUE(answer);
    if (answer->status == 422) {
      next_ = {};  // nothing is pending
      return;
    }
    ASSERT_EQ(answer->status, 409) << answer->body;
    ASSERT_OK_AND_ASSIGN(next_, mirror::ParseMirrorInfo(answer->body));
    pending_ = next_.tree_size;
  }

  // After a kill: nothing that was answered is lost.
  void ExpectNothingLost() {
    AskWhereItIs();
    ASSERT_FALSE(HasFatalFailure());
    EXPECT_GE(pending_, answered_pending_);
    EXPECT_GE(next_.next_entry, answered_next_);
    const std::string note = Get("checkpoint");
    if (answered_cosigned_ == 0 && note == "status 404") return;
    const auto parsed = checkpoint::ParseNote(note);
    ASSERT_OK(parsed.status()) << note;
    const uint64_t size = SizeOf(note);
    EXPECT_GE(size, answered_cosigned_);
    ExpectHeld(note, size, /*every=*/false);
  }

  // The mirror's line is on the log's note, and tiles up to it are served.
  void ExpectHeld(const std::string& note, uint64_t size, bool every) {
    const auto parsed = checkpoint::ParseNote(note);
    ASSERT_OK(parsed.status()) << note;
    EXPECT_EQ(note.substr(0, log_.Note(size).size()), log_.Note(size));
    ASSERT_EQ(parsed->signatures.size(), 2u);
    EXPECT_OK(signer_.verifier().Verify(parsed->text,
                                        parsed->signatures[1].signature));
    for (const tiles::TileCoord& at : tiles::AllTiles(size)) {
      if (!every && random_.Between(0, 9) != 0) continue;
      EXPECT_EQ(Get(tiles::TilePath(at)),
                *log_.tiles().ReadTile(at.level, at.index, at.width))
          << tiles::TilePath(at);
      if (at.level > 0) continue;
      const std::string path = tiles::EntryBundlePath(at.index, at.width);
      EXPECT_EQ(Get(path), *log_.tiles().ReadEntryBundle(at.index, at.width))
          << path;
    }
  }

  // One call of the log: a checkpoint when all that is pending is held, else
  // some entries. OK also when the server dies under it.
  void Call() {
    if (next_.next_entry == pending_) {
      const uint64_t size =
          std::min<uint64_t>(kSize, pending_ + random_.Between(300, 3000));
      const auto answer =
          Post("add-checkpoint", log_.AddCheckpoint(pending_, size));
      if (!answer) return;
      EXPECT_EQ(answer->status, 200) << answer->body;
      pending_ = answered_pending_ = size;
      return;
    }
    const auto answer = Post(
        "add-entries", log_.AddEntries(next_.next_entry, pending_, next_.ticket,
                                       random_.Between(1, 4)));
    if (!answer) return;
    if (answer->status == 202) {
      const auto info = mirror::ParseMirrorInfo(answer->body);
      ASSERT_OK(info.status());
      next_ = *info;
    } else {
      ASSERT_EQ(answer->status, 200) << answer->body;
      next_.next_entry = answered_cosigned_ = pending_;
    }
    answered_next_ = next_.next_entry;
  }

  // Some calls, and the server's death under the last of them or after it.
  void CallAndKill() {
    for (size_t calls = random_.Between(0, 2); calls > 0; --calls) {
      Call();
      ASSERT_FALSE(HasFatalFailure());
    }
    const size_t changes = random_.Between(0, 5);
    const int answered = eventfd(0, EFD_CLOEXEC);
    FileWatch watch(Watched());
    std::thread last([this, answered] {
      Call();
      eventfd_write(answered, 1);
    });
    if (watch.AwaitChanges(changes, answered)) ++killed_at_work_;
    server_->Kill();
    last.join();
    close(answered);
    EXPECT_EQ(server_->Wait(), "killed by signal 9") << server_->Stderr();
  }

  mirror::UploadingLog log_{kSize};
  const checkpoint::NoteSigner signer_ = *checkpoint::NoteSigner::Create(
      "example.com/mirror", checkpoint::KeyType::kCosignature,
      *crypto::PrivateKey::FromSeed(std::string(32, '\x03')));
  std::string folder_;
  Random random_;
  std::unique_ptr<ServerProcess> server_;
  std::string submit_, serve_;
  uint64_t pending_ = 0;
  mirror::MirrorInfo next_;
  // What the mirror has said.
  uint64_t answered_pending_ = 0;
  uint64_t answered_next_ = 0;
  uint64_t answered_cosigned_ = 0;
  int killed_at_work_ = 0;
};

TEST_P(MirrorServerKillTest, LosesNothingThatItAnswered) {
  for (int round = 0; round < kKills; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    StartServer();
    ASSERT_FALSE(HasFatalFailure());
    ExpectNothingLost();
    ASSERT_FALSE(HasFailure());
    CallAndKill();
    ASSERT_FALSE(HasFailure());
  }
  StartServer();
  ASSERT_FALSE(HasFatalFailure());
  ExpectNothingLost();
  while (!HasFailure() && answered_cosigned_ < kSize) Call();
  ASSERT_FALSE(HasFailure());
  ExpectHeld(Get("checkpoint"), kSize, /*every=*/true);
  // Whoever copies it proves every entry and tile once more.
  CommandRun run(folder_);
  run.ToItsEnd({getenv("SIGHTLINE"), "mirror",
                absl::StrCat("http://", serve_, "/", OriginHash()),
                folder_ + "/copy", "--vkey", checkpoint::kLogVkey});
  EXPECT_OK(server_->Stop());
  std::cout << kKills << " servers killed, " << killed_at_work_
            << " of them at work\n";
}

INSTANTIATE_TEST_SUITE_P(Into, MirrorServerKillTest,
                         ::testing::Values(Destination::kFiles,
                                           Destination::kRocksDb),
                         NameOf);

}  // namespace
}  // namespace sightline::tests
