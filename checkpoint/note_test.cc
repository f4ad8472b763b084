#include "checkpoint/note.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/bytes.h"
#include "base/status_matchers.h"
#include "checkpoint/note_text.h"

namespace sightline::checkpoint {
namespace {

using ::sightline::base::IsOkAndHolds;
using ::sightline::base::StatusIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

constexpr char kText[] = "This is an example message.\n";
constexpr char kSignature[] =
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRK"
    "uwHjG1Yu72IneyaQM=";

std::string ExampleNote() {
  return absl::StrCat(kText, "\n\xe2\x80\x94 example.com/foo ", kSignature,
                      "\n");
}

// The example with `from` replaced, which must be in it.
std::string Changed(absl::string_view from, absl::string_view to) {
  const std::string note = ExampleNote();
  const std::string changed = absl::StrReplaceAll(note, {{from, to}});
  EXPECT_NE(changed, note) << from;
  return changed;
}

TEST(ParseNote, ReadsThePublishedExample) {
  ASSERT_OK_AND_ASSIGN(const Note note, ParseNote(ExampleNote()));
  EXPECT_EQ(note.text, kText);
  ASSERT_EQ(note.signatures.size(), 1u);
  EXPECT_EQ(note.signatures[0].name, "example.com/foo");
  EXPECT_EQ(note.signatures[0].key_id, 0x530d903au);
  EXPECT_EQ(note.signatures[0].signature.size(), 64u);
}

TEST(FormatNote, GivesTheSameBytesBack) {
  ASSERT_OK_AND_ASSIGN(const Note note, ParseNote(ExampleNote()));
  EXPECT_THAT(FormatNote(note), IsOkAndHolds(ExampleNote()));
}

TEST(ParseNote, LastEmptyLineSeparates) {
  const std::string text = "one\n\n\ntwo\n\n";
  const std::string bytes = text + "\n\xe2\x80\x94 example.com/foo AAAAAAA=\n";
  ASSERT_OK_AND_ASSIGN(const Note note, ParseNote(bytes));
  EXPECT_EQ(note.text, text);
  EXPECT_THAT(FormatNote(note), IsOkAndHolds(bytes));
}

TEST(ParseNote, TakesUnicodeInTextAndNames) {
  const std::string bytes =
      "\xc3\xa9\xf0\x9f\x8e\xa5\n\n\xe2\x80\x94 b\xc3\xbc"
      "cher AAAAAAA=\n";
  EXPECT_OK(ParseNote(bytes));
}

TEST(ParseNote, RefusesMissingNewlines) {
  const std::string note = ExampleNote();
  EXPECT_THAT(ParseNote(note.substr(0, note.size() - 1)), StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(Changed("\n\n", "\n")), StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(""), StatusIs(kInvalid));
  EXPECT_THAT(ParseNote("\n"), StatusIs(kInvalid));
}

TEST(ParseNote, RefusesNotesWithoutSignatures) {
  EXPECT_THAT(ParseNote(absl::StrCat(kText, "\n")), StatusIs(kInvalid));
  EXPECT_THAT(ParseNote("\n\n"), StatusIs(kInvalid));
}

TEST(ParseNote, RefusesEmptyText) {
  const std::string note = ExampleNote();
  EXPECT_THAT(ParseNote(note.substr(note.find("\n\n") + 1)),
              StatusIs(kInvalid));
}

TEST(ParseNote, RefusesControlCharacters) {
  for (char c : {'\0', '\t', '\r', '\x1f', '\x0b'}) {
    EXPECT_THAT(ParseNote(Changed("message", std::string(1, c))),
                StatusIs(kInvalid))
        << static_cast<int>(c);
    EXPECT_THAT(ParseNote(Changed("/foo", std::string(1, c))),
                StatusIs(kInvalid))
        << static_cast<int>(c);
  }
  EXPECT_THAT(ParseNote(Changed("\n", "\r\n")), StatusIs(kInvalid));
}

TEST(ParseNote, RefusesOtherDashes) {
  for (const char* dash : {"-", "\xe2\x80\x93", "\xe2\x80\x95", "--", ""}) {
    EXPECT_THAT(ParseNote(Changed("\xe2\x80\x94", dash)), StatusIs(kInvalid))
        << dash;
  }
}

TEST(ParseNote, RefusesOtherSpacing) {
  EXPECT_THAT(ParseNote(Changed("\x94 example", "\x94  example")),
              StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(Changed("/foo ", "/foo  ")), StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(Changed("\x94 example",
                                "\x94"
                                "example")),
              StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(Changed("IneyaQM=\n", "IneyaQM= \n")),
              StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(Changed("/foo ", "/foo")), StatusIs(kInvalid));
}

TEST(ParseNote, RefusesNamesThatAreNoKeyNames) {
  for (const char* name : {"", "a+b",
                           "a\xc2\xa0"
                           "b",
                           "a\xe3\x80\x80"
                           "b",
                           "\xe2\x80\xa8", "\xc2\x85"}) {
    EXPECT_THAT(ParseNote(Changed("example.com/foo", name)), StatusIs(kInvalid))
        << name;
  }
}

TEST(ParseNote, RefusesBase64ThatIsNotCanonical) {
  EXPECT_THAT(ParseNote(Changed("IneyaQM=", "IneyaQM")), StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(Changed("IneyaQM=", "IneyaQN=")), StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(Changed("IneyaQM=", "IneyaQ=M")), StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(Changed("IneyaQM=", "Ineya_M=")), StatusIs(kInvalid));
}

TEST(ParseNote, RefusesFewerThanFiveBytes) {
  EXPECT_THAT(ParseNote(Changed(kSignature, "Uw2QOg==")), StatusIs(kInvalid));
  EXPECT_THAT(ParseNote(Changed(kSignature, "")), StatusIs(kInvalid));
  EXPECT_OK(ParseNote(Changed(kSignature, "Uw2QOkk=")));
}

TEST(ParseNote, RefusesInvalidUtf8) {
  for (const char* bytes :
       {"\xff", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\x80"}) {
    EXPECT_THAT(ParseNote(Changed("message", bytes)), StatusIs(kInvalid));
    EXPECT_THAT(ParseNote(Changed("foo", bytes)), StatusIs(kInvalid));
  }
}

TEST(ParseNote, RefusesMoreThan100Signatures) {
  std::string note = absl::StrCat(kText, "\n");
  for (int i = 0; i < 100; ++i) note += "\xe2\x80\x94 n AAAAAAA=\n";
  EXPECT_OK(ParseNote(note));
  EXPECT_THAT(ParseNote(note + "\xe2\x80\x94 n AAAAAAA=\n"),
              StatusIs(kInvalid));
}

TEST(ParseNote, RefusesMoreThanAMillionBytes) {
  const std::string tail = "\n\n\xe2\x80\x94 n AAAAAAA=\n";
  const std::string largest = std::string(1'000'000 - tail.size(), 'x') + tail;
  EXPECT_OK(ParseNote(largest));
  EXPECT_THAT(ParseNote("x" + largest), StatusIs(kInvalid));
}

TEST(FormatNote, RefusesWhatWouldNotParse) {
  const Note good = *ParseNote(ExampleNote());
  Note note = good;
  note.text = "no newline";
  EXPECT_THAT(FormatNote(note), StatusIs(kInvalid));
  note = good;
  note.signatures.clear();
  EXPECT_THAT(FormatNote(note), StatusIs(kInvalid));
  note = good;
  note.signatures[0].name = "two words";
  EXPECT_THAT(FormatNote(note), StatusIs(kInvalid));
  note = good;
  note.signatures[0].signature.clear();
  EXPECT_THAT(FormatNote(note), StatusIs(kInvalid));
  note = good;
  note.signatures.resize(101, good.signatures[0]);
  EXPECT_THAT(FormatNote(note), StatusIs(kInvalid));
}

TEST(SignatureLines, ComeBack) {
  ASSERT_OK_AND_ASSIGN(const Note note, ParseNote(ExampleNote()));
  const std::string lines = FormatSignatureLines(note.signatures);
  EXPECT_THAT(ParseSignatureLines(lines), IsOkAndHolds(note.signatures));
  EXPECT_THAT(ParseSignatureLines(""), StatusIs(kInvalid));
  EXPECT_THAT(ParseSignatureLines("\n" + lines), StatusIs(kInvalid));
}

TEST(IsKeyName, KnowsEveryUnicodeSpace) {
  for (const char* space :
       {"\x09", "\x0a", "\x0b", "\x0c", "\x0d", " ", "\xc2\x85", "\xc2\xa0",
        "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x8a", "\xe2\x80\xa8",
        "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f", "\xe3\x80\x80"}) {
    EXPECT_FALSE(IsKeyName(absl::StrCat("a", space, "b"))) << space;
  }
  EXPECT_TRUE(
      IsKeyName("a\xe2\x80\x8b"
                "b"));  // zero-width space is none
}

}  // namespace
}  // namespace sightline::checkpoint
