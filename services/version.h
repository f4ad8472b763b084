// Which Sightline this is.
#pragma once

namespace sightline::services {

inline constexpr char kVersion[] = "0.1.0";

}  // namespace sightline::services
