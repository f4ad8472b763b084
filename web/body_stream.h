// The body of an answer that is made while it is sent.
//
// The server asks for one chunk, writes it, and asks for the next once the
// client's side has taken it all: a slow reader costs one chunk of memory, and
// whoever makes the chunks waits for nobody else.
//
// Threads: Pull is called by one thread at a time; TakeChunk from any thread. A
//          stream is destroyed on any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "tiles/pinned_bytes.h"

namespace sightline::web {

struct Chunk {
  std::string head;  // sent before `bytes`
  tiles::PinnedBytes bytes;
  bool last = false;

  size_t size() const { return head.size() + bytes.bytes().size(); }
};

// Where chunks go: the server's side.
class ChunkSink {
 public:
  virtual ~ChunkSink() = default;
  // Does nothing when the client has gone.
  virtual void TakeChunk(Chunk chunk) = 0;
};

class BodyStream {
 public:
  // Called after the last chunk, or when nobody takes chunks any more.
  virtual ~BodyStream() = default;

  // Has `sink` given one chunk, now or later. Not called again before that has
  // happened, nor after the last chunk.
  virtual void Pull(std::shared_ptr<ChunkSink> sink) = 0;
};

}  // namespace sightline::web
