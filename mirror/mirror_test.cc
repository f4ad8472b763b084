#include "mirror/mirror.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/fake_clock.h"
#include "base/status_matchers.h"
#include "checkpoint/note.h"
#include "checkpoint/note_signer.h"
#include "checkpoint/test_vectors.h"
#include "crypto/aead.h"
#include "crypto/fixed_rng.h"
#include "crypto/secret.h"
#include "crypto/signer.h"
#include "mirror/memory_files.h"
#include "mirror/test_upload.h"
#include "witness/memory_cosigned_store.h"

namespace sightline::mirror {
namespace {

using ::sightline::base::StatusIs;
using ::testing::HasSubstr;
using witness::Answer;

class MirrorTest : public ::testing::Test {
 protected:
  MirrorTest() { Start(); }

  Mirror::Parts Parts() {
    Mirror::Parts parts;
    parts.logs = {
        {{checkpoint::kLogOrigin, {checkpoint::LogSigner().verifier()}, 0},
         &files_}};
    parts.signers = {signer_};
    parts.pending = &pending_;
    parts.cosigned = &cosigned_;
    parts.tickets = &tickets_;
    parts.clock = &clock_;
    return parts;
  }
  void Start() { mirror_ = std::move(Mirror::Create(Parts())).value(); }

  Answer Pend(uint64_t old_size, uint64_t size) {
    return mirror_->AddCheckpoint(log_.AddCheckpoint(old_size, size));
  }
  Answer Upload(uint64_t begin, uint64_t end, absl::string_view ticket = "",
                size_t packages = kMaxPackages) {
    return mirror_->AddEntries(log_.AddEntries(begin, end, ticket, packages));
  }

  void ExpectInfo(const Answer& answer, int status, uint64_t size,
                  uint64_t next) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(answer.content_type, "text/x.tlog.mirror-info");
    const auto info = ParseMirrorInfo(answer.body);
    ASSERT_OK(info);
    EXPECT_EQ(info->tree_size, size);
    EXPECT_EQ(info->next_entry, next);
  }
  // One line of the mirror, over the log's checkpoint of `size`; and that is
  // what is served.
  void ExpectMirrored(const Answer& answer, uint64_t size) {
    EXPECT_EQ(answer.status, 200) << answer.body;
    const auto lines = checkpoint::ParseSignatureLines(answer.body);
    ASSERT_OK(lines);
    ASSERT_EQ(lines->size(), 1u);
    const auto note = checkpoint::ParseNote(log_.Note(size));
    EXPECT_OK(signer_.verifier().Verify(note->text, (*lines)[0].signature));
    EXPECT_EQ(files_.files()["checkpoint"],
              absl::StrCat(log_.Note(size), answer.body));
  }

  UploadingLog log_{9000};
  const checkpoint::NoteSigner signer_ = *checkpoint::NoteSigner::Create(
      "example.com/mirror", checkpoint::KeyType::kCosignature,
      *crypto::PrivateKey::FromSeed(std::string(32, '\x03')));
  base::FakeClock clock_{1'750'000'000'000};
  crypto::FixedRng rng_{1};
  const Tickets tickets_{
      crypto::SecretString(std::string(crypto::kAeadKeySize, 'k')), &rng_};
  witness::MemoryCosignedStore pending_, cosigned_;
  MemoryFiles files_;
  std::unique_ptr<Mirror> mirror_;
};

TEST_F(MirrorTest, CosignsOnlyWhatItHolds) {
  const Answer pend = Pend(0, 600);
  EXPECT_EQ(pend.status, 200);
  EXPECT_EQ(pend.body, "");
  EXPECT_EQ(files_.files().count("checkpoint"), 0u);
  ExpectInfo(Upload(0, 600, "", 2), 202, 600, 512);
  EXPECT_EQ(files_.files().count("checkpoint"), 0u);
  ExpectMirrored(Upload(512, 600), 600);
}

TEST_F(MirrorTest, AStatusForEachFault) {
  EXPECT_EQ(mirror_->AddEntries("").status, 400);
  EXPECT_EQ(mirror_->AddEntries(FormatUploadHeader({"other", 0, 0, ""})).status,
            404);
  EXPECT_EQ(Upload(0, 300).status, 422) << "nothing is pending";
  ASSERT_EQ(Pend(0, 300).status, 200);
  ExpectInfo(Upload(0, 0), 409, 300, 0);
  ExpectInfo(Upload(0, 200), 409, 300, 0);
  ExpectInfo(Upload(1, 300), 409, 300, 0);
  EXPECT_EQ(Upload(0, 300, "", 0).status, 400) << "no package";
  std::string cut = log_.AddEntries(0, 300, "", 1);
  cut.pop_back();
  EXPECT_EQ(mirror_->AddEntries(cut).status, 400);
  std::string wrong = log_.AddEntries(0, 300, "", 1);
  wrong.back() ^= 1;
  EXPECT_EQ(mirror_->AddEntries(wrong).status, 422);
  EXPECT_EQ(files_.files().count("held"), 0u);
}

TEST_F(MirrorTest, KeepsWhatCameBeforeAFault) {
  ASSERT_EQ(Pend(0, 600).status, 200);
  std::string body = log_.AddEntries(0, 600, "", 2);
  body.back() ^= 1;
  EXPECT_EQ(mirror_->AddEntries(body).status, 422);
  ExpectInfo(Upload(600, 600), 409, 600, 256);
  // Cut short after the second: that one is kept.
  std::string more = log_.AddEntries(256, 600);
  more.pop_back();
  ExpectInfo(mirror_->AddEntries(more), 202, 600, 512);
}

TEST_F(MirrorTest, ATicketBringsBackAnEarlierCheckpoint) {
  ASSERT_EQ(Pend(0, 600).status, 200);
  const Answer begun = Upload(0, 600, "", 1);
  ExpectInfo(begun, 202, 600, 256);
  ASSERT_EQ(Pend(600, 700).status, 200);
  ExpectInfo(Upload(256, 600), 409, 700, 256);
  const std::string ticket = ParseMirrorInfo(begun.body)->ticket;
  ExpectInfo(Upload(256, 600, ticket, 1), 202, 600, 512);
  std::string altered = ticket;
  altered.back() ^= 1;
  ExpectInfo(Upload(512, 600, altered), 409, 700, 512);
  ExpectInfo(Upload(512, 650, ticket), 409, 700, 512);
  ExpectMirrored(Upload(512, 600, ticket), 600);
  ExpectMirrored(Upload(600, 700), 700);
  // What is cosigned does not go back, ticket or not.
  ExpectInfo(Upload(512, 600, ticket), 409, 700, 700);
}

TEST_F(MirrorTest, CosignsASmallerTreeThanItHolds) {
  ASSERT_EQ(Pend(0, 600).status, 200);
  const std::string ticket =
      ParseMirrorInfo(Upload(0, 600, "", 1).body)->ticket;
  ASSERT_EQ(Pend(600, 900).status, 200);
  ExpectInfo(Upload(256, 900, "", 2), 202, 900, 768);
  ExpectMirrored(Upload(512, 600, ticket), 600);
  EXPECT_EQ(files_.files()["tile/0/002.p/88"],
            *log_.tiles().ReadTile(0, 2, 88));
  EXPECT_EQ(files_.files()["tile/entries/002.p/88"],
            *log_.tiles().ReadEntryBundle(2, 88));
}

TEST_F(MirrorTest, EntriesThatAreHeldMayComeAgain) {
  ASSERT_EQ(Pend(0, 9000).status, 200);
  ExpectInfo(Upload(0, 9000), 202, 9000, 8192);
  const MemoryFiles::Files before = files_.files();
  ExpectInfo(Upload(100, 9000, "", 3), 202, 9000, 8192);
  EXPECT_EQ(files_.files(), before);
  ExpectMirrored(Upload(8000, 9000), 9000);
  ExpectInfo(Upload(0, 9000), 409, 9000, 9000);
  // Again, for a fresh timestamp.
  clock_.Advance(5000);
  ExpectMirrored(Upload(9000, 9000), 9000);
}

TEST_F(MirrorTest, TakesSoManyPackagesAtATime) {
  ASSERT_EQ(Pend(0, 9000).status, 200);
  ExpectInfo(mirror_->AddEntries(log_.AddEntries(0, 9000)), 202, 9000,
             kMaxPackages * kPackageEntries);
}

TEST_F(MirrorTest, GoesOnAfterARestart) {
  ASSERT_EQ(Pend(0, 600).status, 200);
  const std::string ticket =
      ParseMirrorInfo(Upload(0, 600, "", 1).body)->ticket;
  Start();
  ASSERT_EQ(Pend(600, 700).status, 200);
  ExpectMirrored(Upload(256, 600, ticket), 600);
  Start();
  ExpectMirrored(Upload(600, 700), 700);
}

TEST_F(MirrorTest, WhatFailsIsNotVouchedFor) {
  ASSERT_EQ(Pend(0, 600).status, 200);
  cosigned_.FailWrites(absl::UnavailableError("no disk"), /*persists=*/true);
  EXPECT_EQ(Upload(0, 600).status, 503);
  EXPECT_EQ(files_.files().count("checkpoint"), 0u);
  // It was stored: the next start serves it.
  cosigned_.FailWrites(absl::OkStatus(), true);
  Start();
  EXPECT_EQ(files_.files()["checkpoint"],
            (*cosigned_.Read(checkpoint::kLogOrigin))->note);
  pending_.FailReads(absl::UnavailableError("no disk"));
  EXPECT_EQ(Upload(600, 600).status, 503);
}

TEST_F(MirrorTest, WhateverFileFailsItGoesOn) {
  bool failed = true;
  for (int calls = 0; failed; ++calls) {
    for (const bool lost : {false, true}) {
      SCOPED_TRACE(absl::StrCat(calls, lost ? " lost" : ""));
      MemoryFiles files;
      witness::MemoryCosignedStore pending, cosigned;
      Mirror::Parts parts = Parts();
      parts.logs[0].files = &files;
      parts.pending = &pending;
      parts.cosigned = &cosigned;
      auto mirror = std::move(Mirror::Create(parts)).value();
      ASSERT_EQ(mirror->AddCheckpoint(log_.AddCheckpoint(0, 300)).status, 200);
      files.FailAfter(calls);
      failed =
          mirror->AddEntries(log_.AddEntries(0, 300, "", 1)).status != 202 ||
          mirror->AddEntries(log_.AddEntries(256, 300)).status != 200;
      files.Restart(lost);
      mirror = std::move(Mirror::Create(parts)).value();
      const Answer info = mirror->AddEntries(log_.AddEntries(0, 0));
      ASSERT_EQ(info.status, 409);
      const uint64_t next = ParseMirrorInfo(info.body)->next_entry;
      const Answer done = mirror->AddEntries(log_.AddEntries(next, 300));
      ASSERT_EQ(done.status, 200) << done.body;
      EXPECT_EQ(files.files()["checkpoint"],
                absl::StrCat(log_.Note(300), done.body));
      EXPECT_EQ(files.files()["tile/0/001.p/44"],
                *log_.tiles().ReadTile(0, 1, 44));
    }
  }
}

TEST_F(MirrorTest, DamagedTilesAreNotVouchedFor) {
  ASSERT_EQ(Pend(0, 600).status, 200);
  ExpectInfo(Upload(0, 600, "", 2), 202, 600, 512);
  std::string tile = files_.files()["tile/1/000.p/2"];
  tile[0] ^= 1;
  files_.Damage("tile/1/000.p/2", tile);
  EXPECT_EQ(Upload(512, 600).status, 500);
  EXPECT_FALSE((*cosigned_.Read(checkpoint::kLogOrigin)).has_value());
}

TEST_F(MirrorTest, DoesNotStartOnFoldersOfDifferentAge) {
  ASSERT_EQ(Pend(0, 300).status, 200);
  ExpectMirrored(Upload(0, 300), 300);
  witness::MemoryCosignedStore empty;
  Mirror::Parts parts = Parts();
  parts.pending = &empty;
  EXPECT_THAT(Mirror::Create(parts),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("pending checkpoint has 0 entries")));
  parts = Parts();
  parts.cosigned = &empty;
  EXPECT_THAT(Mirror::Create(parts),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("has not cosigned")));
  parts = Parts();
  MemoryFiles none;
  parts.logs[0].files = &none;
  EXPECT_THAT(Mirror::Create(parts),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("only 0 are held")));
}

TEST_F(MirrorTest, ItsKeyIsItsOwn) {
  Mirror::Parts parts = Parts();
  parts.signers = {*checkpoint::NoteSigner::Create(
      "example.com/mirror", checkpoint::KeyType::kCosignature,
      *crypto::PrivateKey::FromSeed(std::string(32, '\x01')))};  // the log's
  EXPECT_THAT(Mirror::Create(parts),
              StatusIs(absl::StatusCode::kInvalidArgument));
  parts.signers.clear();
  EXPECT_THAT(Mirror::Create(parts),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace sightline::mirror
