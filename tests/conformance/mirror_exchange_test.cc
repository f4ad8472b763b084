// A log uploads itself to a C2SP mirror, step by step over HTTP, as
// c2sp.org/tlog-mirror has it; what is served then is the log, byte for byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/fake_clock.h"
#include "base/gzip.h"
#include "base/status_matchers.h"
#include "checkpoint/note.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/test_vectors.h"
#include "client/resource_log_reader.h"
#include "crypto/aead.h"
#include "crypto/fixed_rng.h"
#include "crypto/secret.h"
#include "crypto/sha256.h"
#include "crypto/signer.h"
#include "mirror/add_entries.h"
#include "mirror/file_resources.h"
#include "mirror/handler.h"
#include "mirror/mirror.h"
#include "mirror/test_upload.h"
#include "mirror/ticket.h"
#include "monitor/static_files.h"
#include "telemetry/diagnostics.h"
#include "tiles/tile.h"
#include "web/prefix_handler.h"
#include "web/reader_handler.h"
#include "web/server.h"
#include "witness/file_cosigned_store.h"
#include "witness/http_server.h"

namespace sightline {
namespace {

namespace fs = std::filesystem;
using mirror::MirrorInfo;

constexpr char kType[] = "application/octet-stream";
// specs of the vector: SHA-256 of the origin.
constexpr char kOriginHash[] =
    "d9b4e0740e8f9636e5e025045a8a409634fe49735ecefb2be486907a2de7193b";

// A mirror's process: what it has in memory.
class Running {
 public:
  Running(const std::string& folder, const checkpoint::NoteSigner& signer,
          base::FakeClock* clock)
      : files_(std::move(
            monitor::StaticFiles::Open(folder + "/logs/" + kOriginHash)
                .value())),
        pending_(std::move(
            witness::FileCosignedStore::Open(folder + "/pending").value())),
        cosigned_(std::move(
            witness::FileCosignedStore::Open(folder + "/cosigned").value())) {
    mirror::Mirror::Parts parts;
    parts.logs = {
        {{checkpoint::kLogOrigin, {checkpoint::LogSigner().verifier()}, 0},
         &files_}};
    parts.signers = {signer};
    parts.pending = pending_.get();
    parts.cosigned = cosigned_.get();
    parts.tickets = &tickets_;
    parts.clock = clock;
    mirror_ = std::move(mirror::Mirror::Create(std::move(parts))).value();
    mirror::MirrorHandler::Options options;
    options.prefix = "/submit";
    handler_ =
        std::make_unique<mirror::MirrorHandler>(options, mirror_.get(), clock);
    witness::HttpServerOptions submit;
    submit.threads = 2;
    submit.max_body_bytes = 1 << 20;
    submit_ =
        std::move(witness::HttpServer::Start(submit, handler_.get()).value());
    readers_.Add(kOriginHash, &reader_handler_);
    web::ServerOptions read;
    read.listen = {"127.0.0.1:0"};
    read_ = std::move(
        web::Server::Start(read, &readers_, clock, telemetry::NoDiagnostics())
            .value());
  }

  httplib::Result Post(const std::string& path, const std::string& body,
                       const httplib::Headers& headers = {}) {
    httplib::Client client("127.0.0.1", submit_->port());
    return client.Post("/submit/" + path, headers, body, kType);
  }
  std::string Get(const std::string& path) {
    httplib::Client client("http://" + read_->addresses().front());
    const auto got = client.Get(absl::StrCat("/", kOriginHash, "/", path));
    return got && got->status == 200
               ? got->body
               : absl::StrCat("status ", got ? got->status : -1);
  }

 private:
  monitor::StaticFiles files_;
  const std::unique_ptr<witness::FileCosignedStore> pending_, cosigned_;
  crypto::FixedRng rng_{1};
  const mirror::Tickets tickets_{
      crypto::SecretString(std::string(crypto::kAeadKeySize, 'k')), &rng_};
  std::unique_ptr<mirror::Mirror> mirror_;
  std::unique_ptr<mirror::MirrorHandler> handler_;
  mirror::FileResources resources_{&files_};
  client::ResourceLogReader reader_{&resources_};
  web::ReaderHandler reader_handler_{&reader_, telemetry::NoDiagnostics()};
  web::PrefixHandler readers_;
  std::unique_ptr<witness::HttpServer> submit_;
  std::unique_ptr<web::Server> read_;
};

class MirrorExchange : public ::testing::Test {
 protected:
  MirrorExchange() {
    std::string name = absl::StrCat(::testing::TempDir(), "/mirror.XXXXXX");
    folder_ = mkdtemp(name.data());
    Start();
  }
  ~MirrorExchange() override {
    running_.reset();
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void Start() {
    running_.reset();  // the folders have one process at a time
    running_ = std::make_unique<Running>(folder_, signer_, &clock_);
  }

  void AddCheckpoint(uint64_t old_size, uint64_t size) {
    const auto answer =
        running_->Post("add-checkpoint", log_.AddCheckpoint(old_size, size));
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(answer->body, "");  // never the mirror's line
  }
  httplib::Result AddEntries(const std::string& body) {
    return running_->Post("add-entries", body);
  }

  MirrorInfo ExpectInfo(const httplib::Result& answer, int status,
                        uint64_t size, uint64_t next) {
    if (!answer) {
      ADD_FAILURE() << "no answer";
      return {};
    }
    EXPECT_EQ(answer->status, status) << answer->body;
    EXPECT_EQ(answer->get_header_value("Content-Type"),
              "text/x.tlog.mirror-info");
    const auto info = mirror::ParseMirrorInfo(answer->body);
    EXPECT_OK(info);
    if (!info.ok()) return {};
    EXPECT_EQ(info->tree_size, size);
    EXPECT_EQ(info->next_entry, next);
    return *info;
  }
  static void ExpectStatus(const httplib::Result& answer, int status) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, status) << answer->body;
  }
  // The mirror's line; and the log is served up to it.
  void ExpectMirrored(const httplib::Result& answer, uint64_t size) {
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->status, 200) << answer->body;
    EXPECT_EQ(answer->get_header_value("Accept-Encoding"), "gzip");
    const auto lines = checkpoint::ParseSignatureLines(answer->body);
    ASSERT_OK(lines);
    ASSERT_EQ(lines->size(), 1u);
    EXPECT_EQ(lines->front().name, signer_.name());
    const std::string note = log_.Note(size);
    EXPECT_OK(signer_.verifier().Verify(checkpoint::ParseNote(note)->text,
                                        lines->front().signature));
    EXPECT_EQ(running_->Get("checkpoint"), note + answer->body);
    for (const tiles::TileCoord& coord : tiles::AllTiles(size)) {
      EXPECT_EQ(running_->Get(tiles::TilePath(coord)),
                *log_.tiles().ReadTile(coord.level, coord.index, coord.width))
          << tiles::TilePath(coord);
      if (coord.level > 0) continue;
      const std::string path = tiles::EntryBundlePath(coord.index, coord.width);
      EXPECT_EQ(running_->Get(path),
                *log_.tiles().ReadEntryBundle(coord.index, coord.width))
          << path;
    }
  }

  mirror::UploadingLog log_{1400};
  const checkpoint::NoteSigner signer_ = *checkpoint::NoteSigner::Create(
      "example.com/mirror", checkpoint::KeyType::kCosignature,
      *crypto::PrivateKey::FromSeed(std::string(32, '\x03')));
  base::FakeClock clock_{1'750'000'000'000};
  std::string folder_;
  std::unique_ptr<Running> running_;
};

TEST_F(MirrorExchange, StepByStep) {
  // Nothing is pending, and then nothing is mirrored.
  ExpectStatus(AddEntries(log_.AddEntries(0, 1000)), 422);
  EXPECT_EQ(running_->Get("checkpoint"), "status 404");
  AddCheckpoint(0, 1000);
  EXPECT_EQ(running_->Get("checkpoint"), "status 404");
  // A client that knows nothing asks with zeros.
  ExpectInfo(AddEntries(log_.AddEntries(0, 0)), 409, 1000, 0);
  // Several packages of several; not one more is known.
  const MirrorInfo first =
      ExpectInfo(AddEntries(log_.AddEntries(0, 1000, "", 2)), 202, 1000, 512);
  EXPECT_EQ(running_->Get("checkpoint"), "status 404");
  // Beyond the next entry; of no pending size; another log's; malformed.
  ExpectInfo(AddEntries(log_.AddEntries(768, 1000)), 409, 1000, 512);
  ExpectInfo(AddEntries(log_.AddEntries(512, 900)), 409, 1000, 512);
  ExpectStatus(AddEntries(mirror::FormatUploadHeader({"other", 0, 0, ""})),
               404);
  ExpectStatus(AddEntries("x"), 400);
  // A wrong proof, then a wrong entry: nothing is kept of either.
  std::string wrong = log_.AddEntries(512, 1000, "", 1);
  wrong.back() ^= 1;
  ExpectStatus(AddEntries(wrong), 422);
  std::string other = log_.AddEntries(512, 1000);
  other[mirror::FormatUploadHeader({checkpoint::kLogOrigin, 0, 0, ""}).size() +
        2] ^= 1;
  ExpectStatus(AddEntries(other), 422);
  // Cut short within the first package, then within the second.
  const std::string rest = log_.AddEntries(512, 1000);
  ExpectStatus(AddEntries(rest.substr(0, 500)), 400);
  ExpectInfo(AddEntries(rest.substr(0, rest.size() - 1)), 202, 1000, 768);
  ExpectMirrored(AddEntries(log_.AddEntries(768, 1000)), 1000);
}

TEST_F(MirrorExchange, ResumesAfterARestartWithTheTicket) {
  AddCheckpoint(0, 1000);
  const MirrorInfo begun =
      ExpectInfo(AddEntries(log_.AddEntries(0, 1000, "", 1)), 202, 1000, 256);
  Start();
  // The log has grown meanwhile; the upload was of the smaller tree.
  AddCheckpoint(1000, 1400);
  const MirrorInfo now =
      ExpectInfo(AddEntries(log_.AddEntries(256, 1000)), 409, 1400, 256);
  ExpectMirrored(AddEntries(log_.AddEntries(256, 1000, begun.ticket)), 1000);
  Start();
  // Of a size below what is cosigned, a ticket helps no more.
  ExpectMirrored(AddEntries(log_.AddEntries(1000, 1400)), 1400);
  ExpectInfo(AddEntries(log_.AddEntries(1000, 1000, begun.ticket)), 409, 1400,
             1400);
  // Nobody else makes tickets.
  std::string forged = now.ticket;
  forged[0] ^= 1;
  ExpectInfo(AddEntries(log_.AddEntries(1000, 1200, forged)), 409, 1400, 1400);
}

TEST_F(MirrorExchange, ThePublishedUploadIsTaken) {
  const std::string body = log_.AddEntries(250, 260);
  EXPECT_EQ(base::HexEncode(crypto::AsBytes(crypto::Sha256(body))),
            "9eb36eb4ed55ef51245a90dd70bd691efc736492350bfa4ebb09c32aa8edfb26");
  AddCheckpoint(0, 250);
  ExpectMirrored(AddEntries(log_.AddEntries(0, 250)), 250);
  AddCheckpoint(250, 260);
  ExpectMirrored(AddEntries(body), 260);
  // Once more: what is held is skipped.
  ExpectMirrored(AddEntries(body), 260);
}

TEST_F(MirrorExchange, TakesGzipAndBoundsWhatComesOutOfIt) {
  AddCheckpoint(0, 1000);
  const httplib::Headers gzip = {{"Content-Encoding", "gzip"}};
  ExpectMirrored(
      running_->Post("add-entries",
                     base::GzipCompress(log_.AddEntries(0, 1000)), gzip),
      1000);
  const auto bomb = running_->Post(
      "add-entries", base::GzipCompress(std::string(3 << 20, '\0')), gzip);
  ASSERT_TRUE(bomb);
  EXPECT_GE(bomb->status, 400);
  EXPECT_LT(bomb->status, 500);
}

TEST_F(MirrorExchange, PathsAndMethods) {
  ExpectStatus(running_->Post("add-nothing", ""), 404);
  EXPECT_EQ(running_->Get("tile/0/000"), "status 404");
  AddCheckpoint(0, 300);
  // As a witness answers it.
  const auto size =
      running_->Post("add-checkpoint", log_.AddCheckpoint(0, 400));
  ASSERT_TRUE(size);
  EXPECT_EQ(size->status, 409);
  EXPECT_EQ(size->body, "300\n");
  EXPECT_EQ(size->get_header_value("Content-Type"), "text/x.tlog.size");
}

}  // namespace
}  // namespace sightline
