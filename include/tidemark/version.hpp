#pragma once

/// The library's version. Until 1.0 a new minor version may break source code; a new patch never does.
/// The build system reads the three numbers from here, so that they are written once.
#define TIDEMARK_VERSION_MAJOR 0
#define TIDEMARK_VERSION_MINOR 1
#define TIDEMARK_VERSION_PATCH 0

/// The same as text, for messages and logs.
#define TIDEMARK_VERSION "0.1.0"
