#include "checkpoint/add_checkpoint.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "checkpoint/test_vectors.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;
using ::testing::HasSubstr;

constexpr absl::StatusCode kMalformed = absl::StatusCode::kInvalidArgument;
constexpr char kHashA[] = "KgEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
constexpr char kHashB[] = "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

std::string NoteBytes() { return CheckpointNote(kCheckpoints[2]); }

std::string WithProof(size_t hashes) {
  std::string out = "old 1\n";
  for (size_t i = 0; i < hashes; ++i) absl::StrAppend(&out, kHashA, "\n");
  return absl::StrCat(out, "\n", NoteBytes());
}

TEST(AddCheckpoint, ReadsSizeProofAndNote) {
  const auto request = ParseAddCheckpoint(
      absl::StrCat("old 3\n", kHashA, "\n", kHashB, "\n\n", NoteBytes()));
  ASSERT_OK(request);
  EXPECT_EQ(request->old_size, 3u);
  ASSERT_EQ(request->proof.size(), 2u);
  EXPECT_EQ(request->proof[0][1], 1);
  EXPECT_EQ(request->proof[1][1], 2);
  EXPECT_EQ(FormatNote(request->note).value(), NoteBytes());
}

TEST(AddCheckpoint, FormatsToTheSameBytes) {
  for (const size_t hashes : {0, 1, 63}) {
    const std::string body = WithProof(hashes);
    const auto request = ParseAddCheckpoint(body);
    ASSERT_OK(request);
    EXPECT_EQ(FormatAddCheckpoint(request->old_size, request->proof,
                                  FormatNote(request->note).value()),
              body);
  }
}

TEST(AddCheckpoint, TakesTheLargestSize) {
  const auto request = ParseAddCheckpoint(
      absl::StrCat("old 18446744073709551615\n\n", NoteBytes()));
  ASSERT_OK(request);
  EXPECT_EQ(request->old_size, std::numeric_limits<uint64_t>::max());
}

TEST(AddCheckpoint, RefusesMoreThan63Hashes) {
  EXPECT_THAT(ParseAddCheckpoint(WithProof(64)),
              StatusIs(kMalformed, HasSubstr("more than 63 hashes")));
}

TEST(AddCheckpoint, RefusesWhatIsMalformed) {
  const std::string note = NoteBytes();
  const struct {
    std::string body;
    const char* says;
  } cases[] = {
      {"", "no empty line"},
      {"old 1", "no empty line"},
      {"old 1\n", "no empty line"},
      {absl::StrCat("\n", note), "the first line is not"},
      {absl::StrCat("old\n\n", note), "the first line is not"},
      {absl::StrCat("OLD 1\n\n", note), "the first line is not"},
      {absl::StrCat("old 01\n\n", note), "old"},
      {absl::StrCat("old -1\n\n", note), "old"},
      {absl::StrCat("old 18446744073709551616\n\n", note), "old"},
      {absl::StrCat("old 1 \n\n", note), "old"},
      {absl::StrCat("old 1\r\n\n", note), "old"},
      {absl::StrCat("old 1\n", note), "proof line"},
      {absl::StrCat("old 1\nKgE=\n\n", note), "proof line"},
      {absl::StrCat("old 1\n", kHashA, " \n\n", note), "proof line"},
      {absl::StrCat("old 1\n\n"), "note"},
      {absl::StrCat("old 1\n\n", CheckpointText(kCheckpoints[2])), "note"},
      {absl::StrCat("old 1\n\n", note, "x"), "note"},
  };
  for (const auto& c : cases) {
    EXPECT_THAT(ParseAddCheckpoint(c.body),
                StatusIs(kMalformed, HasSubstr(c.says)))
        << c.body;
  }
}

TEST(SizeAnswer, IsTheDecimalAndANewline) {
  EXPECT_EQ(FormatSizeAnswer(3), "3\n");
  EXPECT_THAT(ParseSizeAnswer("3\n"), IsOkAndHolds(3u));
  EXPECT_THAT(ParseSizeAnswer("0\n"), IsOkAndHolds(0u));
}

TEST(SizeAnswer, RefusesOtherSpellings) {
  for (const char* body : {"", "\n", "3", "03\n", "3\n\n", " 3\n", "3 \n",
                           "-1\n", "18446744073709551616\n", "x\n"}) {
    EXPECT_THAT(ParseSizeAnswer(body), StatusIs(kMalformed)) << body;
  }
}

}  // namespace
}  // namespace sightline::checkpoint
