#pragma once

// All of tidemark that needs nothing but the standard library. Adapters for databases and other libraries are included
// one by one: <tidemark/producers/sqlite.hpp>, <tidemark/fmt.hpp>.

#include <tidemark/adapt/from_frames.hpp>
#include <tidemark/adapt/interlaced.hpp>
#include <tidemark/adapt/limit_bytes.hpp>
#include <tidemark/adapt/lookup.hpp>
#include <tidemark/adapt/nest.hpp>
#include <tidemark/adapt/prefetch.hpp>
#include <tidemark/adapt/skip.hpp>
#include <tidemark/adapt/take.hpp>
#include <tidemark/any_stream.hpp>
#include <tidemark/canceller.hpp>
#include <tidemark/collect.hpp>
#include <tidemark/error.hpp>
#include <tidemark/field.hpp>
#include <tidemark/format/array.hpp>
#include <tidemark/format/json_seq.hpp>
#include <tidemark/format/ndjson.hpp>
#include <tidemark/format/odata.hpp>
#include <tidemark/format/one.hpp>
#include <tidemark/format/sse.hpp>
#include <tidemark/frame_reader.hpp>
#include <tidemark/frame_stream.hpp>
#include <tidemark/high_water_mark.hpp>
#include <tidemark/http/accept.hpp>
#include <tidemark/json/options.hpp>
#include <tidemark/multiplex.hpp>
#include <tidemark/producer.hpp>
#include <tidemark/producers/generator.hpp>
#include <tidemark/producers/ndjson.hpp>
#include <tidemark/producers/range.hpp>
#include <tidemark/pull.hpp>
#include <tidemark/raw_stream.hpp>
#include <tidemark/read.hpp>
#include <tidemark/sinks/descriptor.hpp>
#include <tidemark/sinks/ostream.hpp>
#include <tidemark/sinks/string.hpp>
#include <tidemark/stats.hpp>
#include <tidemark/version.hpp>
#include <tidemark/write_to.hpp>
