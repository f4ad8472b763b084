// Vectors of notes, checkpoints, cosignatures and proofs: one log, one witness,
// the eight-leaf tree. Tests only.
//
// Source:  keys are RFC 8032 seeds of 32 equal bytes: 01 for the log, 02 for
//          the witness. The tree is that of the original Certificate
//          Transparency tests.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "checkpoint/note_signer.h"

namespace sightline::checkpoint {

inline constexpr char kLogOrigin[] = "example.com/vector-log";
inline constexpr char kLogVkey[] =
    "example.com/vector-log+3c72303e+"
    "AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c";
inline constexpr char kWitnessName[] = "example.com/vector-witness";
inline constexpr char kWitnessVkey[] =
    "example.com/vector-witness+b64a0db2+"
    "BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";
// The witness's key as a type 01 key: another ID.
inline constexpr char kWitnessLogTypeVkey[] =
    "example.com/vector-witness+06627e8b+"
    "AYE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU";

struct CheckpointVector {
  uint64_t tree_size;
  const char* root;       // base64
  const char* signature;  // base64 of key ID and signature
};

inline constexpr CheckpointVector kCheckpoints[] = {
    {0, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
     "PHIwPhXIX3Vg/CFexXHvR3UDibARoJcWs1C69KxVj897wIQW4ioTKvKEKV5BQJ6Yn+E45PV+"
     "mCtx6rlc72CvnJ+W3A0="},
    {1, "bjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
     "PHIwPsYzQQnr0GTGTTAif83bSJnyalMYVERF6ed5/5tISfuB+sLkEq6l6BTadO/"
     "GOgjGEBgg21jh6kv2r5VAyGN7Dwc="},
    {5, "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=",
     "PHIwPvsUTcBzwgnhD4EbnNlEZlvk314VA0ywtAcSl1tg0K7svoEhUeHUwcNfgQWAMyzRt2Jm"
     "YRcIA4oL/qy5/1WSEwc="},
    {8, "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=",
     "PHIwPvyvNxjg8XL7s4B4Yxw7f/"
     "dfxPbqeWHLRYQ89RvlnXx+kkobHJ57LD8pqbcCRBwIHFOhXzmLWBdBR1qnH4nCQgI="},
};

// The witness's lines, base64, on size 8 at 1750000000 and on size 5 a second
// before.
inline constexpr uint64_t kCosignature8Time = 1'750'000'000;
inline constexpr char kCosignature8[] =
    "tkoNsgAAAABoTuGA1fO3MCvfCKFKqmqj8gSJwpKWuIeeUdX9Negpf/"
    "AVTl9rUOVTW2AF91G5aitDlvVVgTiq1/0DQR/jub9cgoMbAQ==";
inline constexpr uint64_t kCosignature5Time = 1'749'999'999;
inline constexpr char kCosignature5[] =
    "tkoNsgAAAABoTuF/DQmmVGOyyZ4OM4Zu/NXp/"
    "Xz97Kus60mGDCOeQwNEDaDbOoQ07/TLVTCQYhDcHcT/VBklvc2RBvs22V4fTsznAw==";

// Leaf 5 of the tree of 8: its bytes, and the hashes of its inclusion proof.
inline constexpr char kLeaf5[] = "40414243";  // hex
inline constexpr char kLeaf5Proof[] =
    "vBoGQ7EuTS18d5GPROD095qDi2z57FtcKD4fTYhZnms=\n"
    "yoVOoSjtBQtBs1/8G4e46yveRh6eO1WW7Oa51ZdaCuA=\n"
    "037kGJdt2VdTwcc4Yrk5j6Kiz5tP8P3+izDNlSCWFLc=\n";

NoteSigner LogSigner();      // key type 1
NoteSigner WitnessSigner();  // key type 4

// The three lines of a checkpoint.
std::string CheckpointText(const CheckpointVector& v);

// A signature line of `name` with the base64 given.
std::string Line(absl::string_view name, absl::string_view base64);

// The whole note of kCheckpoints[i], signed by the log.
std::string CheckpointNote(const CheckpointVector& v);

// Size 8, signed by the log and cosigned by the witness.
std::string CosignedNote();

// The 509-byte proof file of leaf 5, extra data "hello".
std::string ProofFile();

}  // namespace sightline::checkpoint
