#pragma once

// All of tidemark that reads rows as objects; needs simdjson (the target tidemark::objects).

#include <tidemark.hpp>
#include <tidemark/adapt/filter.hpp>
#include <tidemark/adapt/transform.hpp>
#include <tidemark/expand_stream.hpp>
#include <tidemark/from_field.hpp>
#include <tidemark/members.hpp>
#include <tidemark/object.hpp>
#include <tidemark/object_stream.hpp>
#include <tidemark/rows_as.hpp>
