// A switch of the whole process for the locks that libraries take.
//
// Debian builds Abseil with its deadlock detection on, which follows every lock
// of gRPC through a graph; our own locks are no Abseil locks (mutex.h).
//
// Threads: any; idempotent.
#pragma once

namespace sightline::base {

void StopFollowingForeignLocks();

}  // namespace sightline::base
